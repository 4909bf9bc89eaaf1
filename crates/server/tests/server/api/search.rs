use axum::http::StatusCode;
use serde_json::json;

use super::Software;

async fn with_people() -> Software {
    let software = Software::new();
    for (id, family) in [("a", "Ali"), ("b", "Bashir"), ("c", "Chol")] {
        software.patient(id, family).await;
        let weight = json!({"resourceType": "Observation", "id": format!("w-{id}"),
            "status": "final", "code": {"text": "weight"},
            "subject": {"reference": format!("Patient/{id}")}});
        software.put(&format!("/Observation/w-{id}"), weight).await.has(StatusCode::CREATED);
    }
    software
}

#[tokio::test]
async fn pages_lead_on_and_back() {
    let software = with_people().await;
    let first = software.get("/Patient?_count=2&_sort=family").await.has(StatusCode::OK);
    assert_eq!(first.matches(), ["a", "b"]);
    assert_eq!(first.json["entry"][0]["fullUrl"], "http://clinic.example/fhir/Patient/a");
    let second = software.get(&first.link("next").unwrap()).await.has(StatusCode::OK);
    assert_eq!(second.matches(), ["c"]);
    assert_eq!(second.link("next"), None);
    assert_eq!(software.get(&second.link("first").unwrap()).await.matches(), ["a", "b"]);
}

#[tokio::test]
async fn a_page_link_holds_after_a_delete() {
    let software = with_people().await;
    let first = software.get("/Patient?_count=1&_sort=family").await;
    software.delete("/Patient/b").await.has(StatusCode::OK);
    let second = software.get(&first.link("next").unwrap()).await.has(StatusCode::OK);
    assert_eq!(second.matches(), ["b"], "the pages show the moment of the first");
    let nonsense = software.get("/Patient?_count=1&_page=nonsense").await;
    nonsense.refused(StatusCode::BAD_REQUEST, "MZ-0311");
}

#[tokio::test]
async fn a_search_may_be_posted() {
    let software = with_people().await;
    let kind = "application/x-www-form-urlencoded";
    let body = b"family=bashir".to_vec();
    let found = software.send("POST", "/Patient/_search?_total=accurate", kind, body).await;
    assert_eq!(found.json["total"], 1);
    assert_eq!(found.matches(), ["b"]);
    assert_eq!(found.link("self").unwrap(), "/Patient?_total=accurate&family=bashir");
    let wrong = software.json("POST", "/Patient/_search", json!({})).await;
    wrong.refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "MZ-0633");
}

#[tokio::test]
async fn what_belongs_together_is_found_together() {
    let software = with_people().await;
    let found = software.get("/Observation?subject=Patient/a&_include=Observation:subject").await;
    assert_eq!((found.matches(), found.modes("include")), (vec!["w-a"], vec!["a"]));
    let found = software.get("/Observation?subject:Patient.family=chol").await;
    assert_eq!(found.matches(), ["w-c"]);
    assert_eq!(software.get("/Patient/b/Observation").await.matches(), ["w-b"]);
    let mut all = software.get("/Patient/b/*").await.matches().join(" ");
    assert!(all.contains("w-b") && !all.contains("w-a"), "{all}");
    all = software.get("/Patient/b/$everything").await.matches().join(" ");
    assert!(all.contains("w-b") && all.contains('b'), "{all}");
    assert_eq!(software.get("/?_type=Patient,Observation").await.matches().len(), 6);
    let none = software.get("/Patient/b/Location").await;
    none.refused(StatusCode::NOT_FOUND, "MZ-0630");
}

#[tokio::test]
async fn a_parameter_that_is_not_known_is_said_or_refused() {
    let software = with_people().await;
    let lenient = software.get("/Patient?colour=red&family=ali").await.has(StatusCode::OK);
    assert_eq!(lenient.matches(), ["a"]);
    assert_eq!(lenient.link("self").unwrap(), "/Patient?family=ali");
    let entry = lenient.json["entry"].as_array().unwrap().last().unwrap();
    assert_eq!(entry["search"]["mode"], "outcome");
    assert_eq!(entry["resource"]["issue"][0]["expression"], json!(["colour"]));
    let strict = software.with("prefer", "handling=strict");
    let refused = strict.get("/Patient?colour=red&family=ali").await;
    refused.refused(StatusCode::BAD_REQUEST, "MZ-0170");
}

#[tokio::test]
async fn searches_that_mean_nothing_are_refused() {
    let software = with_people().await;
    for (path, code) in [
        ("/Patient?birthdate:contains=1990", "MZ-0171"),
        ("/Patient?birthdate=1990-13", "MZ-0172"),
        ("/Patient?_include=Patient:colour", "MZ-0176"),
        ("/Patient?_summary=half", "MZ-0172"),
        ("/Patient?_count=many", "MZ-0172"),
        ("/Patient?family=%ff", "MZ-0651"),
    ] {
        software.get(path).await.refused(StatusCode::BAD_REQUEST, code);
    }
    let circle = "organization.".repeat(9);
    let path = format!("/Patient?{}name=x", circle.replace("organization.", "link."));
    assert!(software.get(&path).await.status.is_client_error());
    let counted = software.get("/Patient?_summary=count").await;
    assert_eq!((&counted.json["total"], &counted.json["entry"]), (&json!(3), &json!(null)));
}
