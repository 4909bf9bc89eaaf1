//! How other software gets in: SMART App Launch 2 over the record at `/fhir`.
//!
//! Start with [`access`]: [`bearer`] turns the headers of a request into a [`FhirAccess`] or says
//! why not. A token stands for a [`grant`] to a registered [`client`]; nothing gives out grants yet,
//! so that only an open demonstration lets anybody in. [`scope`] reads what was asked for and cuts
//! it down to what may be given.
//!
//! A scope never opens anything: the store asks the access policy beneath, with the role and the
//! purpose of the token.

pub mod access;
pub mod client;
pub mod grant;
pub mod jwks;
mod kept;
pub mod scope;

pub use access::{Denied, FhirAccess, bearer};
pub use scope::{Interaction, Scopes};
