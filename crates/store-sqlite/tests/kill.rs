//! Ending the process at any moment loses nothing that was acknowledged.
//!
//! The test runs itself as a child that writes and reads without pause and prints a line for
//! each answer it got. It is killed (SIGKILL) at a random moment; then the file is opened and
//! everything that was printed must be there. `MANZIL_KILLS` sets the number of kills (12 when
//! it is not set), `MANZIL_SEED` the seed, which is printed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may stop and speak"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use manzil_fhir::Resource;
use manzil_journey::access::{Access, Compartment, Purpose, Role};
use manzil_store::conformance::block_on;
use manzil_store::limits::PAGE_ROWS_MAX;
use manzil_store::{ChangeSet, Content, Expect, Key, PageRequest, Store, Write};
use manzil_store_sqlite::{Options, SqliteStore};

/// Names the file to the child; only a child has it.
const FILE: &str = "MANZIL_KILL_FILE";
const WRITERS: u64 = 4;

fn options() -> Options {
    #[expect(clippy::disallowed_methods, reason = "two processes share no other clock")]
    let clock = || Timestamp::try_from(SystemTime::now()).unwrap();
    let mut options = Options::new(Arc::new(clock), "node-1");
    // So that some kills come while the log is written back.
    options.limits.log_pages_max = 100;
    options
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

/// A change set of one to five resources, among them a person with a name to be found.
fn change(writer: u64, round: u64, random: &mut Random) -> ChangeSet {
    let writes = 1 + random.below(5);
    let filler = "x".repeat(random.below(3_000) as usize);
    let write = |number: u64| {
        // Few ids, so that versions pile up.
        let id = format!("w{writer}-{}-{number}", round % 7);
        let json = format!(
            r#"{{"resourceType":"Patient","id":"{id}","name":[{{"family":"Name{round}"}}],"x":"{filler}"}}"#
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

/// What the child does until it is killed.
fn write_for_ever(path: &Path, seed: u64) {
    let store = SqliteStore::open(path, options()).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let store = &store;
            scope.spawn(move || {
                let mut random = Random(seed ^ (writer << 32));
                for round in 0.. {
                    let done =
                        block_on(store.commit(&access(), change(writer, round, &mut random)));
                    let done = done.unwrap();
                    let mut lines = Vec::new();
                    for meta in &done.versions {
                        let (id, version, hash) = (&meta.key.id, meta.version, &meta.hash);
                        writeln!(lines, "wrote {id} {version} {hash}").unwrap();
                    }
                    let key = Key::new("Patient", format!("read-{seed:x}-{writer}-{round}"));
                    block_on(store.read(&access(), &key)).unwrap();
                    writeln!(lines, "read {key}").unwrap();
                    let mut output = std::io::stdout().lock();
                    output.write_all(&lines).and_then(|()| output.flush()).unwrap();
                }
            });
        }
    });
}

fn start(path: &Path, seed: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "nothing_acknowledged_is_lost", "--nocapture"])
        .env(FILE, path)
        .env("MANZIL_SEED", seed.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// What the child was told is done: hashes of versions, and reads.
#[derive(Default)]
struct Acknowledged {
    versions: BTreeMap<(String, u64), String>,
    reads: Vec<String>,
}

impl Acknowledged {
    /// Gathers the whole lines that the child printed; the last one may be cut.
    fn gather(&mut self, output: impl std::io::Read) -> usize {
        let mut lines = 0;
        let mut reader = BufReader::new(output);
        let mut line = String::new();
        while reader.read_line(&mut line).unwrap() > 0 && line.ends_with('\n') {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["wrote", id, version, hash] => {
                    let key = ((*id).to_owned(), version.parse().unwrap());
                    self.versions.insert(key, (*hash).to_owned());
                    lines += 1;
                }
                ["read", key] => {
                    self.reads.push((*key).to_owned());
                    lines += 1;
                }
                _ => {}
            }
            line.clear();
        }
        lines
    }
}

