use axum::http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;

use super::Software;

#[tokio::test]
async fn a_resource_lives_from_create_to_history() {
    let software = Software::new();
    let sent = json!({"resourceType": "Patient", "id": "mine", "x": null, "birthDate": "1990-05"});
    software.post("/Patient", sent).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "MZ-0130");

    let sent = json!({"resourceType": "Patient", "id": "mine", "birthDate": "1990-05"});
    let created = software.post("/Patient", sent).await.has(StatusCode::CREATED);
    let id = created.json["id"].as_str().unwrap().to_owned();
    assert_ne!(id, "mine", "the server names what it creates");
    assert_eq!(created.header("etag"), "W/\"1\"");
    let location = format!("http://clinic.example/fhir/Patient/{id}/_history/1");
    assert_eq!(created.header("location"), location);
    assert!(created.header("last-modified").ends_with(" GMT"));
    assert_eq!(created.header("content-type"), "application/fhir+json; charset=utf-8");

    let mut changed = created.json.clone();
    changed["gender"] = json!("female");
    let path = format!("/Patient/{id}");
    let updated = software.put(&path, changed).await.has(StatusCode::OK);
    assert_eq!(updated.json["meta"]["versionId"], "2");
    assert_eq!(updated.json["birthDate"], "1990-05");

    let old = software.get(&format!("{path}/_history/1")).await.has(StatusCode::OK);
    assert_eq!(old.json["gender"], json!(null));
    software.delete(&path).await.has(StatusCode::OK);
    software.get(&path).await.refused(StatusCode::GONE, "MZ-0636");
    software.get(&format!("{path}/_history/3")).await.refused(StatusCode::GONE, "MZ-0636");
    software.delete(&path).await.has(StatusCode::OK);

    let history = software.get(&format!("{path}/_history")).await.has(StatusCode::OK);
    assert_eq!(history.json["total"], 3);
    let methods: Vec<_> = (0..3).map(|n| &history.json["entry"][n]["request"]["method"]).collect();
    assert_eq!(methods, ["DELETE", "PUT", "POST"]);

    changed = updated.json;
    let again = software.put(&path, changed).await.has(StatusCode::CREATED);
    assert_eq!(again.json["meta"]["versionId"], "4");
}

#[tokio::test]
async fn a_history_at_a_time_has_what_was_current_then() {
    let software = Software::new();
    software.patient("1", "Ali").await;
    software.clinic.wait(SignedDuration::from_hours(24));
    software
        .put("/Patient/1", json!({"resourceType": "Patient", "id": "1"}))
        .await
        .has(StatusCode::OK);
    for (at, expected) in [
        ("2026-05-02", &[][..]),
        ("2026-05-03T07:59:59Z", &[]),
        ("2026-05-03", &["1"]),
        ("2026-05-04T07:59:59Z", &["1"]),
        ("2026-05-04", &["2", "1"]),
        ("2026-05", &["2", "1"]),
        ("2026-05-05", &["2"]),
        ("2027", &["2"]),
    ] {
        let path = format!("/Patient/1/_history?_at={at}");
        let history = software.get(&path).await.has(StatusCode::OK).json;
        assert_eq!(history["total"], expected.len(), "{at}");
        let entries = history["entry"].as_array().cloned().unwrap_or_default();
        let versions: Vec<_> =
            entries.iter().map(|it| it["resource"]["meta"]["versionId"].clone()).collect();
        assert_eq!(versions, expected, "{at}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_from_what_was_deleted() {
    let software = Software::new();
    software.get("/Patient/none").await.refused(StatusCode::NOT_FOUND, "MZ-0635");
    software.get("/Patient/none/_history").await.refused(StatusCode::NOT_FOUND, "MZ-0635");
    software.get("/Patient/none/_history/1").await.refused(StatusCode::NOT_FOUND, "MZ-0635");
    let text = software.get("/Pateint/1").await.refused(StatusCode::NOT_FOUND, "MZ-0631");
    assert!(text.contains("write Patient"), "{text}");
}

#[tokio::test]
async fn the_answer_to_a_write_is_what_was_preferred() {
    let software = Software::new();
    let sent = || json!({"resourceType": "Patient"});
    let minimal = software.with("prefer", "return=minimal").post("/Patient", sent()).await;
    assert_eq!((minimal.status, &minimal.json), (StatusCode::CREATED, &json!(null)));
    let outcome = software.with("prefer", "return=OperationOutcome").post("/Patient", sent()).await;
    assert_eq!(outcome.json["resourceType"], "OperationOutcome");
    assert_eq!(outcome.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_part_can_be_changed() {
    let software = Software::new();
    software.patient("1", "Ali").await;
    let patch = br#"[{"op":"add","path":"/active","value":true}]"#.to_vec();
    let patched = software.send("PATCH", "/Patient/1", "application/json-patch+json", patch).await;
    assert_eq!(patched.has(StatusCode::OK).json["active"], true);
    let patch = json!({"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [
        {"name": "type", "valueCode": "delete"},
        {"name": "path", "valueString": "Patient.active"},
    ]}]});
    let patched = software.json("PATCH", "/Patient/1", patch).await.has(StatusCode::OK);
    assert_eq!(patched.json["active"], json!(null));
    assert_eq!(patched.json["meta"]["versionId"], "3");

    let bad = br#"[{"op":"add","path":"/gender","value":"blue"}]"#.to_vec();
    let refused = software.send("PATCH", "/Patient/1", "application/json-patch+json", bad).await;
    refused.refused(StatusCode::BAD_REQUEST, "MZ-0135");
    let xml = software.send("PATCH", "/Patient/1", "application/xml-patch+xml", b"<x/>".to_vec());
    xml.await.refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "MZ-0169");
}

