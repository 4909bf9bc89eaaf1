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
    let of_codes = |form: &dyn Fn(&str) -> String| {
        CODES.iter().map(|code| requests.get(&form(&encode(&loinc(code))))).collect()
    };
    let of_patients =
        |form: &dyn Fn(&str) -> String| patients.iter().map(|id| requests.get(&form(id))).collect();
    let of_samples = |form: &dyn Fn(&Sample) -> String| {
        let with_date = samples.iter().filter(|sample| !sample.birth_date.is_empty());
        with_date.map(|sample| requests.get(&form(sample))).collect()
    };
    let of_days = |form: &dyn Fn(&str) -> String| {
        let days = (2016..2026).flat_map(|year| (1..13).map(move |month| (year, month)));
        days.map(|(year, month)| requests.get(&form(&format!("{year}-{month:02}-03")))).collect()
    };
    let query = |name, requests| Query { name, requests };
    vec![
        query(
            "Observation?code, 50",
            of_codes(&|code| format!("/Observation?code={code}&_count=50")),
        ),
        query(
            "Observation?patient, newest 50",
            of_patients(&|id| format!("/Observation?patient={id}&_sort=-date&_count=50")),
        ),
        query(
            "Observation?patient&code",
            of_patients(&|id| {
                let code = encode(&loinc("8867-4"));
                format!("/Observation?patient={id}&code={code}&_count=50")
            }),
        ),
        query(
            "Encounter?date=ge, 50",
            of_days(&|day| format!("/Encounter?date=ge{day}&_count=50")),
        ),
        query(
            "Patient?name, 50",
            of_samples(&|sample| format!("/Patient?name={}&_count=50", encode(&sample.family))),
        ),
        query(
            "Patient?identifier",
            of_samples(&|sample| format!("/Patient?identifier={}", encode(&sample.identifier))),
        ),
        query(
            "Patient?birthdate, 50",
            of_samples(&|sample| format!("/Patient?birthdate={}&_count=50", sample.birth_date)),
        ),
        query(
            "Encounter?patient, with the person",
            of_patients(&|id| {
                format!("/Encounter?patient={id}&_include=Encounter:subject&_count=50")
            }),
        ),
        query(
            "Condition by name of the person",
            of_samples(&|sample| {
                let family = encode(&sample.family);
                format!("/Condition?subject:Patient.name={family}&_count=50")
            }),
        ),
    ]
}

fn loinc(code: &str) -> String {
    format!("http://loinc.org|{code}")
}

fn encode(value: &str) -> String {
    utf8_percent_encode(value, PLAIN).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded() {
        assert_eq!(encode("http://loinc.org|8302-2"), "http%3A%2F%2Floinc.org%7C8302-2");
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
