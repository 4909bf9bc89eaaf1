//! `manzil protocol test`.

use std::path::Path;
use std::process::ExitCode;

use manzil_protocol::case::run_cases;

use super::{load, tell};
use crate::command::print;

pub fn run(folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let Some(library) = load(folder)? else { return Ok(ExitCode::FAILURE) };
    let mut wrong = Vec::new();
    for protocol in library.protocols() {
        let outcome = run_cases(&library, protocol);
        let state = if outcome.diagnostics.is_empty() { "ok" } else { "FAILED" };
        print(&format!("{:<24} {:>4} cases  {state}\n", protocol.reference(), outcome.cases));
        wrong.extend(outcome.diagnostics);
    }
    if wrong.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    tell(&wrong);
    Ok(ExitCode::FAILURE)
}
