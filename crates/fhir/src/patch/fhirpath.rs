//! FHIRPath Patch: <https://hl7.org/fhir/R4/fhirpatch.html>.
//!
//! `operation` reads the `Parameters`, `find` turns a path into a place in the JSON, `build`
//! makes the JSON of a value, `edit` changes lists and members, values together with their
//! `_name` siblings, and `prune` takes out what was left empty.

mod build;
mod edit;
mod find;
mod operation;
mod prune;

use serde_json::{Map, Value};

use super::check_count;
use super::error::PatchError;
use crate::Resource;
use crate::resource::{DEPTH_MAX, is_deeper};
use crate::table;
use find::{Found, object_at};
use operation::{Action, Given, Operation};

/// Applies the operations to a copy.
pub(super) fn apply(resource: &Value, parameters: &Resource) -> Result<Value, PatchError> {
    let operations = operation::parameters(parameters)?;
    check_count(operations.len())?;
    let mut resource = resource.clone();
    for (number, parameter) in operations.iter().enumerate() {
        let in_operation = |error: PatchError| error.in_operation(number);
        let operation = operation::read(parameter).map_err(in_operation)?;
        one(&mut resource, &operation).map_err(|error| in_operation(error.at(operation.path)))?;
        if is_deeper(&resource, DEPTH_MAX) {
            let reason = format!("the result would be more than {DEPTH_MAX} deep");
            return Err(in_operation(PatchError::limit(reason)));
        }
    }
    prune::empty(&mut resource);
    Ok(resource)
}

fn one(resource: &mut Value, operation: &Operation<'_>) -> Result<(), PatchError> {
    let path = operation.path;
    match &operation.action {
        Action::Add { name, value } => {
            let found = find::one(resource, path)?.ok_or_else(PatchError::no_match)?;
            add(resource, &found, name, value)
        }
        Action::Insert { index, value } => insert(resource, path, *index, value),
        Action::Delete => match find::one(resource, path)? {
            // R4: "Path of the element to delete (if found)".
            None => Ok(()),
            Some(found) => delete(resource, &found),
        },
        Action::Replace { value } => {
            let found = find::one(resource, path)?.ok_or_else(PatchError::no_match)?;
            replace(resource, &found, value)
        }
        Action::Move { source, destination } => shift(resource, path, *source, *destination),
    }
}

fn add(
    resource: &mut Value,
    found: &Found,
    name: &str,
    value: &Given<'_>,
) -> Result<(), PatchError> {
    let (steps, inside) = found.holder_of_children()?;
    let (member, child, content) = build::member(inside, name, value)?;
    let members = object_at(resource, &steps)?;
    if child.element.repeats() {
        let length = edit::length(members, &member);
        edit::insert(members, &member, length, content);
        return Ok(());
    }
    // The same choice of another type counts as well.
    let present = members.keys().find(|key| {
        let plain = key.strip_prefix('_').unwrap_or(key);
        table::child(inside, plain).is_some_and(|other| other.element == child.element)
    });
    if let Some(present) = present {
        let reason = format!("{present} is there already and cannot repeat");
        return Err(PatchError::value(reason, "replace it instead"));
    }
    edit::set(members, &member, content);
    Ok(())
}

fn insert(
    resource: &mut Value,
    path: &str,
    index: usize,
    value: &Given<'_>,
) -> Result<(), PatchError> {
    let list = find::list(resource, path)?;
    let content = build::content(list.child, value)?;
    if index > list.length {
        return Err(PatchError::index(index, list.length));
    }
    edit::insert(object_at(resource, &list.holder)?, &list.member, index, content);
    Ok(())
}

fn delete(resource: &mut Value, found: &Found) -> Result<(), PatchError> {
    let place = found.place("deleted")?;
    let members = object_at(resource, &place.holder)?;
    match place.index {
        Some(index) => edit::remove(members, &place.member, index),
        None => edit::unset(members, &place.member),
    }
    Ok(())
}

fn replace(resource: &mut Value, found: &Found, value: &Given<'_>) -> Result<(), PatchError> {
    let place = found.place("replaced")?;
    let child = place.child()?;
    let members = object_at(resource, &place.holder)?;
    if let Some(index) = place.index {
        edit::replace(members, &place.member, index, build::content(child, value)?);
        return Ok(());
    }
    let name = child.element.choice().unwrap_or(child.element.name);
    let (member, _, content) = build::member(place.inside, name, value)?;
    edit::rename(members, &place.member, &member);
    edit::set(members, &member, content);
    Ok(())
}

fn shift(
    resource: &mut Value,
    path: &str,
    source: usize,
    destination: usize,
) -> Result<(), PatchError> {
    let list = find::list(resource, path)?;
    for index in [source, destination] {
        if index >= list.length {
            return Err(PatchError::index(index, list.length));
        }
    }
    edit::shift(object_at(resource, &list.holder)?, &list.member, source, destination);
    Ok(())
}

/// The members of a JSON object, by name.
type Members = Map<String, Value>;
