//! Prefixes, numbers and quantities.

use rust_decimal::Decimal;

use super::super::extract::{canonical_number, float};
use super::super::query::{Comparison, NumberTest, Test, UnitTest};
use super::error::{SearchError, wrong_prefix, wrong_value};
use super::split;
use crate::fhirpath::quantity::UCUM;

/// The comparison that a value begins with (`eq` when it has none), and the rest.
pub(super) fn prefix<'a>(
    parameter: &str,
    text: &'a str,
) -> Result<(Comparison, &'a str), SearchError> {
    let Some((start, rest)) = text.split_at_checked(2) else {
        return Ok((Comparison::Equal, text));
    };
    if !start.bytes().all(|letter| letter.is_ascii_alphabetic()) {
        return Ok((Comparison::Equal, text));
    }
    match comparison(start) {
        Some(comparison) => Ok((comparison, rest)),
        None => Err(wrong_prefix(parameter, start)),
    }
}

pub(super) fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        "eq" => Comparison::Equal,
        "ne" => Comparison::NotEqual,
        "gt" => Comparison::Greater,
        "lt" => Comparison::Less,
        "ge" => Comparison::GreaterOrEqual,
        "le" => Comparison::LessOrEqual,
        "sa" => Comparison::StartsAfter,
        "eb" => Comparison::EndsBefore,
        "ap" => Comparison::Approximately,
        _ => return None,
    })
}

/// A number as asked, with the range that it stands for.
#[derive(Clone, Copy)]
struct Asked {
    value: Decimal,
    from: Decimal,
    until: Decimal,
}

impl Asked {
    fn read(text: &str, comparison: Comparison) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let digits = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |part: &str| part.bytes().all(|digit| digit.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) || digits.len() > 40 {
            return None;
        }
        let plain = Decimal::from_str_exact(mantissa.strip_prefix('+').unwrap_or(mantissa)).ok()?;
        let value = scaled(plain, exponent)?;
        // R4 reads 1e2 as 95 to 105: a whole number of one digit is written too coarsely to
        // stand for its own precision.
        let coarse = i32::from(exponent > 0 && fraction.is_empty());
        let half = scaled(Decimal::new(5, 1), exponent - coarse - fraction.len() as i32)?;
        let half = match comparison {
            Comparison::Approximately => half.max(value.abs().checked_div(Decimal::TEN)?),
            _ => half,
        };
        let (from, until) = (value.checked_sub(half)?, value.checked_add(half)?);
        Some(Self { value, from, until })
    }

    fn test(self, comparison: Comparison) -> Option<NumberTest> {
        let Self { value, from, until } = self;
        let (value, from, until) = (float(value)?, float(from)?, float(until)?);
        Some(NumberTest { comparison, value, from, until })
    }

    fn converted(self, comparison: Comparison, code: &str) -> Option<(NumberTest, String)> {
        let side = |value| canonical_number(value, code);
        let (value, unit) = side(self.value)?;
        let (from, until) = (side(self.from)?.0, side(self.until)?.0);
        Some((NumberTest { comparison, value, from, until }, unit))
    }
}

/// Times ten to the exponent; none beyond what is kept exactly.
fn scaled(value: Decimal, exponent: i32) -> Option<Decimal> {
    let steps = exponent.unsigned_abs();
    let power =
        (0..steps.min(29)).try_fold(Decimal::ONE, |power, _| power.checked_mul(Decimal::TEN));
    if exponent > 0 { value.checked_mul(power?) } else { value.checked_div(power?) }
}

pub(super) fn number(parameter: &str, text: &str) -> Result<NumberTest, SearchError> {
    let (comparison, rest) = prefix(parameter, text)?;
    number_of(parameter, rest, comparison)
}

pub(super) fn number_of(
    parameter: &str,
    text: &str,
    comparison: Comparison,
) -> Result<NumberTest, SearchError> {
    let read = Asked::read(text, comparison).and_then(|asked| asked.test(comparison));
    read.ok_or_else(|| not_a_number(parameter, text))
}

pub(super) fn quantity(parameter: &str, text: &str) -> Result<Test, SearchError> {
    let (comparison, rest) = prefix(parameter, text)?;
    quantity_of(parameter, rest, comparison)
}

/// `5.4`, `5.4|system|code`, `5.4||code`, `5.4|system`.
pub(super) fn quantity_of(
    parameter: &str,
    text: &str,
    comparison: Comparison,
) -> Result<Test, SearchError> {
    let wrong = || not_a_number(parameter, text);
    let parts: Vec<String> = split::parts(text, '|').into_iter().map(split::unescaped).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (number, system, code) = match parts.as_slice() {
        [number] => (*number, "", ""),
        [number, system] | [number, system, ""] => (*number, *system, ""),
        [number, system, code] => (*number, *system, *code),
        _ => {
            let reason = format!("has a unit that cannot be read: {text}");
            return Err(wrong_value(parameter, reason, "write 5.4|system|code or 5.4||code"));
        }
    };
    let asked = Asked::read(number, comparison).ok_or_else(wrong)?;
    if system == UCUM
        && let Some((number, unit)) = asked.converted(comparison, code)
    {
        return Ok(Test::Quantity { number, unit: UnitTest::Canonical(unit) });
    }
    let number = asked.test(comparison).ok_or_else(wrong)?;
    let unit = match (system, code) {
        ("", "") => UnitTest::Any,
        ("", code) => UnitTest::Code(code.to_owned()),
        (system, "") => UnitTest::System(system.to_owned()),
        (system, code) => UnitTest::Is { system: system.to_owned(), code: code.to_owned() },
    };
    Ok(Test::Quantity { number, unit })
}

fn not_a_number(parameter: &str, text: &str) -> SearchError {
    let reason = format!("has a value that is not a number: {text}");
    wrong_value(parameter, reason, "write a number such as 5.4 or gt100")
}
