//! Extensions (R4 invariant ext-1, and the rules for `url`).

use serde_json::{Map, Value};

use super::Code;
use super::walk::{Walk, shown};
use crate::table::{Child, child as member_of};

pub(super) fn check(walk: &mut Walk<'_>, members: &Map<String, Value>, child: Child) {
    let is_value = |name: &String| {
        let plain = name.strip_prefix('_').unwrap_or(name);
        member_of("Extension", plain).is_some_and(|m| m.element.name == "value[x]")
    };
    let has_value = members.keys().any(is_value);
    let has_parts = members.contains_key("extension");
    if has_value == has_parts {
        let reason = if has_value { "has a value and extensions" } else { "has no value" };
        walk.error(
            Code::Extension,
            format!("the extension {reason}"),
            "give it either a value or extensions of its own",
        );
    }
    let Some(url) = members.get("url").and_then(Value::as_str) else { return };
    if url.contains('|') {
        walk.error(
            Code::Extension,
            format!("the url {} names a version", shown(url)),
            "leave out the | and what follows",
        );
    }
    let is_nested = child.element.path == "Extension.extension";
    if !is_nested && !url.contains(':') {
        walk.error(
            Code::Extension,
            format!("the url {} is not absolute", shown(url)),
            "write the full URL of the extension's definition",
        );
    }
}
