//! What a store is asked: each kind about many people, so that no answer is remembered.

use std::time::Instant;

use anyhow::Context as _;
use manzil_fhir::search::{Handling, NoCodes, Setting, parse};
use manzil_journey::access::{Access, Purpose, Role};
use manzil_store::conformance::block_on;
use manzil_store::{Key, PageRequest, SearchRequest, Store};

use crate::latency::Latency;
use crate::people::Person;

/// Codes that every demonstration has: vital signs and laboratory.
const CODES: &[&str] =
    &["8302-2", "29463-7", "85354-9", "8867-4", "718-7", "777-3", "2339-0", "2093-3"];

/// A kind of search; `patient` tells whether it is about one person.
pub struct Kind {
    pub name: &'static str,
    of: &'static str,
    pairs: fn(usize, &Person) -> Vec<(&'static str, String)>,
    pub is_of_one: bool,
}

/// Every kind.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "Observation?code",
        of: "Observation",
        pairs: |number, _| vec![("code", code(number))],
        is_of_one: false,
    },
    Kind {
        name: "Observation?code, newest first",
        of: "Observation",
        pairs: |number, _| vec![("code", code(number)), ("_sort", "-date".into())],
        is_of_one: false,
    },
    Kind {
        name: "Observation?patient, newest first",
        of: "Observation",
        pairs: |_, who| vec![("patient", who.id.clone()), ("_sort", "-date".into())],
        is_of_one: true,
    },
    Kind {
        name: "Observation?patient&code",
        of: "Observation",
        pairs: |number, who| vec![("patient", who.id.clone()), ("code", code(number))],
        is_of_one: true,
    },
    Kind {
        name: "Encounter?date=ge",
        of: "Encounter",
        pairs: |number, _| vec![("date", day(number))],
        is_of_one: false,
    },
    Kind {
        name: "Patient?name",
        of: "Patient",
        pairs: |_, who| vec![("name", who.family.clone())],
        is_of_one: false,
    },
    Kind {
        name: "Patient?identifier",
        of: "Patient",
        pairs: |_, who| vec![("identifier", who.identifier.clone())],
        is_of_one: false,
    },
    Kind {
        name: "Patient?birthdate",
        of: "Patient",
        pairs: |_, who| vec![("birthdate", who.birth_date.clone())],
        is_of_one: false,
    },
    Kind {
        name: "Encounter?patient with the person",
        of: "Encounter",
        pairs: |_, who| vec![("patient", who.id.clone()), ("_include", "Encounter:subject".into())],
        is_of_one: true,
    },
    Kind {
        name: "Condition?subject:Patient.name",
        of: "Condition",
        pairs: |_, who| vec![("subject:Patient.name", who.family.clone())],
        is_of_one: false,
    },
];

fn code(number: usize) -> String {
    let code = CODES.get(number % CODES.len()).copied().unwrap_or_default();
    format!("http://loinc.org|{code}")
}

/// The third of a month of the years 2016 to 2025.
fn day(number: usize) -> String {
    format!("ge{}-{:02}-03", 2016 + number / 12 % 10, number % 12 + 1)
}

/// Asks about one person; how many were found.
pub fn ask(store: &dyn Store, kind: &Kind, number: usize, who: &Person) -> anyhow::Result<usize> {
    let pairs: Vec<(String, String)> =
        (kind.pairs)(number, who).into_iter().map(|(name, it)| (name.into(), it)).collect();
    let setting = Setting { base: "", now: 0, codes: &NoCodes };
    let search = parse(&[kind.of], &pairs, Handling::Strict, &setting)?;
    let page = PageRequest { rows_max: 50, after: None };
    let found = block_on(store.search(&access(), &SearchRequest { search, page }))?;
    Ok(found.matches.len())
}

/// Asks about everybody, one after the other: the times, and how many were found in the mean.
pub fn all(store: &dyn Store, kind: &Kind, people: &[Person]) -> anyhow::Result<(Latency, f64)> {
    let (mut latency, mut found) = (Latency::default(), 0);
    for (number, who) in people.iter().enumerate() {
        let started = Instant::now();
        found += ask(store, kind, number, who)?;
        latency.add(started.elapsed());
    }
    Ok((latency, found as f64 / people.len().max(1) as f64))
}

/// Reads every Patient.
pub fn read(store: &dyn Store, people: &[Person]) -> anyhow::Result<Latency> {
    let mut latency = Latency::default();
    for who in people {
        let started = Instant::now();
        let key = Key::new("Patient", &who.id);
        block_on(store.read(&access(), &key))?.with_context(|| format!("{key} is lost"))?;
        latency.add(started.elapsed());
    }
    Ok(latency)
}

/// Who fills and asks.
pub fn access() -> Access {
    Access::new("growth", Role::System, Purpose::Care)
}
