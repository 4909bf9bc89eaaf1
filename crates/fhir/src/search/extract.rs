//! Values at a path, as they are indexed.

use serde_json::{Map, Value};

use super::parameters::{ParameterKind, Step};
use super::{IndexValue, each, normalise_text};
use crate::date::DateTime;
use crate::reference::Reference;

/// Calls `add` with each value found at a path.
pub(super) fn values(
    value: &Value,
    path: &[Step],
    kind: ParameterKind,
    add: &mut dyn FnMut(IndexValue),
) {
    if kind == ParameterKind::Truth {
        let mut truth = false;
        walk(value, path, &mut |found| truth |= *found != Value::Bool(false));
        add(IndexValue::Token { system: None, code: truth.to_string() });
        return;
    }
    walk(value, path, &mut |found| match kind {
        ParameterKind::Token => tokens(found, add),
        ParameterKind::Uri => plain_token(found, add),
        ParameterKind::Text => texts(found, &mut |text| {
            let text = normalise_text(text);
            if !text.is_empty() {
                add(IndexValue::Text(text));
            }
        }),
        ParameterKind::Reference => references(found, path.last(), add),
        ParameterKind::Date => dates(found, add),
        ParameterKind::Quantity | ParameterKind::Number | ParameterKind::Truth => {}
    });
}

/// The parts of a HumanName: its text, family, given names, prefixes and suffixes.
pub(super) fn name_parts<'a>(name: &'a Value, add: &mut dyn FnMut(&'a str)) {
    for part in ["text", "family", "given", "prefix", "suffix"] {
        each(name.get(part), &mut |text| {
            if let Some(text) = text.as_str() {
                add(text);
            }
        });
    }
}

fn walk<'a>(value: &'a Value, path: &[Step], found: &mut dyn FnMut(&'a Value)) {
    let Some((step, rest)) = path.split_first() else {
        return found(value);
    };
    let Value::Object(members) = value else { return };
    member(members, step, &mut |value| {
        each(Some(value), &mut |item| {
            let fits = step.only.is_none_or(|(name, wanted)| {
                item.get(name).and_then(Value::as_str).is_some_and(|text| text == wanted)
            });
            if fits {
                walk(item, rest, found);
            }
        });
    });
}

/// The member of that name; for a choice the member of that type, or of any type.
fn member<'a>(members: &'a Map<String, Value>, step: &Step, found: &mut dyn FnMut(&'a Value)) {
    if step.choice.is_none()
        && let Some(value) = members.get(step.member)
    {
        return found(value);
    }
    for (name, value) in members {
        let Some(kind) = name.strip_prefix(step.member) else { continue };
        let fits = match step.choice {
            Some(choice) => kind.eq_ignore_ascii_case(choice),
            None => kind.starts_with(char::is_uppercase) && is_type(kind),
        };
        if fits {
            found(value);
        }
    }
}

/// Whether what follows the stem of a choice is the name of a type, its first letter raised.
fn is_type(kind: &str) -> bool {
    let mut letters = kind.chars();
    let lower: String =
        letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
    let known = crate::table::type_definition;
    known(kind).is_some() || known(&lower).is_some()
}

/// code, Coding, CodeableConcept, Identifier, ContactPoint, boolean, string.
fn tokens(value: &Value, add: &mut dyn FnMut(IndexValue)) {
    let Value::Object(members) = value else {
        return plain_token(value, add);
    };
    let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
    if members.contains_key("coding") {
        return each(members.get("coding"), &mut |coding| tokens(coding, add));
    }
    if let Some(code) = text("code") {
        add(IndexValue::Token { system: text("system"), code });
    } else if let Some(code) = text("value") {
        // The system of an Identifier is a URI; that of a ContactPoint (phone, email) says only
        // what kind of address it is.
        let system = text("system").filter(|system| system.contains(':'));
        add(IndexValue::Token { system, code });
    }
}

fn plain_token(value: &Value, add: &mut dyn FnMut(IndexValue)) {
    let code = match value {
        Value::String(text) => text.clone(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        _ => return,
    };
    add(IndexValue::Token { system: None, code });
}

/// string, markdown, HumanName, Address.
fn texts<'a>(value: &'a Value, add: &mut dyn FnMut(&'a str)) {
    if let Value::String(text) = value {
        return add(text);
    }
    name_parts(value, add);
    for part in ["line", "city", "district", "state", "country", "postalCode"] {
        each(value.get(part), &mut |text| {
            if let Some(text) = text.as_str() {
                add(text);
            }
        });
    }
}

/// Reference, canonical, uri. Contained resources cannot be searched for.
fn references(value: &Value, step: Option<&Step>, add: &mut dyn FnMut(IndexValue)) {
    let target = step.and_then(|step| step.target);
    let text = value.as_str().or_else(|| value.get("reference").and_then(Value::as_str));
    let stated = value.get("type").and_then(Value::as_str);
    let Some(text) = text else { return };
    let Some(reference) = Reference::parse(text) else { return };
    let resource_type = reference.resource_type().or(stated);
    if target.is_some_and(|target| resource_type != Some(target)) {
        return;
    }
    match reference {
        Reference::Contained(_) => {}
        Reference::Relative(target) => {
            add(IndexValue::Reference(format!("{}/{}", target.resource_type, target.id)));
        }
        _ => add(IndexValue::Reference(text.to_owned())),
    }
}

/// date, dateTime, instant, Period, Timing.
fn dates(value: &Value, add: &mut dyn FnMut(IndexValue)) {
    if let Some(text) = value.as_str() {
        if let Some(range) = seconds(text) {
            add(IndexValue::Date { from: range.start, to: range.end });
        }
        return;
    }
    each(value.get("event"), &mut |event| dates(event, add));
    let period = value.get("repeat").and_then(|r| r.get("boundsPeriod")).unwrap_or(value);
    let side = |name: &str| period.get(name).and_then(Value::as_str);
    // An open side is unbounded; a side that cannot be read says nothing.
    let (Some(from), Some(to)) = (
        side("start").map_or(Some(i64::MIN), |text| seconds(text).map(|range| range.start)),
        side("end").map_or(Some(i64::MAX), |text| seconds(text).map(|range| range.end)),
    ) else {
        return;
    };
    if (from, to) != (i64::MIN, i64::MAX) && from < to {
        add(IndexValue::Date { from, to });
    }
}

fn seconds(text: &str) -> Option<std::ops::Range<i64>> {
    text.parse::<DateTime>().ok().map(|date| date.range().utc_seconds())
}
