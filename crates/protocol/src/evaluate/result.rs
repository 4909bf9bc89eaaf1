//! What an evaluation says: everything needed to show it, keep it and replay it.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Truth;
use crate::{
    Effect, Evidence, Name, Period, ProtocolRef, Source, Station, Status, TableKind, Text, Value,
};

/// One person decided under one protocol edition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    pub protocol: ProtocolRef,
    /// The edition's hash; see [`Protocol::hash`](crate::Protocol::hash).
    pub hash: String,
    pub exam: Date,
    /// Whether the edition as a whole has been checked against its sources.
    pub status: Status,
    /// Each after those that it uses.
    pub tables: Vec<TableEvaluation>,
    /// In the order of the protocol.
    pub steps: Vec<StepEvaluation>,
    /// The known facts that the protocol asks or uses, in ask order.
    pub facts: Vec<FactUsed>,
    /// The facts that could still change a table or decide a step, in ask order.
    pub missing: Vec<Name>,
    /// What the certificate would say; none when the protocol issues none.
    pub certificate: Option<CertificateEvaluation>,
    /// Combinations of the known facts that cannot be. While there are any, nothing here can be
    /// relied on.
    pub contradictions: Vec<Contradiction>,
    /// Whether the evaluation stopped at its limit; does not happen to a loaded protocol.
    pub exhausted: bool,
}

/// What one table says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableEvaluation {
    pub id: Name,
    pub kind: TableKind,
    pub title: Text,
    /// The protocol or library that wrote it.
    pub home: ProtocolRef,
    pub result: TableResult,
    /// In the order of the table.
    pub rules: Vec<RuleEvaluation>,
}

/// The outcome of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableResult {
    /// One outcome, or all of a set.
    Known(BTreeSet<Name>),
    Unknown {
        /// Outcomes that hold whatever else becomes known (of a set).
        certain: BTreeSet<Name>,
        /// Outcomes that may hold, the certain ones included.
        possible: BTreeSet<Name>,
        /// The facts that could still change the result, in ask order.
        missing: Vec<Name>,
    },
}

/// How one rule came out, and why it says what it says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleEvaluation {
    pub id: Name,
    /// The outcome to which it leads.
    pub then: Name,
    pub truth: Truth,
    pub because: Text,
    #[serde(with = "shared")]
    pub source: Arc<Source>,
    pub place: Option<String>,
    pub status: Status,
}

/// A known fact and where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FactUsed {
    pub fact: Name,
    pub value: Value,
    pub evidence: Option<Evidence>,
}

/// Whether a step is required, how far it is, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepEvaluation {
    pub step: Name,
    pub label: Text,
    pub station: Station,
    /// Whether it is required.
    pub required: Truth,
    /// The facts that decide whether it is required, while that is unknown, in ask order.
    pub missing: Vec<Name>,
    pub state: StepState,
    /// The facts that it asks of this person, in order: of its form, those that are asked.
    pub asks: Vec<Name>,
    /// The last day on which one of its facts was found out, once all are.
    pub done_on: Option<Date>,
    pub because: Text,
    #[serde(with = "shared")]
    pub source: Arc<Source>,
    pub place: Option<String>,
    pub status: Status,
}

/// How far a step is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    NotRequired,
    /// Whether it is required is not known yet.
    Undetermined,
    /// Something comes first.
    Blocked {
        /// Earlier steps that are not done, or of which it is not known whether they are required.
        by: Vec<Name>,
        /// What must have passed before.
        waits: Vec<WaitEvaluation>,
    },
    /// It can be done now.
    Due,
    /// Begun; the result is expected on this day, which may have passed.
    Waiting {
        until: Date,
    },
    Done,
    /// Done, but longer before the exam date than its result is valid.
    Expired,
}

/// Something that must have passed before a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaitEvaluation {
    pub fact: Name,
    pub because: Text,
    /// The first day on which the step can be done, where the fact is in days and known.
    pub until: Option<Date>,
}

