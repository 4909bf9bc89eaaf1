//! What was typed about a person, understood, or told what is wrong with it.

use jiff::civil::Date;
use manzil_fhir::date::{AgeUnit, BirthDate, PartialDate, StatedAge};
use manzil_journey::command::Registration;
use manzil_journey::country::Country;
use manzil_journey::person::{MigrationVariables, Sex};

use super::{Countries, Form, fields};
use crate::forms::Posted;
use crate::limits::{NAME_CHARS_MAX, WORD_CHARS_MAX};
use crate::messages::{Translator, key};

/// Oldest age that is believed, in years; the same as in an import.
const AGE_YEARS_MAX: u16 = 125;

/// A form that was understood as far as it can be.
pub(super) struct Entered {
    name: String,
    pub(super) number: Option<String>,
    sex: Option<Sex>,
    birth: Option<BirthDate>,
    language: Option<String>,
    migration: MigrationVariables,
}

impl Entered {
    /// Reads every field; what is wrong is told at the field.
    pub(super) fn read(
        t: &Translator,
        posted: &Posted,
        countries: &Countries,
        today: Date,
        form: &mut Form,
    ) -> Self {
        let mut reader = Reader { t, posted, countries, today, form };
        reader.lengths();
        Self {
            name: posted.text("name").to_owned(),
            number: posted.filled("number"),
            sex: Sex::parse(posted.text("sex")),
            birth: reader.birth(),
            language: reader.language(),
            migration: reader.migration(),
        }
    }

    pub(super) fn registration(&self) -> Registration {
        Registration {
            name: self.name.clone(),
            number: self.number.clone(),
            sex: self.sex,
            birth: self.birth,
            language: self.language.clone(),
            migration: self.migration.clone(),
        }
    }
}

struct Reader<'a> {
    t: &'a Translator,
    posted: &'a Posted,
    countries: &'a Countries,
    today: Date,
    form: &'a mut Form,
}

