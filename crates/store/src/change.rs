//! What is written, and what comes back.

use jiff::Timestamp;
use manzil_fhir::Resource;
use manzil_journey::access::{Compartment, Purpose, Role};
use serde::{Deserialize, Serialize};

/// Names one resource: its type and logical id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    pub resource_type: String,
    pub id: String,
}

impl Key {
    pub fn new(resource_type: impl Into<String>, id: impl Into<String>) -> Self {
        Self { resource_type: resource_type.into(), id: id.into() }
    }
}

/// What must hold of the current version for a write to be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Whatever is there.
    Any,
    /// Nothing is there yet.
    Absent,
    /// Exactly this version is current (optimistic locking).
    Version(u64),
}

/// One resource to write. Its JSON must have an `id`; the store sets `meta.versionId` and
/// `meta.lastUpdated`.
#[derive(Clone, Debug)]
pub struct Write {
    pub resource: Resource,
    /// The id of the `Patient` that this record is about, if it is about one.
    pub person: Option<String>,
    pub compartment: Compartment,
    pub expect: Expect,
}

/// Writes that happen together or not at all: one entry of the change log.
#[derive(Clone, Debug, Default)]
pub struct ChangeSet {
    pub writes: Vec<Write>,
    /// What was done, for the log and the person who reads it: `import caseload`, `sign`.
    pub what: String,
    /// When given and already committed, nothing is written and the first commit is returned.
    pub idempotency_key: Option<String>,
}

/// What the store knows of one stored version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionMeta {
    pub key: Key,
    /// Counts from 1 for each resource.
    pub version: u64,
    /// Place in the change log of this node; gapless over change sets.
    pub seq: u64,
    pub at: Timestamp,
    pub actor: String,
    pub role: Role,
    pub purpose: Purpose,
    pub person: Option<String>,
    pub compartment: Compartment,
    /// SHA-256 of the stored JSON text, lower-case hexadecimal.
    pub hash: String,
}

/// One stored version with its body.
#[derive(Clone, Debug)]
pub struct Version {
    pub meta: VersionMeta,
    pub resource: Resource,
}

/// A change set that is durable: it survives a power cut from here on.
#[derive(Clone, Debug)]
pub struct Committed {
    pub seq: u64,
    pub versions: Vec<VersionMeta>,
    /// True when the idempotency key had been committed before and nothing was written now.
    pub replayed: bool,
}
