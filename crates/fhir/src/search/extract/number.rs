//! Numbers and quantities.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;

use super::super::{CanonicalQuantity, IndexValue};
use crate::fhirpath::quantity::UCUM;
use crate::fhirpath::{ucum, value};

/// The system of currencies (ISO 4217), as R4 gives it for Money.
const CURRENCIES: &str = "urn:iso:std:iso:4217";

/// Both ends of a value, none for an open side.
type Ends = (Option<Decimal>, Option<Decimal>);

/// decimal, integer, Range.
pub(super) fn numbers(found: &Value, add: &mut dyn FnMut(IndexValue)) {
    let ends = match found {
        Value::Number(_) => decimal(found).map(|value| (Some(value), Some(value))),
        Value::Object(_) => range(found),
        _ => None,
    };
    if let Some((low, high)) = ends.and_then(floats) {
        add(IndexValue::Number { low, high });
    }
}

/// Quantity and what specialises it, Money, Range, SampledData.
pub(super) fn quantities(found: &Value, add: &mut dyn FnMut(IndexValue)) {
    let Value::Object(members) = found else { return };
    if members.contains_key("currency") {
        let ends = members.get("value").and_then(decimal).map(|value| (Some(value), Some(value)));
        let code = members.get("currency").and_then(Value::as_str);
        return quantity(ends, (Some(CURRENCIES), code, None), add);
    }
    if let Some(origin) = members.get("origin") {
        return quantity(sampled(found, origin), unit(origin), add);
    }
    if members.contains_key("low") || members.contains_key("high") {
        let of = members.get("low").or_else(|| members.get("high")).map(unit);
        return quantity(range(found), of.unwrap_or_default(), add);
    }
    let ends = members.get("value").and_then(decimal).map(|value| {
        match members.get("comparator").and_then(Value::as_str) {
            Some("<" | "<=") => (None, Some(value)),
            Some(">" | ">=") => (Some(value), None),
            _ => (Some(value), Some(value)),
        }
    });
    quantity(ends, unit(found), add);
}

type Unit<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);

/// System, code and printed unit.
fn unit(quantity: &Value) -> Unit<'_> {
    let text = |name: &str| quantity.get(name).and_then(Value::as_str);
    (text("system"), text("code"), text("unit"))
}

fn quantity(ends: Option<Ends>, (system, code, unit): Unit<'_>, add: &mut dyn FnMut(IndexValue)) {
    let Some(ends) = ends else { return };
    let Some((low, high)) = floats(ends) else { return };
    let canonical = code.filter(|_| system == Some(UCUM)).and_then(|code| canonical(ends, code));
    let own = |text: Option<&str>| text.map(str::to_owned);
    let (system, code, unit) = (own(system), own(code), own(unit));
    add(IndexValue::Quantity { low, high, system, code, unit, canonical });
}

/// A number of a UCUM unit in base units, and their code; none when it cannot be converted.
pub(in crate::search) fn canonical_number(value: Decimal, code: &str) -> Option<(f64, String)> {
    let factor = ucum::factor(code)?;
    Some((float(factor.to_base(value)?)?, factor.base_code()))
}

/// A range of a UCUM unit in base units; none when the unit cannot be converted.
fn canonical(ends: Ends, code: &str) -> Option<CanonicalQuantity> {
    let factor = ucum::factor(code)?;
    let side = |end: Option<Decimal>| match end {
        Some(end) => Some(Some(factor.to_base(end)?)),
        None => Some(None),
    };
    let (low, high) = floats((side(ends.0)?, side(ends.1)?))?;
    Some(CanonicalQuantity { low, high, code: factor.base_code() })
}

/// An open side is infinite.
fn floats((low, high): Ends) -> Option<(f64, f64)> {
    let low = low.map_or(Some(f64::NEG_INFINITY), float)?;
    let high = high.map_or(Some(f64::INFINITY), float)?;
    (low <= high).then_some((low, high))
}

/// The nearest float, by the digits without trailing zeros, so that `1.0` and `1` give one.
pub(in crate::search) fn float(value: Decimal) -> Option<f64> {
    value.normalize().to_string().parse().ok().or_else(|| value.to_f64())
}

fn decimal(value: &Value) -> Option<Decimal> {
    value.as_number().and_then(value::number)
}

fn range(value: &Value) -> Option<Ends> {
    let side = |name: &str| match value.get(name).and_then(|side| side.get("value")) {
        Some(side) => decimal(side).map(Some),
        None => Some(None),
    };
    let ends = (side("low")?, side("high")?);
    (ends != (None, None)).then_some(ends)
}

/// From the least to the greatest of the measured points; `L` and `U` stand for the limits of
/// detection, `E` for nothing.
fn sampled(data: &Value, origin: &Value) -> Option<Ends> {
    let number = |name: &str| data.get(name).and_then(decimal);
    let zero = origin.get("value").and_then(decimal)?;
    let factor = number("factor").unwrap_or(Decimal::ONE);
    let points = data.get("data").and_then(Value::as_str).unwrap_or_default();
    let mut ends: Option<(Decimal, Decimal)> = None;
    for point in points.split_ascii_whitespace() {
        let point = match point {
            "L" => number("lowerLimit"),
            "U" => number("upperLimit"),
            digits => Decimal::from_str_exact(digits).ok(),
        };
        let scaled = point.and_then(|point| point.checked_mul(factor)?.checked_add(zero));
        let Some(value) = scaled else { continue };
        ends = Some(ends.map_or((value, value), |(low, high)| (low.min(value), high.max(value))));
    }
    ends.map(|(low, high)| (Some(low), Some(high)))
}
