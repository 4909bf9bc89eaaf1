//! `manzil doctor`: what is in a data file, and whether it is whole.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::place::PlaceOptions;
use super::print;

#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    place: PlaceOptions,
    /// Write a consistent copy to this new file as well.
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
}

pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    super::log_to_stderr();
    let place = options.place.place();
    place.require()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = place.open()?.store();
        let counts = store.statistics().await?;
        print(&format!(
            "data file      {}\nschema         {}\nchange sets    {}\nresources      {}\n\
             versions       {}\naudit entries  {}\nsize           {} kB\n",
            place,
            counts.schema,
            counts.change_sets,
            counts.resources,
            counts.versions,
            counts.audit_entries,
            counts.bytes / 1024,
        ));
        let report = store.verify().await?;
        if let Some(path) = &options.snapshot {
            store.snapshot(path).await?;
            print(&format!("snapshot       {}\n", path.display()));
        }
        store.close().await?;
        Ok(verdict(report.entries, report.broken_at))
    })
}

fn verdict(entries: u64, broken_at: Option<u64>) -> ExitCode {
    match broken_at {
        None => {
            print(&format!("audit chain    whole over {entries} entries\n"));
            ExitCode::SUCCESS
        }
        Some(place) => {
            print(&format!(
                "audit chain    BROKEN at entry {place} (MZ-0732): the file was changed by \
                 something other than Manzil; keep it as evidence and restore the latest backup\n"
            ));
            ExitCode::FAILURE
        }
    }
}
