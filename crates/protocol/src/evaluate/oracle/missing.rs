//! Which unknown facts could still change a result.
//!
//! First the facts inside the parts of conditions that are still unknown are collected; no other
//! fact can matter. Then each is tried: is there a way to fill in the others so that this fact
//! alone makes a difference? Facts that cannot are left out, so that nobody is asked in vain. The
//! trials are bounded; where they do not settle the question the fact stays on the list.

use std::collections::BTreeSet;

use super::reason::Reasoner;
use crate::cells::Cuts;
use crate::evaluate::Truth;
use crate::limits::{RELEVANCE_FACTS_MAX, RELEVANCE_TRIALS_MAX};
use crate::{Condition, Facts, Library, Name, Protocol, Subject, Sum, Table, Value};

/// Finds missing facts for one person.
pub(crate) struct Asker<'a> {
    pub(crate) library: &'a Library,
    pub(crate) protocol: &'a Protocol,
    pub(crate) facts: &'a Facts,
    pub(crate) cuts: &'a Cuts,
}

/// What is to be decided.
#[derive(Clone, Copy)]
enum Goal<'a> {
    Table(&'a Table),
    Condition(&'a Condition),
}

/// A decided goal: outcomes, or yes or no.
#[derive(PartialEq, Eq)]
enum Answer<'a> {
    Outcomes(BTreeSet<&'a Name>),
    Truth(Truth),
}

impl<'a> Asker<'a> {
    /// In ask order.
    pub(crate) fn for_table(&self, table: &'a Table, reasoner: &mut Reasoner<'a>) -> Vec<Name> {
        let mut found = Collector { asker: self, reasoner, found: BTreeSet::new() };
        found.table(table);
        let candidates = found.found;
        self.only_relevant(candidates, Goal::Table(table))
    }

    /// In ask order.
    pub(crate) fn for_condition(
        &self,
        condition: &'a Condition,
        reasoner: &mut Reasoner<'a>,
    ) -> Vec<Name> {
        let mut found = Collector { asker: self, reasoner, found: BTreeSet::new() };
        found.condition(condition);
        let candidates = found.found;
        self.only_relevant(candidates, Goal::Condition(condition))
    }

    fn only_relevant(&self, candidates: BTreeSet<&'a Name>, goal: Goal<'a>) -> Vec<Name> {
        let few = candidates.len() <= RELEVANCE_FACTS_MAX;
        let relevant = if few { self.relevant(&candidates, goal) } else { BTreeSet::new() };
        // When nothing alone is found to matter, everything may.
        let kept = if relevant.is_empty() { candidates } else { relevant };
        self.protocol.facts.iter().filter(|fact| kept.contains(fact)).cloned().collect()
    }

    fn relevant(&self, candidates: &BTreeSet<&'a Name>, goal: Goal<'a>) -> BTreeSet<&'a Name> {
        let relevant: BTreeSet<&Name> = candidates
            .iter()
            .copied()
            .filter(|fact| {
                let mut trial = Trial { asker: self, goal, fact, left: RELEVANCE_TRIALS_MAX };
                let mut others: Vec<&Name> =
                    candidates.iter().copied().filter(|other| other != fact).collect();
                // Facts in sums have endlessly many values; the others may settle it before.
                others.sort_by_key(|other| self.cuts.is_summed(other));
                trial.matters(&mut self.facts.clone(), &others)
            })
            .collect();
        relevant
    }
}

/// Walks the unknown parts of conditions.
struct Collector<'c, 'a> {
    asker: &'c Asker<'a>,
    reasoner: &'c mut Reasoner<'a>,
    found: BTreeSet<&'a Name>,
}

