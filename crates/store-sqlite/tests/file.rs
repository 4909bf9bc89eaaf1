//! The data file meets the world: other processes, full disks, damage, restarts.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use manzil_fhir::Resource;
use manzil_journey::access::{Access, Compartment, Purpose, Role};
use manzil_store::archive::Record;
use manzil_store::conformance::block_on;
use manzil_store::{ChangeSet, Content, Expect, Key, PageRequest, Store, StoreError, Write};
use manzil_store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

fn options() -> Options {
    Options::new(Arc::new(|| Timestamp::from_second(1_750_000_000).unwrap()), "node-1")
}

fn system() -> Access {
    Access::new("system", Role::System, Purpose::Administration)
}

fn observation(id: &str, text: &str) -> ChangeSet {
    let json = format!(r#"{{"resourceType":"Observation","id":"{id}","x":"{text}"}}"#);
    let write = Write {
        content: Content::Put(Resource::parse(&json).unwrap()),
        person: Some("p1".into()),
        compartment: Compartment::Assessment,
        expect: Expect::Any,
    };
    ChangeSet { writes: vec![write], what: "test".into(), ..ChangeSet::default() }
}

#[test]
fn a_file_that_is_open_is_in_use() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("clinic.db");
    let store = SqliteStore::open(&path, options()).unwrap();
    let error = SqliteStore::open(&path, options()).unwrap_err();
    assert!(matches!(&error, StoreError::InUse(name) if name.ends_with("clinic.db")), "{error}");
    block_on(store.close()).unwrap();
    SqliteStore::open(&path, options()).expect("closing frees the file");
    drop(store);
    SqliteStore::open(&path, options()).expect("dropping frees the file");
}

#[test]
fn what_was_written_is_there_after_a_restart() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("clinic.db");
    for round in 1..=3 {
        let other_name = Options { node: format!("node-{round}"), ..options() };
        let store = SqliteStore::open(&path, other_name).unwrap();
        assert_eq!(store.node(), "node-1", "the file keeps its name");
        let done = block_on(store.commit(&system(), observation("o", "x"))).unwrap();
        assert_eq!(done.seq, round);
        block_on(store.read(&system(), &Key::new("Observation", "o"))).unwrap();
        assert!(block_on(store.verify()).unwrap().is_whole());
        block_on(store.close()).unwrap();
        let log = folder.path().join("clinic.db-wal");
        assert!(!log.exists(), "closing writes the log back into the file");
    }
}

#[test]
fn a_full_disk_is_said_and_survived() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("clinic.db");
    let mut small = options();
    small.limits.file_pages_max = Some(120);
    let store = SqliteStore::open(&path, small).unwrap();
    let text = "x".repeat(20_000);
    let mut acknowledged = 0;
    let error = loop {
        match block_on(store.commit(&system(), observation(&format!("o{acknowledged}"), &text))) {
            Ok(_) => acknowledged += 1,
            Err(error) => break error,
        }
        assert!(acknowledged < 1_000, "the disk never fills");
    };
    assert!(matches!(error, StoreError::Disk(_)), "{error}");
    assert!(acknowledged > 2);
    drop(store);
    let store = SqliteStore::open(&path, options()).unwrap();
    let report = block_on(store.verify()).unwrap();
    assert!(report.is_whole(), "{report:?}");
    assert_eq!(report.change_sets, acknowledged);
    let done = block_on(store.commit(&system(), observation("after", &text))).unwrap();
    assert_eq!(done.seq, acknowledged + 1, "it goes on without a gap");
}

#[test]
fn a_damaged_file_is_said() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("clinic.db");
    fs::write(&path, "this is not a database at all, it is a letter".repeat(200)).unwrap();
    let error = SqliteStore::open(&path, options()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
    fs::remove_file(&path).unwrap();
    let store = SqliteStore::open(&path, options()).unwrap();
    for number in 0..200 {
        block_on(store.commit(&system(), observation(&format!("o{number}"), "text"))).unwrap();
    }
    drop(store);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle..middle + 40_000].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    let found = SqliteStore::open(&path, options())
        .and_then(|store| block_on(store.verify()))
        .map(|report| report.is_whole());
    assert!(matches!(found, Err(StoreError::Damaged(_)) | Ok(false)), "{found:?}");
}

