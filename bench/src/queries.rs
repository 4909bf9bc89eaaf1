//! What is searched for: each kind with many different values, so that no answer is remembered.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::bundles::Sample;
use crate::http::Requests;

/// Left as they are in the value of a parameter.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Codes that every demonstration has: vital signs and laboratory.
const CODES: &[&str] =
    &["8302-2", "29463-7", "85354-9", "8867-4", "718-7", "777-3", "2339-0", "2093-3"];

/// One kind of search.
#[derive(Clone, Debug)]
pub struct Query {
    pub name: &'static str,
    pub requests: Vec<Vec<u8>>,
}

/// All kinds, for people of these ids and samples.
pub fn all(requests: &Requests, patients: &[String], samples: &[Sample]) -> Vec<Query> {
    let asked = Asked { requests, patients, samples };
    let kinds = [asked.findings(), asked.people(), asked.across_types()];
    kinds.into_iter().flatten().collect()
}

/// Where to ask, and whom for.
struct Asked<'a> {
    requests: &'a Requests,
    patients: &'a [String],
    samples: &'a [Sample],
}

impl Asked<'_> {
    fn findings(&self) -> Vec<Query> {
        let codes = CODES.iter().map(|code| loinc(code));
        let pulse = loinc("8867-4");
        vec![
            self.query(
                "Observation?code, 50",
                codes.map(|code| format!("/Observation?code={code}&_count=50")),
            ),
            self.query(
                "Observation?patient, newest 50",
                self.patients
                    .iter()
                    .map(|id| format!("/Observation?patient={id}&_sort=-date&_count=50")),
            ),
            self.query(
                "Observation?patient&code",
                self.patients
                    .iter()
                    .map(|id| format!("/Observation?patient={id}&code={pulse}&_count=50")),
            ),
            self.query(
                "Encounter?date=ge, 50",
                days().map(|day| format!("/Encounter?date=ge{day}&_count=50")),
            ),
        ]
    }

    fn people(&self) -> Vec<Query> {
        let born = self.samples.iter().filter(|sample| !sample.birth_date.is_empty());
        vec![
            self.query(
                "Patient?name, 50",
                self.families().map(|family| format!("/Patient?name={family}&_count=50")),
            ),
            self.query(
                "Patient?identifier",
                self.samples
                    .iter()
                    .map(|sample| format!("/Patient?identifier={}", encode(&sample.identifier))),
            ),
            self.query(
                "Patient?birthdate, 50",
                born.map(|sample| format!("/Patient?birthdate={}&_count=50", sample.birth_date)),
            ),
        ]
    }

    fn across_types(&self) -> Vec<Query> {
        vec![
            self.query(
                "Encounter?patient, with the person",
                self.patients.iter().map(|id| {
                    format!("/Encounter?patient={id}&_include=Encounter:subject&_count=50")
                }),
            ),
            self.query(
                "Condition by name of the person",
                self.families()
                    .map(|family| format!("/Condition?subject:Patient.name={family}&_count=50")),
            ),
        ]
    }

    fn query(&self, name: &'static str, paths: impl Iterator<Item = String>) -> Query {
        Query { name, requests: paths.map(|path| self.requests.get(&path)).collect() }
    }

    fn families(&self) -> impl Iterator<Item = String> {
        self.samples.iter().map(|sample| encode(&sample.family))
    }
}

/// The third of each month of ten years.
fn days() -> impl Iterator<Item = String> {
    let months = (2016..2026).flat_map(|year| (1..=12).map(move |month| (year, month)));
    months.map(|(year, month)| format!("{year}-{month:02}-03"))
}

/// A code of LOINC as the value of a parameter.
fn loinc(code: &str) -> String {
    encode(&format!("http://loinc.org|{code}"))
}

fn encode(value: &str) -> String {
    utf8_percent_encode(value, PLAIN).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded() {
        assert_eq!(loinc("8302-2"), "http%3A%2F%2Floinc.org%7C8302-2");
        assert_eq!(encode("نوری"), "%D9%86%D9%88%D8%B1%DB%8C");
    }

    #[test]
    fn every_kind_has_requests() {
        let address = "127.0.0.1:1".parse().unwrap();
        let requests = Requests { address, base: "/fhir".into(), headers: String::new() };
        let sample = Sample {
            family: "Nur".into(),
            birth_date: "1990-02-03".into(),
            identifier: "urn:a|7".into(),
        };
        let all = all(&requests, &["p1".into()], &[sample]);
        assert!(all.len() >= 6);
        for query in all {
            let first = String::from_utf8(query.requests[0].clone()).unwrap();
            assert!(first.starts_with("GET /fhir/"), "{}: {first}", query.name);
        }
    }
}