/// What the certificate would say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CertificateEvaluation {
    /// The table that it states.
    pub class: Name,
    /// The table that decides travel.
    pub clearance: Name,
    /// The gravest effect of the clearance; none while it is unknown.
    pub effect: Option<Effect>,
    /// How long it is valid: the shortest of the outcomes that hold.
    pub valid_for: Option<Period>,
    /// When its clock starts, once that is known.
    pub counts_from: Option<Date>,
    /// The last day on which it is valid.
    pub expires: Option<Date>,
}

/// A combination of known facts that cannot be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contradiction {
    pub because: Option<Text>,
}

impl Evaluation {
    /// `id@edition#hash`, with the first twelve digits of the hash.
    pub fn stamp(&self) -> String {
        let short: String = self.hash.chars().take(12).collect();
        format!("{}#{short}", self.protocol)
    }

    /// What a signed decision keeps: everything that it rests on, and no more. Rules that are false
    /// are left out. Rules that are not decided, and steps that are not required, stay without
    /// their reason, and of their source only its id stays.
    #[must_use]
    pub fn kept(&self) -> Self {
        let mut kept = self.clone();
        for table in &mut kept.tables {
            table.rules.retain(|rule| rule.truth != Truth::False);
            for rule in table.rules.iter_mut().filter(|rule| rule.truth != Truth::True) {
                rule.because = Text::default();
                rule.source = bare(&rule.source);
                rule.place = None;
            }
        }
        for step in kept.steps.iter_mut().filter(|step| step.required != Truth::True) {
            step.because = Text::default();
            step.source = bare(&step.source);
            step.place = None;
        }
        kept
    }

    /// What a table says.
    pub fn table(&self, id: &str) -> Option<&TableEvaluation> {
        self.tables.iter().find(|table| table.id == *id)
    }

    /// How far a step is.
    pub fn step(&self, id: &str) -> Option<&StepEvaluation> {
        self.steps.iter().find(|step| step.step == *id)
    }

    /// When a step was done.
    pub fn done_on(&self, step: &str) -> Option<Date> {
        self.step(step)?.done_on
    }

    /// Steps that are required and not done, or of which that is not known.
    pub fn steps_open(&self) -> impl Iterator<Item = &StepEvaluation> {
        self.steps.iter().filter(|step| step.is_open())
    }

    /// Whether anything that it says rests on something unverified: the edition, a rule that is
    /// true, or a step that is required.
    pub fn is_unverified(&self) -> bool {
        let rules = self.tables.iter().flat_map(TableEvaluation::fired).map(|rule| rule.status);
        let steps = self.steps.iter().filter(|step| step.required == Truth::True);
        rules
            .chain(steps.map(|step| step.status))
            .chain([self.status])
            .any(|status| status == Status::Unverified)
    }
}

impl TableEvaluation {
    /// The rules that are true.
    pub fn fired(&self) -> impl Iterator<Item = &RuleEvaluation> {
        self.rules.iter().filter(|rule| rule.truth == Truth::True)
    }
}

impl TableResult {
    /// The outcomes, once known.
    pub fn known(&self) -> Option<&BTreeSet<Name>> {
        match self {
            Self::Known(outcomes) => Some(outcomes),
            Self::Unknown { .. } => None,
        }
    }

    /// The facts that could still change it; empty once it is known.
    pub fn missing(&self) -> &[Name] {
        match self {
            Self::Known(_) => &[],
            Self::Unknown { missing, .. } => missing,
        }
    }
}

impl StepEvaluation {
    /// Whether something about it remains to be done or found out.
    pub fn is_open(&self) -> bool {
        !matches!(self.state, StepState::NotRequired | StepState::Done)
    }
}

/// The id of a source.
fn bare(source: &Source) -> Arc<Source> {
    Arc::new(Source {
        id: source.id.clone(),
        title: String::new(),
        publisher: None,
        date: None,
        url: None,
        span: source.span,
    })
}

/// A source is written out wherever it is cited.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::Source;

    pub(super) fn serialize<S: Serializer>(source: &Source, to: S) -> Result<S::Ok, S::Error> {
        source.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Source>, D::Error> {
        Source::deserialize(from).map(Arc::new)
    }
}
