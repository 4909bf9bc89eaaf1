//! One question of a step: how it is asked, what was typed, and what that means.

use manzil_journey::result::{Absent, Finding};
use manzil_protocol::number::plain;
use manzil_protocol::{Fact, FactKind, Library};

use crate::forms::{Choice, Posted};
use crate::messages::{Translator, key};
use crate::web::assessment::findings::{FindingRow, absent_key};
use crate::web::wording;

/// Up to this many codes are radio buttons; more are a list to choose from.
const RADIOS_MAX: usize = 6;
/// The answer that none of the codes applies; no code of a protocol can begin like this.
const NONE: &str = "!none";
/// Before the reason why there is no value, where it shares the field of the value.
const ABSENT: &str = "!absent-";

/// A question as the page shows it.
pub(super) struct Question {
    /// The fact's id; the field's name and its id on the page.
    pub(super) name: String,
    pub(super) label: String,
    pub(super) help: String,
    /// The plausible range.
    pub(super) hint: String,
    pub(super) control: Control,
    /// What was typed or chosen.
    pub(super) typed: Vec<String>,
    pub(super) absents: Vec<Choice>,
    /// What is on record already.
    pub(super) recorded: Option<FindingRow>,
    pub(super) error: String,
}

/// How it is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ControlKind {
    Radio,
    Select,
    Many,
    Number,
}

pub(super) struct Control {
    pub(super) kind: ControlKind,
    pub(super) choices: Vec<Choice>,
    /// Shown beside a number.
    pub(super) unit: String,
}

/// What an answer comes to.
pub(super) enum Answer<'a> {
    /// Left open: nothing is recorded.
    Open,
    Finding(Finding<'a>),
    /// What is wrong with it.
    Wrong(String),
}

impl Question {
    pub(super) fn of(t: &Translator, fact: &Fact, posted: &Posted) -> Self {
        let name = fact.id.to_string();
        let control = control(t, fact);
        let mut typed: Vec<String> = posted.every(&name).map(str::to_owned).collect();
        typed.extend(posted.every(&absent_name(&name)).map(str::to_owned));
        Self {
            label: fact.label.get(t.tag()).to_owned(),
            help: fact.help.as_ref().map_or_else(String::new, |help| help.get(t.tag()).to_owned()),
            hint: range_hint(t, fact),
            absents: absents(t),
            typed,
            control,
            recorded: None,
            error: String::new(),
            name,
        }
    }

    pub(super) fn is_radio(&self) -> bool {
        self.control.kind == ControlKind::Radio
    }

    pub(super) fn is_select(&self) -> bool {
        self.control.kind == ControlKind::Select
    }

    pub(super) fn is_many(&self) -> bool {
        self.control.kind == ControlKind::Many
    }

    /// Whether this choice was made.
    pub(super) fn chose(&self, value: &str) -> bool {
        self.typed.iter().any(|typed| typed == value)
    }

    /// Whether a reason for no value was chosen.
    pub(super) fn is_absent(&self) -> bool {
        self.typed.iter().any(|typed| typed.starts_with(ABSENT))
    }

    /// The text of a number as it was typed.
    pub(super) fn text(&self) -> &str {
        let text = self.typed.iter().find(|typed| !typed.starts_with(ABSENT));
        text.map_or("", String::as_str)
    }

    /// Where the reason why there is no value is posted: with the value where a choice of one
    /// excludes the other, else in a field of its own.
    pub(super) fn absent_field(&self) -> String {
        if self.is_radio() { self.name.clone() } else { absent_name(&self.name) }
    }

    /// The ids of the hint and the error, for `aria-describedby`.
    pub(super) fn described_by(&self) -> String {
        let hint = (!self.hint.is_empty() || !self.help.is_empty()).then_some("hint");
        let error = (!self.error.is_empty()).then_some("error");
        let ids = [hint, error].into_iter().flatten();
        ids.map(|id| format!("{}-{id}", self.name)).collect::<Vec<_>>().join(" ")
    }

