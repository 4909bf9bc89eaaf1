//! Combinations and conditions in words and in the protocol's own language.

use super::ground::{Ground, Meaning, NO};
use super::scale::{Cut, Run, Scale};
use crate::number::plain;
use crate::prove::{Axis, Cells, Combination};
use crate::{Condition, Decimal, FactKind, Name, Subject, Unit};

/// The language of diagnostics.
const LANGUAGE: &str = "en";

/// `age is 15 years or more, chest X-ray findings has cavity`.
pub(super) fn in_words(ground: &Ground<'_>, combination: &Combination) -> String {
    let parts = combination.iter().filter_map(|(axis, cells)| axis_in_words(ground, *axis, *cells));
    parts.collect::<Vec<_>>().join(", ")
}

/// `age >= 15 years and cxr_findings has cavity`, as far as the language can say it.
pub(super) fn as_written(ground: &Ground<'_>, combination: &Combination) -> String {
    if combination.is_empty() {
        return "always".into();
    }
    let parts =
        combination.iter().filter_map(|(axis, cells)| axis_as_written(ground, *axis, *cells));
    parts.collect::<Vec<_>>().join(" and ")
}

/// A condition as it could be written.
pub(super) fn condition_as_written(ground: &Ground<'_>, condition: &Condition) -> String {
    match condition {
        Condition::Always { .. } => "always".into(),
        Condition::Is { fact, .. } => fact.to_string(),
        Condition::Named { define, .. } => define.to_string(),
        Condition::IsEmpty { subject, .. } => format!("{} is empty", subject.name()),
        Condition::Code { subject, codes, negated, .. } => {
            one_as_written(subject, &codes.iter().collect::<Vec<_>>(), *negated)
        }
        Condition::Has { subject, codes, all, .. } => has_as_written(subject, codes.iter(), *all),
        Condition::Compare { subject, op, number, .. } => {
            format!(
                "{} {op} {}",
                subject.name(),
                amount_as_written(&unit_of(ground, subject), *number)
            )
        }
        Condition::Not(inner) => format!("not {}", bracketed(ground, inner)),
        Condition::And(parts) => joined(ground, parts, " and "),
        Condition::Or(parts) => joined(ground, parts, " or "),
        Condition::AtLeast { count, of, .. } => {
            let parts: Vec<String> =
                of.iter().map(|part| condition_as_written(ground, part)).collect();
            format!("at least {count} of ({})", parts.join(", "))
        }
    }
}

fn joined(ground: &Ground<'_>, parts: &[Condition], by: &str) -> String {
    parts.iter().map(|part| bracketed(ground, part)).collect::<Vec<_>>().join(by)
}

fn bracketed(ground: &Ground<'_>, condition: &Condition) -> String {
    let written = condition_as_written(ground, condition);
    if matches!(condition, Condition::And(_) | Condition::Or(_)) {
        format!("({written})")
    } else {
        written
    }
}

fn axis_in_words(ground: &Ground<'_>, axis: Axis, cells: Cells) -> Option<String> {
    let words = match ground.meaning(axis)? {
        Meaning::Truth { fact } => {
            let says = if cells.contains(NO) { "no" } else { "yes" };
            format!("{} is {says}", name_in_words(ground, &Subject::Fact(fact.clone())))
        }
        Meaning::One { subject, values, others } => {
            let (chosen, negated) = chosen_values(values, *others, cells);
            let values: Vec<String> =
                chosen.iter().map(|value| value_in_words(ground, subject, value)).collect();
            let is = match (negated, values.len()) {
                (false, _) => "is",
                (true, 1) => "is not",
                (true, _) => "is none of",
            };
            let by = if negated { ", " } else { " or " };
            format!("{} {is} {}", name_in_words(ground, subject), values.join(by))
        }
        Meaning::Member { subject, code } => {
            let name = name_in_words(ground, subject);
            let has = if cells.contains(NO) { "does not have" } else { "has" };
            match code {
                Some(code) => format!("{name} {has} {}", value_in_words(ground, subject, code)),
                None if cells.contains(NO) => format!("{name} has nothing else"),
                None => format!("{name} has something else"),
            }
        }
        Meaning::Number { subject, scale } => {
            let unit = unit_of(ground, subject);
            let runs: Vec<String> =
                scale.runs(cells).into_iter().map(|run| run_in_words(scale, run, &unit)).collect();
            format!("{} is {}", name_in_words(ground, subject), runs.join(", or "))
        }
    };
    Some(words)
}

