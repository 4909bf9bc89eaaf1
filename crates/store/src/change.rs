//! What is written, and what comes back.

use std::fmt;

use jiff::Timestamp;
use manzil_fhir::Resource;
use manzil_fhir::reference::is_id;
use manzil_fhir::search::query::Search;
use manzil_fhir::table::is_resource_type;
use manzil_journey::access::{Compartment, Purpose, Role};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::limits::{GUARD_KEYS_MAX, GUARDS_MAX, LABEL_BYTES_MAX, WRITES_MAX};

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
    /// Nothing is there: never was, or was deleted.
    Absent,
    /// Exactly this version is current (optimistic locking). The version of a deletion counts.
    Version(u64),
}

/// What a write leaves behind as the current version.
#[derive(Clone, Debug)]
pub enum Content {
    /// This resource. Its JSON must have an `id`; the store sets `meta.versionId` and
    /// `meta.lastUpdated`.
    Put(Resource),
    /// Nothing: the resource is gone until it is put again. Its past stays.
    Delete(Key),
}

/// One resource to write or to delete.
#[derive(Clone, Debug)]
pub struct Write {
    pub content: Content,
    /// The id of the `Patient` that this record is about, if it is about one. A `Patient` is
    /// about itself when nothing else is said.
    pub person: Option<String>,
    pub compartment: Compartment,
    pub expect: Expect,
}

impl Write {
    /// The key that the resource names itself by; refuses an id that FHIR does not allow.
    pub fn key(&self) -> Result<Key, StoreError> {
        let (resource_type, id) = match &self.content {
            Content::Put(resource) => (resource.resource_type(), resource.id().unwrap_or_default()),
            Content::Delete(key) => (key.resource_type.as_str(), key.id.as_str()),
        };
        if !is_resource_type(resource_type) {
            return Err(StoreError::Malformed("a resource has no resourceType of R4".into()));
        }
        check_id(id)?;
        Ok(Key::new(resource_type, id))
    }

    /// Whom the record is about.
    pub fn about(&self) -> Option<&str> {
        let own = match &self.content {
            Content::Put(resource) if resource.resource_type() == "Patient" => resource.id(),
            Content::Delete(key) if key.resource_type == "Patient" => Some(key.id.as_str()),
            Content::Put(_) | Content::Delete(_) => None,
        };
        self.person.as_deref().or(own)
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
    /// What must still hold when the change set is written.
    pub guards: Vec<Guard>,
}

/// A search that must find exactly these resources, and no others, at the moment at which a
/// change set is written: what a conditional create or update was decided on. When it finds
/// something else, the change set is refused with [`StoreError::Moved`]; decide again.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// Of one type. What it finds is what the access may read.
    pub search: Search,
    /// In any order; [`GUARD_KEYS_MAX`] at most.
    pub finds: Vec<Key>,
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
        if self.guards.len() > GUARDS_MAX
            || self.guards.iter().any(|guard| guard.finds.len() > GUARD_KEYS_MAX)
        {
            return Err(StoreError::Limit(format!(
                "a change set has more than {GUARDS_MAX} conditions or one that finds more than \
                 {GUARD_KEYS_MAX} resources; send it in parts"
            )));
        }
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
    /// SHA-256 of the JSON text in which `meta.versionId` and `meta.lastUpdated` are empty
    /// (see [`crate::body`]), lower-case hexadecimal. Of the empty text for a deletion.
    pub hash: String,
    /// Whether this version is a deletion, which has no body.
    pub deleted: bool,
}

/// One stored version with its body.
#[derive(Clone, Debug)]
pub struct Version {
    pub meta: VersionMeta,
    /// The JSON text, with its version and time; empty for a deletion.
    pub body: Body,
}

/// A current version as a search finds it.
#[derive(Clone, Debug)]
pub struct Found {
    pub key: Key,
    pub version: u64,
    pub person: Option<String>,
    pub compartment: Compartment,
    pub body: Body,
}

/// The JSON text of a stored resource, which can be handed on without being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(String);

impl Body {
    pub fn new(json: String) -> Self {
        Self(json)
    }

    pub fn json(&self) -> &str {
        &self.0
    }

    pub fn into_json(self) -> String {
        self.0
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`], for what was stored was a resource.
    pub fn resource(&self) -> Result<Resource, StoreError> {
        Resource::parse(&self.0)
            .map_err(|error| StoreError::Damaged(format!("a stored body cannot be read: {error}")))
    }
}

impl Version {
    /// The resource of this version; see [`Body::resource`].
    pub fn resource(&self) -> Result<Resource, StoreError> {
        self.body.resource()
    }
}

impl Found {
    /// The resource found; see [`Body::resource`].
    pub fn resource(&self) -> Result<Resource, StoreError> {
        self.body.resource()
    }
}

/// A change set that is durable: it survives a power cut from here on.
#[derive(Clone, Debug)]
pub struct Committed {
    pub seq: u64,
    pub versions: Vec<VersionMeta>,
    /// True when the idempotency key had been committed before and nothing was written now.
    pub replayed: bool,
}
