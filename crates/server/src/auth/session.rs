//! Sessions: who is signed in on which browser, and until when.

use jiff::Timestamp;
use manzil_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::accounts;
use super::token::Token;
use crate::limits::{SESSION_AGE_MAX, SESSION_IDLE_MAX, SESSION_TOUCH_EVERY};

const KIND: &str = "session";

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Session {
    account: String,
    started_at: Timestamp,
    used_at: Timestamp,
}

impl Session {
    fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.used_at) >= SESSION_IDLE_MAX
            || now.duration_since(self.started_at) >= SESSION_AGE_MAX
    }
}

/// What a token stands for.
#[derive(Debug)]
pub enum Found {
    /// Nobody is signed in with it.
    Nobody,
    /// Somebody was, and the session ran out.
    Expired,
    Account(Box<Account>),
}

/// Starts a session for an account, and clears away those that have ended.
pub async fn start(
    store: &dyn Store,
    token: &Token,
    account: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    for (key, session) in all(store).await? {
        if session.is_none_or(|session| session.is_over(now)) {
            store.local_delete(KIND, &key).await?;
        }
    }
    let session = Session { account: account.to_owned(), started_at: now, used_at: now };
    put(store, &token.stored(), &session).await
}

/// Looks up the account behind a token. An ended session, or one whose account was disabled, is
/// removed.
pub async fn find(store: &dyn Store, token: &Token, now: Timestamp) -> Result<Found, StoreError> {
    let key = token.stored();
    let Some(text) = store.local_get(KIND, &key).await? else { return Ok(Found::Nobody) };
    let session = read(&text).filter(|session| !session.is_over(now));
    let Some(mut session) = session else {
        store.local_delete(KIND, &key).await?;
        return Ok(Found::Expired);
    };
    let account = accounts::find(store, &session.account).await?;
    let Some(account) = account.filter(|account| !account.disabled) else {
        store.local_delete(KIND, &key).await?;
        return Ok(Found::Expired);
    };
    if now.duration_since(session.used_at) >= SESSION_TOUCH_EVERY {
        session.used_at = now;
        put(store, &key, &session).await?;
    }
    Ok(Found::Account(Box::new(account)))
}

/// Ends the session of a token.
pub async fn end(store: &dyn Store, token: &Token) -> Result<(), StoreError> {
    store.local_delete(KIND, &token.stored()).await
}

/// Ends every session of an account: its password or its rights changed.
pub async fn end_all(store: &dyn Store, account: &str) -> Result<(), StoreError> {
    for (key, session) in all(store).await? {
        if session.is_some_and(|session| session.account == account) {
            store.local_delete(KIND, &key).await?;
        }
    }
    Ok(())
}

async fn all(store: &dyn Store) -> Result<Vec<(String, Option<Session>)>, StoreError> {
    let rows = store.local_list(KIND).await?;
    Ok(rows.into_iter().map(|(key, text)| (key, read(&text))).collect())
}

async fn put(store: &dyn Store, key: &str, session: &Session) -> Result<(), StoreError> {
    let text = serde_json::to_string(session)
        .map_err(|error| StoreError::Damaged(format!("a session: {error}")))?;
    store.local_put(KIND, key, &text).await
}

fn read(text: &str) -> Option<Session> {
    serde_json::from_str(text).ok()
}
