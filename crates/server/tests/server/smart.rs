//! Other software asks to be let in: real routes over a real store.

mod backend;
mod flow;
mod narrowing;

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use manzil_fhir::Resource;
use manzil_journey::access::{Access, Compartment, Purpose, Role};
use manzil_server::smart::client::{self, Client, Kind, Proof};
use manzil_server::smart::scope::Scopes;
use manzil_store::{ChangeSet, Content, Expect, Write};
use serde_json::Value;

use crate::browser::{Answer, Browser, Clinic};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BACK: &str = "https://app.example/back";
const HOST: &str = "localhost:18442";

fn app(scopes: &str, purposes: &[Purpose]) -> Client {
    Client {
        id: "charts".to_owned(),
        name: "Growth Charts".to_owned(),
        kind: Kind::App { redirect_uris: BTreeSet::from([BACK.to_owned()]), launch_uri: None },
        proof: Proof::Public,
        scopes: Scopes::parse(scopes).unwrap(),
        purposes: purposes.iter().copied().collect(),
        disabled: false,
        made_at: "2026-05-03T08:00:00Z".parse().unwrap(),
        made_by: "administrator".to_owned(),
    }
}

/// A clinic that knows this client, with a fictional person.
async fn clinic(client: &Client) -> Clinic {
    let clinic = Clinic::with_accounts().await;
    client::put(&*clinic.app.store, client).await.unwrap();
    clinic
}

/// The parameters of an authorisation request, as a query.
fn request(scope: &str) -> Vec<(&'static str, String)> {
    vec![
        ("response_type", "code".to_owned()),
        ("client_id", "charts".to_owned()),
        ("redirect_uri", BACK.to_owned()),
        ("scope", scope.to_owned()),
        ("state", "s-1 &".to_owned()),
        ("aud", format!("http://{HOST}/fhir")),
        ("code_challenge", CHALLENGE.to_owned()),
        ("code_challenge_method", "S256".to_owned()),
    ]
}

fn path(request: &[(&str, String)]) -> String {
    let encode = manzil_server::cookie::encode;
    let pairs: Vec<_> = request.iter().map(|(k, v)| format!("{k}={}", encode(v))).collect();
    format!("/oauth/authorize?{}", pairs.join("&"))
}

/// Somebody of this role in front of the page of consent.
async fn browser(clinic: &Clinic, role: Role) -> Browser {
    let mut browser = clinic.signed_in(role).await;
    browser.headers.insert("host", HOST.parse().unwrap());
    browser
}

/// Lets the software in for a purpose, and about somebody; gives the answer.
async fn allow(browser: &mut Browser, scope: &str, purpose: &str, patient: &str) -> Answer {
    let request = request(scope);
    let mut fields: Vec<(&str, &str)> = request.iter().map(|(k, v)| (*k, v.as_str())).collect();
    fields.extend([("answer", "allow"), ("purpose", purpose), ("patient", patient)]);
    browser.fill(&path(&request), "/oauth/authorize", &fields).await
}

/// The code in the address that the answer leads to.
fn code(answer: &Answer) -> String {
    let location = answer.location();
    assert!(location.starts_with(&format!("{BACK}?code=")), "{location}{}", answer.text);
    assert!(location.ends_with("&state=s-1%20%26"), "{location}");
    location.split(['=', '&']).nth(1).unwrap().to_owned()
}

/// Posts to a bare endpoint as software does.
async fn post(clinic: &Clinic, path: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
    let mut software = clinic.browser();
    software.headers.insert("host", HOST.parse().unwrap());
    let answer = software.post(path, fields).await;
    assert!(answer.headers.get("set-cookie").is_none());
    assert_eq!(answer.header("cache-control"), "no-store");
    (answer.status, serde_json::from_str(&answer.text).unwrap_or(Value::Null))
}

async fn exchange(clinic: &Clinic, code: &str) -> (StatusCode, Value) {
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", "charts"),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    post(clinic, "/oauth/token", &fields).await
}

/// The whole way to a token.
async fn tokens(clinic: &Clinic, role: Role, scope: &str, purpose: &str, patient: &str) -> Value {
    let answer = allow(&mut browser(clinic, role).await, scope, purpose, patient).await;
    let (status, reply) = exchange(clinic, &code(&answer)).await;
    assert_eq!(status, StatusCode::OK, "{reply}");
    reply
}

async fn refresh(clinic: &Clinic, token: &str) -> (StatusCode, Value) {
    let fields =
        [("grant_type", "refresh_token"), ("client_id", "charts"), ("refresh_token", token)];
    post(clinic, "/oauth/token", &fields).await
}

/// Asks `/fhir` with the access token of a reply.
async fn ask(clinic: &Clinic, reply: &Value, path: &str) -> (StatusCode, String) {
    let mut software = clinic.browser();
    let token = reply["access_token"].as_str().unwrap();
    let request = Request::get(format!("/fhir{path}"));
    let request = request.header("host", HOST).header("authorization", format!("Bearer {token}"));
    let answer = software.send(request, Body::empty()).await;
    (answer.status, answer.text)
}

/// A fictional person.
async fn person(clinic: &Clinic, id: &str) {
    let text =
        format!(r#"{{"resourceType":"Patient","id":"{id}","name":[{{"text":"Amina {id}"}}]}}"#);
    write(clinic, &text, Compartment::Identity, id).await;
}

/// A note about somebody in a compartment.
async fn note(clinic: &Clinic, id: &str, compartment: Compartment, person: &str) {
    let text = format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"text":"x"}},
        "subject":{{"reference":"Patient/{person}"}}}}"#
    );
    write(clinic, &text, compartment, person).await;
}

async fn write(clinic: &Clinic, text: &str, compartment: Compartment, person: &str) {
    let access = Access::new("test", Role::System, Purpose::Administration);
    let resource = Resource::parse(text).unwrap();
    let write = Write {
        content: Content::Put(resource),
        person: Some(person.to_owned()),
        compartment,
        expect: Expect::Absent,
    };
    let changes = ChangeSet {
        writes: vec![write],
        what: "test".to_owned(),
        idempotency_key: None,
        guards: Vec::new(),
    };
    clinic.app.store.commit(&access, changes).await.unwrap();
}
