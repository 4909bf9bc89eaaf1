//! The clock and the source of identifiers: the only place where either is read.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

/// Now, in UTC.
#[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// A new UUIDv7 (RFC 9562): ordered by time, made without asking anybody.
#[expect(clippy::disallowed_methods, reason = "the one place where identifiers are made")]
pub fn new_id() -> String {
    Uuid::now_v7().to_string()
}

/// The clock to hand to the parts that need one.
pub fn clock() -> Arc<dyn Fn() -> Timestamp + Send + Sync> {
    Arc::new(now)
}
