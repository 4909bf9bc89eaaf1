//! Rules for single data types.

use serde_json::{Map, Value};

use super::Code;
use super::primitive::base64_bytes;
use super::walk::{Walk, shown};
use crate::date::{DateTime, Relation};

/// The stated size is that of the data.
pub(super) fn attachment(walk: &mut Walk<'_>, members: &Map<String, Value>) {
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let size = members.get("size").and_then(Value::as_u64);
    let (Some(size), Some(data)) = (size, text("data")) else { return };
    let bytes = base64_bytes(data);
    if size != bytes as u64 {
        let reason = format!("the size is stated as {size}, but the data has {bytes} bytes");
        walk.error(Code::Attachment, reason, "check that the data is whole, then correct the size");
    }
}

/// The system of a code is not that of a value set.
pub(super) fn coding(walk: &mut Walk<'_>, members: &Map<String, Value>) {
    let Some(system) = members.get("system").and_then(Value::as_str) else { return };
    if system.starts_with("http://hl7.org/fhir/ValueSet/") {
        let reason = format!("{} is a value set, not a code system", shown(system));
        let cure = "write the URI of the code system";
        walk.at(".system", |walk| walk.error(Code::System, reason, cure));
    }
}

/// A URI that must stand by itself, wherever it is read.
pub(super) fn absolute(walk: &mut Walk<'_>, system: &str) {
    if system.contains(':') {
        return;
    }
    let reason = format!("{} is not an absolute URI", shown(system));
    walk.error(Code::System, reason, "write the full URI, such as http://loinc.org or urn:oid:...");
}

/// A period does not end before it starts, and the order can be told (R4 invariant per-1).
pub(super) fn period(walk: &mut Walk<'_>, members: &Map<String, Value>) {
    let side = |name: &str| members.get(name)?.as_str()?.parse::<DateTime>().ok();
    let (Some(start), Some(end)) = (side("start"), side("end")) else { return };
    let (reason, cure) = match order(&start, &end) {
        Some(true) => return,
        Some(false) => ("the end is before the start", "check both against the source"),
        None => {
            ("it cannot be told whether the end is before the start", "write both equally exact")
        }
    };
    walk.error(Code::Rule, format!("{reason}: {start} to {end}"), cure);
}

/// Whether the period starts no later than it ends; none when that depends on what was not
/// written. Days are compared as written, whatever the offset.
fn order(start: &DateTime, end: &DateTime) -> Option<bool> {
    if let (Some(start), Some(end)) = (start.timestamp(), end.timestamp()) {
        return Some(start <= end);
    }
    match start.date().compare(end.date()) {
        Relation::Before => Some(true),
        Relation::After => Some(false),
        Relation::Overlapping => {
            let alike = start.local().is_none() && end.local().is_none();
            (alike && start.date() == end.date()).then_some(true)
        }
    }
}
