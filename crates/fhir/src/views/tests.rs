use serde_json::json;

use super::*;
use crate::{Resource, table};

type Line = (&'static str, &'static str, &'static str);

macro_rules! all {
    ($($name:ident),* $(,)?) => { vec![$((stringify!($name), $name::PLACE, $name::MEMBERS)),*] };
}

fn all() -> Vec<(&'static str, &'static str, &'static [Line])> {
    all![
        Address,
        AdministeredDosage,
        Annotation,
        Attachment,
        Bundle,
        BundleEntry,
        BundleLink,
        ClinicalImpression,
        ClinicalImpressionFinding,
        CodeableConcept,
        Coding,
        Communication,
        Composition,
        CompositionSection,
        Condition,
        ConditionStage,
        ContactPoint,
        DiagnosticReport,
        DocumentContent,
        DocumentReference,
        Dosage,
        Encounter,
        EncounterDiagnosis,
        EncounterLocation,
        EncounterParticipant,
        EpisodeOfCare,
        EpisodeOfCareDiagnosis,
        EpisodeOfCareStatus,
        Extension,
        Group,
        GroupCharacteristic,
        GroupMember,
        HumanName,
        Identifier,
        Immunization,
        ImmunizationReaction,
        MedicationAdministration,
        MedicationRequest,
        Meta,
        Observation,
        ObservationComponent,
        OperationOutcome,
        Organization,
        OutcomeIssue,
        Patient,
        PatientContact,
        PatientLink,
        Period,
        Practitioner,
        ProtocolApplied,
        Provenance,
        ProvenanceAgent,
        ProvenanceEntity,
        Qualification,
        Quantity,
        Range,
        Ratio,
        Reference,
        ReferenceRange,
        ServiceRequest,
        Specimen,
        SpecimenCollection,
    ]
}

#[test]
fn every_getter_reads_an_element_of_r4() {
    let views = all();
    for (view, place, members) in &views {
        for (how, member, type_name) in *members {
            if *how == "choice" {
                let choice = format!("{member}[x]");
                assert!(table::children(place).iter().any(|e| e.name == choice), "{view}.{member}");
                continue;
            }
            let found = table::child(place, member);
            let found = found.unwrap_or_else(|| panic!("{view}.{member} is not in R4"));
            assert_eq!(
                found.element.repeats(),
                matches!(*how, "many" | "texts"),
                "{view}.{member}"
            );
            let json = match found.type_name {
                "boolean" => "flag",
                "integer" | "positiveInt" | "unsignedInt" => "integer",
                "decimal" => "decimal",
                "date" => "date",
                "dateTime" | "instant" => "moment",
                other if table::is_primitive(other) => "text",
                _ => "view",
            };
            let read = match *how {
                "texts" => "text",
                "one" | "many" => "view",
                how => how,
            };
            assert_eq!(read, json, "{view}.{member}");
            let viewed = views.iter().find(|(name, ..)| name == type_name);
            if let Some((_, viewed, _)) = viewed {
                let inside =
                    if table::is_subtype(found.type_name, viewed) { viewed } else { found.inside };
                assert_eq!(*viewed, inside, "{view}.{member}");
            }
        }
    }
}

#[test]
fn a_patient_is_read() {
    let patient = json!({
        "resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1990-02-30",
        "extension": [{"url": "http://a", "valueBoolean": true}, "not an extension"],
        "name": [{"family": "Ali", "given": ["Amina", 7]}], "deceasedDateTime": "2024",
        "managingOrganization": {"reference": "Organization/o1"},
    });
    let resource = Resource::from_value(patient).unwrap();
    let patient = Patient::new(&resource).unwrap();
    assert_eq!((patient.id(), patient.gender()), (Some("p1"), Some("female")));
    assert_eq!(patient.names().next().unwrap().given().collect::<Vec<_>>(), ["Amina"]);
    assert_eq!(patient.birth_date().unwrap().unwrap_err().code, "MZ-0111");
    assert_eq!(patient.extension("http://a").unwrap().choice().unwrap().flag(), Some(true));
    assert!(patient.extension("http://b").is_none() && patient.meta().is_none());
    let deceased = patient.deceased().unwrap();
    assert_eq!((deceased.type_name, deceased.text()), ("dateTime", Some("2024")));
    assert_eq!(patient.managing_organization().unwrap().id_of("Organization"), Some("o1"));
    assert_eq!(patient.managing_organization().unwrap().id_of("Patient"), None);
    assert!(Observation::new(&resource).is_none());
}

#[test]
fn numbers_keep_their_digits() {
    let resource = Resource::parse(
        r#"{"resourceType":"Observation","valueQuantity":{"value":1.50,"unit":"mm"},
            "component":[{"valueQuantity":{"value":2E2}},{"valueQuantity":{"value":"3"}},
            {"valueQuantity":{"value":0.12345678901234567890123456789012}},{"valueString":"x"}]}"#,
    )
    .unwrap();
    let observation = Observation::new(&resource).unwrap();
    let number = observation.choice().unwrap().quantity().unwrap().number().unwrap();
    assert_eq!((number.text, number.value.unwrap().to_string().as_str()), ("1.50", "1.50"));
    let shown: Vec<String> = observation
        .components()
        .map(|c| match c.choice().unwrap().quantity() {
            None => "no quantity".into(),
            Some(quantity) => match quantity.number() {
                None => "no number".into(),
                Some(number) => number.value.map_or("too exact".into(), |n| n.to_string()),
            },
        })
        .collect();
    assert_eq!(shown, ["200", "no number", "too exact", "no quantity"]);
}

#[test]
fn concepts_are_searched_by_system() {
    let concept =
        json!({"coding": [{"system": "http://a", "code": "1"}, {"code": "2", "display": "two"}]});
    let concept = CodeableConcept::from_value(&concept).unwrap();
    assert_eq!(concept.code("http://a"), Some("1"));
    assert!(concept.has_code("http://a", "1") && !concept.has_code("http://b", "1"));
    assert_eq!(concept.shown(), Some("two"));
}
