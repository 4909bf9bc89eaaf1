//! PostgreSQL ending at any moment loses nothing that was acknowledged, and the store comes back.
//!
//! Writers and readers work on one store without pause, while PostgreSQL is killed (SIGKILL) at
//! random moments and started again. What they were told is done must be there afterwards, whole.
//! `MANZIL_KILLS` sets the number of kills (6 when it is not set), `MANZIL_SEED` the seed, which is
//! printed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test may stop and speak"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use cluster::Cluster;
use jiff::Timestamp;
use manzil_fhir::Resource;
use manzil_journey::access::{Access, Compartment, Purpose, Role};
use manzil_store::conformance::block_on;
use manzil_store::limits::PAGE_ROWS_MAX;
use manzil_store::{ChangeSet, Content, Expect, Key, PageRequest, Store, StoreError, Write};
use manzil_store_postgres::{Options, PostgresStore};

#[path = "support/cluster.rs"]
mod cluster;

const WRITERS: u64 = 4;

fn options() -> Options {
    #[expect(clippy::disallowed_methods, reason = "nothing is replayed here")]
    let clock = || Timestamp::try_from(SystemTime::now()).unwrap();
    Options::new(Arc::new(clock), "node-1")
}

fn access() -> Access {
    Access::new("system", Role::System, Purpose::Administration)
}

/// Splitmix64: moments that can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % end
    }
}

/// A change set of one to five people, each with a new version.
fn change(writer: u64, round: u64, random: &mut Random) -> ChangeSet {
    let writes = 1 + random.below(5);
    let write = |number: u64| {
        let id = format!("w{writer}-{}-{number}", round % 7);
        let json = format!(
            r#"{{"resourceType":"Patient","id":"{id}","name":[{{"family":"Name{round}"}}]}}"#
        );
        Write {
            content: Content::Put(Resource::parse(&json).unwrap()),
            person: None,
            compartment: Compartment::Identity,
            expect: Expect::Any,
        }
    };
    ChangeSet {
        writes: (0..writes).map(write).collect(),
        what: format!("{writes} writes"),
        ..ChangeSet::default()
    }
}

/// What one writer was told is done.
#[derive(Default)]
struct Told {
    versions: BTreeMap<(String, u64), String>,
    reads: BTreeSet<String>,
    failures: u64,
}

fn write_until(store: &PostgresStore, writer: u64, seed: u64, over: &AtomicBool) -> Told {
    let mut random = Random(seed ^ (writer << 32));
    let mut told = Told::default();
    for round in 0.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        match block_on(store.commit(&access(), change(writer, round, &mut random))) {
            Ok(done) => {
                for meta in done.versions {
                    told.versions.insert((meta.key.id, meta.version), meta.hash);
                }
            }
            Err(error) => told.failed(&error),
        }
        let key = Key::new("Patient", format!("read-{writer}-{round}"));
        match block_on(store.read(&access(), &key)) {
            Ok(_) => drop(told.reads.insert(key.to_string())),
            Err(error) => told.failed(&error),
        }
    }
    told
}

impl Told {
    /// While PostgreSQL is away, that is what is said, and nothing else.
    fn failed(&mut self, error: &StoreError) {
        assert!(matches!(error, StoreError::Lost(_)), "{error}");
        self.failures += 1;
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn check_changes(store: &PostgresStore, told: &Told) {
    let (mut after, mut sets) = (0, BTreeMap::<u64, usize>::new());
    let mut seen = BTreeMap::new();
    loop {
        let metas = block_on(store.changes(&access(), after, PAGE_ROWS_MAX)).unwrap();
        let Some(last) = metas.last() else { break };
        after = last.seq;
        for meta in metas {
            *sets.entry(meta.seq).or_default() += 1;
            seen.insert((meta.key.id, meta.version), meta.hash);
        }
    }
    assert!(sets.keys().copied().eq(1..=sets.len() as u64), "a gap in the change log");
    for (key, hash) in &told.versions {
        assert_eq!(seen.get(key), Some(hash), "an acknowledged write is lost: {key:?}");
    }
}

fn check_reads(store: &PostgresStore, told: &mut Told) {
    let mut after = None;
    while !told.reads.is_empty() {
        let request = PageRequest { rows_max: PAGE_ROWS_MAX, after };
        let page = block_on(store.audit(&access(), None, request)).unwrap();
        for line in &page.rows {
            told.reads.remove(&line.object);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert!(told.reads.is_empty(), "reads without an audit line: {:?}", told.reads);
}

#[test]
fn nothing_acknowledged_is_lost_when_postgresql_is_killed() {
    let Some(cluster) = Cluster::start() else { return };
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("MANZIL_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let kills = number("MANZIL_KILLS").unwrap_or(6);
    println!("{kills} kills with MANZIL_SEED={seed}");
    let mut random = Random(seed);
    let store = PostgresStore::open(&cluster.url, options()).unwrap();
    let over = AtomicBool::new(false);
    let all = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (store, over) = (&store, &over);
                scope.spawn(move || write_until(store, writer, seed, over))
            })
            .collect();
        for _ in 0..kills {
            std::thread::sleep(Duration::from_millis(200 + random.below(600)));
            cluster.run("crash");
            std::thread::sleep(Duration::from_millis(random.below(300)));
            cluster.run("again");
        }
        // It must have come back by itself.
        block_on(wait_for_write(&store));
        over.store(true, Ordering::Relaxed);
        writers.into_iter().map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
    });
    let mut told = Told::default();
    for one in all {
        told.versions.extend(one.versions);
        told.reads.extend(one.reads);
        told.failures += one.failures;
    }
    let answers = told.versions.len() + told.reads.len();
    let report = block_on(store.verify()).unwrap();
    assert!(report.is_whole(), "{report:?}");
    check_changes(&store, &told);
    check_reads(&store, &mut told);
    println!("{answers} answers survived {kills} kills; {} calls failed meanwhile", told.failures);
    assert!(answers > 100, "hardly anything was written");
}

/// Tries until a write is done again.
async fn wait_for_write(store: &PostgresStore) {
    for tries in 1..=300 {
        let write = change(99, tries, &mut Random(tries));
        if store.commit(&access(), write).await.is_ok() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the store did not come back");
}
