//! Mathematics. What is not exact is rounded to 15 significant digits.

use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use rust_decimal::{Decimal, RoundingStrategy};

use super::collection::yes;
use super::{Call, Function};
use crate::fhirpath::compare::{as_quantity, commensurable};
use crate::fhirpath::error::FhirPathError;
use crate::fhirpath::eval::{Evaluation, one_decimal, one_integer, one_value, wrong_type};
use crate::fhirpath::quantity::Quantity;
use crate::fhirpath::value::{self, Collection, Item, System};

/// The digits that are certain of a function computed in binary floating point.
const APPROXIMATE_DIGITS: u32 = 15;
/// The most decimal places of a rounded number.
const PLACES_MAX: u32 = 28;

type Value<'a> = Result<Option<System<'a>>, FhirPathError>;

impl<'a> Evaluation<'_, '_, 'a> {
    pub(super) fn math(
        &mut self,
        call: Call<'_, 'a>,
        input: &[Item<'a>],
    ) -> Result<Collection<'a>, FhirPathError> {
        let column = call.column;
        let argument = self.argument(call, 0)?;
        let answer = match call.function {
            Function::Comparable => return comparable(input, &argument, column),
            Function::Abs => absolute(input, column)?,
            Function::Ceiling => whole(input, Decimal::ceil, column)?,
            Function::Floor => whole(input, Decimal::floor, column)?,
            Function::Truncate => whole(input, Decimal::trunc, column)?,
            Function::Round => round(input, &argument, column)?,
            function => {
                let Some(value) = one_decimal(input, "mathematics", column)? else {
                    return Ok(Vec::new());
                };
                let other = one_decimal(&argument, "mathematics", column)?;
                let needs_other = matches!(function, Function::Log | Function::Power);
                match (function, other) {
                    (_, None) if needs_other => None,
                    (Function::Exp, _) => Some(approximate(value, f64::exp, column)?),
                    (Function::Ln, _) => Some(logarithm(value, f64::ln, column)?),
                    (Function::Log, Some(base)) => Some(log(value, base, column)?),
                    (Function::Power, Some(exponent)) => power(value, exponent, column)?,
                    _ => square_root(value),
                }
                .map(System::Decimal)
            }
        };
        Ok(answer.map(Item::System).into_iter().collect())
    }
}

fn comparable<'a>(
    input: &[Item<'a>],
    other: &[Item<'a>],
    column: u32,
) -> Result<Collection<'a>, FhirPathError> {
    let left = one_value(input, "comparable()", column)?;
    let right = one_value(other, "comparable()", column)?;
    let (Some(left), Some(right)) = (left, right) else { return Ok(Vec::new()) };
    match (as_quantity(&left), as_quantity(&right)) {
        (Some(left), Some(right)) => yes(commensurable(left.compare(&right), column)?.is_some()),
        _ => Err(FhirPathError::operand(column, "comparable() needs two quantities")),
    }
}

fn absolute<'a>(input: &[Item<'a>], column: u32) -> Value<'a> {
    let Some(value) = one_value(input, "abs()", column)? else { return Ok(None) };
    Ok(match value {
        System::Integer(value) => value.checked_abs().map(System::Integer),
        System::Decimal(value) => Some(System::Decimal(value.abs())),
        System::Quantity(Quantity { value, unit }) => {
            Some(System::Quantity(Quantity { value: value.abs(), unit }))
        }
        other => return Err(wrong_type("abs()", "number", &other, column)),
    })
}

fn whole<'a>(input: &[Item<'a>], round: fn(&Decimal) -> Decimal, column: u32) -> Value<'a> {
    let Some(value) = one_value(input, "rounding", column)? else { return Ok(None) };
    Ok(Some(match value {
        System::Integer(value) => System::Integer(value),
        System::Decimal(value) => match round(&value).to_i32() {
            Some(whole) => System::Integer(whole),
            None => return Err(FhirPathError::range(column, "the result is not a 32-bit integer")),
        },
        System::Quantity(Quantity { value, unit }) => {
            System::Quantity(Quantity { value: round(&value), unit })
        }
        other => return Err(wrong_type("rounding", "number", &other, column)),
    }))
}