    /// Reads the answer.
    pub(super) fn answer<'a>(
        &self,
        t: &Translator,
        library: &'a Library,
        fact: &'a Fact,
    ) -> Answer<'a> {
        let filled = || self.typed.iter().map(String::as_str).filter(|typed| !typed.is_empty());
        let absent = filled().find_map(|typed| Absent::parse(typed.strip_prefix(ABSENT)?));
        let values: Vec<&str> = filled().filter(|typed| !typed.starts_with(ABSENT)).collect();
        match (absent, values.as_slice()) {
            (None, []) => Answer::Open,
            (Some(reason), []) => Answer::Finding(Finding::absent(fact, reason)),
            (Some(_), _) => Answer::Wrong(self.say(t, key("answer-both"))),
            (None, [NONE]) => finding(library, fact, "", || self.say(t, key("answer-unknown"))),
            (None, values) if values.contains(&NONE) => {
                Answer::Wrong(self.say(t, key("answer-none-and-some")))
            }
            (None, values) if self.is_many() => {
                finding(library, fact, &values.join(","), || self.say(t, key("answer-unknown")))
            }
            (None, [text, ..]) => self.one(t, library, fact, text),
        }
    }

    fn one<'a>(
        &self,
        t: &Translator,
        library: &'a Library,
        fact: &'a Fact,
        text: &str,
    ) -> Answer<'a> {
        let digits = western(text);
        finding(library, fact, &digits, || match bounds(fact) {
            Some((min, max)) => t.with(
                if fact.kind.is_whole() {
                    key("answer-whole-wrong")
                } else {
                    key("answer-number-wrong")
                },
                &[
                    ("fact", &self.label),
                    ("typed", &text),
                    ("min", &min),
                    ("max", &max),
                    ("unit", &self.control.unit),
                ],
            ),
            None => self.say(t, key("answer-unknown")),
        })
    }

    fn say(&self, t: &Translator, message: &str) -> String {
        t.with(message, &[("fact", &self.label)])
    }
}

fn finding<'a>(
    library: &'a Library,
    fact: &Fact,
    text: &str,
    wrong: impl FnOnce() -> String,
) -> Answer<'a> {
    Finding::parse(library, &fact.id, text).map_or_else(|_| Answer::Wrong(wrong()), Answer::Finding)
}

fn absent_name(name: &str) -> String {
    format!("{name}--absent")
}

fn absents(t: &Translator) -> Vec<Choice> {
    let choice = |absent: &Absent| {
        Choice::new(format!("{ABSENT}{}", absent.code()), t.get(absent_key(*absent)))
    };
    Absent::ALL.iter().map(choice).collect()
}

fn control(t: &Translator, fact: &Fact) -> Control {
    let values = fact.kind.values();
    let mut choices: Vec<Choice> = values
        .iter()
        .map(|value| Choice::new(value.id.as_str(), value.label.get(t.tag())))
        .collect();
    let kind = match &fact.kind {
        FactKind::Boolean => {
            choices = vec![
                Choice::new("yes", t.get(key("answer-yes"))),
                Choice::new("no", t.get(key("answer-no"))),
            ];
            ControlKind::Radio
        }
        FactKind::Code { .. } if values.len() <= RADIOS_MAX => ControlKind::Radio,
        FactKind::Code { .. } => ControlKind::Select,
        FactKind::Codes { .. } => {
            choices.push(Choice::new(NONE, t.get(key("answer-none"))));
            ControlKind::Many
        }
        FactKind::Count { .. } | FactKind::Quantity { .. } | FactKind::Age => ControlKind::Number,
    };
    let unit = fact.kind.unit().map(|unit| wording::unit_words(t, &unit));
    Control { kind, choices, unit: unit.unwrap_or_default() }
}

fn bounds(fact: &Fact) -> Option<(String, String)> {
    fact.kind.bounds().map(|(min, max)| (plain(min), plain(max)))
}

fn range_hint(t: &Translator, fact: &Fact) -> String {
    bounds(fact).map_or_else(String::new, |(min, max)| {
        t.with(key("answer-range"), &[("min", &min), ("max", &max)])
    })
}

/// Arabic-Indic and Persian digits, and the Arabic decimal sign, as the digits of the record.
pub(super) fn western(text: &str) -> String {
    let digit = |c: char| match c {
        '\u{0660}'..='\u{0669}' => char::from_digit(c as u32 - 0x0660, 10).unwrap_or(c),
        '\u{06F0}'..='\u{06F9}' => char::from_digit(c as u32 - 0x06F0, 10).unwrap_or(c),
        '\u{066B}' => '.',
        other => other,
    };
    text.chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::western;

    #[test]
    fn numbers_may_be_typed_in_the_digits_of_the_reader() {
        assert_eq!(western("٠٫٣٥"), "0.35");
        assert_eq!(western("۱۲"), "12");
        assert_eq!(western("0.35 kg"), "0.35 kg");
    }
}
