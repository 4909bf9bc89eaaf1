//! What only the inside of the crate can test: statements, migrations, alterations.

use std::sync::Arc;

use jiff::Timestamp;
use manzil_fhir::Resource;
use manzil_journey::access::{Access, Compartment, Purpose, Role};
use manzil_store::conformance::block_on;
use manzil_store::{ChangeSet, Content, Expect, Key, PageRequest, Query, Store, StoreError, Write};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::{Options, SqliteStore, file, migration};

/// A connection to a new file with the schema in it.
pub(crate) fn empty_file() -> (TempDir, Connection) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let connection = file::open_writer(&path, &options(), migration::ALL).unwrap();
    (folder, connection)
}

fn options() -> Options {
    Options::new(Arc::new(|| Timestamp::from_second(1_750_000_000).unwrap()), "node-1")
}

fn system() -> Access {
    Access::new("system", Role::System, Purpose::Administration)
}

fn patient(id: &str, family: &str) -> ChangeSet {
    let json = format!(
        r#"{{"resourceType":"Patient","id":"{id}","name":[{{"family":"{family}"}}],"gender":"female"}}"#
    );
    let write = Write {
        content: Content::Put(Resource::parse(&json).unwrap()),
        person: None,
        compartment: Compartment::Identity,
        expect: Expect::Any,
    };
    ChangeSet { writes: vec![write], what: "test".into(), ..ChangeSet::default() }
}

#[test]
fn every_statement_prepares() {
    let (_folder, connection) = empty_file();
    let all = [
        crate::commit::sql::ALL,
        crate::dictionary::sql::ALL,
        crate::file::sql::ALL,
        crate::heads::sql::ALL,
        crate::index::sql::ALL,
        crate::local::sql::ALL,
        crate::archive::sql::ALL,
        crate::migration::sql::ALL,
        crate::readers::sql::ALL,
        crate::rebuild::sql::ALL,
        &crate::rebuild::sql::CLEAR,
        crate::records::history::sql::ALL,
        crate::records::sql::ALL,
        crate::shelf::sql::ALL,
        crate::snapshot::sql::ALL,
        crate::statistics::sql::ALL,
        crate::trail::sql::ALL,
        crate::verify::sql::ALL,
        crate::writer::sql::ALL,
    ];
    for statement in all.concat() {
        connection.prepare(statement).unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
}

#[test]
fn every_table_is_strict() {
    let (_folder, connection) = empty_file();
    let mut tables = connection
        .prepare(
            "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'",
        )
        .unwrap();
    let tables = tables.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    for (name, strict) in tables.map(Result::unwrap).collect::<Vec<(String, bool)>>() {
        assert!(strict || name == "sqlite_schema", "{name} is not STRICT");
    }
}

/// When a row is inserted that a deferred foreign key points to, SQLite looks for those that
/// wait for it: without an index, through the whole table, for each row.
#[test]
fn deferred_foreign_keys_have_an_index() {
    let lines: Vec<&str> = migration::ALL.iter().flat_map(|text| text.lines()).collect();
    for line in lines.iter().filter(|line| line.contains("INITIALLY DEFERRED")) {
        let column = line.split_whitespace().next().unwrap();
        let indexed =
            |line: &&str| line.starts_with("CREATE INDEX") && line.contains(&format!("({column}"));
        assert!(lines.iter().any(indexed), "{column}");
    }
}

#[test]
fn a_newer_file_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    drop(SqliteStore::open(&path, options()).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = SqliteStore::open(&path, options()).unwrap_err();
    let all = migration::ALL.len() as u32;
    assert!(matches!(error, StoreError::Newer { found: 99, known } if known == all), "{error}");
}

#[test]
fn a_migration_copies_the_file_first_and_keeps_the_record() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path, options()).unwrap();
    block_on(store.commit(&system(), patient("p1", "Sow"))).unwrap();
    drop(store);
    let (all, next) = (migration::ALL.len() as u32, migration::ALL.len() + 1);
    let migrations = [migration::ALL, &["CREATE TABLE later (x INTEGER) STRICT"]].concat();
    let store = SqliteStore::open_with(&path, options(), &migrations).unwrap();
    assert_eq!(block_on(store.statistics()).unwrap().schema, all + 1);
    assert!(block_on(store.read(&system(), &Key::new("Patient", "p1"))).unwrap().is_some());
    drop(store);
    let copy = folder.path().join(format!("store.db.before-{next}"));
    let store = SqliteStore::open(&copy, options()).unwrap();
    assert_eq!(block_on(store.statistics()).unwrap().schema, all);
    assert!(block_on(store.verify()).unwrap().is_whole());
}