fn axis_as_written(ground: &Ground<'_>, axis: Axis, cells: Cells) -> Option<String> {
    let written = match ground.meaning(axis)? {
        Meaning::Truth { fact } if cells.contains(NO) => format!("not {fact}"),
        Meaning::Truth { fact } => fact.to_string(),
        Meaning::One { subject, values, others } => {
            let (chosen, negated) = chosen_values(values, *others, cells);
            one_as_written(subject, &chosen, negated)
        }
        Meaning::Member { subject, code: Some(code) } => {
            let not = if cells.contains(NO) { "not " } else { "" };
            format!("{not}{} has {code}", subject.name())
        }
        Meaning::Member { subject, code: None } => {
            let rest = unnamed(ground, subject);
            let not = if cells.contains(NO) { "not " } else { "" };
            format!("{not}{}", has_as_written(subject, rest.iter(), false))
        }
        Meaning::Number { subject, scale } => {
            let unit = unit_of(ground, subject);
            let runs: Vec<String> = scale
                .runs(cells)
                .into_iter()
                .map(|run| run_as_written(subject, scale, run, &unit))
                .collect();
            if runs.len() > 1 { format!("({})", runs.join(" or ")) } else { runs.join("") }
        }
    };
    Some(written)
}

/// The values of the cells, or, where the cell of all others is among them, the values left out.
fn chosen_values(values: &[Name], others: bool, cells: Cells) -> (Vec<&Name>, bool) {
    let negated = others && cells.contains(values.len());
    let chosen = values.iter().enumerate().filter(|(cell, _)| cells.contains(*cell) != negated);
    (chosen.map(|(_, value)| value).collect(), negated)
}

fn one_as_written(subject: &Subject, codes: &[&Name], negated: bool) -> String {
    let name = subject.name();
    match (codes, negated) {
        ([code], false) => format!("{name} = {code}"),
        ([code], true) => format!("{name} != {code}"),
        _ => {
            let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
            format!("{}{name} in {{{}}}", if negated { "not " } else { "" }, codes.join(", "))
        }
    }
}

fn has_as_written<'n>(
    subject: &Subject,
    codes: impl Iterator<Item = &'n Name>,
    all: bool,
) -> String {
    let codes: Vec<&str> = codes.map(Name::as_str).collect();
    match codes.as_slice() {
        [code] => format!("{} has {code}", subject.name()),
        codes => {
            let how = if all { "all" } else { "any" };
            format!("{} has {how} {{{}}}", subject.name(), codes.join(", "))
        }
    }
}

/// The values of a set that no condition names.
fn unnamed(ground: &Ground<'_>, subject: &Subject) -> Vec<Name> {
    let mut values = values_of(ground, subject);
    let named = |value: &Name| {
        ground.space.axes().any(|axis| {
            matches!(ground.meaning(axis), Some(Meaning::Member { subject: of, code: Some(code) })
                if of == subject && code == value)
        })
    };
    values.retain(|value| !named(value));
    values
}

fn run_in_words(scale: &Scale, run: Run, unit: &Unit) -> String {
    let amount = |number| amount_in_words(unit, number);
    match (run.from, run.to) {
        (None, None) => "any number".into(),
        (None, Some(to)) if to.after => format!("{} or less", amount(to.at)),
        (None, Some(to)) => format!("under {}", amount(to.at)),
        (Some(from), None) if from.after => format!("over {}", amount(from.at)),
        (Some(from), None) => format!("{} or more", amount(from.at)),
        (Some(from), Some(to)) if exact(scale, from, to) => {
            format!("exactly {}", counted(unit, from.at))
        }
        (Some(from), Some(to)) => {
            let low = if from.after { "over" } else { "from" };
            let high = if to.after { "to" } else { "to under" };
            format!("{low} {} {high} {}", amount(from.at), amount(to.at))
        }
    }
}

fn run_as_written(subject: &Subject, scale: &Scale, run: Run, unit: &Unit) -> String {
    let test = |sign: &str, cut: Cut| {
        format!("{} {sign} {}", subject.name(), amount_as_written(unit, cut.at))
    };
    let low = |cut: Cut| test(if cut.after { ">" } else { ">=" }, cut);
    let high = |cut: Cut| test(if cut.after { "<=" } else { "<" }, cut);
    match (run.from, run.to) {
        (None, None) => "always".into(),
        (None, Some(to)) => high(to),
        (Some(from), None) => low(from),
        (Some(from), Some(to)) if exact(scale, from, to) => {
            format!("{} = {}", subject.name(), written(unit, from.at))
        }
        (Some(from), Some(to)) => format!("{} and {}", low(from), high(to)),
    }
}

