use axum::http::StatusCode;
use jiff::SignedDuration;
use manzil_journey::access::Role;
use manzil_server::limits::{SESSION_AGE_MAX, SESSION_IDLE_MAX, SIGN_IN_FAILURES_PAIR_MAX};

use crate::browser::{Clinic, demo_settings, password};

#[tokio::test]
async fn lets_an_account_in_and_out() {
    let clinic = Clinic::with_accounts().await;
    let mut browser = clinic.signed_in(Role::Nurse).await;
    browser.get("/").await.shows("Nurse Sample");
    let answer = browser.fill("/", "/sign-out", &[]).await;
    assert_eq!(answer.location(), "/sign-in?notice=notice-signed-out");
    assert_eq!(browser.get("/").await.location(), "/sign-in?back=/");
    let done: Vec<_> = clinic.audited().await.into_iter().map(|(_, what, _)| what).collect();
    assert!(done.contains(&"sign-in".to_owned()) && done.contains(&"sign-out".to_owned()));
}

#[tokio::test]
async fn answers_a_wrong_password_and_an_unknown_account_alike() {
    let clinic = Clinic::with_accounts().await;
    for account in ["nurse", "nobody", "", "x y", "Ünknown"] {
        let answer = clinic.browser().sign_in(account, "not the password").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{account}");
        answer.shows("Account or password is not right");
    }
}

#[tokio::test]
async fn never_writes_down_a_name_that_is_no_account() {
    let clinic = Clinic::with_accounts().await;
    clinic.browser().sign_in("my-secret-password", "x").await;
    let trail = format!("{:?}", clinic.audited().await);
    assert!(trail.contains("sign-in-failed") && !trail.contains("my-secret"), "{trail}");
}

#[tokio::test]
async fn gives_a_new_token_so_that_a_planted_one_is_worth_nothing() {
    let clinic = Clinic::with_accounts().await;
    let mut browser = clinic.browser();
    browser.get("/sign-in").await;
    let before = browser.cookies.clone();
    browser.sign_in("nurse", &password("nurse")).await;
    assert_ne!(before["manzil"], browser.cookies["manzil"]);
}

#[tokio::test]
async fn keeps_only_a_hash_of_the_token_in_the_store() {
    let clinic = Clinic::with_accounts().await;
    let browser = clinic.signed_in(Role::Nurse).await;
    let rows = clinic.app.store.local_list("session").await.unwrap();
    assert_eq!(rows.len(), 1);
    assert!(!format!("{rows:?}").contains(&browser.cookies["manzil"]));
}

#[tokio::test]
async fn ends_an_idle_session_and_says_so() {
    let clinic = Clinic::with_accounts().await;
    let mut browser = clinic.signed_in(Role::Nurse).await;
    clinic.wait(SESSION_IDLE_MAX);
    let answer = browser.get("/me").await;
    assert_eq!(answer.location(), "/sign-in?back=/me&notice=notice-session-ended");
}

#[tokio::test]
async fn ends_a_session_after_a_working_day_even_when_it_is_used() {
    let clinic = Clinic::with_accounts().await;
    let mut browser = clinic.signed_in(Role::Nurse).await;
    let step = SignedDuration::from_mins(29);
    let mut used = SignedDuration::ZERO;
    while used + step < SESSION_AGE_MAX {
        clinic.wait(step);
        used += step;
        assert_eq!(browser.get("/").await.status, StatusCode::OK, "after {used}");
    }
    clinic.wait(step);
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn stops_guessing_and_opens_again_later() {
    let clinic = Clinic::with_accounts().await;
    for _ in 0..SIGN_IN_FAILURES_PAIR_MAX {
        clinic.browser().sign_in("nurse", "wrong").await;
    }
    let answer = clinic.browser().sign_in("nurse", &password("nurse")).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    answer.shows("MZ-0607");
    answer.shows("Wait 15 minutes");
    let other = clinic.browser().sign_in("physician", &password("physician")).await;
    assert_eq!(other.status, StatusCode::SEE_OTHER);
    clinic.wait(SignedDuration::from_mins(15));
    let answer = clinic.browser().sign_in("nurse", &password("nurse")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn returns_only_to_our_own_pages() {
    let clinic = Clinic::with_accounts().await;
    let cases = [
        ("/me", "/me"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
    ];
    for (asked, given) in cases {
        let password = password("nurse");
        let fields = [("account", "nurse"), ("password", password.as_str()), ("back", asked)];
        let answer = clinic.browser().fill("/sign-in", "/sign-in", &fields).await;
        assert_eq!(answer.location(), given, "{asked:?}");
    }
}

#[tokio::test]
async fn shows_demo_accounts_only_in_a_demonstration() {
    let demo = Clinic::new(demo_settings());
    demo.app.make_demo_accounts().await.unwrap();
    let page = demo.browser().get("/sign-in").await;
    page.shows(&password("nurse"));
    page.shows("Demonstration: fictional people");
    let real = Clinic::with_accounts().await.browser().get("/sign-in").await;
    assert!(!real.text.contains(&password("nurse")) && !real.text.contains("Demonstration"));
}
