//! The domain: a person's journey through a health assessment.
//!
//! Commands come in, changes or refusals go out; nothing here does I/O, reads a clock or makes
//! an identifier of its own. Start with [`access`], which says who may see what.

pub mod access;