/// Whether only one value lies between the cuts.
fn exact(scale: &Scale, from: Cut, to: Cut) -> bool {
    if scale.is_whole() {
        return from.at + Decimal::ONE == to.at;
    }
    from.at == to.at
}

/// `15 years`, `18 months`, `0.35 [iU]/mL`, `4`.
fn amount_in_words(unit: &Unit, number: Decimal) -> String {
    let (number, unit) = natural(unit, number);
    counted(&unit, number)
}

/// The number in exactly this unit, in words: a single age in months is no age in years.
fn counted(unit: &Unit, number: Decimal) -> String {
    let number_text = plain(number);
    match unit.code() {
        "1" => number_text,
        "%" => format!("{number_text}%"),
        "a" | "mo" | "wk" | "d" => {
            let words = unit.in_condition();
            let word = if number == Decimal::ONE { words.trim_end_matches('s') } else { &words };
            format!("{number_text} {word}")
        }
        code => format!("{number_text} {code}"),
    }
}

fn amount_as_written(unit: &Unit, number: Decimal) -> String {
    let (number, unit) = natural(unit, number);
    written(&unit, number)
}

fn written(unit: &Unit, number: Decimal) -> String {
    format!("{} {}", plain(number), unit.in_condition()).trim_end().to_owned()
}

/// Months that are whole years as years.
fn natural(unit: &Unit, number: Decimal) -> (Decimal, Unit) {
    let year = Decimal::from(12);
    let years = Unit::from_word("years").filter(|_| *unit == Unit::month());
    match years {
        Some(years) if !number.is_zero() && (number % year).is_zero() => (number / year, years),
        _ => (number, unit.clone()),
    }
}

fn unit_of(ground: &Ground<'_>, subject: &Subject) -> Unit {
    let unit = match subject {
        Subject::Fact(name) => ground.vocabulary.facts.get(name).and_then(|fact| fact.kind.unit()),
        Subject::Compute(name) => ground
            .protocol
            .and_then(|protocol| protocol.compute(name))
            .map(|compute| compute.unit.clone()),
        Subject::Table(_) => None,
    };
    unit.unwrap_or_else(Unit::one)
}

fn values_of(ground: &Ground<'_>, subject: &Subject) -> Vec<Name> {
    match subject {
        Subject::Fact(name) => {
            let kind = ground.vocabulary.facts.get(name).map(|fact| &fact.kind);
            kind.map_or(&[] as &[_], FactKind::values)
                .iter()
                .map(|value| value.id.clone())
                .collect()
        }
        Subject::Table(name) => {
            let table = ground.protocol.and_then(|protocol| protocol.table(name));
            table
                .into_iter()
                .flat_map(|table| &table.outcomes)
                .map(|outcome| outcome.id.clone())
                .collect()
        }
        Subject::Compute(_) => Vec::new(),
    }
}

/// The label, with its first letter small unless it begins an abbreviation.
fn name_in_words(ground: &Ground<'_>, subject: &Subject) -> String {
    let label = match subject {
        Subject::Fact(name) => ground.vocabulary.facts.get(name).map(|fact| &fact.label),
        Subject::Compute(name) => ground
            .protocol
            .and_then(|protocol| protocol.compute(name))
            .map(|compute| &compute.label),
        Subject::Table(name) => {
            ground.protocol.and_then(|protocol| protocol.table(name)).map(|table| &table.title)
        }
    };
    let label = label.map(|label| label.get(LANGUAGE)).filter(|label| !label.is_empty());
    label.map_or_else(|| subject.name().to_string(), mid_sentence)
}

fn value_in_words(ground: &Ground<'_>, subject: &Subject, value: &Name) -> String {
    let label = match subject {
        Subject::Fact(name) => ground.vocabulary.facts.get(name).and_then(|fact| {
            let value = fact.kind.values().iter().find(|known| known.id == *value);
            value.map(|value| value.label.get(LANGUAGE))
        }),
        Subject::Table(name) => ground.protocol.and_then(|protocol| {
            protocol.table(name)?.outcome(value).map(|outcome| outcome.label.get(LANGUAGE))
        }),
        Subject::Compute(_) => None,
    };
    label.filter(|label| !label.is_empty()).unwrap_or(value).to_owned()
}

fn mid_sentence(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(label.chars().skip(1)).collect()
        }
        _ => label.to_owned(),
    }
}
