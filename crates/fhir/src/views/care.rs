//! Visits, episodes and orders.

use super::{Annotation, CodeableConcept, Coding, Identifier, Period, Reference};

view! {
    /// A visit, stay or contact.
    resource Encounter at "Encounter" {
        many identifiers: Identifier = "identifier";
        text status = "status";
        one class: Coding = "class";
        many types: CodeableConcept = "type";
        one service_type: CodeableConcept = "serviceType";
        one priority: CodeableConcept = "priority";
        one subject: Reference = "subject";
        many episodes_of_care: Reference = "episodeOfCare";
        many based_on: Reference = "basedOn";
        many participants: EncounterParticipant = "participant";
        one period: Period = "period";
        many reason_codes: CodeableConcept = "reasonCode";
        many reason_references: Reference = "reasonReference";
        many diagnoses: EncounterDiagnosis = "diagnosis";
        many locations: EncounterLocation = "location";
        one service_provider: Reference = "serviceProvider";
        one part_of: Reference = "partOf";
    }
}

view! {
    /// Who took part in a visit, interpreters included.
    element EncounterParticipant at "Encounter.participant" {
        many types: CodeableConcept = "type";
        one period: Period = "period";
        one individual: Reference = "individual";
    }
}

view! {
    /// A condition that a visit was about.
    element EncounterDiagnosis at "Encounter.diagnosis" {
        one condition: Reference = "condition";
        one use_concept: CodeableConcept = "use";
        integer rank = "rank";
    }
}

view! {
    /// A station or place during a visit.
    element EncounterLocation at "Encounter.location" {
        one location: Reference = "location";
        text status = "status";
        one period: Period = "period";
    }
}

view! {
    /// A stretch of responsibility for a person, such as an assessment case.
    resource EpisodeOfCare at "EpisodeOfCare" {
        many identifiers: Identifier = "identifier";
        text status = "status";
        many status_history: EpisodeOfCareStatus = "statusHistory";
        many types: CodeableConcept = "type";
        many diagnoses: EpisodeOfCareDiagnosis = "diagnosis";
        one patient: Reference = "patient";
        one managing_organization: Reference = "managingOrganization";
        one period: Period = "period";
        many referral_requests: Reference = "referralRequest";
        one care_manager: Reference = "careManager";
        many team: Reference = "team";
    }
}

view! {
    /// A status that an episode had.
    element EpisodeOfCareStatus at "EpisodeOfCare.statusHistory" {
        text status = "status";
        one period: Period = "period";
    }
}

view! {
    /// A condition that an episode is about.
    element EpisodeOfCareDiagnosis at "EpisodeOfCare.diagnosis" {
        one condition: Reference = "condition";
        one role: CodeableConcept = "role";
        integer rank = "rank";
    }
}

view! {
    /// An order or referral.
    resource ServiceRequest at "ServiceRequest" {
        many identifiers: Identifier = "identifier";
        many based_on: Reference = "basedOn";
        many replaces: Reference = "replaces";
        one requisition: Identifier = "requisition";
        text status = "status";
        text intent = "intent";
        many categories: CodeableConcept = "category";
        text priority = "priority";
        flag do_not_perform = "doNotPerform";
        one code: CodeableConcept = "code";
        one subject: Reference = "subject";
        one encounter: Reference = "encounter";
        choice occurrence = "occurrence";
        moment authored_on = "authoredOn";
        one requester: Reference = "requester";
        one performer_type: CodeableConcept = "performerType";
        many performers: Reference = "performer";
        many reason_codes: CodeableConcept = "reasonCode";
        many reason_references: Reference = "reasonReference";
        many specimens: Reference = "specimen";
        many notes: Annotation = "note";
        text patient_instruction = "patientInstruction";
    }
}
