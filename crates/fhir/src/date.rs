//! FHIR dates and times, which may be partial: `1990`, `1990-02`, `1990-02-28`,
//! `2024-05-01T10:00:00+02:00`.
//!
//! A partial date stays partial. It is a half-open range of days for comparison, and nothing
//! here ever turns `1990` into 1 January. Start with [`PartialDate`] for days, [`DateTime`] for
//! moments and [`BirthDate`] for what is known of a birth.
//!
//! ```
//! use manzil_fhir::date::{PartialDate, Relation};
//!
//! let born: PartialDate = "1990-02".parse()?;
//! assert_eq!(born.to_string(), "1990-02");
//! assert_eq!(born.compare("1991".parse()?), Relation::Before);
//! assert_eq!(born.compare("1990".parse()?), Relation::Overlapping);
//! assert!("1990-02-30".parse::<PartialDate>().is_err());
//! # Ok::<(), manzil_fhir::date::DateError>(())
//! ```

mod birth;
mod moment;
mod partial;
mod scan;

use std::ops::Range;

use jiff::civil::Date;
use thiserror::Error;

pub use birth::{AgeUnit, BirthDate, StatedAge, age_in_completed_months, completed_months};
pub use moment::{DateTime, Span, Time};
pub use partial::PartialDate;

/// Why a text is not a FHIR date or time.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{code}: {text:?} {reason}. {cure}")]
pub struct DateError {
    /// `MZ-0111`.
    pub code: &'static str,
    /// As written.
    pub text: String,
    /// Fits after the text: `is not a day: February 1990 has 28 days`.
    pub reason: String,
    /// What to write instead.
    pub cure: String,
}

impl DateError {
    pub(crate) fn new(text: &str, reason: impl Into<String>, cure: impl Into<String>) -> Self {
        let text = text.chars().take(64).collect();
        Self { code: "MZ-0111", text, reason: reason.into(), cure: cure.into() }
    }
}

/// How one stretch of time lies to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// All of it is before the other.
    Before,
    /// All of it is after the other.
    After,
    /// They share at least one possible moment, so which came first is not known. Two equal
    /// days overlap.
    Overlapping,
}

/// Compares two half-open ranges.
pub(crate) fn relation<T: Ord>(left: &Range<T>, right: &Range<T>) -> Relation {
    if left.end <= right.start {
        Relation::Before
    } else if right.end <= left.start {
        Relation::After
    } else {
        Relation::Overlapping
    }
}

/// The day after, or the last day that can be written (31 December 9999) itself.
pub(crate) fn day_after(date: Date) -> Date {
    date.tomorrow().unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests;
