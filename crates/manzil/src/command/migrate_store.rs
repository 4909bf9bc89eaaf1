//! `manzil migrate-store`: a whole store from one engine to another, verified by hash.

use std::process::ExitCode;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{bail, ensure};
use clap::Args;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use manzil_store::archive::Record;
use manzil_store::chain::hex;
use manzil_store::{AuditReport, StoreError};
use sha2::{Digest, Sha256};

use super::doctor::verdict;
use super::place::{Engine, Place};
use super::print;

/// Records on their way.
const WAITING_MAX: usize = 4_000;

#[derive(Debug, Args)]
pub struct Options {
    /// The store to move: a data file, or postgres://user@host/database. No server may run on it.
    #[arg(long, value_name = "FILE|URL")]
    from: String,
    /// Where to: a file or a schema that is not there yet.
    #[arg(long, value_name = "FILE|URL")]
    to: String,
    /// The schema of the store to move, if it is in a database.
    #[arg(long, value_name = "NAME", default_value = "manzil")]
    from_schema: String,
    /// The schema to make, if it is in a database.
    #[arg(long, value_name = "NAME", default_value = "manzil")]
    to_schema: String,
    /// Let records go unencrypted to or from a database on another machine, as through a tunnel.
    #[arg(long)]
    plain_database: bool,
}

pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    super::log_to_stderr();
    let from = Place::named(&options.from, &options.from_schema, options.plain_database);
    let to = Place::named(&options.to, &options.to_schema, options.plain_database);
    from.require()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        let source = from.open()?;
        let given = transfer(&source, &to).await?;
        let there = verified(&source, &from).await?;
        source.store().close().await?;
        let target = to.open()?;
        let found = read_again(&target).await?;
        let here = verified(&target, &to).await?;
        target.store().close().await?;
        ensure!(
            given == found && there == here,
            "MZ-0735: {to} does not hold what {from} holds ({} of {} records, {} and {}); do not \
             use it, and report the whole message",
            found.records,
            given.records,
            found.hash,
            given.hash
        );
        print(&format!(
            "Moved {from} to {to}.\nrecords        {}\nchange sets    {}\naudit entries  {}\n\
             hash of all    {}\nThe hash was worked out on both sides, and both chains are whole. \
             {from} is as it was.\n",
            HumanCount(found.records),
            HumanCount(here.change_sets),
            HumanCount(here.entries),
            found.hash
        ));
        Ok(ExitCode::SUCCESS)
    })
}

/// How many records there are, and one hash over all of them in their order.
#[derive(Debug, PartialEq, Eq)]
struct Sum {
    records: u64,
    hash: String,
}

/// Counts and hashes records as they pass.
#[derive(Clone, Default)]
struct Summing(Arc<Mutex<(u64, Sha256)>>);

impl Summing {
    fn add(&self, record: &Record) -> Result<(), StoreError> {
        let text =
            serde_json::to_vec(record).map_err(|error| StoreError::Malformed(error.to_string()))?;
        let mut sum = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sum.0 += 1;
        sum.1.update((text.len() as u64).to_le_bytes());
        sum.1.update(&text);
        Ok(())
    }

    fn sum(&self) -> Sum {
        let sum = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Sum { records: sum.0, hash: hex(&sum.1.clone().finalize().into()) }
    }
}

/// A record, or none for the end: a giver that ends without it was cut off.
type Passed = Result<Option<Record>, StoreError>;

struct Arriving {
    from: Receiver<Passed>,
    bar: ProgressBar,
    ended: bool,
}

impl Iterator for Arriving {
    type Item = Result<Record, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        match self.from.recv().unwrap_or(Err(StoreError::Closed)) {
            Ok(Some(record)) => {
                self.bar.inc(1);
                Some(Ok(record))
            }
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(error) => {
                self.ended = true;
                Some(Err(error))
            }
        }
    }
}

/// Gives everything on one side and takes it on the other.
async fn transfer(source: &Engine, to: &Place) -> anyhow::Result<Sum> {
    let (sender, receiver) = sync_channel::<Passed>(WAITING_MAX);
    let bar = bar("moving")?;
    let mut arriving = Arriving { from: receiver, bar: bar.clone(), ended: false };
    let to = to.clone();
    let taking = tokio::task::spawn_blocking(move || to.take(&mut arriving));
    let summing = Summing::default();
    let (passing, sums) = (sender.clone(), summing.clone());
    let given = source
        .give(move |record| {
            sums.add(&record)?;
            passing.send(Ok(Some(record))).map_err(|_| StoreError::Closed)
        })
        .await;
    // When the taker is gone, its error says why.
    drop(sender.send(given.clone().map(|()| None)));
    let taken = taking.await?;
    bar.finish_and_clear();
    taken?;
    given?;
    Ok(summing.sum())
}

/// Reads everything once more.
async fn read_again(target: &Engine) -> anyhow::Result<Sum> {
    let (summing, bar) = (Summing::default(), bar("reading again")?);
    let (sums, counted) = (summing.clone(), bar.clone());
    target
        .give(move |record| {
            counted.inc(1);
            sums.add(&record)
        })
        .await?;
    bar.finish_and_clear();
    Ok(summing.sum())
}

async fn verified(engine: &Engine, place: &Place) -> anyhow::Result<AuditReport> {
    let report = engine.store().verify().await?;
    if !report.is_whole() {
        bail!("{place} cannot be moved:\n{}", verdict(&report).trim_end());
    }
    Ok(report)
}

fn bar(what: &'static str) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{msg}  {human_pos} records, {per_sec}")?;
    Ok(ProgressBar::new_spinner().with_style(style).with_message(what))
}
