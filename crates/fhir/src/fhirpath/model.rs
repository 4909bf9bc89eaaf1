//! The types of FHIR R4 as expressions see them.

use serde_json::{Map, Value};

use super::ast::{TypeName, TypeOperator};
use super::error::{ErrorKind, FhirPathError};
use super::value::{Collection, Element, Item};
use crate::table::{self, Kind};

const SYSTEM_TYPES: &[&str] =
    &["Boolean", "Integer", "Decimal", "String", "Date", "DateTime", "Time", "Quantity", "Any"];

pub(super) fn is_subtype(name: &str, ancestor: &str) -> bool {
    table::is_subtype(name, ancestor)
}

/// Refuses the name of a type that does not exist.
pub(super) fn check_type(
    name: &TypeName,
    operator: TypeOperator,
    column: u32,
) -> Result<(), FhirPathError> {
    let fhir = table::type_definition(&name.name).is_some();
    let system = SYSTEM_TYPES.contains(&name.name.as_str());
    let known = match name.namespace.as_deref() {
        None => fhir || system,
        Some("FHIR") => fhir,
        // Asking whether something is of a type that cannot be is a question with an answer.
        Some("System") => system || operator == TypeOperator::Is,
        Some(_) => false,
    };
    if known {
        return Ok(());
    }
    let cure = match table::nearest_resource_type(&name.name) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => "name a FHIR R4 type or a System type, such as System.String".into(),
    };
    let reason = format!("there is no type `{name}`");
    Err(FhirPathError::new(ErrorKind::TypeName, column, reason, cure))
}

/// Whether an item is of a type or of one that specialises it.
pub(super) fn is_a(item: &Item<'_>, name: &TypeName) -> bool {
    let info = item.type_info();
    let namespace = name.namespace.as_deref();
    if namespace.is_some_and(|namespace| namespace != info.namespace) {
        return false;
    }
    match info.namespace {
        "System" => info.name == name.name || name.name == "Any",
        _ => is_subtype(info.name, &name.name),
    }
}

/// Whether `as` and `ofType` keep an item. For primitives the type must be the very one, as
/// the official suite has it (a `code` is not kept as a `string`); elsewhere subtypes are
/// kept, as the standard says.
pub(super) fn is_kept(item: &Item<'_>, name: &TypeName) -> bool {
    is_a(item, name) && (!table::is_primitive(&name.name) || item.type_info().name == name.name)
}

/// An element with its type found where the JSON tells it.
pub(super) fn element_of<'a>(
    json: &'a Value,
    sibling: Option<&'a Value>,
    type_name: &'a str,
    inside: &'a str,
) -> Element<'a> {
    let resource = match type_name {
        "" | "Resource" => json.get("resourceType").and_then(Value::as_str),
        _ => None,
    };
    let (type_name, inside) = match resource {
        Some(name) => (name, name),
        None => (type_name, inside),
    };
    let json = Some(json).filter(|json| !json.is_null());
    Element { json, sibling, type_name, inside, is_stub: false }
}

/// Adds the children with this name.
pub(super) fn named_children<'a>(
    parent: &Element<'a>,
    name: &str,
    column: u32,
    found: &mut Collection<'a>,
) -> Result<(), FhirPathError> {
    if parent.is_stub {
        return Err(unread(parent, column));
    }
    if let (Some(sibling), "id" | "extension") = (parent.sibling, name) {
        let inside = if parent.inside.is_empty() { "Element" } else { parent.inside };
        if let Some(object) = sibling.as_object() {
            add_member(object, inside, name, found);
        }
    }
    let Some(Value::Object(object)) = parent.json else { return Ok(()) };
    match table::child(parent.inside, name) {
        Some(child) if child.element.choice().is_some() => Err(choice_by_json_name(
            child.element.choice().unwrap_or(name),
            child.type_name,
            name,
            column,
        )),
        Some(_) => {
            add_member(object, parent.inside, name, found);
            Ok(())
        }
        None => {
            add_choice_or_unknown(object, parent.inside, name, found);
            Ok(())
        }
    }
}

