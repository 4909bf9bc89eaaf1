//! Vaccines and medicines.

use super::{Annotation, CodeableConcept, Dosage, Identifier, Quantity, Reference};

view! {
    /// A vaccine that was given, or was not given with a reason.
    resource Immunization at "Immunization" {
        many identifiers: Identifier = "identifier";
        text status = "status";
        one status_reason: CodeableConcept = "statusReason";
        one vaccine_code: CodeableConcept = "vaccineCode";
        one patient: Reference = "patient";
        one encounter: Reference = "encounter";
        choice occurrence = "occurrence";
        moment recorded = "recorded";
        flag primary_source = "primarySource";
        one report_origin: CodeableConcept = "reportOrigin";
        one location: Reference = "location";
        one manufacturer: Reference = "manufacturer";
        text lot_number = "lotNumber";
        date expiration_date = "expirationDate";
        one site: CodeableConcept = "site";
        one route: CodeableConcept = "route";
        one dose_quantity: Quantity = "doseQuantity";
        many notes: Annotation = "note";
        many reason_codes: CodeableConcept = "reasonCode";
        flag is_subpotent = "isSubpotent";
        many reactions: ImmunizationReaction = "reaction";
        many protocols_applied: ProtocolApplied = "protocolApplied";
    }
}

view! {
    /// What followed a vaccination.
    element ImmunizationReaction at "Immunization.reaction" {
        moment date = "date";
        one detail: Reference = "detail";
        flag reported = "reported";
    }
}

view! {
    /// Which dose of which series it was.
    element ProtocolApplied at "Immunization.protocolApplied" {
        text series = "series";
        one authority: Reference = "authority";
        many target_diseases: CodeableConcept = "targetDisease";
        choice dose_number = "doseNumber";
        choice series_doses = "seriesDoses";
    }
}

view! {
    /// A prescription.
    resource MedicationRequest at "MedicationRequest" {
        many identifiers: Identifier = "identifier";
        text status = "status";
        one status_reason: CodeableConcept = "statusReason";
        text intent = "intent";
        many categories: CodeableConcept = "category";
        text priority = "priority";
        flag do_not_perform = "doNotPerform";
        choice medication = "medication";
        one subject: Reference = "subject";
        one encounter: Reference = "encounter";
        moment authored_on = "authoredOn";
        one requester: Reference = "requester";
        many reason_codes: CodeableConcept = "reasonCode";
        many reason_references: Reference = "reasonReference";
        many based_on: Reference = "basedOn";
        one course_of_therapy_type: CodeableConcept = "courseOfTherapyType";
        many notes: Annotation = "note";
        many dosage_instructions: Dosage = "dosageInstruction";
    }
}

view! {
    /// A medicine that was given, or was not given with a reason.
    resource MedicationAdministration at "MedicationAdministration" {
        many identifiers: Identifier = "identifier";
        text status = "status";
        many status_reasons: CodeableConcept = "statusReason";
        one category: CodeableConcept = "category";
        choice medication = "medication";
        one subject: Reference = "subject";
        one context: Reference = "context";
        choice effective = "effective";
        many reason_codes: CodeableConcept = "reasonCode";
        many reason_references: Reference = "reasonReference";
        one request: Reference = "request";
        many notes: Annotation = "note";
        one dosage: AdministeredDosage = "dosage";
    }
}

view! {
    /// How much of a medicine was given, and how.
    element AdministeredDosage at "MedicationAdministration.dosage" {
        text text = "text";
        one site: CodeableConcept = "site";
        one route: CodeableConcept = "route";
        one method: CodeableConcept = "method";
        one dose: Quantity = "dose";
        choice rate = "rate";
    }
}
