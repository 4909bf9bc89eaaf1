//! What is tried with bytes that nobody chose: one function for each target.
//!
//! A function takes an input and must return, whatever the input, with its laws kept. cargo-fuzz
//! makes inputs; the test `fuzz_seeds` of `crates/fhir` replays those in `seeds/`. Start with
//! "How to fuzz" in CONTRIBUTING.md.

use manzil_fhir::fhirpath::{Context, Expression};
use manzil_fhir::resource::parse_json;
use manzil_fhir::validate::{ISSUES_MAX, validate};
use manzil_fhir::{Resource, patch, reference, search};
use serde_json::{Value, json};

/// A resource with something of most kinds: lists, choices, siblings, contained resources.
const PATIENT: &str = r##"{"resourceType":"Patient","id":"p1",
    "contained":[{"resourceType":"Organization","id":"o","name":"A"}],
    "extension":[{"url":"http://example.org/e","valueDecimal":1.50}],
    "identifier":[{"system":"http://example.org","value":"1"},{"value":"2"}],
    "name":[{"family":"B","given":["C",null],"_given":[null,{"id":"x"}]},{"text":"D"}],
    "birthDate":"1990-05","_birthDate":{"id":"y"},"deceasedBoolean":false,
    "contact":[{"name":{"text":"E"},"period":{"start":"2012"}}],
    "managingOrganization":{"reference":"#o"}}"##;

/// Reading a resource, writing it, and all that is asked of one.
pub fn resource(input: &[u8]) {
    let Ok(resource) = Resource::parse_bytes(input) else { return };
    let text = resource.to_json();
    let again = Resource::parse(&text).map(Resource::into_value);
    assert_eq!(again.as_ref(), Ok(resource.value()), "what is written is not what was read");
    let issues = validate(&resource);
    assert!(issues.len() <= ISSUES_MAX);
    for issue in issues {
        assert!(Expression::compile(&issue.path).is_ok(), "{} is not FHIRPath", issue.path);
    }
    let _ = (search::index(&resource), search::text_words(&resource));
    let _ = reference::references(&resource);
}

/// Reading a FHIRPath expression, checking it, and evaluating it on a small record.
pub fn fhirpath(input: &[u8]) {
    let Ok(source) = std::str::from_utf8(input) else { return };
    let Ok(expression) = Expression::compile(source) else { return };
    let _ = (expression.check("Patient"), expression.check_order());
    let patient = patient();
    let now = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
    let context = Context::new().at(&now).steps_max(20_000);
    let first = expression.evaluate(&context, patient.value());
    let second = expression.evaluate(&context, patient.value());
    assert_eq!(format!("{first:?}"), format!("{second:?}"), "two answers to one question");
}

/// A JSON Patch as bytes.
pub fn json_patch(input: &[u8]) {
    let Ok(operations) = parse_json(input) else { return };
    is_the_same_resource(patch::json(&patient(), &operations));
}

/// A FHIRPath Patch. Each line is an operation, its parts between tabs: type, path, name, the
/// JSON name of the value, the value as JSON (a part without JSON name holds it as parts), and
/// two numbers.
pub fn fhirpath_patch(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let operations: Vec<Value> = text.lines().map(operation).collect();
    let parameters = json!({"resourceType": "Parameters", "parameter": operations});
    let Ok(parameters) = Resource::from_value(parameters) else { return };
    is_the_same_resource(patch::fhirpath(&patient(), &parameters));
}

/// Another resource, with dates, codes, quantities and references.
const OBSERVATION: &str = r#"{"resourceType":"Observation","id":"o1","status":"final",
    "code":{"coding":[{"system":"http://loinc.org","code":"8302-2","display":"Height"}]},
    "subject":{"reference":"Patient/p1"},"effectivePeriod":{"start":"2024-02-29"},
    "valueQuantity":{"value":1.750,"system":"http://unitsofmeasure.org","code":"m"},
    "component":[{"code":{"text":"a"},"valueQuantity":{"value":-2e3}}]}"#;

/// The types that searches of the target are about.
const SEARCHED: &[&str] = &["Patient", "Observation", "Encounter", "ValueSet", "Task"];

/// The parameters of a search, as in a URL: the first letter is the type, and the rest
/// `name=value` between ampersands. What is read is tested on two resources.
pub fn search_url(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut letters = text.chars();
    let first = letters.next().map_or(0, |letter| letter as usize);
    let Some(of) = SEARCHED.get(first % SEARCHED.len()) else { return };
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), value.to_owned())
    };
    let pairs: Vec<(String, String)> = letters.as_str().split('&').map(pair).collect();
    let setting =
        search::Setting { base: "http://example.org/fhir", now: 0, codes: &search::NoCodes };
    let read = |handling| search::parse(&[*of], &pairs, handling, &setting);
    let (strict, lenient) = (read(search::Handling::Strict), read(search::Handling::Lenient));
    if let Ok(strict) = &strict {
        assert_eq!(lenient.as_ref(), Ok(strict), "what is right is read otherwise leniently");
    }
    let world = [patient(), observation()];
    for condition in lenient.iter().flat_map(|search| &search.filter) {
        for resource in &world {
            let test = || search::matches(condition, resource, Some("p1"), &world[..]);
            assert_eq!(test(), test(), "two answers to one question");
        }
    }
}

fn operation(line: &str) -> Value {
    let mut columns = line.split('\t');
    let mut next = || columns.next().unwrap_or_default();
    let (kind, path, name, member, value) = (next(), next(), next(), next(), next());
    let numbers = [next(), next()];
    let mut parts = vec![
        json!({"name": "type", "valueCode": kind}),
        json!({"name": "path", "valueString": path}),
    ];
    if !name.is_empty() {
        parts.push(json!({"name": "name", "valueString": name}));
    }
    if let Ok(value) = parse_json(value.as_bytes()) {
        let member = if member.is_empty() { "part" } else { member };
        parts.push(json!({"name": "value", member: value}));
    }
    let names: &[&str] = if kind == "move" { &["source", "destination"] } else { &["index"] };
    for (name, number) in names.iter().zip(numbers) {
        if let Ok(number) = number.parse::<u32>() {
            parts.push(json!({"name": name, "valueInteger": number}));
        }
    }
    json!({"name": "operation", "part": parts})
}

fn is_the_same_resource(patched: Result<Resource, patch::PatchError>) {
    let Ok(patched) = patched else { return };
    assert_eq!((patched.resource_type(), patched.id()), ("Patient", Some("p1")));
    let again = Resource::parse(&patched.to_json()).map(Resource::into_value);
    assert_eq!(again.as_ref(), Ok(patched.value()), "the result cannot be read again");
    let _ = validate(&patched);
}

fn patient() -> Resource {
    known(PATIENT)
}

fn observation() -> Resource {
    known(OBSERVATION)
}

fn known(text: &str) -> Resource {
    match Resource::parse(text) {
        Ok(resource) => resource,
        Err(error) => unreachable!("{error}"),
    }
}
