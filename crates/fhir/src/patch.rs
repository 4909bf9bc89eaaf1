//! Changing a part of a resource: JSON Patch and FHIRPath Patch.
//!
//! Start with [`json`] (RFC 6902) or [`fhirpath`] (<https://hl7.org/fhir/R4/fhirpatch.html>);
//! [`Format::of_media_type`] says which of the two a request asks for. Both take a resource and
//! give back a new one, or the first operation that cannot be done, and why. Nothing of a patch
//! is kept when one operation fails. What the operations do not touch stays as it was written:
//! members in their order, numbers with their digits.
//!
//! The result has the type and the id that it had before. Whether it keeps to the standard as a
//! whole is asked with [`validate`](crate::validate::validate), as before any other write; R4
//! wants a patch refused whose outcome is not a valid resource.
//!
//! ```
//! use manzil_fhir::{Resource, patch};
//! use serde_json::json;
//!
//! let text = r#"{"resourceType":"Patient","id":"p1","active":true,"birthDate":"1990"}"#;
//! let patient = Resource::parse(text)?;
//!
//! let changed = patch::json(&patient, &json!([{"op": "remove", "path": "/active"}]))?;
//! assert_eq!(changed.to_json(), r#"{"resourceType":"Patient","id":"p1","birthDate":"1990"}"#);
//!
//! let error = patch::json(&patient, &json!([{"op": "remove", "path": "/name/0"}])).unwrap_err();
//! assert_eq!(error.to_string(),
//!     "MZ-0162 in operation 0 at /name/0: there is nothing at this path. \
//!      read the resource again and check the path against it");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! JSON Patch is our own code: the crate `json-patch` takes members out by exchanging them with
//! the last one, which changes their order, and compares numbers by their digits, where RFC 6902
//! compares their values.

mod error;
mod fhirpath;
mod json;

use std::io::{self, Write};

use serde_json::Value;

pub use error::{Code, PatchError};

use crate::{ParseError, Resource};

/// The most operations in one patch.
pub const OPERATIONS_MAX: usize = 500;

/// The most that the `copy` operations of one JSON Patch copy together, in bytes of JSON.
pub const COPIED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The most steps in evaluating one path of a FHIRPath Patch.
pub const PATH_STEPS_MAX: u64 = 100_000;

/// The forms that a patch comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/json-patch+json`: for [`json`].
    Json,
    /// `application/fhir+json`: a `Parameters` resource for [`fhirpath`].
    FhirPath,
}

impl Format {
    /// The form with this media type, parameters such as `charset` left aside.
    ///
    /// # Errors
    ///
    /// Every other media type. XML Patch (RFC 5261) is named, because FHIR allows it: records
    /// are JSON here, and a patch of XML has no meaning for them.
    pub fn of_media_type(media_type: &str) -> Result<Self, PatchError> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "application/json-patch+json" => Ok(Self::Json),
            "application/fhir+json" | "application/json" => Ok(Self::FhirPath),
            "application/xml-patch+xml" | "application/fhir+xml" | "application/xml" => {
                Err(PatchError::format("XML Patch is not supported"))
            }
            other => {
                let shown: String = other.chars().take(80).collect();
                Err(PatchError::format(format!("{shown:?} is not the media type of a patch")))
            }
        }
    }
}

/// Applies a JSON Patch (RFC 6902), an array of operations, in order.
///
/// # Errors
///
/// The first operation that cannot be read or done, a `test` that fails, a limit, and a result
/// that is no resource or has another type or id.
pub fn json(resource: &Resource, operations: &Value) -> Result<Resource, PatchError> {
    finish(resource, json_document(resource.value(), operations)?)
}

/// Applies a JSON Patch to any JSON, as RFC 6902 has it. For resources there is [`json`].
///
/// # Errors
///
/// As [`json`], but whatever comes out is a document.
pub fn json_document(document: &Value, operations: &Value) -> Result<Value, PatchError> {
    json::apply(document, operations)
}

/// Applies a FHIRPath Patch, a `Parameters` resource with one parameter `operation` for each
/// operation, in order. What a patch leaves empty is taken out after the last operation, so that
/// a later operation may fill it again.
///
/// # Errors
///
/// The first operation that cannot be read or done: a path that leads nowhere (except to
/// delete), to more than one element or out of the resource; an index outside the list; a value
/// of a type that the element cannot have. Also a limit, and a change of the resource's id.
pub fn fhirpath(resource: &Resource, parameters: &Resource) -> Result<Resource, PatchError> {
    finish(resource, fhirpath::apply(resource.value(), parameters)?)
}

/// The patched JSON as a resource again, the same one. It is written and read: what could not be
/// read again later (a reserved member name, a text too long) is refused now.
fn finish(before: &Resource, value: Value) -> Result<Resource, PatchError> {
    let refused = |error: ParseError| match error.code {
        "MZ-0106" | "MZ-0108" => PatchError::limit(error.reason),
        "MZ-0110" => PatchError::value(error.reason, error.cure),
        _ => PatchError::identity(format!("the result is refused: {}", error.reason)),
    };
    let checked = Resource::from_value(value).map_err(refused)?;
    let after = Resource::parse(&checked.to_json()).map_err(refused)?;
    if after.resource_type() != before.resource_type() {
        return Err(PatchError::identity("a patch cannot change the resource type"));
    }
    if after.id() != before.id() {
        return Err(PatchError::identity("a patch cannot change the id of the resource"));
    }
    Ok(after)
}

/// How long a value is as JSON text.
fn json_bytes(value: &Value) -> usize {
    struct Counter(usize);
    impl Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    // Counting cannot fail, and JSON values have only names that are texts.
    serde_json::to_writer(&mut counter, value).map_or(usize::MAX, |()| counter.0)
}

fn check_count(operations: usize) -> Result<(), PatchError> {
    if operations <= OPERATIONS_MAX {
        return Ok(());
    }
    let reason = format!("{operations} operations are more than {OPERATIONS_MAX}");
    Err(PatchError::limit(reason))
}

#[cfg(test)]
mod tests;
