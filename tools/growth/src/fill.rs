//! Filling one store, in steps, and asking it when it is full.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context as _, anyhow};
use clap::Args;
use manzil_store::Store;
use manzil_store::conformance::block_on;
use manzil_store_postgres::PostgresStore;
use manzil_store_sqlite::SqliteStore;

use crate::latency::Latency;
use crate::people::{People, Person};
use crate::questions;

#[derive(Args, Debug)]
pub struct Options {
    /// Folder with transaction Bundles, one a person.
    bundles: PathBuf,
    /// When to end.
    #[arg(long)]
    resources: usize,
    /// How many resources between two lines.
    #[arg(long, default_value_t = 500_000)]
    step: usize,
    /// Threads that write at once.
    #[arg(long, default_value_t = 4)]
    callers: usize,
    /// How often each kind of question is put.
    #[arg(long, default_value_t = 2_000)]
    questions: usize,
    /// A new data file.
    #[arg(long, value_name = "FILE", required_unless_present = "database")]
    data: Option<PathBuf>,
    /// A new schema `growth` of this PostgreSQL.
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    database: Option<String>,
}

#[derive(Args, Debug)]
pub struct Again {
    /// The folder with Bundles that it was filled from.
    bundles: PathBuf,
    /// How many people it holds, as `fill` printed.
    #[arg(long)]
    people: usize,
    /// The data file that `fill` made.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// How often each kind of question is put.
    #[arg(long, default_value_t = 2_000)]
    questions: usize,
    /// Threads that ask at once.
    #[arg(long, default_value_t = 4)]
    callers: usize,
}

/// Asks a store that is full, without filling it.
pub fn ask_again(options: &Again) -> anyhow::Result<()> {
    let people = People::read(&options.bundles)?;
    let of = manzil_store_sqlite::Options::new(Arc::new(jiff::Timestamp::now), "growth");
    let store = SqliteStore::open(&options.data, of)?;
    let numbers: Vec<usize> = (0..options.people).collect();
    let picked: Vec<Person> = picked(&numbers, options.questions)
        .into_iter()
        .map(|number| Ok(people.person(number)?.1))
        .collect::<anyhow::Result<_>>()?;
    ask(&store, &picked, options.callers)?;
    Ok(block_on(store.close())?)
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let people = People::read(&options.bundles)?;
    let store = open(options)?;
    let known = fill(&*store, &people, options)?;
    println!("{} people", known.len());
    ask(&*store, &picked(&known, options.questions), options.callers)?;
    let statistics = block_on(store.statistics())?;
    block_on(store.close())?;
    let each = statistics.bytes as f64 / statistics.resources as f64;
    println!("{} resources, {} bytes, {each:.0} each", statistics.resources, statistics.bytes);
    Ok(())
}

fn open(options: &Options) -> anyhow::Result<Arc<dyn Store>> {
    let clock = Arc::new(jiff::Timestamp::now);
    if let Some(path) = &options.data {
        let of = manzil_store_sqlite::Options::new(clock, "growth");
        return Ok(Arc::new(SqliteStore::open(path, of)?));
    }
    let url = options.database.as_deref().context("neither --data nor --database")?;
    let mut of = manzil_store_postgres::Options::new(clock, "growth");
    of.schema = "growth".into();
    Ok(Arc::new(PostgresStore::open(url, of)?))
}

/// Writes people until there are enough resources; whom it wrote.
fn fill(store: &dyn Store, people: &People, options: &Options) -> anyhow::Result<Vec<Person>> {
    let next = AtomicUsize::new(0);
    let (mut known, mut done) = (Vec::new(), 0);
    while done < options.resources {
        let end = (done + options.step).min(options.resources);
        let (written, started) = (AtomicUsize::new(done), Instant::now());
        let before = done;
        std::thread::scope(|scope| -> anyhow::Result<()> {
            let work = || write(store, people, &next, (&written, end));
            let callers: Vec<_> = (0..options.callers).map(|_| scope.spawn(work)).collect();
            for caller in callers {
                known.extend(caller.join().map_err(|_| anyhow!("a caller died"))??);
            }
            Ok(())
        })?;
        done = written.into_inner();
        let rate = (done - before) as f64 / started.elapsed().as_secs_f64();
        println!("{done:10} resources  {rate:8.0}/s");
    }
    Ok(known)
}

fn write(
    store: &dyn Store,
    people: &People,
    next: &AtomicUsize,
    (written, end): (&AtomicUsize, usize),
) -> anyhow::Result<Vec<Person>> {
    let mut known = Vec::new();
    while written.load(Ordering::Relaxed) < end {
        let (changes, person) = people.person(next.fetch_add(1, Ordering::Relaxed))?;
        let count = changes.writes.len();
        block_on(store.commit(&questions::access(), changes))?;
        written.fetch_add(count, Ordering::Relaxed);
        known.push(person);
    }
    Ok(known)
}

fn ask(store: &dyn Store, picked: &[Person], callers: usize) -> anyhow::Result<()> {
    println!("{:36}{}", "read of a Patient", questions::read(store, picked)?);
    for kind in questions::KINDS {
        let (latency, found) = questions::all(store, kind, picked)?;
        println!("{:36}{latency}  {found:.1} found", kind.name);
    }
    let started = Instant::now();
    let mut together = Latency::default();
    std::thread::scope(|scope| -> anyhow::Result<()> {
        let askers: Vec<_> = picked
            .chunks(picked.len().div_ceil(callers).max(1))
            .map(|part| {
                scope.spawn(move || -> anyhow::Result<Latency> {
                    let mut latency = Latency::default();
                    for kind in questions::KINDS {
                        latency.extend(questions::all(store, kind, part)?.0);
                    }
                    Ok(latency)
                })
            })
            .collect();
        for asker in askers {
            together.extend(asker.join().map_err(|_| anyhow!("an asker died"))??);
        }
        Ok(())
    })?;
    let rate = (picked.len() * questions::KINDS.len()) as f64 / started.elapsed().as_secs_f64();
    println!("{:36}{together}  {rate:.0}/s", format!("all kinds, {callers} at once"));
    Ok(())
}

/// So many of all, spread evenly, in an order of their own.
pub fn picked<T: Clone>(known: &[T], count: usize) -> Vec<T> {
    let all = known.len().max(1);
    // A step that shares no factor with the count visits everybody.
    let step = (all / 2 + 1..all).find(|step| shares_nothing(*step, all)).unwrap_or(1);
    (0..count.min(all)).filter_map(|number| known.get(number * step % all).cloned()).collect()
}

fn shares_nothing(mut a: usize, mut b: usize) -> bool {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}
