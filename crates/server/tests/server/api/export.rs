use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Reply, Software};

/// Asks until the export is done.
async fn done(software: &Software, begun: &Reply) -> Reply {
    let url = begun.header("content-location");
    let path = url.strip_prefix("http://clinic.example/fhir").unwrap().to_owned();
    for _ in 0..200 {
        let reply = software.get(&path).await;
        if reply.status != StatusCode::ACCEPTED {
            return reply;
        }
        assert!(reply.header("x-progress").ends_with("resources written"));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the export does not end");
}

/// The ids in the file of a type, in order: that of the file is the store's own.
async fn ids(software: &Software, manifest: &Value, of: &str) -> Vec<String> {
    let output = manifest["output"].as_array().unwrap();
    let Some(file) = output.iter().find(|file| file["type"] == of) else { return Vec::new() };
    let path = file["url"].as_str().unwrap().strip_prefix("http://clinic.example/fhir").unwrap();
    let text = software.text(path).await;
    let read = |line: &str| -> Value { serde_json::from_str(line).unwrap() };
    let id = |line: &str| read(line)["id"].as_str().unwrap().to_owned();
    text.lines().map(id).collect::<BTreeSet<_>>().into_iter().collect()
}

async fn with_people() -> Software {
    let software = Software::new().with("prefer", "respond-async, handling=strict");
    for id in ["a", "b"] {
        software.patient(id, "Ali").await;
        let subject = json!({"reference": format!("Patient/{id}")});
        let condition = json!({"resourceType": "Condition", "id": id, "subject": subject});
        software.put(&format!("/Condition/{id}"), condition).await.has(StatusCode::CREATED);
    }
    let place = json!({"resourceType": "Location", "id": "l", "name": "Camp"});
    software.put("/Location/l", place).await.has(StatusCode::CREATED);
    let group = json!({"resourceType": "Group", "id": "g", "type": "person", "actual": true,
        "member": [{"entity": {"reference": "Patient/b"}}]});
    software.put("/Group/g", group).await.has(StatusCode::CREATED);
    software
}

#[tokio::test]
async fn everything_of_many_is_exported_as_files() {
    let software = with_people().await;
    let begun = software.get("/$export?_type=Patient,Location").await.has(StatusCode::ACCEPTED);
    let manifest = done(&software, &begun).await.has(StatusCode::OK);
    assert_eq!(manifest.json["requiresAccessToken"], true);
    assert!(manifest.header("expires").ends_with("GMT"));
    assert_eq!(ids(&software, &manifest.json, "Patient").await, ["a", "b"]);
    assert_eq!(ids(&software, &manifest.json, "Location").await, ["l"]);

    let begun = software.get("/Patient/$export").await.has(StatusCode::ACCEPTED);
    let manifest = done(&software, &begun).await.json;
    assert_eq!(ids(&software, &manifest, "Condition").await, ["a", "b"]);
    assert!(ids(&software, &manifest, "Location").await.is_empty());

    let begun = software.get("/Group/g/$export").await.has(StatusCode::ACCEPTED);
    let manifest = done(&software, &begun).await.json;
    assert_eq!(ids(&software, &manifest, "Patient").await, ["b"]);
    assert_eq!(ids(&software, &manifest, "Condition").await, ["b"]);

    let begun = software.get("/$export?_since=2999-01-01T00:00:00Z").await;
    assert_eq!(done(&software, &begun).await.json["output"], json!([]));
}

#[tokio::test]
async fn an_export_can_be_ended() {
    let software = with_people().await;
    let begun = software.get("/$export?_type=Patient").await.has(StatusCode::ACCEPTED);
    done(&software, &begun).await.has(StatusCode::OK);
    let url = begun.header("content-location");
    let path = url.strip_prefix("http://clinic.example/fhir").unwrap();
    software.delete(path).await.has(StatusCode::ACCEPTED);
    software.get(path).await.refused(StatusCode::NOT_FOUND, "MZ-0652");
    software.delete(path).await.refused(StatusCode::NOT_FOUND, "MZ-0652");
}

#[tokio::test]
async fn an_export_that_cannot_be_made_is_refused_at_once() {
    let software = with_people().await;
    for (path, status, code) in [
        ("/$export?_outputFormat=csv", StatusCode::BAD_REQUEST, "MZ-0651"),
        ("/$export?_since=soon", StatusCode::BAD_REQUEST, "MZ-0651"),
        ("/$export?_type=Pateint", StatusCode::BAD_REQUEST, "MZ-0631"),
        ("/$export?_typeFilter=Patient%3Fx", StatusCode::BAD_REQUEST, "MZ-0659"),
        ("/Group/none/$export", StatusCode::NOT_FOUND, "MZ-0635"),
        ("/Patient/a/$export", StatusCode::BAD_REQUEST, "MZ-0695"),
    ] {
        software.get(path).await.refused(status, code);
    }
    let refused = Software::new().get("/$export").await;
    refused.refused(StatusCode::BAD_REQUEST, "MZ-0651");
}
