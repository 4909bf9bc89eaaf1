//! Conversions between types, and `type()`.

use rust_decimal::Decimal;

use super::collection::yes;
use super::{Call, Function, Target};
use crate::fhirpath::compare::{as_quantity, commensurable};
use crate::fhirpath::error::FhirPathError;
use crate::fhirpath::eval::{Evaluation, one, one_text, plain};
use crate::fhirpath::quantity::{Quantity, Unit};
use crate::fhirpath::temporal::Temporal;
use crate::fhirpath::value::{self, Collection, Item, System};

impl<'a> Evaluation<'_, '_, 'a> {
    pub(super) fn convert(
        &mut self,
        call: Call<'_, 'a>,
        input: &[Item<'a>],
    ) -> Result<Collection<'a>, FhirPathError> {
        let (Function::To(target) | Function::ConvertsTo(target)) = call.function else {
            return Ok(input.iter().map(|item| Item::Type(item.type_info())).collect());
        };
        let Some(item) = one(input, "a conversion", call.column)? else { return Ok(Vec::new()) };
        let converted = match plain(item, call.column)? {
            Some(value) => self.converted(call, target, value)?,
            None => None,
        };
        match call.function {
            Function::ConvertsTo(_) => yes(converted.is_some()),
            _ => Ok(converted.map(Item::System).into_iter().collect()),
        }
    }

    fn converted(
        &mut self,
        call: Call<'_, 'a>,
        target: Target,
        value: System<'a>,
    ) -> Result<Option<System<'a>>, FhirPathError> {
        Ok(match target {
            Target::Boolean => to_boolean(&value).map(System::Boolean),
            Target::Integer => to_integer(&value).map(System::Integer),
            Target::Decimal => to_decimal(&value).map(System::Decimal),
            Target::String => Some(match value {
                System::String(text) => System::String(text),
                other => System::String(other.to_string().into()),
            }),
            Target::Date => temporal(&value, Temporal::date_or_date_time)
                .and_then(Temporal::to_date)
                .map(System::Temporal),
            Target::DateTime => {
                let found = temporal(&value, Temporal::date_time);
                found.and_then(Temporal::to_date_time).map(System::Temporal)
            }
            Target::Time => match value {
                System::Temporal(time) if time.to_date().is_none() => Some(System::Temporal(time)),
                System::String(text) => Temporal::time(&text).map(System::Temporal),
                _ => None,
            },
            Target::Quantity => {
                let unit = self.argument(call, 0)?;
                let unit = one_text(&unit, "a unit", call.column)?;
                let Some(quantity) = to_quantity(&value) else { return Ok(None) };
                let Some(unit) = unit else { return Ok(Some(System::Quantity(quantity))) };
                let unit = Unit::from_text(unit);
                let value = commensurable(quantity.converted(&unit), call.column)?;
                value.map(|value| System::Quantity(Quantity { value, unit }))
            }
        })
    }
}

impl Temporal {
    /// Reads a date, or a date-time to take the date of.
    fn date_or_date_time(text: &str) -> Option<Self> {
        Self::date(text).or_else(|| Self::date_time(text))
    }
}

fn to_boolean(value: &System<'_>) -> Option<bool> {
    match value {
        System::Boolean(value) => Some(*value),
        System::Integer(0) => Some(false),
        System::Integer(1) => Some(true),
        System::Decimal(value) if value.is_zero() => Some(false),
        System::Decimal(value) if *value == Decimal::ONE => Some(true),
        System::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" | "1.0" => Some(true),
            "false" | "f" | "no" | "n" | "0" | "0.0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn to_integer(value: &System<'_>) -> Option<i32> {
    match value {
        System::Boolean(value) => Some((*value).into()),
        System::Integer(value) => Some(*value),
        System::String(text) if !text.contains('.') => {
            value::decimal_text(text).and_then(|value| value.try_into().ok())
        }
        _ => None,
    }
}

fn to_decimal(value: &System<'_>) -> Option<Decimal> {
    match value {
        System::Boolean(value) => Some(i32::from(*value).into()),
        System::Integer(value) => Some((*value).into()),
        System::Decimal(value) => Some(*value),
        System::String(text) => value::decimal_text(text),
        _ => None,
    }
}

fn to_quantity<'a>(value: &System<'a>) -> Option<Quantity<'a>> {
    match value {
        System::Boolean(value) => Some(Quantity::plain(i32::from(*value).into())),
        System::String(text) => Quantity::parse(text),
        other => as_quantity(other),
    }
}

fn temporal(value: &System<'_>, read: fn(&str) -> Option<Temporal>) -> Option<Temporal> {
    match value {
        System::Temporal(temporal) => Some(*temporal),
        System::String(text) => read(text),
        _ => None,
    }
}
