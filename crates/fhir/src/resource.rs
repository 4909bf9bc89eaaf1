//! One FHIR resource, kept exactly as it was written.
//!
//! Start with [`Resource::parse`]. Reading is in two steps: a scan that cannot recurse refuses
//! what JSON readers disagree about or choke on (duplicate members, deep nesting, endless
//! numbers), then the JSON is read as it stands.

mod scan;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::reference::is_id;
use crate::table;

/// The largest text that is read, in bytes: a transaction Bundle with the history of hundreds
/// of people.
pub const BODY_BYTES_MAX: usize = 32 * 1024 * 1024;

/// How deep arrays and objects may stand in each other. A Questionnaire with 40 levels of
/// groups needs 82; a document Bundle seldom 20.
pub const DEPTH_MAX: usize = 100;

/// The longest number, in characters. FHIR asks for 18 digits.
pub const NUMBER_CHARS_MAX: usize = 64;

/// A FHIR R4 resource as lossless JSON: unknown members, member order and the digits of
/// decimals survive a round trip. (White space does not, `\u00e9` comes back as `é`, and an
/// exponent `1E5` as `1e+5`.)
///
/// Its `resourceType` is a type of R4, its `id`, if any, has the form of an id. Nothing else is
/// promised: see [`validate`](crate::validate::validate).
///
/// ```
/// use manzil_fhir::Resource;
///
/// let text = r#"{"resourceType":"Patient","id":"p1","x-unknown":1.50}"#;
/// let patient = Resource::parse(text)?;
/// assert_eq!(patient.resource_type(), "Patient");
/// assert_eq!(patient.to_json(), text);
///
/// let error = Resource::parse(r#"{"resourceType":"Pateint"}"#).unwrap_err();
/// assert_eq!(error.cure, "write Patient, if that is meant");
/// # Ok::<(), manzil_fhir::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    value: Value,
}

/// Why a text is not a FHIR resource.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{code} at line {line}, column {column}: {reason}. {cure}")]
pub struct ParseError {
    /// `MZ-0101` not JSON, `0102` not a resource, `0103` unknown type, `0104` not an id, `0105`
    /// duplicate member, `0106` too deep, `0107` number too long, `0108` too large, `0109` not
    /// UTF-8, `0110` reserved member name.
    pub code: &'static str,
    /// From 1.
    pub line: usize,
    /// In bytes, from 1.
    pub column: usize,
    /// What is wrong, in a few words.
    pub reason: String,
    /// What to do about it.
    pub cure: String,
}

impl ParseError {
    fn new(code: &'static str, reason: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { code, line: 1, column: 1, reason: reason.into(), cure: cure.into() }
    }

    fn at(self, (line, column): (usize, usize)) -> Self {
        Self { line, column, ..self }
    }
}

impl Resource {
    /// Reads one resource from bytes that should be UTF-8.
    pub fn parse_bytes(bytes: &[u8]) -> Result<Self, ParseError> {
        Self::parse(utf8(bytes)?)
    }

    /// Reads one resource from JSON text. A byte order mark at the start is passed over.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let (value, places) = read(text)?;
        check(&value).map_err(|error| match error.code {
            "MZ-0103" => error.at(places.of_type),
            "MZ-0104" => error.at(places.of_id),
            _ => error,
        })?;
        Ok(Self { value })
    }

    /// Takes a JSON value that is a resource (an object with a `resourceType`).
    pub fn from_value(value: Value) -> Result<Self, ParseError> {
        if is_deeper(&value, DEPTH_MAX) {
            return Err(too_deep());
        }
        check(&value)?;
        Ok(Self { value })
    }

    /// The type: `Patient`.
    pub fn resource_type(&self) -> &str {
        self.value.get("resourceType").and_then(Value::as_str).unwrap_or_default()
    }

    /// The id, which a resource that is to be created may lack.
    pub fn id(&self) -> Option<&str> {
        self.value.get("id").and_then(Value::as_str)
    }

    /// The JSON, an object.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The JSON to change. Whoever changes `resourceType` or `id` here breaks what
    /// [`Resource::parse`] promised; see [`Resource::set_id`].
    pub fn value_mut(&mut self) -> &mut Value {
        &mut self.value
    }

    /// The JSON, given away.
    pub fn into_value(self) -> Value {
        self.value
    }

    /// The JSON text, members in the order in which they were written.
    pub fn to_json(&self) -> String {
        self.value.to_string()
    }

    /// `Patient/p1`, when it has an id.
    pub fn local_reference(&self) -> Option<String> {
        self.id().map(|id| format!("{}/{id}", self.resource_type()))
    }

    /// `meta.versionId`.
    pub fn version_id(&self) -> Option<&str> {
        self.value.get("meta")?.get("versionId")?.as_str()
    }

    /// `meta.lastUpdated`, when it can be read.
    pub fn last_updated(&self) -> Option<Timestamp> {
        self.value.get("meta")?.get("lastUpdated")?.as_str()?.parse().ok()
    }

    /// Sets the id, behind `resourceType` if it is new.
    pub fn set_id(&mut self, id: &str) -> Result<(), ParseError> {
        let value = Value::from(id);
        check_id(&value)?;
        self.put_early("id", value, &["resourceType"]);
        Ok(())
    }

    /// Sets `meta.versionId` and `meta.lastUpdated` (in UTC, to the millisecond), first in
    /// `meta`, and `meta` behind the id. The rest of `meta` stays.
    pub fn set_version(&mut self, version_id: &str, last_updated: Timestamp) {
        let mut meta = match self.value.get_mut("meta").map(Value::take) {
            Some(Value::Object(meta)) => meta,
            _ => Map::new(),
        };
        put(&mut meta, "versionId", version_id.into(), &["id"]);
        let moment = json!(format!("{last_updated:.3}"));
        put(&mut meta, "lastUpdated", moment, &["id", "versionId"]);
        self.put_early("meta", Value::Object(meta), &["resourceType", "id"]);
    }

    fn put_early(&mut self, name: &str, value: Value, behind: &[&str]) {
        if let Value::Object(members) = &mut self.value {
            put(members, name, value, behind);
        }
    }
}