fn round<'a>(input: &[Item<'a>], places: &[Item<'a>], column: u32) -> Value<'a> {
    let Some(value) = one_value(input, "round()", column)? else { return Ok(None) };
    let places = one_integer(places, "the precision of round()", column)?.unwrap_or(0);
    let Ok(places) = u32::try_from(places) else {
        return Err(FhirPathError::operand(column, "the precision of round() is negative"));
    };
    let places = places.min(PLACES_MAX);
    Ok(Some(match value {
        System::Integer(value) => System::Decimal(value.into()),
        System::Decimal(value) => System::Decimal(value::rounded(value, places)),
        System::Quantity(Quantity { value, unit }) => {
            System::Quantity(Quantity { value: value::rounded(value, places), unit })
        }
        other => return Err(wrong_type("round()", "number", &other, column)),
    }))
}

fn approximate(
    value: Decimal,
    function: impl Fn(f64) -> f64,
    column: u32,
) -> Result<Decimal, FhirPathError> {
    let result = value.to_f64().map(function).filter(|result| result.is_finite());
    let result = result.and_then(Decimal::from_f64);
    let rounded = result.and_then(|result| {
        result.round_sf_with_strategy(APPROXIMATE_DIGITS, RoundingStrategy::MidpointAwayFromZero)
    });
    match rounded {
        Some(rounded) => Ok(rounded.normalize()),
        None => Err(FhirPathError::range(column, "the result is too large")),
    }
}

fn logarithm(
    value: Decimal,
    function: impl Fn(f64) -> f64,
    column: u32,
) -> Result<Decimal, FhirPathError> {
    if value <= Decimal::ZERO {
        let reason = "there is no logarithm of zero or of a negative number";
        return Err(FhirPathError::operand(column, reason));
    }
    approximate(value, function, column)
}

fn log(value: Decimal, base: Decimal, column: u32) -> Result<Decimal, FhirPathError> {
    let base = base.to_f64().filter(|base| *base > 0.0 && (*base - 1.0).abs() > f64::EPSILON);
    let Some(base) = base else {
        return Err(FhirPathError::operand(column, "the base is not a positive number besides 1"));
    };
    logarithm(value, |value| value.ln() / base.ln(), column)
}

/// Exact for whole exponents; empty when there is no real answer.
fn power(value: Decimal, exponent: Decimal, column: u32) -> Result<Option<Decimal>, FhirPathError> {
    let negative = value.is_sign_negative() && !value.is_zero();
    if exponent.fract().is_zero() {
        if value.is_zero() && exponent.is_sign_negative() && !exponent.is_zero() {
            return Ok(None);
        }
        let times = exponent.abs().to_u32();
        let power = times.and_then(|times| whole_power(value, times));
        let power = if exponent < Decimal::ZERO {
            power.and_then(|power| Decimal::ONE.checked_div(power)).map(|power| power.normalize())
        } else {
            power
        };
        return match power {
            Some(power) => Ok(Some(power)),
            None => Err(FhirPathError::range(column, "the power has more than 28 digits")),
        };
    }
    match exponent.to_f64() {
        Some(exponent) if !negative => {
            approximate(value, |value| value.powf(exponent), column).map(Some)
        }
        _ => Ok(None),
    }
}

/// By squaring, so that the number of multiplications stays small.
fn whole_power(value: Decimal, times: u32) -> Option<Decimal> {
    let mut power = Decimal::ONE;
    for bit in (0..u32::BITS - times.leading_zeros()).rev() {
        power = power.checked_mul(power)?;
        if times >> bit & 1 == 1 {
            power = power.checked_mul(value)?;
        }
    }
    Some(power)
}

/// By Newton's method from the binary root; exact when the root is.
fn square_root(value: Decimal) -> Option<Decimal> {
    if value < Decimal::ZERO {
        return None;
    }
    let mut root = Decimal::from_f64(value.to_f64()?.sqrt())?;
    if root.is_zero() {
        return Some(root);
    }
    for _ in 0..3 {
        root = root.checked_add(value.checked_div(root)?)?.checked_div(Decimal::TWO)?;
    }
    Some(root.normalize())
}
