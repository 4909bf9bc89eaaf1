//! The forms of primitive values.
//!
//! Source of the rules: FHIR R4, "Data Types", section 2.24.0.1 (the regular expressions
//! there, as plain checks).

use serde_json::{Number, Value};

use super::Code;
use super::walk::shown;
use crate::date::{DateError, DateTime, PartialDate, Time};
use crate::reference::is_id;

/// The longest string that FHIR allows, in bytes.
const STRING_BYTES_MAX: usize = 1024 * 1024;

/// Why a value is not of its type.
pub(crate) struct Wrong {
    pub(super) code: Code,
    pub(crate) reason: String,
    pub(crate) cure: String,
}

impl Wrong {
    fn new(code: Code, reason: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), cure: cure.into() }
    }

    fn form(text: &str, type_name: &str, cure: &str) -> Self {
        Self::new(Code::Format, format!("{} is not of the type {type_name}", shown(text)), cure)
    }
}

impl From<DateError> for Wrong {
    fn from(error: DateError) -> Self {
        Self::new(Code::Format, format!("{:?} {}", error.text, error.reason), error.cure)
    }
}

/// Whether a JSON value is of a primitive type.
pub(crate) fn check(type_name: &str, value: &Value) -> Result<(), Wrong> {
    match (type_name, value) {
        ("boolean", Value::Bool(_)) | ("decimal", Value::Number(_)) => Ok(()),
        ("integer" | "positiveInt" | "unsignedInt", Value::Number(number)) => {
            integer(type_name, number)
        }
        ("boolean", _) => Err(json_type("true or false, without quotes")),
        ("decimal" | "integer" | "positiveInt" | "unsignedInt", _) => {
            Err(json_type("a number, without quotes"))
        }
        (_, Value::String(text)) => string(type_name, text),
        _ => Err(json_type("a text between quotes")),
    }
}

fn json_type(what: &str) -> Wrong {
    Wrong::new(Code::JsonType, "this has the wrong JSON type", format!("write {what}"))
}

fn integer(type_name: &str, number: &Number) -> Result<(), Wrong> {
    let least = match type_name {
        "positiveInt" => 1,
        "unsignedInt" => 0,
        _ => i64::from(i32::MIN),
    };
    let most = i64::from(i32::MAX);
    match number.as_str().parse::<i64>() {
        Ok(value) if (least..=most).contains(&value) => Ok(()),
        _ => {
            let cure = format!("write a whole number from {least} to {most}");
            Err(Wrong::form(number.as_str(), type_name, &cure))
        }
    }
}

fn string(type_name: &str, text: &str) -> Result<(), Wrong> {
    if text.is_empty() {
        return Err(Wrong::new(Code::Empty, "an empty text says nothing", "leave it out"));
    }
    if text.len() > STRING_BYTES_MAX && type_name != "base64Binary" {
        let reason = format!("a text of {} bytes is too long", text.len());
        return Err(Wrong::new(Code::Format, reason, "keep it under 1 MiB, or attach it"));
    }
    let (fits, cure) = match type_name {
        "date" => return Ok(text.parse::<PartialDate>().map(drop)?),
        "dateTime" => return Ok(text.parse::<DateTime>().map(drop)?),
        "instant" => return Ok(DateTime::parse_instant(text).map(drop)?),
        "time" => return Ok(text.parse::<Time>().map(drop)?),
        "code" => (is_code(text), "write no space at its ends and no two spaces together"),
        "id" => (is_id(text), "write 1 to 64 letters A to Z, digits, hyphens and points"),
        "canonical" => {
            (is_canonical(text), "write the full URL, or # and the id of a contained one")
        }
        "uri" | "url" => (is_uri(text), "write it without spaces, and a whole UUID or OID in it"),
        "oid" => (is_oid(text), "write urn:oid: and numbers with points between them"),
        "uuid" => (is_uuid(text), "write urn:uuid: and the UUID in lower-case digits"),
        "base64Binary" => (is_base64(text), "encode the bytes in base64, with = at the end"),
        _ => (!text.trim().is_empty(), "write a text that is not only spaces"),
    };
    if fits { Ok(()) } else { Err(Wrong::form(text, type_name, cure)) }
}

fn is_code(text: &str) -> bool {
    let mut last_was_space = true;
    for letter in text.chars() {
        if letter.is_whitespace() && last_was_space {
            return false;
        }
        last_was_space = letter.is_whitespace();
    }
    !last_was_space
}

fn is_canonical(text: &str) -> bool {
    is_uri(text) && (text.contains(':') || text.starts_with('#'))
}

/// No spaces; a UUID or OID in it is whole.
fn is_uri(text: &str) -> bool {
    let named = (!text.starts_with("urn:uuid:") || is_uuid(text))
        && (!text.starts_with("urn:oid:") || is_oid(text));
    named && !text.contains(char::is_whitespace)
}

fn is_oid(text: &str) -> bool {
    let Some(numbers) = text.strip_prefix("urn:oid:") else { return false };
    let number = |part: &str| {
        let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        digits && (part == "0" || !part.starts_with('0'))
    };
    numbers.contains('.')
        && numbers.split('.').all(number)
        && matches!(numbers.split('.').next(), Some("0" | "1" | "2"))
}

fn is_uuid(text: &str) -> bool {
    let Some(uuid) = text.strip_prefix("urn:uuid:") else { return false };
    let parts: Vec<&str> = uuid.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Base64 with padding; white space may stand between.
fn is_base64(text: &str) -> bool {
    let mut letters = 0_usize;
    let mut padding = 0_usize;
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        match byte {
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => letters += 1,
            _ => return false,
        }
    }
    padding <= 2 && (letters + padding).is_multiple_of(4)
}

/// How many bytes a base64 text stands for.
pub(super) fn base64_bytes(text: &str) -> usize {
    let letters = text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=').count();
    letters * 3 / 4
}