#[test]
fn a_folder_that_is_not_there_is_said() {
    let folder = TempDir::new().unwrap();
    let error = SqliteStore::open(folder.path().join("no/clinic.db"), options()).unwrap_err();
    assert!(matches!(error, StoreError::Disk(_)), "{error}");
}

#[cfg(unix)]
#[test]
fn others_cannot_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path().join("clinic.db"), options()).unwrap();
    block_on(store.commit(&system(), observation("o", "x"))).unwrap();
    block_on(store.snapshot(&folder.path().join("copy.db"))).unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
    }
}

/// A queue of one: what does not fit is turned away in words, what fits is done.
#[test]
fn a_full_queue_turns_away() {
    let folder = TempDir::new().unwrap();
    let mut narrow = options();
    narrow.limits.writes_waiting_max = 1;
    let store = SqliteStore::open(folder.path().join("clinic.db"), narrow).unwrap();
    let (mut done, mut turned_away) = (0, 0);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|thread| {
                let store = &store;
                scope.spawn(move || {
                    let ids = (0..20).map(|number| format!("o{thread}-{number}"));
                    ids.map(|id| block_on(store.commit(&system(), observation(&id, "x"))))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        for outcome in threads.into_iter().flat_map(|thread| thread.join().unwrap()) {
            match outcome {
                Ok(_) => done += 1,
                Err(StoreError::Limit(_)) => turned_away += 1,
                Err(error) => panic!("{error}"),
            }
        }
    });
    assert_eq!(done + turned_away, 320);
    assert_eq!(block_on(store.statistics()).unwrap().change_sets, done);
}

/// The lines of reads go into the data file when nothing else comes.
#[test]
fn lines_of_reads_are_written_when_it_is_quiet() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("clinic.db");
    let mut quick = options();
    quick.limits.seal_after_milliseconds = 10;
    let store = SqliteStore::open(&path, quick).unwrap();
    for _ in 0..3 {
        block_on(store.read(&system(), &Key::new("Observation", "o"))).unwrap();
    }
    let connection = rusqlite::Connection::open(&path).unwrap();
    let count = || connection.query_row("SELECT count(*) FROM audit", [], |row| row.get(0));
    // A disk that is busy may take its time.
    for _ in 0..1_000 {
        if count() == Ok(3_i64) {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(count(), Ok(3_i64));
    drop(store);
    for name in ["clinic.db-reads", "clinic.db-reads-2"] {
        assert!(!folder.path().join(name).exists());
    }
}

/// A line is beside the data file before its read is answered, and comes into the trail when the
/// file is opened after the process was killed: once, however often that happens.
#[test]
fn lines_of_reads_outlive_the_process() {
    let folder = TempDir::new().unwrap();
    let (path, copy) = (folder.path().join("clinic.db"), folder.path().join("copy.db"));
    let mut slow = options();
    slow.limits.seal_after_milliseconds = 60_000;
    let store = SqliteStore::open(&path, slow).unwrap();
    for _ in 0..3 {
        block_on(store.read(&system(), &Key::new("Observation", "o"))).unwrap();
    }
    // As the files would stand after a kill.
    let end = |name: &str| {
        (
            path.with_file_name(format!("clinic.db{name}")),
            path.with_file_name(format!("copy.db{name}")),
        )
    };
    for name in ["", "-wal", "-reads"] {
        let (from, to) = end(name);
        std::fs::copy(from, to).unwrap();
    }
    let (_, lines) = end("-reads");
    let text = std::fs::read_to_string(&lines).unwrap();
    std::fs::write(&lines, format!("{text}{{\"at\":4,\"acc")).unwrap();
    for _ in 0..2 {
        let store = SqliteStore::open(&copy, options()).unwrap();
        assert_eq!(block_on(store.statistics()).unwrap().audit_entries, 3);
        block_on(store.verify()).unwrap();
        drop(store);
        // Written, but the process ended before the lines were removed.
        std::fs::write(&lines, format!("{text}{{\"taken_after\":0}}\n")).unwrap();
    }
}

#[test]
fn closing_finishes_what_was_asked_for() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("clinic.db");
    let store = Arc::new(SqliteStore::open(&path, options()).unwrap());
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                let commit = |number| {
                    block_on(
                        store.commit(&system(), observation(&format!("o{writer}-{number}"), "x")),
                    )
                };
                (0..1_000).map(commit).take_while(Result::is_ok).count() as u64
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(100));
    block_on(store.close()).unwrap();
    let acknowledged: u64 = writers.into_iter().map(|writer| writer.join().unwrap()).sum();
    drop(store);
    let store = SqliteStore::open(&path, options()).unwrap();
    let written = block_on(store.statistics()).unwrap().change_sets;
    assert_eq!(written, acknowledged, "each was either done and said so, or neither");
    let page = block_on(store.audit(&system(), None, PageRequest::default())).unwrap();
    assert_eq!(page.total, written);
}

