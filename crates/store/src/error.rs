//! What can go wrong in a store.

use crate::change::Key;
use manzil_journey::access::{Action, Compartment, Purpose, Role};
use thiserror::Error;

/// Why the store did not do as it was asked. Nothing was written when one is returned.
#[derive(Clone, Debug, Error)]
pub enum StoreError {
    #[error("MZ-0301: {role:?} may not {action:?} {compartment:?} records for {purpose:?}")]
    Refused { role: Role, purpose: Purpose, action: Action, compartment: Compartment },
    #[error(
        "MZ-0302: {}/{} is at version {found:?}, not at the expected {expected}; read it again \
         and repeat the change", key.resource_type, key.id
    )]
    Conflict { key: Key, expected: String, found: Option<u64> },
    #[error("MZ-0303: a resource to be written has no usable id: {0}")]
    BadId(String),
    #[error("MZ-0304: the data file is in use by another process ({0}); stop that one first")]
    InUse(String),
    #[error(
        "MZ-0305: the data file was written by a newer Manzil (schema {found}, this program \
         knows up to {known}); install the newer program"
    )]
    Newer { found: u32, known: u32 },
    #[error("MZ-0306: the disk is full or the data file cannot be written: {0}")]
    Disk(String),
    #[error("MZ-0307: the data file is damaged: {0}; restore the latest backup")]
    Damaged(String),
    #[error("MZ-0308: {0}")]
    Limit(String),
    #[error("MZ-0309: database error: {0}")]
    Database(String),
    #[error("MZ-0310: the store is shutting down")]
    Closed,
    #[error("MZ-0311: the request cannot be understood: {0}")]
    Malformed(String),
    #[error(
        "MZ-0312: what {0} finds has changed since the decision was made; decide again and repeat"
    )]
    Moved(String),
    #[error(
        "MZ-0313: this page link has expired, because too much was written since; search again"
    )]
    Expired,
    #[error("MZ-0314: the search is too costly: {0}")]
    Costly(String),
    /// The database is away. What it had not answered may have been written or not.
    #[error("MZ-0315: the database cannot be reached: {0}; try again in a moment")]
    Lost(String),
}
