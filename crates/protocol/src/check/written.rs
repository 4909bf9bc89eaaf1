//! Combinations and conditions in the protocol's own language.

use super::ground::{Ground, Meaning, NO};
use super::piece::{Members, Piece, chosen_values, exact, natural, pieces, unit_of, unnamed};
use super::scale::{Cut, Run, Scale};
use crate::number::plain;
use crate::prove::{Cells, Combination};
use crate::{Condition, Decimal, Name, Subject, Unit};

/// `age >= 15 years and cxr_findings has cavity`.
pub(super) fn as_written(ground: &Ground<'_>, combination: &Combination) -> String {
    if combination.is_empty() {
        return "always".into();
    }
    let pieces = pieces(ground, combination);
    let tests = pieces.iter().map(|piece| match piece {
        Piece::Cells { meaning, cells } => cells_as_written(ground, meaning, *cells),
        Piece::Members(members) => members_as_written(ground, members),
    });
    tests.collect::<Vec<_>>().join(" and ")
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

fn cells_as_written(ground: &Ground<'_>, meaning: &Meaning, cells: Cells) -> String {
    match meaning {
        Meaning::Truth { fact } if cells.contains(NO) => format!("not {fact}"),
        Meaning::Truth { fact } => fact.to_string(),
        Meaning::One { subject, values, others } => {
            let (chosen, negated) = chosen_values(values, *others, cells);
            one_as_written(subject, &chosen, negated)
        }
        Meaning::Member { .. } => String::new(),
        Meaning::Number { subject, scale } => {
            let unit = unit_of(ground, subject);
            let runs: Vec<String> = scale
                .runs(cells)
                .into_iter()
                .map(|run| run_as_written(subject, scale, run, &unit))
                .collect();
            if runs.len() > 1 { format!("({})", runs.join(" or ")) } else { runs.join("") }
        }
    }
}

fn members_as_written(ground: &Ground<'_>, members: &Members) -> String {
    let subject = &members.subject;
    if members.empty {
        return format!("{} is empty", subject.name());
    }
    let others = unnamed(ground, subject);
    let mut tests = Vec::new();
    if !members.has.is_empty() {
        tests.push(has_as_written(subject, members.has.iter(), true));
    }
    if members.has_others == Some(true) {
        tests.push(has_as_written(subject, others.iter(), false));
    }
    let mut lacks = members.lacks.clone();
    if members.has_others == Some(false) {
        lacks.extend(others);
    }
    if !lacks.is_empty() {
        tests.push(format!("not {}", has_as_written(subject, lacks.iter(), false)));
    }
    tests.join(" and ")
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

fn amount_as_written(unit: &Unit, number: Decimal) -> String {
    let (number, unit) = natural(unit, number);
    written(&unit, number)
}

fn written(unit: &Unit, number: Decimal) -> String {
    format!("{} {}", plain(number), unit.in_condition()).trim_end().to_owned()
}
