//! Codes, identifiers, flags and contacts.

use serde_json::Value;

use super::super::{IndexValue, each};
use crate::table::CodeSet;

/// code, Coding, CodeableConcept, Identifier, ContactPoint, boolean, string.
pub(super) fn tokens(
    value: &Value,
    codes: Option<&'static CodeSet>,
    add: &mut dyn FnMut(IndexValue),
) {
    let Value::Object(members) = value else {
        return plain(value, codes, add);
    };
    if let Some(codings) = members.get("coding") {
        let mut found = false;
        each(Some(codings), &mut |coding| {
            tokens(coding, None, add);
            found = true;
        });
        if found {
            return;
        }
    }
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    if let Some(code) = text("code") {
        add(IndexValue::Token { system: text("system").map(str::to_owned), code: code.to_owned() });
    } else if let Some(code) = text("value") {
        // The system of an Identifier is a URI; that of a ContactPoint (phone, email) says only
        // what kind of address it is.
        let system = text("system").filter(|system| system.contains(':')).map(str::to_owned);
        add(IndexValue::Token { system, code: code.to_owned() });
    } else {
        add(IndexValue::Opaque);
    }
}

fn plain(value: &Value, codes: Option<&'static CodeSet>, add: &mut dyn FnMut(IndexValue)) {
    let code = match value {
        Value::String(text) => text.clone(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        _ => return,
    };
    let system = codes.and_then(|codes| system_of(codes, &code)).map(str::to_owned);
    add(IndexValue::Token { system, code });
}

/// The system that a value set takes a code from.
fn system_of(codes: &'static CodeSet, code: &str) -> Option<&'static str> {
    let has = |(_, known): &&(&str, Vec<&str>)| known.contains(&code);
    match codes.systems.as_slice() {
        [(system, _)] => Some(system),
        systems => systems.iter().find(has).map(|(system, _)| *system),
    }
}
