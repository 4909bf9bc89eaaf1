//! How long it takes to index a resource: nanoseconds each, the best of ten rounds.
//!
//! ```text
//! cargo run --release -p manzil-fhir --example index_rate
//! ```
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "an example that measures")]

use std::hint::black_box;
use std::time::Instant;

use manzil_fhir::{ParseError, Resource, search};

const ROUNDS: u32 = 10;
const EACH: u32 = 20_000;

const RESOURCES: &[&str] = &[
    r#"{"resourceType":"Patient","id":"p","active":true,"gender":"female","birthDate":"1990-02-03",
        "identifier":[{"system":"urn:unhcr","value":"A-1"}],
        "name":[{"family":"Al-Ḥasan","given":["Amina","Noor"]}],
        "telecom":[{"system":"phone","value":"+254 700 000000"}],
        "address":[{"city":"Garissa","country":"KE"}],
        "managingOrganization":{"reference":"Organization/o1"}}"#,
    r#"{"resourceType":"Observation","id":"o","status":"final",
        "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category",
            "code":"vital-signs"}]}],
        "code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},
        "subject":{"reference":"Patient/p"},"encounter":{"reference":"Encounter/e"},
        "effectiveDateTime":"2026-05-01T10:00:00+03:00","performer":[{"reference":"Practitioner/d"}],
        "valueQuantity":{"value":61.5,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}"#,
];

fn main() -> Result<(), ParseError> {
    for json in RESOURCES {
        let resource = Resource::parse(json)?;
        let entries = search::index(&resource).len();
        let mut best = u128::MAX;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            for _ in 0..EACH {
                black_box(search::index(black_box(&resource)));
            }
            best = best.min(start.elapsed().as_nanos() / u128::from(EACH));
        }
        println!("{}: {best} ns, {entries} entries", resource.resource_type());
    }
    Ok(())
}
