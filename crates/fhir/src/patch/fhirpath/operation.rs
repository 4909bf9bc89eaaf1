//! The operations as a `Parameters` resource states them.

use serde_json::Value;

use super::super::error::PatchError;
use crate::Resource;
use crate::table;

/// One operation.
#[derive(Debug)]
pub(super) struct Operation<'p> {
    pub(super) path: &'p str,
    pub(super) action: Action<'p>,
}

#[derive(Debug)]
pub(super) enum Action<'p> {
    Add { name: &'p str, value: Given<'p> },
    Insert { index: usize, value: Given<'p> },
    Delete,
    Replace { value: Given<'p> },
    Move { source: usize, destination: usize },
}

/// A value as it was given.
#[derive(Debug)]
pub(super) enum Given<'p> {
    /// `valueHumanName`, and for a primitive its `_value` sibling.
    Typed { type_name: &'static str, json: Option<&'p Value>, sibling: Option<&'p Value> },
    /// A type without a name of its own, such as `Patient.contact`, element by element.
    Parts(Vec<(&'p str, Given<'p>)>),
    /// A whole resource.
    Resource(&'p Value),
}

/// The parameters, one for each operation.
pub(super) fn parameters(parameters: &Resource) -> Result<&[Value], PatchError> {
    if parameters.resource_type() != "Parameters" {
        let reason = format!("a {} is not a FHIRPath Patch", parameters.resource_type());
        return Err(PatchError::document(reason, "send a Parameters resource"));
    }
    match parameters.value().get("parameter") {
        None => Ok(&[]),
        Some(Value::Array(parameters)) => Ok(parameters),
        Some(_) => Err(PatchError::document("parameter is not an array", "add [ and ]")),
    }
}

pub(super) fn read(parameter: &Value) -> Result<Operation<'_>, PatchError> {
    let name = name_of(parameter)?;
    if name != "operation" {
        let reason = format!("a patch has no parameter {}", shown(name));
        return Err(PatchError::document(reason, "call each parameter operation"));
    }
    let parts = Parts::of(parameter)?;
    let path = parts.text("path")?;
    action(&parts).map(|action| Operation { path, action }).map_err(|error| error.at(path))
}

fn action<'p>(parts: &Parts<'p>) -> Result<Action<'p>, PatchError> {
    let value = || given(parts.get("value")?);
    let (action, allowed): (_, &[&str]) = match parts.text("type")? {
        "add" => (Action::Add { name: parts.text("name")?, value: value()? }, &["name", "value"]),
        "insert" => {
            (Action::Insert { index: parts.index("index")?, value: value()? }, &["index", "value"])
        }
        "delete" => (Action::Delete, &[]),
        "replace" => (Action::Replace { value: value()? }, &["value"]),
        "move" => {
            let (source, destination) = (parts.index("source")?, parts.index("destination")?);
            (Action::Move { source, destination }, &["source", "destination"])
        }
        other => {
            let reason = format!("there is no operation of type {}", shown(other));
            return Err(PatchError::document(reason, "write add, insert, delete, replace or move"));
        }
    };
    parts.only(allowed)?;
    Ok(action)
}

/// The parts of one operation, each with its name.
struct Parts<'p>(Vec<(&'p str, &'p Value)>);

impl<'p> Parts<'p> {
    fn of(parameter: &'p Value) -> Result<Self, PatchError> {
        let parts = parameter.get("part").and_then(Value::as_array);
        let named = parts.into_iter().flatten().map(|part| Ok((name_of(part)?, part)));
        Ok(Self(named.collect::<Result<_, PatchError>>()?))
    }

    fn get(&self, name: &str) -> Result<&'p Value, PatchError> {
        let mut found = self.0.iter().filter(|(known, _)| *known == name);
        match (found.next(), found.next()) {
            (Some((_, part)), None) => Ok(part),
            (None, _) => {
                let reason = format!("the operation has no {name}");
                Err(PatchError::document(reason, format!("add a part {name}")))
            }
            (Some(_), Some(_)) => {
                let reason = format!("the operation has more than one {name}");
                Err(PatchError::document(reason, "keep the one that was meant"))
            }
        }
    }

    fn text(&self, name: &str) -> Result<&'p str, PatchError> {
        value_of(self.get(name)?).and_then(Value::as_str).ok_or_else(|| {
            let reason = format!("the part {name} has no text");
            let kind = if name == "type" { "valueCode" } else { "valueString" };
            PatchError::document(reason, format!("write it as {kind}"))
        })
    }

    fn index(&self, name: &str) -> Result<usize, PatchError> {
        let index = value_of(self.get(name)?).and_then(Value::as_u64);
        index.and_then(|index| usize::try_from(index).ok()).ok_or_else(|| {
            let reason = format!("the part {name} has no whole number from 0");
            PatchError::document(reason, "write it as valueInteger, counting from 0")
        })
    }

    /// Refuses a part that an operation of this type does not have: something was meant by it.
    fn only(&self, allowed: &[&str]) -> Result<(), PatchError> {
        let known = |name: &str| matches!(name, "type" | "path") || allowed.contains(&name);
        match self.0.iter().find(|(name, _)| !known(name)) {
            None => Ok(()),
            Some((name, _)) => {
                let reason = format!("an operation of this type has no part {}", shown(name));
                Err(PatchError::document(reason, "check its name and the type of the operation"))
            }
        }
    }
}

/// What a part holds: one value, further parts, or a resource.
fn given(part: &Value) -> Result<Given<'_>, PatchError> {
    let mut given = typed(part);
    if let Some(Value::Array(parts)) = part.get("part") {
        let named = parts.iter().map(|part| Ok((name_of(part)?, self::given(part)?)));
        given.push(Given::Parts(named.collect::<Result<_, PatchError>>()?));
    }
    given.extend(part.get("resource").map(Given::Resource));
    match (given.pop(), given.is_empty()) {
        (Some(given), true) => Ok(given),
        (None, _) => {
            let reason = format!("the part {} has no value", shown(name_of(part)?));
            Err(PatchError::document(reason, "give it a value, such as valueString, or parts"))
        }
        (Some(_), false) => {
            let reason = format!("the part {} has more than one value", shown(name_of(part)?));
            Err(PatchError::document(reason, "keep the one that was meant"))
        }
    }
}

/// The values of a part, by type; a value and its sibling are one.
fn typed(part: &Value) -> Vec<Given<'_>> {
    let members = part.as_object().into_iter().flatten();
    let names = members.map(|(name, _)| name.strip_prefix('_').unwrap_or(name));
    let mut types: Vec<(&str, &'static str)> = names
        .filter_map(|name| {
            let child = table::child("Parameters.parameter", name)?;
            child.element.choice().map(|_| (name, child.type_name))
        })
        .collect();
    types.sort_unstable();
    types.dedup();
    let one = |(name, type_name): (&str, &'static str)| Given::Typed {
        type_name,
        json: part.get(name),
        sibling: part.get(format!("_{name}")),
    };
    types.into_iter().map(one).collect()
}

/// The one value of a part, whatever its type.
fn value_of(part: &Value) -> Option<&Value> {
    match typed(part).as_slice() {
        &[Given::Typed { json, .. }] => json,
        _ => None,
    }
}

fn name_of(part: &Value) -> Result<&str, PatchError> {
    part.get("name").and_then(Value::as_str).ok_or_else(|| {
        PatchError::document("a parameter has no name", "name each parameter and each part")
    })
}

pub(super) fn shown(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    format!("{short:?}")
}