/// Opens the file as the next start of the program would, and looks for everything.
fn check(path: &Path, acknowledged: &mut Acknowledged) {
    let store = SqliteStore::open(path, options()).expect("the lock went with the process");
    let report = block_on(store.verify()).unwrap();
    assert!(report.is_whole(), "{report:?}");
    // The change log: without a gap, every change set whole, every acknowledged version there.
    let mut seen = BTreeMap::new();
    let (mut after, mut sets) = (0, BTreeMap::<u64, usize>::new());
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
    for (key, hash) in &acknowledged.versions {
        assert_eq!(seen.get(key), Some(hash), "an acknowledged write is lost: {key:?}");
    }
    whole_sets(path, &store, &sets);
    lines_of_reads(&store, &acknowledged.reads);
    // Checked once; the reads of the next round are checked in the next.
    acknowledged.reads.clear();
    block_on(store.close()).unwrap();
}

/// Each change set said how many writes it has.
fn whole_sets(path: &Path, store: &SqliteStore, sets: &BTreeMap<u64, usize>) {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut said = connection.prepare("SELECT seq, what FROM change_set ORDER BY seq").unwrap();
    let rows = said.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)));
    for row in rows.unwrap() {
        let (seq, what) = row.unwrap();
        let writes = sets.get(&u64::try_from(seq).unwrap()).copied().unwrap_or_default();
        assert_eq!(what, format!("{writes} writes"), "change set {seq} is not whole");
    }
    assert_eq!(block_on(store.statistics()).unwrap().change_sets, sets.len() as u64);
}

/// The audit line of a read that was answered outlives the process.
fn lines_of_reads(store: &SqliteStore, reads: &[String]) {
    let mut missing: std::collections::BTreeSet<&str> = reads.iter().map(String::as_str).collect();
    let mut after = None;
    while !missing.is_empty() {
        let request = PageRequest { rows_max: PAGE_ROWS_MAX, after };
        let page = block_on(store.audit(&access(), None, request)).unwrap();
        for line in &page.rows {
            missing.remove(line.object.as_str());
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert!(missing.is_empty(), "reads without an audit line: {missing:?}");
}

#[test]
fn nothing_acknowledged_is_lost() {
    let seed = std::env::var("MANZIL_SEED").ok().and_then(|seed| seed.parse().ok());
    if let Ok(file) = std::env::var(FILE) {
        return write_for_ever(Path::new(&file), seed.unwrap());
    }
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
    let kills = std::env::var("MANZIL_KILLS").ok().and_then(|kills| kills.parse().ok());
    let kills: u64 = kills.unwrap_or(12);
    println!("{kills} kills with MANZIL_SEED={seed}");
    let mut random = Random(seed);
    let (mut lines, mut largest) = (0, 0);
    let mut folder = tempfile::TempDir::new().unwrap();
    let mut acknowledged = Acknowledged::default();
    for kill in 0..kills {
        // A new file now and then: the first moments of a file are moments too.
        if kill % 10 == 0 {
            folder = tempfile::TempDir::new().unwrap();
            acknowledged = Acknowledged::default();
        }
        let path = folder.path().join("clinic.db");
        let mut child = start(&path, seed.wrapping_add(kill));
        let output = child.stdout.take().unwrap();
        let pause = Duration::from_micros(random.below(400_000));
        let gathered = std::thread::scope(|scope| {
            let acknowledged = &mut acknowledged;
            let reader = scope.spawn(move || acknowledged.gather(output));
            std::thread::sleep(pause);
            child.kill().unwrap();
            child.wait().unwrap();
            reader.join().unwrap()
        });
        lines += gathered;
        largest = largest.max(acknowledged.versions.len());
        check(&path, &mut acknowledged);
    }
    println!("{lines} answers survived, up to {largest} versions in one file");
    assert!(lines > 0, "no child ever got an answer");
}
