//! Dates, date-times and times as precise as they were written.
//!
//! A partial date stays partial. Two values are ordered only when every moment the one may
//! mean lies before every moment the other may mean; otherwise the order is unknown.

mod arithmetic;
mod boundary;

use std::cmp::Ordering;
use std::fmt;

use jiff::civil;

pub(super) use arithmetic::Unaddable;
pub(super) use boundary::End;

/// What sort of value it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemporalKind {
    Date,
    DateTime,
    Time,
}

/// The smallest part that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    /// Fractions of a second, with the number of digits written (1 to 9).
    Fraction(u8),
}

/// A date, date-time or time of day. Parts beyond the precision are at their lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Temporal {
    kind: TemporalKind,
    precision: Precision,
    /// The day is 2000-01-01 for a time.
    civil: civil::DateTime,
    /// Minutes east of UTC; none when not written.
    offset_minutes: Option<i16>,
}

/// The most a local time can be ahead of UTC, and behind it, in nanoseconds.
const AHEAD_MAX: i128 = 14 * HOUR;
const BEHIND_MAX: i128 = 12 * HOUR;
const HOUR: i128 = 60 * MINUTE;
const MINUTE: i128 = 60 * SECOND;
const SECOND: i128 = 1_000_000_000;

impl Temporal {
    /// Reads the text of a literal, without `@`: `2015`, `2015T`, `2015-02-04T14:34+10:00`,
    /// `T14:34`.
    pub fn literal(text: &str) -> Option<Self> {
        if let Some(time) = text.strip_prefix('T') {
            return Self::time(time);
        }
        match text.split_once('T') {
            None => Self::date(text),
            Some((date, "")) => Self::date_time(date),
            Some(_) => Self::date_time(text),
        }
    }

    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub fn date(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = digits(parts.next()?, 4)?;
        let month = parts.next().map(|part| digits(part, 2)).map_or(Some(None), |m| m.map(Some))?;
        let day = parts.next().map(|part| digits(part, 2)).map_or(Some(None), |d| d.map(Some))?;
        if parts.next().is_some() {
            return None;
        }
        let precision = match (month, day) {
            (None, _) => Precision::Year,
            (Some(_), None) => Precision::Month,
            (Some(_), Some(_)) => Precision::Day,
        };
        let month = i8::try_from(month.unwrap_or(1)).ok()?;
        let day = i8::try_from(day.unwrap_or(1)).ok()?;
        let date = civil::Date::new(i16::try_from(year).ok()?, month, day).ok()?;
        Some(Self {
            kind: TemporalKind::Date,
            precision,
            civil: date.to_datetime(civil::Time::midnight()),
            offset_minutes: None,
        })
    }

    /// Reads a date, or a full date with a time of day and an optional offset.
    pub fn date_time(text: &str) -> Option<Self> {
        let Some((date, rest)) = text.split_once('T') else {
            return Some(Self { kind: TemporalKind::DateTime, ..Self::date(text)? });
        };
        let date = Self::date(date).filter(|date| date.precision == Precision::Day)?;
        let at = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
        let (time, offset) = rest.split_at_checked(at)?;
        let time = Self::time(time)?;
        let offset_minutes = if offset.is_empty() { None } else { Some(read_offset(offset)?) };
        Some(Self {
            kind: TemporalKind::DateTime,
            precision: time.precision,
            civil: date.civil.date().to_datetime(time.civil.time()),
            offset_minutes,
        })
    }

