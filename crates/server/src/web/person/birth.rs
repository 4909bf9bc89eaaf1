//! A birth date in words, exactly as well known as it is.

use manzil_fhir::date::{AgeUnit, BirthDate, PartialDate, StatedAge};
use manzil_journey::person::Person;

use crate::messages::{Translator, key};

/// `3 May 1990 (on a document)`, `1990, day and month not known (stated)`, `about 34, from the
/// age stated on 1 May 2023`; empty when nothing is known.
pub(crate) fn words(t: &Translator, person: &Person) -> String {
    match person.birth {
        None => String::new(),
        Some(BirthDate::Document(date)) => {
            t.with(key("birth-document"), &[("date", &date_words(t, date))])
        }
        Some(BirthDate::Stated(date)) => {
            t.with(key("birth-stated"), &[("date", &date_words(t, date))])
        }
        Some(BirthDate::Estimated { age, on }) => {
            t.with(key("birth-estimated"), &[("age", &age_words(t, age)), ("date", &t.date(on))])
        }
    }
}

fn date_words(t: &Translator, date: PartialDate) -> String {
    let text = t.partial_date(&date.to_string());
    match (date.month(), date.day()) {
        (_, Some(_)) => text,
        (Some(_), None) => t.with(key("day-unknown"), &[("date", &text)]),
        (None, None) => t.with(key("month-unknown"), &[("date", &text)]),
    }
}

fn age_words(t: &Translator, age: StatedAge) -> String {
    let completed = i32::from(age.completed);
    match age.unit {
        AgeUnit::Years => t.with(key("age-years"), &[("age", &completed)]),
        AgeUnit::Months => t.with(key("age-months"), &[("age", &completed)]),
    }
}
