//! The paths of the search table find what the official FHIRPath expressions find.
//!
//! The examples are external vectors beside the repository; without them the test says so and
//! passes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use manzil_fhir::fhirpath::{Context, Expression, FhirPathError, Item};
use manzil_fhir::reference::Reference;
use manzil_fhir::search::{self, ParameterKind};
use manzil_fhir::{Resource, table};
use serde_json::Value;

const EXPRESSIONS: &str = include_str!("data/r4-search-expressions.tsv");
const FOLDERS: [&str; 4] = ["fhirpath/input", "validator-outcomes/inputs", "ips/examples", "gdhcn"];

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors")
}

/// Every resource of the examples, those in Bundles and contained ones included.
fn examples() -> Vec<Resource> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        let Ok(files) = fs::read_dir(vectors().join(folder)) else { continue };
        let mut files: Vec<PathBuf> = files.flatten().map(|file| file.path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "json")) {
            let text = fs::read_to_string(file).unwrap_or_default();
            if let Ok(value) = serde_json::from_str(&text) {
                collect(&value, &mut found);
            }
        }
    }
    found
}

fn collect(value: &Value, found: &mut Vec<Resource>) {
    if value.get("resourceType").is_some()
        && let Ok(resource) = Resource::from_value(value.clone())
    {
        found.push(resource);
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => members.values().for_each(|member| collect(member, found)),
        _ => {}
    }
}

type Expressions = BTreeMap<(&'static str, &'static str), Expression>;

/// By type and parameter.
fn expressions() -> Result<Expressions, FhirPathError> {
    let mut all = BTreeMap::new();
    for line in EXPRESSIONS.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&'static str> = line.split('\t').collect();
        let &[code, types, text] = columns.as_slice() else { continue };
        for of in types.split(' ') {
            all.insert((of, code), Expression::compile(&every_item(text))?);
        }
    }
    Ok(all)
}

/// With `ofType` for `as`, which FHIRPath allows for one item only; the expressions of R4 mean
/// each, and those of R5 say so.
fn every_item(expression: &str) -> String {
    let alternatives = expression.split('|').map(|alternative| {
        let cast = alternative.trim().strip_prefix('(').and_then(|rest| rest.split_once(')'));
        match cast.and_then(|(cast, rest)| Some((cast.split_once(" as ")?, rest))) {
            Some(((path, kind), rest)) => format!("{path}.ofType({kind}){rest}"),
            None => alternative.replace(".as(", ".ofType("),
        }
    });
    alternatives.collect::<Vec<_>>().join(" | ")
}

/// Contained resources are not searched for, and what is no reference leads nowhere.
fn leads_elsewhere(element: &Value) -> bool {
    let text = element.get("reference").and_then(Value::as_str);
    text.is_none_or(|text| {
        Reference::parse(text).is_some_and(|found| !matches!(found, Reference::Contained(_)))
    })
}

/// What the expression finds, as sorted texts.
fn by_expression(
    expression: &Expression,
    resource: &Resource,
) -> Result<Vec<String>, FhirPathError> {
    let context = Context::new().reference_types();
    let found = expression.evaluate(&context, resource.value())?;
    Ok(texts(found.iter().filter_map(Item::json)))
}

fn texts<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<String> {
    let mut texts: Vec<String> =
        values.filter(|value| leads_elsewhere(value)).map(Value::to_string).collect();
    texts.sort();
    texts.dedup();
    texts
}

#[test]
fn paths_find_what_the_expressions_find() {
    let examples = examples();
    if examples.is_empty() {
        println!("skipped: no examples in {}", vectors().display());
        return;
    }
    let expressions = expressions().unwrap();
    let (mut compared, mut values, mut wrong) = (BTreeSet::new(), 0, Vec::new());
    for resource in &examples {
        let of = resource.resource_type();
        for parameter in search::parameters(of).iter().filter(|p| p.kind != ParameterKind::Truth) {
            let Some(expression) = expressions.get(&(of, parameter.name)) else {
                assert_eq!(parameter.kind, ParameterKind::Special, "{of} {}", parameter.name);
                continue;
            };
            let walked = texts(parameter.elements(resource).into_iter());
            match by_expression(expression, resource) {
                Ok(found) if found == walked => {
                    values += found.len();
                    if !found.is_empty() {
                        compared.insert((of, parameter.name));
                    }
                }
                other => {
                    wrong.push(format!("{of} {}: {walked:?}, not {other:?}", parameter.name));
                }
            }
        }
    }
    println!("{} parameters of {} resources, {values} values", compared.len(), examples.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared.len() > 250, "{}", compared.len());
}

#[test]
fn every_expression_is_in_the_table() {
    for (of, code) in expressions().unwrap().keys() {
        if table::is_resource_type(of) {
            assert!(search::parameter(of, code).is_some(), "{of} {code}");
        }
    }
}
