//! Any search gives what testing every resource gives.
//!
//! Random records are written, changed and deleted; random searches are asked of the store, page
//! by page, and of [`matches`], which knows no index. The pages after the first are asked after
//! more was written, and must still show the moment of the first.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use manzil_fhir::Resource;
use manzil_fhir::search::query::Search;
use manzil_fhir::search::{Handling, NoCodes, Setting, matches, parse};
use manzil_journey::access::{Access, Compartment, Purpose, Role};
use manzil_store::conformance::block_on;
use manzil_store::{
    ChangeSet, Content, Expect, Key, PageRequest, SearchRequest, Store, StoreError, Write,
};
use manzil_store_sqlite::{Options, SqliteStore};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const NAMES: [&str; 5] = ["Sow", "Sowande", "Diallo", "Ba", "ba"];
const CODES: [&str; 3] = ["1-1", "2-2", "3-3"];
const SYSTEMS: [&str; 3] = ["", r#""system":"http://loinc.org","#, r#""system":"urn:other","#];
const DATES: [&str; 6] =
    ["", "2020", "2021-05", "2021-05-17", "2021-05-17T10:00:00Z", "2021-05-17T10:00:00.5+02:00"];
const VALUES: [(&str, &str); 5] =
    [("", ""), ("61.5", "kg"), ("61500", "g"), ("0.0615", "kg"), ("61.5", "mm[Hg]")];

#[derive(Clone, Debug)]
enum Act {
    Patient { id: usize, name: usize, female: bool, born: usize, clinic: Option<usize> },
    Observation { id: usize, code: usize, system: usize, about: usize, date: usize, value: usize },
    Clinic { id: usize, name: usize },
    Delete { kind: usize, id: usize },
}

fn act() -> impl Strategy<Value = Act> {
    let id = || 0..6_usize;
    prop_oneof![
        3 => (id(), 0..NAMES.len(), any::<bool>(), 0..DATES.len(), proptest::option::of(id())).prop_map(
            |(id, name, female, born, clinic)| Act::Patient { id, name, female, born, clinic }
        ),
        5 => (id(), 0..CODES.len(), 0..SYSTEMS.len(), id(), 0..DATES.len(), 0..VALUES.len()).prop_map(
            |(id, code, system, about, date, value)| {
                Act::Observation { id, code, system, about, date, value }
            }
        ),
        1 => (id(), 0..NAMES.len()).prop_map(|(id, name)| Act::Clinic { id, name }),
        2 => (0..3_usize, id()).prop_map(|(kind, id)| Act::Delete { kind, id }),
    ]
}

fn key(act: &Act) -> Key {
    let kinds = ["Patient", "Observation", "Organization"];
    match act {
        Act::Patient { id, .. } => Key::new("Patient", format!("p{id}")),
        Act::Observation { id, .. } => Key::new("Observation", format!("o{id}")),
        Act::Clinic { id, .. } => Key::new("Organization", format!("c{id}")),
        Act::Delete { kind, id } => {
            let letter = kinds[*kind].to_lowercase().chars().next().unwrap();
            let letter = if letter == 'o' && *kind == 2 { 'c' } else { letter };
            Key::new(kinds[*kind], format!("{letter}{id}"))
        }
    }
}

/// The resource that an act leaves; none for a deletion.
fn resource(act: &Act) -> Option<Resource> {
    let key = key(act);
    let id = &key.id;
    let json = match act {
        Act::Patient { name, female, born, clinic, .. } => {
            let gender = if *female { "female" } else { "male" };
            // A birth date has no time.
            let born = DATES[*born].get(..10).unwrap_or(DATES[*born]);
            let born =
                if born.is_empty() { String::new() } else { format!(r#","birthDate":"{born}""#) };
            let clinic = clinic.map_or(String::new(), |clinic| {
                format!(r#","managingOrganization":{{"reference":"Organization/c{clinic}"}}"#)
            });
            format!(
                r#"{{"resourceType":"Patient","id":"{id}","name":[{{"family":"{}","given":["Awa Marie"]}}],"gender":"{gender}"{born}{clinic}}}"#,
                NAMES[*name]
            )
        }
        Act::Observation { code, system, about, date, value, .. } => {
            let date = match DATES[*date] {
                "" => String::new(),
                date => format!(r#","effectiveDateTime":"{date}""#),
            };
            let value = match VALUES[*value] {
                ("", _) => String::new(),
                (number, unit) => format!(
                    r#","valueQuantity":{{"value":{number},"system":"http://unitsofmeasure.org","code":"{unit}"}}"#
                ),
            };
            format!(
                r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{{}"code":"{}"}}]}},"subject":{{"reference":"Patient/p{about}"}}{date}{value}}}"#,
                SYSTEMS[*system], CODES[*code]
            )
        }
        Act::Clinic { name, .. } => {
            let name = NAMES[*name];
            format!(r#"{{"resourceType":"Organization","id":"{id}","name":"{name}"}}"#)
        }
        Act::Delete { .. } => return None,
    };
    Some(Resource::parse(&json).unwrap())
}

