//! A day, a month or a year.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::scan::Scan;
use super::{DateError, Relation, day_after, relation};

/// A FHIR `date`: a year, a year and month, or a day. What is not known is not there.
///
/// The text form is fixed, so [`Display`](fmt::Display) gives back what was written; serde
/// uses the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate(Known);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Known {
    Year(i16),
    Month(i16, i8),
    Day(Date),
}

impl PartialDate {
    /// A year, 1 to 9999.
    pub fn from_year(year: i16) -> Option<Self> {
        (1..=9999).contains(&year).then_some(Self(Known::Year(year)))
    }

    /// A month (1 to 12) of a year (1 to 9999).
    pub fn from_month(year: i16, month: i8) -> Option<Self> {
        let known = (1..=9999).contains(&year) && (1..=12).contains(&month);
        known.then_some(Self(Known::Month(year, month)))
    }

    /// A day in the years 1 to 9999.
    pub fn from_day(day: Date) -> Option<Self> {
        (1..=9999).contains(&day.year()).then_some(Self(Known::Day(day)))
    }

    /// The year, 1 to 9999; always known.
    pub fn year(self) -> i16 {
        match self.0 {
            Known::Year(year) | Known::Month(year, _) => year,
            Known::Day(day) => day.year(),
        }
    }

    /// The month, 1 to 12, when it is known.
    pub fn month(self) -> Option<i8> {
        match self.0 {
            Known::Year(_) => None,
            Known::Month(_, month) => Some(month),
            Known::Day(day) => Some(day.month()),
        }
    }

    /// The day, when it is known.
    pub fn day(self) -> Option<Date> {
        match self.0 {
            Known::Day(day) => Some(day),
            Known::Year(_) | Known::Month(..) => None,
        }
    }

    /// The first day it can be.
    pub fn first_day(self) -> Date {
        match self.0 {
            Known::Year(year) => Date::new(year, 1, 1).unwrap_or(Date::MIN),
            Known::Month(year, month) => Date::new(year, month, 1).unwrap_or(Date::MIN),
            Known::Day(day) => day,
        }
    }

    /// The last day it can be.
    pub fn last_day(self) -> Date {
        match self.0 {
            Known::Year(_) => self.first_day().last_of_year(),
            Known::Month(..) => self.first_day().last_of_month(),
            Known::Day(day) => day,
        }
    }

    /// The days it can be, the end excluded. For the last day of 9999 the end is that day
    /// itself, because no later day can be written.
    pub fn range(self) -> Range<Date> {
        self.first_day()..day_after(self.last_day())
    }

    /// Whether it is before, after, or possibly the same as the other.
    pub fn compare(self, other: Self) -> Relation {
        relation(&self.range(), &other.range())
    }
}

impl FromStr for PartialDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let mut scan = Scan::new(text);
        let date = scan_date(text, &mut scan)?;
        if scan.is_done() { Ok(date) } else { Err(not_a_date(text)) }
    }
}

impl TryFrom<String> for PartialDate {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.to_string()
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Known::Year(year) => write!(f, "{year:04}"),
            Known::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Known::Day(day) => write!(f, "{:04}-{:02}-{:02}", day.year(), day.month(), day.day()),
        }
    }
}

/// Reads the date at the start of a date or dateTime.
pub(super) fn scan_date(text: &str, scan: &mut Scan<'_>) -> Result<PartialDate, DateError> {
    let year = scan.number(4).ok_or_else(|| not_a_date(text))?;
    let no_year = || DateError::new(text, "has no year 0", "write a year from 0001 to 9999");
    let whole_year = PartialDate::from_year(year).ok_or_else(no_year)?;
    if !scan.take('-') {
        return Ok(whole_year);
    }
    let month = scan.two().ok_or_else(|| not_a_date(text))?;
    let no_month = || {
        let reason = format!("is not a date: there is no month {month:02}");
        DateError::new(text, reason, "write the month as 01 to 12, after the year")
    };
    let whole_month = PartialDate::from_month(year, month).ok_or_else(no_month)?;
    if !scan.take('-') {
        return Ok(whole_month);
    }
    let day = scan.two().ok_or_else(|| not_a_date(text))?;
    Date::new(year, month, day).ok().and_then(PartialDate::from_day).ok_or_else(|| {
        let days = whole_month.last_day().day();
        let reason = format!("is not a day: {whole_month} has days 01 to {days:02}");
        let cure = format!("check the source; if only the month is known, write {whole_month}");
        DateError::new(text, reason, cure)
    })
}

fn not_a_date(text: &str) -> DateError {
    DateError::new(
        text,
        "is not a date",
        "write YYYY, YYYY-MM or YYYY-MM-DD in the Gregorian calendar, only as much as is known",
    )
}
