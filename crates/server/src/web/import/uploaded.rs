//! A caseload that waits for its confirmation.
//!
//! It is kept in pieces among the node-local documents, for the account that sent it and for a
//! limited time, and goes when it has been imported.

use jiff::Timestamp;
use manzil_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

use crate::App;
use crate::limits::IMPORT_AGE_MAX;
use crate::problem::Problem;

const KIND: &str = "upload";
const PART_KIND: &str = "upload-part";
/// Bytes of one piece: with every letter escaped still below the limit of a document.
const PART_BYTES_MAX: usize = 160 * 1024;

/// A file with its column map.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Uploaded {
    account: String,
    at: Timestamp,
    /// The name of the file.
    pub(super) file: String,
    /// The column map in TOML; empty for none.
    pub(super) map: String,
    parts: usize,
    /// The file, which is kept in pieces.
    #[serde(skip)]
    pub(super) text: String,
    /// A file that is no text, to be told what it is. Never kept.
    #[serde(skip)]
    pub(super) binary: Option<Vec<u8>>,
}

impl Uploaded {
    pub(super) fn new(account: &str, at: Timestamp) -> Self {
        Self {
            account: account.to_owned(),
            at,
            file: String::new(),
            map: String::new(),
            parts: 0,
            text: String::new(),
            binary: None,
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.binary.clone().unwrap_or_else(|| self.text.clone().into_bytes())
    }
}

/// Keeps a file; returns the secret by which its sender finds it again. What the same account
/// kept before, and what is too old, goes.
pub(super) async fn keep(app: &App, uploaded: &Uploaded) -> Result<String, Problem> {
    let store = &*app.store;
    for (token, text) in store.local_list(KIND).await? {
        let other: Option<Uploaded> = serde_json::from_str(&text).ok();
        let stays = other.is_some_and(|other| {
            other.account != uploaded.account && app.now().duration_since(other.at) < IMPORT_AGE_MAX
        });
        if !stays {
            forget(app, &token).await?;
        }
    }
    let token = app.new_id()?;
    let parts = pieces(&uploaded.text);
    for (place, part) in parts.iter().enumerate() {
        store.local_put(PART_KIND, &format!("{token}/{place}"), &json(part)?).await?;
    }
    let uploaded = Uploaded { parts: parts.len(), ..uploaded.clone() };
    store.local_put(KIND, &token, &json(&uploaded)?).await?;
    Ok(token)
}

/// The file that this account kept; none when there is none, or no longer.
pub(super) async fn take(
    app: &App,
    token: &str,
    account: &str,
) -> Result<Option<Uploaded>, Problem> {
    let Some(mut uploaded) = read(&*app.store, token).await? else { return Ok(None) };
    let is_old = app.now().duration_since(uploaded.at) >= IMPORT_AGE_MAX;
    if uploaded.account != account || is_old {
        return Ok(None);
    }
    for place in 0..uploaded.parts {
        let part = app.store.local_get(PART_KIND, &format!("{token}/{place}")).await?;
        let Some(part) = part.and_then(|part| serde_json::from_str::<String>(&part).ok()) else {
            return Ok(None);
        };
        uploaded.text.push_str(&part);
    }
    Ok(Some(uploaded))
}

/// Removes a file.
pub(super) async fn forget(app: &App, token: &str) -> Result<(), Problem> {
    let uploaded = read(&*app.store, token).await?;
    app.store.local_delete(KIND, token).await?;
    for place in 0..uploaded.map_or(0, |uploaded| uploaded.parts) {
        app.store.local_delete(PART_KIND, &format!("{token}/{place}")).await?;
    }
    Ok(())
}

async fn read(store: &dyn Store, token: &str) -> Result<Option<Uploaded>, StoreError> {
    let text = store.local_get(KIND, token).await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

fn json(value: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|error| Problem::Internal(error.to_string()))
}

/// Splits a text between letters.
fn pieces(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = PART_BYTES_MAX.min(rest.len());
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (part, after) = rest.split_at(end);
        parts.push(part);
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_put_together_are_the_text() {
        for text in ["", "a", &"é".repeat(PART_BYTES_MAX), &"x".repeat(PART_BYTES_MAX * 2)] {
            let parts = pieces(text);
            assert_eq!(parts.concat(), *text);
            assert!(parts.iter().all(|part| part.len() <= PART_BYTES_MAX && !part.is_empty()));
        }
    }
}
