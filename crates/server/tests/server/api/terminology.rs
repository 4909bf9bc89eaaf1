//! The terminology operations, over what R4 publishes and what is stored.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Reply, Software};

const WAYS: &str = "http://clinic.example/ways";

/// A server with a fictional code system, a value set of a part of it, and a map.
async fn with_ways() -> Software {
    let software = Software::new();
    for resource in [
        json!({"resourceType": "CodeSystem", "id": "ways", "url": WAYS, "status": "active",
            "content": "complete", "concept": [
                {"code": "water", "display": "By water", "concept": [
                    {"code": "sea", "display": "By sea"}, {"code": "river", "display": "By river"}]},
                {"code": "foot", "display": "On foot"}]}),
        json!({"resourceType": "ValueSet", "id": "wet", "url": "http://clinic.example/wet",
            "status": "active", "compose": {"include": [{"system": WAYS, "filter": [
                {"property": "concept", "op": "is-a", "value": "water"}]}]}}),
        json!({"resourceType": "ConceptMap", "id": "map", "url": "http://clinic.example/map",
            "status": "active", "group": [{"source": WAYS, "target": "http://else.example/ways",
                "element": [{"code": "sea", "target": [
                    {"code": "S", "equivalence": "equivalent"}]}]}]}),
    ] {
        let path = format!(
            "/{}/{}",
            resource["resourceType"].as_str().unwrap(),
            resource["id"].as_str().unwrap()
        );
        software.put(&path, resource).await.has(StatusCode::CREATED);
    }
    software
}

fn value<'a>(reply: &'a Reply, name: &str) -> &'a Value {
    let all = reply.json["parameter"].as_array().unwrap();
    let found = all.iter().find(|it| it["name"] == name).unwrap().as_object().unwrap();
    found.iter().find(|(name, _)| name.starts_with("value")).unwrap().1
}

#[tokio::test]
async fn stored_codes_answer_every_operation() {
    let software = with_ways().await;
    let found = software.get(&format!("/CodeSystem/$lookup?system={WAYS}&code=sea")).await;
    assert_eq!(value(&found.has(StatusCode::OK), "display"), "By sea");
    let found =
        software.get(&format!("/ValueSet/wet/$validate-code?system={WAYS}&code=river")).await;
    assert_eq!(value(&found.has(StatusCode::OK), "result"), true);
    let found = software.get("/ValueSet/$expand?url=http://clinic.example/wet").await;
    assert_eq!(found.has(StatusCode::OK).json["expansion"]["total"], 3);
    let found = software.get(&format!("/ConceptMap/$translate?system={WAYS}&code=sea")).await;
    assert_eq!(value(&found.has(StatusCode::OK), "result"), true);
    let path = format!("/CodeSystem/$subsumes?system={WAYS}&codeA=water&codeB=sea");
    assert_eq!(value(&software.get(&path).await.has(StatusCode::OK), "outcome"), "subsumes");
}

#[tokio::test]
async fn what_r4_publishes_is_there_at_once() {
    let software = Software::new();
    let body = json!({"resourceType": "Parameters", "parameter": [
        {"name": "url", "valueUri": "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1"},
        {"name": "code", "valueCode": "male"}]});
    let found = software.post("/ValueSet/$validate-code", body).await.has(StatusCode::OK);
    assert_eq!(value(&found, "result"), true);
    let found =
        software.get("/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/marital-status").await;
    let contains = found.json["expansion"]["contains"].as_array().unwrap();
    assert!(contains.iter().any(|it| it["code"] == "M"), "{}", found.json);
}

#[tokio::test]
async fn what_is_not_known_is_refused_with_its_name() {
    let software = with_ways().await;
    for (path, status, code) in [
        ("/CodeSystem/$lookup", StatusCode::BAD_REQUEST, "MZ-0180"),
        ("/ValueSet/$expand", StatusCode::BAD_REQUEST, "MZ-0180"),
        ("/ValueSet/wet/$expand?sideways=1", StatusCode::BAD_REQUEST, "MZ-0181"),
        ("/ValueSet/$expand?url=http://clinic.example/dry", StatusCode::NOT_FOUND, "MZ-0182"),
        (
            "/CodeSystem/$lookup?system=http://clinic.example/ways&code=air",
            StatusCode::NOT_FOUND,
            "MZ-0183",
        ),
        (
            "/CodeSystem/$validate-code?system=http://loinc.org&code=8867-4",
            StatusCode::NOT_FOUND,
            "MZ-0182",
        ),
        ("/ValueSet/none/$expand", StatusCode::NOT_FOUND, "MZ-0635"),
        ("/Patient/$expand", StatusCode::BAD_REQUEST, "MZ-0695"),
    ] {
        software.get(path).await.refused(status, code);
    }
}

#[tokio::test]
async fn a_search_knows_value_sets_and_what_is_below() {
    let software = with_ways().await;
    for (id, code) in [("a", "sea"), ("b", "foot"), ("c", "water")] {
        let observation = json!({"resourceType": "Observation", "id": id, "status": "final",
            "code": {"coding": [{"system": WAYS, "code": code}]}});
        software.put(&format!("/Observation/{id}"), observation).await.has(StatusCode::CREATED);
    }
    for (query, expected) in [
        ("code:in=http://clinic.example/wet".to_owned(), vec!["a", "c"]),
        ("code:in=ValueSet/wet".to_owned(), vec!["a", "c"]),
        ("code:not-in=http://clinic.example/wet".to_owned(), vec!["b"]),
        (format!("code:below={WAYS}%7Cwater"), vec!["a", "c"]),
        (format!("code:above={WAYS}%7Csea"), vec!["a", "c"]),
    ] {
        let found = software.get(&format!("/Observation?{query}&_sort=_id")).await;
        assert_eq!(found.matches(), expected, "{query}: {}", found.json);
    }
    let strict = software.with("prefer", "handling=strict");
    let path = "/Observation?code:in=http://clinic.example/dry";
    strict.get(path).await.refused(StatusCode::BAD_REQUEST, "MZ-0179");
}
