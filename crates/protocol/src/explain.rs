//! An evaluation as plain text: what was decided and why, what has to be done, what is not known
//! yet, and what would change it.

use crate::aloud::Reader;
use crate::change::what_would_change;
use crate::evaluate::{
    Evaluation, RuleEvaluation, StepEvaluation, StepState, TableEvaluation, TableResult, Truth,
};
use crate::{Effect, Facts, Library, Name, Protocol, Subject, Table};

/// Ways to one other outcome that are written out.
const WAYS_SHOWN_MAX: usize = 5;

/// Writes an evaluation of a person's facts, in a language that has phrases, else in English.
pub fn explain(
    library: &Library,
    protocol: &Protocol,
    facts: &Facts,
    evaluation: &Evaluation,
    language: &str,
) -> String {
    let reader = Reader::new(library, protocol, language);
    let writer = Writer { library, protocol, facts, evaluation, reader, language };
    let parts = [
        writer.head(),
        writer.tables(),
        writer.certificate(),
        writer.changes(),
        writer.steps(),
        writer.missing(),
        writer.facts(),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

struct Writer<'a> {
    library: &'a Library,
    protocol: &'a Protocol,
    facts: &'a Facts,
    evaluation: &'a Evaluation,
    reader: Reader<'a>,
    language: &'a str,
}

impl Writer<'_> {
    fn say(&self, key: &str, filled: &[(&str, &str)]) -> String {
        self.reader.phrases().say(key, filled)
    }

    fn get(&self, key: &str) -> String {
        self.reader.phrases().get(key).to_owned()
    }

    fn head(&self) -> String {
        let exam = self.evaluation.exam.to_string();
        let stamp = self.evaluation.stamp();
        let decided = self.say("decided_under", &[("protocol", &stamp), ("date", &exam)]);
        let mut text = format!("{}\n{decided}\n", self.protocol.title.get(self.language));
        for contradiction in &self.evaluation.contradictions {
            let because = contradiction.because.as_ref().map_or("", |b| b.get(self.language));
            text.push_str("! ");
            text.push_str(&self.say("contradiction", &[("because", because)]));
            text.push('\n');
        }
        text
    }

    fn tables(&self) -> String {
        let written = self.evaluation.tables.iter().filter_map(|evaluated| {
            let table = self.protocol.table(&evaluated.id)?;
            Some(self.table(table, evaluated))
        });
        written.collect::<Vec<_>>().join("\n")
    }

    fn table(&self, table: &Table, evaluated: &TableEvaluation) -> String {
        let outcomes = |ids: &std::collections::BTreeSet<Name>| {
            self.reader.all(ids.iter().map(|id| self.reader.outcome(table, id)))
        };
        let title = evaluated.title.get(self.language);
        let mut lines = match &evaluated.result {
            TableResult::Known(known) => vec![format!("{title}: {}", outcomes(known))],
            TableResult::Unknown { certain, possible, missing } => {
                let mut lines = vec![format!("{title}: {}", self.get("not_yet"))];
                let possible =
                    self.reader.any(possible.iter().map(|id| {
                        self.say("quoted", &[("text", &self.reader.outcome(table, id))])
                    }));
                lines.push(self.say("could_be", &[("outcomes", &possible)]));
                if !certain.is_empty() {
                    lines.push(self.say("certain", &[("outcomes", &outcomes(certain))]));
                }
                lines.push(self.say("still_missing", &[("facts", &self.labels(missing))]));
                lines
            }
        };
        for rule in evaluated.fired() {
            lines.extend(self.rule(table, rule));
        }
        if let (TableResult::Known(_), None) = (&evaluated.result, evaluated.fired().next()) {
            lines.push(self.get("holds_anyway"));
            let possible = evaluated.rules.iter().filter(|rule| rule.truth == Truth::Unknown);
            lines.extend(possible.flat_map(|rule| self.rule(table, rule)));
        }
        indented(&lines)
    }

    fn rule(&self, table: &Table, evaluated: &RuleEvaluation) -> Vec<String> {
        let found = table.rules.iter().find(|rule| rule.id == evaluated.id);
        let sentence = found.map(|rule| self.reader.rule(table, rule)).unwrap_or_default();
        let because =
            self.say("because_line", &[("because", evaluated.because.get(self.language))]);
        let source = match &evaluated.place {
            Some(place) => format!("{}, {place}", evaluated.source.title),
            None => evaluated.source.title.clone(),
        };
        let source = self.say("source_line", &[("source", &source)]);
        let status = self.reader.status(evaluated.status);
        vec![sentence, format!("  {because}"), format!("  {source} [{status}]")]
    }

    fn certificate(&self) -> String {
        let Some(certificate) = &self.evaluation.certificate else { return String::new() };
        let key = match certificate.effect {
            None => return String::new(),
            Some(Effect::BlocksTravel) => "certificate_blocks",
            Some(Effect::FollowUp) => "certificate_follow_up",
            Some(Effect::None) => "certificate_clear",
        };
        let may = self.get(key);
        match certificate.expires.filter(|_| certificate.effect != Some(Effect::BlocksTravel)) {
            Some(date) => {
                let until = self.say("certificate_expires", &[("date", &date.to_string())]);
                format!("{may}, {until}\n")
            }
            None => format!("{may}\n"),
        }
    }

    /// For the table that the certificate states; for every table of a protocol without one.
    fn changes(&self) -> String {
        let class = self.protocol.certificate.as_ref().map(|certificate| &certificate.class);
        let home = self.protocol.reference();
        let tables = self.protocol.tables.iter().filter(|table| match class {
            Some(class) => table.id == *class,
            None => table.home == home,
        });
        let mut text = String::new();
        for table in tables {
            let mut changes = what_would_change(self.library, self.protocol, self.facts, &table.id);
            for group in &mut changes {
                group.ways.truncate(WAYS_SHOWN_MAX);
            }
            let mut lines = vec![format!(
                "{} ({})",
                self.get("change_heading"),
                table.title.get(self.language)
            )];
            lines.extend(
                self.reader.changes(table, &changes).into_iter().map(|line| format!("- {line}")),
            );
            if changes.is_empty() {
                lines.push(self.get("nothing_changes"));
            }
            text += &indented(&lines);
        }
        text
    }

    fn steps(&self) -> String {
        if self.evaluation.steps.is_empty() {
            return String::new();
        }
        let mut lines = vec![self.get("steps_heading")];
        for step in &self.evaluation.steps {
            lines.push(format!("- {}: {}", step.label.get(self.language), self.state(step)));
            if step.required == Truth::True {
                let because = step.because.get(self.language);
                let status = self.reader.status(step.status);
                lines.push(format!("    {because} ({}) [{status}]", step.source.title));
            }
        }
        indented(&lines)
    }

    fn state(&self, step: &StepEvaluation) -> String {
        match &step.state {
            StepState::NotRequired => self.get("state_not_required"),
            StepState::Undetermined => {
                let missing = self.say("still_missing", &[("facts", &self.labels(&step.missing))]);
                [self.get("state_undetermined"), missing]
                    .join(self.reader.phrases().get("list_item_separator"))
            }
            StepState::Blocked { by, waits } => {
                let mut words = Vec::new();
                if !by.is_empty() {
                    let steps =
                        self.reader.all(by.iter().map(|id| self.reader.step_label(id).to_owned()));
                    words.push(self.say("state_blocked_by", &[("steps", &steps)]));
                }
                for wait in waits {
                    let because = wait.because.get(self.language);
                    words.push(match wait.until {
                        None => self.say("state_wait", &[("because", because)]),
                        Some(date) => {
                            let date = date.to_string();
                            self.say("state_wait_until", &[("date", &date), ("because", because)])
                        }
                    });
                }
                words.join(self.reader.phrases().get("list_item_separator"))
            }
            StepState::Due => self.get("state_due"),
            StepState::Waiting { until } => {
                self.say("state_waiting", &[("date", &until.to_string())])
            }
            StepState::Done => self.get("state_done"),
            StepState::Expired => self.get("state_expired"),
        }
    }

    fn missing(&self) -> String {
        if self.evaluation.missing.is_empty() {
            return String::new();
        }
        let mut lines = vec![self.get("missing_heading")];
        let facts = self.evaluation.missing.iter();
        lines.extend(facts.map(|fact| format!("- {}", self.label(fact))));
        indented(&lines)
    }

    fn facts(&self) -> String {
        let mut lines = vec![self.get("facts_heading")];
        for used in &self.evaluation.facts {
            let subject = Subject::Fact(used.fact.clone());
            let value = self.reader.value(&subject, &used.value);
            let evidence = used.evidence.as_ref().map_or(String::new(), |evidence| {
                format!(" ({}, version {})", evidence.reference, evidence.version)
            });
            lines.push(format!("- {}: {value}{evidence}", self.label(&used.fact)));
        }
        indented(&lines)
    }

    fn label(&self, fact: &Name) -> String {
        self.library
            .fact(fact)
            .map_or(fact.as_str(), |fact| fact.label.get(self.language))
            .to_owned()
    }

    /// In quotation marks, as labels have commas of their own.
    fn labels(&self, facts: &[Name]) -> String {
        self.reader.all(facts.iter().map(|fact| self.reader.label(&Subject::Fact(fact.clone()))))
    }
}

/// The first line, and the others two spaces further in.
fn indented(lines: &[String]) -> String {
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        let indent = if index == 0 { "" } else { "  " };
        text.extend([indent, line.as_str(), "\n"]);
    }
    text
}