#[test]
fn a_failed_migration_leaves_the_file_as_it_was() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    drop(SqliteStore::open(&path, options()).unwrap());
    let broken = [migration::ALL, &["CREATE TABLE later (x INTEGER); SELECT nonsense;"]].concat();
    assert!(SqliteStore::open_with(&path, options(), &broken).is_err());
    let store = SqliteStore::open(&path, options()).unwrap();
    assert_eq!(block_on(store.statistics()).unwrap().schema, migration::ALL.len() as u32);
}

/// The file of somebody else must not be written to.
#[test]
fn a_foreign_file_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("other.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let before = std::fs::read(&path).unwrap();
    let error = SqliteStore::open(&path, options()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

/// Each alteration, made behind the store's back, and whether it shows in the audit trail or in
/// the change log.
#[test]
fn an_alteration_shows() {
    let altered = [
        ("UPDATE audit SET object = 'x' WHERE seq = 2", Some(2), None),
        ("UPDATE audit SET at = at + 1 WHERE seq = 3", Some(3), None),
        ("DELETE FROM audit WHERE seq = 2", Some(2), None),
        ("DELETE FROM audit WHERE seq = 4", Some(4), None),
        ("UPDATE audit_person SET seq = 1 WHERE seq = 3", Some(1), None),
        ("DELETE FROM audit_person WHERE seq = 4", Some(4), None),
        ("UPDATE actor SET name = 'somebody else'", Some(1), Some(1)),
        ("UPDATE version SET hash = zeroblob(32) WHERE place = 2", None, Some(2)),
        (
            "UPDATE version SET body = (SELECT body FROM version WHERE place = 3) WHERE place = 2",
            None,
            Some(2),
        ),
        ("UPDATE version SET former = NULL WHERE place = 2", None, Some(2)),
        ("UPDATE version SET body = x'' WHERE place = 3", None, Some(3)),
        ("UPDATE version SET compartment = 2 WHERE place = 1", None, Some(1)),
        ("UPDATE version SET seq = 1 WHERE place = 2", None, Some(1)),
        ("UPDATE change_set SET what = 'x' WHERE seq = 2", None, Some(2)),
        ("UPDATE node SET name = 'x'", None, Some(1)),
        ("DELETE FROM version WHERE place = 2", None, Some(2)),
        ("DELETE FROM change_set WHERE seq = 4", None, Some(4)),
        ("UPDATE resource SET place = 1, version = 1 WHERE id = 'p1'", None, Some(2)),
        ("UPDATE resource SET compartment = 3 WHERE id = 'p2'", None, Some(3)),
    ];
    for (alteration, audit, changes) in altered {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("store.db");
        let store = SqliteStore::open(&path, options()).unwrap();
        for (id, family) in [("p1", "Sow"), ("p1", "Sow"), ("p2", "Ba"), ("p3", "Fall")] {
            block_on(store.commit(&system(), patient(id, family))).unwrap();
        }
        assert!(block_on(store.verify()).unwrap().is_whole());
        drop(store);
        let connection = Connection::open(&path).unwrap();
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        assert!(connection.execute(alteration, []).unwrap() > 0, "{alteration}");
        drop(connection);
        let store = SqliteStore::open(&path, options()).unwrap();
        // Some alterations break the rows themselves; then the check says so as damage.
        match block_on(store.verify()) {
            Ok(report) => {
                assert_eq!(
                    (report.broken_at, report.changes_broken_at),
                    (audit, changes),
                    "{alteration}"
                );
            }
            Err(error) => assert!(matches!(error, StoreError::Damaged(_)), "{alteration}: {error}"),
        }
    }
}

/// A program with other search parameters builds the index of the type again.
#[test]
fn a_stale_index_is_built_again() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path, options()).unwrap();
    block_on(store.commit(&system(), patient("p1", "Sow"))).unwrap();
    drop(store);
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "UPDATE resource_type SET indexed_with = x'00'; DELETE FROM token; \
             DELETE FROM phrase; DELETE FROM word WHERE rowid = 1;
             INSERT INTO token SELECT number, 5, 0, 1 FROM parameter",
        )
        .unwrap();
    drop(connection);
    let store = SqliteStore::open(&path, options()).unwrap();
    let by_token = Query {
        resource_type: "Patient".into(),
        tokens: vec![("gender".into(), "female".into()), ("family".into(), "sow".into())],
        text: Some("so".into()),
        page: PageRequest::default(),
        ..Query::default()
    };
    assert_eq!(block_on(store.find(&system(), &by_token)).unwrap().total, 1);
    drop(store);
    let connection = Connection::open(&path).unwrap();
    let left: i64 = connection
        .query_row("SELECT count(*) FROM token WHERE code = 5", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0, "a row that no version has");
}
