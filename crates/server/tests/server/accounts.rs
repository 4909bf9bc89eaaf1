use axum::http::StatusCode;
use manzil_journey::access::Role;

use crate::browser::{Clinic, password};

const NEW: [(&str, &str); 6] = [
    ("account", "sara"),
    ("display_name", "سارة مثال"),
    ("role", "physician"),
    ("registration", "REG-77"),
    ("password", "given in person"),
    ("password_again", "given in person"),
];

#[tokio::test]
async fn a_new_account_must_choose_its_own_password_first() {
    let clinic = Clinic::with_accounts().await;
    let mut admin = clinic.signed_in(Role::Administrator).await;
    let answer = admin.fill("/accounts/new", "/accounts/new", &NEW).await;
    assert_eq!(answer.location(), "/accounts?notice=notice-account-made");
    admin.get(answer.location()).await.shows("سارة مثال");

    let mut sara = clinic.browser();
    sara.sign_in("SARA", "given in person").await;
    assert_eq!(sara.get("/").await.location(), "/me?notice=notice-choose-password");
    let fields = [
        ("old_password", "given in person"),
        ("password", "my very own phrase"),
        ("password_again", "my very own phrase"),
    ];
    let answer = sara.fill("/me", "/me/password", &fields).await;
    assert_eq!(answer.location(), "/?notice=notice-password-changed");
    sara.get("/").await.shows("Physician");
}

#[tokio::test]
async fn a_physician_needs_a_registration_number() {
    let clinic = Clinic::with_accounts().await;
    let mut admin = clinic.signed_in(Role::Administrator).await;
    let fields = NEW.map(|(name, value)| (name, if name == "registration" { "" } else { value }));
    let answer = admin.fill("/accounts/new", "/accounts/new", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.shows("a physician needs one");
}

#[tokio::test]
async fn no_account_can_be_given_a_role_that_does_not_sign_in() {
    let clinic = Clinic::with_accounts().await;
    let mut admin = clinic.signed_in(Role::Administrator).await;
    for role in ["system", "authority", "person", "king", ""] {
        let fields = NEW.map(|(name, value)| (name, if name == "role" { role } else { value }));
        let answer = admin.fill("/accounts/new", "/accounts/new", &fields).await;
        answer.shows("choose what this person does");
    }
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once() {
    let clinic = Clinic::with_accounts().await;
    let mut nurse = clinic.signed_in(Role::Nurse).await;
    let mut admin = clinic.signed_in(Role::Administrator).await;
    let fields = [("display_name", "Nurse Sample"), ("role", "nurse"), ("disabled", "yes")];
    let answer = admin.fill("/accounts/nurse", "/accounts/nurse", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_eq!(nurse.get("/").await.status, StatusCode::SEE_OTHER);
    let answer = clinic.browser().sign_in("nurse", &password("nurse")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    admin.get("/accounts").await.shows("disabled");
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let clinic = Clinic::with_accounts().await;
    let mut admin = clinic.signed_in(Role::Administrator).await;
    for change in [("role", "nurse"), ("disabled", "yes")] {
        let role = if change.0 == "role" { change } else { ("role", "administrator") };
        let fields = [role, ("display_name", "Ada"), change];
        let path = "/accounts/administrator";
        admin.fill(path, path, &fields).await.shows("this is the last administrator");
    }
}

#[tokio::test]
async fn a_new_password_signs_other_devices_out() {
    let clinic = Clinic::with_accounts().await;
    let mut here = clinic.signed_in(Role::Nurse).await;
    let mut there = clinic.signed_in(Role::Nurse).await;
    let old = password("nurse");
    let new = "quite another phrase";
    let fields = [("old_password", old.as_str()), ("password", new), ("password_again", new)];
    let answer = here.fill("/me", "/me/password", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_eq!(here.get("/").await.status, StatusCode::OK);
    assert_eq!(there.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_old_password_is_asked_for() {
    let clinic = Clinic::with_accounts().await;
    let mut nurse = clinic.signed_in(Role::Nurse).await;
    let new = "quite another phrase";
    let fields = [("old_password", "a guess"), ("password", new), ("password_again", new)];
    nurse.fill("/me", "/me/password", &fields).await.shows("Present password: this is not it");
}

#[tokio::test]
async fn an_account_that_is_not_there_is_no_page() {
    let clinic = Clinic::with_accounts().await;
    let mut admin = clinic.signed_in(Role::Administrator).await;
    assert_eq!(admin.get("/accounts/nobody").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn changes_are_in_the_audit_trail() {
    let clinic = Clinic::with_accounts().await;
    let mut admin = clinic.signed_in(Role::Administrator).await;
    admin.fill("/accounts/new", "/accounts/new", &NEW).await;
    let expected =
        ("administrator".to_owned(), "account-made".to_owned(), "Account/sara".to_owned());
    assert!(clinic.audited().await.contains(&expected));
}
