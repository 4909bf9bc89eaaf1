use axum::http::StatusCode;
use serde_json::json;

use super::Software;

const JSON: &str = "application/fhir+json";

#[tokio::test]
async fn what_is_no_resource_is_refused_with_its_place() {
    let software = Software::new();
    let deep =
        format!(r#"{{"resourceType":"Patient","x":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let long = format!(r#"{{"resourceType":"Observation","valueInteger":{}}}"#, "9".repeat(400));
    for (body, code) in [
        (r#"{"resourceType":"Patient""#, "MZ-0101"),
        ("[]", "MZ-0102"),
        (r#"{"id":"1"}"#, "MZ-0102"),
        (r#"{"resourceType":"Pateint"}"#, "MZ-0103"),
        (r#"{"resourceType":"Patient","active":true,"active":false}"#, "MZ-0105"),
        (deep.as_str(), "MZ-0106"),
        (long.as_str(), "MZ-0107"),
    ] {
        let reply = software.send("POST", "/Patient", JSON, body.as_bytes().to_vec()).await;
        reply.refused(StatusCode::BAD_REQUEST, code);
        assert!(reply.json["issue"][0]["location"][0].as_str().unwrap().starts_with("line "));
    }
    let reply = software.send("POST", "/Patient", JSON, vec![b'"', 0xff]).await;
    reply.refused(StatusCode::BAD_REQUEST, "MZ-0109");
    software
        .send("POST", "/Patient", JSON, vec![])
        .await
        .refused(StatusCode::BAD_REQUEST, "MZ-0655");
}

#[tokio::test]
async fn what_is_against_r4_is_refused_with_every_issue() {
    let software = Software::new();
    let sent = json!({"resourceType": "Patient", "active": "yes", "gender": "blue", "name": {}});
    let reply = software.post("/Patient", sent).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    let issues = reply.json["issue"].as_array().unwrap();
    let at: Vec<&str> = issues.iter().map(|it| it["expression"][0].as_str().unwrap()).collect();
    assert_eq!(at, ["Patient.active", "Patient.gender", "Patient.name"]);
}

#[tokio::test]
async fn address_and_resource_must_agree() {
    let software = Software::new();
    let patient = json!({"resourceType": "Patient", "id": "1"});
    for (path, status) in [
        ("/Patient/2", StatusCode::BAD_REQUEST),
        ("/Observation/1", StatusCode::BAD_REQUEST),
        ("/Patient/a_b", StatusCode::BAD_REQUEST),
        ("/patient/1", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(software.put(path, patient.clone()).await.status, status, "{path}");
    }
    let without_id = software.put("/Patient/1", json!({"resourceType": "Patient"})).await;
    without_id.refused(StatusCode::BAD_REQUEST, "MZ-0639");
}

#[tokio::test]
async fn other_forms_are_refused_by_name() {
    let software = Software::new();
    for kind in ["application/fhir+xml", "text/plain", "", "application/fhir+json; fhirVersion=5.0"]
    {
        let reply = software.send("POST", "/Patient", kind, b"{}".to_vec()).await;
        reply.refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "MZ-0633");
    }
    let reply = software.with("accept", "application/fhir+xml").get("/Patient/1").await;
    reply.refused(StatusCode::NOT_ACCEPTABLE, "MZ-0632");
    let reply = software.get("/Patient/1?_format=xml").await;
    reply.refused(StatusCode::NOT_ACCEPTABLE, "MZ-0632");
    let reply = software.send("DELETE", "/metadata", "", Vec::new()).await;
    reply.refused(StatusCode::METHOD_NOT_ALLOWED, "MZ-0634");
    assert_eq!(reply.header("allow"), "GET, HEAD, OPTIONS");
    software.get("/a/b/c/d/e").await.refused(StatusCode::NOT_FOUND, "MZ-0630");
    software.get("/Patient/$fly").await.refused(StatusCode::NOT_FOUND, "MZ-0646");
    let audit = json!({"resourceType": "AuditEvent"});
    let reply = software.post("/AuditEvent", audit).await;
    reply.refused(StatusCode::METHOD_NOT_ALLOWED, "MZ-0645");
}

#[tokio::test]
async fn too_much_is_refused() {
    let software = Software::new();
    let large = vec![b' '; manzil_server::limits::FHIR_RESOURCE_BYTES_MAX + 1];
    let reply = software.send("POST", "/Patient", JSON, large).await;
    reply.refused(StatusCode::PAYLOAD_TOO_LARGE, "MZ-0647");
}

#[tokio::test]
async fn a_reference_to_nothing_is_kept() {
    let software = Software::new();
    let sent = json!({"resourceType": "Condition", "subject": {"reference": "Patient/unknown"}});
    let made = software.post("/Condition", sent).await.has(StatusCode::CREATED);
    assert_eq!(made.json["subject"]["reference"], "Patient/unknown");
}
