use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::operation::{Arguments, Operation, call};
use super::{Kind, Nothing, Problem, Source, Terminology, ValueSet, shipped};
use crate::search::Codes;

/// Resources by their URL, all of them fictional.
#[derive(Debug, Default)]
struct Stored(BTreeMap<String, Arc<Value>>);

impl Stored {
    fn with(resources: impl IntoIterator<Item = Value>) -> Self {
        let keyed = resources
            .into_iter()
            .map(|it| (it.get("url").and_then(Value::as_str).unwrap().to_owned(), Arc::new(it)));
        Self(keyed.collect())
    }
}

impl Source for Stored {
    fn find(&self, kind: Kind, url: &str, _: Option<&str>) -> Option<Arc<Value>> {
        let found = self.0.get(url)?;
        (found["resourceType"] == kind.resource_type()).then(|| Arc::clone(found))
    }

    fn maps_from(&self, _: &str) -> Vec<Arc<Value>> {
        self.0.values().filter(|it| it["resourceType"] == "ConceptMap").cloned().collect()
    }
}

fn journeys() -> Stored {
    Stored::with([
        json!({
            "resourceType": "CodeSystem", "url": "urn:x:ways", "content": "complete",
            "concept": [
                {"code": "water", "display": "By water", "concept": [
                    {"code": "sea", "display": "By sea", "property": [{"code": "salt", "valueBoolean": true}]},
                    {"code": "river", "display": "By river"},
                ]},
                {"code": "land", "display": "By land", "concept": [{"code": "foot", "display": "On foot"}]},
            ],
        }),
        json!({
            "resourceType": "ValueSet", "url": "urn:x:wet", "status": "draft",
            "compose": {
                "include": [{"system": "urn:x:ways", "filter": [
                    {"property": "concept", "op": "descendent-of", "value": "water"}]}],
                "exclude": [{"system": "urn:x:ways", "concept": [{"code": "river"}]}],
            },
        }),
        json!({
            "resourceType": "ValueSet", "url": "urn:x:all", "status": "draft",
            "compose": {"include": [
                {"valueSet": ["urn:x:wet"]},
                {"system": "http://loinc.org", "filter": [
                    {"property": "CLASS", "op": "=", "value": "x"}]},
            ]},
        }),
        json!({
            "resourceType": "ValueSet", "url": "urn:x:ring", "status": "draft",
            "compose": {"include": [{"valueSet": ["urn:x:ring"]}]},
        }),
        json!({
            "resourceType": "ConceptMap", "url": "urn:x:map", "status": "draft",
            "group": [{"source": "urn:x:ways", "target": "urn:y:ways", "element": [
                {"code": "sea", "target": [{"code": "S", "equivalence": "wider"}]},
                {"code": "foot", "target": [{"equivalence": "unmatched"}]},
            ]}],
        }),
    ])
}

fn codes(terminology: &Terminology, url: &str) -> Result<Vec<String>, Problem> {
    let set = terminology.value_set(url)?;
    Ok(terminology.members(&set)?.into_iter().map(|it| it.code).collect())
}

fn ask(
    stored: &Stored,
    operation: Operation,
    on: Kind,
    pairs: &[(&str, &str)],
) -> Result<Value, Problem> {
    let pairs: Vec<(String, String)> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    call(&Terminology::new(stored), operation, on, &Arguments::new(&pairs, None))
}

fn value<'a>(parameters: &'a Value, name: &str) -> &'a Value {
    let all = parameters["parameter"].as_array().unwrap();
    let found = all.iter().find(|it| it["name"] == name);
    found.map_or(&Value::Null, |it| {
        it.as_object().unwrap().iter().find(|(name, _)| name.starts_with("value")).unwrap().1
    })
}

#[test]
fn a_value_set_is_its_includes_without_its_excludes() {
    let stored = journeys();
    let terminology = Terminology::new(&stored);
    assert_eq!(codes(&terminology, "urn:x:wet").unwrap(), ["sea"]);
    let wet = terminology.value_set("urn:x:wet").unwrap();
    for (code, expected) in [("sea", true), ("river", false), ("water", false), ("foot", false)] {
        assert_eq!(terminology.contains(&wet, "urn:x:ways", code), Ok(expected), "{code}");
    }
}

