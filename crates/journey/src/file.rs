//! Everything the store holds about one person, put in order.
//!
//! [`PersonFile::read`] sorts records into nouns; the commands and the pages work on it.

use jiff::civil::Date;
use manzil_protocol::bind::{BindProblem, Record, facts_from_record};
use manzil_protocol::evaluate::{Evaluation, StepRecord, StepRecords, evaluate};
use manzil_protocol::{Facts, Library, Protocol};
use serde_json::Value;

use crate::assessment::Assessment;
use crate::certificate::Certificate;
use crate::change::{Draft, Recorded, Refusal};
use crate::coding::{STEP_SYSTEM, code_in};
use crate::decision::Decision;
use crate::person::Person;
use crate::result::Observed;
use crate::rules;

/// One person's records.
#[derive(Clone, Debug)]
pub struct PersonFile {
    pub person: Person,
    pub records: Vec<Recorded>,
}

/// One protocol applied to one assessment.
#[derive(Clone, Debug)]
pub struct Examined<'a> {
    pub protocol: &'a Protocol,
    pub facts: Facts,
    pub evaluation: Evaluation,
    /// What the record says that could not be used, in words.
    pub unusable: Vec<String>,
}

/// A noun read from a record, with the record that it came from.
#[derive(Clone, Debug)]
pub struct Held<'a, T> {
    pub item: T,
    pub recorded: &'a Recorded,
}

impl PersonFile {
    /// Sorts the records about one person; none when there is no `Patient` among them.
    pub fn read(records: Vec<Recorded>) -> Option<Self> {
        let person = records.iter().find_map(|recorded| Person::read(&recorded.resource))?;
        Some(Self { person, records })
    }

    fn all<'a, T>(
        &'a self,
        read: impl Fn(&'a Recorded) -> Option<T> + 'a,
    ) -> impl Iterator<Item = Held<'a, T>> + 'a {
        self.records
            .iter()
            .filter_map(move |recorded| read(recorded).map(|item| Held { item, recorded }))
    }

    /// Assessments, newest exam first.
    pub fn assessments(&self) -> Vec<Held<'_, Assessment>> {
        let mut all: Vec<_> = self.all(|recorded| Assessment::read(&recorded.resource)).collect();
        all.sort_by(|a, b| (b.item.exam, &b.item.id).cmp(&(a.item.exam, &a.item.id)));
        all
    }

    /// One assessment.
    pub fn assessment(&self, id: &str) -> Result<Held<'_, Assessment>, Refusal> {
        self.all(|recorded| Assessment::read(&recorded.resource))
            .find(|held| held.item.id == id)
            .ok_or_else(|| {
                Refusal::new(
                    "MZ-0401",
                    format!("assessment {id}"),
                    "this person has no such assessment",
                    "go back to the person's page and choose one from the list",
                )
            })
    }

    /// Findings of an assessment, in the order in which they were recorded.
    pub fn findings(&self, assessment: &str) -> Vec<Held<'_, Observed>> {
        self.all(|recorded| Observed::read(&recorded.resource))
            .filter(|held| held.item.assessment.as_deref() == Some(assessment))
            .collect()
    }

    /// Signed decisions of an assessment, newest first.
    pub fn decisions(&self, assessment: &str) -> Vec<Held<'_, Decision>> {
        let mut all: Vec<_> = self
            .all(|recorded| Decision::read(&recorded.resource))
            .filter(|held| held.item.assessment == assessment)
            .collect();
        all.sort_by(|a, b| (b.item.signed_at, &b.item.id).cmp(&(a.item.signed_at, &a.item.id)));
        all
    }

    /// Certificates of an assessment, newest first.
    pub fn certificates(&self, assessment: &str) -> Vec<Held<'_, Certificate>> {
        let mut all: Vec<_> = self
            .all(|recorded| Certificate::read(&recorded.resource))
            .filter(|held| held.item.assessment == assessment)
            .collect();
        all.sort_by(|a, b| (b.item.issued_at, &b.item.id).cmp(&(a.item.issued_at, &a.item.id)));
        all
    }

    /// Samples and examinations ordered and not answered yet, by step.
    pub fn collections(&self, assessment: &str, protocol: &Protocol) -> StepRecords {
        let mut records = StepRecords::default();
        for recorded in &self.records {
            let value = recorded.resource.value();
            if recorded.resource.resource_type() != "ServiceRequest"
                || crate::coding::extension_text(value, "assessment") != Some(assessment)
            {
                continue;
            }
            let step = code_in(value, "code", STEP_SYSTEM)
                .and_then(|code| code.strip_prefix(protocol.id.as_str())?.strip_prefix('/'));
            let on = value.get("occurrenceDateTime").and_then(Value::as_str);
            if let (Some(step), Some(on)) = (step, on.and_then(|text| text.parse().ok())) {
                records.insert(step.into(), StepRecord { collected: Some(on) });
            }
        }
        records
    }

    /// Takes a draft as if it had been written, to look at what would follow.
    pub fn replace(&mut self, draft: &Draft) {
        let same = |recorded: &Recorded| {
            recorded.resource.resource_type() == draft.resource.resource_type()
                && recorded.resource.id() == draft.resource.id()
        };
        self.records.retain(|recorded| !same(recorded));
        self.records.push(Recorded {
            resource: draft.resource.clone(),
            version: draft.replaces.map_or(1, |version| version + 1),
            compartment: draft.compartment,
        });
    }

    /// The facts that a protocol uses, as far as the record knows them, and what in the record
    /// could not be used.
    pub fn facts(
        &self,
        library: &Library,
        protocol: &Protocol,
        exam: Date,
    ) -> (Facts, Vec<BindProblem>) {
        let records: Vec<Record<'_>> = self
            .records
            .iter()
            .map(|recorded| Record { resource: &recorded.resource, version: recorded.version })
            .collect();
        facts_from_record(library, protocol, &records, exam)
    }

    /// Applies every protocol in force to an assessment.
    pub fn examine<'a>(
        &self,
        library: &'a Library,
        assessment: &Assessment,
        today: Date,
    ) -> Vec<Examined<'a>> {
        let examine = |protocol: &'a Protocol| {
            let (facts, problems) = self.facts(library, protocol, assessment.exam);
            let collected = self.collections(&assessment.id, protocol);
            let evaluation =
                evaluate(library, protocol, &facts, assessment.exam, &collected, today);
            let unusable = problems.iter().map(ToString::to_string).collect();
            Examined { protocol, facts, evaluation, unusable }
        };
        rules::for_assessment(library, assessment).into_iter().map(examine).collect()
    }
}
