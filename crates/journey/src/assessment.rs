//! The assessment: one person examined once for one destination.
//!
//! Stored as a FHIR `EpisodeOfCare`. It names the destination, the population and the exam date;
//! which protocol editions apply follows from these and is never stored, so that a corrected
//! exam date cannot leave an old edition behind.

use jiff::civil::Date;
use manzil_fhir::Resource;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::access::Compartment;
use crate::change::{Draft, Recorded};
use crate::coding::{
    KIND_SYSTEM, code_in, concept, extension, extension_text, reference, referred_id,
};
use crate::country::Country;

/// Where an assessment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Opened; nothing found yet.
    Planned,
    /// At least one result or sample.
    Active,
    /// Signed by a physician.
    Signed,
    /// Signed before; a result has been changed or added since and nobody has signed again.
    /// The certificate is not to be relied on.
    UnderReview,
    /// Ended without a decision.
    Cancelled,
}

impl Status {
    /// The FHIR `EpisodeOfCare.status` that stands for it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Active => "active",
            Self::Signed => "finished",
            Self::UnderReview => "onhold",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [Self::Planned, Self::Active, Self::Signed, Self::UnderReview, Self::Cancelled]
            .into_iter()
            .find(|status| status.code() == code)
    }

    /// Whether somebody still has to do something.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Active | Self::UnderReview)
    }
}

/// One person's assessment for one destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// The `EpisodeOfCare` id.
    pub id: String,
    /// The `Patient` id.
    pub person: String,
    /// The `Group` id of the family case, if there is one.
    pub case: Option<String>,
    pub destination: Country,
    /// `refugee`, `immigrant`, `student` …: as the protocols of the destination name them.
    pub population: String,
    /// Decides which editions are in force.
    pub exam: Date,
    pub status: Status,
}

impl Assessment {
    /// Reads an `EpisodeOfCare` that is an assessment; none for any other.
    pub fn read(resource: &Resource) -> Option<Self> {
        let value = resource.value();
        if resource.resource_type() != "EpisodeOfCare"
            || code_in(value, "type", KIND_SYSTEM) != Some("migration-health-assessment")
        {
            return None;
        }
        Some(Self {
            id: resource.id()?.to_owned(),
            person: referred_id(value, "patient", "Patient")?.to_owned(),
            case: extension_text(value, "case").map(str::to_owned),
            destination: Country::parse(extension_text(value, "destination")?)?,
            population: extension_text(value, "population")?.to_owned(),
            exam: extension_text(value, "exam-date")?.parse().ok()?,
            status: Status::parse(value.get("status")?.as_str()?)?,
        })
    }

    /// The record to write; `existing` is the version that it replaces.
    pub fn draft(&self, existing: Option<&Recorded>) -> Draft {
        let mut episode = existing.map_or_else(
            || json!({ "resourceType": "EpisodeOfCare", "id": self.id }),
            |recorded| recorded.resource.value().clone(),
        );
        if let Some(members) = episode.as_object_mut() {
            let mut about = vec![
                extension("destination", "valueCode", self.destination.code()),
                extension("population", "valueCode", self.population.as_str()),
                extension("exam-date", "valueDate", self.exam.to_string()),
            ];
            about.extend(
                self.case.iter().map(|case| extension("case", "valueString", case.as_str())),
            );
            members.insert("extension".into(), Value::Array(about));
            members.insert("status".into(), self.status.code().into());
            let kind = concept(KIND_SYSTEM, "migration-health-assessment");
            members.insert("type".into(), json!([kind]));
            members.insert("patient".into(), reference("Patient", &self.person));
            members.insert("period".into(), json!({ "start": self.exam.to_string() }));
        }
        Draft {
            resource: crate::change::resource(episode),
            person: Some(self.person.clone()),
            compartment: Compartment::Assessment,
            replaces: existing.map(|recorded| recorded.version),
        }
    }
}
