//! FHIR R4 as it is stored: lossless JSON with typed views.
//!
//! Start with [`Resource`], the only way JSON enters the system. [`validate`] says what is wrong
//! with one, [`views`] read it by name, [`fhirpath`] by expression, [`search`] says how it is
//! found again, [`patch`] changes a part of it, and [`reference`](mod@reference) says what it
//! points to. [`table`] knows every type and element of R4; [`date`] keeps partial dates partial. Nothing here does I/O.
//!
//! ```
//! use manzil_fhir::{Resource, search, validate, views};
//!
//! let patient = Resource::parse(r#"{"resourceType":"Patient","id":"p1","birthDate":"1990"}"#)?;
//! assert!(validate::validate(&patient).is_empty());
//! let view = views::Patient::new(&patient).unwrap();
//! assert_eq!(view.birth_date().unwrap().unwrap().month(), None);
//! assert_eq!(search::index(&patient).len(), 2);
//! # Ok::<(), manzil_fhir::ParseError>(())
//! ```

pub mod date;
pub mod fhirpath;
mod narrative;
pub mod patch;
pub mod reference;
pub mod resource;
pub mod search;
pub mod table;
pub mod terminology;
pub mod validate;
pub mod views;

pub use date::{BirthDate, DateTime, PartialDate};
pub use resource::{ParseError, Resource};
