use axum::http::StatusCode;
use manzil_journey::access::Role;
use manzil_journey::assessment::Status;

use crate::case::{Case, HEALTHY};

#[tokio::test]
async fn the_assessment_says_who_what_and_why() {
    let case = Case::adult().await;
    let page = case.clinic.signed_in(Role::Nurse).await.get(&case.path()).await;
    assert_eq!(page.status, StatusCode::OK);
    for words in [
        "Yusuf Sample",
        "30 years",
        "S-0001",
        "United States",
        "refugee",
        "exam 1 May 2026",
        "us-tb@2018#",
        "Medical history for tuberculosis",
        "DS-3030 Tuberculosis Worksheet",
        "Next: your station",
    ] {
        page.shows(words);
    }
    assert!(page.text.len() < 60_000, "{} bytes", page.text.len());
}

#[tokio::test]
async fn each_role_is_offered_its_own_steps() {
    let case = Case::adult().await;
    let history = format!("href=\"{}\"", case.step("history"));
    let offered = async |role| {
        let page = case.clinic.signed_in(role).await.get(&case.path()).await;
        assert_eq!(page.status, StatusCode::OK);
        page.text.contains(&history)
    };
    assert!(offered(Role::Nurse).await);
    assert!(offered(Role::Physician).await);
    assert!(!offered(Role::Radiology).await);
    assert!(!offered(Role::Clerk).await);
}

#[tokio::test]
async fn a_result_that_grows_after_the_signature_can_be_added() {
    let case = Case::adult().await;
    case.certified().await;
    let link = format!(r#"quiet" href="{}">Add a result"#, case.step("sputum_cultures"));
    case.clinic.signed_in(Role::Laboratory).await.get(&case.path()).await.shows(&link);
    let page = case.clinic.signed_in(Role::Radiology).await.get(&case.path()).await;
    assert!(!page.text.contains(&link), "radiology enters no cultures");
}

#[tokio::test]
async fn a_step_that_waits_says_for_what() {
    let case = Case::adult().await;
    let page = case.clinic.signed_in(Role::Physician).await.get(&case.path()).await;
    page.shows("First: Medical history for tuberculosis");
    page.shows("Not yet known whether required");
    page.shows("Depends on: Symptoms of tuberculosis");
}

#[tokio::test]
async fn what_is_entered_moves_the_assessment_on() {
    let case = Case::adult().await;
    assert_eq!(case.status().await, Status::Planned);
    case.enter(Role::Nurse, "history", HEALTHY).await;
    assert_eq!(case.status().await, Status::Active);
    let page = case.clinic.signed_in(Role::Radiology).await.get(&case.path()).await;
    page.shows("Found so far");
    page.shows("Symptoms of tuberculosis");
    page.shows("Nurse Sample");
    page.shows("Next: your station");
    case.examine_after_history().await;
    let page = case.clinic.signed_in(Role::Physician).await.get(&case.path()).await;
    page.shows("Everything is there: look at the decision and sign it");
    let page = case.clinic.signed_in(Role::Nurse).await.get(&case.path()).await;
    page.shows("Everything is there: a physician decides and signs");
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let case = Case::adult().await;
    let mut nurse = case.clinic.signed_in(Role::Nurse).await;
    let (person, assessment) = (&case.person, &case.assessment);
    for path in [
        format!("/people/{person}/assessments/none"),
        format!("/people/none/assessments/{assessment}"),
        "/people/%F0%9F%90%AB/assessments/x".to_owned(),
        case.step("no_such_step"),
        format!("{}/steps/uk-tb/history", case.path()),
        format!("{}/findings/none", case.path()),
        format!("{}/decisions/none", case.path()),
        "/certificates/none".to_owned(),
        "/rules/us-tb/1066".to_owned(),
    ] {
        assert_eq!(nurse.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_page_speaks_arabic_from_right_to_left() {
    let case = Case::adult().await;
    let mut nurse = case.clinic.signed_in(Role::Nurse).await;
    nurse.headers.insert("accept-language", "ar".parse().unwrap());
    let page = nurse.get(&case.path()).await;
    page.shows("dir=\"rtl\"");
    page.shows("السيرة المرضية للسل");
    page.shows("الولايات المتحدة");
}
