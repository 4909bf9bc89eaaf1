//! What is written, and what comes back.

use std::fmt;

use jiff::Timestamp;
use manzil_fhir::Resource;
use manzil_fhir::reference::is_id;
use manzil_fhir::table::is_resource_type;
use manzil_journey::access::{Compartment, Purpose, Role};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::limits::{LABEL_BYTES_MAX, WRITES_MAX};

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

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.resource_type, self.id)
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
    /// The id of the `Patient` that this record is about, if it is about one. A `Patient` is
    /// about itself when nothing else is said.
    pub person: Option<String>,
    pub compartment: Compartment,
    pub expect: Expect,
}

impl Write {
    /// The key that the resource names itself by; refuses an id that FHIR does not allow.
    pub fn key(&self) -> Result<Key, StoreError> {
        let resource_type = self.resource.resource_type();
        let id = self.resource.id().unwrap_or_default();
        if !is_resource_type(resource_type) {
            return Err(StoreError::Malformed("a resource has no resourceType of R4".into()));
        }
        check_id(id)?;
        Ok(Key::new(resource_type, id))
    }

    /// Whom the record is about.
    pub fn about(&self) -> Option<&str> {
        match self.person.as_deref() {
            None if self.resource.resource_type() == "Patient" => self.resource.id(),
            person => person,
        }
    }
}

/// Refuses what is not an id of FHIR R4.
pub fn check_id(id: &str) -> Result<(), StoreError> {
    if is_id(id) {
        return Ok(());
    }
    Err(StoreError::BadId(id.chars().take(64).collect()))
}

/// Refuses a label (an actor, what was done, an audited object, an idempotency key) that is
/// longer than [`LABEL_BYTES_MAX`].
pub fn check_label(label: &str, of_what: &str) -> Result<(), StoreError> {
    if label.len() <= LABEL_BYTES_MAX {
        return Ok(());
    }
    Err(StoreError::Limit(format!(
        "{of_what} has {} bytes, {LABEL_BYTES_MAX} are allowed; shorten it",
        label.len()
    )))
}

/// Writes that happen together or not at all: one entry of the change log.
#[derive(Clone, Debug, Default)]
pub struct ChangeSet {
    pub writes: Vec<Write>,
    /// What was done, for the log and the person who reads it: `import caseload`, `sign`.
    pub what: String,
    /// When given and already committed, nothing is written and the first commit is returned
    /// (if its records are of a compartment that the access may write to).
    pub idempotency_key: Option<String>,
}

impl ChangeSet {
    /// Refuses what no store accepts: an empty or too large change set, unusable ids, labels
    /// that are too long.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.writes.is_empty() {
            return Err(StoreError::Malformed("a change set writes nothing".into()));
        }
        if self.writes.len() > WRITES_MAX {
            return Err(StoreError::Limit(format!(
                "a change set writes {} resources, {WRITES_MAX} are allowed; send it in parts",
                self.writes.len()
            )));
        }
        check_label(&self.what, "what was done")?;
        check_label(self.idempotency_key.as_deref().unwrap_or_default(), "the idempotency key")?;
        for write in &self.writes {
            write.key()?;
            write.person.as_deref().map_or(Ok(()), check_id)?;
        }
        Ok(())
    }
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
