//! UCUM units, as far as facts and thresholds need them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Decimal, Name};

/// A UCUM unit, case-sensitive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unit(Name);

/// Code, dimension and size in the dimension's smallest unit. Only exact relations.
const SIZES: &[(&str, &str, u64)] = &[
    ("ug", "mass", 1),
    ("mg", "mass", 1_000),
    ("g", "mass", 1_000_000),
    ("kg", "mass", 1_000_000_000),
    ("mm", "length", 1),
    ("cm", "length", 10),
    ("m", "length", 1_000),
    ("km", "length", 1_000_000),
    ("uL", "volume", 1),
    ("mL", "volume", 1_000),
    ("dL", "volume", 100_000),
    ("L", "volume", 1_000_000),
    ("umol", "amount", 1),
    ("mmol", "amount", 1_000),
    ("mol", "amount", 1_000_000),
    ("m[iU]", "international units", 1),
    ("[iU]", "international units", 1_000),
    ("k[iU]", "international units", 1_000_000),
    ("min", "time", 1),
    ("h", "time", 60),
    ("d", "time", 1_440),
    ("wk", "time", 10_080),
    ("mo", "calendar", 1),
    ("a", "calendar", 12),
];

/// Digits after the point of a converted number: those of the number and of the largest size.
const QUOTIENT_SCALE_MAX: u32 = crate::limits::NUMBER_SCALE_MAX + 9;

impl Unit {
    /// A UCUM code: printable ASCII without spaces or quotes.
    pub fn new(code: &str) -> Option<Self> {
        let is_code = !code.is_empty()
            && code.len() <= 64
            && code.bytes().all(|b| b.is_ascii_graphic() && b != b'\'' && b != b'"');
        is_code.then(|| Self(Name::from(code)))
    }

    /// The unit that a word or code in a condition names: `years`, `days`, `%`, `kg`, ...
    pub fn from_word(word: &str) -> Option<Self> {
        let code = match word {
            "years" | "year" => "a",
            "months" | "month" => "mo",
            "weeks" | "week" => "wk",
            "days" | "day" => "d",
            "%" | "kg" | "g" | "cm" => word,
            _ => return None,
        };
        Self::new(code)
    }

    /// Of plain numbers.
    pub fn one() -> Self {
        Self(Name::from("1"))
    }

    /// Of ages: completed months.
    pub fn month() -> Self {
        Self(Name::from("mo"))
    }

    /// Whether it is the unit of plain numbers.
    pub fn is_one(&self) -> bool {
        self.0 == "1"
    }

    /// The UCUM code.
    pub fn code(&self) -> &str {
        &self.0
    }

    /// How it is written in a condition: `years` for `a`, quotes around anything unusual.
    pub fn in_condition(&self) -> String {
        match self.code() {
            "a" => "years".into(),
            "mo" => "months".into(),
            "wk" => "weeks".into(),
            "d" => "days".into(),
            "1" => String::new(),
            code @ ("%" | "kg" | "g" | "cm") => code.into(),
            code => format!("'{code}'"),
        }
    }

    /// A number in this unit, in another unit. None when they measure different things or the
    /// result is not an exact decimal.
    pub fn convert(&self, number: Decimal, to: &Self) -> Option<Decimal> {
        if self == to {
            return Some(number);
        }
        let (times, over) = self.ratio(to)?;
        exact_quotient(number.checked_mul(times)?, over)
    }

    /// The exact factor from this unit to another.
    pub fn factor(&self, to: &Self) -> Option<Decimal> {
        self.convert(Decimal::ONE, to)
    }

    /// Size of this unit over size of the other, as two whole numbers.
    fn ratio(&self, to: &Self) -> Option<(Decimal, Decimal)> {
        let (top, bottom) = split(self.code());
        let (to_top, to_bottom) = split(to.code());
        let (a, b) = sizes(top, to_top)?;
        let (c, d) = match (bottom, to_bottom) {
            (None, None) => (1, 1),
            (Some(bottom), Some(to_bottom)) => sizes(bottom, to_bottom)?,
            _ => return None,
        };
        Some((Decimal::from(a).checked_mul(d.into())?, Decimal::from(b).checked_mul(c.into())?))
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn split(code: &str) -> (&str, Option<&str>) {
    match code.split_once('/') {
        Some((top, bottom)) => (top, Some(bottom)),
        None => (code, None),
    }
}

fn sizes(from: &str, to: &str) -> Option<(u64, u64)> {
    if from == to {
        return Some((1, 1));
    }
    let find = |code: &str| SIZES.iter().find(|(known, ..)| *known == code);
    let ((_, dimension, size), (_, to_dimension, to_size)) = (find(from)?, find(to)?);
    (dimension == to_dimension).then_some((*size, *to_size))
}

fn exact_quotient(number: Decimal, over: Decimal) -> Option<Decimal> {
    let quotient = number.checked_div(over)?.normalize();
    // Multiplying back rounds too, so that an endless quotient would pass without the first test.
    let ends = quotient.scale() <= QUOTIENT_SCALE_MAX;
    (ends && quotient.checked_mul(over)? == number).then_some(quotient)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: &str, from: &str, to: &str, expected: Option<&str>) {
        let number: Decimal = number.parse().unwrap();
        let result = Unit::new(from).unwrap().convert(number, &Unit::new(to).unwrap());
        assert_eq!(
            result.map(crate::number::plain).as_deref(),
            expected,
            "{number} {from} in {to}"
        );
    }

    #[test]
    fn converts_exactly_or_not_at_all() {
        check("2.5", "kg", "g", Some("2500"));
        check("750", "g", "kg", Some("0.75"));
        check("2", "wk", "d", Some("14"));
        check("10", "d", "wk", None);
        check("15", "a", "mo", Some("180"));
        check("1", "mo", "d", None);
        check("1", "a", "d", None);
        check("1", "kg", "cm", None);
        check("0.35", "[iU]/mL", "[iU]/mL", Some("0.35"));
        check("350", "[iU]/L", "[iU]/mL", Some("0.35"));
        check("0.35", "k[iU]/L", "[iU]/mL", Some("0.35"));
        check("1", "g/L", "mg/dL", Some("100"));
        check("1", "g/L", "g", None);
        check("3", "unknown", "unknown", Some("3"));
        check("3", "unknown", "other", None);
        check("1", "%", "1", None);
    }

    #[test]
    fn units_are_printable_codes() {
        assert!(Unit::new("").is_none());
        assert!(Unit::new("a b").is_none());
        assert!(Unit::new("[iU]/mL").is_some());
    }
}
