//! Rules in plain words: every condition, rule and step as one sentence in a language, every table
//! as a table that a physician can review.
//!
//! Start with [`Reader`]. The words come from `content/phrases/<language>.toml` ([`Phrases`]), the
//! names of facts and outcomes from their labels. In right-to-left languages whatever is filled in
//! is kept apart with Unicode isolates, so that numbers and Latin codes stay whole.

mod amount;
mod change;
mod condition;
mod phrases;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use phrases::{Direction, Phrases};

use crate::{Condition, Library, Name, Protocol, Rule, Status, Step, Subject, Table, TableKind};

/// Reads one protocol aloud in one language.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    library: &'a Library,
    protocol: &'a Protocol,
    phrases: &'a Phrases,
    language: &'a str,
}

/// A decision table in words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableAloud {
    pub title: String,
    /// Whether it has exactly one outcome or several at once.
    pub kind: String,
    /// Outcome, when, because, source, status.
    pub headings: Vec<String>,
    /// One for each rule, a cell for each heading.
    pub rows: Vec<Vec<String>>,
}

impl<'a> Reader<'a> {
    /// A reader in `language`; in English where there are no words in that language.
    pub fn new(library: &'a Library, protocol: &'a Protocol, language: &'a str) -> Self {
        Self { library, protocol, phrases: library.phrases(language), language }
    }

    /// The words in use.
    pub fn phrases(&self) -> &'a Phrases {
        self.phrases
    }

    /// A condition as a clause, to stand after "if".
    pub fn condition(&self, condition: &Condition) -> String {
        condition::Clause { reader: self }.of(condition, false, false)
    }

    /// A rule as one sentence.
    pub fn rule(&self, table: &Table, rule: &Rule) -> String {
        let outcome = self.outcome(table, &rule.then);
        if matches!(rule.when, Condition::Always { .. }) {
            return self.phrases.say("rule_always", &[("outcome", &outcome)]);
        }
        let condition = self.condition(&rule.when);
        self.phrases.say("rule", &[("condition", &condition), ("outcome", &outcome)])
    }

    /// A step as one sentence on whom it is required for, and more on what it waits for.
    pub fn step(&self, step: &Step) -> String {
        let label = step.label.get(self.language);
        let mut sentences = vec![if matches!(step.when, Condition::Always { .. }) {
            self.phrases.say("step_always", &[("step", label)])
        } else {
            let condition = self.condition(&step.when);
            self.phrases.say("step", &[("step", label), ("condition", &condition)])
        }];
        if !step.after.is_empty() {
            let steps = self.all(step.after.iter().map(|after| self.step_label(after).to_owned()));
            sentences.push(self.phrases.say("step_after", &[("steps", &steps)]));
        }
        if let Some(takes) = step.takes {
            let period = self.period(takes);
            sentences.push(self.phrases.say("step_takes", &[("period", &period)]));
        }
        if let Some(valid) = step.valid_for {
            let period = self.period(valid);
            sentences.push(self.phrases.say("step_valid", &[("period", &period)]));
        }
        for wait in &step.wait {
            let subject = Subject::Fact(wait.fact.clone());
            let number = self.amount(&subject, wait.at_least);
            let because = wait.because.get(self.language);
            let fact = self.label(&subject);
            let filled: [(&str, &str); 3] =
                [("fact", &fact), ("number", &number), ("because", because)];
            sentences.push(self.phrases.say("step_wait", &filled));
        }
        sentences.join(" ")
    }

    /// A table, rule by rule.
    pub fn table(&self, table: &Table) -> TableAloud {
        let headings = ["outcome", "when", "because", "source", "status"];
        let kind = match table.kind {
            TableKind::One => "one_of",
            TableKind::Set => "set_of",
        };
        TableAloud {
            title: table.title.get(self.language).to_owned(),
            kind: self.phrases.get(kind).to_owned(),
            headings: headings
                .iter()
                .map(|heading| self.phrases.get(&format!("heading_{heading}")).to_owned())
                .collect(),
            rows: table.rules.iter().map(|rule| self.row(table, rule)).collect(),
        }
    }

    fn row(&self, table: &Table, rule: &Rule) -> Vec<String> {
        let source = &rule.citation.source.title;
        let source = match &rule.citation.place {
            Some(place) => format!("{source}, {place}"),
            None => source.clone(),
        };
        vec![
            self.outcome(table, &rule.then),
            self.condition(&rule.when),
            rule.because.get(self.language).to_owned(),
            source,
            self.status(rule.status).to_owned(),
        ]
    }

    /// Whether something has been checked against its source.
    pub fn status(&self, status: Status) -> &'a str {
        self.phrases.get(match status {
            Status::Verified => "verified",
            Status::Unverified => "unverified",
        })
    }

    /// The label of an outcome.
    pub fn outcome(&self, table: &Table, outcome: &Name) -> String {
        let found = table.outcome(outcome).map(|outcome| outcome.label.get(self.language));
        found.unwrap_or(outcome).to_owned()
    }

    /// The label of a fact, compute or table, between quotation marks.
    pub fn label(&self, subject: &Subject) -> String {
        let label = match subject {
            Subject::Fact(fact) => self.library.fact(fact).map(|fact| &fact.label),
            Subject::Compute(id) => self.protocol.compute(id).map(|compute| &compute.label),
            Subject::Table(id) => self.protocol.table(id).map(|table| &table.title),
        };
        let label = label.map_or(subject.name().as_str(), |label| label.get(self.language));
        self.phrases.say("quoted", &[("text", label)])
    }

    /// The label of a step.
    pub fn step_label(&self, step: &Name) -> &'a str {
        self.protocol.step(step).map_or("", |step| step.label.get(self.language))
    }

    /// The label of a code of a fact, or of an outcome of a table.
    pub fn code(&self, subject: &Subject, code: &Name) -> String {
        let label = match subject {
            Subject::Fact(fact) => self.library.fact(fact).and_then(|fact| {
                fact.kind.values().iter().find(|value| value.id == *code).map(|value| &value.label)
            }),
            Subject::Table(table) => {
                self.protocol.table(table).and_then(|table| table.outcome(code)).map(|o| &o.label)
            }
            Subject::Compute(_) => None,
        };
        label.map_or(code.as_str(), |label| label.get(self.language)).to_owned()
    }

    /// `a, b and c`.
    pub fn all(&self, items: impl IntoIterator<Item = String>) -> String {
        self.phrases.list("list_and", items.into_iter().collect())
    }

    /// `a, b or c`.
    pub fn any(&self, items: impl IntoIterator<Item = String>) -> String {
        self.phrases.list("list_or", items.into_iter().collect())
    }
}
