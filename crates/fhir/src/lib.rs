//! FHIR R4 as it is stored: lossless JSON with typed views.
//!
//! Start with [`Resource`], the only way JSON enters the system. Nothing here does I/O.

pub mod date;
pub mod fhirpath;
pub mod reference;
pub mod resource;
pub mod search;
pub mod table;
pub mod validate;
pub mod views;

pub use date::{BirthDate, PartialDate};
pub use resource::{ParseError, Resource};
