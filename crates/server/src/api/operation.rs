//! The operations: `$validate`, `$everything`, `$meta` and its two changes, exports, and those of
//! a terminology.

mod everything;
mod meta;
mod validate;

use manzil_fhir::Resource;
use manzil_store::Key;
use serde_json::{Value, json};

use super::answer::Answer;
use super::ask::{Call, Pairs};
use super::export;
use super::fault::Fault;
use super::outcome::Refusal;
use super::terminology;
use super::write::intent::Sent;

/// An operation and where it can be called.
struct Operation {
    name: &'static str,
    definition: &'static str,
    /// The types on which it is called; none for every type.
    of: Option<&'static [&'static str]>,
    on_system: bool,
    on_type: bool,
    on_instance: bool,
}

const fn operation(name: &'static str, definition: &'static str) -> Operation {
    let (on_system, on_type, on_instance) = (false, false, true);
    Operation { name, definition, of: None, on_system, on_type, on_instance }
}

/// An operation of a terminology, which can always be called on a type.
const fn of_codes(
    name: &'static str,
    definition: &'static str,
    of: &'static [&'static str],
    on_instance: bool,
) -> Operation {
    Operation { of: Some(of), on_type: true, on_instance, ..operation(name, definition) }
}

const TABLE: &[Operation] = &[
    Operation { on_type: true, ..operation("validate", "Resource-validate") },
    Operation { of: Some(&["Patient"]), ..operation("everything", "Patient-everything") },
    Operation { of: Some(&["Encounter"]), ..operation("everything", "Encounter-everything") },
    operation("meta", "Resource-meta"),
    operation("meta-add", "Resource-meta-add"),
    operation("meta-delete", "Resource-meta-delete"),
    Operation { on_system: true, on_instance: false, ..operation("export", "system-export") },
    Operation {
        of: Some(&["Patient"]),
        on_type: true,
        on_instance: false,
        ..operation("export", "patient-export")
    },
    Operation { of: Some(&["Group"]), ..operation("export", "group-export") },
    of_codes("lookup", "CodeSystem-lookup", &["CodeSystem"], false),
    of_codes("subsumes", "CodeSystem-subsumes", &["CodeSystem"], true),
    of_codes("validate-code", "CodeSystem-validate-code", &["CodeSystem"], true),
    of_codes("validate-code", "ValueSet-validate-code", &["ValueSet"], true),
    of_codes("expand", "ValueSet-expand", &["ValueSet"], true),
    of_codes("translate", "ConceptMap-translate", &["ConceptMap"], true),
];

/// What an operation was called with.
pub(crate) struct Called {
    /// None for everything.
    pub(crate) of: Option<&'static str>,
    pub(crate) id: Option<String>,
    pub(crate) pairs: Pairs,
    pub(crate) body: Option<Resource>,
}

impl Called {
    fn of_type(&self) -> &'static str {
        self.of.unwrap_or_default()
    }

    /// The type and the id, for an operation on an instance.
    fn key(&self) -> Key {
        Key::new(self.of_type(), self.id.as_deref().unwrap_or_default())
    }

    /// Every parameter that is a text, from the query and from a Parameters resource.
    pub(crate) fn all(&self) -> Pairs {
        let sent = self.body.as_ref().filter(|body| body.resource_type() == "Parameters");
        let sent = sent.and_then(|body| body.value().get("parameter")?.as_array());
        let sent = sent.into_iter().flatten().filter_map(|each| {
            let name = each.get("name")?.as_str()?;
            Some((name.to_owned(), text_of(each)?))
        });
        self.pairs.iter().cloned().chain(sent).collect()
    }

    /// The text of a parameter, from the query or from a Parameters resource.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let asked = super::ask::value(&self.pairs, name).map(str::to_owned);
        asked.or_else(|| text_of(self.parameter(name)?))
    }

    fn parameter(&self, name: &str) -> Option<&Value> {
        let body = self.body.as_ref().filter(|body| body.resource_type() == "Parameters")?;
        let all = body.value().get("parameter")?.as_array()?;
        all.iter().find(|each| each.get("name").and_then(Value::as_str) == Some(name))
    }
}

/// The value of a parameter that is a text.
fn text_of(parameter: &Value) -> Option<String> {
    let value = parameter.as_object()?.iter().find(|(name, _)| name.starts_with("value"))?.1;
    value.as_str().map(str::to_owned)
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
    let is_it = |it: &&Operation| {
        let (here, fits) = match (of, &id) {
            (None, _) => (it.on_system, true),
            (Some(of), id) => {
                let here = if id.is_some() { it.on_instance } else { it.on_type };
                (here, it.of.is_none_or(|types| types.contains(&of)))
            }
        };
        it.name == name && here && fits
    };
    let Some(found) = TABLE.iter().find(is_it) else {
        let is_elsewhere = TABLE.iter().any(|it| it.name == name);
        return Err(if is_elsewhere {
            Fault::OperationElsewhere(name.to_owned()).into()
        } else {
            unknown()
        });
    };
    let body = match sent {
        Sent::Resource(resource) => Some(resource),
        Sent::Nothing | Sent::Patch(_) => None,
    };
    let called = Called { of, id, pairs, body };
    match found.name {
        "validate" => validate::answer(call, called).await,
        "everything" => everything::answer(call, called).await,
        "meta" => meta::show(call, called).await,
        "meta-add" => meta::change(call, called, meta::Change::Add).await,
        "meta-delete" => meta::change(call, called, meta::Change::Remove).await,
        "export" => {
            let path = match (called.of, &called.id) {
                (Some(of), Some(id)) => format!("/{of}/{id}/$export"),
                (Some(of), None) => format!("/{of}/$export"),
                (None, _) => "/$export".to_owned(),
            };
            export::begin(call, called, &path).await
        }
        "lookup" | "subsumes" | "validate-code" | "expand" | "translate" => {
            terminology::answer(call, called, name).await
        }
        _ => Err(unknown()),
    }
}

/// The operations of a type, or of the system, as the CapabilityStatement lists them.
pub(crate) fn listed(of: Option<&str>) -> Vec<Value> {
    let own = TABLE.iter().filter(|it| match of {
        Some(of) => (it.on_type || it.on_instance) && it.of.is_none_or(|types| types.contains(&of)),
        None => it.on_system,
    });
    let listed = own.map(|it| {
        let base = match it.name {
            "export" => "http://hl7.org/fhir/uv/bulkdata/OperationDefinition",
            _ => "http://hl7.org/fhir/OperationDefinition",
        };
        let definition = format!("{base}/{}", it.definition);
        json!({"name": it.name, "definition": definition})
    });
    listed.collect()
}