/// Reads JSON that is not a resource, such as a JSON Patch, with the same care: no member twice,
/// no endless number, nothing too deep or too large.
///
/// ```
/// use manzil_fhir::resource::parse_json;
///
/// assert!(parse_json(br#"[{"op":"remove","path":"/active"}]"#).is_ok());
/// assert_eq!(parse_json(br#"{"path":"/a","path":"/b"}"#).unwrap_err().code, "MZ-0105");
/// ```
pub fn parse_json(bytes: &[u8]) -> Result<Value, ParseError> {
    read(utf8(bytes)?).map(|(value, _)| value)
}

fn utf8(bytes: &[u8]) -> Result<&str, ParseError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        ParseError::new("MZ-0109", "the text is not UTF-8", "save or send it as UTF-8")
            .at(scan::place(before))
    })
}

/// The JSON of a text, and where the members that tell what it is stand in it.
fn read(text: &str) -> Result<(Value, scan::Places), ParseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > BODY_BYTES_MAX {
        let reason = format!("{} bytes are more than {BODY_BYTES_MAX}", text.len());
        return Err(ParseError::new("MZ-0108", reason, "send it in smaller parts"));
    }
    let places = scan::check(text)?;
    let value = serde_json::from_str(text).map_err(|error| {
        let shown = error.to_string();
        let reason = shown.split(" at line ").next().unwrap_or(&shown);
        ParseError::new("MZ-0101", format!("not JSON: {reason}"), "send well-formed JSON")
            .at((error.line(), error.column()))
    })?;
    Ok((value, places))
}

/// Replaces a member where it stands, or inserts it behind the leading ones of `behind`.
fn put(members: &mut Map<String, Value>, name: &str, value: Value, behind: &[&str]) {
    if let Some(member) = members.get_mut(name) {
        *member = value;
        return;
    }
    let leading = members.keys().take_while(|key| behind.contains(&key.as_str())).count();
    members.shift_insert(leading, name.to_owned(), value);
}

/// An object of a known type, with an id that is one.
fn check(value: &Value) -> Result<(), ParseError> {
    let Some(resource_type) = value.get("resourceType").and_then(Value::as_str) else {
        let reason =
            if value.is_object() { "no resourceType" } else { "a resource is a JSON object" };
        let cure = "name the resource type in the member resourceType";
        return Err(ParseError::new("MZ-0102", reason, cure));
    };
    if !table::is_resource_type(resource_type) {
        let shown: String = resource_type.chars().take(64).collect();
        let cure = match table::nearest_resource_type(&shown) {
            Some(nearest) => format!("write {nearest}, if that is meant"),
            None => "write a resource type of FHIR R4, such as Patient".into(),
        };
        return Err(ParseError::new("MZ-0103", format!("R4 has no type {shown:?}"), cure));
    }
    value.get("id").map_or(Ok(()), check_id)
}

fn check_id(id: &Value) -> Result<(), ParseError> {
    if id.as_str().is_some_and(is_id) {
        return Ok(());
    }
    let shown: String = id.to_string().chars().take(80).collect();
    Err(ParseError::new(
        "MZ-0104",
        format!("{shown} is not an id"),
        "write 1 to 64 letters A to Z, digits, hyphens and points",
    ))
}

fn too_deep() -> ParseError {
    ParseError::new(
        "MZ-0106",
        format!("arrays and objects stand more than {DEPTH_MAX} deep in each other"),
        "check the program that wrote it: no FHIR resource in use is nested so deep",
    )
}

/// Whether arrays and objects stand deeper in each other than `depth`, the outermost counted.
/// Stops at the limit, so that it cannot exhaust the stack.
pub(crate) fn is_deeper(value: &Value, depth: usize) -> bool {
    match value {
        Value::Array(items) => depth == 0 || items.iter().any(|item| is_deeper(item, depth - 1)),
        Value::Object(members) => {
            depth == 0 || members.values().any(|member| is_deeper(member, depth - 1))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
