//! The family case: people who travel together and are assessed as one file.
//!
//! Stored as a FHIR `Group` of actual persons, with the sender's case number as identifier.

use manzil_fhir::Resource;
use serde_json::{Value, json};

use crate::access::Compartment;
use crate::change::{Draft, Recorded};
use crate::coding::{CASE_SYSTEM, KIND_SYSTEM, code_in, concept, reference};

/// A family case with its members, in the order in which they were added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyCase {
    /// The `Group` id.
    pub id: String,
    /// The case number as the sender writes it.
    pub number: String,
    /// `Patient` ids.
    pub members: Vec<String>,
}

impl FamilyCase {
    /// Reads a `Group` that is a family case; none for any other.
    pub fn read(resource: &Resource) -> Option<Self> {
        let value = resource.value();
        if resource.resource_type() != "Group"
            || code_in(value, "code", KIND_SYSTEM) != Some("family-case")
        {
            return None;
        }
        let number = value.get("identifier")?.get(0)?.get("value")?.as_str()?;
        let members = value.get("member").and_then(Value::as_array).into_iter().flatten();
        Some(Self {
            id: resource.id()?.to_owned(),
            number: number.to_owned(),
            members: members
                .filter_map(|member| member.get("entity")?.get("reference")?.as_str())
                .filter_map(|text| text.strip_prefix("Patient/"))
                .map(str::to_owned)
                .collect(),
        })
    }

    /// Adds a member once.
    pub fn add(&mut self, person: &str) {
        if !self.members.iter().any(|member| member == person) {
            self.members.push(person.to_owned());
        }
    }

    /// The record to write; `existing` is the version that it replaces.
    pub fn draft(&self, existing: Option<&Recorded>) -> Draft {
        let mut group = existing.map_or_else(
            || json!({ "resourceType": "Group", "id": self.id }),
            |recorded| recorded.resource.value().clone(),
        );
        if let Some(members) = group.as_object_mut() {
            let people: Vec<Value> = self
                .members
                .iter()
                .map(|person| json!({ "entity": reference("Patient", person) }))
                .collect();
            members.insert(
                "identifier".into(),
                json!([{ "system": CASE_SYSTEM, "value": self.number }]),
            );
            members.insert("type".into(), "person".into());
            members.insert("actual".into(), true.into());
            members.insert("code".into(), concept(KIND_SYSTEM, "family-case"));
            members.insert("member".into(), people.into());
        }
        Draft {
            resource: crate::change::resource(group),
            person: None,
            compartment: Compartment::Identity,
            replaces: existing.map(|recorded| recorded.version),
        }
    }
}
