//! Registering software: what is asked, and what is wrong with it.
//!
//! The page of the administrator and the command line of an operator ask the same questions.

use std::collections::BTreeSet;

use manzil_journey::access::{Purpose, Role};
use manzil_store::StoreError;

use super::client::{self, BACKEND_ROLES, Client, Kind, Proof, secret_hash};
use super::jwks;
use super::scope::Scopes;
use crate::App;
use crate::auth::account::normal_name;
use crate::auth::token::Token;
use crate::entropy::EntropyError;
use crate::limits::{CLIENTS_MAX, NAME_CHARS_MAX, REDIRECTS_MAX};
use crate::messages::key;

/// What somebody wants to register, as they wrote it.
#[derive(Clone, Debug)]
pub struct Registration {
    pub id: String,
    pub name: String,
    pub manner: Manner,
    /// A JSON Web Key Set; for [`Manner::Keys`] and [`Manner::Backend`].
    pub keys: String,
    /// Separated by blanks.
    pub scopes: String,
    pub purposes: BTreeSet<Purpose>,
}

/// In whose name the software acts, and how it shows that it is itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// In the name of who signs in; keeps no secret. With its return addresses.
    Public(Vec<String>),
    /// In the name of who signs in, with a secret that is made for it.
    Secret(Vec<String>),
    /// In the name of who signs in, with a signature.
    Keys(Vec<String>),
    /// In its own name, with a signature.
    Backend(Option<Role>),
    /// Not said.
    Unknown,
}

/// A part of a registration that cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    Id,
    Name,
    Redirects,
    Role,
    Keys,
    Scopes,
    Purposes,
}

/// Why nothing was registered.
#[derive(Debug)]
pub enum RegistrationError {
    /// What has to be written otherwise.
    Wrong(Vec<Wrong>),
    Store(StoreError),
    Entropy(EntropyError),
}

impl Wrong {
    /// The message that says what to write.
    pub fn message(self) -> &'static str {
        match self {
            Self::Id => key("software-id-wrong"),
            Self::Name => key("software-name-wrong"),
            Self::Redirects | Self::Role => key("software-kind-wrong"),
            Self::Keys => key("software-keys-wrong"),
            Self::Scopes => key("software-scopes-wrong"),
            Self::Purposes => key("software-purposes-wrong"),
        }
    }
}

/// Registers software in the name of the account `by`: the client, and its secret if it has one,
/// which nobody can read again. Writes nothing when anything is wrong.
pub async fn register(
    app: &App,
    by: &str,
    asked: Registration,
) -> Result<(Client, Option<String>), RegistrationError> {
    let _held = app.gate.accounts.lock().await;
    let others = client::list(&*app.store).await.map_err(RegistrationError::Store)?;
    let id = normal_name(&asked.id).filter(|id| id.is_ascii() && *id == asked.id);
    let id = id.filter(|id| others.len() < CLIENTS_MAX && others.iter().all(|it| it.id != *id));
    let name =
        Some(asked.name.trim()).filter(|it| !it.is_empty() && it.chars().count() <= NAME_CHARS_MAX);
    let scopes = Scopes::parse(&asked.scopes).ok().filter(|it| it.resources().next().is_some());
    let kind = kind(&asked.manner);
    let keys = jwks::read(&asked.keys).ok();
    let mut secret = None;
    let proof = match &asked.manner {
        Manner::Public(_) => Some(Proof::Public),
        Manner::Secret(_) => {
            let token = Token::new(&*app.entropy).map_err(RegistrationError::Entropy)?;
            let hash = secret_hash(&asked.id, token.secret());
            secret = Some(token.secret().to_owned());
            Some(Proof::Secret { hash })
        }
        Manner::Keys(_) | Manner::Backend(_) | Manner::Unknown => {
            keys.map(|keys| Proof::Keys { keys })
        }
    };
    let is_backend = matches!(asked.manner, Manner::Backend(_));
    let count = asked.purposes.len();
    let purposes_fit = if is_backend { count == 1 } else { count > 0 };
    let wrong = [
        (id.is_none(), Wrong::Id),
        (name.is_none(), Wrong::Name),
        (kind.is_err(), kind.as_ref().err().copied().unwrap_or(Wrong::Role)),
        (proof.is_none(), Wrong::Keys),
        (scopes.is_none(), Wrong::Scopes),
        (!purposes_fit, Wrong::Purposes),
    ];
    let wrong: Vec<Wrong> = wrong.into_iter().filter(|it| it.0).map(|it| it.1).collect();
    let (Some(id), Some(name), Ok(kind), Some(proof), Some(scopes), []) =
        (id, name, kind, proof, scopes, &wrong[..])
    else {
        return Err(RegistrationError::Wrong(wrong));
    };
    let (name, purposes, made_by) = (name.to_owned(), asked.purposes, by.to_owned());
    let made_at = app.now();
    let client =
        Client { id, name, kind, proof, scopes, purposes, disabled: false, made_at, made_by };
    client::put(&*app.store, &client).await.map_err(RegistrationError::Store)?;
    Ok((client, secret))
}

fn kind(manner: &Manner) -> Result<Kind, Wrong> {
    match manner {
        Manner::Backend(role) => {
            let role = role.filter(|role| BACKEND_ROLES.contains(role)).ok_or(Wrong::Role)?;
            Ok(Kind::Backend { role })
        }
        Manner::Public(uris) | Manner::Secret(uris) | Manner::Keys(uris) => {
            let redirect_uris: BTreeSet<String> = uris.iter().cloned().collect();
            let fit = (1..=REDIRECTS_MAX).contains(&redirect_uris.len())
                && redirect_uris.iter().all(|uri| may_return_to(uri));
            if fit {
                Ok(Kind::App { redirect_uris, launch_uri: None })
            } else {
                Err(Wrong::Redirects)
            }
        }
        Manner::Unknown => Err(Wrong::Redirects),
    }
}

/// `https`, `http` on this machine, or the scheme of an app (with a point in it, RFC 8252). What
/// would break out of the policy of the page of consent, or be cut off, is refused.
fn may_return_to(uri: &str) -> bool {
    let plain = uri.bytes().all(|b| b.is_ascii_graphic() && !b"#;,'\"<>\\*@".contains(&b));
    let Some((scheme, rest)) = uri.split_once(':') else { return false };
    let host = rest.trim_start_matches('/').split(['/', '?', ':']).next().unwrap_or_default();
    let leads = match scheme {
        "https" => rest.starts_with("//") && !host.is_empty(),
        "http" => rest.starts_with("//") && matches!(host, "localhost" | "127.0.0.1"),
        other => {
            let named = |b: u8| b.is_ascii_alphanumeric() || b".-+".contains(&b);
            other.contains('.') && other.bytes().all(named)
        }
    };
    plain && leads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_goes_to_addresses_that_can_be_kept() {
        for good in ["https://a.example/b?c=d", "http://localhost:80/x", "org.example.app:/back"] {
            assert!(may_return_to(good), "{good}");
        }
        for bad in [
            "http://a.example/",
            "javascript:x",
            "https://a.example/#x",
            "https:/a",
            "data:x",
            "https://a;script-src",
            "https://a,b",
            "",
            "https://",
            "http://localhost@evil.example/",
        ] {
            assert!(!may_return_to(bad), "{bad}");
        }
    }
}
