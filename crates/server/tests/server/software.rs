use axum::http::StatusCode;
use manzil_journey::access::Role;
use manzil_server::smart::client::{self, Proof};

use crate::browser::Clinic;

const GOOD: [(&str, &str); 6] = [
    ("id", "charts"),
    ("name", "Growth Charts"),
    ("kind", "secret"),
    ("redirects", "https://app.example/back"),
    ("scopes", "patient/Observation.rs offline_access"),
    ("purpose-care", "yes"),
];

#[tokio::test]
async fn an_administrator_registers_software_and_switches_it_off() {
    let clinic = Clinic::with_accounts().await;
    let mut administrator = clinic.signed_in(Role::Administrator).await;
    let page = administrator.fill("/software/new", "/software/new", &GOOD).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    page.shows("Growth Charts");
    let (_, rest) = page.text.split_once("<code><bdi>").unwrap();
    let secret = rest.split('<').next().unwrap();
    let made = client::find(&*clinic.app.store, "charts").await.unwrap().unwrap();
    let hash = client::secret_hash("charts", secret);
    assert_eq!(made.proof, Proof::Secret { hash });
    assert!(!administrator.get("/software").await.text.contains(secret));
    for (to, disabled) in [("off", true), ("on", false)] {
        administrator.fill("/software", "/software/charts/switch", &[("to", to)]).await;
        let client = client::find(&*clinic.app.store, "charts").await.unwrap().unwrap();
        assert_eq!(client.disabled, disabled);
    }
    let twice = administrator.fill("/software/new", "/software/new", &GOOD).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "the id is taken");
}

#[tokio::test]
async fn software_is_not_registered_with_anything_wrong() {
    let clinic = Clinic::with_accounts().await;
    let mut administrator = clinic.signed_in(Role::Administrator).await;
    for (name, value, mark) in [
        ("id", "Not An Id", "id"),
        ("name", "", "name"),
        ("kind", "", "redirects"),
        ("kind", "keys", "keys"),
        ("kind", "backend", "role"),
        ("redirects", "http://app.example/back", "redirects"),
        ("redirects", "https://app.example/#x", "redirects"),
        ("scopes", "everything", "scopes"),
        ("scopes", "user/Observation.rs?code=x", "scopes"),
        ("purpose-care", "", "purpose"),
    ] {
        let mut fields = GOOD;
        fields.iter_mut().find(|it| it.0 == name).unwrap().1 = value;
        let page = administrator.fill("/software/new", "/software/new", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}={value}");
        page.shows("Please look at this again");
        page.shows(&format!(r##"<a href="#{mark}">"##));
        page.shows(&format!(r#" id="{mark}""#));
        let ticked = name != "purpose-care";
        assert_eq!(page.text.contains(r#"value="yes" id="purpose" checked"#), ticked, "{name}");
    }
    assert!(client::list(&*clinic.app.store).await.unwrap().is_empty());
}
