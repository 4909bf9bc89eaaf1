//! The facts on which a table leans, through defines, sums, other tables and `only_when`.

use std::collections::BTreeSet;

use crate::{Condition, Library, Name, Protocol, Subject, Sum, Table};

pub(super) fn facts_of(library: &Library, protocol: &Protocol, table: &Table) -> BTreeSet<Name> {
    let mut walk = Walk { library, protocol, seen: BTreeSet::new(), facts: BTreeSet::new() };
    walk.table(table);
    walk.facts
}

struct Walk<'a> {
    library: &'a Library,
    protocol: &'a Protocol,
    /// Defines, computes and tables that have been entered.
    seen: BTreeSet<&'a Name>,
    facts: BTreeSet<Name>,
}

impl<'a> Walk<'a> {
    fn table(&mut self, table: &'a Table) {
        if self.seen.insert(&table.id) {
            table.rules.iter().for_each(|rule| self.condition(&rule.when));
        }
    }

    fn condition(&mut self, condition: &'a Condition) {
        match condition {
            Condition::Is { fact, .. } => self.fact(fact),
            Condition::Named { define, .. } => {
                if self.seen.insert(define)
                    && let Some(define) = self.protocol.define(define)
                {
                    self.condition(&define.when);
                }
            }
            Condition::Code { subject, .. }
            | Condition::Compare { subject, .. }
            | Condition::Has { subject, .. }
            | Condition::IsEmpty { subject, .. } => self.subject(subject),
            _ => condition.parts().iter().for_each(|part| self.condition(part)),
        }
    }

    fn subject(&mut self, subject: &'a Subject) {
        match subject {
            Subject::Fact(fact) => self.fact(fact),
            Subject::Table(table) => {
                if let Some(table) = self.protocol.table(table) {
                    self.table(table);
                }
            }
            Subject::Compute(compute) => {
                if self.seen.insert(compute)
                    && let Some(compute) = self.protocol.compute(compute)
                {
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

    fn fact(&mut self, fact: &'a Name) {
        if self.facts.insert(fact.clone())
            && let Some(only_when) =
                self.library.fact(fact).and_then(|fact| fact.only_when.as_ref())
        {
            self.condition(only_when);
        }
    }
}
