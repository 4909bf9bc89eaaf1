//! What a station found: one fact about one person, on one day, by one person's hand.
//!
//! Stored as a FHIR `Observation` whose code is the fact. The raw value is kept as it was
//! entered; every category (positive, suggestive) is worked out by the protocol in one place.

use jiff::Timestamp;
use jiff::civil::Date;
use manzil_fhir::Resource;
use manzil_protocol::{Fact, FactKind, Library, Value as FactValue};
use serde_json::{Value, json};
use thiserror::Error;

use crate::access::Compartment;
use crate::assessment::Assessment;
use crate::change::{Draft, Recorded};
use crate::coding::{
    ACCOUNT_SYSTEM, FACT_SYSTEM, code_in, concept, extension, extension_text, reference,
};

/// Why there is no value although somebody tried (FHIR data-absent-reason).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// The sample or film could not be used: contaminated, broken, unreadable.
    Unusable,
    /// The person could not or would not say.
    NotKnown,
    /// It was not done.
    NotDone,
}

impl Absent {
    pub const ALL: [Self; 3] = [Self::Unusable, Self::NotKnown, Self::NotDone];

    /// The code in the FHIR code system data-absent-reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unusable => "error",
            Self::NotKnown => "asked-unknown",
            Self::NotDone => "not-performed",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|absent| absent.code() == code)
    }
}

const ABSENT_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/data-absent-reason";

/// A value, or the reason why there is none.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    Value(FactValue),
    Absent(Absent),
}

/// What is to be recorded of one fact.
#[derive(Clone, Debug)]
pub struct Finding<'a> {
    pub fact: &'a Fact,
    pub entry: Entry,
}

/// Why a text is no value of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{fact}: {reason}. {cure}")]
pub struct FindingError {
    pub fact: String,
    pub reason: String,
    pub cure: String,
}

/// When, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Performed {
    /// The day of the examination or of the sample.
    pub on: Date,
    /// When it is being written down.
    pub at: Timestamp,
    /// Account name.
    pub by: String,
}

impl<'a> Finding<'a> {
    /// Reads what somebody typed: a word, a number with or without its unit, a list of codes with
    /// commas between.
    ///
    /// # Errors
    ///
    /// Names the fact, what is wrong with the text, and what could be written instead.
    pub fn parse(library: &'a Library, fact: &str, text: &str) -> Result<Self, FindingError> {
        let error =
            |reason: String, cure: String| FindingError { fact: fact.to_owned(), reason, cure };
        let Some(fact) = library.fact(fact) else {
            return Err(error(
                "there is no such fact in the vocabulary".into(),
                "use a fact id from content/facts".into(),
            ));
        };
        let value =
            FactValue::parse(fact, text).map_err(|wrong| error(wrong.reason, wrong.cure))?;
        Ok(Self { fact, entry: Entry::Value(value) })
    }

    /// A reason why there is no value.
    pub fn absent(fact: &'a Fact, reason: Absent) -> Self {
        Self { fact, entry: Entry::Absent(reason) }
    }

    /// The record to write. With `corrects`, a new version of that record; without, a new one.
    pub fn draft(
        &self,
        id: String,
        assessment: &Assessment,
        step: Option<&str>,
        performed: &Performed,
        corrects: Option<(&Recorded, &str)>,
    ) -> Draft {
        let id =
            corrects.and_then(|(recorded, _)| recorded.resource.id()).map_or(id, str::to_owned);
        let mut about = vec![extension("assessment", "valueString", assessment.id.as_str())];
        about.extend(step.map(|step| extension("step", "valueString", step)));
        about.extend(
            corrects.map(|(_, reason)| extension("correction-reason", "valueString", reason)),
        );
        let by = json!({ "type": "Practitioner", "identifier": { "system": ACCOUNT_SYSTEM, "value": performed.by } });
        let mut observation = json!({
            "resourceType": "Observation",
            "id": id,
            "extension": about,
            "status": if corrects.is_some() { "corrected" } else { "final" },
            "code": self.code(),
            "subject": reference("Patient", &assessment.person),
            "effectiveDateTime": performed.on.to_string(),
            "issued": performed.at.to_string(),
            "performer": [by],
        });
        if let Some(members) = observation.as_object_mut() {
            members.extend(value_members(self));
        }
        Draft {
            resource: crate::change::resource(observation),
            person: Some(assessment.person.clone()),
            compartment: Compartment::Assessment,
            replaces: corrects.map(|(recorded, _)| recorded.version),
        }
    }

