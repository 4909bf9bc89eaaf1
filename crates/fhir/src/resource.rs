//! One FHIR resource, kept exactly as it was written.

use serde_json::Value;
use thiserror::Error;

/// A FHIR R4 resource as lossless JSON: unknown members, member order and the digits of
/// decimals survive a round trip.
///
/// ```
/// use manzil_fhir::Resource;
///
/// let patient = Resource::parse(r#"{"resourceType":"Patient","id":"p1"}"#)?;
/// assert_eq!(patient.resource_type(), "Patient");
/// # Ok::<(), manzil_fhir::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    value: Value,
}

/// Why a text is not a FHIR resource.
#[derive(Debug, Error)]
#[error("{code} at line {line}, column {column}: {reason}. {cure}")]
pub struct ParseError {
    pub code: &'static str,
    pub line: usize,
    pub column: usize,
    pub reason: String,
    pub cure: String,
}

impl Resource {
    /// Reads one resource from JSON text.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let value = serde_json::from_str(text).map_err(|error| ParseError {
            code: "MZ-0101",
            line: error.line(),
            column: error.column(),
            reason: error.to_string(),
            cure: "send well-formed JSON".into(),
        })?;
        Self::from_value(value)
    }

    /// Takes a JSON value that is a resource (an object with a `resourceType`).
    pub fn from_value(value: Value) -> Result<Self, ParseError> {
        match value.get("resourceType").and_then(Value::as_str) {
            Some(_) => Ok(Self { value }),
            None => Err(ParseError {
                code: "MZ-0102",
                line: 1,
                column: 1,
                reason: "no resourceType".into(),
                cure: "name the resource type in the member resourceType".into(),
            }),
        }
    }

    pub fn resource_type(&self) -> &str {
        self.value.get("resourceType").and_then(Value::as_str).unwrap_or_default()
    }

    pub fn id(&self) -> Option<&str> {
        self.value.get("id").and_then(Value::as_str)
    }

    pub fn value(&self) -> &Value {
        &self.value
    }

    pub fn value_mut(&mut self) -> &mut Value {
        &mut self.value
    }

    /// The JSON text, members in the order in which they were written.
    pub fn to_json(&self) -> String {
        self.value.to_string()
    }
}
