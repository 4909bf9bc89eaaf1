//! Durable writes in a second, for 1 and 8 callers at once.
//!
//! Each write is a change set of one Observation about a person, acknowledged after the fsync,
//! with its audit line and search index. Run it on the disk that is to be measured:
//! `cargo run --release --example write_rate -- /path/on/that/disk`

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use manzil_fhir::Resource;
use manzil_journey::access::{Access, Compartment, Purpose, Role};
use manzil_store::conformance::block_on;
use manzil_store::{ChangeSet, Content, Expect, Key, Store, Write};
use manzil_store_sqlite::{Options, SqliteStore};

const MEASURED: Duration = Duration::from_secs(5);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    for (callers, writes) in [(1, 1), (8, 1), (64, 1), (1, 100), (4, 100)] {
        measure(&folder, callers, writes)?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a clock measures, then tells")]
fn measure(
    folder: &std::path::Path,
    callers: u64,
    writes: u64,
) -> Result<(), Box<dyn std::error::Error>> {
    let path = folder.join(format!("write-rate-{}-{callers}-{writes}.db", std::process::id()));
    let clock = || Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH);
    let store = SqliteStore::open(&path, Options::new(Arc::new(clock), "node-1"))?;
    let begin = Instant::now();
    let done = together(callers, |caller, number| {
        let changes = change(caller, number, writes);
        begin.elapsed() < MEASURED && block_on(store.commit(&access(), changes)).is_ok()
    });
    let rate = (done * writes) as f64 / begin.elapsed().as_secs_f64();
    let bytes = block_on(store.statistics())?.bytes as f64 / (done * writes).max(1) as f64;
    let begin = Instant::now();
    let reads = together(callers, |caller, number| {
        let key = Key::new("Observation", format!("{caller}-{}-0", number % 100));
        begin.elapsed() < MEASURED / 2 && block_on(store.read(&access(), &key)).is_ok()
    });
    let read_rate = reads as f64 / begin.elapsed().as_secs_f64();
    println!(
        "{callers:2} callers, {writes:3} resources a change set: {rate:6.0} durable resources/s, \
         {bytes:5.0} bytes each; {read_rate:6.0} reads/s"
    );
    block_on(store.close())?;
    for name in [path.clone(), path.with_extension("db.lock")] {
        std::fs::remove_file(name)?;
    }
    Ok(())
}

/// Calls `act` from each caller until it says no; how often it said yes.
fn together(callers: u64, act: impl Fn(u64, u64) -> bool + Sync) -> u64 {
    let until_no = &|caller| {
        let mut done = 0;
        while act(caller, done) {
            done += 1;
        }
        done
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..callers).map(|caller| scope.spawn(move || until_no(caller))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).sum()
    })
}

fn access() -> Access {
    Access::new("lab", Role::System, Purpose::Assessment)
}

fn change(caller: u64, number: u64, writes: u64) -> ChangeSet {
    let write = |place| {
        let json = format!(
            r#"{{"resourceType":"Observation","id":"{caller}-{number}-{place}","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital signs"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"29463-7","display":"Body Weight"}}],"text":"Body Weight"}},"subject":{{"reference":"Patient/p{}"}},"effectiveDateTime":"2026-05-0{}T10:00:00Z","issued":"2026-05-01T10:00:00Z","valueQuantity":{{"value":{}.50,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}}}"#,
            number % 50,
            number % 9 + 1,
            40 + number % 60,
        );
        let resource = Resource::parse(&json).ok()?;
        let person = Some(format!("p{}", number % 50));
        Some(Write {
            content: Content::Put(resource),
            person,
            compartment: Compartment::Assessment,
            expect: Expect::Absent,
        })
    };
    ChangeSet {
        writes: (0..writes).filter_map(write).collect(),
        what: "result".into(),
        ..ChangeSet::default()
    }
}