#[test]
fn what_is_not_known_is_said_and_never_false() {
    let stored = journeys();
    let terminology = Terminology::new(&stored);
    let all = terminology.value_set("urn:x:all").unwrap();
    assert_eq!(terminology.contains(&all, "urn:x:ways", "sea"), Ok(true));
    assert_eq!(terminology.contains(&all, "urn:x:ways", "foot"), Ok(false));
    let unknown = terminology.contains(&all, "http://loinc.org", "8867-4").unwrap_err();
    assert!(matches!(unknown, Problem::Unknown("code system", _)), "{unknown}");
    assert!(codes(&terminology, "urn:x:all").is_err());
    assert!(matches!(codes(&terminology, "urn:x:ring"), Err(Problem::Undecided(_))));
    assert!(matches!(codes(&terminology, "urn:x:none"), Err(Problem::Unknown(..))));
}

#[test]
fn filters_hold_as_their_operators_say() {
    let stored = journeys();
    let terminology = Terminology::new(&stored);
    for (property, op, value, expected) in [
        ("concept", "is-a", "water", vec!["water", "sea", "river"]),
        ("concept", "is-not-a", "water", vec!["land", "foot"]),
        ("concept", "generalizes", "sea", vec!["water", "sea"]),
        ("concept", "in", "sea, foot", vec!["sea", "foot"]),
        ("code", "regex", "[sr].*", vec!["sea", "river"]),
        ("display", "=", "On foot", vec!["foot"]),
        ("parent", "=", "land", vec!["foot"]),
        ("salt", "=", "true", vec!["sea"]),
        ("salt", "exists", "false", vec!["water", "river", "land", "foot"]),
    ] {
        let set =
            ValueSet::of(&json!({"compose": {"include": [{"system": "urn:x:ways", "filter": [
            {"property": property, "op": op, "value": value}]}]}}));
        let found: Vec<_> =
            terminology.members(&set).unwrap().into_iter().map(|it| it.code).collect();
        assert_eq!(found, expected, "{property} {op} {value}");
    }
    let strange =
        ValueSet::of(&json!({"compose": {"include": [{"system": "urn:x:ways", "filter": [
        {"property": "depth", "op": "=", "value": "5"}]}]}}));
    assert!(matches!(terminology.members(&strange), Err(Problem::Undecided(_))));
}

#[test]
fn a_look_up_tells_what_is_known_of_a_code() {
    let stored = journeys();
    let pairs = [("system", "urn:x:ways"), ("code", "sea")];
    let found = ask(&stored, Operation::Lookup, Kind::CodeSystem, &pairs).unwrap();
    assert_eq!(value(&found, "display"), "By sea");
    let parts =
        json!([{"name": "code", "valueCode": "parent"}, {"name": "value", "valueCode": "water"}]);
    assert!(found["parameter"].as_array().unwrap().iter().any(|it| it["part"] == parts));
    let pairs = [("system", "urn:x:ways"), ("code", "air")];
    let missing = ask(&stored, Operation::Lookup, Kind::CodeSystem, &pairs).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "MZ-0183: the code system urn:x:ways has no code air; check its spelling"
    );
    let none = ask(&stored, Operation::Lookup, Kind::CodeSystem, &[]).unwrap_err();
    assert!(matches!(none, Problem::Missing(_)));
}

#[test]
fn a_code_is_held_against_system_set_and_display() {
    let stored = journeys();
    let in_set = |pairs: &[(&str, &str)]| {
        ask(&stored, Operation::ValidateCode, Kind::ValueSet, pairs).unwrap()
    };
    let wet = ("url", "urn:x:wet");
    let system = ("system", "urn:x:ways");
    assert_eq!(value(&in_set(&[wet, system, ("code", "sea")]), "result"), true);
    assert_eq!(value(&in_set(&[wet, ("code", "sea")]), "result"), true);
    assert_eq!(value(&in_set(&[wet, system, ("code", "river")]), "result"), false);
    let wrong = in_set(&[wet, system, ("code", "sea"), ("display", "By air")]);
    assert_eq!(value(&wrong, "result"), false);
    assert_eq!(value(&wrong, "message"), "the display of sea is \"By sea\"");
    let strange = [wet, system, ("code", "sea"), ("filters", "x")];
    let refused = ask(&stored, Operation::ValidateCode, Kind::ValueSet, &strange).unwrap_err();
    assert!(refused.to_string().contains("no parameter filters"), "{refused}");
}

