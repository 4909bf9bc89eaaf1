//! What an expression yields: elements of the record and plain values.

use std::borrow::Cow;
use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Number, Value};

use super::error::FhirPathError;
use super::model;
use super::quantity::Quantity;
use super::temporal::{Temporal, TemporalKind};

/// The result of an expression: items in order, none of them null.
pub type Collection<'a> = Vec<Item<'a>>;

/// One item of a collection.
#[derive(Clone, Debug, PartialEq)]
pub enum Item<'a> {
    /// A part of a record, borrowed.
    Element(Element<'a>),
    /// A value of the language itself, from a literal or an operation.
    System(System<'a>),
    /// What `type()` returns.
    Type(TypeInfo<'a>),
}

/// A value of FHIRPath's own types.
#[derive(Clone, Debug, PartialEq)]
pub enum System<'a> {
    Boolean(bool),
    /// 32 bits, as the standard says.
    Integer(i32),
    /// Digits as written: `1.50` keeps its zero.
    Decimal(Decimal),
    String(Cow<'a, str>),
    /// A Date, DateTime or Time.
    Temporal(Temporal),
    Quantity(Quantity<'a>),
}

/// A resource, element or primitive of a record, with its FHIR type.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    /// None for a primitive that has only extensions, and for an unread reference.
    pub(super) json: Option<&'a Value>,
    /// The `_name` member beside a primitive, with its id and extensions.
    pub(super) sibling: Option<&'a Value>,
    /// `Patient`, `HumanName`, `code`; `BackboneElement` for content written in place.
    pub(super) type_name: &'a str,
    /// Where the table keeps its children; empty when the type is unknown.
    pub(super) inside: &'a str,
    /// Only the type is known: a reference whose target was not read.
    pub(super) is_stub: bool,
}

/// The name of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeInfo<'a> {
    /// `System` or `FHIR`.
    pub namespace: &'static str,
    pub name: &'a str,
}

impl<'a> Item<'a> {
    /// A resource, or JSON of unknown type.
    pub fn new(json: &'a Value) -> Self {
        Self::Element(model::element_of(json, None, "", ""))
    }

    /// An element of a known type, as [`crate::table::child`] tells it: `type_name` is
    /// `HumanName` or `BackboneElement`, `inside` is `HumanName` or `Patient.contact`.
    /// `sibling` is the `_name` member of a primitive.
    pub fn typed(
        json: Option<&'a Value>,
        sibling: Option<&'a Value>,
        type_name: &'a str,
        inside: &'a str,
    ) -> Self {
        match json {
            Some(json) if type_name.is_empty() || type_name == "Resource" => {
                Self::Element(model::element_of(json, sibling, type_name, inside))
            }
            _ => Self::Element(Element { json, sibling, type_name, inside, is_stub: false }),
        }
    }

    /// The JSON of an element.
    pub fn json(&self) -> Option<&'a Value> {
        match self {
            Self::Element(element) => element.json,
            _ => None,
        }
    }

    /// The name of the type: `Patient`, `code`; `Boolean`, `String`, `Quantity`.
    pub fn type_info(&self) -> TypeInfo<'a> {
        match self {
            Self::Element(element) => TypeInfo { namespace: "FHIR", name: element.type_name() },
            Self::System(system) => TypeInfo { namespace: "System", name: system.type_name() },
            Self::Type(_) => TypeInfo { namespace: "System", name: "TypeInfo" },
        }
    }

    /// The plain value: of a value itself, or of a primitive or Quantity of the record. None
    /// for other elements and for a primitive without a value; an error for content that is
    /// not what its type says.
    pub fn system(&self) -> Result<Option<System<'a>>, String> {
        match self {
            Self::System(system) => Ok(Some(system.clone())),
            Self::Element(element) => element.system(),
            Self::Type(_) => Ok(None),
        }
    }
}

impl<'a> From<&'a Value> for Item<'a> {
    fn from(json: &'a Value) -> Self {
        Self::new(json)
    }
}

impl<'a> From<System<'a>> for Item<'a> {
    fn from(system: System<'a>) -> Self {
        Self::System(system)
    }
}

impl From<bool> for Item<'_> {
    fn from(value: bool) -> Self {
        Self::System(System::Boolean(value))
    }
}

impl From<i32> for Item<'_> {
    fn from(value: i32) -> Self {
        Self::System(System::Integer(value))
    }
}

impl From<Decimal> for Item<'_> {
    fn from(value: Decimal) -> Self {
        Self::System(System::Decimal(value))
    }
}

impl From<String> for Item<'_> {
    fn from(value: String) -> Self {
        Self::System(System::String(value.into()))
    }
}

impl<'a> From<&'a str> for Item<'a> {
    fn from(value: &'a str) -> Self {
        Self::System(System::String(value.into()))
    }
}

