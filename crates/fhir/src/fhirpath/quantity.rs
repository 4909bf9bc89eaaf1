//! Quantities: a decimal with a UCUM unit or a calendar duration.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use rust_decimal::Decimal;
use serde_json::Value;

use super::temporal::Precision;
use super::ucum::{self, Factor};
use super::value;

/// The URL of the system of UCUM units.
pub(crate) const UCUM: &str = "http://unitsofmeasure.org";

/// A number with a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity<'a> {
    /// The digits as written.
    pub value: Decimal,
    pub unit: Unit<'a>,
}

/// The unit of a quantity.
#[derive(Clone, Debug, PartialEq)]
pub enum Unit<'a> {
    /// A UCUM code, as in `4 'mg'`; `1` when there is no unit.
    Ucum(Cow<'a, str>),
    /// A calendar duration, as in `4 days`.
    Calendar(CalendarUnit),
}

/// A calendar duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarUnit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

/// Why two quantities cannot be compared or combined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Incommensurable {
    /// They measure different things, or a year is set against days.
    Dimension,
    /// A unit that is not in the table.
    Unknown(String),
    /// The numbers leave the exact range.
    Range,
}

impl<'a> Quantity<'a> {
    /// The quantity of a FHIR `Quantity`; none without a value, with a comparator, or with a
    /// unit that is not UCUM.
    pub(super) fn from_fhir(json: &'a Value) -> Option<Self> {
        let number = json.get("value")?.as_number()?;
        let value = value::number(number)?;
        if json.get("comparator").is_some() {
            return None;
        }
        let text = |name| json.get(name).and_then(Value::as_str);
        let unit = match (text("system"), text("code"), text("unit")) {
            (Some(UCUM), Some(code), _) => code,
            (None, None, None) => "1",
            _ => return None,
        };
        Some(Self { value, unit: Unit::Ucum(unit.into()) })
    }

    /// A number without a unit.
    pub(super) fn plain(value: Decimal) -> Self {
        Self { value, unit: Unit::Ucum("1".into()) }
    }

    /// Reads `4`, `4.0 'mg'` or `4 days`.
    pub(super) fn parse(text: &str) -> Option<Quantity<'static>> {
        let text = text.trim();
        let at = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-'));
        let (number, unit) = text.split_at_checked(at.unwrap_or(text.len()))?;
        let value = value::decimal_text(number)?;
        let unit = unit.trim();
        let quoted = unit.strip_prefix('\'').and_then(|unit| unit.strip_suffix('\''));
        let unit = match quoted {
            _ if unit.is_empty() => Unit::Ucum("1".into()),
            Some(code) if !code.is_empty() => Unit::Ucum(code.to_owned().into()),
            _ => Unit::Calendar(CalendarUnit::from_word(unit)?),
        };
        Some(Quantity { value, unit })
    }

    pub(super) fn compare(&self, other: &Self) -> Result<Ordering, Incommensurable> {
        if self.unit == other.unit {
            return Ok(self.value.cmp(&other.value));
        }
        let (left, right) = self.unit.factors(&other.unit)?;
        left.compare(self.value, &right, other.value)
    }

    /// The same quantity in another unit.
    pub(super) fn converted(&self, unit: &Unit<'a>) -> Result<Decimal, Incommensurable> {
        if self.unit == *unit {
            return Ok(self.value);
        }
        let (from, to) = self.unit.factors(unit)?;
        from.convert(self.value, &to)
    }

    /// Whether both are the same when rounded to the coarser of the two. A calendar year is
    /// equivalent to the average year `'a'`, though not equal to it.
    pub(super) fn is_equivalent(&self, other: &Self) -> Result<bool, Incommensurable> {
        if let (Unit::Calendar(unit), Unit::Ucum(_)) = (&self.unit, &other.unit) {
            let average = Self { value: self.value, unit: Unit::Ucum(unit.average().into()) };
            return average.is_equivalent(other);
        }
        if let (Unit::Ucum(_), Unit::Calendar(_)) = (&self.unit, &other.unit) {
            return other.is_equivalent(self);
        }
        let (left, right) = (self.value.normalize(), other.value.normalize());
        if self.unit == other.unit {
            return Ok(value::equivalent(left, right));
        }
        let steps = (Decimal::new(1, left.scale()), Decimal::new(1, right.scale()));
        let coarser_left = self.unit.compare_steps(steps.0, &other.unit, steps.1)?.is_ge();
        let (coarse, coarse_value, fine) =
            if coarser_left { (self, left, other) } else { (other, right, self) };
        let fine = fine.converted(&coarse.unit)?;
        Ok(value::rounded(fine, coarse_value.scale()) == coarse_value)
    }

    /// The sum, in the finer of the two units.
    pub(super) fn sum(&self, other: &Self, negate: bool) -> Result<Self, Incommensurable> {
        let unit = if self.unit == other.unit {
            self.unit.clone()
        } else if self.unit.is_offset() || other.unit.is_offset() {
            return Err(Incommensurable::Dimension);
        } else if self.unit.compare_steps(Decimal::ONE, &other.unit, Decimal::ONE)?.is_le() {
            self.unit.clone()
        } else {
            other.unit.clone()
        };
        let (left, right) = (self.converted(&unit)?, other.converted(&unit)?);
        let right = if negate { -right } else { right };
        let value = left.checked_add(right).ok_or(Incommensurable::Range)?;
        Ok(Self { value, unit })
    }

    /// The product or quotient. None for a division by zero.
    pub(super) fn scaled(
        &self,
        other: &Self,
        divide: bool,
    ) -> Result<Option<Self>, Incommensurable> {
        if divide && other.value.is_zero() {
            return Ok(None);
        }
        let value = if divide {
            self.value.checked_div(other.value).map(|quotient| quotient.normalize())
        } else {
            self.value.checked_mul(other.value)
        };
        let value = value.ok_or(Incommensurable::Range)?;
        Ok(Some(Self { value, unit: self.unit.combined(&other.unit, divide)? }))
    }
}

