//! Letting an app in, and everything by which that fails.

use axum::http::StatusCode;
use jiff::SignedDuration;
use manzil_journey::access::{Purpose, Role};
use manzil_server::limits::{ACCESS_AGE_MAX, CODE_AGE_MAX, SIGN_IN_FAILURES_PAIR_MAX};
use manzil_server::smart::client::{self, Proof};

use super::{
    BACK, CHALLENGE, VERIFIER, allow, app, ask, browser, clinic, code, exchange, path, person,
    post, refresh, request, tokens,
};

const SCOPES: &str = "user/Patient.rs offline_access";

fn charts() -> client::Client {
    app(SCOPES, &[Purpose::Assessment, Purpose::Care])
}

#[tokio::test]
async fn an_app_is_let_in_and_reads() {
    let clinic = clinic(&charts()).await;
    person(&clinic, "p1").await;
    let mut nurse = browser(&clinic, Role::Nurse).await;
    let page = nurse.get(&path(&request(SCOPES))).await;
    for words in ["Growth Charts", "https://app.example", "Patient", "read, search", "30 days"] {
        page.shows(words);
    }
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://app.example;"), "{policy}");
    let reply = tokens(&clinic, Role::Nurse, SCOPES, "assessment", "").await;
    assert_eq!(reply["token_type"], "Bearer");
    assert_eq!(reply["expires_in"], 900);
    assert_eq!(reply["scope"], "offline_access user/Patient.rs");
    let (status, text) = ask(&clinic, &reply, "/Patient/p1").await;
    assert_eq!(status, StatusCode::OK, "{text}");
    let trail = clinic.audited().await;
    let noted = |what: &str| trail.iter().any(|it| it.1 == what && it.2 == "Client/charts");
    assert!(noted("software-let-in") && noted("token-given"));
}

#[tokio::test]
async fn nothing_of_a_secret_is_in_the_store() {
    let clinic = clinic(&charts()).await;
    let reply = tokens(&clinic, Role::Nurse, SCOPES, "assessment", "").await;
    for kind in ["smart-access", "smart-refresh", "smart-code", "smart-grant"] {
        let rows = format!("{:?}", clinic.app.store.local_list(kind).await.unwrap());
        assert!(rows.len() > 2, "{kind} is empty");
        for name in ["access_token", "refresh_token"] {
            assert!(!rows.contains(reply[name].as_str().unwrap()), "{kind} holds the {name}");
        }
    }
}

