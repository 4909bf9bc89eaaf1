//! The pages, one module each. Each has a `ROUTES` table that [`crate::routes`] names.

pub mod account_form;
pub mod accounts;
pub mod assets;
pub mod components;
pub mod health;
pub mod home;
pub mod language;
pub mod me;
pub mod set_up;
pub mod sign_in;
pub mod style;