#[test]
fn codes_are_mapped_both_ways() {
    let stored = journeys();
    let translate = |pairs: &[(&str, &str)]| {
        ask(&stored, Operation::Translate, Kind::ConceptMap, pairs).unwrap()
    };
    let found = translate(&[("system", "urn:x:ways"), ("code", "sea")]);
    assert_eq!(value(&found, "result"), true);
    let parts = &found["parameter"].as_array().unwrap().last().unwrap()["part"];
    assert_eq!(parts[0], json!({"name": "equivalence", "valueCode": "wider"}));
    assert_eq!(parts[1]["valueCoding"], json!({"system": "urn:y:ways", "code": "S"}));
    let back = [("system", "urn:y:ways"), ("code", "S"), ("reverse", "true"), ("url", "urn:x:map")];
    let parts = &translate(&back)["parameter"].as_array().unwrap().last().unwrap()["part"].clone();
    assert_eq!(parts[0]["valueCode"], "narrower");
    assert_eq!(value(&translate(&[("system", "urn:x:ways"), ("code", "foot")]), "result"), false);
}

#[test]
fn subsumption_goes_by_the_hierarchy() {
    let stored = journeys();
    for (first, second, expected) in [
        ("water", "sea", "subsumes"),
        ("sea", "water", "subsumed-by"),
        ("sea", "sea", "equivalent"),
        ("sea", "foot", "not-subsumed"),
    ] {
        let pairs = [("system", "urn:x:ways"), ("codeA", first), ("codeB", second)];
        let found = ask(&stored, Operation::Subsumes, Kind::CodeSystem, &pairs).unwrap();
        assert_eq!(value(&found, "outcome"), expected, "{first} {second}");
    }
}

#[test]
fn an_expansion_is_filtered_and_paged() {
    let stored = journeys();
    let all = [("url", "http://hl7.org/fhir/ValueSet/administrative-gender"), ("count", "2")];
    let found = ask(&stored, Operation::Expand, Kind::ValueSet, &all).unwrap();
    assert_eq!(found["expansion"]["total"], 4);
    let contains = found["expansion"]["contains"].as_array().unwrap();
    assert_eq!(contains.len(), 2);
    assert_eq!(contains[0]["code"], "male");
    let some = [("url", "http://hl7.org/fhir/ValueSet/administrative-gender"), ("filter", "fem")];
    let found = ask(&stored, Operation::Expand, Kind::ValueSet, &some).unwrap();
    assert_eq!(found["expansion"]["contains"][0]["code"], "female");
    assert_eq!(found["expansion"]["total"], 1);
}

/// Every value set that R4 publishes is expanded or refused with a reason, and what it is
/// expanded to it contains.
#[test]
fn every_shipped_value_set_is_consistent() {
    let terminology = Terminology::new(&Nothing);
    let (mut expanded, mut refused) = (0, 0);
    for url in shipped::value_set_urls() {
        let set = terminology.value_set(url).unwrap();
        match terminology.members(&set) {
            Ok(members) => {
                expanded += 1;
                for member in members.iter().take(20) {
                    let contains = terminology.contains(&set, &member.system, &member.code);
                    assert_eq!(contains, Ok(true), "{url} {}", member.code);
                }
            }
            Err(Problem::Unknown(..) | Problem::Undecided(_)) => refused += 1,
            Err(other) => panic!("{url}: {other}"),
        }
    }
    assert!(expanded > 900 && refused > 0, "{expanded} expanded, {refused} refused");
}

#[test]
fn a_search_is_told_members_and_what_is_below() {
    let stored = journeys();
    let terminology = Terminology::new(&stored);
    let sea = (Some("urn:x:ways".to_owned()), "sea".to_owned());
    assert_eq!(Codes::members(&terminology, "urn:x:wet"), Some(vec![sea.clone()]));
    assert_eq!(terminology.descendants("urn:x:ways", "sea"), Some(vec![sea]));
    assert_eq!(terminology.ancestors("urn:x:ways", "sea").unwrap().len(), 2);
    assert_eq!(Codes::members(&terminology, "urn:x:all"), None);
}