#[tokio::test]
async fn who_does_not_agree_gives_nothing() {
    let clinic = clinic(&charts()).await;
    let mut nurse = browser(&clinic, Role::Nurse).await;
    let request = request(SCOPES);
    let mut fields: Vec<(&str, &str)> = request.iter().map(|(k, v)| (*k, v.as_str())).collect();
    fields.extend([("answer", "deny"), ("purpose", "care")]);
    let answer = nurse.fill(&path(&request), "/oauth/authorize", &fields).await;
    assert!(answer.location().starts_with(&format!("{BACK}?error=access_denied")));
    let answer = nurse.post("/oauth/authorize", &fields).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "without the token of the form");
    allow(&mut nurse, SCOPES, "public-health", "").await.shows("Choose the purpose.");
    assert!(clinic.app.store.local_list("smart-code").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_code_counts_once_and_its_reuse_ends_what_it_gave() {
    let clinic = clinic(&charts()).await;
    person(&clinic, "p1").await;
    let code = code(&allow(&mut browser(&clinic, Role::Nurse).await, SCOPES, "care", "").await);
    let (status, reply) = exchange(&clinic, &code).await;
    assert_eq!(status, StatusCode::OK);
    let (status, again) = exchange(&clinic, &code).await;
    assert_eq!((status, &again["error"]), (StatusCode::BAD_REQUEST, &"invalid_grant".into()));
    assert_eq!(ask(&clinic, &reply, "/Patient/p1").await.0, StatusCode::UNAUTHORIZED);
    let token = reply["refresh_token"].as_str().unwrap();
    assert_eq!(refresh(&clinic, token).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_code_is_worth_nothing_with_anything_wrong() {
    let clinic = clinic(&charts()).await;
    let mut other = charts();
    other.id = "other".to_owned();
    client::put(&*clinic.app.store, &other).await.unwrap();
    let wrong_verifier = "x".repeat(43);
    for (name, value) in [
        ("code_verifier", wrong_verifier.as_str()),
        ("code_verifier", ""),
        ("code_verifier", CHALLENGE),
        ("redirect_uri", "https://app.example/back/"),
        ("client_id", "other"),
    ] {
        let answer = allow(&mut browser(&clinic, Role::Nurse).await, SCOPES, "care", "").await;
        let code = code(&answer);
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("client_id", "charts"),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
            ("code", code.as_str()),
        ];
        fields.retain(|field| field.0 != name);
        fields.push((name, value));
        let (status, reply) = post(&clinic, "/oauth/token", &fields).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{name} {value}");
        assert_eq!(reply["error"], "invalid_grant", "{name} {value}");
        assert_eq!(exchange(&clinic, &code).await.0, StatusCode::BAD_REQUEST, "the code is spent");
    }
}

#[tokio::test]
async fn codes_and_tokens_expire() {
    let clinic = clinic(&charts()).await;
    person(&clinic, "p1").await;
    let late = code(&allow(&mut browser(&clinic, Role::Nurse).await, SCOPES, "care", "").await);
    clinic.wait(CODE_AGE_MAX);
    assert_eq!(exchange(&clinic, &late).await.0, StatusCode::BAD_REQUEST);
    let reply = tokens(&clinic, Role::Nurse, SCOPES, "care", "").await;
    clinic.wait(ACCESS_AGE_MAX);
    let (status, text) = ask(&clinic, &reply, "/Patient/p1").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(text.contains("MZ-0662"), "{text}");
    let token = reply["refresh_token"].as_str().unwrap();
    clinic.wait(SignedDuration::from_hours(31 * 24));
    assert_eq!(refresh(&clinic, token).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_ends_the_grant() {
    let clinic = clinic(&charts()).await;
    person(&clinic, "p1").await;
    let first = tokens(&clinic, Role::Nurse, SCOPES, "care", "").await;
    let (status, second) = refresh(&clinic, first["refresh_token"].as_str().unwrap()).await;
    assert_eq!(status, StatusCode::OK, "{second}");
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(ask(&clinic, &second, "/Patient/p1").await.0, StatusCode::OK);
    assert_eq!(refresh(&clinic, first["refresh_token"].as_str().unwrap()).await.0, 400);
    assert_eq!(refresh(&clinic, second["refresh_token"].as_str().unwrap()).await.0, 400);
    assert_eq!(ask(&clinic, &second, "/Patient/p1").await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn only_its_own_client_takes_a_token_back() {
    let clinic = clinic(&charts()).await;
    person(&clinic, "p1").await;
    let mut other = charts();
    other.id = "other".to_owned();
    client::put(&*clinic.app.store, &other).await.unwrap();
    let reply = tokens(&clinic, Role::Nurse, SCOPES, "care", "").await;
    let token = reply["refresh_token"].as_str().unwrap();
    for (id, left) in [("other", StatusCode::OK), ("charts", StatusCode::UNAUTHORIZED)] {
        let fields = [("client_id", id), ("token", token)];
        assert_eq!(post(&clinic, "/oauth/revoke", &fields).await.0, StatusCode::OK);
        assert_eq!(ask(&clinic, &reply, "/Patient/p1").await.0, left, "{id}");
    }
}

#[tokio::test]
async fn a_disabled_client_or_account_is_out_at_once() {
    let clinic = clinic(&charts()).await;
    person(&clinic, "p1").await;
    let reply = tokens(&clinic, Role::Nurse, SCOPES, "care", "").await;
    let mut client = charts();
    client.disabled = true;
    client::put(&*clinic.app.store, &client).await.unwrap();
    assert_eq!(ask(&clinic, &reply, "/Patient/p1").await.0, StatusCode::UNAUTHORIZED);
    let (status, refused) = refresh(&clinic, reply["refresh_token"].as_str().unwrap()).await;
    assert_eq!((status, &refused["error"]), (StatusCode::UNAUTHORIZED, &"invalid_client".into()));
    client::put(&*clinic.app.store, &charts()).await.unwrap();
    assert_eq!(ask(&clinic, &reply, "/Patient/p1").await.0, StatusCode::OK);
    let accounts = manzil_server::auth::accounts::find(&*clinic.app.store, "nurse").await;
    let mut nurse = accounts.unwrap().unwrap();
    nurse.disabled = true;
    manzil_server::auth::accounts::put(&*clinic.app.store, &nurse).await.unwrap();
    assert_eq!(ask(&clinic, &reply, "/Patient/p1").await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_address_that_is_not_registered_is_told_nothing() {
    let clinic = clinic(&charts()).await;
    let mut nurse = browser(&clinic, Role::Nurse).await;
    for uri in ["https://evil.example/", "https://app.example/back?x=1", "https://app.example", ""]
    {
        let mut request = request(SCOPES);
        request[2].1 = uri.to_owned();
        let answer = nurse.get(&path(&request)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{uri}");
        answer.shows("MZ-0678");
    }
    let twice = format!("{}&client_id=charts", path(&request(SCOPES)));
    nurse.get(&twice).await.shows("MZ-0677");
}

#[tokio::test]
async fn a_request_without_its_protections_goes_back() {
    let clinic = clinic(&charts()).await;
    let mut nurse = browser(&clinic, Role::Nurse).await;
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("state", "", "invalid_request"),
        ("aud", "https://other-clinic.example/fhir", "invalid_request"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("scope", "system/Patient.rs", "invalid_scope"),
        ("scope", "user/Patient.rs?name=x", "invalid_scope"),
    ] {
        let mut request = request(SCOPES);
        request.iter_mut().find(|it| it.0 == name).unwrap().1 = value.to_owned();
        let answer = nurse.get(&path(&request)).await;
        let start = format!("{BACK}?error={error}&");
        assert!(answer.location().starts_with(&start), "{name}={value}: {}", answer.location());
    }
}

#[tokio::test]
async fn a_secret_is_asked_for_and_guessing_ends() {
    use base64ct::{Base64, Encoding};
    let mut client = charts();
    client.proof = Proof::Secret { hash: client::secret_hash("charts", "correct") };
    let clinic = clinic(&client).await;
    let answer = allow(&mut browser(&clinic, Role::Nurse).await, SCOPES, "care", "").await;
    let code = code(&answer);
    assert_eq!(exchange(&clinic, &code).await.1["error"], "invalid_client", "no secret");
    let mut software = clinic.browser();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    let basic = |secret: &str| Base64::encode_string(format!("charts:{secret}").as_bytes());
    software.headers.insert("authorization", format!("Basic {}", basic("no")).parse().unwrap());
    let answer = software.post("/oauth/token", &fields).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.header("www-authenticate").starts_with("Basic"));
    software
        .headers
        .insert("authorization", format!("Basic {}", basic("correct")).parse().unwrap());
    let answer = software.post("/oauth/token", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    for _ in 0..SIGN_IN_FAILURES_PAIR_MAX {
        exchange(&clinic, "x").await;
    }
    assert_eq!(exchange(&clinic, "x").await.0, StatusCode::TOO_MANY_REQUESTS);
}
