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

/// The system of a code is a URI, and not that of a value set.
pub(super) fn coding(walk: &mut Walk<'_>, members: &Map<String, Value>) {
    let Some(system) = members.get("system").and_then(Value::as_str) else { return };
    if system.is_empty() {
        return;
    }
    walk.at(".system", |walk| {
        if !system.contains(':') {
            absolute(walk, system);
        } else if system.starts_with("http://hl7.org/fhir/ValueSet/") {
            let reason = format!("{} is a value set, not a code system", shown(system));
            walk.error(Code::System, reason, "write the URI of the code system");
        }
    });
}

/// The system of an identifier is a URI.
pub(super) fn identifier(walk: &mut Walk<'_>, members: &Map<String, Value>) {
    let Some(system) = members.get("system").and_then(Value::as_str) else { return };
    if !system.is_empty() && !system.contains(':') {
        walk.at(".system", |walk| absolute(walk, system));
    }
}

fn absolute(walk: &mut Walk<'_>, system: &str) {
    let reason = format!("{} is not an absolute URI", shown(system));
    walk.error(Code::System, reason, "write the full URI, such as http://loinc.org or urn:oid:...");
}

/// A period does not end before it starts (R4 invariant per-1).
pub(super) fn period(walk: &mut Walk<'_>, members: &Map<String, Value>) {
    let side = |name: &str| members.get(name)?.as_str()?.parse::<DateTime>().ok();
    let (Some(start), Some(end)) = (side("start"), side("end")) else { return };
    if end.compare(&start) == Relation::Before {
        let reason = format!("the end {end} is before the start {start}");
        walk.error(Code::Rule, reason, "check both against the source");
    }
}