impl<'a> Unit<'a> {
    /// A UCUM code, or a word such as `days`.
    pub(super) fn from_text(text: Cow<'a, str>) -> Self {
        CalendarUnit::from_word(&text).map_or(Self::Ucum(text), Self::Calendar)
    }
}

impl Unit<'_> {
    /// The unit of a product or quotient. A number leaves the other unit as it is.
    fn combined(&self, other: &Self, divide: bool) -> Result<Self, Incommensurable> {
        if other.is_one() {
            return Ok(self.clone());
        }
        if self.is_one() && !divide {
            return Ok(other.clone());
        }
        if self == other && divide {
            return Ok(Self::Ucum("1".into()));
        }
        let (left, right) = (self.code()?, other.code()?);
        let operator = if divide { '/' } else { '.' };
        Ok(Self::Ucum(format!("{left}{operator}{}", grouped(right)).into()))
    }

    fn is_one(&self) -> bool {
        matches!(self, Self::Ucum(code) if code == "1")
    }

    /// Whether its zero is not nothing, as of `Cel`, so that its values cannot be added up in
    /// another unit.
    fn is_offset(&self) -> bool {
        matches!(self, Self::Ucum(code) if matches!(code.as_ref(), "Cel" | "[degF]"))
    }

    /// Which of two steps is the larger: `0.1 'Cel'` or `1 '[degF]'`.
    fn compare_steps(
        &self,
        step: Decimal,
        other: &Self,
        other_step: Decimal,
    ) -> Result<Ordering, Incommensurable> {
        let (left, right) = self.factors(other)?;
        left.without_offset().compare(step, &right.without_offset(), other_step)
    }

    /// The factors of two units that are set against each other. The average month and year
    /// of UCUM are not set against calendar durations.
    fn factors(&self, other: &Self) -> Result<(Factor, Factor), Incommensurable> {
        let is_average = |unit: &Self| {
            matches!(unit, Self::Ucum(code)
                if matches!(code.as_ref(), "a" | "mo" | "a_j" | "mo_j"))
        };
        let is_calendar = |unit: &Self| matches!(unit, Self::Calendar(_));
        if is_average(self) && is_calendar(other) || is_calendar(self) && is_average(other) {
            return Err(Incommensurable::Dimension);
        }
        Ok((self.factor()?, other.factor()?))
    }

    fn factor(&self) -> Result<Factor, Incommensurable> {
        match self {
            Self::Ucum(code) => ucum::factor(code)
                .ok_or_else(|| Incommensurable::Unknown(code.clone().into_owned())),
            Self::Calendar(CalendarUnit::Year) => Ok(Factor::months(12)),
            Self::Calendar(CalendarUnit::Month) => Ok(Factor::months(1)),
            Self::Calendar(unit) => {
                unit.code().and_then(ucum::factor).ok_or(Incommensurable::Dimension)
            }
        }
    }

    /// The UCUM code, of a calendar duration that has one.
    fn code(&self) -> Result<&str, Incommensurable> {
        match self {
            Self::Ucum(code) => Ok(code),
            Self::Calendar(unit) => unit.code().ok_or(Incommensurable::Dimension),
        }
    }

    /// The calendar duration to add to a date: one written as a word (quoted or not), or a
    /// UCUM unit of fixed length. `'mo'` and `'a'` are averages, which no calendar has.
    pub(super) fn calendar(&self) -> Option<CalendarUnit> {
        match self {
            Self::Calendar(unit) => Some(*unit),
            Self::Ucum(code) => Some(match code.as_ref() {
                "wk" => CalendarUnit::Week,
                "d" => CalendarUnit::Day,
                "h" => CalendarUnit::Hour,
                "min" => CalendarUnit::Minute,
                "s" => CalendarUnit::Second,
                "ms" => CalendarUnit::Millisecond,
                word => return CalendarUnit::from_word(word),
            }),
        }
    }
}

