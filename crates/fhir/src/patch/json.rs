//! JSON Patch: <https://www.rfc-editor.org/rfc/rfc6902>.

mod equality;
mod pointer;

use serde_json::Value;

use super::error::{Code, PatchError};
use super::{COPIED_BYTES_MAX, check_count, json_bytes};
use crate::resource::{DEPTH_MAX, is_deeper};
use equality::equal;
use pointer::{Pointer, find, find_mut, index};

/// Applies the operations to a copy.
pub(super) fn apply(document: &Value, operations: &Value) -> Result<Value, PatchError> {
    let Value::Array(operations) = operations else {
        let reason = "a JSON Patch is an array of operations";
        return Err(PatchError::document(reason, "write [ and ] around the operations"));
    };
    check_count(operations.len())?;
    let mut patched = Patched { document: document.clone(), copied_bytes: 0 };
    for (number, operation) in operations.iter().enumerate() {
        patched.apply(operation).map_err(|error| {
            let path = operation.get("path").and_then(Value::as_str).unwrap_or_default();
            error.at(path).in_operation(number)
        })?;
    }
    Ok(patched.document)
}

/// The document on its way.
struct Patched {
    document: Value,
    /// What `copy` has added: it doubles, and so needs a limit of its own.
    copied_bytes: usize,
}

impl Patched {
    fn apply(&mut self, operation: &Value) -> Result<(), PatchError> {
        let path = Pointer::parse(text(operation, "path")?)?;
        match text(operation, "op")? {
            "add" => self.add(&path, value(operation)?.clone()),
            "remove" => self.remove(&path).map(drop),
            "replace" => self.replace(&path, value(operation)?.clone()),
            "move" => self.shift(&Pointer::parse(text(operation, "from")?)?, &path),
            "copy" => self.copy(&Pointer::parse(text(operation, "from")?)?, &path),
            "test" => self.test(&path, value(operation)?),
            other => {
                let shown: String = other.chars().take(40).collect();
                let cure = "write add, remove, replace, move, copy or test";
                Err(PatchError::document(format!("there is no operation {shown:?}"), cure))
            }
        }
    }

    fn add(&mut self, path: &Pointer, value: Value) -> Result<(), PatchError> {
        check_depth(path, &value)?;
        let Some((parent, last)) = path.split_last() else {
            self.document = value;
            return Ok(());
        };
        match find_mut(&mut self.document, parent) {
            Some(Value::Object(members)) => {
                members.insert(last.to_owned(), value);
            }
            Some(Value::Array(items)) if last == "-" => items.push(value),
            Some(Value::Array(items)) => {
                let at = index(last).filter(|at| *at <= items.len());
                items.insert(at.ok_or_else(|| PatchError::index(last, items.len()))?, value);
            }
            _ => return Err(PatchError::no_match()),
        }
        Ok(())
    }

    fn remove(&mut self, path: &Pointer) -> Result<Value, PatchError> {
        let Some((parent, last)) = path.split_last() else {
            let cure = "delete the resource instead";
            return Err(PatchError::value("the whole document cannot be removed", cure));
        };
        match find_mut(&mut self.document, parent) {
            // Not remove(), which would bring the last member here.
            Some(Value::Object(members)) => {
                members.shift_remove(last).ok_or_else(PatchError::no_match)
            }
            Some(Value::Array(items)) => {
                let at = index(last).filter(|at| *at < items.len());
                Ok(items.remove(at.ok_or_else(|| PatchError::index(last, items.len()))?))
            }
            _ => Err(PatchError::no_match()),
        }
    }

    fn replace(&mut self, path: &Pointer, value: Value) -> Result<(), PatchError> {
        check_depth(path, &value)?;
        *find_mut(&mut self.document, path.tokens()).ok_or_else(PatchError::no_match)? = value;
        Ok(())
    }

    fn shift(&mut self, from: &Pointer, path: &Pointer) -> Result<(), PatchError> {
        if path.is_inside(from) {
            let cure = "move it to a place outside of itself";
            return Err(PatchError::value("a value cannot be moved into itself", cure));
        }
        if find(&self.document, from.tokens()).is_none() {
            return Err(PatchError::no_match().at(from.text()));
        }
        if from == path {
            return Ok(());
        }
        let value = self.remove(from).map_err(|error| error.at(from.text()))?;
        self.add(path, value)
    }

    fn copy(&mut self, from: &Pointer, path: &Pointer) -> Result<(), PatchError> {
        let value = find(&self.document, from.tokens())
            .ok_or_else(|| PatchError::no_match().at(from.text()))?;
        check_depth(path, value)?;
        self.copied_bytes = self.copied_bytes.saturating_add(json_bytes(value));
        if self.copied_bytes > COPIED_BYTES_MAX {
            let reason = format!("the patch copies more than {COPIED_BYTES_MAX} bytes");
            return Err(PatchError::limit(reason));
        }
        let value = value.clone();
        self.add(path, value)
    }

    fn test(&self, path: &Pointer, expected: &Value) -> Result<(), PatchError> {
        let found = find(&self.document, path.tokens()).ok_or_else(PatchError::no_match)?;
        if equal(found, expected) {
            return Ok(());
        }
        let reason = "the value here is not the one that the test expects";
        Err(PatchError::new(Code::Test, reason, "read the resource again before changing it"))
    }
}

/// Refuses a value that would stand too deep, before anything must recurse through it.
fn check_depth(path: &Pointer, value: &Value) -> Result<(), PatchError> {
    let left = DEPTH_MAX.checked_sub(path.tokens().len());
    if left.is_some_and(|left| !is_deeper(value, left)) {
        return Ok(());
    }
    Err(PatchError::limit(format!("the value would stand more than {DEPTH_MAX} deep")))
}

fn text<'o>(operation: &'o Value, name: &str) -> Result<&'o str, PatchError> {
    operation.get(name).and_then(Value::as_str).ok_or_else(|| {
        let reason = format!("the operation has no {name}");
        PatchError::document(reason, format!("add the member {name}, a text"))
    })
}

fn value(operation: &Value) -> Result<&Value, PatchError> {
    operation
        .get("value")
        .ok_or_else(|| PatchError::document("the operation has no value", "add the member value"))
}
