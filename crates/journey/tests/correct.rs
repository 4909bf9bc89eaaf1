//! Correcting who somebody is.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails here fails")]

use jiff::civil::date;
use manzil_fhir::Resource;
use manzil_journey::access::{Access, Compartment, Purpose, Role};
use manzil_journey::change::{By, Changes, Recorded, Refusal};
use manzil_journey::command::{self, Context, Correction, Registration};
use manzil_journey::file::PersonFile;
use manzil_journey::person::{Person, Sex};
use manzil_protocol::Library;

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p1",
    "extension":[{"url":"urn:other","valueString":"x"}],
    "identifier":[{"system":"urn:camp","value":"C-9"},{"system":"urn:manzil:person","value":"7"}],
    "name":[{"text":"Amina Ali"},{"text":"أمينة علي"}],"gender":"female","birthDate":"1990",
    "photo":[{"title":"y"}]}"#;

fn assessment(status: &str) -> String {
    format!(
        r#"{{"resourceType":"EpisodeOfCare","id":"e1","status":"{status}",
        "type":[{{"coding":[{{"system":"urn:manzil:kind","code":"migration-health-assessment"}}]}}],
        "patient":{{"reference":"Patient/p1"}},
        "extension":[{{"url":"urn:manzil:extension:destination","valueCode":"US"}},
        {{"url":"urn:manzil:extension:population","valueCode":"refugee"}},
        {{"url":"urn:manzil:extension:exam-date","valueDate":"2026-05-01"}}]}}"#
    )
}

fn file(status: Option<&str>) -> PersonFile {
    let recorded = |text: &str, version, compartment| Recorded {
        resource: Resource::parse(text).unwrap(),
        version,
        compartment,
    };
    let mut records = vec![recorded(PATIENT, 3, Compartment::Identity)];
    records.extend(status.map(|it| recorded(&assessment(it), 1, Compartment::Assessment)));
    PersonFile::read(records).unwrap()
}

fn same() -> Correction {
    let birth = manzil_fhir::date::BirthDate::Stated("1990".parse().unwrap());
    Correction {
        registration: Registration {
            name: "Amina Ali".into(),
            number: Some("7".into()),
            sex: Some(Sex::Female),
            birth: Some(birth),
            ..Registration::default()
        },
        family: None,
        given: None,
        version: 3,
        reason: None,
    }
}

fn correct(file: &PersonFile, role: Role, correction: Correction) -> Result<Changes, Refusal> {
    let library = Library::default();
    let access = Access::new("clerk", role, Purpose::Assessment);
    let mut ids = || "new".to_owned();
    let mut context = Context {
        access: &access,
        now: "2026-05-03T08:00:00Z".parse().unwrap(),
        today: date(2026, 5, 3),
        library: &library,
        ids: &mut ids,
    };
    command::correct(file, correction, &mut context)
}

fn renamed(name: &str, reason: Option<&str>) -> Correction {
    let mut correction = same();
    correction.registration.name = name.into();
    correction.reason = reason.map(str::to_owned);
    correction
}

#[test]
fn a_correction_writes_over_the_version_that_was_seen_and_loses_nothing() {
    let changes = correct(&file(None), Role::Clerk, renamed("Amina Aly", None)).unwrap();
    assert_eq!(changes.drafts.len(), 1);
    assert_eq!(changes.drafts[0].replaces, Some(3));
    let value = changes.drafts[0].resource.value();
    assert_eq!(value["name"][0]["text"], "Amina Aly");
    assert_eq!(value["name"][1]["text"], "أمينة علي");
    assert_eq!(value["extension"][0]["url"], "urn:other");
    assert_eq!(value["identifier"][0]["value"], "C-9");
    assert_eq!(value["photo"][0]["title"], "y");
}

#[test]
fn a_number_is_replaced_taken_out_or_added_beside_those_of_others() {
    for (number, expected) in [(Some("8"), vec!["C-9", "8"]), (None, vec!["C-9"])] {
        let mut correction = same();
        correction.registration.number = number.map(str::to_owned);
        let changes = correct(&file(None), Role::Clerk, correction).unwrap();
        let person = Person::read(&changes.drafts[0].resource).unwrap();
        let numbers: Vec<_> = person.identifiers.iter().map(|it| it.value.as_str()).collect();
        assert_eq!(numbers, expected);
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let mut tomorrow = same();
    let birth = manzil_fhir::date::BirthDate::Stated("2026-05-04".parse().unwrap());
    tomorrow.registration.birth = Some(birth);
    for (status, role, correction, code) in [
        (None, Role::Nurse, renamed("B", None), "MZ-0402"),
        (None, Role::Clerk, renamed(" ", None), "MZ-0403"),
        (None, Role::Clerk, tomorrow, "MZ-0404"),
        (None, Role::Clerk, same(), "MZ-0430"),
        (Some("finished"), Role::Clerk, renamed("B", None), "MZ-0431"),
        (Some("onhold"), Role::Clerk, renamed("B", Some(" ")), "MZ-0431"),
    ] {
        let refusal = correct(&file(status), role, correction).unwrap_err();
        assert_eq!(refusal.code, code);
    }
}

#[test]
fn a_signed_assessment_goes_under_review_unless_only_the_language_changes() {
    let changes =
        correct(&file(Some("finished")), Role::Clerk, renamed("B", Some("passport"))).unwrap();
    assert_eq!(changes.by, By::Program, "a clerk cannot touch a certificate by hand");
    assert_eq!(changes.drafts[1].resource.value()["status"], "onhold");
    let patient = changes.drafts[0].resource.value();
    assert_eq!(patient["extension"][1]["valueString"], "passport");
    let mut language = same();
    language.registration.language = Some("so".into());
    language.reason = Some("asked".into());
    let changes = correct(&file(Some("finished")), Role::Clerk, language).unwrap();
    assert_eq!(changes.drafts.len(), 1);
    assert_eq!(changes.by, By::Actor);
}

#[test]
fn an_open_assessment_needs_no_reason() {
    assert!(correct(&file(Some("active")), Role::Clerk, renamed("B", None)).is_ok());
}
