//! What is known of a birth, and ages.

use std::ops::Range;

use jiff::civil::Date;
use jiff::{Span as Duration, ToSpan};
use serde::{Deserialize, Serialize};

use super::{PartialDate, day_after};

/// When somebody was born, and how that is known. It is never made more exact than it is: who
/// knows only an age has no birthday here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BirthDate {
    /// Read from an identity document.
    Document(PartialDate),
    /// Said by the person or the family.
    Stated(PartialDate),
    /// Computed from an age that was said or estimated on a day.
    Estimated { age: StatedAge, on: Date },
}

/// An age in completed units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct StatedAge {
    pub completed: u16,
    pub unit: AgeUnit,
}

/// The unit of a [`StatedAge`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AgeUnit {
    Years,
    Months,
}

impl BirthDate {
    /// The days on which the birth can have been, the end excluded.
    ///
    /// A person of 30 completed years on 2024-05-10 was born from 1993-05-11 to 1994-05-10:
    /// two calendar years, so that no year alone is right.
    pub fn range(self) -> Range<Date> {
        match self {
            Self::Document(date) | Self::Stated(date) => date.range(),
            Self::Estimated { age, on } => {
                let before = |units| on.checked_sub(age.unit.span(units)).unwrap_or(Date::MIN);
                let completed = i32::from(age.completed);
                day_after(before(completed + 1))..day_after(before(completed))
            }
        }
    }

    /// What may be written as `Patient.birthDate` without inventing anything: the date itself,
    /// or for an estimate the month or year that holds all possible days; none when they lie
    /// in two years.
    pub fn written(self) -> Option<PartialDate> {
        if let Self::Document(date) | Self::Stated(date) = self {
            return Some(date);
        }
        let range = self.range();
        let (first, last) = (range.start, range.end.yesterday().ok()?);
        if first == last {
            PartialDate::from_day(first)
        } else if first.first_of_month() == last.first_of_month() {
            PartialDate::from_month(first.year(), first.month())
        } else if first.year() == last.year() {
            PartialDate::from_year(first.year())
        } else {
            None
        }
    }

    /// The least and greatest age possible on a day, in completed months; none when the birth
    /// is after that day.
    ///
    /// ```
    /// use jiff::civil::date;
    /// use manzil_fhir::date::{AgeUnit, BirthDate, StatedAge};
    ///
    /// let age = StatedAge { completed: 30, unit: AgeUnit::Years };
    /// let born = BirthDate::Estimated { age, on: date(2024, 5, 10) };
    /// assert_eq!(born.age_in_completed_months(date(2024, 5, 10)), Some((360, 371)));
    /// assert_eq!(born.age_in_completed_months(date(2025, 5, 10)), Some((372, 383)));
    /// ```
    pub fn age_in_completed_months(self, on: Date) -> Option<(i32, i32)> {
        let range = self.range();
        ages(range.start, range.end.yesterday().unwrap_or(range.start), on)
    }
}

impl AgeUnit {
    fn span(self, count: i32) -> Duration {
        match self {
            Self::Years => count.years(),
            Self::Months => count.months(),
        }
    }
}

/// The least and greatest age possible on a day, in completed months, both included; none when
/// the birth is after that day.
///
/// ```
/// use jiff::civil::date;
/// use manzil_fhir::date::age_in_completed_months;
///
/// let born = "1990".parse()?;
/// assert_eq!(age_in_completed_months(&born, date(2000, 6, 15)), Some((113, 125)));
/// assert_eq!(age_in_completed_months(&born, date(1989, 12, 31)), None);
/// # Ok::<(), manzil_fhir::date::DateError>(())
/// ```
pub fn age_in_completed_months(birth: &PartialDate, on: Date) -> Option<(i32, i32)> {
    ages(birth.first_day(), birth.last_day(), on)
}

/// Days after `on` are not possible for somebody who is there on that day.
fn ages(first: Date, last: Date, on: Date) -> Option<(i32, i32)> {
    let greatest = completed_months(first, on)?;
    let least = completed_months(last.min(on), on)?;
    Some((least, greatest))
}

/// The months completed from a birth day to another day; none when the birth is later.
///
/// A month is completed on the day of the same number. Where a month has no such day, it is
/// completed on the first day of the next month: who was born on 29 February completes a year
/// on 1 March of a common year. (The CDSi logic specification counts vaccine ages in this way.)
pub fn completed_months(birth: Date, on: Date) -> Option<i32> {
    if on < birth {
        return None;
    }
    let years = i32::from(on.year()) - i32::from(birth.year());
    let months = years * 12 + i32::from(on.month()) - i32::from(birth.month());
    Some(if on.day() < birth.day() { months - 1 } else { months })
}
