//! Contained resources (R4 invariants dom-2 to dom-5).

use std::collections::{BTreeMap, BTreeSet};

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
    let mut named = BTreeSet::new();
    container.values().for_each(|value| fragments(value, &mut named));
    let mut ids = BTreeSet::new();
    for (index, resource) in resources.iter().enumerate() {
        walk.at(format_args!(".contained[{index}]"), |walk| {
            one(walk, &named, resource);
            let id = resource.get("id").and_then(Value::as_str);
            if let Some(id) = id.filter(|id| !ids.insert(*id)) {
                let reason = format!("the id {} is that of another contained one", shown(id));
                walk.error(Code::DuplicateId, reason, "give each contained resource its own id");
            }
        });
    }
}

/// The types of the contained resources, by id; of two with one id, the first.
pub(super) fn types(container: &Map<String, Value>) -> BTreeMap<&str, &str> {
    let mut types = BTreeMap::new();
    for resource in container.get("contained").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| resource.get(name).and_then(Value::as_str);
        if let (Some(id), Some(resource_type)) = (text("id"), text("resourceType")) {
            types.entry(id).or_insert(resource_type);
        }
    }
    types
}

fn one(walk: &mut Walk<'_>, named: &BTreeSet<&str>, resource: &Value) {
    for member in ["versionId", "lastUpdated", "security"] {
        if resource.get("meta").is_some_and(|meta| meta.get(member).is_some()) {
            let reason = format!("a contained resource has no meta.{member} of its own");
            walk.error(Code::Contained, reason, "leave it out");
        }
    }
    let Some(id) = resource.get("id").and_then(Value::as_str) else { return };
    let wanted = format!("#{id}");
    let mut inside = BTreeSet::new();
    fragments(resource, &mut inside);
    if !named.contains(wanted.as_str()) && !inside.contains("#") {
        walk.error(
            Code::Contained,
            format!("nothing refers to the contained resource {}", shown(id)),
            format!("refer to it as {wanted}, or leave it out"),
        );
    }
}

/// All texts that begin with #: references to contained resources, whatever their element.
fn fragments<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) if text.starts_with('#') => {
            found.insert(text);
        }
        Value::Array(items) => items.iter().for_each(|item| fragments(item, found)),
        Value::Object(members) => members.values().for_each(|member| fragments(member, found)),
        _ => {}
    }
}
