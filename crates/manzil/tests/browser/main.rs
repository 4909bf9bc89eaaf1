//! The product as its users meet it: the real binary, a real browser, whole working days.
//!
//! Each test starts `manzil serve --demo` and a headless Chromium and ends both again, also when
//! it fails; a failure leaves a picture and the text of the page in the screenshot folder.
//! Without Chromium and its driver on the `PATH` the tests say so and pass. Start reading in
//! `journey.rs`; the machinery is in `clinic.rs`, `chromium.rs` and `visit.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test that fails here fails; functions outside test functions are tests too"
)]

mod chromium;
mod clinic;
mod faults;
mod journey;
mod look;
mod station;
mod unscripted;
mod visit;
mod wrong_input;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use chromium::{Chromium, Programs, Scripts};
use clinic::Clinic;
use visit::Visit;

/// Two browsers at once are slower than one after the other, so the tests take turns.
static TURN: Mutex<()> = Mutex::new(());

/// Runs a test in a fresh clinic with a fresh browser, or says why it cannot.
///
/// Everything is stopped before a failure is passed on.
fn visit(
    name: &str,
    scripts: Scripts,
    test: impl AsyncFnOnce(&Visit) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let Some(programs) = Programs::find() else {
        println!("skipped: chromium and chromedriver are not both on the PATH");
        return Ok(());
    };
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let clinic = Clinic::open(name)?;
    let chromium = Chromium::start(&programs)?;
    let driver = runtime.block_on(chromium.session(&programs, scripts))?;
    let visit = Visit::new(driver, &clinic.address);
    let outcome = catch_unwind(AssertUnwindSafe(|| runtime.block_on(test(&visit))));
    if !matches!(outcome, Ok(Ok(()))) {
        runtime.block_on(visit.leave_evidence(name));
    }
    runtime.block_on(visit.end())?;
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

/// Where the pictures go: `screenshots` beside the other results of the build.
fn screenshots() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../screenshots");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}
