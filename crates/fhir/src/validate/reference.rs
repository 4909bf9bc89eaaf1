//! References: their form, their target's type, and contained targets.

use serde_json::Value;

use super::Code;
use super::walk::{Walk, listed, shown};
use crate::reference::Reference;
use crate::table::{Child, is_resource_type};

pub(super) fn check(walk: &mut Walk<'_>, value: &Value, child: Child) {
    let stated = value.get("type").and_then(Value::as_str);
    let Some(text) = value.get("reference").and_then(Value::as_str) else {
        return target(walk, stated, child);
    };
    let Some(reference) = Reference::parse(text) else {
        // A search instead of an id is allowed in a transaction.
        if !text.contains('?') && !text.is_empty() {
            walk.error(
                Code::Reference,
                format!("{} is not a reference", shown(text)),
                "write Type/id, a full URL, urn:uuid: and a UUID, or # and the id of a contained \
                 resource",
            );
        }
        return;
    };
    let named = match reference {
        Reference::Contained(id) => contained(walk, id),
        _ => reference.resource_type().map(str::to_owned),
    };
    if let (Some(named), Some(stated)) = (&named, stated)
        && named != stated
    {
        let reason = format!("the type is stated as {stated}, but the reference names a {named}");
        walk.error(Code::Target, reason, "make the two agree");
    }
    target(walk, named.as_deref().or(stated), child);
}

/// The type of the contained resource with this id.
fn contained(walk: &mut Walk<'_>, id: &str) -> Option<String> {
    if id.is_empty() {
        let container = walk.container?.get("resourceType").and_then(Value::as_str);
        return container.map(str::to_owned);
    }
    if let Some(resource_type) = walk.contained.get(id) {
        return Some((*resource_type).to_owned());
    }
    walk.error(
        Code::Reference,
        format!("no contained resource has the id {}", shown(id)),
        "add it to contained, or refer to a resource that is stored",
    );
    None
}

fn target(walk: &mut Walk<'_>, named: Option<&str>, child: Child) {
    let Some(named) = named.filter(|named| is_resource_type(named)) else { return };
    if !child.targets.is_empty() && !child.targets.contains(&named) {
        walk.error(
            Code::Target,
            format!("this may not refer to a {named}"),
            format!("refer to one of {}", listed(child.targets)),
        );
    }
}
