//! Bundles: full URLs and search results.

use serde_json::{Map, Value};

use super::Code;
use super::walk::{Walk, shown};
use crate::reference::Reference;

pub(super) fn check(walk: &mut Walk<'_>, bundle: &Map<String, Value>) {
    let kind = bundle.get("type").and_then(Value::as_str).unwrap_or_default();
    let Some(Value::Array(entries)) = bundle.get("entry") else { return };
    for (index, entry) in entries.iter().enumerate() {
        walk.at(format_args!(".entry[{index}]"), |walk| {
            full_url(walk, entry);
            if kind == "searchset" {
                result(walk, entry);
            }
        });
    }
}

fn full_url(walk: &mut Walk<'_>, entry: &Value) {
    let Some(url) = entry.get("fullUrl").and_then(Value::as_str) else { return };
    if url.is_empty() {
        return;
    }
    if !url.contains(':') {
        let reason = format!("the fullUrl {} is not absolute", shown(url));
        return walk.error(Code::Bundle, reason, "write the full URL, or urn:uuid: and a UUID");
    }
    let text = |name: &str| entry.get("resource").and_then(|r| r.get(name)).and_then(Value::as_str);
    if let (Some(Reference::Absolute { target, .. }), Some(id), Some(named)) =
        (Reference::parse(url), text("id"), text("resourceType"))
        && (target.id != id || target.resource_type != named)
    {
        let reason = format!(
            "the fullUrl ends in {}/{}, but the resource is {named}/{id}",
            target.resource_type, target.id
        );
        walk.error(Code::Bundle, reason, "make the two agree");
    }
}

fn result(walk: &mut Walk<'_>, entry: &Value) {
    let Some(resource) = entry.get("resource") else { return };
    let mode = entry.get("search").and_then(|search| search.get("mode")).and_then(Value::as_str);
    let named = resource.get("resourceType").and_then(Value::as_str);
    let is_outcome = mode == Some("outcome") || named == Some("OperationOutcome");
    if mode == Some("outcome") && named != Some("OperationOutcome") {
        let reason = "only an OperationOutcome has the search mode outcome";
        walk.error(Code::Bundle, reason, "write match or include");
    }
    if !is_outcome && resource.get("id").is_none() {
        walk.error(Code::Bundle, "a search result has no id", "give each result its id");
    }
}
