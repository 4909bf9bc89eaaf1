//! Typed views that borrow the JSON of a resource.
//!
//! A view is a pointer with getters: cheap to copy, and nothing is lost, because the JSON stays
//! what it is. A getter gives what is there in the right JSON type and nothing otherwise;
//! whether a resource is right as a whole is for validation to say.
//!
//! ```
//! use manzil_fhir::Resource;
//! use manzil_fhir::views::Patient;
//!
//! let resource = Resource::parse(
//!     r#"{"resourceType":"Patient","name":[{"family":"Rahimi","given":["Zahra"]}],"birthDate":"1990"}"#,
//! )?;
//! let patient = Patient::new(&resource).unwrap();
//! assert_eq!(patient.names().next().unwrap().family(), Some("Rahimi"));
//! assert_eq!(patient.birth_date().unwrap().unwrap().to_string(), "1990");
//! # Ok::<(), manzil_fhir::ParseError>(())
//! ```

#[macro_use]
mod define;
mod care;
mod clinical;
mod data;
mod document;
mod medication;
mod person;

pub use care::{Encounter, EncounterDiagnosis, EncounterLocation, EncounterParticipant};
pub use care::{EpisodeOfCare, EpisodeOfCareDiagnosis, EpisodeOfCareStatus, ServiceRequest};
pub use clinical::{ClinicalImpression, ClinicalImpressionFinding, Condition, ConditionStage};
pub use clinical::{DiagnosticReport, Observation, ObservationComponent, ReferenceRange};
pub use clinical::{Specimen, SpecimenCollection};
pub use data::{Address, Annotation, Attachment, Choice, CodeableConcept, Coding, ContactPoint};
pub use data::{Dosage, Extension, HumanName, Identifier, Literal, Meta, Period, Quantity};
pub use data::{Range, Ratio, Reference};
pub use document::{Bundle, BundleEntry, BundleLink, Composition, CompositionSection};
pub use document::{DocumentContent, DocumentReference, OperationOutcome, OutcomeIssue};
pub use document::{Provenance, ProvenanceAgent, ProvenanceEntity};
pub use medication::{AdministeredDosage, ImmunizationReaction};
pub use medication::{Immunization, MedicationAdministration, MedicationRequest, ProtocolApplied};
pub use person::{Communication, Group, GroupCharacteristic, GroupMember, Organization, Patient};
pub use person::{PatientContact, PatientLink, Practitioner, Qualification};

#[cfg(test)]
mod tests;
