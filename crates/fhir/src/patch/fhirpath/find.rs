//! From a path to a place in the JSON.
//!
//! FHIRPath yields elements that are borrowed from the resource; the place of one is where the
//! resource holds that very value in memory.

use std::ptr;

use serde_json::Value;

use super::super::PATH_STEPS_MAX;
use super::super::error::{Code, PatchError};
use super::Members;
use super::edit;
use super::operation::shown;
use crate::fhirpath::{Context, Expression, Item};
use crate::table::{self, Child};

/// A step from a JSON value to one in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Member(String),
    Index(usize),
}

/// What a path leads to.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// The resource itself, of this type.
    Root(&'static str),
    Element(Place),
}

/// Where an element stands.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The way to the object that it is a member of.
    pub(super) holder: Vec<Step>,
    /// Where the table keeps the members of that object.
    pub(super) inside: &'static str,
    /// Its JSON name, without the underscore of a sibling.
    pub(super) member: String,
    /// Its place in the list, when it is in one.
    pub(super) index: Option<usize>,
    /// What R4 says about it; none when R4 does not know it.
    child: Option<Child>,
    /// The type, when it is a resource in a resource.
    resource_type: Option<&'static str>,
}

/// A whole list.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) holder: Vec<Step>,
    pub(super) member: String,
    pub(super) child: Child,
    pub(super) length: usize,
}

/// The one element that a path leads to; none when there is none.
pub(super) fn one(resource: &Value, path: &str) -> Result<Option<Found>, PatchError> {
    let expression = compile(path)?;
    match evaluate(&expression, resource)?.as_slice() {
        [] => Ok(None),
        [item] => place(resource, item).map(Some),
        items => Err(PatchError::new(
            Code::Many,
            format!("the path leads to {} elements", items.len()),
            "pick one by its index or with where()",
        )),
    }
}

/// The list that a path leads to. It may be empty when the path ends in its name.
pub(super) fn list(resource: &Value, path: &str) -> Result<List, PatchError> {
    let expression = compile(path)?;
    let items = evaluate(&expression, resource)?;
    let Some(first) = items.first() else { return empty_list(resource, path) };
    let not_a_list = || {
        let cure = "name the list itself, such as Patient.name, without index or condition";
        PatchError::new(Code::Path, "the path does not lead to one whole list", cure)
    };
    let Found::Element(place) = place(resource, first)? else { return Err(not_a_list()) };
    let child = place.child()?;
    let holder = step_down(resource, &place.holder).and_then(Value::as_object);
    let (Some(holder), true) = (holder, child.element.repeats()) else { return Err(not_a_list()) };
    let length = edit::length(holder, &place.member);
    let in_order = length == items.len()
        && items.iter().enumerate().all(|(index, item)| {
            edit::pair(holder, &place.member, index).is_some_and(|(json, sibling)| {
                is_same(item, json) || sibling.is_some_and(|sibling| is_same(item, sibling))
            })
        });
    if !in_order {
        return Err(not_a_list());
    }
    Ok(List { holder: place.holder, member: place.member, child, length })
}

/// A list that is not there: the last name of the path in what the rest leads to.
fn empty_list(resource: &Value, path: &str) -> Result<List, PatchError> {
    let (parent, name) = path.rsplit_once('.').unwrap_or(("$this", path));
    let name = name.trim().trim_matches('`');
    let found = one(resource, parent)?.ok_or_else(PatchError::no_match)?;
    let (holder, inside) = found.holder_of_children()?;
    match table::child(inside, name) {
        Some(child) if child.element.repeats() => {
            Ok(List { holder, member: name.to_owned(), child, length: 0 })
        }
        _ => Err(PatchError::no_match()),
    }
}

impl Found {
    /// The place of something that is to be changed as a whole.
    pub(super) fn place(&self, what: &str) -> Result<&Place, PatchError> {
        match self {
            Self::Element(place) => Ok(place),
            Self::Root(_) => {
                let reason = format!("the resource as a whole cannot be {what} by a patch");
                Err(PatchError::value(reason, "name an element of it"))
            }
        }
    }

    /// The way to the object that holds the children, and where the table keeps them. Children
    /// of a primitive stand in its sibling.
    pub(super) fn holder_of_children(&self) -> Result<(Vec<Step>, &'static str), PatchError> {
        let place = match self {
            Self::Root(resource_type) => return Ok((Vec::new(), resource_type)),
            Self::Element(place) => place,
        };
        let child = place.child()?;
        let is_primitive = table::is_primitive(child.type_name);
        let member = if is_primitive { format!("_{}", place.member) } else { place.member.clone() };
        let mut steps = place.holder.clone();
        steps.push(Step::Member(member));
        steps.extend(place.index.map(Step::Index));
        let inside = if is_primitive { "Element" } else { child.inside };
        Ok((steps, place.resource_type.unwrap_or(inside)))
    }
}