impl System<'_> {
    /// `Boolean`, `Integer`, `Decimal`, `String`, `Date`, `DateTime`, `Time` or `Quantity`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "Boolean",
            Self::Integer(_) => "Integer",
            Self::Decimal(_) => "Decimal",
            Self::String(_) => "String",
            Self::Quantity(_) => "Quantity",
            Self::Temporal(temporal) => match temporal.kind() {
                TemporalKind::Date => "Date",
                TemporalKind::DateTime => "DateTime",
                TemporalKind::Time => "Time",
            },
        }
    }
}

impl fmt::Display for System<'_> {
    /// As `toString()` writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Decimal(value) => write!(f, "{value}"),
            Self::String(value) => f.write_str(value),
            Self::Temporal(value) => write!(f, "{value}"),
            Self::Quantity(value) => write!(f, "{value}"),
        }
    }
}

impl<'a> Element<'a> {
    /// The JSON; none for a primitive that has only extensions.
    pub fn json(&self) -> Option<&'a Value> {
        self.json
    }

    /// The `_name` member beside a primitive, with its id and extensions.
    pub fn sibling(&self) -> Option<&'a Value> {
        self.sibling
    }

    /// The FHIR type. Content of unknown type is named after its JSON.
    pub fn type_name(&self) -> &'a str {
        if !self.type_name.is_empty() {
            return self.type_name;
        }
        match self.json {
            Some(Value::Bool(_)) => "boolean",
            Some(Value::String(_)) => "string",
            Some(Value::Number(number)) if number.as_i64().is_some() => "integer",
            Some(Value::Number(_)) => "decimal",
            _ => "Element",
        }
    }

    /// Whether there is a primitive value here, extensions aside.
    pub fn has_value(&self) -> bool {
        matches!(self.json, Some(Value::Bool(_) | Value::String(_) | Value::Number(_)))
    }

    fn system(&self) -> Result<Option<System<'a>>, String> {
        let Some(json) = self.json else { return Ok(None) };
        let value = match json {
            Value::Bool(value) => Some(System::Boolean(*value)),
            Value::Number(value) => return self.number(value).map(Some),
            Value::String(text) => return self.text(text).map(Some),
            Value::Object(_) if model::is_subtype(self.type_name, "Quantity") => {
                Quantity::from_fhir(json).map(System::Quantity)
            }
            _ => None,
        };
        Ok(value)
    }

    fn number(&self, value: &Number) -> Result<System<'a>, String> {
        let decimal_type = self.type_name() == "decimal";
        let integer = value.as_i64().and_then(|integer| i32::try_from(integer).ok());
        if let (false, Some(integer)) = (decimal_type, integer) {
            return Ok(System::Integer(integer));
        }
        let decimal = number(value);
        decimal.map(System::Decimal).ok_or_else(|| format!("{value} has more than 28 digits"))
    }

    fn text(&self, text: &'a str) -> Result<System<'a>, String> {
        let type_name = self.type_name();
        let temporal = match type_name {
            "date" => Temporal::date(text),
            "dateTime" | "instant" => Temporal::date_time(text),
            "time" => Temporal::time(text),
            _ => return Ok(System::String(text.into())),
        };
        let temporal =
            temporal.ok_or_else(|| format!("`{text}` is not of the type {type_name}"))?;
        Ok(System::Temporal(temporal))
    }
}

impl PartialEq for Element<'_> {
    /// Whether it is the same content of the same type.
    fn eq(&self, other: &Self) -> bool {
        (self.json, self.sibling, self.type_name) == (other.json, other.sibling, other.type_name)
    }
}

/// Reads the digits of a literal.
pub(super) fn decimal(text: &str, column: u32) -> Result<Decimal, FhirPathError> {
    let wrong = || FhirPathError::range(column, format!("{text} has more than 28 digits"));
    decimal_text(text).ok_or_else(wrong)
}

/// Reads `(+|-)?digits(.digits)?` exactly; none when it is something else, or longer than
/// what is kept exactly.
pub(super) fn decimal_text(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if is_digits(whole) && is_digits(fraction) {
        Decimal::from_str_exact(text.strip_prefix('+').unwrap_or(text)).ok()
    } else {
        None
    }
}

/// The exact value of a JSON number; none beyond 28 digits.
pub(crate) fn number(number: &Number) -> Option<Decimal> {
    let text = number.as_str();
    if text.contains(['e', 'E']) {
        Decimal::from_scientific(text).ok()
    } else {
        Decimal::from_str_exact(text).ok()
    }
}

/// Rounded to decimal places, halves away from zero.
pub(super) fn rounded(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// Whether two numbers are the same at the precision of the less precise one.
pub(super) fn equivalent(left: Decimal, right: Decimal) -> bool {
    let (left, right) = (left.normalize(), right.normalize());
    let places = left.scale().min(right.scale());
    rounded(left, places) == rounded(right, places)
}