    /// Reads `HH`, `HH:MM`, `HH:MM:SS` or `HH:MM:SS.f...`.
    pub fn time(text: &str) -> Option<Self> {
        let (clock, fraction) = match text.split_once('.') {
            Some((clock, fraction)) => (clock, Some(fraction)),
            None => (text, None),
        };
        let mut parts = [0_i8; 3];
        let mut count = 0;
        for part in clock.split(':') {
            *parts.get_mut(count)? = i8::try_from(digits(part, 2)?).ok()?;
            count += 1;
        }
        let [hour, minute, second] = parts;
        let (precision, nanoseconds) = match (count, fraction) {
            (1, None) => (Precision::Hour, 0),
            (2, None) => (Precision::Minute, 0),
            (3, None) => (Precision::Second, 0),
            (3, Some(fraction)) => read_fraction(fraction)?,
            _ => return None,
        };
        let time = civil::Time::new(hour, minute, second, nanoseconds).ok()?;
        Some(Self {
            kind: TemporalKind::Time,
            precision,
            civil: epoch_day().to_datetime(time),
            offset_minutes: None,
        })
    }

    /// A full date-time, to the millisecond, from a clock.
    pub(super) fn from_clock(civil: civil::DateTime, offset_seconds: i32) -> Self {
        let nanoseconds = civil.subsec_nanosecond() / 1_000_000 * 1_000_000;
        let civil = civil.with().subsec_nanosecond(nanoseconds).build().unwrap_or(civil);
        Self {
            kind: TemporalKind::DateTime,
            precision: Precision::Fraction(3),
            civil,
            offset_minutes: i16::try_from(offset_seconds / 60).ok(),
        }
    }

    pub fn kind(&self) -> TemporalKind {
        self.kind
    }

    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The parts; those beyond the precision are at their lowest.
    pub fn civil(&self) -> civil::DateTime {
        self.civil
    }

    /// Minutes east of UTC; none when not written.
    pub fn offset_minutes(&self) -> Option<i16> {
        self.offset_minutes
    }

    /// The same as a date: the time of day and the offset dropped. None for a time.
    pub(super) fn to_date(self) -> Option<Self> {
        let date = self.civil.date().to_datetime(civil::Time::midnight());
        (self.kind != TemporalKind::Time).then_some(Self {
            kind: TemporalKind::Date,
            precision: self.precision.min(Precision::Day),
            civil: date,
            offset_minutes: None,
        })
    }

    /// The same as a date-time. None for a time.
    pub(super) fn to_date_time(self) -> Option<Self> {
        (self.kind != TemporalKind::Time).then_some(Self { kind: TemporalKind::DateTime, ..self })
    }

    /// The time of day. None where there is none.
    pub(super) fn to_time(self) -> Option<Self> {
        (self.kind != TemporalKind::Date && self.precision >= Precision::Hour).then(|| Self {
            kind: TemporalKind::Time,
            civil: epoch_day().to_datetime(self.civil.time()),
            offset_minutes: None,
            ..self
        })
    }

    /// Whether two values can be ordered at all: a time is not comparable with a date.
    pub(super) fn is_comparable(&self, other: &Self) -> bool {
        (self.kind == TemporalKind::Time) == (other.kind == TemporalKind::Time)
    }

    /// The order, or none when it is unknown because of precision or a missing offset.
    ///
    /// Seconds and fractions are one precision, as FHIRPath says. Where only one value has an
    /// offset, the other may lie anywhere between UTC-12 and UTC+14.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        let same_precision =
            self.precision.min(Precision::Second) == other.precision.min(Precision::Second);
        let same_offset = self.offset_minutes == other.offset_minutes;
        let both = self.offset_minutes.is_some() == other.offset_minutes.is_some();
        let aligned = self.precision >= Precision::Minute
            || (self.offset_minutes.unwrap_or(0) - other.offset_minutes.unwrap_or(0)) % 60 == 0;
        if same_precision && (same_offset || both && aligned) {
            return Some(self.first().cmp(&other.first()));
        }
        let (mut first, mut last) = (self.first(), self.last());
        let (mut other_first, mut other_last) = (other.first(), other.last());
        match (self.offset_minutes, other.offset_minutes) {
            (None, Some(_)) => (first, last) = (first - AHEAD_MAX, last + BEHIND_MAX),
            (Some(_), None) => {
                (other_first, other_last) = (other_first - AHEAD_MAX, other_last + BEHIND_MAX);
            }
            _ => {}
        }
        if last < other_first {
            Some(Ordering::Less)
        } else if other_last < first {
            Some(Ordering::Greater)
        } else {
            None
        }
    }

    /// The first nanosecond it may mean, since 1970 in UTC (or locally without an offset).
    fn first(&self) -> i128 {
        let days = i128::from((self.civil.date() - epoch_day()).get_days());
        let time = self.civil.time();
        let seconds = i128::from(time.hour()) * HOUR
            + i128::from(time.minute()) * MINUTE
            + i128::from(time.second()) * SECOND;
        let offset = i128::from(self.offset_minutes.unwrap_or(0)) * MINUTE;
        days * 24 * HOUR + seconds + i128::from(time.subsec_nanosecond()) - offset
    }

    /// The last nanosecond it may mean. Seconds are taken as points.
    fn last(&self) -> i128 {
        let date = self.civil.date();
        let length = match self.precision {
            Precision::Year => i128::from(date.days_in_year()) * 24 * HOUR,
            Precision::Month => i128::from(date.days_in_month()) * 24 * HOUR,
            Precision::Day => 24 * HOUR,
            Precision::Hour => HOUR,
            Precision::Minute => MINUTE,
            Precision::Second | Precision::Fraction(_) => 1,
        };
        self.first() + length - 1
    }
}

