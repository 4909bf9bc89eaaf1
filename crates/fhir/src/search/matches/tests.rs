use super::super::parse::tests::read;
use super::super::{Handling, SearchError};
use super::*;

const WORLD: &[&str] = &[
    r#"{"resourceType":"Patient","id":"p","meta":{"lastUpdated":"2020-01-01T10:00:00Z"},
        "text":{"status":"generated","div":"<div>born in <b>Garissa</b></div>"},
        "identifier":[{"system":"urn:a","value":"7","type":{"text":"Passport",
            "coding":[{"system":"urn:t","code":"PPN"}]}}],
        "active":true,"name":[{"family":"Al-Ḥasan","given":["Ṣāliḥ","Omar"]}],"gender":"male",
        "birthDate":"1990-02","generalPractitioner":[{"reference":"Practitioner/d"}]}"#,
    r#"{"resourceType":"Practitioner","id":"d","name":[{"family":"Otieno"}]}"#,
    r#"{"resourceType":"Observation","id":"o","status":"final",
        "code":{"text":"Blood pressure","coding":[{"system":"http://loinc.org","code":"85354-9"}]},
        "subject":{"reference":"Patient/p"},"effectivePeriod":{"start":"2020-01-01"},
        "performer":[{"identifier":{"system":"urn:d","value":"1"}}],
        "component":[
            {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":
                {"value":120,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
            {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":
                {"value":80,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}"#,
    r#"{"resourceType":"Observation","id":"w","status":"final","code":{"text":"Weight"},
        "subject":{"reference":"Patient/other"},"valueQuantity":
            {"value":3500,"unit":"g","system":"http://unitsofmeasure.org","code":"g"}}"#,
    r#"{"resourceType":"ValueSet","id":"v","url":"http://a.org/sets/one","status":"draft"}"#,
    r#"{"resourceType":"RiskAssessment","id":"r","status":"final","subject":{"reference":"Patient/p"},
        "prediction":[{"probabilityRange":{"low":{"value":10},"high":{"value":20}}}]}"#,
];

fn world() -> Vec<Resource> {
    WORLD.iter().map(|json| Resource::parse(json).unwrap()).collect()
}

/// The ids of the resources that a query finds.
fn found(of: &'static str, query: &str) -> Result<String, SearchError> {
    let world = world();
    let search = read(&[of], query, Handling::Strict)?;
    let all = |resource: &&Resource| {
        search.filter.iter().all(|condition| matches(condition, resource, None, world.as_slice()))
    };
    let of = world.iter().filter(|each| each.resource_type() == of);
    Ok(of.filter(all).filter_map(id_of).collect::<Vec<_>>().join(" "))
}

fn check(of: &'static str, query: &str, expected: &str) {
    assert_eq!(found(of, query).as_deref(), Ok(expected), "{of}?{query}");
}

#[test]
fn texts_are_found() {
    check("Patient", "name=hasan", "");
    check("Patient", "name=AL-HASAN", "p");
    check("Patient", "name=omar al", "p");
    check("Patient", "name=Salih Omar", "p");
    check("Patient", "given:exact=Omar", "p");
    check("Patient", "given:exact=omar", "");
    check("Patient", "name:contains=has", "p");
    check("Patient", "_text=garissa", "p");
    check("Patient", "_text=omar", "");
    check("Patient", "_content=omar garissa", "p");
    check("Patient", "_content=omar nairobi", "");
    check("Patient", r#"_filter=given eq "omar""#, "p");
    check("Patient", r#"_filter=family ew "hasan""#, "p");
}

#[test]
fn tokens_are_found() {
    check("Patient", "gender=http://hl7.org/fhir/administrative-gender|male", "p");
    check("Patient", "gender:not=male", "");
    check("Patient", "language:not=en", "p");
    check("Patient", "identifier=urn:a|", "p");
    check("Patient", "identifier=|7", "");
    check("Patient", "identifier:of-type=urn:t|PPN|7", "p");
    check("Patient", "identifier:of-type=urn:t|XX|7", "");
    check("Patient", "identifier:text=pass", "p");
    check("Patient", "deceased=false", "p");
    check("Observation", "code:text=weight", "w");
    check("Observation", "code:missing=true", "");
    check("Observation", "value-quantity:missing=true", "o");
}

#[test]
fn ranges_are_compared() {
    check("Patient", "birthdate=1990", "p");
    check("Patient", "birthdate=1990-02-01", "");
    check("Patient", "birthdate=ne1990-02-01", "p");
    check("Patient", "birthdate=gt1990-02-01", "p");
    check("Patient", "birthdate=lt1990-02-01", "");
    check("Patient", "birthdate=ap1990-02-01", "p");
    check("Patient", "birthdate=sa1990-01&birthdate=eb1990-03", "p");
    check("Patient", "_lastUpdated=2020-01-01", "p");
    // A period without an end goes on.
    check("Observation", "date=gt2030", "o");
    check("Observation", "date=eb2030", "");
    check("Observation", "value-quantity=3.5|http://unitsofmeasure.org|kg", "w");
    check("Observation", "value-quantity=3500||g", "w");
    check("Observation", "value-quantity=gt3500", "");
    check("Observation", "value-quantity=ge3500", "w");
    check("RiskAssessment", "probability=gt15", "r");
    check("RiskAssessment", "probability=sa15", "");
    check("RiskAssessment", "probability=15", "");
}

#[test]
fn composites_meet_in_one_element() {
    check("Observation", "component-code-value-quantity=8480-6$120", "o");
    check("Observation", "component-code-value-quantity=8480-6$80", "");
    check("Observation", "combo-code-value-quantity=http://loinc.org|8462-4$lt100", "o");
    check("Observation", "combo-value-quantity=120", "o");
}

#[test]
fn references_lead_elsewhere() {
    check("Observation", "subject=Patient/p", "o");
    check("Observation", "patient=p", "o");
    check("Observation", "performer:identifier=urn:d|1", "o");
    check("Observation", "performer:missing=false", "o");
    check("Observation", "subject:Patient.general-practitioner.name=otieno", "o");
    check("Observation", "patient.birthdate=gt2000", "");
    check("Patient", "_has:Observation:patient:code=85354-9", "p");
    check(
        "Practitioner",
        "_has:Patient:general-practitioner:_has:Observation:subject:status=final",
        "d",
    );
    check("ValueSet", "url:below=http://a.org/sets", "v");
    check("ValueSet", "url:below=http://a.org/set", "");
    check("ValueSet", "url:above=http://a.org/sets/one/two", "v");
}

const NAMES: &[(&str, &str)] = &[
    ("Patient", "name"),
    ("Patient", "name:exact"),
    ("Patient", "given:contains"),
    ("Patient", "identifier"),
    ("Patient", "identifier:text"),
    ("Patient", "identifier:of-type"),
    ("Patient", "gender:not"),
    ("Patient", "birthdate"),
    ("Patient", "_content"),
    ("Patient", "_has:Observation:patient:code:text"),
    ("Observation", "code:text"),
    ("Observation", "performer:identifier"),
    ("Observation", "patient:identifier"),
    ("Observation", "subject:Patient.given:exact"),
    ("Observation", "component-code-value-quantity"),
    ("Observation", "combo-code-value-quantity"),
    ("Observation", "code-value-quantity"),
];

proptest::proptest! {
    /// What matches also matches the relaxed condition, under any number of negations.
    #[test]
    fn a_relaxed_condition_is_wider(
        which in 0..NAMES.len(),
        value in proptest::sample::select(vec![
            "Omar", "omar", "Al-Ḥasan", "7", "urn:t|PPN|7", "urn:a|", "passport", "male", "1990",
            "garissa", "weight", "bl", "urn:d|1", "8480-6$120", "8480-6$80", "85354-9$ne1",
        ]),
        negations in 0..3_usize,
    ) {
        let (of, name) = NAMES.get(which).copied().unwrap();
        let world = world();
        let Ok(search) = read(&[of], &format!("{name}={value}"), Handling::Strict) else {
            return Ok(());
        };
        for condition in search.filter {
            let condition =
                (0..negations).fold(condition, |inner, _| Condition::Not(Box::new(inner)));
            let relaxed = condition.relaxed();
            proptest::prop_assert!(relaxed.is_indexed());
            for resource in &world {
                let holds = |of: &Condition| matches(of, resource, None, world.as_slice());
                proptest::prop_assert!(!holds(&condition) || holds(&relaxed), "{:?}", condition);
            }
        }
    }
}
