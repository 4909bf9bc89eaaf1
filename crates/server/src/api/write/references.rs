//! The addresses by which the entries of a transaction point to each other, and references that
//! are searches. Source: <https://hl7.org/fhir/R4/http.html#trules>.

use std::collections::BTreeMap;

use manzil_fhir::table::child;
use manzil_store::Guard;
use serde_json::Value;

use super::settle::find;
use super::{Intent, Settled, What};
use crate::api::ask::Call;
use crate::api::fault::Fault;
use crate::api::outcome::Refusal;
use crate::api::place::known;

/// What is written in place of what.
type Addresses = BTreeMap<String, String>;

/// Rewrites the references of all intents, and gives the searches on which that was decided.
///
/// # Errors
///
/// A `urn:uuid:` that no entry has, and a search that does not find exactly one resource.
pub(super) async fn resolve(
    call: &Call,
    intents: &mut [Intent],
    settled: &[Settled],
) -> Result<Vec<Guard>, Refusal> {
    let mut addresses = addresses(intents, settled);
    let mut open = Vec::new();
    for intent in intents.iter_mut() {
        let place = format!("{}.resource", intent.place);
        let (What::Create(resource) | What::Put(resource)) = &mut intent.what else { continue };
        let of = resource.resource_type().to_owned();
        let mut walk = Walk { addresses: &addresses, open: Vec::new(), urns: Vec::new() };
        walk.inside(resource.value_mut(), &of);
        if let Some(text) = walk.urns.pop().filter(|_| !intent.place.is_empty()) {
            let reason = "points to no entry of the transaction";
            return Err(Fault::Unresolved { text, reason, at: place }.into());
        }
        open.extend(walk.open.into_iter().map(|text| (text, place.clone())));
    }
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let guards = look_up(call, open, &mut addresses).await?;
    for intent in intents.iter_mut() {
        let (What::Create(resource) | What::Put(resource)) = &mut intent.what else { continue };
        let of = resource.resource_type().to_owned();
        let mut walk = Walk { addresses: &addresses, open: Vec::new(), urns: Vec::new() };
        walk.inside(resource.value_mut(), &of);
    }
    Ok(guards)
}

/// Where each entry is found when everything is written. A new resource that was sent with the
/// address of another server is pointed to by its old id, too.
fn addresses(intents: &[Intent], settled: &[Settled]) -> Addresses {
    let mut addresses = Addresses::new();
    for (intent, settled) in intents.iter().zip(settled) {
        let Some(url) = &intent.full_url else { continue };
        let (of, local) = (&settled.key.resource_type, settled.key.to_string());
        if let What::Create(resource) = &intent.what
            && let Some(id) = resource.id()
            && url.ends_with(&format!("/{of}/{id}"))
        {
            addresses.insert(format!("{of}/{id}"), local.clone());
        }
        addresses.insert(url.clone(), local);
    }
    addresses
}

/// Finds what the searches among the references stand for.
async fn look_up(
    call: &Call,
    open: Vec<(String, String)>,
    addresses: &mut Addresses,
) -> Result<Vec<Guard>, Refusal> {
    let mut guards = Vec::new();
    for (text, at) in open {
        if addresses.contains_key(&text) {
            continue;
        }
        let Some((of, query)) = text.split_once('?') else { continue };
        let guard = find(call, known(of)?, query).await.map_err(|error| error.within(&at))?;
        let reason = match guard.finds.as_slice() {
            [key] => {
                addresses.insert(text, key.to_string());
                guards.push(guard);
                continue;
            }
            [] => "finds nothing",
            _ => "finds more than one resource",
        };
        return Err(Refusal {
            status: axum::http::StatusCode::PRECONDITION_FAILED,
            ..Fault::Unresolved { text, reason, at }.into()
        });
    }
    Ok(guards)
}

struct Walk<'a> {
    addresses: &'a Addresses,
    /// Searches that are not looked up yet.
    open: Vec<String>,
    /// Addresses within a Bundle that it does not have.
    urns: Vec<String>,
}

impl Walk<'_> {
    /// `of` is the type or path (see [`child`]) that the value is of.
    fn inside(&mut self, value: &mut Value, of: &str) {
        let Value::Object(members) = value else { return };
        for (name, member) in members.iter_mut() {
            if of == "Reference" && name == "reference" {
                self.reference(member);
                continue;
            }
            let Some(child) = child(of, name) else { continue };
            match child.type_name {
                "uri" | "url" | "canonical" | "oid" | "uuid" => {
                    self.each(member, &mut |walk, it| {
                        walk.address(it);
                    });
                }
                "xhtml" => self.narrative(member),
                "Resource" => self.each(member, &mut |walk, it| {
                    let of = it.get("resourceType").and_then(Value::as_str).map(str::to_owned);
                    walk.inside(it, &of.unwrap_or_default());
                }),
                _ if member.is_object() || member.is_array() => {
                    self.each(member, &mut |walk, it| walk.inside(it, child.inside));
                }
                _ => {}
            }
        }
    }

    fn each(&mut self, value: &mut Value, act: &mut dyn FnMut(&mut Self, &mut Value)) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| act(self, item)),
            value => act(self, value),
        }
    }

    fn address(&mut self, value: &mut Value) {
        if let Value::String(text) = value
            && let Some(new) = self.addresses.get(text.as_str())
        {
            text.clone_from(new);
        }
    }

    fn reference(&mut self, value: &mut Value) {
        let Value::String(text) = value else { return };
        if let Some(new) = self.addresses.get(text.as_str()) {
            text.clone_from(new);
        } else if text.contains('?') && !text.contains("://") {
            self.open.push(text.clone());
        } else if text.starts_with("urn:uuid:") || text.starts_with("urn:oid:") {
            self.urns.push(text.clone());
        }
    }

    /// Links and images of a narrative.
    fn narrative(&self, value: &mut Value) {
        let Value::String(text) = value else { return };
        if self.addresses.is_empty() || !(text.contains("href=") || text.contains("src=")) {
            return;
        }
        for (old, new) in self.addresses {
            for attribute in ["href", "src"] {
                let sought = format!("{attribute}=\"{old}\"");
                if text.contains(&sought) {
                    *text = text.replace(&sought, &format!("{attribute}=\"{new}\""));
                }
            }
        }
    }
}
