//! What may come in as FHIR, and what may not.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, in its helpers too"
)]

use std::collections::BTreeMap;

use manzil_journey::access::Compartment;
use manzil_journey::change::{By, Recorded};
use manzil_journey::import::bundle::{plan, read, settle};
use manzil_journey::import::plan::Plan;

fn planned(text: &str) -> Plan {
    let mut entries = read(text).unwrap_or_else(|problems| panic!("{}", problems[0]));
    let mut ids = 0;
    settle(&mut entries, &mut || {
        ids += 1;
        format!("new-{ids}")
    });
    plan(&entries, &BTreeMap::new())
}

fn codes(plan: &Plan) -> Vec<&'static str> {
    plan.problems.iter().map(|problem| problem.code).collect()
}

const PERSON: &str = r#"{"resourceType":"Patient","id":"p1","name":[{"text":"A (fictional)"}]}"#;

#[test]
fn records_from_elsewhere_are_care_and_deposited() {
    let condition = r#"{"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/p1"},"code":{"text":"asthma"}}"#;
    let plan = planned(&format!("{PERSON}\n{condition}\n"));
    assert_eq!(codes(&plan), [""; 0]);
    assert_eq!(plan.batches[0].by, By::Deposit);
    let compartments: Vec<_> = plan.batches[0].drafts.iter().map(|it| it.compartment).collect();
    assert_eq!(compartments, [Compartment::Identity, Compartment::Care]);
}

#[test]
fn findings_by_file_stay_out_of_the_assessment() {
    let finding = r#"{"resourceType":"Observation","id":"o1","status":"final","subject":{"reference":"Patient/p1"},"code":{"coding":[{"system":"urn:manzil:fact","code":"culture_1"}]},"valueBoolean":true}"#;
    let plan = planned(&format!("{PERSON}\n{finding}\n"));
    assert_eq!(plan.batches[0].drafts[1].compartment, Compartment::Care);
}

#[test]
fn nobody_forges_a_certificate_or_a_decision() {
    let certificate = r#"{"resourceType":"Composition","id":"x","status":"final","type":{"coding":[{"system":"urn:manzil:kind","code":"medical-certificate"}]},"subject":{"reference":"Patient/p1"},"date":"2023-05-01","author":[{"display":"x"}],"title":"x"}"#;
    let plan = planned(&format!("{PERSON}\n{certificate}\n"));
    assert!(codes(&plan).contains(&"MZ-0545"), "{:?}", plan.problems);
}

#[test]
fn a_file_changes_nothing_that_is_on_record() {
    let mut entries = read(
        &format!("{PERSON}\n{PERSON}\n")
            .replace("p1\",\"name\":[{\"text\":\"A", "p1\",\"name\":[{\"text\":\"B"),
    )
    .unwrap();
    settle(&mut entries, &mut String::new);
    let stored = manzil_fhir::Resource::parse(PERSON).unwrap();
    let recorded = Recorded { resource: stored, version: 1, compartment: Compartment::Identity };
    let existing = BTreeMap::from([(("Patient".to_owned(), "p1".to_owned()), recorded)]);
    let plan = plan(&entries[..1], &existing);
    assert_eq!(codes(&plan), ["MZ-0546"]);
    assert_eq!(plan.batches, []);
}

#[test]
fn references_by_full_url_are_followed_and_dangling_ones_refused() {
    let bundle = r#"{"resourceType":"Bundle","type":"transaction","entry":[
        {"fullUrl":"urn:uuid:0199d8a0-0000-7000-8000-000000000001","resource":{"resourceType":"Patient","name":[{"text":"A (fictional)"}]}},
        {"resource":{"resourceType":"Condition","subject":{"reference":"urn:uuid:0199d8a0-0000-7000-8000-000000000001"},"code":{"text":"x"}}},
        {"resource":{"resourceType":"Condition","subject":{"reference":"Patient/nobody"},"code":{"text":"x"}}}]}"#;
    let plan = planned(bundle);
    assert_eq!(codes(&plan), ["MZ-0542"]);
    let condition = plan.batches[0].drafts[1].resource.value();
    assert_eq!(condition["subject"]["reference"], "Patient/0199d8a0-0000-7000-8000-000000000001");
}

#[test]
fn a_bundle_without_entries_is_told_so() {
    let problems = read(r#"{"resourceType":"Bundle","type":"collection"}"#).unwrap_err();
    assert_eq!(problems[0].code, "MZ-0547");
}
