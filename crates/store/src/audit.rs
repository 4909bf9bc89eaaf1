//! The audit trail: who read or wrote what, when, as whom and why.

use jiff::Timestamp;
use manzil_journey::access::{Purpose, Role};
use serde::{Deserialize, Serialize};

/// One line of the trail. Each entry's hash covers the hash before it, so that removing or
/// changing a line breaks every later one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Counts from 1 without a gap.
    pub seq: u64,
    pub at: Timestamp,
    pub actor: String,
    pub role: Role,
    pub purpose: Purpose,
    /// `read`, `search`, `write`, `refused`, `sign-in`, `sign-in-failed` and the like.
    pub what: String,
    /// What it was done to: `Observation/0199…`, or a query in words. Never a name.
    pub object: String,
    /// The person concerned, when it is exactly one.
    pub person: Option<String>,
    /// When several persons are concerned (a search, an import): SHA-256 over their ids
    /// ([`crate::chain::hash_persons`]), lower-case hexadecimal. The store keeps the list, so
    /// that each of them finds this line among those about themself.
    pub persons_hash: Option<String>,
    /// SHA-256 of the entry before and this one, lower-case hexadecimal.
    pub hash: String,
}

/// What checking the audit chain and the change log found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    pub entries: u64,
    /// The first entry that does not fit its predecessor, if any.
    pub broken_at: Option<u64>,
    /// The hash of the last entry. Kept elsewhere (on paper, at a partner), it shows later that
    /// the end of the trail was not cut off.
    pub head: String,
    pub change_sets: u64,
    /// The first change set whose versions, bodies or place in the log were altered, if any.
    pub changes_broken_at: Option<u64>,
}

impl AuditReport {
    /// Whether nothing was altered.
    pub fn is_whole(&self) -> bool {
        self.broken_at.is_none() && self.changes_broken_at.is_none()
    }
}