    /// The finding as an `Observation` of nobody in particular, to try rules on.
    pub fn observation(&self, on: Date) -> Resource {
        let mut observation = json!({
            "resourceType": "Observation",
            "id": self.fact.id.as_str().replace('_', "-"),
            "status": "final",
            "code": self.code(),
            "effectiveDateTime": on.to_string(),
        });
        if let Some(members) = observation.as_object_mut() {
            members.extend(value_members(self));
        }
        crate::change::resource(observation)
    }

    fn code(&self) -> Value {
        let mut code = concept(FACT_SYSTEM, self.fact.id.as_str());
        if let Some(members) = code.as_object_mut() {
            members.insert("text".into(), self.fact.label.get("en").into());
        }
        code
    }
}

/// The code system of a fact's values.
pub fn value_system(fact: &str) -> String {
    format!("urn:manzil:value:{fact}")
}

/// The members of an `Observation` that carry the value.
fn value_members(finding: &Finding<'_>) -> Vec<(String, Value)> {
    let member = |name: &str, value: Value| vec![(name.to_owned(), value)];
    let coded = |code: &str| concept(&value_system(finding.fact.id.as_str()), code);
    match &finding.entry {
        Entry::Absent(reason) => member("dataAbsentReason", concept(ABSENT_SYSTEM, reason.code())),
        Entry::Value(FactValue::Boolean(yes)) => member("valueBoolean", (*yes).into()),
        Entry::Value(FactValue::Code(code)) => member("valueCodeableConcept", coded(code.as_str())),
        Entry::Value(FactValue::Codes(codes)) if codes.is_empty() => {
            member("valueCodeableConcept", coded(manzil_protocol::bind::NONE_CODE))
        }
        Entry::Value(FactValue::Codes(codes)) => {
            let components = codes
                .iter()
                .map(|code| json!({ "code": coded(code.as_str()), "valueBoolean": true }));
            member("component", components.collect())
        }
        Entry::Value(FactValue::Number { lo, .. }) => match &finding.fact.kind {
            FactKind::Quantity { unit, .. } => member(
                "valueQuantity",
                json!({
                    "value": number(&lo.to_string()),
                    "unit": unit.code(),
                    "system": "http://unitsofmeasure.org",
                    "code": unit.code(),
                }),
            ),
            _ => member("valueInteger", number(&lo.to_string())),
        },
    }
}

/// A JSON number with the digits as written.
fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// A finding as it stands in the record.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// The `Observation` id.
    pub id: String,
    pub fact: String,
    pub assessment: Option<String>,
    pub step: Option<String>,
    pub on: Option<Date>,
    pub by: Option<String>,
    pub absent: Option<Absent>,
    pub corrected: bool,
    pub correction_reason: Option<String>,
}

impl Observed {
    /// Reads an `Observation` of a fact; none for any other.
    pub fn read(resource: &Resource) -> Option<Self> {
        if resource.resource_type() != "Observation" {
            return None;
        }
        let value = resource.value();
        let text = |name: &str| extension_text(value, name).map(str::to_owned);
        let performer = value.get("performer").and_then(|all| all.get(0));
        Some(Self {
            id: resource.id()?.to_owned(),
            fact: code_in(value, "code", FACT_SYSTEM)?.to_owned(),
            assessment: text("assessment"),
            step: text("step"),
            on: value
                .get("effectiveDateTime")
                .and_then(Value::as_str)
                .and_then(|text| text.parse().ok()),
            by: performer
                .and_then(|who| who.get("identifier")?.get("value")?.as_str())
                .map(str::to_owned),
            absent: code_in(value, "dataAbsentReason", ABSENT_SYSTEM).and_then(Absent::parse),
            corrected: value.get("status").and_then(Value::as_str) == Some("corrected"),
            correction_reason: text("correction-reason"),
        })
    }
}
