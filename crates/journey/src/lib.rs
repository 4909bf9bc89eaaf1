//! The domain: a person's journey through a health assessment.
//!
//! Commands come in, changes or refusals go out; nothing here does I/O, reads a clock or makes
//! an identifier of its own. Start with [`access`], which says who may see what, then
//! [`person`], [`family`] and [`assessment`] for the nouns and [`command`] for the verbs.

pub mod access;
pub mod assessment;
pub mod certificate;
pub mod change;
pub mod coding;
pub mod command;
pub mod country;
pub mod decision;
pub mod family;
pub mod file;
pub mod import;
pub mod person;
pub mod placing;
pub mod result;
pub mod rules;
pub mod statement;
