//! Reads what people write for a fact: `true`, `positive`, `9 years`, `0.35`.

use std::collections::BTreeSet;

use thiserror::Error;

use super::Value;
use crate::bind::NONE_CODE;
use crate::limits::AGE_MONTHS_MAX;
use crate::nearest::did_you_mean;
use crate::number::{parse_decimal, plain};
use crate::{Decimal, Fact, FactKind, Name, Unit, codes};

/// A value as somebody wrote it, in a file, a form or a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    Truth(bool),
    /// One word or number, or several codes with commas between.
    Text(String),
    List(Vec<String>),
}

/// Why a value cannot be the value of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code}: {reason}; {cure}")]
pub struct ValueError {
    /// `MZ-025x`.
    pub code: &'static str,
    /// The fact.
    pub fact: Name,
    pub reason: String,
    pub cure: String,
}

impl Value {
    /// Reads a value as the fact's type asks.
    ///
    /// Numbers may carry a unit that converts exactly (`2500 g` for a fact in kg). An age needs a
    /// unit: `9 years` is 9 completed years, 108 to 119 completed months; `6 weeks` is the
    /// completed months that 42 to 48 days can be.
    ///
    /// # Errors
    /// `MZ-0250` for a value of another type or an unknown code, `MZ-0251` for an implausible
    /// number; both with the cure.
    pub fn read(fact: &Fact, given: &Given) -> Result<Self, ValueError> {
        match (&fact.kind, given) {
            (FactKind::Boolean, _) => boolean(fact, given),
            (FactKind::Code { .. }, Given::Text(text)) => Ok(Self::Code(code(fact, text)?)),
            // The empty set has a word, so that a form or a spreadsheet can say it.
            (FactKind::Codes { .. }, Given::Text(text)) if text.trim() == NONE_CODE => {
                Ok(Self::Codes(BTreeSet::new()))
            }
            (FactKind::Codes { .. }, Given::Text(text)) => {
                let words: Vec<&str> =
                    text.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
                code_set(fact, &words)
            }
            (FactKind::Codes { .. }, Given::List(words)) => {
                code_set(fact, &words.iter().map(String::as_str).collect::<Vec<_>>())
            }
            (FactKind::Count { .. } | FactKind::Quantity { .. }, Given::Text(text)) => {
                number(fact, text)
            }
            (FactKind::Age, Given::Text(text)) => age(fact, text),
            _ => Err(wrong(
                fact,
                format!("`{}` cannot have this kind of value", fact.id),
                wanted(fact),
            )),
        }
    }

    /// Reads a value from one text, as a form or a spreadsheet has it.
    ///
    /// # Errors
    /// As [`Value::read`].
    pub fn parse(fact: &Fact, text: &str) -> Result<Self, ValueError> {
        Self::read(fact, &Given::Text(text.to_owned()))
    }
}

fn boolean(fact: &Fact, given: &Given) -> Result<Value, ValueError> {
    let value = match given {
        Given::Truth(value) => Some(*value),
        Given::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" => Some(true),
            "false" | "no" => Some(false),
            _ => None,
        },
        Given::List(_) => None,
    };
    value
        .map(Value::Boolean)
        .ok_or_else(|| wrong(fact, format!("`{}` is yes or no", fact.id), wanted(fact)))
}

fn code(fact: &Fact, text: &str) -> Result<Name, ValueError> {
    let text = text.trim();
    let values = fact.kind.values();
    if let Some(value) = values.iter().find(|value| value.id == *text) {
        return Ok(value.id.clone());
    }
    let cure = did_you_mean(text, values.iter().map(|value| value.id.as_str()))
        .unwrap_or_else(|| wanted(fact));
    Err(wrong(fact, format!("`{}` has no value `{text}`", fact.id), cure))
}

fn code_set(fact: &Fact, words: &[&str]) -> Result<Value, ValueError> {
    let codes: Result<BTreeSet<Name>, _> = words.iter().map(|word| code(fact, word)).collect();
    codes.map(Value::Codes)
}

fn number(fact: &Fact, text: &str) -> Result<Value, ValueError> {
    let text = text.trim();
    let (digits, unit) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let number = parse_decimal(digits)
        .map_err(|reason| wrong(fact, format!("`{digits}` {reason}"), wanted(fact)))?;
    let own = fact.kind.unit().unwrap_or_else(Unit::one);
    let number = if unit.is_empty() { Some(number) } else { convert(number, unit.trim(), &own) };
    let Some(number) = number else {
        let reason = format!("`{}` is measured in {own}, not in {}", fact.id, unit.trim());
        return Err(wrong(fact, reason, wanted(fact)));
    };
    plausible(fact, number, text)
}

fn convert(number: Decimal, unit: &str, to: &Unit) -> Option<Decimal> {
    let unit = unit.trim_matches('\'');
    Unit::from_word(unit).or_else(|| Unit::new(unit))?.convert(number, to)
}

fn plausible(fact: &Fact, number: Decimal, written: &str) -> Result<Value, ValueError> {
    if fact.kind.is_whole() && !number.is_integer() {
        return Err(wrong(fact, format!("`{}` is a whole number", fact.id), wanted(fact)));
    }
    match fact.kind.bounds() {
        Some((min, max)) if number < min || number > max => Err(ValueError {
            code: codes::IMPLAUSIBLE,
            fact: fact.id.clone(),
            reason: format!("`{}` of {written} is not plausible", fact.id),
            cure: format!("{}; check the digits and the unit", wanted(fact)),
        }),
        _ => Ok(Value::exactly(number)),
    }
}

/// Days in the shortest and in the longest calendar month.
const MONTH_DAYS: (u32, u32) = (28, 31);

