//! The certificate: what the deciding authority and the person see.
//!
//! Stored as a FHIR `Composition` in the disclosed compartment, which is all that the authority
//! can read. So it carries, besides the outcome, a [`Statement`] with just the facts that the
//! protocol's disclosure lists. A certificate has three states: current, under review (a result
//! has changed since it was signed) and replaced.

use jiff::Timestamp;
use jiff::civil::Date;
use manzil_fhir::Resource;
use manzil_protocol::Text;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::access::Compartment;
use crate::change::{Draft, Recorded};
use crate::coding::{
    CERTIFICATE_SYSTEM, KIND_SYSTEM, code_in, concept, extension, extension_text, reference,
    referred_id,
};
use crate::decision::{Signatory, as_json};

/// Whether a certificate may be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Current,
    /// A result has been changed or added since it was signed.
    UnderReview,
    /// A newer certificate stands in its place.
    Replaced,
}

impl State {
    fn code(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::UnderReview => "under-review",
            Self::Replaced => "replaced",
        }
    }

    fn parse(code: &str) -> Option<Self> {
        [Self::Current, Self::UnderReview, Self::Replaced]
            .into_iter()
            .find(|state| state.code() == code)
    }

    /// FHIR has no "suspended": a document that is not final any more is `amended`.
    fn composition_status(self) -> &'static str {
        match self {
            Self::Current => "final",
            Self::UnderReview | Self::Replaced => "amended",
        }
    }
}

/// What the certificate states, in words, for people and machines alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    pub title: Text,
    pub authority: String,
    pub name: String,
    pub sex: Option<String>,
    /// The birth date as it is known: a day, a month, a year, or a range for an age.
    pub birth: Option<String>,
    /// Numbers by which the authority knows the person.
    pub identifiers: Vec<String>,
    pub destination: String,
    pub population: String,
    pub exam: Date,
    pub class: Vec<Stated>,
    pub clearance: Vec<Stated>,
    pub may_travel: bool,
    /// What the other disclosed tables decided. Left out of the record when there is nothing, so
    /// that the check code of a certificate issued without it stays the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<StatedResult>,
    pub facts: Vec<StatedFact>,
    /// `id@edition#hash`.
    pub protocol: String,
    /// Whether any rule that fired has not been verified against its source.
    pub unverified: bool,
    pub issued_on: Date,
    /// The last day on which the certificate can be used for travel; none when the protocol
    /// names no validity, or travel is not cleared.
    pub expires_on: Option<Date>,
    pub signatory: Signatory,
}

/// One outcome with its words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stated {
    pub code: String,
    pub label: Text,
}

/// What one disclosed table decided, besides class, clearance and validity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatedResult {
    pub table: String,
    pub title: Text,
    pub outcomes: Vec<Stated>,
}

/// One disclosed fact with its words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatedFact {
    pub fact: String,
    pub label: Text,
    pub value: Text,
}

/// A certificate as issued.
#[derive(Clone, Debug, PartialEq)]
pub struct Certificate {
    /// The `Composition` id.
    pub id: String,
    pub assessment: String,
    pub person: String,
    /// The `ClinicalImpression` id of the decision.
    pub decision: String,
    pub issued_at: Timestamp,
    pub state: State,
    pub statement: Statement,
    /// The certificate that this one replaces.
    pub replaces: Option<String>,
}

impl Certificate {
    /// Reads a `Composition` that is a certificate; none for any other.
    pub fn read(resource: &Resource) -> Option<Self> {
        let value = resource.value();
        if resource.resource_type() != "Composition"
            || code_in(value, "type", KIND_SYSTEM) != Some("medical-certificate")
        {
            return None;
        }
        let text = |name: &str| extension_text(value, name).map(str::to_owned);
        Some(Self {
            id: resource.id()?.to_owned(),
            assessment: text("assessment")?,
            person: referred_id(value, "subject", "Patient")?.to_owned(),
            decision: text("decision")?,
            issued_at: value.get("date")?.as_str()?.parse().ok()?,
            state: State::parse(&text("state")?)?,
            statement: serde_json::from_str(&text("statement")?).ok()?,
            replaces: value
                .get("relatesTo")
                .and_then(|relations| {
                    referred_id(relations.get(0)?, "targetReference", "Composition")
                })
                .map(str::to_owned),
        })
    }

    /// A short code that changes with every word of the statement, to read out on a telephone.
    pub fn check_code(&self) -> String {
        let digest = Sha256::digest(as_json(&self.statement));
        let hex = crate::coding::hex(digest.get(..5).unwrap_or_default()).to_uppercase();
        let (front, back) = hex.split_at_checked(5).unwrap_or((&hex, ""));
        format!("{front}-{back}")
    }

    /// Whether it may be relied on for travel on a day.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.state == State::Current
            && self.statement.may_travel
            && self.statement.expires_on.is_none_or(|last| day <= last)
    }

    /// The record to write; `existing` is the version that it replaces.
    pub fn draft(&self, existing: Option<&Recorded>) -> Draft {
        let mut composition = existing.map_or_else(
            || json!({ "resourceType": "Composition", "id": self.id }),
            |recorded| recorded.resource.value().clone(),
        );
        if let Some(members) = composition.as_object_mut() {
            self.write_members(members);
        }
        Draft {
            resource: crate::change::resource(composition),
            person: Some(self.person.clone()),
            compartment: Compartment::Disclosed,
            replaces: existing.map(|recorded| recorded.version),
        }
    }

    fn write_members(&self, members: &mut serde_json::Map<String, Value>) {
        let statement = &self.statement;
        let mut about = vec![
            extension("assessment", "valueString", self.assessment.as_str()),
            extension("decision", "valueString", self.decision.as_str()),
            extension("state", "valueCode", self.state.code()),
            extension("statement", "valueString", as_json(statement)),
        ];
        about.extend(
            statement.expires_on.map(|day| extension("expires-on", "valueDate", day.to_string())),
        );
        let signatory = statement.signatory.reference();
        let subject = reference("Patient", &self.person);
        members.insert("extension".into(), Value::Array(about));
        // By the check code it is found again from the paper.
        let identifier = json!({ "system": CERTIFICATE_SYSTEM, "value": self.check_code() });
        members.insert("identifier".into(), identifier);
        members.insert("status".into(), self.state.composition_status().into());
        members.insert("type".into(), concept(KIND_SYSTEM, "medical-certificate"));
        members.insert("subject".into(), subject.clone());
        members.insert("date".into(), self.issued_at.to_string().into());
        members.insert("author".into(), json!([signatory]));
        members.insert("title".into(), statement.title.get("en").into());
        let attester =
            json!({ "mode": "legal", "time": self.issued_at.to_string(), "party": signatory });
        members.insert("attester".into(), json!([attester]));
        if let Some(replaced) = &self.replaces {
            let target = reference("Composition", replaced);
            members.insert(
                "relatesTo".into(),
                json!([{ "code": "replaces", "targetReference": target }]),
            );
        }
        members.insert("section".into(), json!([{ "title": "Subject", "entry": [subject] }]));
    }
}
