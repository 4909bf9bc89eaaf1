//! What only the inside of the crate can test: statements, the schema, alterations.

use std::sync::Arc;

use jiff::Timestamp;
use manzil_fhir::Resource;
use manzil_journey::access::{Access, Compartment, Purpose, Role};
use manzil_store::conformance::block_on;
use manzil_store::finder::{Mark, Range, SortValue, Walk};
use manzil_store::{ChangeSet, Content, Expect, PageRequest, Query, Store, StoreError, Write};
use tokio::runtime::Runtime;

use crate::session::{self, Session, get, text};
use crate::{Options, PostgresStore, dictionary};
use cluster::Cluster;

#[allow(unreachable_pub, reason = "the tests outside of the crate use it too")]
#[path = "../tests/support/cluster.rs"]
mod cluster;

fn options(schema: &str) -> Options {
    let clock = || Timestamp::from_second(1_750_000_000).unwrap();
    Options { schema: schema.into(), ..Options::new(Arc::new(clock), "node-1") }
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

/// A connection beside the store.
fn beside(cluster: &Cluster, schema: &str) -> (Session, Runtime) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let pool = session::pool(&cluster.url.parse().unwrap(), schema, "", 1).unwrap();
    (Session::open(&pool, runtime.handle()).unwrap(), runtime)
}

