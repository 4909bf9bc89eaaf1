use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Software;

fn person(number: &str) -> Value {
    let identifier = json!([{"system": "http://clinic.example/number", "value": number}]);
    json!({"resourceType": "Patient", "identifier": identifier})
}

const NUMBER: &str = "identifier=http://clinic.example/number%7C7";

#[tokio::test]
async fn a_create_is_done_once() {
    let software = Software::new();
    let once = software.with("if-none-exist", NUMBER);
    let first = once.post("/Patient", person("7")).await.has(StatusCode::CREATED);
    let second = once.post("/Patient", person("7")).await.has(StatusCode::OK);
    assert_eq!(first.json["id"], second.json["id"]);
    assert_eq!(software.get(&format!("/Patient?{NUMBER}")).await.matches().len(), 1);
    software.post("/Patient", person("7")).await.has(StatusCode::CREATED);
    let third = once.post("/Patient", person("7")).await;
    third.refused(StatusCode::PRECONDITION_FAILED, "MZ-0638");
}

#[tokio::test]
async fn many_at_once_make_one() {
    let software = Software::new();
    let once = software.with("if-none-exist", NUMBER);
    let all = (0..8).map(|_| once.post("/Patient", person("7")));
    let mut set = tokio::task::JoinSet::new();
    for _ in all {
        let once = software.with("if-none-exist", NUMBER);
        set.spawn(async move { once.post("/Patient", person("7")).await.status });
    }
    let statuses = set.join_all().await;
    let created = statuses.iter().filter(|status| **status == StatusCode::CREATED).count();
    assert_eq!(created, 1, "{statuses:?}");
    assert_eq!(software.get(&format!("/Patient?{NUMBER}")).await.matches().len(), 1);
}

#[tokio::test]
async fn an_update_by_a_search_creates_changes_or_refuses() {
    let software = Software::new();
    let path = format!("/Patient?{NUMBER}");
    let made = software.put(&path, person("7")).await.has(StatusCode::CREATED);
    let mut changed = person("7");
    changed["gender"] = json!("female");
    let updated = software.put(&path, changed.clone()).await.has(StatusCode::OK);
    assert_eq!(updated.json["id"], made.json["id"]);
    changed["id"] = json!("other");
    let refused = software.put(&path, changed.clone()).await;
    refused.refused(StatusCode::BAD_REQUEST, "MZ-0639");
    software.post("/Patient", person("7")).await;
    let refused = software.put(&path, person("7")).await;
    refused.refused(StatusCode::PRECONDITION_FAILED, "MZ-0638");
    let refused = software.put("/Patient?colour=red", person("7")).await;
    refused.refused(StatusCode::BAD_REQUEST, "MZ-0170");
    let refused = software.put("/Patient", person("7")).await;
    refused.refused(StatusCode::BAD_REQUEST, "MZ-0651");
}

#[tokio::test]
async fn a_delete_by_a_search_removes_one_at_most() {
    let software = Software::new();
    let path = format!("/Patient?{NUMBER}");
    software.delete(&path).await.has(StatusCode::OK);
    software.post("/Patient", person("7")).await;
    software.delete(&path).await.has(StatusCode::OK);
    assert!(software.get(&path).await.matches().is_empty());
    software.post("/Patient", person("7")).await;
    software.post("/Patient", person("7")).await;
    software.delete(&path).await.refused(StatusCode::PRECONDITION_FAILED, "MZ-0638");
    software.delete("/Patient").await.refused(StatusCode::PRECONDITION_FAILED, "MZ-0640");
}

#[tokio::test]
async fn an_old_version_is_not_written_over() {
    let software = Software::new();
    software.patient("1", "Ali").await;
    let changed =
        |family: &str| json!({"resourceType": "Patient", "id": "1", "name": [{"family": family}]});
    let first = software.with("if-match", "W/\"1\"");
    first.put("/Patient/1", changed("Noor")).await.has(StatusCode::OK);
    let refused = first.put("/Patient/1", changed("Late")).await;
    refused.refused(StatusCode::PRECONDITION_FAILED, "MZ-0637");
    first.delete("/Patient/1").await.refused(StatusCode::PRECONDITION_FAILED, "MZ-0637");
    let never = software.with("if-none-match", "*");
    let refused = never.put("/Patient/1", changed("Again")).await;
    refused.refused(StatusCode::PRECONDITION_FAILED, "MZ-0650");
    assert_eq!(software.get("/Patient/1").await.json["name"][0]["family"], "Noor");
}