impl Precision {
    /// The digits that a value of this precision has, punctuation aside.
    pub(super) fn digits(self, kind: TemporalKind) -> i32 {
        let digits = match self {
            Self::Year => 4,
            Self::Month => 6,
            Self::Day => 8,
            Self::Hour => 10,
            Self::Minute => 12,
            Self::Second => 14,
            Self::Fraction(count) => 14 + i32::from(count),
        };
        if kind == TemporalKind::Time { digits - 8 } else { digits }
    }
}

impl fmt::Display for Temporal {
    /// As FHIR writes it: no `@`, and no `T` after a bare date.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.civil.date(), self.civil.time());
        if self.kind != TemporalKind::Time {
            write!(f, "{:04}", date.year())?;
            if self.precision >= Precision::Month {
                write!(f, "-{:02}", date.month())?;
            }
            if self.precision >= Precision::Day {
                write!(f, "-{:02}", date.day())?;
            }
            if self.precision >= Precision::Hour {
                f.write_str("T")?;
            }
        }
        if self.precision >= Precision::Hour {
            write!(f, "{:02}", time.hour())?;
        }
        if self.precision >= Precision::Minute {
            write!(f, ":{:02}", time.minute())?;
        }
        if self.precision >= Precision::Second {
            write!(f, ":{:02}", time.second())?;
        }
        if let Precision::Fraction(count) = self.precision {
            let digits = format!("{:09}", time.subsec_nanosecond());
            write!(f, ".{}", digits.get(..usize::from(count)).unwrap_or(&digits))?;
        }
        match self.offset_minutes {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
            }
        }
    }
}

fn epoch_day() -> civil::Date {
    civil::date(1970, 1, 1)
}

/// Exactly `count` digits.
fn digits(text: &str, count: usize) -> Option<u32> {
    let valid = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if valid { text.parse().ok() } else { None }
}

/// Fractions of a second; digits after the ninth are refused.
fn read_fraction(text: &str) -> Option<(Precision, i32)> {
    let count = text.len();
    let value = i32::try_from(digits(text, count)?).ok()?;
    let scale = 9_u32.checked_sub(u32::try_from(count).ok()?)?;
    let precision = Precision::Fraction(u8::try_from(count).ok()?);
    (count > 0).then_some((precision, value.checked_mul(10_i32.pow(scale))?))
}

/// `Z`, `+HH:MM` or `-HH:MM`, within 14 hours.
fn read_offset(text: &str) -> Option<i16> {
    if text == "Z" {
        return Some(0);
    }
    let negative = text.starts_with('-');
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    let total = i16::try_from(hours * 60 + minutes).ok()?;
    let valid = minutes < 60 && total <= 14 * 60;
    valid.then_some(if negative { -total } else { total })
}

#[cfg(test)]
mod tests;
