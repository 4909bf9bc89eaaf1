//! *What would change it* in words.

use super::Reader;
use crate::change::{Bound, FactChange, OutcomeChange, Target};
use crate::{Subject, Table};

impl Reader<'_> {
    /// One sentence for each way: `Class A, if "Sputum culture" were positive`.
    pub fn changes(&self, table: &Table, changes: &[OutcomeChange]) -> Vec<String> {
        let mut said = Vec::new();
        for group in changes {
            let outcome = self.all(group.outcomes.iter().map(|id| self.outcome(table, id)));
            for way in &group.ways {
                let change = self.all(way.changes.iter().map(|change| self.change(change)));
                said.push(
                    self.phrases.say("would_be", &[("outcome", &outcome), ("change", &change)]),
                );
            }
        }
        said
    }

    /// What one fact would have to be.
    pub fn change(&self, change: &FactChange) -> String {
        let subject = Subject::Fact(change.fact.clone());
        let fact = self.label(&subject);
        let say =
            |key: &str, value: &str| self.phrases.say(key, &[("fact", &fact), ("value", value)]);
        let said = match &change.to {
            Target::With(code) => say("change_with", &self.code(&subject, code)),
            Target::Without(code) => say("change_without", &self.code(&subject, code)),
            Target::Boolean(true) => say("change_to", self.phrases.get("yes")),
            Target::Boolean(false) => say("change_to", self.phrases.get("no")),
            Target::Code(codes) => {
                say("change_to", &self.any(codes.iter().map(|code| self.code(&subject, code))))
            }
            Target::Codes(codes) => {
                say("change_to", &self.all(codes.iter().map(|code| self.code(&subject, code))))
            }
            Target::Number { from, to } => {
                say("change_to", &self.stretch(&subject, from.as_ref(), to.as_ref()))
            }
        };
        if change.known { said } else { self.phrases.say("turned_out", &[("change", &said)]) }
    }

    /// `15 years or more`, `more than 8 and less than 10`.
    fn stretch(&self, subject: &Subject, from: Option<&Bound>, to: Option<&Bound>) -> String {
        if let (Some(from), Some(to)) = (from, to)
            && from.number == to.number
        {
            return self.amount(subject, from.number);
        }
        let say = |bound: &Bound, included: &str, excluded: &str| {
            let number = self.amount(subject, bound.number);
            self.phrases
                .say(if bound.included { included } else { excluded }, &[("number", &number)])
        };
        let from = from.map(|bound| say(bound, "from_included", "from_excluded"));
        let to = to.map(|bound| say(bound, "to_included", "to_excluded"));
        match (from, to) {
            (Some(from), Some(to)) => self.phrases.say("between", &[("from", &from), ("to", &to)]),
            (Some(end), None) | (None, Some(end)) => end,
            (None, None) => self.phrases.get("not_known").to_owned(),
        }
    }
}
