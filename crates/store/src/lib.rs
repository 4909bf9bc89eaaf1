//! The store port: everything the product asks of a database, and nothing more.
//!
//! A store keeps FHIR resources as immutable versions with a current pointer, a gapless change
//! log, and a hash-chained audit of every read and write. It enforces the access policy of
//! [`manzil_journey::access`] itself: a call whose [`Access`] does not permit it is refused (and
//! the refusal is audited), whatever the page above it forgot. Start with [`Store`].
//!
//! Every engine passes one conformance suite.

pub mod audit;
pub mod change;
pub mod error;
pub mod port;
pub mod query;

pub use audit::{AuditEntry, AuditReport};
pub use change::{ChangeSet, Committed, Expect, Key, Version, VersionMeta, Write};
pub use error::StoreError;
pub use port::Store;
pub use query::{Page, PageRequest, Query};
