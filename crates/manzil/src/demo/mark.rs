//! What tells a store of a demonstration from one with records of people.
//!
//! A demonstration has accounts whose passwords everybody knows, and its interface may be opened. So
//! its store is marked at its first start; no other store is ever used for one, and a marked one for
//! nothing else.

use std::fmt::Display;

use anyhow::{Context as _, bail, ensure};
use manzil_store::Store;

const KIND: &str = "demonstration";
const KEY: &str = "mark";

/// What a store turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    New,
    Demonstration,
}

/// Marks a new store as a demonstration; refuses one that holds anything else.
pub async fn begin(store: &dyn Store, place: &impl Display) -> anyhow::Result<Found> {
    if store.local_get(KIND, KEY).await?.is_some() {
        return Ok(Found::Demonstration);
    }
    let statistics = store.statistics().await.context("the store cannot be counted")?;
    ensure!(
        statistics.change_sets == 0 && statistics.audit_entries == 0,
        "MZ-0724: {place} is no demonstration: it is in use already; name a new place, or leave \
         --demo out"
    );
    store.local_put(KIND, KEY, "{}").await?;
    Ok(Found::New)
}

/// Refuses a demonstration.
pub async fn refuse(store: &dyn Store, place: &impl Display) -> anyhow::Result<()> {
    if store.local_get(KIND, KEY).await?.is_some() {
        bail!(
            "MZ-0725: {place} is a demonstration, with accounts that everybody knows; give --demo, \
             or name another place"
        );
    }
    Ok(())
}
