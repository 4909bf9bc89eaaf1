//! The first and last moment that a partial value may mean.

use jiff::civil;

use super::{Precision, Temporal, TemporalKind};

/// Which end of what a value may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fhirpath) enum End {
    Low,
    High,
}

/// The offset of the earliest, and of the latest, place on Earth, in minutes.
const EARLIEST_OFFSET: i16 = 14 * 60;
const LATEST_OFFSET: i16 = -12 * 60;

impl Temporal {
    /// The value with `digits` digits at one end of what it may mean; none when no value of
    /// this kind has that many digits.
    pub(in crate::fhirpath) fn boundary(self, end: End, digits: Option<i32>) -> Option<Self> {
        let finest = match self.kind {
            TemporalKind::Date => Precision::Day,
            TemporalKind::DateTime | TemporalKind::Time => Precision::Fraction(3),
        };
        let precision = match digits {
            None => finest,
            Some(digits) => precisions(self.kind).find(|p| p.digits(self.kind) == digits)?,
        };
        let full = if end == End::Low { self.civil } else { self.latest()? };
        let needs_offset = self.kind == TemporalKind::DateTime && precision >= Precision::Hour;
        let default = if end == End::Low { EARLIEST_OFFSET } else { LATEST_OFFSET };
        Some(Self {
            precision,
            civil: truncated(full, precision)?,
            offset_minutes: needs_offset.then(|| self.offset_minutes.unwrap_or(default)),
            ..self
        })
    }

    /// The parts beyond the precision at their highest, to the millisecond.
    fn latest(self) -> Option<civil::DateTime> {
        let (date, time) = (self.civil.date(), self.civil.time());
        let month = if self.precision < Precision::Month { 12 } else { date.month() };
        let date = civil::Date::new(date.year(), month, date.day()).ok()?;
        let date = if self.precision < Precision::Day { date.last_of_month() } else { date };
        let hour = if self.precision < Precision::Hour { 23 } else { time.hour() };
        let minute = if self.precision < Precision::Minute { 59 } else { time.minute() };
        let second = if self.precision < Precision::Second { 59 } else { time.second() };
        let nanosecond = match self.precision {
            Precision::Fraction(_) => time.subsec_nanosecond(),
            _ => 999_000_000,
        };
        let time = civil::Time::new(hour, minute, second, nanosecond).ok()?;
        Some(date.to_datetime(time))
    }
}

fn precisions(kind: TemporalKind) -> impl Iterator<Item = Precision> {
    use Precision::{Day, Fraction, Hour, Minute, Month, Second, Year};
    let all = [Year, Month, Day, Hour, Minute, Second, Fraction(3)];
    all.into_iter().filter(move |&precision| match kind {
        TemporalKind::Date => precision <= Day,
        TemporalKind::DateTime => true,
        TemporalKind::Time => precision >= Hour,
    })
}

/// The parts beyond the precision at their lowest.
fn truncated(civil: civil::DateTime, precision: Precision) -> Option<civil::DateTime> {
    let (date, time) = (civil.date(), civil.time());
    let month = if precision < Precision::Month { 1 } else { date.month() };
    let day = if precision < Precision::Day { 1 } else { date.day() };
    let hour = if precision < Precision::Hour { 0 } else { time.hour() };
    let minute = if precision < Precision::Minute { 0 } else { time.minute() };
    let second = if precision < Precision::Second { 0 } else { time.second() };
    let nanosecond = match precision {
        Precision::Fraction(_) => time.subsec_nanosecond() / 1_000_000 * 1_000_000,
        _ => 0,
    };
    let date = civil::Date::new(date.year(), month, day).ok()?;
    Some(date.to_datetime(civil::Time::new(hour, minute, second, nanosecond).ok()?))
}
