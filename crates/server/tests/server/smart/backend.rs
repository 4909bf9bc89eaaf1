//! Software that acts in its own name, with a signed assertion.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use base64ct::{Base64UrlUnpadded, Encoding};
use manzil_journey::access::{Compartment, Purpose, Role};
use manzil_server::smart::client::{Client, Kind, Proof};
use manzil_server::smart::jwks;
use p384::ecdsa::signature::Signer;
use p384::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

use super::{HOST, app, ask, clinic, note, person, post};
use crate::browser::Clinic;

fn packed(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// A key that is made here and nowhere else.
fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 48]).unwrap()
}

fn key_set(key: &SigningKey) -> String {
    let point = key.verifying_key().to_sec1_point(false);
    let (x, y) = (packed(point.x().unwrap()), packed(point.y().unwrap()));
    json!({"keys": [{"kty": "EC", "crv": "P-384", "alg": "ES384", "kid": "k1", "x": x, "y": y}]})
        .to_string()
}

fn laboratory() -> Client {
    Client {
        kind: Kind::Backend { role: Role::Laboratory },
        proof: Proof::Keys { keys: jwks::read(&key_set(&key(7))).unwrap() },
        purposes: BTreeSet::from([Purpose::Assessment]),
        ..app("system/Observation.cruds", &[])
    }
}

fn signed(key: &SigningKey, head: &Value, claims: &Value) -> String {
    let text = format!(
        "{}.{}",
        packed(head.to_string().as_bytes()),
        packed(claims.to_string().as_bytes())
    );
    let signature: Signature = key.sign(text.as_bytes());
    format!("{text}.{}", packed(&signature.to_bytes()))
}

fn head() -> Value {
    json!({"alg": "ES384", "typ": "JWT", "kid": "k1"})
}

fn claims(clinic: &Clinic, jti: &str, seconds: i64) -> Value {
    let exp = clinic.app.now().as_second() + seconds;
    let aud = format!("http://{HOST}/oauth/token");
    json!({"iss": "charts", "sub": "charts", "aud": aud, "exp": exp, "jti": jti})
}

async fn ask_token(clinic: &Clinic, assertion: &str, scope: &str) -> (StatusCode, Value) {
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", kind),
        ("client_assertion", assertion),
        ("scope", scope),
    ];
    post(clinic, "/oauth/token", &fields).await
}

#[tokio::test]
async fn a_backend_gets_in_for_five_minutes_in_its_role() {
    let clinic = clinic(&laboratory()).await;
    person(&clinic, "p1").await;
    note(&clinic, "secret", Compartment::Care, "p1").await;
    note(&clinic, "result", Compartment::Assessment, "p1").await;
    let assertion = signed(&key(7), &head(), &claims(&clinic, "1", 300));
    let (status, reply) = ask_token(&clinic, &assertion, "system/*.rs").await;
    assert_eq!(status, StatusCode::OK, "{reply}");
    assert_eq!(
        (&reply["scope"], &reply["expires_in"]),
        (&"system/Observation.rs".into(), &300.into())
    );
    assert_eq!(ask(&clinic, &reply, "/Observation/result").await.0, StatusCode::OK);
    assert_eq!(ask(&clinic, &reply, "/Observation/secret").await.0, StatusCode::FORBIDDEN);
    assert_eq!(ask(&clinic, &reply, "/Patient/p1").await.0, StatusCode::FORBIDDEN);
    let (status, again) = ask_token(&clinic, &assertion, "system/*.rs").await;
    assert_eq!((status, &again["error"]), (StatusCode::UNAUTHORIZED, &"invalid_client".into()));
}

#[tokio::test]
async fn an_assertion_with_anything_wrong_is_refused() {
    for case in
        ["key", "alg", "none", "kid", "crit", "iss", "sub", "aud", "late", "long", "nbf", "jti"]
    {
        let clinic = clinic(&laboratory()).await;
        let (mut head, mut claims) = (head(), claims(&clinic, "1", 300));
        let mut signer = key(7);
        match case {
            "key" => signer = key(8),
            "alg" => head["alg"] = "RS384".into(),
            "none" => head["alg"] = "none".into(),
            "kid" => head["kid"] = "k2".into(),
            "crit" => head["crit"] = json!(["x"]),
            "iss" => claims["iss"] = "other".into(),
            "aud" => claims["aud"] = "https://other.example/oauth/token".into(),
            "late" => claims["exp"] = clinic.app.now().as_second().into(),
            "long" => claims["exp"] = (clinic.app.now().as_second() + 301).into(),
            "nbf" => claims["nbf"] = (clinic.app.now().as_second() + 60).into(),
            other => claims[other] = "".into(),
        }
        let (status, _) = ask_token(&clinic, &signed(&signer, &head, &claims), "system/*.rs").await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{case}");
    }
}

#[tokio::test]
async fn a_backend_gets_no_scope_of_somebody() {
    let clinic = clinic(&laboratory()).await;
    for (number, scope) in
        ["user/*.rs", "patient/Observation.rs", "system/Patient.rs", ""].iter().enumerate()
    {
        let claims = claims(&clinic, &number.to_string(), 60);
        let (status, reply) = ask_token(&clinic, &signed(&key(7), &head(), &claims), scope).await;
        assert_eq!(
            (status, &reply["error"]),
            (StatusCode::BAD_REQUEST, &"invalid_scope".into()),
            "{scope}"
        );
    }
}
