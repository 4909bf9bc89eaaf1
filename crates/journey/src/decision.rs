//! A decision that a physician has signed, with everything needed to explain and replay it.
//!
//! Stored as a FHIR `ClinicalImpression`. It is never changed: an amendment is a new decision
//! that names the one before it and why.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use manzil_fhir::Resource;
use manzil_protocol::evaluate::Evaluation;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::access::Compartment;
use crate::change::Draft;
use crate::coding::{
    ACCOUNT_SYSTEM, KIND_SYSTEM, code_in, concept, extension, extension_text, reference,
    referred_id,
};

/// The physician who signs: a named person with the number under which they are licensed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signatory {
    pub account: String,
    pub name: String,
    pub registration: String,
}

impl Signatory {
    /// A FHIR `Reference` by identifier, as the physician's record may live elsewhere.
    pub fn reference(&self) -> Value {
        json!({
            "type": "Practitioner",
            "identifier": { "system": ACCOUNT_SYSTEM, "value": self.account },
            "display": format!("{} ({})", self.name, self.registration),
        })
    }
}

/// A signed decision under one protocol.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The `ClinicalImpression` id.
    pub id: String,
    pub assessment: String,
    pub person: String,
    /// `id@edition#hash` of the protocol.
    pub protocol: String,
    pub exam: Date,
    pub signed_at: Timestamp,
    pub signatory: Signatory,
    /// What was decided: outcome ids by table.
    pub outcomes: BTreeMap<String, Vec<String>>,
    /// The evaluation as it stood: facts, rules, citations. The record keeps what it rests on
    /// ([`Evaluation::kept`]).
    pub evaluation: Evaluation,
    /// The decision that this one amends, and why.
    pub amends: Option<(String, String)>,
}

impl Decision {
    /// Reads a `ClinicalImpression` that is a decision; none for any other.
    pub fn read(resource: &Resource) -> Option<Self> {
        let value = resource.value();
        if resource.resource_type() != "ClinicalImpression"
            || code_in(value, "code", KIND_SYSTEM) != Some("assessment-decision")
        {
            return None;
        }
        let text = |name: &str| extension_text(value, name).map(str::to_owned);
        let evaluation: Evaluation = serde_json::from_str(&text("evaluation")?).ok()?;
        Some(Self {
            id: resource.id()?.to_owned(),
            assessment: text("assessment")?,
            person: referred_id(value, "subject", "Patient")?.to_owned(),
            protocol: text("protocol")?,
            exam: value.get("effectiveDateTime")?.as_str()?.parse().ok()?,
            signed_at: value.get("date")?.as_str()?.parse().ok()?,
            signatory: serde_json::from_str(&text("signatory")?).ok()?,
            outcomes: serde_json::from_str(&text("outcomes")?).ok()?,
            evaluation,
            amends: referred_id(value, "previous", "ClinicalImpression")
                .map(|id| (id.to_owned(), text("amendment-reason").unwrap_or_default())),
        })
    }

    /// The record to write: always a new one.
    pub fn draft(&self) -> Draft {
        let mut about = vec![
            extension("assessment", "valueString", self.assessment.as_str()),
            extension("protocol", "valueString", self.protocol.as_str()),
            extension("signatory", "valueString", as_json(&self.signatory)),
            extension("outcomes", "valueString", as_json(&self.outcomes)),
            extension("evaluation", "valueString", as_json(&self.evaluation.kept())),
        ];
        let mut impression = json!({
            "resourceType": "ClinicalImpression",
            "id": self.id,
            "extension": [],
            "status": "completed",
            "code": concept(KIND_SYSTEM, "assessment-decision"),
            "subject": reference("Patient", &self.person),
            "effectiveDateTime": self.exam.to_string(),
            "date": self.signed_at.to_string(),
            "assessor": self.signatory.reference(),
            "protocol": [format!("urn:manzil:protocol:{}", self.protocol)],
            "finding": self.findings(),
        });
        if let Some(members) = impression.as_object_mut() {
            if let Some((previous, reason)) = &self.amends {
                members.insert("previous".into(), reference("ClinicalImpression", previous));
                about.push(extension("amendment-reason", "valueString", reason.as_str()));
            }
            members.insert("extension".into(), Value::Array(about));
        }
        Draft {
            resource: crate::change::resource(impression),
            person: Some(self.person.clone()),
            compartment: Compartment::Assessment,
            replaces: None,
        }
    }

    fn findings(&self) -> Value {
        let coded = self.outcomes.iter().flat_map(|(table, outcomes)| {
            outcomes.iter().map(move |outcome| {
                json!({ "itemCodeableConcept": concept(&format!("urn:manzil:value:{table}"), outcome) })
            })
        });
        coded.collect()
    }
}

/// JSON of a value of ours, all of which serialise: maps have text keys and nothing fails.
pub(crate) fn as_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
