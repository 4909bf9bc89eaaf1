//! A scope only narrows; the wall holds beneath.

use axum::http::StatusCode;
use manzil_journey::access::{Compartment, Purpose, Role};

use super::{allow, app, ask, browser, clinic, note, path, person, request, tokens};

const ALL: [Purpose; 2] = [Purpose::Assessment, Purpose::Care];

#[tokio::test]
async fn care_stays_behind_the_wall_whatever_the_scope_says() {
    let clinic = clinic(&app("user/*.cruds", &ALL)).await;
    person(&clinic, "p1").await;
    note(&clinic, "secret", Compartment::Care, "p1").await;
    note(&clinic, "result", Compartment::Assessment, "p1").await;
    for (purpose, secret) in [("assessment", StatusCode::FORBIDDEN), ("care", StatusCode::OK)] {
        let reply = tokens(&clinic, Role::Nurse, "user/*.cruds", purpose, "").await;
        let (status, text) = ask(&clinic, &reply, "/Observation/secret").await;
        assert_eq!(status, secret, "{purpose}: {text}");
        let (status, _) = ask(&clinic, &reply, "/Observation/result").await;
        assert_eq!(status, StatusCode::OK, "{purpose}");
        let (_, found) = ask(&clinic, &reply, "/Observation").await;
        assert_eq!(found.contains("\"secret\""), purpose == "care", "{found}");
    }
}

#[tokio::test]
async fn a_token_does_what_its_scope_says_and_no_more() {
    let clinic = clinic(&app("user/Patient.rs user/Observation.r", &ALL)).await;
    person(&clinic, "p1").await;
    note(&clinic, "result", Compartment::Assessment, "p1").await;
    let wide = "user/*.cruds openid fhirUser";
    let reply = tokens(&clinic, Role::Nurse, wide, "assessment", "").await;
    assert_eq!(reply["scope"], "user/Observation.r user/Patient.rs");
    assert!(reply.get("refresh_token").is_none());
    assert_eq!(ask(&clinic, &reply, "/Patient").await.0, StatusCode::OK);
    assert_eq!(ask(&clinic, &reply, "/Observation/result").await.0, StatusCode::OK);
    let (status, text) = ask(&clinic, &reply, "/Observation").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(text.contains("MZ-0664") && text.contains("user/Observation.s"), "{text}");
}

#[tokio::test]
async fn software_about_one_person_reaches_nobody_else() {
    let scope = "launch/patient patient/Patient.rs patient/Observation.rs";
    let clinic = clinic(&app(scope, &ALL)).await;
    for id in ["p1", "p2"] {
        person(&clinic, id).await;
    }
    note(&clinic, "o1", Compartment::Assessment, "p1").await;
    note(&clinic, "o2", Compartment::Assessment, "p2").await;
    let mut nurse = browser(&clinic, Role::Nurse).await;
    let page = nurse.get(&format!("{}&find=amina", path(&request(scope)))).await;
    page.shows("Amina p1");
    page.shows("Amina p2");
    for nobody in ["", "p3"] {
        allow(&mut nurse, scope, "assessment", nobody).await.shows("Find the person");
    }
    let reply = tokens(&clinic, Role::Nurse, scope, "assessment", "p1").await;
    assert_eq!(reply["patient"], "p1");
    assert_eq!(ask(&clinic, &reply, "/Patient/p1").await.0, StatusCode::OK);
    assert_ne!(ask(&clinic, &reply, "/Patient/p2").await.0, StatusCode::OK);
    assert_ne!(ask(&clinic, &reply, "/Observation/o2").await.0, StatusCode::OK);
    let (status, found) = ask(&clinic, &reply, "/Observation").await;
    assert_eq!(status, StatusCode::OK, "{found}");
    assert!(found.contains("\"o1\"") && !found.contains("\"o2\""), "{found}");
}

#[tokio::test]
async fn a_role_without_the_purpose_cannot_lend_it() {
    let clinic = clinic(&app("user/*.rs", &[Purpose::Care])).await;
    let mut clerk = browser(&clinic, Role::Clerk).await;
    let answer = clerk.get(&path(&request("user/*.rs"))).await;
    assert!(answer.location().contains("error=access_denied"), "{}", answer.location());
}

#[tokio::test]
async fn a_token_of_another_clinic_counts_nothing() {
    let scope = "launch/patient patient/Patient.rs";
    let client = app(scope, &ALL);
    let (here, there) = (clinic(&client).await, clinic(&client).await);
    for each in [&here, &there] {
        person(each, "p1").await;
    }
    let reply = tokens(&here, Role::Nurse, scope, "assessment", "p1").await;
    assert_eq!(ask(&here, &reply, "/Patient/p1").await.0, StatusCode::OK);
    let (status, text) = ask(&there, &reply, "/Patient/p1").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "{text}");
    assert!(text.contains("OperationOutcome") && !text.contains("Amina"), "{text}");
}
