//! Findings.

use super::{Annotation, Attachment, CodeableConcept, Identifier, Quantity, Range, Reference};

view! {
    /// Something measured, seen or said.
    resource Observation at "Observation" {
        many identifiers: Identifier = "identifier";
        many based_on: Reference = "basedOn";
        many part_of: Reference = "partOf";
        text status = "status";
        many categories: CodeableConcept = "category";
        one code: CodeableConcept = "code";
        one subject: Reference = "subject";
        many focus: Reference = "focus";
        one encounter: Reference = "encounter";
        choice effective = "effective";
        moment issued = "issued";
        many performers: Reference = "performer";
        choice choice = "value";
        one data_absent_reason: CodeableConcept = "dataAbsentReason";
        many interpretations: CodeableConcept = "interpretation";
        many notes: Annotation = "note";
        one body_site: CodeableConcept = "bodySite";
        one method: CodeableConcept = "method";
        one specimen: Reference = "specimen";
        one device: Reference = "device";
        many reference_ranges: ReferenceRange = "referenceRange";
        many has_member: Reference = "hasMember";
        many derived_from: Reference = "derivedFrom";
        many components: ObservationComponent = "component";
    }
}

view! {
    /// One of several values that were found together, such as systolic pressure.
    element ObservationComponent at "Observation.component" {
        one code: CodeableConcept = "code";
        choice choice = "value";
        one data_absent_reason: CodeableConcept = "dataAbsentReason";
        many interpretations: CodeableConcept = "interpretation";
        many reference_ranges: ReferenceRange = "referenceRange";
    }
}

view! {
    /// What is usual for people like this one.
    element ReferenceRange at "Observation.referenceRange" {
        one low: Quantity = "low";
        one high: Quantity = "high";
        one kind: CodeableConcept = "type";
        many applies_to: CodeableConcept = "appliesTo";
        one age: Range = "age";
        text text = "text";
    }
}

view! {
    /// A disease, problem or concern.
    resource Condition at "Condition" {
        many identifiers: Identifier = "identifier";
        one clinical_status: CodeableConcept = "clinicalStatus";
        one verification_status: CodeableConcept = "verificationStatus";
        many categories: CodeableConcept = "category";
        one severity: CodeableConcept = "severity";
        one code: CodeableConcept = "code";
        many body_sites: CodeableConcept = "bodySite";
        one subject: Reference = "subject";
        one encounter: Reference = "encounter";
        choice onset = "onset";
        choice abatement = "abatement";
        moment recorded_date = "recordedDate";
        one recorder: Reference = "recorder";
        one asserter: Reference = "asserter";
        many stages: ConditionStage = "stage";
        many notes: Annotation = "note";
    }
}

view! {
    /// How far a disease has gone.
    element ConditionStage at "Condition.stage" {
        one summary: CodeableConcept = "summary";
        many assessments: Reference = "assessment";
        one kind: CodeableConcept = "type";
    }
}

view! {
    /// A report of a laboratory or imaging department.
    resource DiagnosticReport at "DiagnosticReport" {
        many identifiers: Identifier = "identifier";
        many based_on: Reference = "basedOn";
        text status = "status";
        many categories: CodeableConcept = "category";
        one code: CodeableConcept = "code";
        one subject: Reference = "subject";
        one encounter: Reference = "encounter";
        choice effective = "effective";
        moment issued = "issued";
        many performers: Reference = "performer";
        many results_interpreters: Reference = "resultsInterpreter";
        many specimens: Reference = "specimen";
        many results: Reference = "result";
        many imaging_studies: Reference = "imagingStudy";
        text conclusion = "conclusion";
        many conclusion_codes: CodeableConcept = "conclusionCode";
        many presented_forms: Attachment = "presentedForm";
    }
}

view! {
    /// What was taken from a person to be examined.
    resource Specimen at "Specimen" {
        many identifiers: Identifier = "identifier";
        one accession_identifier: Identifier = "accessionIdentifier";
        text status = "status";
        one kind: CodeableConcept = "type";
        one subject: Reference = "subject";
        moment received_time = "receivedTime";
        many parents: Reference = "parent";
        many requests: Reference = "request";
        one collection: SpecimenCollection = "collection";
        many conditions: CodeableConcept = "condition";
        many notes: Annotation = "note";
    }
}

view! {
    /// When and how a specimen was taken.
    element SpecimenCollection at "Specimen.collection" {
        one collector: Reference = "collector";
        choice collected = "collected";
        one quantity: Quantity = "quantity";
        one method: CodeableConcept = "method";
        one body_site: CodeableConcept = "bodySite";
    }
}

view! {
    /// A clinician's judgement of findings taken together.
    resource ClinicalImpression at "ClinicalImpression" {
        many identifiers: Identifier = "identifier";
        text status = "status";
        one status_reason: CodeableConcept = "statusReason";
        one code: CodeableConcept = "code";
        text description = "description";
        one subject: Reference = "subject";
        one encounter: Reference = "encounter";
        choice effective = "effective";
        moment date = "date";
        one assessor: Reference = "assessor";
        one previous: Reference = "previous";
        many problems: Reference = "problem";
        texts protocols = "protocol";
        text summary = "summary";
        many findings: ClinicalImpressionFinding = "finding";
        many prognosis_concepts: CodeableConcept = "prognosisCodeableConcept";
        many supporting_info: Reference = "supportingInfo";
        many notes: Annotation = "note";
    }
}

view! {
    /// One finding of a judgement.
    element ClinicalImpressionFinding at "ClinicalImpression.finding" {
        one item_concept: CodeableConcept = "itemCodeableConcept";
        one item_reference: Reference = "itemReference";
        text basis = "basis";
    }
}
