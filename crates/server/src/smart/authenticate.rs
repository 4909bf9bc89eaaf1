//! Which software sends a request to the token endpoint.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};
use base64ct::{Base64, Encoding};

use super::client::{self, Client, Proof, secret_hash};
use super::refused::Refused;
use super::{assertion, configuration};
use crate::App;
use crate::auth::token::same;
use crate::forms::Posted;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The client that sends this form, proved as it was registered. Failures are counted for its id
/// and address together, so that a stranger cannot lock it out from elsewhere.
pub(super) async fn client(
    app: &App,
    headers: &HeaderMap,
    form: &Posted,
    address: IpAddr,
) -> Result<Client, Refused> {
    let shown = Shown::read(headers, form)?;
    let counted = format!("{} {address}", shown.id());
    let rate = &app.gate.software;
    if let Some(minutes) = rate.wait_minutes(&counted, address, app.now()) {
        return Err(Refused::TooMany { minutes });
    }
    match shown.check(app, headers).await {
        Err(Refused::Client) => {
            rate.failed(&counted, address, app.now());
            Err(Refused::Client)
        }
        Ok(client) if client.disabled => Err(Refused::Client),
        Ok(client) => {
            rate.succeeded(&counted, address);
            Ok(client)
        }
        other => other,
    }
}

/// What a request shows of its sender.
enum Shown {
    Name(String),
    Secret { id: String, secret: String },
    Assertion { id: String, text: String },
}

impl Shown {
    fn read(headers: &HeaderMap, form: &Posted) -> Result<Self, Refused> {
        let named = form.exact("client_id");
        let basic = headers.get(header::AUTHORIZATION);
        let shown = if !form.exact("client_assertion").is_empty() {
            if form.exact("client_assertion_type") != ASSERTION_TYPE || basic.is_some() {
                return Err(Refused::Request("an assertion stands alone and names its type"));
            }
            let text = form.exact("client_assertion").to_owned();
            let id = assertion::claimed(&text).ok_or(Refused::Client)?;
            Self::Assertion { id, text }
        } else if let Some(value) = basic {
            let text = value.to_str().ok().and_then(unpack).ok_or(Refused::Client)?;
            let (id, secret) = text.split_once(':').ok_or(Refused::Client)?;
            Self::Secret { id: id.to_owned(), secret: secret.to_owned() }
        } else if named.is_empty() {
            return Err(Refused::Client);
        } else {
            Self::Name(named.to_owned())
        };
        if named.is_empty() || named == shown.id() { Ok(shown) } else { Err(Refused::Client) }
    }

    fn id(&self) -> &str {
        match self {
            Self::Name(id) | Self::Secret { id, .. } | Self::Assertion { id, .. } => id,
        }
    }

    async fn check(&self, app: &App, headers: &HeaderMap) -> Result<Client, Refused> {
        if let Self::Assertion { text, .. } = self {
            let place = configuration::issuer(app, headers).ok_or(Refused::NoAddress)?;
            return assertion::check(app, text, &configuration::token_endpoint(&place)).await;
        }
        let client = client::find(&*app.store, self.id()).await?.ok_or(Refused::Client)?;
        let proved = match (self, &client.proof) {
            (Self::Name(_), Proof::Public) => true,
            (Self::Secret { id, secret }, Proof::Secret { hash }) => {
                same(&secret_hash(id, secret), hash)
            }
            _ => false,
        };
        if proved { Ok(client) } else { Err(Refused::Client) }
    }
}

/// The text behind `Basic`.
fn unpack(header: &str) -> Option<String> {
    let (scheme, packed) = header.split_once(' ')?;
    let bytes = Base64::decode_vec(packed.trim()).ok()?;
    if scheme.eq_ignore_ascii_case("basic") { String::from_utf8(bytes).ok() } else { None }
}
