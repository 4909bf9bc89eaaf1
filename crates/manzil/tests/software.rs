//! Software that an operator lets in from the command line, and demonstrations that are kept.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test that cannot go on fails, in its helpers too"
)]

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use p384::ecdsa::signature::Signer as _;
use p384::ecdsa::{Signature, SigningKey};
use running::{Running, told};
use serde_json::{Value, json};
use tempfile::TempDir;

#[path = "support/running.rs"]
mod running;

fn packed(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// A key that is made here and nowhere else; its public half lies in `keys.json`.
fn key(folder: &Path) -> SigningKey {
    let key = SigningKey::from_slice(&[7; 48]).unwrap();
    let point = key.verifying_key().to_sec1_point(false);
    let (x, y) = (packed(point.x().unwrap()), packed(point.y().unwrap()));
    let keys = json!({"keys": [
        {"kty": "EC", "crv": "P-384", "alg": "ES384", "kid": "k1", "x": x, "y": y}]});
    fs::write(folder.join("keys.json"), keys.to_string()).unwrap();
    key
}

const REGISTER: &[&str] = &[
    "software",
    "register",
    "--data",
    "a.sqlite",
    "--id",
    "charts",
    "--name",
    "Ward charts",
    "--backend",
    "nurse",
    "--keys",
    "keys.json",
    "--scopes",
    "system/*.cruds",
    "--purpose",
    "care",
];

/// The registration with one option written otherwise.
fn with(option: &str, value: &'static str) -> Vec<&'static str> {
    let before = [""].iter().chain(REGISTER);
    before.zip(REGISTER).map(|(before, it)| if *before == option { value } else { it }).collect()
}

/// Asks for a token by a signed assertion.
#[expect(clippy::disallowed_methods, reason = "an assertion ends soon after now")]
fn token(server: &Running, key: &SigningKey, jti: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let audience = format!("http://{}/oauth/token", server.address);
    let head = json!({"alg": "ES384", "typ": "JWT", "kid": "k1"});
    let claims =
        json!({"iss": "charts", "sub": "charts", "aud": audience, "exp": now + 200, "jti": jti});
    let text = [head, claims].map(|part| packed(part.to_string().as_bytes())).join(".");
    let signature: Signature = key.sign(text.as_bytes());
    let body = format!(
        "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3A\
         client-assertion-type%3Ajwt-bearer&scope=system%2F%2A.cruds&client_assertion={text}.{}",
        packed(&signature.to_bytes())
    );
    let form = "Content-Type: application/x-www-form-urlencoded";
    server.ask(&format!("POST /oauth/token HTTP/1.1\r\n{form}"), &body)
}

#[test]
fn software_from_the_command_line_gets_in_until_it_is_switched_off() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let key = key(folder);
    let registered = told(folder, REGISTER, true);
    for part in ["charts", "Ward charts", "as nurse", "k1", "system/*.cruds", "care"] {
        assert!(registered.contains(part), "{part}: {registered}");
    }
    let server = Running::serve(folder, &["--data", "a.sqlite"], "Records: a.sqlite");
    let answer = token(&server, &key, "1");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let reply: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    let bearer = format!("Authorization: Bearer {}", reply["access_token"].as_str().unwrap());
    let observation = r#"{"resourceType":"Observation","status":"final","code":{"text":"x"}}"#;
    let head = format!(
        "POST /fhir/Observation HTTP/1.1\r\n{bearer}\r\nContent-Type: application/fhir+json"
    );
    let answer = server.ask(&head, observation);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let answer = server.ask(&format!("GET /fhir/Observation HTTP/1.1\r\n{bearer}"), "");
    assert!(answer.contains(r#""total":1"#), "{answer}");
    drop(server);

    told(folder, &["software", "switch-off", "charts", "--data", "a.sqlite"], true);
    let list = told(folder, &["software", "list", "--data", "a.sqlite"], true);
    assert!(list.contains("switched off"), "{list}");
    let server = Running::serve(folder, &["--data", "a.sqlite"], "Records: a.sqlite");
    assert!(token(&server, &key, "2").contains("invalid_client"));
    let answer = server.ask(&format!("GET /fhir/Observation HTTP/1.1\r\n{bearer}"), "");
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    drop(server);
    told(folder, &["software", "switch-on", "charts", "--data", "a.sqlite"], true);
    let server = Running::serve(folder, &["--data", "a.sqlite"], "Records: a.sqlite");
    assert!(token(&server, &key, "3").starts_with("HTTP/1.1 200"));
}

#[test]
fn what_cannot_be_registered_is_named_and_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    key(folder);
    fs::write(folder.join("empty.json"), r#"{"keys":[]}"#).unwrap();
    for (option, value) in [
        ("--id", "Not An Id"),
        ("--name", " "),
        ("--keys", "empty.json"),
        ("--scopes", "everything"),
    ] {
        let text = told(folder, &with(option, value), false);
        assert!(text.contains("MZ-0754") && text.contains(option), "{option} {value}: {text}");
    }
    for (option, value, said) in [
        ("--backend", "physician", "choose one of clerk, nurse"),
        ("--purpose", "fun", "choose from care, assessment"),
        ("--keys", "nowhere.json", "MZ-0733: cannot read nowhere.json"),
    ] {
        let text = told(folder, &with(option, value), false);
        assert!(text.contains(said), "{option} {value}: {text}");
    }
    let list = ["software", "list", "--data", "a.sqlite"];
    assert_eq!(told(folder, &list, true), "No software is registered.\n");
    told(folder, REGISTER, true);
    assert!(told(folder, REGISTER, false).contains("--id"), "an id is registered once");
    let other = ["software", "switch-off", "other", "--data", "a.sqlite"];
    assert!(told(folder, &other, false).contains("MZ-0755"));
}

#[test]
fn a_demonstration_is_kept_apart_from_records() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    key(folder);
    let demo = ["--demo", "--data", "demo.sqlite", "--demo-people", "0", "--open-fhir"];
    let count = |server: &Running| server.ask("GET /fhir/Patient?_summary=count HTTP/1.1", "");
    {
        let server = Running::serve(folder, &demo, "Records: demo.sqlite");
        assert!(server.said.contains("OPEN"), "{}", server.said);
        assert!(count(&server).contains(r#""total":0"#));
        let put = "PUT /fhir/Patient/p HTTP/1.1\r\nContent-Type: application/fhir+json";
        let answer = server.ask(put, r#"{"resourceType":"Patient","id":"p"}"#);
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    }
    let server = Running::serve(folder, &demo, "Records: demo.sqlite");
    assert!(count(&server).contains(r#""total":1"#), "it was not kept");
    drop(server);
    let refused = told(folder, &["serve", "--port", "0", "--data", "demo.sqlite"], false);
    assert!(refused.contains("MZ-0725") && refused.contains("demo.sqlite"), "{refused}");
    told(folder, REGISTER, true);
    let refused = told(folder, &["serve", "--port", "0", "--demo", "--data", "a.sqlite"], false);
    assert!(refused.contains("MZ-0724") && refused.contains("a.sqlite"), "{refused}");
}
