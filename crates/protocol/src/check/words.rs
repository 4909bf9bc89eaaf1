//! Combinations in words.

use super::ground::{Ground, Meaning, NO};
use super::piece::{Members, Piece, chosen_values, exact, natural, pieces, unit_of};
use super::scale::{Run, Scale};
use crate::number::plain;
use crate::prove::{Cells, Combination};
use crate::{Decimal, Name, Subject, Unit};

/// The language of diagnostics.
const LANGUAGE: &str = "en";

/// `age is 15 years or more, chest X-ray findings has cavity`.
pub(super) fn in_words(ground: &Ground<'_>, combination: &Combination) -> String {
    let pieces = pieces(ground, combination);
    let words = pieces.iter().map(|piece| match piece {
        Piece::Cells { meaning, cells } => cells_in_words(ground, meaning, *cells),
        Piece::Members(members) => members_in_words(ground, members),
    });
    words.collect::<Vec<_>>().join(", ")
}

fn cells_in_words(ground: &Ground<'_>, meaning: &Meaning, cells: Cells) -> String {
    match meaning {
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
        Meaning::Member { .. } => String::new(),
        Meaning::Number { subject, scale } => {
            let unit = unit_of(ground, subject);
            let runs: Vec<String> =
                scale.runs(cells).into_iter().map(|run| run_in_words(scale, run, &unit)).collect();
            format!("{} is {}", name_in_words(ground, subject), runs.join(", or "))
        }
    }
}

/// `x has a and b`, `x has none of a, b`, `x is empty`.
fn members_in_words(ground: &Ground<'_>, members: &Members) -> String {
    let name = name_in_words(ground, &members.subject);
    if members.empty {
        return format!("{name} is empty");
    }
    let value = |code: &Name| value_in_words(ground, &members.subject, code);
    let mut has: Vec<String> = members.has.iter().map(value).collect();
    if members.has_others == Some(true) {
        has.push("something else".into());
    }
    let lacks: Vec<String> = members.lacks.iter().map(value).collect();
    let mut words = Vec::new();
    if !has.is_empty() {
        words.push(format!("has {}", has.join(" and ")));
    }
    match lacks.as_slice() {
        [] => {}
        [only] => words.push(format!("does not have {only}")),
        several => words.push(format!("has none of {}", several.join(", "))),
    }
    if members.has_others == Some(false) {
        words.push("has nothing else".into());
    }
    format!("{name} {}", words.join(" and "))
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
        code => match code.strip_prefix("10*-").and_then(|power| power.parse().ok()) {
            Some(power) => format!("{number_text} per 1{}", "0".repeat(power)),
            None => format!("{number_text} {code}"),
        },
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

/// A label with a small first letter, unless its first word is an abbreviation or a name with
/// capitals inside; in quotation marks where its own commas would mislead.
fn mid_sentence(label: &str) -> String {
    if label.contains(',') {
        return format!("\"{label}\"");
    }
    let first = label.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or(label);
    let apart = label.strip_prefix(first).is_some_and(|rest| rest.starts_with('-'));
    let capitals = first.chars().filter(|letter| letter.is_uppercase()).count();
    let starts = first.chars().next().is_some_and(char::is_uppercase);
    if !starts || capitals > 1 || (apart && first.chars().count() == 1) {
        return label.to_owned();
    }
    label
        .chars()
        .next()
        .into_iter()
        .flat_map(char::to_lowercase)
        .chain(label.chars().skip(1))
        .collect()
}
