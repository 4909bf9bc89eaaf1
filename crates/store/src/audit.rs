//! The audit trail: who read or wrote what, when, as whom and why.

use jiff::Timestamp;
use manzil_journey::access::{Purpose, Role, Via};
use serde::{Deserialize, Serialize};

use crate::VersionMeta;

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
    /// None for what the program did by itself, and for what was asked before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<Via>,
    /// `read`, `history`, `search`; `create`, `update` and `delete` of one record, `write` of
    /// several; `refused`, `sign-in`, `sign-in-failed` and the like.
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

/// What the line of a change set says: the word for what was done, and to what. `object` names the
/// record, or says how many there are.
pub fn written(object: &str, seq: u64, versions: &[VersionMeta]) -> (&'static str, String) {
    match versions {
        [one] => {
            let word = match one.version {
                _ if one.deleted => "delete",
                1 => "create",
                _ => "update",
            };
            (word, format!("{object}, version {}, change {seq}", one.version))
        }
        _ => ("write", format!("{object}, change {seq}")),
    }
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
