//! The code systems and extension URLs that are Manzil's own.
//!
//! They are URNs on purpose: an address would promise a server that answers there. Standard
//! codes stand beside them wherever one has been verified.

use serde_json::{Value, json};

/// Observations, by fact id.
pub const FACT_SYSTEM: &str = "urn:manzil:fact";
/// Service requests, by protocol and step: `us-tb/chest_xray`.
pub const STEP_SYSTEM: &str = "urn:manzil:step";
/// Groups, assessments, decisions and documents, by what they are.
pub const KIND_SYSTEM: &str = "urn:manzil:kind";
/// Family cases, as the sender numbers them.
pub const CASE_SYSTEM: &str = "urn:manzil:case";
/// People, as the sender of a caseload numbers them.
pub const PERSON_SYSTEM: &str = "urn:manzil:person";
/// Rows of a caseload that carry no number of their own.
pub const ROW_SYSTEM: &str = "urn:manzil:row";
/// Certificates, by their check code.
pub const CERTIFICATE_SYSTEM: &str = "urn:manzil:certificate";
/// Accounts of this node.
pub const ACCOUNT_SYSTEM: &str = "urn:manzil:account";

const EXTENSION_BASE: &str = "urn:manzil:extension:";

/// The URL of one of Manzil's extensions.
pub fn extension_url(name: &str) -> String {
    format!("{EXTENSION_BASE}{name}")
}

/// An extension element: `value_member` is `valueCode`, `valueString` and so on.
pub fn extension(name: &str, value_member: &str, value: impl Into<Value>) -> Value {
    let mut element = json!({ "url": extension_url(name) });
    if let Some(object) = element.as_object_mut() {
        object.insert(value_member.to_owned(), value.into());
    }
    element
}

/// The extensions called `name` directly on `element`.
pub fn extensions<'a>(element: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    let url = extension_url(name);
    element
        .get("extension")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(move |each| each.get("url").and_then(Value::as_str) == Some(url.as_str()))
}

/// The text of the first extension called `name` on `element`, whatever its string-like type.
pub fn extension_text<'a>(element: &'a Value, name: &str) -> Option<&'a str> {
    extensions(element, name).find_map(|each| {
        string_member(each, &["valueCode", "valueString", "valueDateTime", "valueDate"])
    })
}

/// A `CodeableConcept` with one coding.
pub fn concept(system: &str, code: &str) -> Value {
    json!({ "coding": [{ "system": system, "code": code }] })
}

/// The code in `system` that the `CodeableConcept` at `member` of `resource` carries.
pub fn code_in<'a>(resource: &'a Value, member: &str, system: &str) -> Option<&'a str> {
    let concept = resource.get(member)?;
    let concepts = concept.as_array().map_or(std::slice::from_ref(concept), Vec::as_slice);
    concepts
        .iter()
        .filter_map(|each| each.get("coding")?.as_array())
        .flatten()
        .find(|coding| coding.get("system").and_then(Value::as_str) == Some(system))
        .and_then(|coding| coding.get("code")?.as_str())
}

/// A `Reference` to a record of this store.
pub fn reference(resource_type: &str, id: &str) -> Value {
    json!({ "reference": format!("{resource_type}/{id}") })
}

/// The id that the reference at `member` points to, when it is of `resource_type`.
pub fn referred_id<'a>(resource: &'a Value, member: &str, resource_type: &str) -> Option<&'a str> {
    let text = resource.get(member)?.get("reference")?.as_str()?;
    text.strip_prefix(resource_type)?.strip_prefix('/')
}

fn string_member<'a>(element: &'a Value, members: &[&str]) -> Option<&'a str> {
    members.iter().find_map(|member| element.get(*member)?.as_str())
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
