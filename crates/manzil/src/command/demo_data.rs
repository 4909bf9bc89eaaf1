//! `manzil demo-data`: fictional people for demonstrations, tests and measurements.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::demo::{self, Entry, Histories, Naming};
use crate::ids;

/// Most people that one call makes, as the caseload is built in memory.
const PEOPLE_MAX: usize = 1_000_000;
/// Most people whose whole histories one call writes: some 25 GB.
const HISTORIES_MAX: usize = 100_000;

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
    today: Option<Date>,
    /// A caseload as CSV, or whole histories as FHIR.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Where to write: a file, or for `fhir` a folder; standard output when left out.
    #[arg(long, short, value_name = "FILE|FOLDER")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A caseload: one person a line.
    Csv,
    /// FHIR R4 transaction Bundles, one for each person and one for the clinics, each a file.
    /// Without a folder, one Bundle a line.
    Fhir,
    /// FHIR R4 resources, one a line, the clinics first.
    Ndjson,
}

pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let most = if options.format == Format::Csv { PEOPLE_MAX } else { HISTORIES_MAX };
    anyhow::ensure!(
        options.people <= most,
        "MZ-0710: at most {most} people at once; call it several times with other seeds"
    );
    let today = options.today.unwrap_or_else(|| ids::now().to_zoned(TimeZone::UTC).date());
    match options.format {
        Format::Csv => write_caseload(options, today)?,
        Format::Fhir => write_bundles(options, today)?,
        Format::Ndjson => write_lines(options, today)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn write_caseload(options: &Options, today: Date) -> anyhow::Result<()> {
    let csv = demo::to_csv(&demo::caseload(options.people, options.seed, today));
    match &options.output {
        Some(path) => std::fs::write(path, csv).with_context(|| unwritable(path))?,
        None => super::print(&csv),
    }
    Ok(())
}

fn write_bundles(options: &Options, today: Date) -> anyhow::Result<()> {
    if let Some(folder) = &options.output {
        std::fs::create_dir_all(folder).with_context(|| unwritable(folder))?;
    }
    each_history(options, today, Naming::InBundle, |name, entries| {
        let bundle = demo::transaction(entries);
        let Some(folder) = &options.output else {
            super::print(&format!("{bundle}\n"));
            return Ok(());
        };
        let path = folder.join(format!("{name}.json"));
        std::fs::write(&path, bundle.to_string()).with_context(|| unwritable(&path))
    })
}

fn write_lines(options: &Options, today: Date) -> anyhow::Result<()> {
    let mut file = match &options.output {
        Some(path) => Some(BufWriter::new(File::create(path).with_context(|| unwritable(path))?)),
        None => None,
    };
    each_history(options, today, Naming::ById, |_, entries| {
        for entry in entries {
            let line = format!("{}\n", entry.resource);
            match &mut file {
                Some(file) => file.write_all(line.as_bytes()).context("MZ-0711: cannot write")?,
                None => super::print(&line),
            }
        }
        Ok(())
    })?;
    file.map_or(Ok(()), |mut file| file.flush()).context("MZ-0711: cannot write the last lines")
}

/// Calls `write` with the clinics, then with each person, under a name that sorts in this order.
fn each_history(
    options: &Options,
    today: Date,
    naming: Naming,
    mut write: impl FnMut(&str, Vec<Entry>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let histories = Histories { seed: options.seed, today, naming };
    let bar = match options.output {
        Some(_) => ProgressBar::new(options.people as u64),
        None => ProgressBar::hidden(),
    };
    bar.set_style(ProgressStyle::with_template("writing {bar:40} {pos}/{len} people")?);
    write("000000-clinics", histories.clinics())?;
    for (place, person) in demo::caseload(options.people, options.seed, today).iter().enumerate() {
        let name = format!("{:06}-{}", place + 1, person.person_number);
        write(&name, histories.of(person, place))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

fn unwritable(path: &Path) -> String {
    format!("MZ-0711: cannot write {}", path.display())
}
