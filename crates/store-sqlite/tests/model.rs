//! Any sequence of calls gives what a simple model in memory gives.
//!
//! The model is a map of lists and the access policy, with nothing of how the engine works. The
//! file is closed and opened again in between.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use manzil_fhir::Resource;
use manzil_journey::access::{Access, Action, Compartment, Purpose, Role, permits};
use manzil_store::conformance::block_on;
use manzil_store::names::COMPARTMENTS;
use manzil_store::{
    Body, ChangeSet, Committed, Content, Expect, Found, HistoryRequest, Key, Page, PageRequest,
    Query, Store, StoreError, Version, Write,
};
use manzil_store_sqlite::{Options, SqliteStore};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Some that reach much, some that reach little, some that reach nothing.
const ACCESSES: [(Role, Purpose); 7] = [
    (Role::System, Purpose::Administration),
    (Role::System, Purpose::Assessment),
    (Role::Nurse, Purpose::Care),
    (Role::Physician, Purpose::Assessment),
    (Role::Clerk, Purpose::Assessment),
    (Role::Surveillance, Purpose::PublicHealth),
    (Role::Authority, Purpose::Care),
];
const NAMES: [&str; 4] = ["Sow", "Sowande", "Diallo", "Ba"];

#[derive(Clone, Debug)]
struct Intended {
    id: usize,
    person: Option<usize>,
    compartment: usize,
    name: usize,
    expect: Expect,
}

#[derive(Clone, Debug)]
enum Call {
    Commit { access: usize, writes: Vec<Intended>, key: Option<usize> },
    Read { access: usize, id: usize },
    ReadVersion { access: usize, id: usize, version: u64 },
    History { access: usize, id: usize, rows_max: usize },
    Find { access: usize, name: Option<usize>, person: Option<usize>, rows_max: usize },
    Person { access: usize, person: usize },
    Changes { access: usize, after: u64, rows_max: usize },
    Reopen,
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let access = 0..ACCESSES.len();
    let expect = prop_oneof![
        3 => Just(Expect::Any),
        1 => Just(Expect::Absent),
        2 => (1..4_u64).prop_map(Expect::Version),
    ];
    let write = (0..5_usize, option::of(0..3_usize), 0..5_usize, 0..NAMES.len(), expect).prop_map(
        |(id, person, compartment, name, expect)| Intended {
            id,
            person,
            compartment,
            name,
            expect,
        },
    );
    let name = option::of(0..NAMES.len());
    let person = option::of(0..3_usize);
    let call = prop_oneof![
        8 => (prop_oneof![2 => Just(0), 1 => access.clone()], vec(write, 1..4), option::weighted(0.2, 0..3_usize))
            .prop_map(|(access, writes, key)| Call::Commit { access, writes, key }),
        2 => (access.clone(), 0..5_usize).prop_map(|(access, id)| Call::Read { access, id }),
        2 => (access.clone(), 0..5_usize, 0..5_u64)
            .prop_map(|(access, id, version)| Call::ReadVersion { access, id, version }),
        2 => (access.clone(), 0..5_usize, 1..4_usize)
            .prop_map(|(access, id, rows_max)| Call::History { access, id, rows_max }),
        4 => (access.clone(), name, person, 1..4_usize)
            .prop_map(|(access, name, person, rows_max)| Call::Find { access, name, person, rows_max }),
        2 => (access.clone(), 0..3_usize).prop_map(|(access, person)| Call::Person { access, person }),
        2 => (access, 0..10_u64, 1..6_usize)
            .prop_map(|(access, after, rows_max)| Call::Changes { access, after, rows_max }),
        1 => Just(Call::Reopen),
    ];
    vec(call, 1..60)
}

fn access(number: usize) -> Access {
    let (role, purpose) = ACCESSES[number];
    Access::new(format!("actor-{number}"), role, purpose)
}

fn id(number: usize) -> String {
    format!("r{number}")
}

fn person(number: usize) -> String {
    format!("p{number}")
}

/// One version in the model. Two are the same when all of this is.
#[derive(Clone, Debug, PartialEq)]
struct Kept {
    id: String,
    version: u64,
    seq: u64,
    person: Option<String>,
    compartment: Compartment,
    name: String,
}

