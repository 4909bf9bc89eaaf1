use axum::http::StatusCode;
use manzil_journey::access::Role;
use manzil_journey::assessment::Status;

use crate::case::{Case, HEALTHY, seen};

#[tokio::test]
async fn a_decision_says_what_is_missing_and_where_it_is_found_out() {
    let case = Case::adult().await;
    let mut physician = case.clinic.signed_in(Role::Physician).await;
    let page = physician.get(&case.decision()).await;
    assert_eq!(page.status, StatusCode::OK);
    page.shows("Not decided yet");
    page.shows("Still to find out");
    page.shows(&format!("href=\"{}\"", case.step("history")));
    page.shows("What would change it");
    assert!(!page.text.contains("name=\"seen\""), "nothing can be signed");
    assert!(page.text.len() < 60_000, "{} bytes", page.text.len());
}

#[tokio::test]
async fn a_decision_comes_with_its_trace() {
    let case = Case::adult().await;
    case.examine().await;
    let page = case.clinic.signed_in(Role::Physician).await.get(&case.decision()).await;
    for words in [
        "No TB class",
        "Chest X-ray findings",
        "None of these",
        "us-tb@2018#",
        "What would change it",
        "DS-3030",
        "Physician Sample",
        "REG-1",
        "I have examined Yusuf Sample",
    ] {
        page.shows(words);
    }
    assert!(!page.text.contains("Still to find out"), "nothing that matters is missing");
    let nurse = case.clinic.signed_in(Role::Nurse).await.get(&case.decision()).await;
    assert_eq!(nurse.status, StatusCode::OK);
    assert!(!nurse.text.contains("name=\"seen\""));
}

#[tokio::test]
async fn signing_makes_a_decision_and_a_certificate() {
    let case = Case::adult().await;
    let certificate = case.certified().await;
    assert_eq!(case.status().await, Status::Signed);
    let mut nurse = case.clinic.signed_in(Role::Nurse).await;
    nurse.get(&certificate).await.shows("Yusuf Sample");
    let page = nurse.get(&case.path()).await;
    page.shows("Signed: the person may travel");
    page.shows(&certificate);
    let page = nurse.get(&case.decision()).await;
    page.shows("Signed decisions");
    let (_, rest) = page.text.split_once("/decisions/").unwrap();
    let decision = rest.split('"').next().unwrap();
    let old = nurse.get(&format!("{}/decisions/{decision}", case.path())).await;
    assert_eq!(old.status, StatusCode::OK);
    old.shows("Everything below is as it stood when it was signed.");
    old.shows("Physician Sample, registration REG-1");
}

