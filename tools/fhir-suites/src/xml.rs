//! FHIR XML to FHIR JSON, by the table of R4 types.

use manzil_fhir::table;
use roxmltree::{Document, Node};
use serde_json::{Map, Value};

/// The JSON of a resource written in XML.
///
/// # Errors
///
/// What is not XML, and an element that R4 does not know.
pub fn to_json(text: &str) -> Result<Value, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    resource(document.root_element(), text)
}

/// The JSON of a resource whose element is part of an XML document, of which `text` is the text.
///
/// # Errors
///
/// An element that R4 does not know.
pub fn resource(node: Node<'_, '_>, text: &str) -> Result<Value, String> {
    let name = node.tag_name().name();
    let mut object = Map::new();
    object.insert("resourceType".into(), name.into());
    members(node, name, text, &mut object)?;
    Ok(Value::Object(object))
}

fn members(
    node: Node<'_, '_>,
    inside: &str,
    text: &str,
    object: &mut Map<String, Value>,
) -> Result<(), String> {
    for attribute in node.attributes().filter(|a| matches!(a.name(), "id" | "url")) {
        object.insert(attribute.name().into(), attribute.value().into());
    }
    for part in node.children().filter(Node::is_element) {
        let name = part.tag_name().name();
        let child = table::child(inside, name).ok_or_else(|| format!("no {name} in {inside}"))?;
        let (value, sibling) = member(part, child, text)?;
        let repeats = child.element.repeats();
        add(object, name, value.unwrap_or_default(), repeats);
        let has_siblings = object.contains_key(&format!("_{name}"));
        if sibling.is_some() || has_siblings {
            add_sibling(object, name, sibling.unwrap_or_default(), repeats);
        }
    }
    Ok(())
}

/// The value and the `_name` sibling.
fn member(
    part: Node<'_, '_>,
    child: table::Child,
    text: &str,
) -> Result<(Option<Value>, Option<Value>), String> {
    if child.type_name == "xhtml" {
        return Ok((text.get(part.range()).map(Value::from), None));
    }
    if child.type_name == "Resource" {
        let inner = part.children().find(Node::is_element).ok_or("an empty resource")?;
        return Ok((Some(resource(inner, text)?), None));
    }
    let mut object = Map::new();
    members(part, child.inside, text, &mut object)?;
    if !table::is_primitive(child.type_name) {
        return Ok((Some(Value::Object(object)), None));
    }
    let value = part.attribute("value").map(|value| primitive(value, child.type_name));
    Ok((value, (!object.is_empty()).then_some(Value::Object(object))))
}

fn primitive(value: &str, type_name: &str) -> Value {
    let is_number = matches!(type_name, "decimal") || table::is_subtype(type_name, "integer");
    match serde_json::from_str(value) {
        Ok(literal) if is_number || type_name == "boolean" => literal,
        _ => value.into(),
    }
}

fn add(object: &mut Map<String, Value>, name: &str, value: Value, repeats: bool) {
    if repeats {
        change(object, name, |items| items.push(value));
    } else if !value.is_null() {
        object.insert(name.into(), value);
    }
}

/// Adds the sibling of the item that was added last; those before it without one are null.
fn add_sibling(object: &mut Map<String, Value>, name: &str, value: Value, repeats: bool) {
    let sibling = format!("_{name}");
    if !repeats {
        object.insert(sibling, value);
        return;
    }
    let items = object.get(name).and_then(Value::as_array).map_or(0, Vec::len);
    let before = items.saturating_sub(1);
    change(object, &sibling, |items| {
        items.resize(before, Value::Null);
        items.push(value);
    });
}

/// Changes the array with this name, made when it is not there.
fn change(object: &mut Map<String, Value>, name: &str, act: impl FnOnce(&mut Vec<Value>)) {
    let member = object.entry(name).or_insert(Value::Null);
    let mut items = match member.take() {
        Value::Array(items) => items,
        _ => Vec::new(),
    };
    act(&mut items);
    *member = Value::Array(items);
}
