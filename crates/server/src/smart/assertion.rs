//! Signed assertions by which software shows who it is (RFC 7523, as SMART Backend Services
//! narrows it): RS384 or ES384, a registered key, five minutes at most, and each only once.

use base64ct::{Base64UrlUnpadded, Encoding};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::client::{self, Client, Proof};
use super::jwks::Algorithm;
use super::kept;
use super::refused::Refused;
use crate::App;
use crate::auth::token::digest;
use crate::limits::{ASSERTION_AGE_MAX, ASSERTION_CHARS_MAX, ASSERTION_ID_CHARS_MAX};

#[derive(Debug, Deserialize)]
struct Head {
    alg: Algorithm,
    kid: String,
    /// Names extensions that must be understood; none is.
    crit: Option<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    /// Seconds since 1970.
    exp: i64,
    nbf: Option<i64>,
    jti: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// That an assertion was used.
#[derive(Debug, Serialize, Deserialize)]
struct Used {
    expires_at: Timestamp,
}

/// The id of the client that an assertion claims to come from, unproved.
pub(super) fn claimed(text: &str) -> Option<String> {
    if text.len() > ASSERTION_CHARS_MAX {
        return None;
    }
    let claims: Claims = text.split('.').nth(1).and_then(part)?;
    Some(claims.iss)
}

/// The client that signed this assertion for `audience`.
pub(super) async fn check(app: &App, text: &str, audience: &str) -> Result<Client, Refused> {
    let id = claimed(text).ok_or(Refused::Client)?;
    let client = client::find(&*app.store, &id).await?.ok_or(Refused::Client)?;
    let Proof::Keys { keys } = &client.proof else { return Err(Refused::Client) };
    let (signed, signature) = text.rsplit_once('.').ok_or(Refused::Client)?;
    let (head, claims) = signed.split_once('.').ok_or(Refused::Client)?;
    let head: Head = part(head).ok_or(Refused::Client)?;
    let claims: Claims = part(claims).ok_or(Refused::Client)?;
    let signature = Base64UrlUnpadded::decode_vec(signature).map_err(|_| Refused::Client)?;
    let mut named = keys.iter().filter(|key| key.kid == head.kid);
    let proved = head.crit.is_none()
        && named.any(|key| key.numbers.verifies(head.alg, signed.as_bytes(), &signature));
    let meant = claims.iss == id && claims.sub == id && claims.aud.names(audience);
    let until = in_time(&claims, app.now()).ok_or(Refused::Client)?;
    if !proved || !meant {
        return Err(Refused::Client);
    }
    use_once(app, &client, &claims.jti, until).await?;
    Ok(client)
}

fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(text).ok()?).ok()
}

/// When it ends, if it counts now.
fn in_time(claims: &Claims, now: Timestamp) -> Option<Timestamp> {
    let until = Timestamp::from_second(claims.exp).ok()?;
    let begun = match claims.nbf {
        Some(nbf) => Timestamp::from_second(nbf).ok()? <= now,
        None => true,
    };
    let counts = begun && until > now && until.duration_since(now) <= ASSERTION_AGE_MAX;
    counts.then_some(until)
}

/// Remembers an assertion until it ends; refuses one that was used.
async fn use_once(app: &App, client: &Client, jti: &str, until: Timestamp) -> Result<(), Refused> {
    if jti.is_empty() || jti.len() > ASSERTION_ID_CHARS_MAX {
        return Err(Refused::Client);
    }
    let name = digest(kept::ASSERTION, &format!("{} {jti}", client.id));
    let _held = app.gate.grants.lock().await;
    if kept::get::<Used>(&*app.store, kept::ASSERTION, &name).await?.is_some() {
        return Err(Refused::Client);
    }
    kept::clear(&*app.store, app.now()).await?;
    Ok(kept::put(&*app.store, kept::ASSERTION, &name, &Used { expires_at: until }).await?)
}

impl Audience {
    fn names(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Several(several) => several.iter().any(|one| one == audience),
        }
    }
}
