//! `manzil protocol check`.

use std::path::Path;
use std::process::ExitCode;

use manzil_protocol::check::{CheckReport, check};

use super::{load, tell};
use crate::command::print;

pub fn run(folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let Some(library) = load(folder)? else { return Ok(ExitCode::FAILURE) };
    let report = check(&library);
    if !report.diagnostics.is_empty() {
        tell(&report.diagnostics);
    }
    print(&summary(&report));
    Ok(if report.is_proved() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn summary(report: &CheckReport) -> String {
    let one = report.tables.iter().filter(|table| table.kind == manzil_protocol::TableKind::One);
    format!(
        "{} protocols and libraries, {} tables, {} rules, {} steps\n\
         complete      {} of {} tables\n\
         unambiguous   {} of {} tables of one outcome\n\
         exclusive     {} pairs of outcomes that never come together\n\
         proved over   {:.3e} combinations of facts\n",
        report.protocols,
        report.tables.len(),
        report.rules(),
        report.steps,
        report.tables_complete(),
        report.tables.len(),
        report.tables_unambiguous(),
        one.count(),
        report.exclusive_pairs(),
        report.combinations(),
    )
}
