//! `manzil import`: a caseload or FHIR resources into a data file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::tz::TimeZone;
use manzil_journey::access::{Access, Purpose, Role};
use manzil_journey::import::problem::Problem;
use manzil_journey::import::{ColumnMap, Plan};
use manzil_protocol::Library;
use manzil_store::Store;
use manzil_store::desk::{self, Upload};

use super::place::PlaceOptions;
use super::{open, print};
use crate::{content, ids};

#[derive(Debug, Args)]
pub struct Options {
    /// A CSV caseload, a FHIR Bundle, one resource, or NDJSON.
    file: PathBuf,
    #[command(flatten)]
    place: PlaceOptions,
    /// The column map of a CSV file (see docs/import.md); the standard headings when left out.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Only say what would happen.
    #[arg(long)]
    dry_run: bool,
}

pub fn run(options: Options, content_folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    super::log_to_stderr();
    let library = open::library(&content::files(content_folder)?)?;
    let upload = read_upload(&options.file, options.map.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = options.place.place().open()?.store();
        let outcome = import(&store, &library, &upload, options.dry_run).await;
        store.close().await?;
        outcome
    })
}

/// A file with its column map, as the command line names them.
pub fn read_upload(file: &Path, map: Option<&Path>) -> anyhow::Result<Upload> {
    let bytes =
        std::fs::read(file).with_context(|| format!("MZ-0733: cannot read {}", file.display()))?;
    let map = match map {
        None => ColumnMap::standard(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("MZ-0733: cannot read {}", path.display()))?;
            ColumnMap::parse(&text)
                .map_err(|problem| anyhow::anyhow!("{}: {problem}", path.display()))?
        }
    };
    Ok(Upload { bytes, map })
}

async fn import(
    store: &Arc<dyn Store>,
    library: &Library,
    upload: &Upload,
    dry_run: bool,
) -> anyhow::Result<ExitCode> {
    let access = Access::new("command-line", Role::System, Purpose::Assessment);
    let now = ids::now();
    let today = now.to_zoned(TimeZone::UTC).date();
    let plan =
        match desk::plan_upload(store, &access, library, upload, now, today, &mut ids::id_or_empty)
            .await?
        {
            Ok(plan) => plan,
            Err(problems) => return Ok(refused(&problems)),
        };
    print_problems(&plan.problems);
    if plan.problems.iter().any(Problem::is_error) {
        return Ok(refused(&[]));
    }
    print(&format!("{}\n", summary(&plan)));
    if dry_run {
        print("Dry run: nothing was written.\n");
        return Ok(ExitCode::SUCCESS);
    }
    let bar = ProgressBar::new(plan.batches.len() as u64)
        .with_style(ProgressStyle::with_template("writing {bar:40} {pos}/{len} batches")?);
    let written = desk::commit_plan(store, &access, plan, |done, _| bar.set_position(done as u64))
        .await
        .context(
            "the import stopped; the batches written so far are whole, run it again to go on",
        )?;
    bar.finish_and_clear();
    print(&format!("Imported: {written} records written.\n"));
    Ok(ExitCode::SUCCESS)
}

fn refused(problems: &[Problem]) -> ExitCode {
    print_problems(problems);
    print("Not imported: mend the file and try again. Nothing was written.\n");
    ExitCode::FAILURE
}

fn print_problems(problems: &[Problem]) {
    for problem in problems {
        let kind = if problem.is_error() { "error  " } else { "warning" };
        print(&format!("{kind} {problem}\n"));
    }
}

fn summary(plan: &Plan) -> String {
    let count = &plan.summary;
    format!(
        "{} rows: {} new people, {} changed, {} unchanged; {} new cases, {} new assessments, \
         {} other records",
        count.rows,
        count.people_new,
        count.people_changed,
        count.people_unchanged,
        count.cases_new,
        count.assessments_new,
        count.findings_new,
    )
}
