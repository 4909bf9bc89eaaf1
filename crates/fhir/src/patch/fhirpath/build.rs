//! The JSON of a value, when it fits the element that it is for.

use serde_json::Value;

use super::super::error::PatchError;
use super::Members;
use super::edit;
use super::operation::{Given, shown};
use crate::Resource;
use crate::table::{self, Child};
use crate::validate::primitive;

/// An element as JSON: its value, and the sibling of a primitive.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    pub(super) json: Option<Value>,
    pub(super) sibling: Option<Value>,
}

/// The JSON name, definition and content of an element `name` with this value, inside a type or
/// path. A choice is called as FHIRPath does, `value`, and the type of the value makes it
/// `valueQuantity`.
pub(super) fn member(
    inside: &str,
    name: &str,
    given: &Given<'_>,
) -> Result<(String, Child, Content), PatchError> {
    let stem = name.strip_suffix("[x]").unwrap_or(name);
    if let Some(child) = table::child(inside, name) {
        if let Some(stem) = child.element.choice() {
            let reason = format!("{} is the JSON name of a choice", shown(name));
            return Err(PatchError::value(reason, format!("write {stem}")));
        }
        return Ok((name.to_owned(), child, content(child, given)?));
    }
    let choice = table::children(inside).iter().find(|element| element.choice() == Some(stem));
    let Some(choice) = choice else {
        let reason = format!("R4 has no element {} in {inside}", shown(name));
        return Err(PatchError::value(reason, "check its name"));
    };
    let Given::Typed { type_name, .. } = given else {
        let reason = format!("{stem} is a choice, and the value has no type");
        return Err(PatchError::value(reason, "give it as one value, such as valueString"));
    };
    let member = capitalised(stem, type_name);
    let Some(child) = table::child(inside, &member) else {
        let types: Vec<&str> = choice.types.iter().map(|kind| kind.name).collect();
        let reason = format!("{stem} cannot be a {type_name}");
        return Err(PatchError::value(reason, format!("give it as one of {}", types.join(", "))));
    };
    Ok((member, child, content(child, given)?))
}

/// `valueQuantity`.
fn capitalised(stem: &str, type_name: &str) -> String {
    let mut letters = type_name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    format!("{stem}{}{}", first.map(String::from).unwrap_or_default(), letters.as_str())
}

/// The content of an element whose definition is known.
pub(super) fn content(child: Child, given: &Given<'_>) -> Result<Content, PatchError> {
    match given {
        Given::Typed { type_name, json, sibling } if table::is_primitive(child.type_name) => {
            if !is_close(type_name, child.type_name) {
                return Err(wrong_type(child, type_name));
            }
            if let Some(json) = json {
                primitive::check(child.type_name, json)
                    .map_err(|wrong| PatchError::value(wrong.reason, wrong.cure))?;
            }
            Ok(Content { json: json.cloned(), sibling: sibling.cloned() })
        }
        Given::Typed { type_name, json: Some(json), .. }
            if table::is_subtype(type_name, child.type_name) && !is_in_place(child) =>
        {
            Ok(Content { json: Some((*json).clone()), sibling: None })
        }
        Given::Typed { type_name, .. } => Err(wrong_type(child, type_name)),
        Given::Resource(resource) => whole(child, resource),
        Given::Parts(_)
            if table::is_primitive(child.type_name) || child.type_name == "Resource" =>
        {
            Err(wrong_type(child, "list of parts"))
        }
        Given::Parts(parts) => object(child.inside, parts),
    }
}

fn whole(child: Child, resource: &Value) -> Result<Content, PatchError> {
    if child.type_name != "Resource" {
        return Err(wrong_type(child, "resource"));
    }
    let read = Resource::from_value(resource.clone())
        .map_err(|error| PatchError::value(error.reason, error.cure))?;
    Ok(Content { json: Some(read.into_value()), sibling: None })
}

/// An object, part by part.
fn object(inside: &str, parts: &[(&str, Given<'_>)]) -> Result<Content, PatchError> {
    let mut members = Members::new();
    for (name, given) in parts {
        let (member, child, content) = self::member(inside, name, given)?;
        if child.element.repeats() {
            let length = edit::length(&members, &member);
            edit::insert(&mut members, &member, length, content);
        } else if members.contains_key(&member) || members.contains_key(&format!("_{member}")) {
            let reason = format!("{member} is given twice and cannot repeat");
            return Err(PatchError::value(reason, "keep the one that was meant"));
        } else {
            edit::set(&mut members, &member, content);
        }
    }
    if members.is_empty() {
        return Err(PatchError::value("an element without parts says nothing", "give it parts"));
    }
    Ok(Content { json: Some(Value::Object(members)), sibling: None })
}

/// Whether a primitive of one type may be written as the other: a code is a string, and a string
/// may be a code if it has that form. R4 has no `value[x]` for xhtml, so that it comes as a text.
fn is_close(given: &str, wanted: &str) -> bool {
    table::is_primitive(given)
        && (table::is_subtype(given, wanted)
            || table::is_subtype(wanted, given)
            || (given, wanted) == ("string", "xhtml"))
}

/// Whether the content is written where it stands, and has no type of its own.
fn is_in_place(child: Child) -> bool {
    matches!(child.type_name, "BackboneElement" | "Element")
}

fn wrong_type(child: Child, given: &str) -> PatchError {
    let reason = format!("{} cannot be a {given}", child.element.path);
    let cure = if is_in_place(child) {
        "give it by parts, one for each of its elements".to_owned()
    } else {
        format!("give it as a {}", child.type_name)
    };
    PatchError::value(reason, cure)
}
