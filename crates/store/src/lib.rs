//! The store port: everything the product asks of a database, and nothing more.
//!
//! A store keeps FHIR resources as immutable versions with a current pointer, a gapless change
//! log, and a hash-chained audit of every read and write. It enforces the access policy of
//! [`manzil_journey::access`] itself: a call whose access does not permit it is refused (and
//! the refusal is audited), whatever the page above it forgot. Start with [`Store`].
//!
//! Every engine passes one conformance suite (`conformance`, behind the feature of that name),
//! and shares what must not differ between engines: the [`policy`], the [`limits`], the hash
//! [`chain`] and the stored [`body`] text.

pub mod archive;
pub mod audit;
pub mod body;
pub mod card;
pub mod chain;
pub mod change;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod desk;
pub mod error;
pub mod finder;
pub mod limits;
pub mod names;
pub mod policy;
pub mod port;
pub mod query;
pub mod terms;
mod varint;

pub use audit::{AuditEntry, AuditReport};
pub use change::{
    Body, ChangeSet, Committed, Content, Expect, Found, Guard, Key, Version, VersionMeta, Write,
};
pub use error::StoreError;
pub use port::{Statistics, Store};
pub use query::{
    DateTerm, HistoryRequest, Page, PageRequest, Period, Query, Scope, SearchPage, SearchRequest,
};
