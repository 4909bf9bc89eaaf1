use axum::http::StatusCode;
use jiff::SignedDuration;
use manzil_journey::access::Role;
use manzil_server::auth::{Account, accounts};

use crate::browser::{Browser, password};
use crate::case::Case;

/// The visa authority's account, which an administrator cannot make.
async fn authority(case: &Case) -> Browser {
    let app = &case.clinic.app;
    let nurse = accounts::find(&*app.store, "nurse").await.unwrap().unwrap();
    let account = Account { name: "abcde".into(), role: Role::Authority, ..nurse };
    accounts::put(&*app.store, &account).await.unwrap();
    let mut browser = case.clinic.browser();
    browser.sign_in("abcde", &password("abcde")).await;
    browser
}

fn check_code(text: &str) -> String {
    let (_, rest) = text.split_once("<bdi dir=\"ltr\">").unwrap();
    let code = text.split("class=\"check\"").nth(1).unwrap_or(rest);
    let (_, code) = code.split_once("<bdi dir=\"ltr\">").unwrap();
    code.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_certificate_says_whether_it_counts_and_what_it_does_not_say() {
    let case = Case::adult().await;
    let path = case.certified().await;
    let mut clerk = case.clinic.signed_in(Role::Clerk).await;
    let page = clerk.get(&path).await;
    for words in [
        "Valid until",
        "Yusuf Sample",
        "3 February 1996",
        "S-0001",
        "Physician Sample, registration REG-1",
        "None of these",
        "Check code",
        "no record of care",
    ] {
        page.shows(words);
    }
    assert!(!page.text.contains("HIV"), "HIV is not disclosed");
    case.clinic.wait(SignedDuration::from_hours(24 * 400));
    let mut clerk = case.clinic.signed_in(Role::Clerk).await;
    clerk.get(&path).await.shows("Expired on");
}

#[tokio::test]
async fn a_certificate_is_in_the_readers_language_and_in_english() {
    let case = Case::adult().await;
    let path = case.certified().await;
    let mut clerk = case.clinic.signed_in(Role::Clerk).await;
    clerk.headers.insert("accept-language", "ar".parse().unwrap());
    let page = clerk.get(&path).await;
    page.shows("dir=\"rtl\"");
    page.shows("سارية حتى");
    page.shows("Valid until");
}

#[tokio::test]
async fn the_authority_reads_certificates_and_nothing_else() {
    let case = Case::adult().await;
    let path = case.certified().await;
    let mut authority = authority(&case).await;
    let page = authority.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    page.shows("Yusuf Sample");
    assert!(!page.text.contains("/people/"), "no way to the record");
    authority.get("/certificates").await.shows(&path);
    for path in [case.path(), case.decision(), case.step("history")] {
        assert_eq!(authority.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn certificates_are_found_by_check_code_and_by_number() {
    let case = Case::adult().await;
    let path = case.certified().await;
    let mut authority = authority(&case).await;
    let code = check_code(&authority.get(&path).await.text);
    for wanted in [code.clone(), code.to_lowercase().replace('-', " "), "S-0001".to_owned()] {
        let wanted = manzil_server::cookie::encode(&wanted);
        authority.get(&format!("/certificates?q={wanted}")).await.shows(&path);
    }
    for wanted in ["S-0002", "00000-00000", "Yusuf", "%3Cscript%3E"] {
        let page = authority.get(&format!("/certificates?q={wanted}")).await;
        assert_eq!(page.status, StatusCode::OK);
        page.shows("No certificate for");
    }
    case.clinic.wait(SignedDuration::from_hours(24 * 800));
    authority = self::authority(&case).await;
    authority.get("/certificates").await.shows(&path);
    let page = authority.get("/certificates?before=0").await;
    page.shows("No certificate has been issued yet");
}

#[tokio::test]
async fn certificates_are_listed_for_physicians_and_the_authority() {
    let case = Case::adult().await;
    for role in [Role::Clerk, Role::Nurse, Role::Administrator, Role::Surveillance] {
        let page = case.clinic.signed_in(role).await.get("/certificates").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let page = case.clinic.signed_in(Role::Physician).await.get("/certificates").await;
    page.shows("No certificate has been issued yet");
}
