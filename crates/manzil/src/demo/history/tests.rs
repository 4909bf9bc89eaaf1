use std::collections::BTreeSet;

use jiff::civil::date;
use manzil_fhir::Resource;
use manzil_fhir::reference::references;
use manzil_fhir::validate::{Severity, validate};

use super::super::caseload::caseload;
use super::*;

fn histories(naming: Naming) -> Histories {
    Histories { seed: 3, today: date(2026, 1, 15), naming }
}

fn all(how: Histories, people: usize) -> Vec<Vec<Entry>> {
    let people = caseload(people, how.seed, how.today);
    people.iter().enumerate().map(|(place, person)| how.of(person, place)).collect()
}

fn errors(resource: &Resource) -> Vec<String> {
    let issues = validate(resource);
    issues
        .iter()
        .filter(|issue| issue.severity == Severity::Error)
        .map(ToString::to_string)
        .collect()
}

#[test]
fn every_history_is_valid_and_its_references_lead_somewhere() {
    for entries in all(histories(Naming::InBundle), 12) {
        let uuids: BTreeSet<String> =
            entries.iter().map(|entry| format!("urn:uuid:{}", entry.uuid)).collect();
        assert_eq!(uuids.len(), entries.len(), "a UUID was given twice");
        for entry in &entries {
            let resource = Resource::from_value(entry.resource.clone()).unwrap();
            assert_eq!(errors(&resource), Vec::<String>::new(), "{}", resource.to_json());
            for found in references(&resource).iter().filter(|each| each.text.starts_with("urn:")) {
                assert!(uuids.contains(found.text), "{} leads nowhere", found.path);
            }
        }
        let bundle = Resource::from_value(transaction(entries)).unwrap();
        assert_eq!(errors(&bundle), Vec::<String>::new());
    }
}

#[test]
fn by_id_every_reference_is_to_the_person_or_to_a_clinic() {
    let how = histories(Naming::ById);
    let name = |entry: &Entry| {
        Resource::from_value(entry.resource.clone()).unwrap().local_reference().unwrap()
    };
    let clinics: BTreeSet<String> = how.clinics().iter().map(name).collect();
    for entries in all(how, 4) {
        let own: BTreeSet<String> = entries.iter().map(name).collect();
        assert!(own.is_disjoint(&clinics), "a clinic is written once");
        for entry in &entries {
            let resource = Resource::from_value(entry.resource.clone()).unwrap();
            for found in references(&resource) {
                let known = own.contains(found.text) || clinics.contains(found.text);
                assert!(known || !found.text.contains('/'), "{} leads nowhere", found.text);
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_histories_and_another_gives_others() {
    let how = histories(Naming::InBundle);
    assert_eq!(all(how, 3), all(how, 3));
    assert_ne!(all(how, 3), all(Histories { seed: 4, ..how }, 3));
}

#[test]
fn every_resource_says_that_it_is_invented() {
    for entry in all(histories(Naming::InBundle), 3).concat() {
        let meta = &entry.resource["meta"];
        assert_eq!(meta["security"][0]["code"], "HTEST");
        assert_eq!(meta["tag"][0]["code"], "fictional");
    }
}

#[test]
fn histories_are_as_large_as_synthetic_records_elsewhere() {
    let all = all(histories(Naming::InBundle), 120);
    let resources: usize = all.iter().map(Vec::len).sum();
    let mean = resources / all.len();
    assert!((130..=220).contains(&mean), "{mean} resources a person");
    let bytes: usize = all.into_iter().map(|entries| transaction(entries).to_string().len()).sum();
    let each = bytes / resources;
    assert!((1_100..=1_900).contains(&each), "{each} bytes a resource");
}
