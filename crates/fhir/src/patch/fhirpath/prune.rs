//! Taking out what a patch left empty: FHIR has no element without content (invariant ele-1).

use serde_json::Value;

/// Takes out every empty object and array, from the inside out.
pub(super) fn empty(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(empty);
            items.retain(|item| !is_empty(item));
        }
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if name.starts_with('_') { empty_siblings(member) } else { empty(member) }
            }
            members.retain(|_, member| !is_empty(member));
        }
        _ => {}
    }
}

/// The siblings of a list of primitives keep their places: what is empty becomes null.
fn empty_siblings(value: &mut Value) {
    let Value::Array(items) = value else { return empty(value) };
    for item in items.iter_mut() {
        empty(item);
        if is_empty(item) {
            *item = Value::Null;
        }
    }
    if items.iter().all(Value::is_null) {
        items.clear();
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}
