//! Moments: FHIR `dateTime`, `instant` and `time`.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use jiff::civil::{self, Date};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::partial::scan_date;
use super::scan::Scan;
use super::{DateError, PartialDate, Relation, relation};

/// Digits after the second; more than any clock gives, and a limit on input.
const FRACTION_DIGITS_MAX: usize = 18;

/// A FHIR `dateTime` (or `instant`): a partial date, or a moment with its offset from UTC. The
/// text is kept as written.
///
/// FHIR wants an offset whenever there is a time, and seconds whenever there are minutes. A
/// leap second (`:60`) is read only in the last minute of a UTC day, and compares as second 59,
/// as most clocks count it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct DateTime {
    text: String,
    date: PartialDate,
    clock: Option<Clock>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Clock {
    local: civil::DateTime,
    offset: Offset,
    range: Range<Timestamp>,
}

/// The stretch of time that a [`DateTime`] covers, the end excluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Days somewhere on Earth: the offset is not known.
    Days(Range<Date>),
    /// A moment as exact as it was written.
    Exact(Range<Timestamp>),
}

/// A FHIR `time`: a time of day, without offset. The text is kept as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time {
    text: String,
    time: civil::Time,
}

impl DateTime {
    /// Reads a FHIR `instant`, which must be exact to the second with an offset.
    pub fn parse_instant(text: &str) -> Result<Self, DateError> {
        let value: Self = text.parse()?;
        if value.clock.is_some() {
            return Ok(value);
        }
        Err(DateError::new(
            text,
            "is not an instant: the time is missing",
            "write the moment with time and offset, such as 2024-05-01T10:00:00+02:00",
        ))
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The date as it was written, in the local calendar of the writer.
    pub fn date(&self) -> PartialDate {
        self.date
    }

    /// The local date and time with its offset, when there is a time.
    pub fn local(&self) -> Option<(civil::DateTime, Offset)> {
        self.clock.as_ref().map(|clock| (clock.local, clock.offset))
    }

    /// The first moment, when there is a time.
    pub fn timestamp(&self) -> Option<Timestamp> {
        self.clock.as_ref().map(|clock| clock.range.start)
    }

    /// The moments it can be.
    pub fn range(&self) -> Span {
        match &self.clock {
            Some(clock) => Span::Exact(clock.range.clone()),
            None => Span::Days(self.date.range()),
        }
    }

    /// Whether it is before, after, or possibly the same as the other. A date without offset
    /// is before a moment only if it is so everywhere on Earth.
    pub fn compare(&self, other: &Self) -> Relation {
        match (&self.clock, &other.clock) {
            (None, None) => self.date.compare(other.date),
            _ => relation(&self.range().anywhere(), &other.range().anywhere()),
        }
    }
}

impl Span {
    /// Read as UTC, in seconds since 1970-01-01T00:00:00Z, the end excluded: whole seconds
    /// that cover it. For a search index, where one clock must do.
    pub fn utc_seconds(&self) -> Range<i64> {
        let range = match self {
            Self::Days(days) => moments(days, Offset::UTC, Offset::UTC),
            Self::Exact(range) => range.clone(),
        };
        let up = i64::from(range.end.subsec_nanosecond() > 0);
        range.start.as_second()..range.end.as_second() + up
    }

    /// Read as UTC, in milliseconds since 1970-01-01T00:00:00Z, the end excluded: whole
    /// milliseconds that cover it.
    pub fn utc_milliseconds(&self) -> Range<i64> {
        let range = match self {
            Self::Days(days) => moments(days, Offset::UTC, Offset::UTC),
            Self::Exact(range) => range.clone(),
        };
        let floor = |moment: Timestamp| moment.as_nanosecond().div_euclid(1_000_000) as i64;
        let up = i64::from(range.end.as_nanosecond().rem_euclid(1_000_000) > 0);
        floor(range.start)..floor(range.end) + up
    }

