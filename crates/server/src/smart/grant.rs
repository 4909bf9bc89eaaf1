//! What was given to a piece of software, and the tokens that stand for it.
//!
//! A grant names who gave it, the role, the purpose and the scopes, and never changes. It ends by
//! time, when it is taken back, and when anything that it rests on changes: the account's
//! password, role or right to sign in, or the client.

use jiff::Timestamp;
use manzil_journey::access::{Access, Purpose, Role};
use manzil_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

use super::client::{self, Client, Kind};
use super::kept;
use super::scope::Scopes;
use crate::auth::token::Token;
use crate::auth::{Account, accounts};

/// What was given. Stored as JSON under its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub id: String,
    pub client: String,
    pub holder: Holder,
    pub role: Role,
    pub purpose: Purpose,
    pub scopes: Scopes,
    /// The `Patient` id that patient-level scopes are about.
    pub patient: Option<String>,
    pub made_at: Timestamp,
    pub expires_at: Timestamp,
}

/// In whose name the software acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    Account {
        name: String,
        /// The actor in the record: the account's name, or `Patient/<id>` for a person.
        actor: String,
        /// [`seal`] of the account as it was; another one ends the grant.
        seal: String,
    },
    /// Its own.
    Client,
}

/// A grant that still stands, with what it is worth now.
#[derive(Clone, Debug)]
pub struct Standing {
    pub grant: Grant,
    pub client: Client,
    /// The scopes of the grant that the client may still have.
    pub scopes: Scopes,
}

/// What an access token stands for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccessToken {
    pub(crate) grant: String,
    pub(crate) expires_at: Timestamp,
}

/// What a token is worth.
#[derive(Debug)]
pub enum Worth {
    Standing(Box<Standing>),
    Expired,
    Nothing,
}

impl Standing {
    /// What the store is asked with.
    pub fn access(&self) -> Access {
        let actor = match &self.grant.holder {
            Holder::Account { actor, .. } => actor.clone(),
            Holder::Client => format!("Client/{}", self.client.id),
        };
        Access::new(actor, self.grant.role, self.grant.purpose)
    }
}

/// What an access token is worth now.
pub async fn find(store: &dyn Store, token: &Token, now: Timestamp) -> Result<Worth, StoreError> {
    let name = kept::name(kept::ACCESS, token);
    let Some(found) = kept::get::<AccessToken>(store, kept::ACCESS, &name).await? else {
        return Ok(Worth::Nothing);
    };
    if found.expires_at <= now {
        return Ok(Worth::Expired);
    }
    let standing = standing(store, &found.grant, now).await?;
    Ok(standing.map_or(Worth::Nothing, |it| Worth::Standing(Box::new(it))))
}

/// The grant of this id, if all that it rests on still stands.
pub(crate) async fn standing(
    store: &dyn Store,
    id: &str,
    now: Timestamp,
) -> Result<Option<Standing>, StoreError> {
    let Some(grant) = kept::get::<Grant>(store, kept::GRANT, id).await? else { return Ok(None) };
    let Some(client) = client::find(store, &grant.client).await? else { return Ok(None) };
    let holder_stands = match (&grant.holder, &client.kind) {
        (Holder::Account { name, seal: sealed, .. }, Kind::App { .. }) => {
            let account = accounts::find(store, name).await?;
            account.is_some_and(|it| !it.disabled && it.role == grant.role && seal(&it) == *sealed)
        }
        (Holder::Client, Kind::Backend { role }) => *role == grant.role,
        _ => false,
    };
    let client_stands = !client.disabled && client.purposes.contains(&grant.purpose);
    let scopes = grant.scopes.within(&client.scopes).of_levels(client.levels());
    let stands = holder_stands && client_stands && grant.expires_at > now && !scopes.is_empty();
    Ok(stands.then_some(Standing { grant, client, scopes }))
}

/// A hash of what a grant rests on in an account: another password or another role is another.
pub fn seal(account: &Account) -> String {
    let role = crate::auth::account::role_code(account.role);
    crate::auth::token::digest("smart account", &format!("{role} {}", account.password_hash))
}
