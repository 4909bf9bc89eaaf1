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
pub(super) const UCUM: &str = "http://unitsofmeasure.org";

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
        let (left, right) = (self.unit.factor()?, other.unit.factor()?);
        left.compare(self.value, &right, other.value)
    }

    /// The same quantity in another unit.
    pub(super) fn converted(&self, unit: &Unit<'a>) -> Result<Decimal, Incommensurable> {
        if self.unit == *unit {
            return Ok(self.value);
        }
        self.unit.factor()?.convert(self.value, &unit.factor()?)
    }

    /// Whether both are the same when rounded to the coarser of the two.
    pub(super) fn is_equivalent(&self, other: &Self) -> Result<bool, Incommensurable> {
        let (left, right) = (self.value.normalize(), other.value.normalize());
        if self.unit == other.unit {
            return Ok(value::equivalent(left, right));
        }
        let step = |scale: u32, unit: &Unit<'a>| Quantity {
            value: Decimal::new(1, scale),
            unit: unit.clone(),
        };
        let coarser_left =
            step(left.scale(), &self.unit).compare(&step(right.scale(), &other.unit))?.is_ge();
        let (coarse, coarse_value, fine) =
            if coarser_left { (self, left, other) } else { (other, right, self) };
        let fine = fine.converted(&coarse.unit)?;
        Ok(value::rounded(fine, coarse_value.scale()) == coarse_value)
    }

    /// The sum, in the finer of the two units.
    pub(super) fn sum(&self, other: &Self, negate: bool) -> Result<Self, Incommensurable> {
        let one = |unit: &Unit<'a>| Quantity { value: Decimal::ONE, unit: unit.clone() };
        let finer_left = one(&self.unit).compare(&one(&other.unit))?.is_le();
        let unit = if finer_left { self.unit.clone() } else { other.unit.clone() };
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
        let (left, right) = (self.unit.code()?, other.unit.code()?);
        let unit = match divide {
            _ if right == "1" => left.into(),
            true if left == right => "1".into(),
            true => format!("{left}/{}", grouped(right)),
            false if left == "1" => right.into(),
            false => format!("{left}.{}", grouped(right)),
        };
        let value = value.ok_or(Incommensurable::Range)?;
        Ok(Some(Self { value, unit: Unit::Ucum(unit.into()) }))
    }
}

impl Unit<'_> {
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
