//! Runs the published suites of FHIR against `manzil-fhir`.
//!
//! A suite is a file or folder of somebody else, given by its path; nothing of it is in this
//! repository. [`run`] takes the kind of suite and the path and gives a [`Report`]; the same
//! code is behind `cargo xtask suite` and the tests of this crate.

pub mod fhirpath;
pub mod patch;
pub mod report;
pub mod validate;
pub mod xml;

use std::path::Path;

pub use report::Report;

/// The kinds of suites, with what their path is.
pub const KINDS: [(&str, &str); 3] = [
    ("fhirpath", "FILE: tests-fhir-r4.xml, with its folder input beside it"),
    ("patch", "FILE or FOLDER: json-patch-tests.json, fhir-patch-tests.xml, xml-patch-tests.xml"),
    ("validate", "FOLDER: index.json with the official outcomes, and its folder inputs"),
];

/// Runs a suite.
///
/// # Errors
///
/// An unknown kind, and a file that cannot be read.
pub fn run(kind: &str, path: &Path) -> Result<Report, String> {
    match kind {
        "fhirpath" => fhirpath::run(path),
        "patch" => patch::run(path),
        "validate" => validate::run(path),
        other => Err(format!("there is no suite of the kind {other}")),
    }
}
