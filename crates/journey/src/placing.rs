//! Where a resource that comes from elsewhere belongs: in which compartment, and about whom.

use manzil_fhir::Resource;
use manzil_fhir::reference::Reference;
use manzil_fhir::search::{compartment_parameters, parameter};
use serde_json::Value;

use crate::access::{Compartment, Purpose};

/// Types that say who and where the person is.
const IDENTITY: &[&str] = &["Patient", "Person", "RelatedPerson"];

/// Types that are about nobody in particular: those who give care, the places, what is given,
/// and the definitions by which others are read.
const DIRECTORY: &[&str] = &[
    "ActivityDefinition",
    "CapabilityStatement",
    "CatalogEntry",
    "ChargeItemDefinition",
    "CodeSystem",
    "CompartmentDefinition",
    "ConceptMap",
    "DeviceDefinition",
    "EffectEvidenceSynthesis",
    "Endpoint",
    "EventDefinition",
    "Evidence",
    "EvidenceVariable",
    "ExampleScenario",
    "GraphDefinition",
    "HealthcareService",
    "ImplementationGuide",
    "InsurancePlan",
    "Library",
    "Location",
    "Measure",
    "Medication",
    "MedicationKnowledge",
    "MedicinalProduct",
    "MedicinalProductAuthorization",
    "MedicinalProductContraindication",
    "MedicinalProductIndication",
    "MedicinalProductIngredient",
    "MedicinalProductInteraction",
    "MedicinalProductManufactured",
    "MedicinalProductPackaged",
    "MedicinalProductPharmaceutical",
    "MedicinalProductUndesirableEffect",
    "MessageDefinition",
    "NamingSystem",
    "ObservationDefinition",
    "OperationDefinition",
    "Organization",
    "OrganizationAffiliation",
    "PlanDefinition",
    "Practitioner",
    "PractitionerRole",
    "Questionnaire",
    "ResearchDefinition",
    "ResearchElementDefinition",
    "RiskEvidenceSynthesis",
    "Schedule",
    "SearchParameter",
    "Slot",
    "SpecimenDefinition",
    "StructureDefinition",
    "StructureMap",
    "Substance",
    "SubstanceNucleicAcid",
    "SubstancePolymer",
    "SubstanceProtein",
    "SubstanceReferenceInformation",
    "SubstanceSourceMaterial",
    "SubstanceSpecification",
    "TerminologyCapabilities",
    "TestReport",
    "TestScript",
    "ValueSet",
];

/// The compartment of a new record that comes from elsewhere, written for a purpose. What was
/// found for an assessment is the assessment's; everything else about somebody is care.
///
/// ```
/// use manzil_journey::access::{Compartment, Purpose};
/// use manzil_journey::placing::compartment_of;
///
/// assert_eq!(compartment_of("Patient", Purpose::Care), Compartment::Identity);
/// assert_eq!(compartment_of("Location", Purpose::Care), Compartment::Directory);
/// assert_eq!(compartment_of("Observation", Purpose::Assessment), Compartment::Assessment);
/// assert_eq!(compartment_of("Observation", Purpose::Administration), Compartment::Care);
/// ```
pub fn compartment_of(resource_type: &str, purpose: Purpose) -> Compartment {
    if IDENTITY.contains(&resource_type) {
        Compartment::Identity
    } else if DIRECTORY.binary_search(&resource_type).is_ok() {
        Compartment::Directory
    } else if purpose == Purpose::Assessment {
        Compartment::Assessment
    } else {
        Compartment::Care
    }
}

/// The id of the `Patient` whom a resource is about: whom its `subject`, `patient` or
/// `beneficiary` names, and else the first that puts it into the record of a patient by the
/// `CompartmentDefinition` of R4. A URL below `base` names a resource of this server.
pub fn person_of(resource: &Resource, base: &str) -> Option<String> {
    let of = resource.resource_type();
    if of == "Patient" {
        return resource.id().map(str::to_owned);
    }
    let value = resource.value();
    let direct = ["subject", "patient", "beneficiary"].iter().find_map(|it| value.get(it));
    if let Some(id) = direct.and_then(|it| patient_id(it, base)) {
        return Some(id);
    }
    let by = compartment_parameters("Patient", of).iter();
    by.filter_map(|name| parameter(of, name))
        .flat_map(|parameter| parameter.elements(resource))
        .find_map(|element| patient_id(element, base))
}

fn patient_id(reference: &Value, base: &str) -> Option<String> {
    let target = match Reference::parse(reference.get("reference")?.as_str()?)? {
        Reference::Relative(target) => target,
        Reference::Absolute { base: own, target } if own == base => target,
        _ => return None,
    };
    (target.resource_type == "Patient").then(|| target.id.to_owned())
}

#[cfg(test)]
mod tests {
    use manzil_fhir::table::is_resource_type;

    use super::*;

    fn person(json: &str) -> Option<String> {
        person_of(&Resource::parse(json).unwrap(), "https://clinic.example/fhir")
    }

    #[test]
    fn the_types_are_types_in_order() {
        assert!(DIRECTORY.is_sorted());
        for name in IDENTITY.iter().chain(DIRECTORY) {
            assert!(is_resource_type(name), "{name}");
        }
    }

    #[test]
    fn the_subject_goes_before_others_who_took_part() {
        let text = r#"{"resourceType":"Observation","performer":[{"reference":"Patient/b"}],
            "subject":{"reference":"Patient/a/_history/2"}}"#;
        assert_eq!(person(text).as_deref(), Some("a"));
        let text = r#"{"resourceType":"Appointment","participant":[
            {"actor":{"reference":"Practitioner/x"}},{"actor":{"reference":"Patient/c"}}]}"#;
        assert_eq!(person(text).as_deref(), Some("c"));
        let text = r#"{"resourceType":"Condition","subject":
            {"reference":"https://clinic.example/fhir/Patient/d"}}"#;
        assert_eq!(person(text).as_deref(), Some("d"));
        let text =
            r#"{"resourceType":"Condition","subject":{"reference":"https://x.y/Patient/d"}}"#;
        assert_eq!(person(text), None);
        assert_eq!(person(r#"{"resourceType":"Location","id":"l"}"#), None);
    }
}