impl<'a> Collector<'_, 'a> {
    fn table(&mut self, table: &'a Table) {
        for rule in &table.rules {
            self.condition(&rule.when);
        }
    }

    fn condition(&mut self, condition: &'a Condition) {
        if self.reasoner.truth(condition) != Truth::Unknown {
            return;
        }
        match condition {
            Condition::Always { .. } => {}
            Condition::Is { fact, .. } => self.fact(fact),
            Condition::Named { define, .. } => {
                if let Some(define) = self.asker.protocol.define(define) {
                    self.condition(&define.when);
                }
            }
            Condition::Code { subject, .. }
            | Condition::Compare { subject, .. }
            | Condition::Has { subject, .. }
            | Condition::IsEmpty { subject, .. } => self.subject(subject),
            Condition::Not(_)
            | Condition::And(_)
            | Condition::Or(_)
            | Condition::AtLeast { .. } => {
                condition.parts().iter().for_each(|part| self.condition(part));
            }
        }
    }

    fn subject(&mut self, subject: &'a Subject) {
        match subject {
            Subject::Fact(fact) => self.fact(fact),
            Subject::Table(table) => {
                if let Some(table) = self.asker.protocol.table(table) {
                    self.table(table);
                }
            }
            Subject::Compute(compute) => {
                if let Some(compute) = self.asker.protocol.compute(compute) {
                    self.sum(&compute.value);
                }
            }
        }
    }

    fn sum(&mut self, sum: &'a Sum) {
        match sum {
            Sum::Number(_) => {}
            Sum::Of { subject, .. } => self.subject(subject),
            Sum::Add(a, b) | Sum::Subtract(a, b) => {
                self.sum(a);
                self.sum(b);
            }
            Sum::Times(_, inner) => self.sum(inner),
            Sum::Least(of) | Sum::Greatest(of) => of.iter().for_each(|part| self.sum(part)),
        }
    }

    /// A fact that is not known, or only as a range; and what decides whether it applies.
    fn fact(&mut self, fact: &'a Name) {
        let settled = match self.asker.facts.value(fact) {
            None => false,
            Some(Value::Number { lo, hi }) => lo == hi,
            Some(_) => true,
        };
        if !settled {
            self.found.insert(fact);
        }
        if let Some(only_when) =
            self.asker.library.fact(fact).and_then(|fact| fact.only_when.as_ref())
        {
            self.condition(only_when);
        }
    }
}

/// Tries whether one fact can matter.
struct Trial<'t, 'a> {
    asker: &'t Asker<'a>,
    goal: Goal<'a>,
    fact: &'a Name,
    left: usize,
}

impl<'a> Trial<'_, 'a> {
    /// Whether, with the others filled in somehow, two values of the fact give two answers.
    fn matters(&mut self, facts: &mut Facts, others: &[&'a Name]) -> bool {
        let (values, exact) =
            self.asker.cuts.values(self.asker.library, self.fact, self.asker.facts);
        let mut answers = Vec::new();
        let mut open = false;
        for value in values {
            let before = facts.remove(self.fact);
            facts.set(self.fact.clone(), value);
            let answer = self.answer(facts);
            open |= answer.is_none();
            // What cannot be true of anybody is no answer.
            let answer = answer.filter(|_| self.possible(facts));
            facts.remove(self.fact);
            if let Some(before) = before {
                facts.insert(self.fact.clone(), before);
            }
            match answer {
                None => {}
                Some(answer) if answers.iter().any(|earlier| *earlier != answer) => return true,
                Some(answer) => answers.push(answer),
            }
            if self.left == 0 {
                return true;
            }
        }
        drop(answers);
        let Some((next, rest)) = others.split_first() else { return open || !exact };
        if !open && exact {
            return false;
        }
        self.branch(facts, next, rest)
    }

    fn branch(&mut self, facts: &mut Facts, next: &'a Name, rest: &[&'a Name]) -> bool {
        let (values, exact) = self.asker.cuts.values(self.asker.library, next, self.asker.facts);
        let before = facts.remove(next);
        let mut matters = !exact;
        for value in values {
            facts.set(next.clone(), value);
            matters |= self.matters(facts, rest);
            if matters {
                break;
            }
        }
        facts.remove(next);
        if let Some(before) = before {
            facts.insert(next.clone(), before);
        }
        matters
    }

    /// Whether the facts, as far as they are filled in, can be true of one person.
    fn possible(&self, facts: &Facts) -> bool {
        super::contradiction(self.asker.library, facts).is_none()
    }

    fn answer(&mut self, facts: &Facts) -> Option<Answer<'a>> {
        self.left = self.left.saturating_sub(1);
        let mut reasoner = Reasoner::new(self.asker.library, Some(self.asker.protocol), facts);
        match self.goal {
            // The names in the answer are the table's own, and outlive the facts of the trial.
            Goal::Table(table) => {
                let known = reasoner.table(table).known?;
                let own = table.outcomes.iter().map(|outcome| &outcome.id);
                Some(Answer::Outcomes(own.filter(|id| known.contains(*id)).collect()))
            }
            Goal::Condition(condition) => match reasoner.truth(condition) {
                Truth::Unknown => None,
                truth => Some(Answer::Truth(truth)),
            },
        }
    }
}