/// Conditions, each of which may be combined with others of its type.
const OBSERVATIONS: &[&str] = &[
    "code=1-1",
    "code=http://loinc.org|1-1,urn:other|2-2",
    "code=|1-1",
    "code:not=1-1",
    "code=http://loinc.org|",
    "combo-code=2-2",
    "subject=Patient/p1",
    "patient=p1,p2",
    "patient:missing=true",
    "date=2021",
    "date=2021-05-17",
    "date=ne2021-05-17",
    "date=gt2021-05-17T08:00:00Z",
    "date=lt2021",
    "date=ge2020",
    "date=le2021-05",
    "date=sa2020",
    "date=eb2021-05-17",
    "date=ap2021-05",
    "date:missing=true",
    "value-quantity=61.5",
    "value-quantity=61.5||kg",
    "value-quantity=61.5|http://unitsofmeasure.org|kg",
    "value-quantity=gt1|http://unitsofmeasure.org|g",
    "value-quantity=lt62|http://unitsofmeasure.org|kg",
    "value-quantity=ne61.5|http://unitsofmeasure.org|kg",
    "code-value-quantity=1-1$gt1|http://unitsofmeasure.org|kg",
    "patient.name=sow",
    "patient.organization.name=ba",
    "patient.birthdate=ge2021",
    "subject:Patient.gender:not=female",
    "_id=o1,o2,o9",
    "_filter=code eq 1-1 or date ge 2021-05-17",
];
const PATIENTS: &[&str] = &[
    "name=sow",
    "name:exact=Ba",
    "name:contains=a",
    "family=ba,diallo",
    "given=marie",
    "gender=female",
    "gender:not=female",
    "birthdate=2021",
    "birthdate=lt2021-05-17",
    "birthdate:missing=true",
    "organization=Organization/c1",
    "organization.name=sow",
    "_has:Observation:patient:code=1-1",
    "_has:Observation:subject:value-quantity=gt61|http://unitsofmeasure.org|kg",
];
const SORTS: &[&str] = &["", "", "_sort=-_id", "_sort=_lastUpdated", "_sort=-_lastUpdated"];
const OBSERVATION_SORTS: &[&str] = &["_sort=date", "_sort=-date", "_sort=code,-date", ""];
const PATIENT_SORTS: &[&str] = &["_sort=family", "_sort=-birthdate,family", ""];

fn url() -> impl Strategy<Value = String> {
    let observations =
        (vec(select(OBSERVATIONS), 0..3), prop_oneof![select(SORTS), select(OBSERVATION_SORTS)])
            .prop_map(|(conditions, sort)| ("Observation", conditions, sort));
    let patients = (vec(select(PATIENTS), 0..3), prop_oneof![select(SORTS), select(PATIENT_SORTS)])
        .prop_map(|(conditions, sort)| ("Patient", conditions, sort));
    prop_oneof![observations, patients].prop_map(|(of, conditions, sort)| {
        let all: Vec<&str> =
            conditions.into_iter().chain([sort]).filter(|each| !each.is_empty()).collect();
        format!("{of}?{}", all.join("&"))
    })
}

