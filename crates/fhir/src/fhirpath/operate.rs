//! Three-valued logic and arithmetic.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::ast::Operator;
use super::compare::{as_decimal, as_quantity, commensurable};
use super::error::FhirPathError;
use super::eval::{one_text, one_value};
use super::quantity::Quantity;
use super::temporal::{Temporal, Unaddable};
use super::value::{Collection, Item, System};

type Answer<'a> = Result<Collection<'a>, FhirPathError>;

/// `and`, `or`, `xor` and `implies` with none as unknown.
pub(super) fn logic(operator: Operator, left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (operator, left, right) {
        // Either side false settles `and`.
        (Operator::And, Some(false), _) | (Operator::And, _, Some(false)) => Some(false),
        // A true side settles `or`; so does `implies` when its left side is negated.
        (Operator::Or, ..) => {
            let neither = logic(Operator::And, left.map(|l| !l), right.map(|r| !r));
            neither.map(|neither| !neither)
        }
        (Operator::Implies, ..) => logic(Operator::Or, left.map(|left| !left), right),
        (Operator::And, Some(left), Some(right)) => Some(left && right),
        (Operator::Xor, Some(left), Some(right)) => Some(left != right),
        _ => None,
    }
}

/// Whether the left side alone gives the answer, so that the right one is not looked at:
/// `false and`, `true or`, `false implies`.
pub(super) fn settles(operator: Operator, left: &[Item<'_>]) -> bool {
    let [Item::System(System::Boolean(left))] = left else { return false };
    match operator {
        Operator::And | Operator::Implies => !left,
        Operator::Or => *left,
        _ => false,
    }
}

/// `-x`.
pub(super) fn negate<'a>(operand: &[Item<'a>], column: u32) -> Answer<'a> {
    let Some(value) = one_value(operand, "a sign", column)? else { return Ok(Vec::new()) };
    let negative = match value {
        System::Integer(value) => value.checked_neg().map(System::Integer),
        System::Decimal(value) => Some(System::Decimal(-value)),
        System::Quantity(quantity) => {
            Some(System::Quantity(Quantity { value: -quantity.value, unit: quantity.unit }))
        }
        other => {
            let reason = format!("a {} has no sign", other.type_name());
            return Err(FhirPathError::operand(column, reason));
        }
    };
    Ok(negative.map(Item::System).into_iter().collect())
}

/// `+ - * / div mod &` of single items.
pub(super) fn arithmetic<'a>(
    operator: Operator,
    left: &[Item<'a>],
    right: &[Item<'a>],
    column: u32,
) -> Answer<'a> {
    if operator == Operator::Concatenate {
        let left = one_text(left, "&", column)?.unwrap_or_default();
        let right = one_text(right, "&", column)?.unwrap_or_default();
        return Ok(vec![format!("{left}{right}").into()]);
    }
    let left = one_value(left, "arithmetic", column)?;
    let right = one_value(right, "arithmetic", column)?;
    let (Some(left), Some(right)) = (left, right) else { return Ok(Vec::new()) };
    let answer = match (&left, &right) {
        (System::Integer(left), System::Integer(right)) => {
            integers(operator, *left, *right, column)?
        }
        (System::String(left), System::String(right)) if operator == Operator::Add => {
            Some(System::String(format!("{left}{right}").into()))
        }
        (System::Temporal(temporal), System::Quantity(quantity)) => {
            moved(operator, *temporal, quantity, column)?
        }
        _ => match (as_decimal(&left), as_decimal(&right)) {
            (Some(left), Some(right)) => decimals(operator, left, right, column)?,
            _ => quantities(operator, &left, &right, column)?,
        },
    };
    Ok(answer.map(Item::System).into_iter().collect())
}

type Value<'a> = Result<Option<System<'a>>, FhirPathError>;

/// What overflows is empty, as the standard says.
fn integers<'a>(operator: Operator, left: i32, right: i32, column: u32) -> Value<'a> {
    let answer = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::IntegerDivide => left.checked_div(right),
        Operator::Modulo => left.checked_rem(right),
        _ => return decimals(operator, left.into(), right.into(), column),
    };
    Ok(answer.map(System::Integer))
}

fn decimals<'a>(operator: Operator, left: Decimal, right: Decimal, column: u32) -> Value<'a> {
    let divides = matches!(operator, Operator::Divide | Operator::IntegerDivide | Operator::Modulo);
    if divides && right.is_zero() {
        return Ok(None);
    }
    let answer = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::Divide => left.checked_div(right).map(|quotient| quotient.normalize()),
        Operator::Modulo => left.checked_rem(right),
        _ => {
            let whole = left.checked_div(right).and_then(|quotient| quotient.trunc().to_i32());
            return Ok(whole.map(System::Integer));
        }
    };
    match answer {
        Some(answer) => Ok(Some(System::Decimal(answer))),
        None => Err(FhirPathError::range(column, "the result has more than 28 digits")),
    }
}

fn quantities<'a>(
    operator: Operator,
    left: &System<'a>,
    right: &System<'a>,
    column: u32,
) -> Value<'a> {
    let wrong = || {
        let (left, right) = (left.type_name(), right.type_name());
        FhirPathError::operand(column, format!("a {left} and a {right} do not go together here"))
    };
    let (Some(a), Some(b)) = (as_quantity(left), as_quantity(right)) else { return Err(wrong()) };
    let answer = match operator {
        Operator::Add => a.sum(&b, false).map(Some),
        Operator::Subtract => a.sum(&b, true).map(Some),
        Operator::Multiply => a.scaled(&b, false),
        Operator::Divide => a.scaled(&b, true),
        _ => return Err(wrong()),
    };
    Ok(commensurable(answer, column)?.flatten().map(System::Quantity))
}

/// A date or time plus or minus a duration.
fn moved<'a>(
    operator: Operator,
    temporal: Temporal,
    quantity: &Quantity<'_>,
    column: u32,
) -> Value<'a> {
    let sign = match operator {
        Operator::Add => Decimal::ONE,
        Operator::Subtract => Decimal::NEGATIVE_ONE,
        _ => {
            return Err(FhirPathError::operand(
                column,
                "dates are only added to and subtracted from",
            ));
        }
    };
    let Some(unit) = quantity.unit.calendar() else {
        let reason = format!("`{quantity}` is not a calendar duration");
        return Err(FhirPathError::operand(column, reason));
    };
    match temporal.add(quantity.value * sign, unit) {
        Ok(moved) => Ok(Some(System::Temporal(moved))),
        Err(Unaddable::Overflow) => Ok(None),
        Err(Unaddable::Unit) => {
            let reason = format!("`{quantity}` cannot be added to a time of day");
            Err(FhirPathError::operand(column, reason))
        }
        Err(Unaddable::Fraction) => {
            let reason = "the editions of the official suite disagree on the answer";
            Err(FhirPathError::refused(column, "adding a part of a second", reason))
        }
    }
}