    /// The moments that these days can be anywhere on Earth (UTC+14 to UTC-12).
    fn anywhere(&self) -> Range<Timestamp> {
        match self {
            Self::Days(days) => moments(days, Offset::constant(14), Offset::constant(-12)),
            Self::Exact(range) => range.clone(),
        }
    }
}

/// From the first day's midnight at one offset to the last day's at another.
fn moments(days: &Range<Date>, from: Offset, to: Offset) -> Range<Timestamp> {
    let midnight = |date: Date, offset: Offset| offset.to_timestamp(date.at(0, 0, 0, 0));
    midnight(days.start, from).unwrap_or(Timestamp::MIN)
        ..midnight(days.end, to).unwrap_or(Timestamp::MAX)
}

impl FromStr for DateTime {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let mut scan = Scan::new(text);
        let date = scan_date(text, &mut scan)?;
        let clock = match (scan.is_done(), date.day()) {
            (true, _) => None,
            (false, Some(day)) if scan.take('T') => Some(clock(text, day, &mut scan)?),
            (false, _) => return Err(not_a_moment(text)),
        };
        Ok(Self { text: text.to_owned(), date, clock })
    }
}

impl TryFrom<String> for DateTime {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<DateTime> for String {
    fn from(date: DateTime) -> Self {
        date.text
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Time {
    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The time of day, to the nanosecond.
    pub fn time(&self) -> civil::Time {
        self.time
    }
}

impl FromStr for Time {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let mut scan = Scan::new(text);
        match scan_time(&mut scan) {
            Some(read) if scan.is_done() => Ok(Self { text: text.to_owned(), time: read.time }),
            _ => Err(DateError::new(
                text,
                "is not a time of day",
                "write hours, minutes and seconds as HH:MM:SS, from 00:00:00 to 23:59:59",
            )),
        }
    }
}

struct ReadTime {
    time: civil::Time,
    /// How long the written precision lasts: a second for `10:00:00`, a tenth for `10:00:00.0`.
    lasts: SignedDuration,
    is_leap: bool,
}

fn clock(text: &str, day: Date, scan: &mut Scan<'_>) -> Result<Clock, DateError> {
    let read = scan_time(scan).ok_or_else(|| not_a_moment(text))?;
    if scan.is_done() {
        return Err(DateError::new(
            text,
            "has a time without its offset from UTC",
            "add the offset, such as Z or +03:00; if it is not known, write the date alone",
        ));
    }
    let offset = scan_offset(scan).filter(|_| scan.is_done());
    let offset = offset.ok_or_else(|| not_a_moment(text))?;
    let local = day.to_datetime(read.time);
    let out_of_range = |_| not_a_moment(text);
    let start = offset.to_timestamp(local).map_err(out_of_range)?;
    if read.is_leap && (start.as_second() + 1) % 86_400 != 0 {
        return Err(DateError::new(
            text,
            "has a second 60 that is not the last second of a UTC day",
            "write a second from 00 to 59",
        ));
    }
    let end = start.checked_add(read.lasts).map_err(out_of_range)?;
    Ok(Clock { local, offset, range: start..end })
}

/// `10:00:00`, `10:00:00.123`.
fn scan_time(scan: &mut Scan<'_>) -> Option<ReadTime> {
    let hour = scan.two()?;
    let minute = scan.take(':').then(|| scan.two())??;
    let second = scan.take(':').then(|| scan.two())??;
    let fraction = if scan.take('.') { Some(scan.digits()) } else { None };
    if fraction.is_some_and(|digits| digits.is_empty() || digits.len() > FRACTION_DIGITS_MAX) {
        return None;
    }
    let digits = fraction.unwrap_or_default();
    let nanosecond = digits
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(9)
        .fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0'));
    let time = civil::Time::new(hour, minute, second.min(59), nanosecond).ok()?;
    let lasts = 10_i64.pow(9 - digits.len().min(9) as u32);
    let lasts = SignedDuration::from_nanos(lasts);
    (second <= 60).then_some(ReadTime { time, lasts, is_leap: second == 60 })
}

/// `Z`, `+05:30`, up to 14 hours.
fn scan_offset(scan: &mut Scan<'_>) -> Option<Offset> {
    if scan.take('Z') {
        return Some(Offset::UTC);
    }
    let sign = if scan.take('+') {
        1
    } else if scan.take('-') {
        -1
    } else {
        return None;
    };
    let hours = i32::from(scan.two()?);
    let minutes = i32::from(scan.take(':').then(|| scan.two())??);
    let within = minutes < 60 && hours * 60 + minutes <= 14 * 60;
    within.then(|| Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok())?
}

fn not_a_moment(text: &str) -> DateError {
    DateError::new(
        text,
        "is not a date and time",
        "write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with an offset such as Z or +03:00",
    )
}
