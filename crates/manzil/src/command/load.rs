//! `manzil load`: FHIR data in bulk into a data file.
//!
//! `input` cuts the files into texts, `judge` reads and judges them ahead on other threads, `flow`
//! writes them in groups by the steps of the FHIR interface, `ledger` keeps how far each file is,
//! so that a repeated call goes on where the last one ended, and `aside` what was refused.

mod aside;
mod flow;
mod input;
mod judge;
mod ledger;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use manzil_server::App;
use manzil_server::api::load::Loader;
use manzil_server::entropy::SystemEntropy;
use manzil_server::settings::Settings;

use self::flow::{End, Flow};
use super::place::PlaceOptions;
use super::{open, print};
use crate::{content, ids};

#[derive(Debug, Args)]
pub struct Options {
    /// Bundles and resources (.json), one on each line (.ndjson), also packed (.gz); of a folder
    /// all such files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    place: PlaceOptions,
    /// Put what is refused aside, into NAME.refused.ndjson beside each file, and go on.
    #[arg(long)]
    skip_invalid: bool,
}

pub fn run(options: Options, content_folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    super::log_to_stderr();
    let content = content::files(content_folder)?;
    let (library, messages) = (open::library(&content)?, open::messages(&content)?);
    let files = input::files(&options.files)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        let store = options.place.place().open()?.store();
        let app = App::new(
            Arc::clone(&store),
            Arc::new(messages),
            Arc::new(library),
            ids::clock(),
            Arc::new(SystemEntropy),
            Settings::default(),
        );
        let stop = stop_on_signal();
        let loader = Loader::new(app);
        let mut flow =
            Flow::new(loader, Arc::clone(&store), files, options.skip_invalid, stop).await?;
        let end = flow.run().await;
        store.close().await?;
        let sum = flow.report.sum(ids::now());
        match end {
            Ok(End::Done) => {
                print(&format!("Loaded: {sum}.\n"));
                Ok(ExitCode::SUCCESS)
            }
            Ok(End::Stopped) => {
                print(&format!("Stopped: {sum}. The same command goes on from here.\n"));
                Ok(ExitCode::FAILURE)
            }
            Err(error) => {
                print(&format!("Not all is loaded: {sum}.\n"));
                Err(error)
            }
        }
    })
}

/// Becomes true on Ctrl-C and, on Unix, when the system asks the program to stop.
fn stop_on_signal() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    tokio::spawn(async move {
        super::serve::stop_signal().await;
        told.store(true, Ordering::Relaxed);
    });
    stop
}