#[derive(Clone, Debug, PartialEq)]
enum Told {
    Versions(Vec<Kept>),
    Page(Vec<Kept>, u64),
    Refused,
    Conflict,
}

#[derive(Default)]
struct Model {
    resources: BTreeMap<String, Vec<Kept>>,
    /// Ids in the order of their first writing.
    order: Vec<String>,
    log: Vec<Kept>,
    seq: u64,
    keys: BTreeMap<usize, u64>,
    lines: u64,
}

impl Model {
    fn reads(access: &Access, kept: &Kept) -> bool {
        permits(access.role, access.purpose, Action::Read, kept.compartment)
    }

    fn current(&self, id: &str) -> Option<&Kept> {
        self.resources.get(id).and_then(|versions| versions.last())
    }

    fn commit(&mut self, access: &Access, writes: &[Intended], key: Option<usize>) -> Told {
        let writable =
            |compartment| permits(access.role, access.purpose, Action::Write, compartment);
        if writes.iter().any(|write| !writable(COMPARTMENTS[write.compartment])) {
            return Told::Refused;
        }
        if let Some(&seq) = key.and_then(|key| self.keys.get(&key)) {
            let first: Vec<Kept> =
                self.log.iter().filter(|kept| kept.seq == seq).cloned().collect();
            let told = first.iter().all(|kept| writable(kept.compartment));
            return if told { Told::Versions(first) } else { Told::Refused };
        }
        let mut after = self.resources.clone();
        let mut written = Vec::new();
        for write in writes {
            let versions = after.entry(id(write.id)).or_default();
            if versions.last().is_some_and(|current| !writable(current.compartment)) {
                return Told::Refused;
            }
            let found = versions.len() as u64;
            let holds = match write.expect {
                Expect::Any => true,
                Expect::Absent => found == 0,
                Expect::Version(version) => found == version,
            };
            if !holds {
                return Told::Conflict;
            }
            let kept = Kept {
                id: id(write.id),
                version: found + 1,
                seq: self.seq + 1,
                person: write.person.map(person),
                compartment: COMPARTMENTS[write.compartment],
                name: NAMES[write.name].to_owned(),
            };
            versions.push(kept.clone());
            written.push(kept);
        }
        self.resources = after;
        for kept in &written {
            if !self.order.contains(&kept.id) {
                self.order.push(kept.id.clone());
            }
        }
        self.log.extend(written.iter().cloned());
        self.seq += 1;
        if let Some(key) = key {
            self.keys.insert(key, self.seq);
        }
        Told::Versions(written)
    }

    fn answer(&mut self, call: &Call) -> Told {
        let by = |number: &usize| {
            let access = access(*number);
            let reaches = COMPARTMENTS
                .into_iter()
                .any(|each| permits(access.role, access.purpose, Action::Read, each));
            reaches.then_some(access)
        };
        match call {
            Call::Commit { access: number, writes, key } => {
                self.commit(&access(*number), writes, *key)
            }
            Call::Reopen => Told::Versions(Vec::new()),
            Call::Read { access, .. }
            | Call::ReadVersion { access, .. }
            | Call::History { access, .. }
            | Call::Find { access, .. }
            | Call::Person { access, .. }
            | Call::Changes { access, .. } => match by(access) {
                Some(access) => self.look(&access, call),
                None => Told::Refused,
            },
        }
    }

