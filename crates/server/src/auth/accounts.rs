//! The accounts of this node, kept in the store's local data.

use manzil_store::{Store, StoreError};

use super::account::Account;

const KIND: &str = "account";

/// The account of this (normalised) name.
pub async fn find(store: &dyn Store, name: &str) -> Result<Option<Account>, StoreError> {
    store.local_get(KIND, name).await?.map(|text| read(&text)).transpose()
}

/// All accounts, ordered by name.
pub async fn list(store: &dyn Store) -> Result<Vec<Account>, StoreError> {
    let rows = store.local_list(KIND).await?;
    let mut accounts: Vec<Account> =
        rows.iter().map(|(_, text)| read(text)).collect::<Result<_, _>>()?;
    accounts.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(accounts)
}

/// Writes an account, new or changed.
pub async fn put(store: &dyn Store, account: &Account) -> Result<(), StoreError> {
    let text = serde_json::to_string(account)
        .map_err(|error| StoreError::Damaged(format!("account {}: {error}", account.name)))?;
    store.local_put(KIND, &account.name, &text).await
}

fn read(text: &str) -> Result<Account, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("an account: {error}")))
}
