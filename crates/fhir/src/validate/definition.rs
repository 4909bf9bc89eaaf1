//! Resources that define: code systems, search parameters, and expressions in them.
//!
//! Source of the rules: the R4 pages of CodeSystem, SearchParameter and Expression
//! (<https://hl7.org/fhir/R4/codesystem.html>, <https://hl7.org/fhir/R4/searchparameter.html>,
//! <https://hl7.org/fhir/R4/metadatatypes.html#Expression>). What would need other definitions
//! than those of R4 itself is not judged.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Code;
use super::walk::{Walk, shown};
use crate::fhirpath::{ErrorKind, Expression};
use crate::search::{ParameterKind, parameters};
use crate::table;

/// What FHIR itself calls properties of concepts, with their types: the code system
/// `http://hl7.org/fhir/concept-properties`.
const CONCEPT_PROPERTIES: [(&str, &str); 5] = [
    ("inactive", "boolean"),
    ("deprecated", "dateTime"),
    ("notSelectable", "boolean"),
    ("parent", "code"),
    ("child", "code"),
];

pub(super) fn check(walk: &mut Walk<'_>, resource: &Map<String, Value>, resource_type: &str) {
    match resource_type {
        "CodeSystem" => code_system(walk, resource),
        "SearchParameter" => search_parameter(walk, resource),
        _ => {}
    }
}

/// An `Expression` in FHIRPath can be read.
pub(super) fn expression(walk: &mut Walk<'_>, members: &Map<String, Value>) {
    if text(members, "language") == Some("text/fhirpath") {
        readable(walk, members);
    }
}

/// The member `expression` is FHIRPath. What this engine does not support is not judged.
fn readable(walk: &mut Walk<'_>, members: &Map<String, Value>) {
    let Some(source) = text(members, "expression") else { return };
    if let Err(error) = Expression::compile(source)
        && *error.kind() == ErrorKind::Syntax
    {
        let reason = format!("{} is not FHIRPath: {}", shown(source), error.reason());
        walk.at(".expression", |walk| walk.error(Code::Format, reason, error.cure()));
    }
}

fn code_system(walk: &mut Walk<'_>, code_system: &Map<String, Value>) {
    if code_system.contains_key("supplements") && text(code_system, "content") != Some("supplement")
    {
        let reason = "a code system that supplements another has other content than supplement";
        walk.error(Code::Rule, reason, "write the content supplement, or leave out supplements");
    }
    let mut types = BTreeMap::new();
    let mut uris = BTreeSet::new();
    for (index, property) in items(code_system, "property").enumerate() {
        walk.at(format_args!(".property[{index}]"), |walk| {
            let (code, uri) = (text(property, "code"), text(property, "uri"));
            let kind = text(property, "type").unwrap_or_default();
            if let Some(code) = code
                && types.insert(code, kind).is_some()
            {
                twice(walk, code);
            }
            if let Some(uri) = uri
                && !uris.insert(uri)
            {
                twice(walk, uri);
            }
            known_property(walk, uri, kind);
        });
    }
    concepts(walk, code_system, &types);
}

fn twice(walk: &mut Walk<'_>, name: &str) {
    let reason = format!("the property {} is defined twice", shown(name));
    walk.error(Code::Rule, reason, "give each property a code and a uri of its own");
}

/// A property that is one of FHIR's own has FHIR's type.
fn known_property(walk: &mut Walk<'_>, uri: Option<&str>, kind: &str) {
    let name = uri.and_then(|uri| uri.strip_prefix("http://hl7.org/fhir/concept-properties#"));
    let known = CONCEPT_PROPERTIES.iter().find(|(known, _)| Some(*known) == name);
    if let Some((name, wanted)) = known.filter(|(_, wanted)| *wanted != kind) {
        let reason = format!("the property {name} of FHIR is a {wanted}, and not a {kind}");
        walk.error(Code::Rule, reason, format!("write the type {wanted}, or another uri"));
    }
}

/// The properties of concepts have the types with which they are defined.
fn concepts(walk: &mut Walk<'_>, parent: &Map<String, Value>, types: &BTreeMap<&str, &str>) {
    for (index, concept) in items(parent, "concept").enumerate() {
        walk.at(format_args!(".concept[{index}]"), |walk| {
            for (index, property) in items(concept, "property").enumerate() {
                let defined = text(property, "code").and_then(|code| types.get(code));
                let given = property.keys().find_map(|name| {
                    table::child("CodeSystem.concept.property", name)
                        .filter(|child| child.element.choice().is_some())
                });
                if let (Some(defined), Some(given)) = (defined, given)
                    && *defined != given.type_name
                {
                    let reason =
                        format!("the value is a {}, but is defined as {defined}", given.type_name);
                    let cure = "make the value and the definition of the property agree";
                    walk.at(format_args!(".property[{index}]"), |walk| {
                        walk.error(Code::Rule, reason, cure);
                    });
                }
            }
            concepts(walk, concept, types);
        });
    }
}

fn search_parameter(walk: &mut Walk<'_>, parameter: &Map<String, Value>) {
    let kind = text(parameter, "type").unwrap_or_default();
    let components = items(parameter, "component").count();
    if kind == "composite" && components < 2 {
        let reason = format!("a composite search parameter has {components} components");
        walk.error(Code::Rule, reason, "name two or more components");
    }
    readable(walk, parameter);
    derived(walk, parameter, kind);
}

/// Details of a parameter derived from one of R4's own are consistent with that one.
fn derived(walk: &mut Walk<'_>, parameter: &Map<String, Value>, kind: &str) {
    // The ids of parameters that several types share begin with another word, such as clinical.
    let origin = text(parameter, "derivedFrom")
        .and_then(|url| url.strip_prefix("http://hl7.org/fhir/SearchParameter/"))
        .and_then(|id| id.split('|').next()?.split_once('-'));
    let Some((of, name)) = origin else { return };
    let Some(original) = parameters(of).iter().find(|original| original.name == name) else {
        return;
    };
    let original_kind = type_name(original.kind);
    if let Some(wanted) = original_kind.filter(|wanted| *wanted != kind) {
        let reason = format!("the type is {kind}, but {of}-{name} of R4 is a {wanted}");
        walk.error(Code::Rule, reason, "keep the type, or leave out derivedFrom");
    }
    let bases = parameter.get("base").and_then(Value::as_array).into_iter().flatten();
    for base in bases.filter_map(Value::as_str).filter(|base| *base != of) {
        let reason = format!("the base {base} is none of {of}-{name} of R4");
        walk.error(Code::Rule, reason, "keep to its base, or leave out derivedFrom");
    }
}

/// How a SearchParameter names the kind.
fn type_name(kind: ParameterKind) -> Option<&'static str> {
    const NAMES: [(ParameterKind, &str); 8] = [
        (ParameterKind::Token, "token"),
        (ParameterKind::Truth, "token"),
        (ParameterKind::Text, "string"),
        (ParameterKind::Reference, "reference"),
        (ParameterKind::Date, "date"),
        (ParameterKind::Uri, "uri"),
        (ParameterKind::Quantity, "quantity"),
        (ParameterKind::Number, "number"),
    ];
    NAMES.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
}

fn text<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
    members.get(name).and_then(Value::as_str)
}

fn items<'v>(
    members: &'v Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'v Map<String, Value>> {
    let items = members.get(name).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_object)
}
