//! The element table and the table of invariants.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::Value;

use crate::{items, text};

/// What the structure definitions give.
pub(crate) struct Elements {
    pub(crate) text: String,
    pub(crate) invariants: String,
    /// Value sets of required bindings, by URL without version.
    pub(crate) bindings: BTreeSet<String>,
}

/// Writes every base type of R4 with the elements it adds to its own base.
pub(crate) fn table(definitions: &[&Value]) -> Elements {
    let mut out =
        Elements { text: HEADER.into(), invariants: INVARIANTS.into(), bindings: BTreeSet::new() };
    let known: BTreeSet<&str> =
        definitions.iter().filter(|d| is_base_type(d)).map(|d| text(d, "type")).collect();
    for definition in definitions.iter().filter(|d| is_base_type(d)) {
        write_type(definition, &known, &mut out);
    }
    out
}

const HEADER: &str = "\
# > type <tab> base type <tab> kind (primitive, complex, resource), a + after the kind of an abstract type
# element path below the type <tab> cardinality <tab> types, targets of references in brackets, or #path where the \
content is defined <tab> flags (S summary, M modifier) <tab> required value set
";

const INVARIANTS: &str =
    "# path <tab> key <tab> severity <tab> FHIRPath expression <tab> what it says\n";

fn is_base_type(definition: &Value) -> bool {
    text(definition, "resourceType") == "StructureDefinition"
        && text(definition, "fhirVersion") == "4.0.1"
        && text(definition, "kind") != "logical"
        && text(definition, "derivation") != "constraint"
}

fn write_type(definition: &Value, known: &BTreeSet<&str>, out: &mut Elements) {
    let name = text(definition, "type");
    let kind = text(definition, "kind").trim_end_matches("-type");
    let open = if definition.get("abstract") == Some(&Value::Bool(true)) { "+" } else { "" };
    let base = last(text(definition, "baseDefinition"));
    let _ = writeln!(out.text, ">{name}\t{base}\t{kind}{open}");
    let Some(snapshot) = definition.get("snapshot") else { return };
    for element in items(snapshot, "element") {
        write_invariants(name, element, out);
        let path = text(element, "path");
        let own = element.get("base").map_or(path, |base| text(base, "path")) == path;
        if let Some(below) = path.strip_prefix(&format!("{name}.")).filter(|_| own)
            && !(kind == "primitive" && below == "value")
        {
            write_element(name, below, element, known, out);
        }
    }
}

fn write_element(
    of: &str,
    below: &str,
    element: &Value,
    known: &BTreeSet<&str>,
    out: &mut Elements,
) {
    let min = element.get("min").and_then(Value::as_u64).unwrap_or_default();
    let max = text(element, "max");
    let types = match text(element, "contentReference") {
        "" => types(of, below, element, known),
        reference => reference.to_owned(),
    };
    let mut flags = String::new();
    for (member, flag) in [("isSummary", 'S'), ("isModifier", 'M')] {
        if element.get(member) == Some(&Value::Bool(true)) {
            flags.push(flag);
        }
    }
    let row = format!("{below}\t{min}..{max}\t{types}\t{flags}\t{}", binding(element, out));
    let _ = writeln!(out.text, "{}", row.trim_end());
}

/// `Quantity|Reference(Patient,Group)|string`. Targets that R4 does not know (the package adds
/// two of its own) are left out.
fn types(of: &str, below: &str, element: &Value, known: &BTreeSet<&str>) -> String {
    let names = items(element, "type").map(|kind| {
        let fhir_type = items(kind, "extension")
            .find(|e| text(e, "url").ends_with("structuredefinition-fhir-type"))
            .map(|e| text(e, "valueUrl"));
        // The definition says string for the id of a resource; the text of the standard says id.
        let name = match (of, below) {
            ("Resource", "id") => "id",
            _ => fhir_type.unwrap_or_else(|| text(kind, "code")),
        };
        let targets = items(kind, "targetProfile").filter_map(Value::as_str).map(last);
        let targets: Vec<&str> = targets.filter(|target| known.contains(target)).collect();
        if targets.is_empty() || name != "Reference" || targets == ["Resource"] {
            name.to_owned()
        } else {
            format!("{name}({})", targets.join(","))
        }
    });
    names.collect::<Vec<_>>().join("|")
}

/// The last part of the value set's URL when codes outside it are forbidden.
fn binding<'a>(element: &'a Value, out: &mut Elements) -> &'a str {
    let Some(binding) = element.get("binding").filter(|b| text(b, "strength") == "required") else {
        return "";
    };
    let url = text(binding, "valueSet").split('|').next().unwrap_or_default();
    out.bindings.insert(url.to_owned());
    last(url)
}

/// Invariants are written once, where they arise: not those of the element's own type.
fn write_invariants(of: &str, element: &Value, out: &mut Elements) {
    let path = text(element, "path");
    for rule in items(element, "constraint") {
        let source = last(text(rule, "source"));
        if (source.is_empty() || source == of) && !text(rule, "expression").is_empty() {
            let _ = writeln!(
                out.invariants,
                "{path}\t{}\t{}\t{}\t{}",
                text(rule, "key"),
                text(rule, "severity"),
                one_line(&expression(rule)),
                one_line(text(rule, "human")),
            );
        }
    }
}

/// The expression, with one erratum of 4.0.1 put right: que-12 speaks of more than one
/// enableWhen, but counts more than two.
fn expression(rule: &Value) -> String {
    let expression = text(rule, "expression");
    match text(rule, "key") {
        "que-12" => expression.replace("count() > 2", "count() > 1"),
        _ => expression.to_owned(),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn last(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default()
}
