//! `manzil doctor`: what is in a data file, and whether it is whole.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use manzil_store::AuditReport;

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
        print(&verdict(&report));
        Ok(if report.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

/// One line for each chain.
pub(super) fn verdict(report: &AuditReport) -> String {
    let line = |name, of, count: u64, broken_at: Option<u64>| match broken_at {
        None => format!("{name:<15}whole over {count} {of}\n"),
        Some(place) => format!(
            "{name:<15}BROKEN at number {place} (MZ-0732): the records were changed by something \
             other than Manzil; keep them as evidence and restore the latest backup\n"
        ),
    };
    line("audit chain", "entries", report.entries, report.broken_at)
        + &line("change log", "change sets", report.change_sets, report.changes_broken_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_chain_is_told_when_it_is_broken() {
        let whole = AuditReport {
            entries: 5,
            broken_at: None,
            head: String::new(),
            change_sets: 3,
            changes_broken_at: None,
        };
        let text = verdict(&whole);
        assert_eq!(
            text,
            "audit chain    whole over 5 entries\nchange log     whole over 3 change sets\n"
        );
        let altered = AuditReport { changes_broken_at: Some(2), ..whole };
        let text = verdict(&altered);
        assert!(text.contains("change log     BROKEN at number 2 (MZ-0732)"), "{text}");
        assert!(text.contains("audit chain    whole"), "{text}");
    }
}
