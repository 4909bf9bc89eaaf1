//! `POST /oauth/token` and `POST /oauth/revoke`: where software exchanges what it has for tokens,
//! and gives them back. Neither has a session or a form of ours.

use std::collections::BTreeSet;
use std::net::IpAddr;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use manzil_journey::access::Purpose;
use serde_json::{Value, json};

use super::client::{Client, Kind};
use super::grant::{self, Grant, Holder, Standing};
use super::refused::Refused;
use super::scope::{Scope, Scopes};
use super::{authenticate, code, kept};
use crate::App;
use crate::auth::token::Token;
use crate::forms::Posted;
use crate::limits::{ACCESS_AGE_MAX, BACKEND_ACCESS_AGE_MAX, FORM_BYTES_MAX};
use crate::network::Network;
use crate::routes::{Admit, Route};

pub const ROUTES: &[Route] = &[
    Route::post("/oauth/token", Admit::Anyone, Purpose::Administration, || post(token)),
    Route::post("/oauth/revoke", Admit::Anyone, Purpose::Administration, || post(revoke)),
];

async fn token(State(app): State<App>, from: Network, headers: HeaderMap, body: Bytes) -> Response {
    answered(exchange(&app, &headers, from, &body).await.map(Json))
}

async fn revoke(
    State(app): State<App>,
    from: Network,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answered(take_back(&app, &headers, from.address(), &body).await)
}

/// An app in a browser may ask from another site; it brings no cookie.
fn answered(answer: Result<impl IntoResponse, Refused>) -> Response {
    let fixed = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::PRAGMA, "no-cache")];
    (fixed, answer).into_response()
}

async fn exchange(
    app: &App,
    headers: &HeaderMap,
    from: Network,
    body: &[u8],
) -> Result<Value, Refused> {
    let form = form(headers, body)?;
    let client = authenticate::client(app, headers, &form, from.address()).await?;
    match (form.exact("grant_type"), &client.kind) {
        ("authorization_code", Kind::App { .. }) => {
            let _held = app.gate.grants.lock().await;
            given(app, from, &code::redeem(app, &client, &form).await?).await
        }
        ("refresh_token", Kind::App { .. }) => {
            if !form.exact("scope").is_empty() {
                return Err(Refused::Request("the scopes of a grant stay; leave out scope"));
            }
            let token = Token::parse(form.exact("refresh_token")).ok_or(Refused::Grant)?;
            let _held = app.gate.grants.lock().await;
            given(app, from, &grant::refresh(app, &client, &token).await?).await
        }
        ("client_credentials", Kind::Backend { .. }) => backend(app, from, client, &form).await,
        ("authorization_code" | "refresh_token" | "client_credentials", _) => {
            Err(Refused::NotForIt)
        }
        _ => Err(Refused::GrantType),
    }
}

/// The fields of a request, each at most once (RFC 6749, section 3.2).
fn form(headers: &HeaderMap, body: &[u8]) -> Result<Posted, Refused> {
    const FORM: &str = "application/x-www-form-urlencoded";
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_form = kind.is_some_and(|kind| kind.split(';').next() == Some(FORM));
    if !is_form || body.len() > FORM_BYTES_MAX {
        return Err(Refused::Request("send a form of at most 64 kB"));
    }
    let unreadable = |_| Refused::Request("the form is not UTF-8 in percent encoding");
    let form = Posted::parse(body).map_err(unreadable)?;
    if repeats(&form) {
        return Err(Refused::Request("a parameter stands there twice"));
    }
    Ok(form)
}

/// Whether a parameter comes more than once, so that two readers could see two requests.
pub(crate) fn repeats(form: &Posted) -> bool {
    let mut seen = BTreeSet::new();
    form.fields().any(|(name, _)| !seen.insert(name.to_owned()))
}

/// New tokens for what somebody gave.
async fn given(app: &App, from: Network, standing: &Standing) -> Result<Value, Refused> {
    let grant = &standing.grant;
    let (token, end) = grant::access_token(app, grant, ACCESS_AGE_MAX).await?;
    let mut reply = json!({
        "access_token": token.secret(),
        "token_type": "Bearer",
        "expires_in": end.duration_since(app.now()).as_secs(),
        "scope": standing.scopes.to_string(),
    });
    let mut add = |name: &str, value: &str| {
        if let Some(members) = reply.as_object_mut() {
            members.insert(name.to_owned(), value.into());
        }
    };
    if let Some(patient) = &grant.patient {
        add("patient", patient);
    }
    if standing.scopes.has(&Scope::OfflineAccess) {
        add("refresh_token", grant::refresh_token(app, grant).await?.secret());
    }
    note(app, from, standing).await?;
    Ok(reply)
}

/// A token for software that acts in its own name.
async fn backend(
    app: &App,
    from: Network,
    client: Client,
    form: &Posted,
) -> Result<Value, Refused> {
    let Kind::Backend { role } = client.kind else { return Err(Refused::NotForIt) };
    let mut purposes = client.purposes.iter().copied();
    let (Some(purpose), None) = (purposes.next(), purposes.next()) else {
        return Err(Refused::NotForIt);
    };
    let asked = Scopes::parse(form.exact("scope"))?;
    let scopes = asked.within(&client.scopes).of_levels(client.levels());
    if scopes.resources().next().is_none() {
        return Err(Refused::NoScope);
    }
    let now = app.now();
    let grant = Grant {
        id: app.entropy.id(now)?.to_string(),
        client: client.id.clone(),
        holder: Holder::Client,
        role,
        purpose,
        scopes,
        patient: None,
        made_at: now,
        expires_at: now.checked_add(BACKEND_ACCESS_AGE_MAX).unwrap_or(now),
    };
    kept::put(&*app.store, kept::GRANT, &grant.id, &grant).await?;
    let (token, end) = grant::access_token(app, &grant, BACKEND_ACCESS_AGE_MAX).await?;
    let standing = grant::standing(&*app.store, &grant.id, now).await?.ok_or(Refused::Grant)?;
    note(app, from, &standing).await?;
    Ok(json!({
        "access_token": token.secret(),
        "token_type": "Bearer",
        "expires_in": end.duration_since(now).as_secs(),
        "scope": standing.scopes.to_string(),
    }))
}

/// Ends the grant of a token (RFC 7009). A token that is nothing here, or another client's, gets
/// the same answer.
async fn take_back(
    app: &App,
    headers: &HeaderMap,
    address: IpAddr,
    body: &[u8],
) -> Result<StatusCode, Refused> {
    let form = form(headers, body)?;
    let client = authenticate::client(app, headers, &form, address).await?;
    let Some(token) = Token::parse(form.exact("token")) else { return Ok(StatusCode::OK) };
    let _held = app.gate.grants.lock().await;
    let grant = grant::behind(&*app.store, &token).await?;
    if let Some(grant) = grant.filter(|grant| grant.client == client.id) {
        grant::revoke(&*app.store, &grant.id).await?;
    }
    Ok(StatusCode::OK)
}

async fn note(app: &App, from: Network, standing: &Standing) -> Result<(), Refused> {
    let (access, object) = (standing.access(from), format!("Client/{}", standing.client.id));
    let person = standing.grant.patient.as_deref();
    Ok(app.store.note(&access, "token-given", &object, person).await?)
}
