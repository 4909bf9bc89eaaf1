//! A part of a resource: `_summary` and `_elements`.

use manzil_fhir::Resource;
use manzil_fhir::search::query::{ResultOptions, Summary};
use manzil_fhir::table::{self, Child};
use manzil_store::Body;
use serde_json::{Map, Value, json};

use super::ask::{Pairs, value};
use super::fault::Fault;
use super::outcome::Refusal;

/// The options of a read, where only these two count.
pub(crate) fn shape(pairs: &Pairs) -> Result<ResultOptions, Fault> {
    let summary = match value(pairs, "_summary") {
        None | Some("" | "false") => Summary::False,
        Some("true") => Summary::True,
        Some("text") => Summary::Text,
        Some("data") => Summary::Data,
        Some(other) => {
            let other: String = other.chars().take(40).collect();
            return Err(Fault::Argument(format!(
                "_summary={other} means nothing here; write true, text, data or false"
            )));
        }
    };
    let named = value(pairs, "_elements").unwrap_or_default().split(',').map(str::trim);
    let elements = named.filter(|it| !it.is_empty()).map(str::to_owned).collect();
    Ok(ResultOptions { summary, elements, ..ResultOptions::default() })
}

/// Whether a resource is to be given out whole.
pub(crate) fn is_whole(shape: &ResultOptions) -> bool {
    shape.elements.is_empty() && matches!(shape.summary, Summary::False | Summary::Count)
}

/// The JSON text with only what was asked for, and the tag that says so.
pub(crate) fn apply(text: String, shape: &ResultOptions) -> Result<String, Refusal> {
    if is_whole(shape) {
        return Ok(text);
    }
    let resource = Body::new(text).resource()?;
    Ok(part(resource, shape).to_string())
}

fn part(resource: Resource, shape: &ResultOptions) -> Value {
    let inside = resource.resource_type().to_owned();
    let mut value = resource.into_value();
    if let Value::Object(members) = &mut value {
        members.retain(|name, _| is_kept(&inside, name, shape));
        if shape.elements.is_empty() && shape.summary == Summary::True {
            for (name, member) in members.iter_mut() {
                if let Some(child) = table::child(&inside, name) {
                    inner_summary(&child, member);
                }
            }
        }
        tag(members);
    }
    value
}

/// Whether a member of a resource stays: always what makes the rest readable, then what was
/// asked for. `_birthDate` goes with `birthDate`.
fn is_kept(inside: &str, name: &str, shape: &ResultOptions) -> bool {
    let name = name.strip_prefix('_').unwrap_or(name);
    if matches!(name, "resourceType" | "id" | "meta") {
        return true;
    }
    let Some(child) = table::child(inside, name) else { return false };
    let bare = child.element.choice().unwrap_or(name);
    let needed = child.element.min > 0;
    if !shape.elements.is_empty() {
        let is_named = |it: &String| {
            let own = it.strip_prefix(inside).and_then(|it| it.strip_prefix('.')).unwrap_or(it);
            own == name || own.trim_end_matches("[x]") == bare
        };
        return needed || child.element.modifier || shape.elements.iter().any(is_named);
    }
    match shape.summary {
        Summary::True => needed || child.element.summary,
        Summary::Text => needed || name == "text",
        Summary::Data => name != "text",
        Summary::False | Summary::Count => true,
    }
}

/// Backbone elements are cut as the resource is; data types stay whole.
fn inner_summary(child: &Child, value: &mut Value) {
    if child.type_name != "BackboneElement" {
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| inner_summary(child, item)),
        Value::Object(members) => members.retain(|name, _| {
            let name = name.strip_prefix('_').unwrap_or(name);
            let found = table::child(child.inside, name);
            found.is_some_and(|it| it.element.summary || it.element.min > 0 || name == "id")
        }),
        _ => {}
    }
}

/// Says that something was left out, so that nobody writes the part back as the whole.
fn tag(members: &mut Map<String, Value>) {
    let Value::Object(meta) = members.entry("meta").or_insert_with(|| json!({})) else { return };
    let Value::Array(tags) = meta.entry("tag").or_insert_with(|| json!([])) else { return };
    tags.push(json!({
        "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
        "code": "SUBSETTED",
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(query: &str) -> Vec<String> {
        let text = r#"{"resourceType":"Patient","id":"1","text":{"status":"empty","div":"<div/>"},
            "active":true,"name":[{"family":"Ali"}],"_birthDate":{"id":"b"},"photo":[{"title":"x"}],
            "contact":[{"gender":"male"}],"communication":[{"language":{"text":"Dari"}}]}"#;
        let shape = shape(&super::super::ask::pairs(query).unwrap()).unwrap();
        let cut = apply(text.to_owned(), &shape).unwrap();
        let value: Value = serde_json::from_str(&cut).unwrap();
        value.as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn a_part_says_that_it_is_one() {
        assert_eq!(
            cut("_elements=birthDate"),
            ["resourceType", "id", "active", "_birthDate", "meta"]
        );
        assert_eq!(cut("_summary=text"), ["resourceType", "id", "text", "meta"]);
        assert_eq!(
            cut("_summary=true"),
            ["resourceType", "id", "active", "name", "_birthDate", "meta"]
        );
        assert!(!cut("_summary=data").contains(&"text".to_owned()));
        assert_eq!(cut("").len(), 9);
    }
}
