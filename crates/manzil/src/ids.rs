//! The clock and the source of identifiers: the only place where either is read.

use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use manzil_server::entropy::{Entropy as _, SystemEntropy};

/// Now, in UTC.
#[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// A new UUIDv7 (RFC 9562): ordered by time, made without asking anybody.
pub fn new_id() -> anyhow::Result<String> {
    let id = SystemEntropy.id(now()).context("no identifier could be made")?;
    Ok(id.to_string())
}

/// The clock to hand to the parts that need one.
pub fn clock() -> Arc<dyn Fn() -> Timestamp + Send + Sync> {
    Arc::new(now)
}

/// A new id for the pure parts, which cannot fail. Without random bytes the id is empty, and the
/// store refuses a record without an id.
pub fn id_or_empty() -> String {
    new_id().unwrap_or_default()
}
