//! Documents, their origin, and bundles.

use serde_json::Value;

use super::{Attachment, CodeableConcept, Coding, Identifier, Reference};

view! {
    /// The table of contents of a document, such as a patient summary.
    resource Composition at "Composition" {
        one identifier: Identifier = "identifier";
        text status = "status";
        one kind: CodeableConcept = "type";
        many categories: CodeableConcept = "category";
        one subject: Reference = "subject";
        one encounter: Reference = "encounter";
        moment date = "date";
        many authors: Reference = "author";
        text title = "title";
        text confidentiality = "confidentiality";
        one custodian: Reference = "custodian";
        many sections: CompositionSection = "section";
    }
}

view! {
    /// A chapter of a document.
    element CompositionSection at "Composition.section" {
        text title = "title";
        one code: CodeableConcept = "code";
        many authors: Reference = "author";
        one focus: Reference = "focus";
        text mode = "mode";
        one ordered_by: CodeableConcept = "orderedBy";
        many entries: Reference = "entry";
        one empty_reason: CodeableConcept = "emptyReason";
        many sections: CompositionSection = "section";
    }
}

view! {
    /// A file about a person: a letter, an X-ray report, a vaccination card.
    resource DocumentReference at "DocumentReference" {
        one master_identifier: Identifier = "masterIdentifier";
        many identifiers: Identifier = "identifier";
        text status = "status";
        text doc_status = "docStatus";
        one kind: CodeableConcept = "type";
        many categories: CodeableConcept = "category";
        one subject: Reference = "subject";
        moment date = "date";
        many authors: Reference = "author";
        one custodian: Reference = "custodian";
        text description = "description";
        many security_labels: CodeableConcept = "securityLabel";
        many contents: DocumentContent = "content";
    }
}

view! {
    /// One form of the file.
    element DocumentContent at "DocumentReference.content" {
        one attachment: Attachment = "attachment";
        one format: Coding = "format";
    }
}

view! {
    /// Who did what to a record, and from what.
    resource Provenance at "Provenance" {
        many targets: Reference = "target";
        choice occurred = "occurred";
        moment recorded = "recorded";
        texts policies = "policy";
        one location: Reference = "location";
        many reasons: CodeableConcept = "reason";
        one activity: CodeableConcept = "activity";
        many agents: ProvenanceAgent = "agent";
        many entities: ProvenanceEntity = "entity";
    }
}

view! {
    /// Who took part.
    element ProvenanceAgent at "Provenance.agent" {
        one kind: CodeableConcept = "type";
        many roles: CodeableConcept = "role";
        one who: Reference = "who";
        one on_behalf_of: Reference = "onBehalfOf";
    }
}

view! {
    /// What it was made from.
    element ProvenanceEntity at "Provenance.entity" {
        text role = "role";
        one what: Reference = "what";
    }
}

view! {
    /// Several resources in one.
    resource Bundle at "Bundle" {
        one identifier: Identifier = "identifier";
        text type_code = "type";
        moment timestamp = "timestamp";
        integer total = "total";
        many links: BundleLink = "link";
        many entries: BundleEntry = "entry";
    }
}

view! {
    /// Another page.
    element BundleLink at "Bundle.link" {
        text relation = "relation";
        text url = "url";
    }
}

view! {
    /// One resource of a bundle, or what is to be done.
    element BundleEntry at "Bundle.entry" {
        many links: BundleLink = "link";
        text full_url = "fullUrl";
    }
}

impl<'a> BundleEntry<'a> {
    /// The resource as JSON.
    pub fn resource(self) -> Option<&'a Value> {
        self.value.get("resource")
    }

    /// `request.method` and `request.url`.
    pub fn request(self) -> Option<(&'a str, &'a str)> {
        let request = self.value.get("request")?;
        Some((request.get("method")?.as_str()?, request.get("url")?.as_str()?))
    }

    /// `request.ifNoneExist` and the like.
    pub fn request_condition(self, member: &str) -> Option<&'a str> {
        self.value.get("request")?.get(member)?.as_str()
    }
}

view! {
    /// What went wrong.
    resource OperationOutcome at "OperationOutcome" {
        many issues: OutcomeIssue = "issue";
    }
}

view! {
    /// One thing that went wrong.
    element OutcomeIssue at "OperationOutcome.issue" {
        text severity = "severity";
        text code = "code";
        one details: CodeableConcept = "details";
        text diagnostics = "diagnostics";
        texts expressions = "expression";
    }
}
