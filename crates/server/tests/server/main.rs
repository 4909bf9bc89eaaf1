//! The server as a browser sees it: real routes over a real store in a temporary file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that fails here fails; helpers outside test functions are tests too"
)]

mod accounts;
mod api;
mod assessment;
mod browser;
mod case;
mod caseload;
mod certificate;
mod decision;
mod frame;
mod guard;
mod import;
mod language;
mod look;
mod messages;
mod people;
mod person_form;
mod routes;
mod rules;
mod serve;
mod set_up;
mod sign_in;
mod smart;
mod software;
mod station;
mod today;
