//! The operations: `$validate`, `$everything`, `$meta` and its two changes.

mod everything;
mod meta;
mod validate;

use manzil_fhir::Resource;
use serde_json::{Value, json};

use super::answer::Answer;
use super::ask::{Call, Pairs};
use super::fault::Fault;
use super::outcome::Refusal;
use super::write::intent::Sent;

/// An operation and where it can be called.
struct Operation {
    name: &'static str,
    definition: &'static str,
    /// The types on which it is called; none for every type.
    of: Option<&'static [&'static str]>,
    on_type: bool,
    on_instance: bool,
}

const fn operation(name: &'static str, definition: &'static str) -> Operation {
    Operation { name, definition, of: None, on_type: false, on_instance: true }
}

const TABLE: &[Operation] = &[
    Operation { on_type: true, ..operation("validate", "Resource-validate") },
    Operation { of: Some(&["Patient"]), ..operation("everything", "Patient-everything") },
    Operation { of: Some(&["Encounter"]), ..operation("everything", "Encounter-everything") },
    operation("meta", "Resource-meta"),
    operation("meta-add", "Resource-meta-add"),
    operation("meta-delete", "Resource-meta-delete"),
];

/// What an operation was called with.
pub(crate) struct Called {
    pub(crate) of: &'static str,
    pub(crate) id: Option<String>,
    pub(crate) pairs: Pairs,
    pub(crate) body: Option<Resource>,
}

impl Called {
    /// The text of a parameter, from the query or from a Parameters resource.
    fn text(&self, name: &str) -> Option<String> {
        let asked = super::ask::value(&self.pairs, name).map(str::to_owned);
        asked.or_else(|| {
            let value = self.parameter(name)?.as_object()?;
            let primitive = value.iter().find(|(key, _)| key.starts_with("value"))?.1;
            primitive.as_str().map(str::to_owned)
        })
    }

    fn parameter(&self, name: &str) -> Option<&Value> {
        let body = self.body.as_ref().filter(|body| body.resource_type() == "Parameters")?;
        let all = body.value().get("parameter")?.as_array()?;
        all.iter().find(|each| each.get("name").and_then(Value::as_str) == Some(name))
    }
}

/// Does the operation of this name on everything, a type or a resource.
pub(crate) async fn answer(
    call: &Call,
    of: Option<&'static str>,
    id: Option<String>,
    name: &str,
    pairs: Pairs,
    sent: Sent,
) -> Result<Answer, Refusal> {
    let unknown = || Refusal::from(Fault::NoOperation(name.to_owned()));
    let of = of.ok_or_else(unknown)?;
    let is_it = |it: &&Operation| {
        let here = if id.is_some() { it.on_instance } else { it.on_type };
        it.name == name && here && it.of.is_none_or(|types| types.contains(&of))
    };
    let found = TABLE.iter().find(is_it).ok_or_else(unknown)?;
    let body = match sent {
        Sent::Resource(resource) => Some(resource),
        Sent::Nothing | Sent::Patch(_) => None,
    };
    let called = Called { of, id, pairs, body };
    match found.name {
        "validate" => validate::answer(call, called).await,
        "everything" => everything::answer(call, called).await,
        "meta" => meta::read(call, called).await,
        "meta-add" => meta::change(call, called, meta::Change::Add).await,
        "meta-delete" => meta::change(call, called, meta::Change::Remove).await,
        _ => Err(unknown()),
    }
}

/// The operations of a type, as the CapabilityStatement lists them.
pub(crate) fn listed(of: &str) -> Vec<Value> {
    let own = TABLE.iter().filter(|it| it.of.is_none_or(|types| types.contains(&of)));
    let listed = own.map(|it| {
        let definition = format!("http://hl7.org/fhir/OperationDefinition/{}", it.definition);
        json!({"name": it.name, "definition": definition})
    });
    listed.collect()
}
