//! Adding calendar durations.

use jiff::{Span, civil};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::super::quantity::CalendarUnit;
use super::{Precision, Temporal, TemporalKind};

/// Why a duration cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fhirpath) enum Unaddable {
    /// Days and longer do not fit a time of day.
    Unit,
    /// A part of a second: the editions of the standard's suite disagree on the answer.
    Fraction,
    /// The result is outside years 1 to 9999.
    Overflow,
}

/// A day in milliseconds; also a whole number of days in every unit below a day, so that
/// amounts added to a time of day may be cut by it.
const DAY_MILLISECONDS: i64 = 86_400_000;

impl Temporal {
    /// The value `amount` units later (earlier when negative), with the same precision.
    ///
    /// Fractions of units are ignored. A unit finer than the value's precision is converted
    /// to it first and truncated: 24 months after 2014 is 2016. A month ends on its last day:
    /// one month after 31 January is 28 or 29 February.
    pub(in crate::fhirpath) fn add(
        self,
        amount: Decimal,
        unit: CalendarUnit,
    ) -> Result<Self, Unaddable> {
        if self.kind == TemporalKind::Time && unit.precision() < Precision::Hour {
            return Err(Unaddable::Unit);
        }
        if unit.precision() >= Precision::Second && !amount.fract().is_zero() {
            return Err(Unaddable::Fraction);
        }
        let amount = amount.trunc().to_i64().ok_or(Unaddable::Overflow)?;
        let (amount, unit) = self.at_own_precision(amount, unit)?;
        let civil = if self.kind == TemporalKind::Time {
            let span = span(amount % DAY_MILLISECONDS, unit).ok_or(Unaddable::Overflow)?;
            self.civil.date().to_datetime(self.civil.time().wrapping_add(span))
        } else {
            let span = span(amount, unit).ok_or(Unaddable::Overflow)?;
            self.civil.checked_add(span).map_err(|_| Unaddable::Overflow)?
        };
        let in_range = civil >= civil::date(1, 1, 1).at(0, 0, 0, 0);
        in_range.then_some(Self { civil, ..self }).ok_or(Unaddable::Overflow)
    }

    fn at_own_precision(
        self,
        amount: i64,
        unit: CalendarUnit,
    ) -> Result<(i64, CalendarUnit), Unaddable> {
        let (mut amount, mut unit) = (amount, unit);
        if unit == CalendarUnit::Millisecond
            && self.precision == Precision::Second
            && amount % 1000 != 0
        {
            return Err(Unaddable::Fraction);
        }
        if unit == CalendarUnit::Week && self.precision < Precision::Day {
            (amount, unit) = (amount.checked_mul(7).ok_or(Unaddable::Overflow)?, CalendarUnit::Day);
        }
        while unit.precision() > self.precision {
            let (divisor, coarser) = unit.coarser(self.precision).ok_or(Unaddable::Unit)?;
            (amount, unit) = (amount / divisor, coarser);
        }
        Ok((amount, unit))
    }
}

fn span(amount: i64, unit: CalendarUnit) -> Option<Span> {
    let span = Span::new();
    match unit {
        CalendarUnit::Year => span.try_years(amount),
        CalendarUnit::Month => span.try_months(amount),
        CalendarUnit::Week => span.try_weeks(amount),
        CalendarUnit::Day => span.try_days(amount),
        CalendarUnit::Hour => span.try_hours(amount),
        CalendarUnit::Minute => span.try_minutes(amount),
        CalendarUnit::Second => span.try_seconds(amount),
        CalendarUnit::Millisecond => span.try_milliseconds(amount),
    }
    .ok()
}
