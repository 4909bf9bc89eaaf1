//! Conditions as clauses. Negations are carried inwards to the tests, so that nobody has to read
//! "not (not ...)".

use super::Reader;
use crate::{Comparison, Condition, Name, Subject};

/// Says conditions.
pub(super) struct Clause<'r, 'a> {
    pub(super) reader: &'r Reader<'a>,
}

impl Clause<'_, '_> {
    /// `negated`: say that it does not hold. `inner`: it stands inside another connective, where
    /// a connective of its own needs brackets.
    pub(super) fn of(&self, condition: &Condition, negated: bool, inner: bool) -> String {
        let say = |key: &str, filled: &[(&str, &str)]| self.reader.phrases.say(key, filled);
        match condition {
            Condition::Always { .. } => say(if negated { "never" } else { "always" }, &[]),
            Condition::Is { fact, .. } => {
                let fact = self.reader.label(&Subject::Fact(fact.clone()));
                say(if negated { "is_no" } else { "is_yes" }, &[("fact", &fact)])
            }
            Condition::Named { define, .. } => {
                let found = self.reader.protocol.define(define);
                let name = found.map_or(define.as_str(), |d| d.label.get(self.reader.language));
                say(if negated { "not_named" } else { "named" }, &[("name", name)])
            }
            Condition::Code { subject, codes, negated: other, .. } => {
                let key = if negated == *other { "is_code" } else { "is_not_code" };
                say(
                    key,
                    &[
                        ("fact", &self.reader.label(subject)),
                        ("values", &self.codes(subject, codes)),
                    ],
                )
            }
            Condition::Compare { subject, op, number, .. } => {
                let key = comparison(if negated { opposite(*op) } else { *op });
                let number = self.reader.amount(subject, *number);
                say(key, &[("fact", &self.reader.label(subject)), ("number", &number)])
            }
            Condition::Has { subject, codes, all, .. } => self.has(subject, codes, *all, negated),
            Condition::IsEmpty { subject, .. } => {
                let key = if negated { "not_empty" } else { "empty" };
                say(key, &[("fact", &self.reader.label(subject))])
            }
            Condition::Not(inside) => self.of(inside, !negated, inner),
            Condition::And(parts) => self.join(parts, negated, negated, inner),
            Condition::Or(parts) => self.join(parts, !negated, negated, inner),
            Condition::AtLeast { count, of, .. } => {
                let parts: Vec<String> =
                    of.iter().map(|part| self.of(part, false, false)).collect();
                let list = parts.join(self.reader.phrases.get("list_item_separator"));
                let key = if negated { "not_at_least_of" } else { "at_least_of" };
                self.grouped(say(key, &[("count", &count.to_string()), ("list", &list)]), inner)
            }
        }
    }

    fn has(
        &self,
        subject: &Subject,
        codes: &std::collections::BTreeSet<Name>,
        all: bool,
        negated: bool,
    ) -> String {
        let several = all && codes.len() > 1;
        let key = match (several, negated) {
            (false, false) => "has",
            (false, true) => "has_not",
            (true, false) => "has_all",
            (true, true) => "has_not_all",
        };
        let labels = codes.iter().map(|code| self.reader.code(subject, code));
        let values = if several { self.reader.all(labels) } else { self.reader.any(labels) };
        let fact = self.reader.label(subject);
        self.reader.phrases.say(key, &[("fact", &fact), ("values", &values)])
    }

    fn codes(&self, subject: &Subject, codes: &std::collections::BTreeSet<Name>) -> String {
        self.reader.any(codes.iter().map(|code| self.reader.code(subject, code)))
    }

    fn join(&self, parts: &[Condition], or: bool, negated: bool, inner: bool) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.of(part, negated, true)).collect();
        let key = if or { "or" } else { "and" };
        self.grouped(self.reader.phrases.list(key, parts), inner)
    }

    fn grouped(&self, text: String, inner: bool) -> String {
        if inner { self.reader.phrases.say("group", &[("text", &text)]) } else { text }
    }
}

fn comparison(op: Comparison) -> &'static str {
    match op {
        Comparison::Less => "less",
        Comparison::AtMost => "at_most",
        Comparison::Greater => "greater",
        Comparison::AtLeast => "at_least",
        Comparison::Equal => "equal",
        Comparison::NotEqual => "not_equal",
    }
}

fn opposite(op: Comparison) -> Comparison {
    match op {
        Comparison::Less => Comparison::AtLeast,
        Comparison::AtMost => Comparison::Greater,
        Comparison::Greater => Comparison::AtMost,
        Comparison::AtLeast => Comparison::Less,
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
    }
}
