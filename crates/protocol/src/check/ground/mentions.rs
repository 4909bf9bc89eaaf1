//! What conditions ask of each fact, sum and table result: only that needs cells of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::Vocabulary;
use crate::{Comparison, Condition, Decimal, Name, Protocol, Subject, Sum};

#[derive(Debug, Default)]
pub(super) struct Mentions {
    subjects: BTreeSet<Subject>,
    codes: BTreeMap<Subject, BTreeSet<Name>>,
    thresholds: BTreeMap<Subject, BTreeSet<(Comparison, Decimal)>>,
}

impl Mentions {
    /// Everything that the vocabulary's limits and the protocol's conditions ask.
    pub(super) fn of(vocabulary: Vocabulary<'_>, protocol: Option<&Protocol>) -> Self {
        let mut mentions = Self::default();
        for never in vocabulary.nevers {
            mentions.add(&never.when);
        }
        for fact in vocabulary.facts.values() {
            if let Some(condition) = &fact.only_when {
                mentions.add(condition);
                mentions.subjects.insert(Subject::Fact(fact.id.clone()));
            }
        }
        if let Some(protocol) = protocol {
            mentions.add_protocol(protocol);
        }
        mentions
    }

    /// Whether any condition asks of the subject.
    pub(super) fn any_of(&self, subject: &Subject) -> bool {
        self.subjects.contains(subject)
    }

    /// The values that conditions name, in their order, and the others.
    pub(super) fn split(&self, subject: &Subject, values: Vec<Name>) -> (Vec<Name>, Vec<Name>) {
        let codes = self.codes.get(subject);
        values.into_iter().partition(|value| codes.is_some_and(|codes| codes.contains(value)))
    }

    /// What a number is compared with.
    pub(super) fn thresholds(
        &self,
        subject: &Subject,
    ) -> impl Iterator<Item = &(Comparison, Decimal)> {
        self.thresholds.get(subject).into_iter().flatten()
    }

    fn add_protocol(&mut self, protocol: &Protocol) {
        for define in &protocol.defines {
            self.add(&define.when);
        }
        for rule in protocol.tables.iter().flat_map(|table| &table.rules) {
            self.add(&rule.when);
        }
        for step in &protocol.steps {
            self.add(&step.when);
        }
        for compute in &protocol.computes {
            self.add_sum(&compute.value);
        }
    }

    /// The facts of a sum have an axis even if nobody else asks of them, so that the sum's range
    /// can be held against theirs.
    fn add_sum(&mut self, sum: &Sum) {
        match sum {
            Sum::Number(_) => {}
            Sum::Of { subject, .. } => {
                self.subjects.insert(subject.clone());
            }
            Sum::Times(_, inner) => self.add_sum(inner),
            Sum::Add(a, b) | Sum::Subtract(a, b) => {
                self.add_sum(a);
                self.add_sum(b);
            }
            Sum::Least(parts) | Sum::Greatest(parts) => {
                for part in parts {
                    self.add_sum(part);
                }
            }
        }
    }

    fn add(&mut self, condition: &Condition) {
        condition.visit(&mut |condition| match condition {
            Condition::Is { fact, .. } => {
                self.subjects.insert(Subject::Fact(fact.clone()));
            }
            Condition::Code { subject, codes, .. } | Condition::Has { subject, codes, .. } => {
                self.subjects.insert(subject.clone());
                self.codes.entry(subject.clone()).or_default().extend(codes.iter().cloned());
            }
            Condition::Compare { subject, op, number, .. } => {
                self.subjects.insert(subject.clone());
                self.thresholds.entry(subject.clone()).or_default().insert((*op, *number));
            }
            Condition::IsEmpty { subject, .. } => {
                self.subjects.insert(subject.clone());
            }
            _ => {}
        });
    }
}
