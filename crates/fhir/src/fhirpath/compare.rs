//! Equality, equivalence and order.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::ast::Operator;
use super::error::FhirPathError;
use super::eval::{Evaluation, one_value, plain};
use super::quantity::{Incommensurable, Quantity};
use super::value::{self, Collection, Element, Item, System};

type Known = Result<Option<bool>, FhirPathError>;

impl<'a> Evaluation<'_, '_, 'a> {
    /// `=`: unknown when either side is empty, or when equality itself is unknown.
    pub(super) fn equal(&mut self, left: &[Item<'a>], right: &[Item<'a>], column: u32) -> Known {
        if left.is_empty() || right.is_empty() {
            return Ok(None);
        }
        if left.len() != right.len() {
            return Ok(Some(false));
        }
        self.step(left.len(), column)?;
        let mut answer = Some(true);
        for (left, right) in left.iter().zip(right) {
            match items_equal(left, right, column)? {
                Some(false) => return Ok(Some(false)),
                None => answer = None,
                Some(true) => {}
            }
        }
        Ok(answer)
    }

    /// `~`: the same items in any order, loosely compared.
    pub(super) fn equivalent(
        &mut self,
        left: &[Item<'a>],
        right: &[Item<'a>],
        column: u32,
    ) -> Result<bool, FhirPathError> {
        if left.len() != right.len() {
            return Ok(false);
        }
        let mut open: Vec<&Item<'a>> = right.iter().collect();
        for item in left {
            self.step(open.len(), column)?;
            let mut found = None;
            for (at, candidate) in open.iter().enumerate() {
                if items_equivalent(item, candidate, column)? {
                    found = Some(at);
                    break;
                }
            }
            let Some(at) = found else { return Ok(false) };
            open.swap_remove(at);
        }
        Ok(true)
    }

    /// Whether an item equal to this one is among the items.
    pub(super) fn includes(
        &mut self,
        items: &[Item<'a>],
        item: &Item<'a>,
        column: u32,
    ) -> Result<bool, FhirPathError> {
        self.step(items.len(), column)?;
        for candidate in items {
            if items_equal(candidate, item, column)? == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The items, each once, in their first order.
    pub(super) fn distinct(
        &mut self,
        items: Collection<'a>,
        column: u32,
    ) -> Result<Collection<'a>, FhirPathError> {
        let mut kept: Collection<'a> = Vec::with_capacity(items.len());
        for item in items {
            if !self.includes(&kept, &item, column)? {
                kept.push(item);
            }
        }
        Ok(kept)
    }
}

/// `<`, `<=`, `>` and `>=` of single items; unknown when the order is.
pub(super) fn ordered(
    operator: Operator,
    left: &[Item<'_>],
    right: &[Item<'_>],
    column: u32,
) -> Known {
    let left = one_value(left, "a comparison", column)?;
    let right = one_value(right, "a comparison", column)?;
    let (Some(left), Some(right)) = (left, right) else { return Ok(None) };
    let order = order(&left, &right, column)?;
    Ok(order.map(|order| match operator {
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        _ => order.is_ge(),
    }))
}

/// The order of two values; none when unknown, an error when they have none.
pub(super) fn order(
    left: &System<'_>,
    right: &System<'_>,
    column: u32,
) -> Result<Option<Ordering>, FhirPathError> {
    match (left, right) {
        (System::Integer(left), System::Integer(right)) => return Ok(Some(left.cmp(right))),
        (System::String(left), System::String(right)) => return Ok(Some(left.cmp(right))),
        (System::Temporal(left), System::Temporal(right)) if left.is_comparable(right) => {
            return Ok(left.compare(right));
        }
        _ => {}
    }
    if let (Some(left), Some(right)) = (as_decimal(left), as_decimal(right)) {
        return Ok(Some(left.cmp(&right)));
    }
    if let (Some(left), Some(right)) = (as_quantity(left), as_quantity(right)) {
        return commensurable(left.compare(&right), column);
    }
    let (left, right) = (left.type_name(), right.type_name());
    Err(FhirPathError::operand(column, format!("a {left} and a {right} have no order")))
}

/// Two items by `=`.
fn items_equal(left: &Item<'_>, right: &Item<'_>, column: u32) -> Known {
    if let (Some(left), Some(right)) = (plain(left, column)?, plain(right, column)?) {
        return values_equal(&left, &right, column);
    }
    Ok(Some(match (left, right) {
        (Item::Element(left), Item::Element(right)) => elements_equal(left, right),
        (Item::Type(left), Item::Type(right)) => left == right,
        _ => false,
    }))
}

fn values_equal(left: &System<'_>, right: &System<'_>, column: u32) -> Known {
    match (left, right) {
        (System::Boolean(left), System::Boolean(right)) => return Ok(Some(left == right)),
        (System::String(left), System::String(right)) => return Ok(Some(left == right)),
        (System::Temporal(left), System::Temporal(right)) if left.is_comparable(right) => {
            return Ok(left.compare(right).map(Ordering::is_eq));
        }
        _ => {}
    }
    if let (Some(left), Some(right)) = (as_decimal(left), as_decimal(right)) {
        return Ok(Some(left == right));
    }
    let (Some(left), Some(right)) = (as_quantity(left), as_quantity(right)) else {
        return Ok(Some(false));
    };
    let order = commensurable(left.compare(&right), column)?;
    Ok(order.map(Ordering::is_eq))
}

fn elements_equal(left: &Element<'_>, right: &Element<'_>) -> bool {
    if left.is_stub || right.is_stub {
        return false;
    }
    match (left.json, right.json) {
        (Some(left), Some(right)) => std::ptr::eq(left, right) || json_equal(left, right),
        (None, None) => left.sibling == right.sibling,
        _ => false,
    }
}

/// Member order and trailing zeros do not matter; the order of items does.
fn json_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => match (value::number(a), value::number(b)) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        },
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| json_equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => members_match(a, b, json_equal),
        _ => left == right,
    }
}

fn members_match(
    left: &Map<String, Value>,
    right: &Map<String, Value>,
    same: fn(&Value, &Value) -> bool,
) -> bool {
    left.len() == right.len()
        && left.iter().all(|(name, a)| right.get(name).is_some_and(|b| same(a, b)))
}

/// Two items by `~`.
fn items_equivalent(left: &Item<'_>, right: &Item<'_>, column: u32) -> Result<bool, FhirPathError> {
    if let (Some(left), Some(right)) = (plain(left, column)?, plain(right, column)?) {
        return values_equivalent(&left, &right, column);
    }
    Ok(match (left, right) {
        (Item::Element(left), Item::Element(right)) => match (left.json, right.json) {
            (Some(left), Some(right)) => json_equivalent(left, right),
            _ => elements_equal(left, right),
        },
        (Item::Type(left), Item::Type(right)) => left == right,
        _ => false,
    })
}

fn values_equivalent(
    left: &System<'_>,
    right: &System<'_>,
    column: u32,
) -> Result<bool, FhirPathError> {
    Ok(match (left, right) {
        (System::Boolean(left), System::Boolean(right)) => left == right,
        (System::String(left), System::String(right)) => texts_equivalent(left, right),
        (System::Temporal(left), System::Temporal(right)) => {
            left.is_comparable(right) && left.compare(right) == Some(Ordering::Equal)
        }
        _ => match (as_decimal(left), as_decimal(right)) {
            (Some(left), Some(right)) => value::equivalent(left, right),
            _ => match (as_quantity(left), as_quantity(right)) {
                (Some(left), Some(right)) => {
                    commensurable(left.is_equivalent(&right), column)?.unwrap_or(false)
                }
                _ => false,
            },
        },
    })
}

/// Case does not matter, and all white space is the same.
fn texts_equivalent(left: &str, right: &str) -> bool {
    let loose = |text: &str| -> String {
        text.chars()
            .map(|c| if c.is_whitespace() { ' ' } else { c })
            .flat_map(char::to_lowercase)
            .collect()
    };
    left == right || loose(left) == loose(right)
}

fn json_equivalent(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::String(a), Value::String(b)) => texts_equivalent(a, b),
        (Value::Number(a), Value::Number(b)) => match (value::number(a), value::number(b)) {
            (Some(a), Some(b)) => value::equivalent(a, b),
            _ => a == b,
        },
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut open: Vec<&Value> = b.iter().collect();
            a.iter().all(|item| {
                let at = open.iter().position(|candidate| json_equivalent(item, candidate));
                at.map(|at| open.swap_remove(at)).is_some()
            })
        }
        (Value::Object(a), Value::Object(b)) => members_match(a, b, json_equivalent),
        _ => left == right,
    }
}

/// The answer about two quantities; none when they measure different things. A unit that is
/// not in the table is refused by name.
pub(super) fn commensurable<T>(
    answer: Result<T, Incommensurable>,
    column: u32,
) -> Result<Option<T>, FhirPathError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(Incommensurable::Dimension) => Ok(None),
        Err(Incommensurable::Unknown(unit)) => {
            let reason = "the unit is not in the table of units that are converted";
            Err(FhirPathError::refused(column, format!("'{unit}'"), reason))
        }
        Err(Incommensurable::Range) => {
            Err(FhirPathError::range(column, "the quantities are too far apart"))
        }
    }
}

pub(super) fn as_decimal(value: &System<'_>) -> Option<rust_decimal::Decimal> {
    match value {
        System::Integer(value) => Some((*value).into()),
        System::Decimal(value) => Some(*value),
        _ => None,
    }
}

/// A quantity, or a number as one without a unit.
pub(super) fn as_quantity<'a>(value: &System<'a>) -> Option<Quantity<'a>> {
    match value {
        System::Quantity(quantity) => Some(quantity.clone()),
        _ => as_decimal(value).map(Quantity::plain),
    }
}
