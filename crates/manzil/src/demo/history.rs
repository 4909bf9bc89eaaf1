//! FHIR histories of fictional people: years of visits, findings, vaccines and treatments.
//!
//! Made to be comparable with other synthetic records when a store or a server is measured: one
//! transaction Bundle for each person, some 170 resources of about 1.5 kB each. Start with
//! [`Histories`]. Every resource says twice that it is invented: with the security label `HTEST`
//! of HL7 and with Manzil's own tag; every number of a person or place begins with `DEMO`. The
//! course of an illness here teaches nobody anything.

mod codes;
mod draft;
mod examination;
mod finding;
mod illness;
mod laboratory;
mod patient;
mod place;
mod vaccine;
mod visit;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::caseload::DemoPerson;
use super::random::Random;
use draft::Draft;

/// How resources of one output name each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// By `urn:uuid:` inside a transaction Bundle; the server gives ids.
    InBundle,
    /// By type and id, each resource with its own id: for NDJSON.
    ById,
}

/// One resource with the UUID by which others name it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub uuid: String,
    pub resource: Value,
    /// A search that finds the same thing on a server that has it already.
    pub if_none_exist: Option<String>,
}

/// Makes histories. The same seed, day and naming give the same bytes.
#[derive(Clone, Copy, Debug)]
pub struct Histories {
    pub seed: u64,
    /// The day on which every history ends.
    pub today: Date,
    pub naming: Naming,
}

impl Histories {
    /// The clinics where everybody is seen, to be loaded before the people.
    pub fn clinics(&self) -> Vec<Entry> {
        let mut draft = Draft::new(Random::new(self.seed), *self);
        for clinic in 0..place::CLINICS.len() {
            place::write(&mut draft, clinic);
        }
        draft.entries
    }

    /// Everything about one person; `place` is their place in the caseload, from 0.
    pub fn of(&self, person: &DemoPerson, place: usize) -> Vec<Entry> {
        let random = Random::new(self.seed).branch(place as u64);
        let mut draft = Draft::new(random, *self);
        let clinic = draft.random.below(place::CLINICS.len() as u64) as usize;
        let staff = match self.naming {
            Naming::InBundle => place::write(&mut draft, clinic),
            Naming::ById => place::staff(&mut draft, clinic),
        };
        let course = patient::write(&mut draft, person, &staff);
        vaccine::write(&mut draft, &course);
        visit::write_all(&mut draft, &course);
        draft.entries
    }
}

/// The entries as a transaction that creates them.
pub fn transaction(entries: Vec<Entry>) -> Value {
    let entries: Vec<Value> = entries
        .into_iter()
        .map(|entry| {
            let kind = entry.resource.get("resourceType").cloned().unwrap_or_default();
            let mut request = json!({ "method": "POST", "url": kind });
            if let (Some(search), Some(members)) = (entry.if_none_exist, request.as_object_mut()) {
                members.insert("ifNoneExist".into(), search.into());
            }
            json!({
                "fullUrl": format!("urn:uuid:{}", entry.uuid),
                "resource": entry.resource,
                "request": request,
            })
        })
        .collect();
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries })
}

#[cfg(test)]
mod tests;