    fn look(&self, access: &Access, call: &Call) -> Told {
        let all = self.order.iter().filter_map(|id| self.current(id));
        match call {
            Call::Read { id: of, .. } => self.one(access, &id(*of), None),
            Call::ReadVersion { id: of, version, .. } => self.one(access, &id(*of), Some(*version)),
            Call::History { id: of, .. } => {
                let Some(current) = self.current(&id(*of)) else { return Told::Page(vec![], 0) };
                if !Self::reads(access, current) {
                    return Told::Refused;
                }
                let versions = self.resources[&id(*of)].iter().rev();
                page(versions.filter(|kept| Self::reads(access, kept)))
            }
            Call::Find { name, person: of, .. } => {
                let matching = all.filter(|kept| {
                    Self::reads(access, kept)
                        && of.is_none_or(|of| kept.person == Some(person(of)))
                        && name.is_none_or(|name| kept.name.starts_with(NAMES[name]))
                });
                let matching: Vec<Kept> =
                    matching.map(|kept| Kept { seq: 0, ..kept.clone() }).collect();
                page(matching.iter())
            }
            Call::Person { person: of, .. } => {
                let mut about: Vec<Kept> = all
                    .filter(|kept| Self::reads(access, kept) && kept.person == Some(person(*of)))
                    .cloned()
                    .collect();
                about.sort_by(|a, b| a.id.cmp(&b.id));
                Told::Versions(about)
            }
            Call::Changes { after, rows_max, .. } => {
                let visible = self.log.iter().filter(|kept| {
                    let current = self.current(&kept.id);
                    kept.seq > *after
                        && Self::reads(access, kept)
                        && current.is_some_and(|current| Self::reads(access, current))
                });
                let mut rows: Vec<Kept> = Vec::new();
                for kept in visible {
                    let begins = rows.last().is_none_or(|last| last.seq != kept.seq);
                    if begins && rows.len() >= *rows_max {
                        break;
                    }
                    rows.push(kept.clone());
                }
                Told::Versions(rows)
            }
            Call::Commit { .. } | Call::Reopen => Told::Refused,
        }
    }

    fn one(&self, access: &Access, id: &str, version: Option<u64>) -> Told {
        let Some(current) = self.current(id) else { return Told::Versions(vec![]) };
        if !Self::reads(access, current) {
            return Told::Refused;
        }
        let asked = version.unwrap_or(current.version);
        match self.resources[id].iter().find(|kept| kept.version == asked) {
            Some(kept) if !Self::reads(access, kept) => Told::Refused,
            found => Told::Versions(found.into_iter().cloned().collect()),
        }
    }
}

/// All pages of an answer, and its total.
fn page<'a>(rows: impl Iterator<Item = &'a Kept>) -> Told {
    let rows: Vec<Kept> = rows.cloned().collect();
    let total = rows.len() as u64;
    Told::Page(rows, total)
}

fn name(body: &Body) -> String {
    body.resource().unwrap().value()["name"][0]["family"].as_str().unwrap().to_owned()
}

fn kept(version: &Version) -> Kept {
    Kept { name: name(&version.body), ..kept_meta(&version.meta) }
}

/// What a search tells; the place in the log is not among it.
fn kept_found(found: &Found) -> Kept {
    Kept {
        id: found.key.id.clone(),
        version: found.version,
        seq: 0,
        person: found.person.clone(),
        compartment: found.compartment,
        name: name(&found.body),
    }
}

fn kept_meta(meta: &manzil_store::VersionMeta) -> Kept {
    Kept {
        id: meta.key.id.clone(),
        version: meta.version,
        seq: meta.seq,
        person: meta.person.clone(),
        compartment: meta.compartment,
        name: String::new(),
    }
}

fn told(outcome: Result<Told, StoreError>) -> Told {
    match outcome {
        Ok(told) => told,
        Err(StoreError::Refused { .. }) => Told::Refused,
        Err(StoreError::Conflict { .. }) => Told::Conflict,
        Err(error) => panic!("{error}"),
    }
}

/// Metadata has no names; forget them on the model's side as well.
fn without_names(told: Told) -> Told {
    match told {
        Told::Versions(rows) => Told::Versions(
            rows.into_iter().map(|kept| Kept { name: String::new(), ..kept }).collect(),
        ),
        told => told,
    }
}

fn open(path: &Path) -> SqliteStore {
    let clock = || Timestamp::from_second(1_750_000_000).unwrap();
    SqliteStore::open(path, Options::new(Arc::new(clock), "node-1")).unwrap()
}

fn change(writes: &[Intended], key: Option<usize>) -> ChangeSet {
    let write = |write: &Intended| {
        let (id, name) = (id(write.id), NAMES[write.name]);
        // A practitioner has a name and is about nobody by itself.
        let json = format!(
            r#"{{"resourceType":"Practitioner","id":"{id}","name":[{{"family":"{name}"}}]}}"#
        );
        Write {
            content: Content::Put(Resource::parse(&json).unwrap()),
            person: write.person.map(person),
            compartment: COMPARTMENTS[write.compartment],
            expect: write.expect,
        }
    };
    ChangeSet {
        writes: writes.iter().map(write).collect(),
        what: "model".into(),
        idempotency_key: key.map(|key| key.to_string()),
        ..ChangeSet::default()
    }
}