#[test]
fn every_statement_prepares() {
    let Some(cluster) = Cluster::start() else { return };
    let _store = PostgresStore::open(&cluster.url, options("a")).unwrap();
    let (session, _runtime) = beside(&cluster, "a");
    let all = [
        crate::archive::sql::ALL,
        crate::batch::sql::ALL,
        crate::commit::sql::ALL,
        crate::dictionary::sql::ALL,
        crate::heads::sql::ALL,
        crate::index::sql::ALL,
        &crate::index::sql::INSERT,
        &crate::index::sql::DELETE,
        crate::local::sql::ALL,
        crate::migration::sql::ALL,
        crate::rebuild::sql::ALL,
        &crate::rebuild::sql::CLEAR,
        crate::records::sql::ALL,
        crate::shelf::sql::ALL,
        crate::store::sql::ALL,
        crate::trail::sql::ALL,
        crate::verify::sql::ALL,
        crate::writer::sql::ALL,
    ];
    for statement in all.concat() {
        session.prepares(statement).unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
}

/// Each kind of range, in both directions, from its start and from a mark.
#[test]
fn every_walk_prepares() {
    let Some(cluster) = Cluster::start() else { return };
    let _store = PostgresStore::open(&cluster.url, options("a")).unwrap();
    let (session, _runtime) = beside(&cluster, "a");
    let words = || vec!["so".to_owned(), "mohammed1".to_owned()];
    let number = Some(SortValue::Integer(3));
    let ranges = [
        (Range::Token { parameter: 1, code: 2, system: 3 }, None),
        (Range::Link { parameter: 1, target: -2 }, None),
        (Range::Type { of: 1 }, None),
        (Range::Everything, None),
        (Range::Person { person: 1 }, None),
        (Range::Words { of: 1, beginnings: words() }, None),
        (Range::Words { of: 1, beginnings: Vec::new() }, None),
        (Range::Period { parameter: 1, span: 3, from: 1, before: 2 }, number.clone()),
        (
            Range::Amount { parameter: 1, unit: 2, wide: false, from: 0.5, to: f64::INFINITY },
            Some(SortValue::Real(0.25)),
        ),
        (
            Range::Phrase { parameter: 1, from: "a".into(), before: Some("a\0".into()) },
            Some(SortValue::Text("a\0".into())),
        ),
        (Range::Phrase { parameter: 1, from: String::new(), before: None }, None),
        (Range::Written { of: Some(1), after: 0 }, number.clone()),
        (Range::Written { of: None, after: 0 }, number),
    ];
    for (range, key) in &ranges {
        let asked = crate::shelf::walk::counted(range, 7);
        assert_eq!(session.one::<i64>(&asked.statement, &asked.values()).unwrap(), 0);
        if matches!(range, Range::Token { .. } | Range::Link { .. }) {
            let asked = crate::shelf::walk::among(range, &[5, 6]);
            assert!(session.query(&asked.statement, &asked.values()).unwrap().is_empty());
        }
        let mark = Mark { key: key.clone(), number: 5 };
        for after in [None, Some(&mark)] {
            for descending in [false, key.is_some()] {
                let walk = Walk { range, after, descending, rows_max: 7 };
                let asked = crate::shelf::walk::walked(&walk);
                let rows = session.query(&asked.statement, &asked.values());
                assert!(rows.unwrap().is_empty(), "{range:?}");
            }
        }
    }
}

/// So that the tables can be distributed by it.
#[test]
fn every_key_begins_with_home_but_for_the_dictionaries() {
    let Some(cluster) = Cluster::start() else { return };
    let _store = PostgresStore::open(&cluster.url, options("a")).unwrap();
    let (session, _runtime) = beside(&cluster, "a");
    let tables = session
        .query("SELECT tablename::text::bytea FROM pg_tables WHERE schemaname = 'a'", &[])
        .unwrap();
    let mut distributed = 0;
    for table in &tables {
        let table = text(table, 0).unwrap();
        if dictionary::TABLES.contains(&table.as_str()) {
            continue;
        }
        distributed += 1;
        let keys = session
            .query(
                "SELECT c.relname::text::bytea, (SELECT attname::text::bytea FROM pg_attribute a \
                 WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[0]), i.indisprimary \
                 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
                 WHERE i.indrelid = ('a.' || $1::text)::regclass AND i.indisunique",
                &[&table],
            )
            .unwrap();
        for key in &keys {
            let (index, first) = (text(key, 0).unwrap(), text(key, 1).unwrap());
            assert_eq!(first, "home", "{index} of {table} is unique across homes");
        }
        let primary = keys.iter().filter(|key| get(key, 2).unwrap()).count();
        assert_eq!(primary, 1, "{table} has no primary key");
    }
    assert_eq!(distributed, tables.len() - dictionary::TABLES.len());
    let sequences: i64 =
        session.one("SELECT count(*) FROM pg_sequences WHERE schemaname = 'a'", &[]).unwrap();
    assert_eq!(sequences, 0, "a sequence has one place in the whole cluster");
    let foreign: i64 = session
        .one(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f' \
             AND connamespace = 'a'::regnamespace",
            &[],
        )
        .unwrap();
    assert_eq!(foreign, 0, "a foreign key would reach across homes");
}

#[test]
fn a_second_writer_is_refused_until_the_first_is_gone() {
    let Some(cluster) = Cluster::start() else { return };
    let first = PostgresStore::open(&cluster.url, options("a")).unwrap();
    let second = PostgresStore::open(&cluster.url, options("a"));
    assert!(matches!(second, Err(StoreError::InUse(_))), "{second:?}");
    block_on(first.close()).unwrap();
    drop(first);
    PostgresStore::open(&cluster.url, options("a")).unwrap();
}

#[test]
fn a_schema_of_others_and_a_newer_one_are_refused() {
    let Some(cluster) = Cluster::start() else { return };
    let (session, _runtime) = beside(&cluster, "public");
    session.batch("CREATE SCHEMA theirs; CREATE TABLE theirs.t (n int)").unwrap();
    session.batch("CREATE SCHEMA newer; COMMENT ON SCHEMA newer IS 'Manzil schema 99'").unwrap();
    let outcome = PostgresStore::open(&cluster.url, options("theirs"));
    assert!(matches!(outcome, Err(StoreError::Damaged(_))), "{outcome:?}");
    let outcome = PostgresStore::open(&cluster.url, options("newer"));
    assert!(matches!(outcome, Err(StoreError::Newer { found: 99, .. })), "{outcome:?}");
    let outcome = PostgresStore::open(&cluster.url, options("a; drop schema b"));
    assert!(matches!(outcome, Err(StoreError::Malformed(_))), "{outcome:?}");
}

/// Each alteration is made in a transaction that is rolled back again.
#[test]
fn an_alteration_shows() {
    let Some(cluster) = Cluster::start() else { return };
    let store = PostgresStore::open(&cluster.url, options("a")).unwrap();
    for family in ["Sow", "Ba", "Diop"] {
        block_on(store.commit(&system(), patient("p1", family))).unwrap();
    }
    block_on(store.commit(&system(), patient("p2", "Fall"))).unwrap();
    let query = Query { resource_type: "Patient".into(), ..Query::default() };
    let query = Query { page: PageRequest { rows_max: 5, after: None }, ..query };
    assert_eq!(block_on(store.find(&system(), &query)).unwrap().total, 2);
    assert!(block_on(store.verify()).unwrap().is_whole());
    let (session, _runtime) = beside(&cluster, "a");
    for statement in [
        "UPDATE version SET body = (SELECT body FROM version WHERE version = 2) WHERE version = 1",
        "UPDATE version SET at = at + 1 WHERE place = 2",
        "UPDATE version SET compartment = 3 WHERE place = 2",
        "UPDATE version SET role = 3 WHERE place = 2",
        "DELETE FROM version WHERE place = 2",
        "DELETE FROM version WHERE place = 4",
        "UPDATE resource SET version = 2 WHERE version = 3",
        "UPDATE resource SET compartment = 3",
        "DELETE FROM resource WHERE version = 1",
        "UPDATE change_set SET what = 'other' WHERE seq = 2",
        "DELETE FROM change_set WHERE seq = 4",
        "UPDATE audit SET object = 'other' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 5",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit_person WHERE seq = 2",
    ] {
        session.batch("BEGIN").unwrap();
        let changed = session.execute(statement, &[]).unwrap();
        let report = crate::verify::verify(&session).unwrap();
        session.batch("ROLLBACK").unwrap();
        assert!(changed > 0 && !report.is_whole(), "not seen: {statement} {report:?}");
    }
    assert!(block_on(store.verify()).unwrap().is_whole());
}
