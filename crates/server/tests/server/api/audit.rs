use axum::http::StatusCode;
use serde_json::json;

use super::Software;

#[tokio::test]
async fn who_read_whom_can_be_asked() {
    let software = Software::new();
    software.patient("a", "Ali").await;
    software.patient("b", "Bashir").await;
    software.get("/Patient/a").await.has(StatusCode::OK);
    let found = software.get("/AuditEvent?patient=Patient/a&action=R").await.has(StatusCode::OK);
    let event = &found.json["entry"][0]["resource"];
    assert_eq!(event["entity"][0]["what"]["reference"], "Patient/a");
    assert_eq!(event["subtype"][0]["code"], "read");
    assert_eq!(event["agent"][2]["who"]["display"], "Client/open");
    let judged = software.post("/AuditEvent/$validate", event.clone()).await;
    assert_eq!(judged.json["issue"][0]["severity"], "information", "{}", judged.json);

    let path = format!("/AuditEvent/{}", event["id"].as_str().unwrap());
    assert_eq!(&software.get(&path).await.has(StatusCode::OK).json, event);
    software.get("/AuditEvent/999999").await.refused(StatusCode::NOT_FOUND, "MZ-0635");

    let first = software.get("/AuditEvent?_count=2").await.has(StatusCode::OK);
    assert_eq!(first.matches().len(), 2);
    let next = software.get(&first.link("next").unwrap()).await.has(StatusCode::OK);
    assert_ne!(first.matches(), next.matches());
    assert!(software.get("/AuditEvent?date=lt2001").await.matches().is_empty());
    assert!(!software.get("/AuditEvent?date=gt2001").await.matches().is_empty());
    let strict = software.with("prefer", "handling=strict");
    let refused = strict.get("/AuditEvent?site=x").await;
    refused.refused(StatusCode::BAD_REQUEST, "MZ-0659");
    let put = json!({"resourceType": "AuditEvent", "id": "1"});
    let refused = software.put("/AuditEvent/1", put).await;
    refused.refused(StatusCode::METHOD_NOT_ALLOWED, "MZ-0645");
}