fn search(url: &str) -> Search {
    let (of, rest) = url.split_once('?').unwrap();
    let of = if of == "Patient" { "Patient" } else { "Observation" };
    let pairs: Vec<(String, String)> = rest
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let setting = Setting { base: "http://here.example", now: 1_750_000_000_000, codes: &NoCodes };
    parse(&[of], &pairs, Handling::Strict, &setting)
        .unwrap_or_else(|error| panic!("{url}: {error}"))
}

struct World {
    store: SqliteStore,
    current: BTreeMap<(String, String), Resource>,
    _folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::TempDir::new().unwrap();
        let ticks = std::sync::atomic::AtomicI64::new(1_750_000_000_000);
        let clock = move || {
            let now = ticks.fetch_add(5, std::sync::atomic::Ordering::Relaxed);
            Timestamp::from_millisecond(now).unwrap()
        };
        let options = Options::new(Arc::new(clock), "node-1");
        let store = SqliteStore::open(folder.path().join("search.db"), options).unwrap();
        Self { store, current: BTreeMap::new(), _folder: folder }
    }

    fn act(&mut self, act: &Act) {
        let (key, resource) = (key(act), resource(act));
        let content = match &resource {
            Some(resource) => Content::Put(resource.clone()),
            None => Content::Delete(key.clone()),
        };
        let compartment = Compartment::Assessment;
        let write = Write { content, person: None, compartment, expect: Expect::Any };
        let changes = ChangeSet { writes: vec![write], what: "act".into(), ..ChangeSet::default() };
        let place = (key.resource_type, key.id);
        match block_on(self.store.commit(&system(), changes)) {
            Ok(_) => match resource {
                Some(resource) => drop(self.current.insert(place, resource)),
                None => drop(self.current.remove(&place)),
            },
            Err(StoreError::Conflict { .. }) => assert!(!self.current.contains_key(&place)),
            Err(error) => panic!("{error}"),
        }
    }

    /// The ids of everything that matches, sorted.
    fn expected(&self, search: &Search) -> Vec<String> {
        let all: Vec<Resource> = self.current.values().cloned().collect();
        let of = search.types[0];
        let matching = all.iter().filter(|each| {
            let holds = |condition| matches(condition, each, None, all.as_slice());
            each.resource_type() == of && search.filter.iter().all(holds)
        });
        let mut ids: Vec<String> = matching.filter_map(Resource::id).map(str::to_owned).collect();
        ids.sort();
        ids
    }
}

fn system() -> Access {
    Access::new("system", Role::System, Purpose::Administration)
}

fn check(before: &[Act], url: &str, between: &[Act]) {
    let mut world = World::new();
    for act in before {
        world.act(act);
    }
    let search = search(url);
    let expected = world.expected(&search);
    let has_chain = url.contains("patient.")
        || url.contains("Patient.")
        || url.contains("_has")
        || url.contains("organization.");
    let (mut seen, mut after, mut first) = (Vec::new(), None, true);
    loop {
        let page = PageRequest { rows_max: 2, after };
        let request = SearchRequest { search: search.clone(), page };
        let page = block_on(world.store.search(&system(), &request)).unwrap();
        seen.extend(page.matches.into_iter().map(|each| each.key.id));
        after = page.next;
        if after.is_none() {
            break;
        }
        // What a chain leads to is read as it is now, not as it was.
        if std::mem::take(&mut first) && !has_chain {
            for act in between {
                world.act(act);
            }
        }
    }
    seen.sort();
    assert_eq!(seen, expected, "{url}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn any_search_agrees_with_testing_every_resource(
        before in vec(act(), 0..40),
        url in url(),
        between in vec(act(), 0..12),
    ) {
        check(&before, &url, &between);
    }
}
