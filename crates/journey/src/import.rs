//! Bringing a caseload in, without re-keying and without half of it.
//!
//! A file goes through three stages, none of which writes anything:
//!
//! 1. [`table::read`] splits a CSV file into rows, or says where it is malformed;
//! 2. [`row::read`] turns each row into a person, a case and an assessment by an explicit
//!    [`map::ColumnMap`], or says what is wrong with which cell and how to cure it;
//! 3. [`plan::plan`] compares with what the store holds already and yields the changes to
//!    commit: importing the same file again changes nothing.
//!
//! [`bundle`] does the same for FHIR Bundles and NDJSON. A file with one bad row is not imported
//! at all; the dry run lists every bad row at once.

pub mod bundle;
pub mod date;
pub mod map;
pub mod plan;
pub mod problem;
pub mod row;
pub mod table;

pub use map::ColumnMap;
pub use plan::{Existing, Plan, Summary};
pub use problem::{Problem, Severity};
