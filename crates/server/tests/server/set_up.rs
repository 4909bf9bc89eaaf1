use axum::http::StatusCode;
use manzil_server::settings::Settings;

use crate::browser::Clinic;

const GOOD: [(&str, &str); 4] = [
    ("account", "Ada"),
    ("display_name", "Ada Sample"),
    ("password", "a good long phrase"),
    ("password_again", "a good long phrase"),
];

#[tokio::test]
async fn every_page_leads_to_it_before_there_is_an_account() {
    let clinic = Clinic::new(Settings::default());
    for path in ["/", "/sign-in", "/accounts", "/me"] {
        assert_eq!(clinic.browser().get(path).await.location(), "/set-up", "{path}");
    }
}

#[tokio::test]
async fn makes_the_first_administrator_once() {
    let clinic = Clinic::new(Settings::default());
    let mut browser = clinic.browser();
    let answer = browser.fill("/set-up", "/set-up", &GOOD).await;
    assert_eq!(answer.location(), "/accounts?notice=notice-welcome");
    browser.get(answer.location()).await.shows("Ada Sample");
    let mut stranger = clinic.browser();
    assert_eq!(stranger.get("/set-up").await.location(), "/");
    let answer = stranger.fill("/sign-in", "/set-up", &GOOD).await;
    assert_eq!(answer.location(), "/sign-in");
    assert_eq!(clinic.app.store.local_list("account").await.unwrap().len(), 1);
}

#[tokio::test]
async fn two_at_once_make_one_administrator() {
    let clinic = Clinic::new(Settings::default());
    let (mut one, mut two) = (clinic.browser(), clinic.browser());
    let other = GOOD.map(|(name, value)| (name, if name == "account" { "bob" } else { value }));
    tokio::join!(one.fill("/set-up", "/set-up", &GOOD), two.fill("/set-up", "/set-up", &other));
    assert_eq!(clinic.app.store.local_list("account").await.unwrap().len(), 1);
}

#[tokio::test]
async fn names_each_mistake_beside_its_field() {
    let clinic = Clinic::new(Settings::default());
    let cases = [
        ("account", "a b", "Account: write 2 to 64"),
        ("account", "new", "is taken"),
        ("display_name", "", "Name: write 2 to 120"),
        ("password", "short", "at least 10 characters"),
        ("password", "ada-ada-ada-ada", "must not contain the account name"),
        ("password", "aaaaaaaaaaaa", "not be one character repeated"),
        ("password_again", "something else", "Type both again"),
    ];
    for (field, value, words) in cases {
        let fields = GOOD.map(|(name, good)| (name, if name == field { value } else { good }));
        let answer = clinic.browser().fill("/set-up", "/set-up", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
        answer.shows(words);
        answer.shows(&format!("href=\"#{field}\""));
        assert!(!answer.text.contains("a good long phrase"), "a password came back");
    }
}

#[tokio::test]
async fn asks_for_the_code_of_the_terminal_when_there_is_one() {
    let code = Some("4711-0815".to_owned());
    let clinic = Clinic::new(Settings { set_up_code: code, ..Settings::default() });
    let wrong = [&GOOD[..], &[("code", "guess")]].concat();
    clinic.browser().fill("/set-up", "/set-up", &wrong).await.shows("not the one in the terminal");
    let right = [&GOOD[..], &[("code", "4711-0815")]].concat();
    let answer = clinic.browser().fill("/set-up", "/set-up", &right).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}
