use axum::http::{HeaderValue, header};
use manzil_journey::access::Role;
use manzil_server::messages::language::negotiate;

use crate::browser::{Clinic, messages};

type Wish = Option<&'static str>;

#[test]
fn account_goes_before_device_before_browser() {
    let messages = messages();
    let cases: [(Wish, Wish, Wish, &str); 10] = [
        (None, None, None, "en"),
        (None, None, Some("ar-SY,ar;q=0.9,en;q=0.8"), "ar"),
        (None, None, Some("xx, en;q=0.3, ar;q=0.7"), "ar"),
        (None, None, Some("ar;q=0, en"), "en"),
        (None, None, Some(";;;,q=1,ar;q=abc"), "en"),
        (None, Some("ar"), Some("en"), "ar"),
        (None, Some("xx"), Some("ar"), "ar"),
        (Some("en"), Some("ar"), Some("ar"), "en"),
        (Some("xx"), None, Some("ar"), "ar"),
        (Some("ar"), None, None, "ar"),
    ];
    for (account, cookie, accept, expected) in cases {
        assert_eq!(negotiate(&messages, account, cookie, accept), expected, "{accept:?}");
    }
}

#[tokio::test]
async fn arabic_runs_from_right_to_left_and_says_that_it_is_a_draft() {
    let clinic = Clinic::with_accounts().await;
    let mut browser = clinic.browser();
    browser.headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("ar"));
    let page = browser.get("/sign-in").await;
    page.shows("<html lang=\"ar\" dir=\"rtl\">");
    page.shows("ترجمة آلية");
    let english = clinic.browser().get("/sign-in").await;
    english.shows("<html lang=\"en\" dir=\"ltr\">");
    assert!(!english.text.contains("class=\"draft\""));
}

#[tokio::test]
async fn the_switch_is_remembered_on_the_device_and_on_the_account() {
    let clinic = Clinic::with_accounts().await;
    let mut browser = clinic.browser();
    let fields = [("language", "ar"), ("back", "/sign-in?back=/me")];
    let answer = browser.fill("/sign-in", "/language", &fields).await;
    assert_eq!(answer.location(), "/sign-in?back=/me");
    browser.get("/sign-in").await.shows("dir=\"rtl\"");

    let mut nurse = clinic.signed_in(Role::Nurse).await;
    nurse.fill("/", "/language", &[("language", "ar"), ("back", "/")]).await;
    clinic.signed_in(Role::Nurse).await.get("/").await.shows("dir=\"rtl\"");
}
