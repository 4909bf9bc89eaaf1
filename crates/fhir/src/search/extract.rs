//! Values at a path, as they are indexed.

mod date;
mod number;
mod token;

use serde_json::Value;

use super::parameters::{ParameterKind, Path, Step};
use super::{IndexValue, each, normalise_text};
use crate::reference::Reference;

pub(super) use date::milliseconds;
pub(super) use number::{canonical_number, float};

/// Calls `add` with each value that a parameter of this kind finds at a path.
pub(super) fn values(
    value: &Value,
    path: &Path,
    kind: ParameterKind,
    add: &mut dyn FnMut(IndexValue),
) {
    if kind == ParameterKind::Truth {
        let mut truth = false;
        walk(value, &path.steps, &mut |found| truth |= *found != Value::Bool(false));
        add(IndexValue::Token { system: None, code: truth.to_string() });
        return;
    }
    walk(value, &path.steps, &mut |found| at(found, path, kind, add));
}

/// The values of one element.
fn at(found: &Value, path: &Path, kind: ParameterKind, add: &mut dyn FnMut(IndexValue)) {
    match kind {
        ParameterKind::Token => token::tokens(found, path.codes, add),
        ParameterKind::Uri => {
            if let Some(text) = found.as_str() {
                each_version(text, path, &mut |text| add(IndexValue::Uri(text)));
            }
        }
        ParameterKind::Text => texts(found, &mut |text| {
            let text = normalise_text(text);
            if !text.is_empty() {
                add(IndexValue::Text(text));
            }
        }),
        ParameterKind::Reference => references(found, path, add),
        ParameterKind::Date => date::dates(found, add),
        ParameterKind::Number => number::numbers(found, add),
        ParameterKind::Quantity => number::quantities(found, add),
        ParameterKind::Truth | ParameterKind::Composite | ParameterKind::Special => {}
    }
}

/// The parts of a HumanName: its text, family, given names, prefixes and suffixes.
pub(super) fn name_parts<'a>(name: &'a Value, add: &mut dyn FnMut(&'a str)) {
    parts(name, &["text", "family", "given", "prefix", "suffix"], add);
}

/// Calls `found` with each element at the end of the steps.
pub(super) fn walk<'a>(value: &'a Value, steps: &[Step], found: &mut dyn FnMut(&'a Value)) {
    let Some((step, rest)) = steps.split_first() else {
        return found(value);
    };
    let Value::Object(members) = value else { return };
    for name in &step.members {
        let Some(value) = members.get(*name) else { continue };
        match value {
            Value::Array(items) => {
                let count = if step.first { 1 } else { usize::MAX };
                items.iter().take(count).for_each(|item| pass(item, step, rest, found));
            }
            value => pass(value, step, rest, found),
        }
    }
}

fn pass<'a>(item: &'a Value, step: &Step, rest: &[Step], found: &mut dyn FnMut(&'a Value)) {
    let fits = step.only.is_none_or(|(name, wanted)| {
        item.get(name).and_then(Value::as_str).is_some_and(|text| text == wanted)
    });
    // A null stands in an array where a primitive has extensions alone.
    if fits && !item.is_null() {
        walk(item, rest, found);
    }
}

/// string, markdown, HumanName, Address.
pub(super) fn texts<'a>(value: &'a Value, add: &mut dyn FnMut(&'a str)) {
    if let Value::String(text) = value {
        return add(text);
    }
    name_parts(value, add);
    parts(value, &["line", "city", "district", "state", "country", "postalCode"], add);
}

fn parts<'a>(value: &'a Value, names: &[&str], add: &mut dyn FnMut(&'a str)) {
    let Value::Object(members) = value else { return };
    for name in names {
        each(members.get(*name), &mut |text| {
            if let Some(text) = text.as_str() {
                add(text);
            }
        });
    }
}

/// Reference, canonical, uri, and a resource that stands in a Bundle. Contained resources
/// cannot be searched for.
fn references(value: &Value, path: &Path, add: &mut dyn FnMut(IndexValue)) {
    let member = |name: &str| value.get(name).and_then(Value::as_str);
    if let (Some(kind), Some(id)) = (member("resourceType"), member("id")) {
        return add(IndexValue::Reference(format!("{kind}/{id}")));
    }
    let Some(text) = value.as_str().or_else(|| member("reference")) else {
        if path.target.is_none() && value.is_object() {
            add(IndexValue::Opaque);
        }
        return;
    };
    let Some(reference) = Reference::parse(text) else {
        if path.target.is_none() && value.is_object() {
            add(IndexValue::Opaque);
        }
        return;
    };
    let resource_type = reference.resource_type().or_else(|| member("type"));
    let target = path.target;
    if target.is_some_and(|target| resource_type != Some(target)) {
        return;
    }
    match reference {
        Reference::Contained(_) => add(IndexValue::Opaque),
        Reference::Relative(target) => {
            add(IndexValue::Reference(format!("{}/{}", target.resource_type, target.id)));
        }
        _ => each_version(text, path, &mut |text| add(IndexValue::Reference(text))),
    }
}

/// Whether a reference states that it is to this type.
pub(super) fn is_to(reference: &Value, target: &str) -> bool {
    let member = |name: &str| reference.get(name).and_then(Value::as_str);
    let literal = member("reference").and_then(Reference::parse);
    literal.and_then(Reference::resource_type).or_else(|| member("type")) == Some(target)
}

/// The text as written, and a canonical with a version also without it, so that a search for
/// either finds it.
fn each_version(text: &str, path: &Path, add: &mut dyn FnMut(String)) {
    if path.ends_in == "canonical"
        && let Some((url, _)) = text.split_once('|')
    {
        add(url.to_owned());
    }
    add(text.to_owned());
}
