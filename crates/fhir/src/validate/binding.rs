//! Codes of required value sets.

use serde_json::Value;

use super::Code;
use super::walk::{Walk, listed, shown};
use crate::table::{Child, CodeSet, Element, code_set};

/// An element of type `code` (or a text) whose value set is required.
pub(super) fn code(walk: &mut Walk<'_>, set: &str, text: &str) {
    let Some(set) = code_set(set).filter(|set| !set.contains(text)) else { return };
    walk.error(
        Code::NotInSet,
        format!("{} is not a code of {}", shown(text), set.name),
        advice(set, text),
    );
}

/// A code that has extensions only.
pub(super) fn no_code(walk: &mut Walk<'_>, element: &Element) {
    let set = element.required_codes.unwrap_or_default();
    walk.error(
        Code::NotInSet,
        format!("a code of {set} is required"),
        "write a code; an extension alone is not enough here",
    );
}

/// A Coding or CodeableConcept whose value set is required.
pub(super) fn concept(walk: &mut Walk<'_>, set: &str, child: Child, value: &Value) {
    let Some(set) = code_set(set) else { return };
    let codings: Vec<&Value> = match child.type_name {
        "Coding" => vec![value],
        "CodeableConcept" => {
            value.get("coding").and_then(Value::as_array).into_iter().flatten().collect()
        }
        _ => return,
    };
    let text = |coding: &Value, name: &str| {
        coding.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let fits = |c: &&Value| set.contains_coding(&text(c, "system"), &text(c, "code"));
    if codings.iter().any(fits) {
        return;
    }
    let written: Vec<String> =
        codings.iter().map(|c| format!("{}|{}", text(c, "system"), text(c, "code"))).collect();
    let reason = match written.as_slice() {
        [] => format!("a code of {} is required", set.name),
        written => format!("{} is not a code of {}", shown(&written.join(", ")), set.name),
    };
    walk.error(Code::NotInSet, reason, advice(set, ""));
}

fn advice(set: &CodeSet, written: &str) -> String {
    let same = set.codes().find(|code| !written.is_empty() && code.eq_ignore_ascii_case(written));
    if let Some(code) = same {
        return format!("write {code}; capitals matter");
    }
    let codes: Vec<&str> = set.codes().collect();
    format!("write one of {}", listed(&codes))
}