/// The value of a choice (`value` for `valueQuantity`), or a member the table does not know.
fn add_choice_or_unknown<'a>(
    object: &'a Map<String, Value>,
    inside: &'a str,
    name: &str,
    found: &mut Collection<'a>,
) {
    let mut members = object.keys().map(|member| member.strip_prefix('_').unwrap_or(member));
    let chosen = members.find(|member| {
        member.len() > name.len()
            && member.starts_with(name)
            && table::child(inside, member)
                .is_some_and(|child| child.element.choice() == Some(name))
    });
    match chosen {
        Some(member) => add_member(object, inside, member, found),
        None => add_member(object, inside, name, found),
    }
}

/// Adds every child, in the order of the JSON.
pub(super) fn all_children<'a>(
    parent: &Element<'a>,
    column: u32,
    found: &mut Collection<'a>,
) -> Result<(), FhirPathError> {
    if parent.is_stub {
        return Err(unread(parent, column));
    }
    if let Some(Value::Object(object)) = parent.sibling {
        let inside = if parent.inside.is_empty() { "Element" } else { parent.inside };
        add_members(object, inside, found);
    }
    if let Some(Value::Object(object)) = parent.json {
        add_members(object, parent.inside, found);
    }
    Ok(())
}

fn add_members<'a>(object: &'a Map<String, Value>, inside: &'a str, found: &mut Collection<'a>) {
    for member in object.keys() {
        let name = member.strip_prefix('_').unwrap_or(member);
        let said_before = name.len() < member.len() && object.contains_key(name);
        let is_type = member == "resourceType" && table::child(inside, member).is_none();
        if !said_before && !is_type {
            add_member(object, inside, name, found);
        }
    }
}

/// Adds the items of one JSON member, primitives joined with their `_name` siblings.
fn add_member<'a>(
    object: &'a Map<String, Value>,
    inside: &'a str,
    name: &str,
    found: &mut Collection<'a>,
) {
    let json = object.get(name);
    let (type_name, inside) = match table::child(inside, name) {
        Some(child) => (child.type_name, child.inside),
        None => ("", ""),
    };
    // Only primitives have siblings, and only their types begin with a small letter.
    let may_have_sibling = !type_name.starts_with(|c: char| c.is_ascii_uppercase());
    let sibling = if may_have_sibling { object.get(&format!("_{name}")) } else { None };
    let mut add = |json: Option<&'a Value>, sibling: Option<&'a Value>| {
        let sibling = sibling.filter(|sibling| sibling.is_object());
        match json.filter(|json| !json.is_null()) {
            Some(json) => found.push(Item::Element(element_of(json, sibling, type_name, inside))),
            None if sibling.is_some() => found.push(Item::typed(None, sibling, type_name, inside)),
            None => {}
        }
    };
    if json.is_some_and(Value::is_array) || sibling.is_some_and(Value::is_array) {
        let items = |value: Option<&'a Value>| {
            value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice)
        };
        let (items, siblings) = (items(json), items(sibling));
        for index in 0..items.len().max(siblings.len()) {
            add(items.get(index), siblings.get(index));
        }
    } else {
        add(json, sibling);
    }
}

/// Whether this is the name of a resource or complex type, and so may begin a path.
pub(super) fn begins_path(name: &str) -> bool {
    table::type_definition(name).is_some_and(|definition| definition.kind != Kind::Primitive)
}

pub(super) fn choice_by_json_name(
    choice: &str,
    chosen: &str,
    name: &str,
    column: u32,
) -> FhirPathError {
    FhirPathError::new(
        ErrorKind::Path,
        column,
        format!("`{name}` is the JSON name of a choice, which paths do not use"),
        format!("write {choice}.ofType({chosen})"),
    )
}

fn unread(parent: &Element<'_>, column: u32) -> FhirPathError {
    FhirPathError::new(
        ErrorKind::Path,
        column,
        format!("the {} was referred to but not read", parent.type_name),
        "give the context a resolver that reads resources",
    )
}