fn age(fact: &Fact, text: &str) -> Result<Value, ValueError> {
    let mut words = text.split_whitespace();
    let (Some(amount), Some(unit), None) = (words.next(), words.next(), words.next()) else {
        return Err(wrong(fact, format!("`{text}` is not an age"), wanted(fact)));
    };
    let amount: u32 = amount
        .parse()
        .map_err(|_| wrong(fact, format!("`{amount}` is not a whole number"), wanted(fact)))?;
    // Larger than any age, and far from overflowing below.
    let amount = amount.min(100_000);
    let (lo, hi) = match unit {
        "year" | "years" => (amount * 12, amount * 12 + 11),
        "month" | "months" => (amount, amount),
        "week" | "weeks" => (amount * 7 / MONTH_DAYS.1, (amount * 7 + 6) / MONTH_DAYS.0),
        "day" | "days" => (amount / MONTH_DAYS.1, amount / MONTH_DAYS.0),
        _ => return Err(wrong(fact, format!("`{unit}` is not a unit of age"), wanted(fact))),
    };
    if lo > AGE_MONTHS_MAX {
        return Err(ValueError {
            code: codes::IMPLAUSIBLE,
            fact: fact.id.clone(),
            reason: format!("an age of {text} is not plausible"),
            cure: "check the digits and the unit".into(),
        });
    }
    Ok(Value::Number { lo: lo.into(), hi: hi.min(AGE_MONTHS_MAX).into() })
}

fn wrong(fact: &Fact, reason: String, cure: String) -> ValueError {
    ValueError { code: codes::BAD_VALUE, fact: fact.id.clone(), reason, cure }
}

/// What the fact wants, as a cure.
fn wanted(fact: &Fact) -> String {
    let ids = |values: &[crate::CodeValue]| {
        values.iter().map(|value| value.id.as_str()).collect::<Vec<_>>().join(", ")
    };
    match &fact.kind {
        FactKind::Boolean => "write yes or no".into(),
        FactKind::Code { values } => format!("write one of {}", ids(values)),
        FactKind::Codes { values } => format!("write any of {}, or {NONE_CODE}", ids(values)),
        FactKind::Count { min, max } => {
            format!("write a whole number from {} to {}", plain(*min), plain(*max))
        }
        FactKind::Quantity { unit, min, max } => {
            format!("write a number from {} to {} {unit}", plain(*min), plain(*max))
        }
        FactKind::Age => "write a number and a unit, such as 9 years or 18 months".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Changes, CodeValue, Span, Text};

    fn fact(kind: &str) -> Fact {
        let values = ["positive", "negative", "pending"]
            .iter()
            .map(|id| CodeValue { id: (*id).into(), label: Text::english(*id) })
            .collect();
        let kind = match kind {
            "boolean" => FactKind::Boolean,
            "code" => FactKind::Code { values },
            "codes" => FactKind::Codes { values },
            "count" => FactKind::Count { min: Decimal::ZERO, max: 20.into() },
            "age" => FactKind::Age,
            unit => FactKind::Quantity {
                unit: Unit::new(unit).unwrap(),
                min: "0.3".parse().unwrap(),
                max: 300.into(),
            },
        };
        Fact {
            id: "f".into(),
            kind,
            label: Text::english("f"),
            help: None,
            only_when: None,
            changes: Changes::Result,
            bind: None,
            span: Span::default(),
            written: Span::default(),
        }
    }

    #[track_caller]
    fn check(kind: &str, text: &str, expected: &str) {
        let told = match Value::parse(&fact(kind), text) {
            Ok(Value::Number { lo, hi }) if lo == hi => plain(lo),
            Ok(Value::Number { lo, hi }) => format!("{lo}..{hi}"),
            Ok(Value::Boolean(value)) => value.to_string(),
            Ok(Value::Code(code)) => code.to_string(),
            Ok(Value::Codes(codes)) => format!("{codes:?}"),
            Err(error) => error.to_string(),
        };
        assert!(told.contains(expected), "{kind} {text}: {told}");
    }

    #[test]
    fn plain_values() {
        check("boolean", "yes", "true");
        check("boolean", "False", "false");
        check("boolean", "maybe", "MZ-0250: `f` is yes or no; write yes or no");
        check("code", "positive", "positive");
        check("code", "postive", "did you mean `positive`?");
        check("code", "blue", "write one of positive, negative, pending");
        check("codes", "positive, negative", r#"{"negative", "positive"}"#);
        check("codes", "", "{}");
        check("codes", "none", "{}");
        check("codes", "positive, blu", "`f` has no value `blu`");
    }

    #[test]
    fn numbers() {
        check("count", "4", "4");
        check("count", "4.5", "whole number");
        check("count", "21", "MZ-0251");
        check("count", "-1", "MZ-0251");
        check("kg", "0.35", "0.35");
        check("kg", "2500 g", "2.5");
        check("kg", "700 kg", "`f` of 700 kg is not plausible");
        check("kg", "700", "from 0.3 to 300 kg; check the digits and the unit");
        check("kg", "3 cm", "measured in kg, not in cm");
        check("kg", "12,5", "is not a decimal number");
        check("[iU]/mL", "0.35 [iU]/mL", "0.35");
    }

    #[test]
    fn ages() {
        check("age", "9 years", "108..119");
        check("age", "1 year", "12..23");
        check("age", "18 months", "18");
        check("age", "6 weeks", "1");
        check("age", "3 days", "0");
        check("age", "30 days", "0..1");
        check("age", "150 years", "1800");
        check("age", "151 years", "MZ-0251");
        check("age", "4000000000 years", "MZ-0251");
        check("age", "9", "is not an age");
        check("age", "nine years", "not a whole number");
        check("age", "9 moons", "not a unit of age");
    }
}
