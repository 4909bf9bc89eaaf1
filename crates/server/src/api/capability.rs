//! The CapabilityStatement: what this server does, made from the tables by which it does it.

use std::sync::OnceLock;

use manzil_fhir::search::{Parameter, ParameterKind, compartment, parameters};
use manzil_fhir::table;
use serde_json::{Value, json};

use super::answer::Answer;
use super::ask::{self, Pairs};
use super::fault::Fault;
use super::operation;
use super::outcome::Refusal;
use crate::App;
use crate::smart::configuration;

const DEFINITIONS: &str = "http://hl7.org/fhir";
const COMPARTMENTS: [&str; 5] = ["Patient", "Encounter", "RelatedPerson", "Practitioner", "Device"];

/// `GET /fhir/metadata`.
pub(crate) fn answer(app: &App, base: &str, pairs: &Pairs) -> Result<Answer, Refusal> {
    match ask::value(pairs, "mode") {
        None | Some("" | "full" | "normative") => {}
        Some(_) => {
            let text = "there is no such mode of the CapabilityStatement; write full or normative";
            return Err(Fault::Argument(text.to_owned()).into());
        }
    }
    Ok(Answer::json(statement(app, base).to_string()))
}

fn statement(app: &App, base: &str) -> Value {
    let mut implementation =
        json!({"description": "Manzil, a health system for people on the move"});
    if let Some(members) = implementation.as_object_mut() {
        members.insert("url".into(), base.into());
    }
    json!({
        "resourceType": "CapabilityStatement",
        "id": "manzil",
        "url": format!("{base}/metadata"),
        "version": env!("CARGO_PKG_VERSION"),
        "name": "Manzil",
        "title": "Manzil",
        "status": "active",
        "date": app.today().to_string(),
        "publisher": "Manzil",
        "kind": "instance",
        "software": {"name": "Manzil", "version": env!("CARGO_PKG_VERSION")},
        "implementation": implementation,
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "patchFormat": ["application/json-patch+json", "application/fhir+json"],
        "rest": [{
            "mode": "server",
            "documentation": "Records are JSON. The type of everything that R4 knows can be \
                written; what is written is held against the structure of R4 first.",
            "security": configuration::security(app, base),
            "resource": resources(),
            "interaction": codes(&["transaction", "batch", "search-system", "history-system"]),
            "searchParam": of_everything(),
            "operation": operation::listed(None),
            "compartment": COMPARTMENTS
                .map(|name| format!("{DEFINITIONS}/CompartmentDefinition/{}", name.to_lowercase())),
        }],
    })
}

/// What holds of every type is made once.
fn resources() -> &'static Value {
    static RESOURCES: OnceLock<Value> = OnceLock::new();
    RESOURCES.get_or_init(|| {
        let names = table::types().map(|it| it.name).filter(|name| table::is_resource_type(name));
        names.map(resource).collect()
    })
}

fn resource(name: &'static str) -> Value {
    let is_audit = name == "AuditEvent";
    let read: &[&str] = &["read", "vread", "history-instance", "history-type", "search-type"];
    let write: &[&str] = &["create", "update", "patch", "delete"];
    let interactions =
        if is_audit { codes(&["read", "search-type"]) } else { codes(&[read, write].concat()) };
    pruned(json!({
        "type": name,
        "profile": format!("{DEFINITIONS}/StructureDefinition/{name}"),
        "interaction": interactions,
        "versioning": if is_audit { "no-version" } else { "versioned-update" },
        "readHistory": !is_audit,
        "updateCreate": !is_audit,
        "conditionalCreate": !is_audit,
        "conditionalRead": "full-support",
        "conditionalUpdate": !is_audit,
        "conditionalDelete": if is_audit { "not-supported" } else { "single" },
        "referencePolicy": ["literal", "logical", "local"],
        "searchInclude": includes(name),
        "searchRevInclude": reverse_includes(name),
        "searchParam": search_parameters(name, name),
        "operation": operation::listed(Some(name)),
    }))
}

/// Without lists that say nothing.
fn pruned(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, member| member.as_array().is_none_or(|items| !items.is_empty()));
    }
    value
}

fn codes(codes: &[&str]) -> Value {
    codes.iter().map(|code| json!({"code": code})).collect()
}

fn includes(name: &str) -> Vec<String> {
    let own = parameters(name).iter().filter(|it| it.kind == ParameterKind::Reference);
    let all = ["*".to_owned()].into_iter();
    all.chain(own.map(|it| format!("{name}:{}", it.name))).collect()
}

/// What points to a type.
fn reverse_includes(name: &str) -> Vec<String> {
    let of_patients = compartment("Patient").filter(|_| name == "Patient");
    let sources = of_patients.into_iter().flatten().map(|(of, _)| of);
    let points = |of: &'static str| {
        let own = parameters(of).iter();
        let own =
            own.filter(|it| it.kind == ParameterKind::Reference && it.targets.contains(&name));
        own.map(move |it| format!("{of}:{}", it.name))
    };
    sources.flat_map(points).collect()
}

/// What can be asked of every search beside what is looked for.
/// Source: <https://hl7.org/fhir/R4/search.html#Summary>, whose names have no definition of their
/// own but for `_filter`.
fn of_everything() -> Vec<Value> {
    const NAMES: &[(&str, &str)] = &[
        ("_sort", "string"),
        ("_count", "number"),
        ("_total", "token"),
        ("_summary", "token"),
        ("_elements", "string"),
        ("_include", "string"),
        ("_revinclude", "string"),
        ("_has", "string"),
        ("_type", "token"),
        ("_filter", "special"),
    ];
    let own = NAMES.iter().map(|(name, kind)| json!({"name": name, "type": kind}));
    own.chain(search_parameters("Resource", "Resource")).collect()
}

fn search_parameters(of: &str, base: &str) -> Vec<Value> {
    if of == "AuditEvent" {
        let known = parameters(of).iter().filter(|it| {
            matches!(it.name, "date" | "patient" | "entity" | "agent" | "agent-name" | "action")
        });
        return known.map(|it| search_parameter(it, base)).collect();
    }
    let own = parameters(of).iter();
    own.filter(|it| it.kind != ParameterKind::Special)
        .map(|it| search_parameter(it, base))
        .collect()
}

fn search_parameter(parameter: &Parameter, base: &str) -> Value {
    let kind = match parameter.kind {
        ParameterKind::Token | ParameterKind::Truth => "token",
        ParameterKind::Text => "string",
        ParameterKind::Reference => "reference",
        ParameterKind::Date => "date",
        ParameterKind::Uri => "uri",
        ParameterKind::Quantity => "quantity",
        ParameterKind::Number => "number",
        ParameterKind::Composite => "composite",
        ParameterKind::Special => "special",
    };
    let name = parameter.name;
    let id = format!("{base}-{}", name.trim_start_matches('_'));
    json!({
        "name": name,
        "definition": format!("{DEFINITIONS}/SearchParameter/{id}"),
        "type": kind,
    })
}