#[tokio::test]
async fn a_part_of_a_resource_says_that_it_is_one() {
    let software = Software::new();
    software.patient("1", "Ali").await;
    let part = software.get("/Patient/1?_elements=gender").await.has(StatusCode::OK);
    assert_eq!(part.json["name"], json!(null));
    assert_eq!(part.json["meta"]["tag"][0]["code"], "SUBSETTED");
    let found = software.get("/Patient?_summary=text").await.has(StatusCode::OK);
    assert_eq!(found.json["entry"][0]["resource"]["meta"]["tag"][0]["code"], "SUBSETTED");
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    let software = Software::new();
    let written = software.patient("1", "Ali").await;
    let known = software.with("if-none-match", "W/\"1\"").get("/Patient/1").await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    assert_eq!(known.json, json!(null));
    software.with("if-none-match", "W/\"9\"").get("/Patient/1").await.has(StatusCode::OK);
    let since = written.header("last-modified").to_owned();
    let known = software.with("if-modified-since", &since).get("/Patient/1").await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    let head = software.send("HEAD", "/Patient/1", "", Vec::new()).await;
    assert_eq!((head.status, head.header("etag")), (StatusCode::OK, "W/\"1\""));
}

#[tokio::test]
async fn tags_are_added_and_removed_as_versions() {
    let software = Software::new();
    software.patient("1", "Ali").await;
    let tag = |code: &str| {
        json!({"resourceType": "Parameters", "parameter": [
        {"name": "meta", "valueMeta": {"tag": [{"system": "http://a.example", "code": code}]}}]})
    };
    let added = software.post("/Patient/1/$meta-add", tag("a")).await.has(StatusCode::OK);
    assert_eq!(added.json["parameter"][0]["valueMeta"]["tag"][0]["code"], "a");
    software.post("/Patient/1/$meta-add", tag("b")).await.has(StatusCode::OK);
    software.post("/Patient/1/$meta-delete", tag("a")).await.has(StatusCode::OK);
    let meta = software.get("/Patient/1/$meta").await.has(StatusCode::OK);
    let tags = &meta.json["parameter"][0]["valueMeta"]["tag"];
    assert_eq!(tags, &json!([{"system": "http://a.example", "code": "b"}]));
}

#[tokio::test]
async fn a_resource_is_judged_without_being_written() {
    let software = Software::new();
    let good = json!({"resourceType": "Patient", "gender": "female"});
    let said = software.post("/Patient/$validate", good).await.has(StatusCode::OK);
    assert_eq!(said.json["issue"][0]["severity"], "information");
    let bad = json!({"resourceType": "Patient", "gender": "blue"});
    let said = software.post("/Patient/$validate", bad.clone()).await.has(StatusCode::OK);
    assert_eq!(said.json["issue"][0]["expression"], json!(["Patient.gender"]));
    let wrapped = json!({"resourceType": "Parameters", "parameter": [
        {"name": "resource", "resource": bad}, {"name": "profile", "valueUri": "http://x.example/p"}]});
    let said = software.post("/Patient/$validate", wrapped).await.has(StatusCode::OK);
    assert_eq!(said.json["issue"][0]["code"], "code-invalid");
    assert_eq!(said.json["issue"][1]["code"], "not-supported");
    assert_eq!(software.get("/Patient?_summary=count").await.json["total"], 0);
}
