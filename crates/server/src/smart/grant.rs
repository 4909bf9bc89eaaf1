//! What was given to a piece of software, and the tokens that stand for it.
//!
//! A grant names who gave it, the role, the purpose and the scopes, and never changes. It ends by
//! time, when it is taken back, and when anything that it rests on changes: the account's
//! password, role or right to sign in, or the client.

use jiff::{SignedDuration, Timestamp};
use manzil_journey::access::{Access, Purpose, Role};
use manzil_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

use super::client::{self, Client, Kind};
use super::kept;
use super::refused::Refused;
use super::scope::Scopes;
use crate::App;
use crate::auth::token::Token;
use crate::auth::{Account, accounts};
use crate::network::Network;

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

/// What a refresh token stands for. A spent one is kept, so that its reuse is seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RefreshToken {
    pub(crate) grant: String,
    pub(crate) expires_at: Timestamp,
    pub(crate) spent: bool,
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
    pub(crate) fn access(&self, from: Network) -> Access {
        let actor = match &self.grant.holder {
            Holder::Account { actor, .. } => actor.clone(),
            Holder::Client => format!("Client/{}", self.client.id),
        };
        let via = from.via(Some(&self.client.id));
        Access { via, ..Access::new(actor, self.grant.role, self.grant.purpose) }
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

/// Writes a new access token for a grant, which counts as long as the grant at most.
pub(crate) async fn access_token(
    app: &App,
    grant: &Grant,
    age: SignedDuration,
) -> Result<(Token, Timestamp), Refused> {
    let token = Token::new(&*app.entropy)?;
    let end = app.now().checked_add(age).unwrap_or(grant.expires_at).min(grant.expires_at);
    let stored = AccessToken { grant: grant.id.clone(), expires_at: end };
    kept::put(&*app.store, kept::ACCESS, &kept::name(kept::ACCESS, &token), &stored).await?;
    Ok((token, end))
}

/// Writes a new refresh token for a grant.
pub(crate) async fn refresh_token(app: &App, grant: &Grant) -> Result<Token, Refused> {
    let token = Token::new(&*app.entropy)?;
    let expires_at = grant.expires_at;
    let stored = RefreshToken { grant: grant.id.clone(), expires_at, spent: false };
    kept::put(&*app.store, kept::REFRESH, &kept::name(kept::REFRESH, &token), &stored).await?;
    Ok(token)
}

/// Spends a refresh token and gives its grant. One that comes a second time was stolen from
/// somebody, and nobody can tell from whom: the grant ends. Call it with `grants` held.
pub(crate) async fn refresh(
    app: &App,
    client: &Client,
    token: &Token,
) -> Result<Standing, Refused> {
    let name = kept::name(kept::REFRESH, token);
    let found = kept::get::<RefreshToken>(&*app.store, kept::REFRESH, &name).await?;
    let Some(mut found) = found else { return Err(Refused::Grant) };
    if found.spent {
        revoke(&*app.store, &found.grant).await?;
        return Err(Refused::Grant);
    }
    let standing = standing(&*app.store, &found.grant, app.now()).await?;
    let own = standing.filter(|it| it.client.id == client.id).ok_or(Refused::Grant)?;
    found.spent = true;
    kept::put(&*app.store, kept::REFRESH, &name, &found).await?;
    Ok(own)
}

/// The grant behind an access or refresh token, whatever it is still worth.
pub(crate) async fn behind(store: &dyn Store, token: &Token) -> Result<Option<Grant>, StoreError> {
    let name = kept::name(kept::ACCESS, token);
    let access = kept::get::<AccessToken>(store, kept::ACCESS, &name).await?;
    let name = kept::name(kept::REFRESH, token);
    let refresh = kept::get::<RefreshToken>(store, kept::REFRESH, &name).await?;
    let id = access.map(|it| it.grant).or_else(|| refresh.map(|it| it.grant));
    match id {
        Some(id) => kept::get(store, kept::GRANT, &id).await,
        None => Ok(None),
    }
}

/// Takes a grant back; all its tokens are worth nothing from here on.
pub(crate) async fn revoke(store: &dyn Store, id: &str) -> Result<(), StoreError> {
    store.local_delete(kept::GRANT, id).await
}

/// A hash of what a grant rests on in an account: another password or another role is another.
pub fn seal(account: &Account) -> String {
    let role = crate::auth::account::role_code(account.role);
    crate::auth::token::digest("smart account", &format!("{role} {}", account.password_hash))
}