impl Reader<'_> {
    fn complain(&mut self, name: &str, error: String) {
        self.form.complain(name, error);
    }

    fn lengths(&mut self) {
        if self.posted.text("name").is_empty() {
            self.complain("name", self.t.get(key("name-missing")));
        }
        let limits = [
            ("name", NAME_CHARS_MAX),
            ("family", NAME_CHARS_MAX),
            ("given", NAME_CHARS_MAX),
            ("number", WORD_CHARS_MAX),
            ("migration_reason", WORD_CHARS_MAX),
            ("legal_status", WORD_CHARS_MAX),
            ("journey_stage", WORD_CHARS_MAX),
        ];
        for (name, most) in limits {
            if self.posted.text(name).chars().count() > most {
                self.complain(name, self.t.with(key("text-too-long"), &[("most", &most)]));
            }
        }
    }

    fn birth(&mut self) -> Option<BirthDate> {
        match self.posted.text("birth_known") {
            "document" => self.birth_date().map(BirthDate::Document),
            "stated" => self.birth_date().map(BirthDate::Stated),
            "age" => self.age(),
            "unknown" => {
                self.nothing_typed();
                None
            }
            _ => {
                self.complain("birth_known", self.t.get(key("birth-known-missing")));
                None
            }
        }
    }

    /// "Not known" beside a date would lose the date in silence.
    fn nothing_typed(&mut self) {
        for name in ["birth_date", "age"] {
            if !self.posted.text(name).is_empty() {
                self.complain(name, self.t.get(key("birth-both")));
            }
        }
    }

    fn birth_date(&mut self) -> Option<PartialDate> {
        let typed = self.posted.text("birth_date");
        if typed.is_empty() {
            self.complain("birth_date", self.t.get(key("birth-missing")));
            return None;
        }
        let date = self.date("birth_date")?;
        let range = date.range();
        if range.start > self.today {
            self.complain("birth_date", self.t.get(key("birth-future")));
            return None;
        }
        if self.today.year() - range.end.year() > AGE_YEARS_MAX as i16 {
            let error = self.t.with(key("age-too-high"), &[("most", &AGE_YEARS_MAX)]);
            self.complain("birth_date", error);
            return None;
        }
        Some(date)
    }

    /// A date as precise as it was written; an impossible one is named.
    fn date(&mut self, name: &str) -> Option<PartialDate> {
        let typed = self.posted.text(name).to_owned();
        let date = western(&typed).parse().ok();
        if date.is_none() {
            self.complain(name, self.t.with(key("date-impossible"), &[("date", &typed)]));
        }
        date
    }

    fn age(&mut self) -> Option<BirthDate> {
        let unit = match self.posted.text("age_unit") {
            "months" => AgeUnit::Months,
            _ => AgeUnit::Years,
        };
        let most = if unit == AgeUnit::Months { AGE_YEARS_MAX * 12 } else { AGE_YEARS_MAX };
        let typed = western(self.posted.text("age")).parse::<u16>().ok();
        let Some(completed) = typed.filter(|age| *age <= most) else {
            self.complain("age", self.t.with(key("age-wrong"), &[("most", &most)]));
            return None;
        };
        let on = match self.posted.text("age_on") {
            "" => self.today,
            _ => self.date("age_on")?.day().or_else(|| {
                self.complain("age_on", self.t.get(key("day-missing")));
                None
            })?,
        };
        if on > self.today {
            self.complain("age_on", self.t.get(key("day-future")));
            return None;
        }
        Some(BirthDate::Estimated { age: StatedAge { completed, unit }, on })
    }

    /// A language by name or tag.
    fn language(&mut self) -> Option<String> {
        let typed = self.posted.filled("language")?;
        let named = fields::languages(self.t).into_iter().find(|(tag, name)| {
            name.eq_ignore_ascii_case(&typed) || tag.eq_ignore_ascii_case(&typed)
        });
        if let Some((tag, _)) = named {
            return Some(tag);
        }
        let mut parts = typed.split('-');
        let first = parts.next().unwrap_or_default();
        let is_tag = (2..=3).contains(&first.len())
            && typed.len() <= WORD_CHARS_MAX
            && first.chars().all(|letter| letter.is_ascii_alphabetic())
            && parts.all(|part| {
                (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
            });
        if !is_tag {
            self.complain("language", self.t.get(key("language-wrong")));
            return None;
        }
        Some(typed)
    }

    fn migration(&mut self) -> MigrationVariables {
        MigrationVariables {
            country_of_birth: self.country("country_of_birth"),
            citizenships: self.countries("citizenship"),
            stateless: self.yes_no("stateless"),
            usual_residence: self.country("usual_residence"),
            country_of_departure: self.country("country_of_departure"),
            transit_countries: self.countries("transit_countries"),
            arrival: self.arrival(),
            reason: self.posted.filled("migration_reason"),
            legal_status: self.posted.filled("legal_status"),
            journey_stage: self.posted.filled("journey_stage"),
            interpreter_needed: self.yes_no("interpreter"),
            intended_stay_months: self.months("intended_stay"),
        }
    }

    fn country(&mut self, name: &str) -> Option<Country> {
        let typed = self.posted.filled(name)?;
        let found = self.countries.read(&typed);
        if found.is_none() {
            self.complain(name, self.t.with(key("country-wrong"), &[("country", &typed)]));
        }
        found
    }

    fn countries(&mut self, name: &str) -> Vec<Country> {
        let Some(typed) = self.posted.filled(name) else { return Vec::new() };
        // A single name may hold a comma of its own.
        if let Some(country) = self.countries.read(&typed) {
            return vec![country];
        }
        let mut found = Vec::new();
        for part in typed.split([';', ',', '،', '؛', '/']).map(str::trim) {
            match self.countries.read(part) {
                _ if part.is_empty() => {}
                Some(country) if found.contains(&country) => {}
                Some(country) => found.push(country),
                None => {
                    let error = self.t.with(key("country-wrong"), &[("country", &part)]);
                    self.complain(name, error);
                }
            }
        }
        found
    }

    fn yes_no(&self, name: &str) -> Option<bool> {
        match self.posted.text(name) {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        }
    }

    /// A year or a month; the day of arrival is nobody's business.
    fn arrival(&mut self) -> Option<String> {
        self.posted.filled("arrival")?;
        let date = self.date("arrival")?;
        if date.range().start > self.today {
            self.complain("arrival", self.t.get(key("day-future")));
            return None;
        }
        Some(match date.month() {
            Some(month) => format!("{:04}-{month:02}", date.year()),
            None => format!("{:04}", date.year()),
        })
    }

    fn months(&mut self, name: &str) -> Option<u32> {
        let typed = self.posted.filled(name)?;
        let months = western(&typed).parse().ok().filter(|months| *months <= 1_200);
        if months.is_none() {
            self.complain(name, self.t.get(key("months-wrong")));
        }
        months
    }
}

/// Decimal digits of any script as 0 to 9: a date is typed on the keyboard that is there.
fn western(text: &str) -> String {
    let digit = |letter: char| {
        let folded = manzil_fhir::search::normalise_word(&letter.to_string());
        match folded.chars().next() {
            Some(digit) if letter.is_numeric() && digit.is_ascii_digit() => digit,
            _ => letter,
        }
    };
    text.chars().map(digit).collect()
}
