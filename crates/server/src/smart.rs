//! How other software gets in: SMART App Launch 2 over the record at `/fhir`.
//!
//! Start with [`access`]: [`bearer`] turns the headers of a request into a [`FhirAccess`] or says
//! why not. A token stands for a [`grant`] to a registered [`client`]. Somebody agrees on the page
//! `crate::web::authorize`, which hands out a `code`; [`token`] exchanges it, and lets a backend in
//! that shows a signed `assertion`. [`scope`] reads what was asked for and cuts it down to what may
//! be given.
//!
//! A scope never opens anything: the store asks the access policy beneath, with the role and the
//! purpose of the token.

pub mod access;
mod assertion;
mod authenticate;
pub mod client;
pub(crate) mod code;
pub mod configuration;
pub mod grant;
pub mod jwks;
mod kept;
pub(crate) mod refused;
pub mod registration;
pub mod scope;
pub mod token;

pub(crate) use access::bearer;
pub use access::{Denied, FhirAccess};
pub use scope::{Interaction, Scopes};