impl Place {
    /// What R4 says about the element.
    pub(super) fn child(&self) -> Result<Child, PatchError> {
        self.child.ok_or_else(|| {
            let reason = format!("R4 does not know the element {}", shown(&self.member));
            PatchError::new(Code::Path, reason, "change it with a JSON Patch")
        })
    }
}

/// The object at the end of the steps. The sibling of a primitive is made when it is not there.
pub(super) fn object_at<'v>(
    resource: &'v mut Value,
    steps: &[Step],
) -> Result<&'v mut Members, PatchError> {
    let mut value = resource;
    for (number, step) in steps.iter().enumerate() {
        value = match (step, value) {
            (Step::Member(name), Value::Object(members)) => {
                let in_list = matches!(steps.get(number + 1), Some(Step::Index(_)));
                let empty = if in_list { Value::Array(Vec::new()) } else { Value::Null };
                if name.starts_with('_') {
                    members.entry(name.as_str()).or_insert(empty)
                } else {
                    members.get_mut(name).ok_or_else(PatchError::no_match)?
                }
            }
            (Step::Index(index), Value::Array(items)) => {
                if items.len() <= *index {
                    items.resize(*index + 1, Value::Null);
                }
                items.get_mut(*index).ok_or_else(PatchError::no_match)?
            }
            _ => return Err(PatchError::no_match()),
        };
        // Only siblings are null here: an element that is null is none.
        if value.is_null() {
            *value = Value::Object(Members::new());
        }
    }
    value.as_object_mut().ok_or_else(PatchError::no_match)
}

fn compile(path: &str) -> Result<Expression, PatchError> {
    Expression::compile(path).map_err(|error| {
        let reason = format!("column {}: {}", error.column(), error.reason());
        PatchError::new(Code::Path, reason, error.cure())
    })
}

fn evaluate<'v>(
    expression: &'v Expression,
    resource: &'v Value,
) -> Result<Vec<Item<'v>>, PatchError> {
    let context = Context::new().steps_max(PATH_STEPS_MAX);
    expression
        .evaluate(&context, resource)
        .map_err(|error| PatchError::new(Code::Path, error.reason(), error.cure()))
}

fn place(resource: &Value, item: &Item<'_>) -> Result<Found, PatchError> {
    let resource_type = resource_type_of(resource).unwrap_or("Resource");
    if is_same(item, resource) {
        return Ok(Found::Root(resource_type));
    }
    let mut holder = Vec::new();
    search(resource, resource_type, &mut holder, item).map(Found::Element).ok_or_else(|| {
        let cure = "write a path to an element of the resource that is patched";
        PatchError::new(Code::Path, "the path leads to a value that is no element of it", cure)
    })
}

fn is_same(item: &Item<'_>, value: &Value) -> bool {
    let Item::Element(element) = item else { return false };
    let own = element.json().or(element.sibling());
    own.is_some_and(|own| ptr::eq(own, value))
}

/// Looks through the members of an object and of all objects in it. The way so far is in
/// `holder`, and is as it was when nothing is found.
fn search(
    object: &Value,
    inside: &'static str,
    holder: &mut Vec<Step>,
    item: &Item<'_>,
) -> Option<Place> {
    for (name, value) in object.as_object()? {
        let member = name.strip_prefix('_').unwrap_or(name);
        let child = table::child(inside, member);
        let items = match value {
            Value::Array(items) => items.as_slice(),
            value => std::slice::from_ref(value),
        };
        for (index, one) in items.iter().enumerate() {
            let index = value.is_array().then_some(index);
            let resource_type = child
                .filter(|child| child.type_name == "Resource")
                .and_then(|_| resource_type_of(one));
            if is_same(item, one) {
                let (holder, member) = (std::mem::take(holder), member.to_owned());
                return Some(Place { holder, inside, member, index, child, resource_type });
            }
            let is_sibling = member.len() < name.len();
            let within =
                child.map_or("", |child| if is_sibling { "Element" } else { child.inside });
            let length = holder.len();
            holder.push(Step::Member(name.clone()));
            holder.extend(index.map(Step::Index));
            if let Some(found) = search(one, resource_type.unwrap_or(within), holder, item) {
                return Some(found);
            }
            holder.truncate(length);
        }
    }
    None
}

fn resource_type_of(value: &Value) -> Option<&'static str> {
    let named = value.get("resourceType")?.as_str()?;
    table::type_definition(named).map(|definition| definition.name)
}

fn step_down<'v>(resource: &'v Value, steps: &[Step]) -> Option<&'v Value> {
    steps.iter().try_fold(resource, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Index(index) => value.get(index),
    })
}