/// Asks the store; pages are followed to the end. Also how many audit lines that makes.
async fn ask(store: &SqliteStore, call: &Call) -> Result<(Told, u64), StoreError> {
    let key = |of: &usize| Key::new("Practitioner", id(*of));
    let versions = |found: Option<Version>| Told::Versions(found.iter().map(kept).collect());
    let told = match call {
        Call::Commit { access: by, writes, key } => {
            let Committed { versions, .. } =
                store.commit(&access(*by), change(writes, *key)).await?;
            Told::Versions(versions.iter().map(kept_meta).collect())
        }
        Call::Read { access: by, id } => versions(store.read(&access(*by), &key(id)).await?),
        Call::ReadVersion { access: by, id, version } => {
            versions(store.read_version(&access(*by), &key(id), *version).await?)
        }
        Call::Person { access: by, person: of } => {
            let about = store.person(&access(*by), &person(*of)).await?;
            Told::Versions(about.iter().map(kept).collect())
        }
        Call::Changes { access: by, after, rows_max } => {
            let metas = store.changes(&access(*by), *after, *rows_max).await?;
            Told::Versions(metas.iter().map(kept_meta).collect())
        }
        Call::History { rows_max, .. } | Call::Find { rows_max, .. } => {
            return pages(store, call, *rows_max).await;
        }
        Call::Reopen => Told::Versions(Vec::new()),
    };
    Ok((told, 1))
}

async fn pages(
    store: &SqliteStore,
    call: &Call,
    rows_max: usize,
) -> Result<(Told, u64), StoreError> {
    let (mut rows, mut after, mut asked) = (Vec::new(), None, 0);
    loop {
        let request = PageRequest { rows_max, after };
        let page = match call {
            Call::History { access: by, id: of, .. } => {
                let request = HistoryRequest::of(Key::new("Practitioner", id(*of)), request);
                let page = store.history(&access(*by), &request).await?;
                let rows = page.rows.iter().map(kept).collect();
                Page { rows, next: page.next, total: page.total }
            }
            Call::Find { access: by, name, person: of, .. } => {
                let query = Query {
                    resource_type: "Practitioner".into(),
                    person: of.map(person),
                    text: name.map(|name| NAMES[name].to_uppercase()),
                    page: request,
                    ..Query::default()
                };
                let page = store.find(&access(*by), &query).await?;
                let rows = page.rows.iter().map(kept_found).collect();
                Page { rows, next: page.next, total: page.total }
            }
            _ => panic!("{call:?} has no pages"),
        };
        asked += 1;
        assert!(page.rows.len() <= rows_max);
        rows.extend(page.rows);
        after = page.next;
        if after.is_none() {
            return Ok((Told::Page(rows, page.total), asked));
        }
    }
}

fn check(calls: &[Call]) {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("model.db");
    let mut store = open(&path);
    let mut model = Model::default();
    for (place, call) in calls.iter().enumerate() {
        let mut expected = model.answer(call);
        if matches!(call, Call::Commit { .. } | Call::Changes { .. }) {
            expected = without_names(expected);
        }
        if matches!(call, Call::Reopen) {
            block_on(store.close()).unwrap();
            store = open(&path);
            continue;
        }
        let asked = block_on(ask(&store, call));
        model.lines += match &asked {
            Ok((_, asked)) => *asked,
            Err(StoreError::Refused { .. }) => 1,
            Err(_) => 0,
        };
        assert_eq!(told(asked.map(|asked| asked.0)), expected, "call {place}: {call:?}");
        let counted = block_on(store.statistics()).unwrap();
        assert_eq!(
            (counted.change_sets, counted.versions, counted.resources, counted.audit_entries),
            (model.seq, model.log.len() as u64, model.order.len() as u64, model.lines),
            "after call {place}: {call:?}"
        );
    }
    assert!(block_on(store.verify()).unwrap().is_whole());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_calls_agrees_with_the_model(calls in calls()) {
        check(&calls);
    }
}
