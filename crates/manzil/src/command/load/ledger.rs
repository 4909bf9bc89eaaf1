//! How far each file is loaded, kept in the data file beside the records.
//!
//! A place is written down after the commit that reached it. A crash in between is caught by the
//! key of the change set: groups begin where a place was written down and end where their content
//! says, so that the same group has the same key.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use manzil_store::Store;
use manzil_store::chain::{hash_text, hex};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::input::{InputFile, Position};
use crate::ids;

/// The kind of the node-local documents.
const KIND: &str = "load";
/// How often places are written down at most: each costs a turn of the disk.
const WRITE_EVERY: SignedDuration = SignedDuration::from_secs(2);
/// Places that wait to be written down.
const WAITING_MAX: usize = 500;

/// How far one file is loaded.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    pub(super) name: String,
    pub(super) reached: Position,
    pub(super) is_done: bool,
    /// Up to here everything is written by itself, because a group with it was refused.
    pub(super) singly_until: Option<Position>,
    pub(super) resources: u64,
    /// What was put aside, and the length of the file that holds it.
    pub(super) refused: u64,
    pub(super) refused_bytes: u64,
}

/// The places of all files of one call.
pub(super) struct Ledger {
    store: Arc<dyn Store>,
    waiting: BTreeMap<String, Progress>,
    written_at: Timestamp,
}

impl Ledger {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, waiting: BTreeMap::new(), written_at: ids::now() }
    }

    /// How far a file was loaded before.
    pub(super) async fn find(&self, file: &InputFile) -> anyhow::Result<Progress> {
        let known = self.store.local_get(KIND, &file.identity).await?;
        let new = || Progress { name: file.name.clone(), ..Progress::default() };
        Ok(match known {
            Some(text) => serde_json::from_str(&text).context("MZ-0753: a place cannot be read")?,
            None => new(),
        })
    }

    /// Notes how far a file is now, to be written down soon.
    pub(super) async fn note(
        &mut self,
        file: &InputFile,
        progress: &Progress,
    ) -> anyhow::Result<()> {
        self.waiting.insert(file.identity.clone(), progress.clone());
        let is_due = ids::now().duration_since(self.written_at) >= WRITE_EVERY;
        if is_due || self.waiting.len() >= WAITING_MAX { self.write().await } else { Ok(()) }
    }

    /// Writes everything down. Together, they cost one turn of the disk.
    pub(super) async fn write(&mut self) -> anyhow::Result<()> {
        let mut writing = JoinSet::new();
        for (key, progress) in std::mem::take(&mut self.waiting) {
            let (store, text) = (Arc::clone(&self.store), serde_json::to_string(&progress)?);
            writing.spawn(async move { store.local_put(KIND, &key, &text).await });
        }
        while let Some(written) = writing.join_next().await {
            written??;
        }
        self.written_at = ids::now();
        Ok(())
    }
}

/// The key under which a group of a file is committed once.
pub(super) fn key(file: &InputFile, start: Position, end: Position) -> String {
    let place = |it: Position| format!("{}:{}", it.offset, it.entry);
    let text = format!("{} {} {}", file.identity, place(start), place(end));
    format!("load {}", hex(&hash_text(&text)))
}
