//! Codes, tokens, grants and clients as node-local documents. Every secret is stored under a hash
//! of itself, so that a copy of the data file opens nothing.

use jiff::Timestamp;
use manzil_store::{Store, StoreError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::auth::token::Token;

pub(crate) const CLIENT: &str = "smart-client";
pub(crate) const GRANT: &str = "smart-grant";
pub(crate) const CODE: &str = "smart-code";
pub(crate) const ACCESS: &str = "smart-access";
pub(crate) const REFRESH: &str = "smart-refresh";
pub(crate) const ASSERTION: &str = "smart-assertion";

/// The kinds whose documents have a member `expires_at`.
const EXPIRING: &[&str] = &[GRANT, CODE, ACCESS, REFRESH, ASSERTION];

/// The name under which the store knows a secret of this kind.
pub(crate) fn name(kind: &str, secret: &Token) -> String {
    secret.stored_as(kind)
}

pub(crate) async fn get<T: DeserializeOwned>(
    store: &dyn Store,
    kind: &str,
    key: &str,
) -> Result<Option<T>, StoreError> {
    store.local_get(kind, key).await?.map(|text| read(kind, &text)).transpose()
}

pub(crate) async fn put<T: Serialize>(
    store: &dyn Store,
    kind: &str,
    key: &str,
    value: &T,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(value)
        .map_err(|error| StoreError::Damaged(format!("{kind}: {error}")))?;
    store.local_put(kind, key, &text).await
}

pub(crate) async fn list<T: DeserializeOwned>(
    store: &dyn Store,
    kind: &str,
) -> Result<Vec<(String, T)>, StoreError> {
    let rows = store.local_list(kind).await?;
    rows.into_iter().map(|(key, text)| Ok((key, read(kind, &text)?))).collect()
}

/// Removes what has expired.
pub(crate) async fn clear(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    #[derive(Deserialize)]
    struct Expiring {
        expires_at: Timestamp,
    }
    for kind in EXPIRING {
        for (key, text) in store.local_list(kind).await? {
            let expiring: Expiring = read(kind, &text)?;
            if expiring.expires_at <= now {
                store.local_delete(kind, &key).await?;
            }
        }
    }
    Ok(())
}

fn read<T: DeserializeOwned>(kind: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("{kind}: {error}")))
}
