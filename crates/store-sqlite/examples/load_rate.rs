//! How fast whole records are stored and found: transaction Bundles in a folder, through the
//! port, without HTTP.
//!
//! ```text
//! manzil demo-data --format fhir --people 300 -o bundles
//! cargo run --release -p manzil-store-sqlite --example load_rate -- bundles [CALLERS]
//! ```

#![allow(clippy::print_stdout, reason = "a program that measures prints")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use manzil_fhir::Resource;
use manzil_fhir::search::{Handling, NoCodes, Setting, parse};
use manzil_journey::access::{Access, Compartment, Purpose, Role};
use manzil_journey::import::bundle::{Entry, settle};
use manzil_store::conformance::block_on;
use manzil_store::{ChangeSet, Content, Expect, PageRequest, SearchRequest, Store, Write};
use manzil_store_sqlite::{Options, SqliteStore};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    let Some(folder) = std::env::args().nth(1) else { bail!("usage: load_rate FOLDER [CALLERS]") };
    let callers: usize = std::env::args().nth(2).map_or(Ok(4), |text| text.parse())?;
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(&folder).context("the folder of bundles")? {
        texts.push(std::fs::read_to_string(entry?.path())?);
    }
    texts.sort_by_key(String::len);
    let place = tempfile::TempDir::new_in(".")?;
    let path = place.path().join("load.db");
    let clock = Arc::new(jiff::Timestamp::now);
    let store = SqliteStore::open(&path, Options::new(clock, "bench"))?;
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    let (mut resources, mut preparing) = (0, Duration::ZERO);
    std::thread::scope(|scope| -> anyhow::Result<()> {
        let threads: Vec<_> =
            (0..callers).map(|_| scope.spawn(|| load(&store, &texts, &next))).collect();
        for thread in threads {
            let (count, spent) = thread.join().map_err(|_| anyhow::anyhow!("a caller died"))??;
            resources += count;
            preparing += spent;
        }
        Ok(())
    })?;
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{resources} resources in {seconds:.2} s: {:.0}/s, {:.1} us each to parse and settle",
        resources as f64 / seconds,
        preparing.as_secs_f64() * 1e6 / resources as f64
    );
    search(&store)?;
    let bytes = block_on(async {
        store.close().await?;
        Ok::<_, manzil_store::StoreError>(())
    });
    bytes?;
    let size = std::fs::metadata(&path)?.len();
    println!("{} bytes each", size / resources as u64);
    if std::env::var_os("KEEP").is_some() {
        println!("{}", place.keep().display());
    }
    Ok(())
}

fn load(
    store: &SqliteStore,
    texts: &[String],
    next: &AtomicUsize,
) -> anyhow::Result<(usize, Duration)> {
    let access = Access::new("bench", Role::System, Purpose::Care);
    let (mut count, mut preparing) = (0, Duration::ZERO);
    while let Some(text) = texts.get(next.fetch_add(1, Ordering::Relaxed)) {
        let started = Instant::now();
        let bundle: serde_json::Value = serde_json::from_str(text)?;
        let entries = bundle.get("entry").and_then(|it| it.as_array()).context("no entries")?;
        let mut all = Vec::new();
        for entry in entries {
            let full_url = entry.get("fullUrl").and_then(|it| it.as_str()).map(str::to_owned);
            let resource = entry.get("resource").cloned().context("no resource")?;
            let resource = Resource::from_value(resource)?;
            all.push(Entry { line: 1, path: String::new(), full_url, resource });
        }
        let mut number = 0_u32;
        settle(&mut all, &mut || {
            number += 1;
            format!("x{number}")
        });
        let person = all
            .iter()
            .find(|entry| entry.resource.resource_type() == "Patient")
            .and_then(|entry| entry.resource.id().map(str::to_owned));
        let writes = all.into_iter().map(|entry| Write {
            content: Content::Put(entry.resource),
            person: person.clone(),
            compartment: Compartment::Care,
            expect: Expect::Any,
        });
        let writes: Vec<Write> = writes.collect();
        preparing += started.elapsed();
        count += writes.len();
        let changes = ChangeSet { writes, what: "load".into(), ..ChangeSet::default() };
        block_on(store.commit(&access, changes))?;
    }
    Ok((count, preparing))
}

fn search(store: &SqliteStore) -> anyhow::Result<()> {
    let access = Access::new("bench", Role::System, Purpose::Care);
    for (url, pairs) in [
        ("code", vec![("code", "http://loinc.org|8302-2")]),
        ("name", vec![("name", "a")]),
        ("code, newest first", vec![("code", "http://loinc.org|8302-2"), ("_sort", "-date")]),
        ("date", vec![("date", "ge2020")]),
    ] {
        let of = if url == "name" { "Patient" } else { "Observation" };
        let pairs: Vec<(String, String)> =
            pairs.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
        let setting = Setting { base: "", now: 0, codes: &NoCodes };
        let search = parse(&[of], &pairs, Handling::Strict, &setting)?;
        let page = PageRequest { rows_max: 50, after: None };
        let request = SearchRequest { search, page };
        let (started, mut asked, mut rows) = (Instant::now(), 0, 0);
        while started.elapsed() < Duration::from_secs(1) {
            rows = block_on(store.search(&access, &request))?.matches.len();
            asked += 1;
        }
        let each = started.elapsed().as_secs_f64() * 1e6 / f64::from(asked);
        println!("search by {url}: {each:.0} us, {rows} rows");
    }
    Ok(())
}