impl CalendarUnit {
    /// `year`, `years` and so on.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Some(match word.strip_suffix('s').unwrap_or(word) {
            "year" => Self::Year,
            "month" => Self::Month,
            "week" => Self::Week,
            "day" => Self::Day,
            "hour" => Self::Hour,
            "minute" => Self::Minute,
            "second" => Self::Second,
            "millisecond" => Self::Millisecond,
            _ => return None,
        })
    }

    /// The UCUM unit of the same length; none for years and months, which have no one length.
    fn code(self) -> Option<&'static str> {
        Some(match self {
            Self::Year | Self::Month => return None,
            Self::Week => "wk",
            Self::Day => "d",
            Self::Hour => "h",
            Self::Minute => "min",
            Self::Second => "s",
            Self::Millisecond => "ms",
        })
    }

    /// The UCUM unit that is nearest to it.
    fn average(self) -> &'static str {
        match self {
            Self::Year => "a",
            Self::Month => "mo",
            _ => self.code().unwrap_or_default(),
        }
    }

    /// The part of a date or time that it changes.
    pub(super) fn precision(self) -> Precision {
        match self {
            Self::Year => Precision::Year,
            Self::Month => Precision::Month,
            Self::Week | Self::Day => Precision::Day,
            Self::Hour => Precision::Hour,
            Self::Minute => Precision::Minute,
            Self::Second => Precision::Second,
            Self::Millisecond => Precision::Fraction(3),
        }
    }

    /// How many of these make one of the next coarser unit, on the way to a precision. By the
    /// standard's factors: a month has 30 days, a year 365 days or 12 months.
    pub(super) fn coarser(self, target: Precision) -> Option<(i64, Self)> {
        Some(match self {
            Self::Year | Self::Week => return None,
            Self::Month => (12, Self::Year),
            Self::Day if target == Precision::Year => (365, Self::Year),
            Self::Day => (30, Self::Month),
            Self::Hour => (24, Self::Day),
            Self::Minute => (60, Self::Hour),
            Self::Second => (60, Self::Minute),
            Self::Millisecond => (1000, Self::Second),
        })
    }

    fn word(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::Millisecond => "millisecond",
        }
    }
}

impl fmt::Display for Unit<'_> {
    /// The UCUM code, or the word for the calendar duration.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ucum(code) => f.write_str(code),
            Self::Calendar(unit) => f.write_str(unit.word()),
        }
    }
}

impl fmt::Display for Quantity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.unit {
            Unit::Ucum(code) => write!(f, "{} '{code}'", self.value),
            Unit::Calendar(unit) if self.value == Decimal::ONE => {
                write!(f, "{} {}", self.value, unit.word())
            }
            Unit::Calendar(unit) => write!(f, "{} {}s", self.value, unit.word()),
        }
    }
}

/// A unit in brackets when it has more than one part.
fn grouped(code: &str) -> Cow<'_, str> {
    if code.contains(['.', '/']) { format!("({code})").into() } else { code.into() }
}
