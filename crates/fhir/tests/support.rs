//! What the tests of this crate share.

pub(crate) mod fhirpath;
pub(crate) mod xml;
