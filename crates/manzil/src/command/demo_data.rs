//! `manzil demo-data`: fictional people for demonstrations and tests.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use jiff::tz::TimeZone;

use crate::demo;
use crate::ids;

/// Most people that one call makes, as the file is built in memory.
const PEOPLE_MAX: usize = 1_000_000;

#[derive(Debug, Args)]
pub struct Options {
    /// How many people.
    #[arg(long, default_value_t = 40)]
    people: usize,
    /// The same seed gives the same people.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The day around which their exams are; today when left out.
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<jiff::civil::Date>,
    /// Where to write the CSV; standard output when left out.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        options.people <= PEOPLE_MAX,
        "MZ-0710: at most {PEOPLE_MAX} people at once; call it several times with other seeds"
    );
    let today = options.today.unwrap_or_else(|| ids::now().to_zoned(TimeZone::UTC).date());
    let csv = demo::to_csv(&demo::caseload(options.people, options.seed, today));
    match &options.output {
        Some(path) => std::fs::write(path, csv)
            .with_context(|| format!("MZ-0711: cannot write {}", path.display()))?,
        None => super::print(&csv),
    }
    Ok(ExitCode::SUCCESS)
}