/// All records of a store.
fn records_of(store: &SqliteStore) -> Vec<Record> {
    let (sender, receiver) = std::sync::mpsc::channel();
    block_on(store.give(move |record| {
        sender.send(record).unwrap();
        Ok(())
    }))
    .unwrap();
    receiver.into_iter().collect()
}

fn take(path: &Path, records: Vec<Record>) -> Result<(), StoreError> {
    SqliteStore::take(path, options(), &mut records.into_iter().map(Ok))
}

#[test]
fn a_store_that_moves_stays_the_same() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path().join("first.db"), options()).unwrap();
    for (id, text) in [("a", "1"), ("a", "2"), ("b", "3")] {
        block_on(store.commit(&system(), observation(id, text))).unwrap();
        block_on(store.read(&system(), &Key::new("Observation", id))).unwrap();
    }
    block_on(store.local_put("kind", "key", "value")).unwrap();
    let records = records_of(&store);
    let second = folder.path().join("second.db");
    take(&second, records.clone()).unwrap();
    let moved = SqliteStore::open(&second, options()).unwrap();
    let report = block_on(moved.verify()).unwrap();
    assert!(report.is_whole());
    assert_eq!(report, block_on(store.verify()).unwrap());
    assert_eq!(format!("{:?}", records_of(&moved)), format!("{records:?}"));
    let again = take(&second, records);
    assert!(matches!(again, Err(StoreError::Disk(_))), "nothing is written over: {again:?}");
}

#[test]
fn a_record_that_was_altered_is_not_taken() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path().join("first.db"), options()).unwrap();
    block_on(store.commit(&system(), observation("a", "1"))).unwrap();
    block_on(store.commit(&system(), observation("a", "2"))).unwrap();
    let records = records_of(&store);
    let second = folder.path().join("second.db");
    for number in 0..records.len() {
        let mut altered = records.clone();
        match &mut altered[number] {
            Record::Node { name, .. } => name.push('x'),
            Record::Change(change) => change.what.push('x'),
            Record::Entry { entry, .. } => entry.object.push('x'),
            Record::Document { .. } | Record::End { .. } => continue,
        }
        let taken = take(&second, altered);
        assert!(matches!(taken, Err(StoreError::Damaged(_))), "record {number}: {taken:?}");
        assert_eq!(folder.path().read_dir().unwrap().filter(is_second).count(), 0);
    }
}

fn is_second(file: &std::io::Result<std::fs::DirEntry>) -> bool {
    file.as_ref().unwrap().file_name().to_string_lossy().starts_with("second")
}