#[tokio::test]
async fn who_has_not_declared_the_examination_does_not_sign() {
    let case = Case::adult().await;
    case.examine().await;
    let mut physician = case.clinic.signed_in(Role::Physician).await;
    let seen = seen(&physician.get(&case.decision()).await);
    let sign = format!("{}/sign", case.path());
    let page = physician.fill("/me", &sign, &[("seen", &seen)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows("Tick that you have examined");
    assert_eq!(case.status().await, Status::Active);
}

#[tokio::test]
async fn a_decision_that_changed_meanwhile_is_not_signed() {
    let case = Case::adult().await;
    case.examine().await;
    let mut physician = case.clinic.signed_in(Role::Physician).await;
    let seen = seen(&physician.get(&case.decision()).await);
    let film = [("cxr_findings", "calcified_nodule"), ("reason", "Read again")];
    case.enter(Role::Radiology, "chest_xray", &film).await;
    let fields = [("seen", seen.as_str()), ("examined", "yes")];
    let sign = format!("{}/sign", case.path());
    let page = physician.fill("/me", &sign, &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.shows("The record has changed since you opened this page");
    assert_eq!(case.status().await, Status::Active);
}

#[tokio::test]
async fn of_two_who_sign_at_once_one_signs() {
    let case = Case::adult().await;
    case.examine().await;
    let mut one = case.clinic.signed_in(Role::Physician).await;
    let mut other = case.clinic.signed_in(Role::Physician).await;
    let page = one.get(&case.decision()).await;
    let (seen, csrf) = (seen(&page), page.csrf());
    let other_csrf = other.get("/me").await.csrf();
    let sign = format!("{}/sign", case.path());
    let fields = |csrf| [("csrf", csrf), ("seen", seen.clone()), ("examined", "yes".to_owned())];
    let (first, second) = (fields(csrf), fields(other_csrf));
    let first: Vec<(&str, &str)> =
        first.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let second: Vec<(&str, &str)> =
        second.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (first, second) = tokio::join!(one.post(&sign, &first), other.post(&sign, &second));
    let mut statuses = [first.status, second.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
    let page = one.get(&case.decision()).await;
    assert_eq!(page.text.matches("/certificates/").count(), 2, "one certificate, named twice");
}

#[tokio::test]
async fn only_physicians_sign_and_only_what_is_complete() {
    let case = Case::adult().await;
    let sign = format!("{}/sign", case.path());
    let fields = [("seen", "0"), ("examined", "yes")];
    for role in [Role::Clerk, Role::Nurse, Role::Laboratory, Role::Radiology, Role::Administrator] {
        let page = case.clinic.signed_in(role).await.fill("/me", &sign, &fields).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let page = case.clinic.signed_in(Role::Physician).await.fill("/me", &sign, &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows("Not everything is known that decides this");
}

#[tokio::test]
async fn a_result_after_the_signature_puts_it_under_review_until_signed_again() {
    let case = Case::adult().await;
    let old = case.certified().await;
    let mut nurse = case.clinic.signed_in(Role::Nurse).await;
    nurse.get(&case.step("history")).await.shows("This assessment is signed.");
    let changed = [("recent_tb_contact", "yes")];
    let page = case.send(&mut nurse, "history", &changed).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows("href=\"#reason\"");
    assert_eq!(case.status().await, Status::Signed);
    let film = [("cxr_findings", "calcified_nodule"), ("reason", "Read a second time")];
    case.enter(Role::Radiology, "chest_xray", &film).await;
    assert_eq!(case.status().await, Status::UnderReview);
    nurse.get(&old).await.shows("Under review – do not use");
    nurse.get(&case.path()).await.shows("Under review: do not rely on the certificate");
    let mut physician = case.clinic.signed_in(Role::Physician).await;
    let page = case.sign(&mut physician, &[]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows("This amends a signed decision. Write why.");
    let page = case.sign(&mut physician, &[("reason", "Film read again")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let new = page.location().split('?').next().unwrap().to_owned();
    assert_ne!(new, old);
    let page = nurse.get(&old).await;
    page.shows("Replaced – do not use");
    page.shows(&format!("href=\"{new}\""));
    nurse.get(&new).await.shows("Valid");
    let page = nurse.get(&case.decision()).await;
    page.shows("Film read again");
    page.shows("replaced");
}

#[tokio::test]
async fn a_signed_decision_is_not_signed_again_without_a_change() {
    let case = Case::adult().await;
    case.certified().await;
    let mut physician = case.clinic.signed_in(Role::Physician).await;
    let sign = format!("{}/sign", case.path());
    let fields = [("seen", "0"), ("examined", "yes"), ("reason", "again")];
    let page = physician.fill("/me", &sign, &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.shows("This assessment is not open");
}

#[tokio::test]
async fn a_child_with_a_positive_test_and_a_clear_film_is_b2() {
    let case = Case::child().await;
    case.enter(Role::Nurse, "history", HEALTHY).await;
    let examined =
        [("abnormal_exam", "no"), ("extrapulmonary_tb_signs", "no"), ("sputum_tested", "no")];
    case.enter(Role::Physician, "physical_exam", &examined).await;
    case.enter(Role::Nurse, "live_vaccine_check", &[("live_vaccine_recent", "no")]).await;
    let igra = [
        ("igra_test", "qft_plus"),
        ("qft_nil", "0.05"),
        ("qft_tb1", "1.2"),
        ("qft_tb2", "1.4"),
        ("qft_mitogen", "8"),
    ];
    case.enter(Role::Laboratory, "igra", &igra).await;
    case.enter(Role::Radiology, "chest_xray", &[("cxr_findings", "!none")]).await;
    let page = case.clinic.signed_in(Role::Physician).await.get(&case.decision()).await;
    page.shows("Class B2 TB");
    page.shows("1.2 IU/mL");
    page.shows("QuantiFERON");
    let (_, fold) = page.text.split_once("<details class=\"group\"").unwrap();
    let (fold, _) = fold.split_once("</details>").unwrap();
    assert_eq!(fold.starts_with(" open"), fold.contains("class=\"unverified\""));
    let mut physician = case.clinic.signed_in(Role::Physician).await;
    let answer = case.sign(&mut physician, &[]).await;
    let certificate = physician.get(answer.location().split('?').next().unwrap()).await;
    let (stated, findings) = certificate.text.split_once("Findings").unwrap();
    assert!(stated.contains("Positive"), "the result of the test is stated");
    assert!(findings.contains("0.05 IU/mL"));
}
