//! Changes of one JSON object. A primitive and its `_name` sibling change together: lists keep
//! both aligned, with null for what is not there.

use serde_json::Value;

use super::Members;
use super::build::Content;

/// How many items a list has, those that have only a sibling included.
pub(super) fn length(members: &Members, name: &str) -> usize {
    let length = |name: &str| members.get(name).and_then(Value::as_array).map_or(0, Vec::len);
    length(name).max(length(&sibling(name)))
}

/// An item of a list and its sibling.
pub(super) fn pair<'v>(
    members: &'v Members,
    name: &str,
    index: usize,
) -> Option<(&'v Value, Option<&'v Value>)> {
    let item = |name: &str| members.get(name).and_then(|items| items.get(index));
    let sibling = item(&sibling(name));
    item(name).or(sibling).map(|json| (json, sibling))
}

/// Puts an item into a list, which is made when it is not there.
pub(super) fn insert(members: &mut Members, name: &str, index: usize, content: Content) {
    let length = length(members, name);
    let underscored = sibling(name);
    let has_siblings = content.sibling.is_some() || members.contains_key(&underscored);
    let mut put = |name: &str, value: Option<Value>| {
        change(members, name, length, |items| {
            items.insert(index.min(length), value.unwrap_or_default());
        });
    };
    put(name, content.json);
    if has_siblings {
        put(&underscored, content.sibling);
    }
}

/// Exchanges an item of a list for another.
pub(super) fn replace(members: &mut Members, name: &str, index: usize, content: Content) {
    let length = length(members, name);
    let underscored = sibling(name);
    let has_siblings = content.sibling.is_some() || members.contains_key(&underscored);
    let mut put = |name: &str, value: Option<Value>| {
        change(members, name, length, |items| {
            if let Some(item) = items.get_mut(index) {
                *item = value.unwrap_or_default();
            }
        });
    };
    put(name, content.json);
    if has_siblings {
        put(&underscored, content.sibling);
        drop_if_null(members, &underscored);
    }
}

/// Takes an item out of a list, and the list when it was the last.
pub(super) fn remove(members: &mut Members, name: &str, index: usize) {
    for name in [name, &sibling(name)] {
        if let Some(Value::Array(items)) = members.get_mut(name)
            && index < items.len()
        {
            items.remove(index);
        }
    }
    drop_if_null(members, &sibling(name));
    if !members.contains_key(&sibling(name)) {
        drop_if_null(members, name);
    }
}

/// Moves an item of a list to where it will stand.
pub(super) fn shift(members: &mut Members, name: &str, source: usize, destination: usize) {
    let length = length(members, name);
    for name in [name, &sibling(name)] {
        if members.contains_key(name) {
            change(members, name, length, |items| {
                if source < items.len() {
                    let item = items.remove(source);
                    items.insert(destination.min(items.len()), item);
                }
            });
        }
    }
}

/// Sets a member that does not repeat, where it stands or at the end.
pub(super) fn set(members: &mut Members, name: &str, content: Content) {
    for (name, value) in [(name, content.json), (&sibling(name), content.sibling)] {
        match value {
            Some(value) => {
                members.insert(name.to_owned(), value);
            }
            None => {
                members.shift_remove(name);
            }
        }
    }
}

/// Takes out a member with its sibling.
pub(super) fn unset(members: &mut Members, name: &str) {
    members.shift_remove(name);
    members.shift_remove(&sibling(name));
}

/// Gives a member another name and leaves it where it stands.
pub(super) fn rename(members: &mut Members, from: &str, to: &str) {
    for (from, to) in [(from, to), (&sibling(from), &sibling(to))] {
        let place = members.keys().position(|key| key == from);
        if let (Some(place), false) = (place, from == to)
            && let Some(value) = members.shift_remove(from)
        {
            members.shift_insert(place, to.to_owned(), value);
        }
    }
}

fn sibling(name: &str) -> String {
    format!("_{name}")
}

/// Changes the list with this name, made when it is not there, and filled up with null.
fn change(members: &mut Members, name: &str, length: usize, act: impl FnOnce(&mut Vec<Value>)) {
    let member = members.entry(name).or_insert(Value::Null);
    let mut items = match member.take() {
        Value::Array(items) => items,
        _ => Vec::new(),
    };
    if items.len() < length {
        items.resize(length, Value::Null);
    }
    act(&mut items);
    *member = Value::Array(items);
}

/// Takes out a list that holds nothing.
fn drop_if_null(members: &mut Members, name: &str) {
    let items = members.get(name).and_then(Value::as_array);
    if items.is_some_and(|items| items.iter().all(Value::is_null)) {
        members.shift_remove(name);
    }
}
