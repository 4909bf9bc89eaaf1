//! What a command brings about: records to write together, or a refusal.

use manzil_fhir::Resource;
use thiserror::Error;

use crate::access::Compartment;

/// One record to write. The store refuses the whole set when the current version is not the
/// one expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub resource: Resource,
    /// The `Patient` id whom the record is about, if it is about one.
    pub person: Option<String>,
    pub compartment: Compartment,
    /// The version that was read and is replaced; none for a record that must not exist yet.
    pub replaces: Option<u64>,
}

/// Records that are written together or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// What was done, for the log: `record results`, `sign`.
    pub what: String,
    pub drafts: Vec<Draft>,
    /// In whose role they are committed.
    pub by: By,
}

/// In whose role changes are committed; always under the actor's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// In the actor's own role.
    #[default]
    Actor,
    /// By the program, because they have a consequence that the actor may not write by hand:
    /// a certificate put under review because a laboratory result came late.
    Program,
    /// By the program for care: records from elsewhere, deposited by somebody who may not read
    /// them afterwards. Reaches nothing that is disclosed.
    Deposit,
}

impl Changes {
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), drafts: Vec::new(), by: By::Actor }
    }

    /// Adds a record.
    pub fn push(&mut self, draft: Draft) {
        self.drafts.push(draft);
    }
}

/// Why a command was not carried out. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code} {place}: {reason}. {cure}")]
pub struct Refusal {
    /// Stable code, `MZ-04nn`.
    pub code: &'static str,
    /// What the complaint is about: a field, a fact, a record.
    pub place: String,
    pub reason: String,
    pub cure: String,
}

impl Refusal {
    pub fn new(
        code: &'static str,
        place: impl Into<String>,
        reason: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self { code, place: place.into(), reason: reason.into(), cure: cure.into() }
    }
}

/// A record as the store returned it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    pub resource: Resource,
    pub version: u64,
    pub compartment: Compartment,
}

/// Turns JSON that this crate built into a resource.
///
/// Every caller builds an object with a literal R4 `resourceType`, so this cannot fail; should a
/// caller be wrong, the empty `Basic` that comes out is refused by the store for want of an id.
pub(crate) fn resource(value: serde_json::Value) -> Resource {
    Resource::from_value(value).unwrap_or_else(|_| empty())
}

fn empty() -> Resource {
    #[expect(clippy::unwrap_used, reason = "a literal resource is a resource")]
    Resource::parse(r#"{"resourceType":"Basic"}"#).unwrap()
}
