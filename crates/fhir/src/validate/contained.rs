//! Contained resources (R4 invariants dom-2 to dom-5).

use serde_json::{Map, Value};

use super::Code;
use super::walk::{Walk, shown};

pub(super) fn check(walk: &mut Walk<'_>, container: &Map<String, Value>) {
    let Some(Value::Array(resources)) = container.get("contained") else { return };
    if walk.is_contained {
        return walk.at(".contained", |walk| {
            walk.error(
                Code::Contained,
                "a contained resource contains another",
                "put all contained resources beside each other in the outermost one",
            );
        });
    }
    for (index, resource) in resources.iter().enumerate() {
        walk.at(format_args!(".contained[{index}]"), |walk| one(walk, container, resource));
    }
}

fn one(walk: &mut Walk<'_>, container: &Map<String, Value>, resource: &Value) {
    for member in ["versionId", "lastUpdated", "security"] {
        if resource.get("meta").is_some_and(|meta| meta.get(member).is_some()) {
            let reason = format!("a contained resource has no meta.{member} of its own");
            walk.error(Code::Contained, reason, "leave it out");
        }
    }
    let Some(id) = resource.get("id").and_then(Value::as_str) else { return };
    let wanted = format!("#{id}");
    let outside = container.values().any(|value| says(value, &wanted));
    if !outside && !says(resource, "#") {
        walk.error(
            Code::Contained,
            format!("nothing refers to the contained resource {}", shown(id)),
            format!("refer to it as {wanted}, or leave it out"),
        );
    }
}

/// Whether any text in the value is exactly this one.
fn says(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text == wanted,
        Value::Array(items) => items.iter().any(|item| says(item, wanted)),
        Value::Object(members) => members.values().any(|member| says(member, wanted)),
        _ => false,
    }
}
