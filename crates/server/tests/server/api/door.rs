use axum::body::Body;
use axum::http::{Request, StatusCode};
use manzil_server::api::routes::{Door, TABLE};
use manzil_server::settings::Settings;
use tower::ServiceExt;

use super::Software;
use crate::browser::{Clinic, demo_settings};

/// A path that the row answers.
fn example(path: &str) -> String {
    let path = path.replace("[type]", "Patient").replace("[id]", "1").replace("[vid]", "1");
    path.replace("[operation]", "export").replace("[job]", "1")
}

async fn without_token(clinic: &Clinic, method: &str, path: &str) -> StatusCode {
    let request = Request::builder().method(method).uri(format!("/fhir{path}"));
    let request = request.header("content-type", "application/fhir+json");
    let request = request.body(Body::from("{}")).unwrap();
    manzil_server::router(clinic.app.clone()).oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn nobody_gets_in_without_a_token() {
    let clinic = Clinic::with_accounts().await;
    for row in TABLE {
        let status = without_token(&clinic, row.method, &example(row.path)).await;
        match row.door {
            Door::Open => assert_eq!(status, StatusCode::OK, "{row:?}"),
            Door::Token => assert_eq!(status, StatusCode::UNAUTHORIZED, "{row:?}"),
        }
    }
}

#[tokio::test]
async fn open_counts_in_a_demonstration_only() {
    let clinic = Clinic::new(Settings { open_fhir: true, ..Settings::default() });
    assert_eq!(without_token(&clinic, "GET", "/Patient").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_statement_says_what_is_done() {
    let software = Software::new();
    let said = software.get("/metadata").await.has(StatusCode::OK);
    assert_eq!(said.json["fhirVersion"], "4.0.1");
    let resources = said.json["rest"][0]["resource"].as_array().unwrap();
    let patient = resources.iter().find(|it| it["type"] == "Patient").unwrap();
    let names: Vec<_> = patient["searchParam"].as_array().unwrap().iter().collect();
    assert!(names.iter().any(|it| it["name"] == "birthdate" && it["type"] == "date"));
    assert!(patient["operation"].as_array().unwrap().iter().any(|it| it["name"] == "everything"));
    let judged = software.post("/CapabilityStatement/$validate", said.json).await;
    assert_eq!(judged.json["issue"][0]["severity"], "information", "{}", judged.json);
    let unknown = software.get("/metadata?mode=guess").await;
    unknown.refused(StatusCode::BAD_REQUEST, "MZ-0651");
}

#[tokio::test]
async fn a_page_of_another_site_may_ask() {
    let software = Software::new().with("origin", "https://app.example");
    let asked = software.send("OPTIONS", "/Patient/1", "", Vec::new()).await;
    assert_eq!(asked.status, StatusCode::NO_CONTENT);
    assert!(asked.header("access-control-allow-methods").contains("PATCH"));
    assert!(asked.header("allow").contains("PUT"));
    let read = software.get("/Patient").await;
    assert_eq!(read.header("access-control-allow-origin"), "*");
    assert_eq!(read.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn a_banner_says_that_the_interface_is_open() {
    for (open_fhir, shown) in [(true, true), (false, false)] {
        let clinic = Clinic::new(Settings { open_fhir, ..demo_settings() });
        clinic.app.make_demo_accounts().await.unwrap();
        let page = clinic.browser().get("/sign-in").await;
        page.shows("Demonstration: fictional people.");
        assert_eq!(page.text.contains("without a password (--open-fhir)"), shown);
    }
}
