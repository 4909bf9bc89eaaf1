//! What a combination says of each fact, with the members of one set put together.

use super::ground::{Ground, Meaning, NO};
use super::scale::{Cut, Scale};
use crate::prove::{Cells, Combination};
use crate::{Decimal, FactKind, Name, Subject, Unit};

/// What a combination says of one fact, sum or table result.
#[derive(Debug)]
pub(super) enum Piece<'g> {
    /// In which cells it lies.
    Cells { meaning: &'g Meaning, cells: Cells },
    /// What a set has and has not.
    Members(Members),
}

/// What a set has and has not.
#[derive(Debug)]
pub(super) struct Members {
    pub(super) subject: Subject,
    pub(super) has: Vec<Name>,
    pub(super) lacks: Vec<Name>,
    /// Whether it has any of the values that no condition names, where that is said.
    pub(super) has_others: Option<bool>,
    /// Whether it has nothing at all.
    pub(super) empty: bool,
}

/// The combination by fact, in the order of the axes.
pub(super) fn pieces<'g>(ground: &'g Ground<'_>, combination: &Combination) -> Vec<Piece<'g>> {
    let mut pieces: Vec<Piece<'g>> = Vec::new();
    for (axis, cells) in combination {
        match ground.meaning(*axis) {
            Some(Meaning::Member { subject, code }) => {
                let has = !cells.contains(NO);
                let place = pieces.iter_mut().find_map(|piece| match piece {
                    Piece::Members(members) if members.subject == *subject => Some(members),
                    _ => None,
                });
                match place {
                    Some(members) => members.add(code.as_ref(), has),
                    None => pieces.push(Piece::Members(Members::new(subject, code.as_ref(), has))),
                }
            }
            Some(meaning) => pieces.push(Piece::Cells { meaning, cells: *cells }),
            None => {}
        }
    }
    for piece in &mut pieces {
        if let Piece::Members(members) = piece {
            members.empty = members.says_no() == ground.members(&members.subject);
        }
    }
    pieces
}

impl Members {
    fn new(subject: &Subject, code: Option<&Name>, has: bool) -> Self {
        let mut members = Self {
            subject: subject.clone(),
            has: Vec::new(),
            lacks: Vec::new(),
            has_others: None,
            empty: false,
        };
        members.add(code, has);
        members
    }

    fn add(&mut self, code: Option<&Name>, has: bool) {
        match (code, has) {
            (Some(code), true) => self.has.push(code.clone()),
            (Some(code), false) => self.lacks.push(code.clone()),
            (None, has) => self.has_others = Some(has),
        }
    }

    /// How many of the set's axes are no.
    fn says_no(&self) -> usize {
        self.lacks.len() + usize::from(self.has_others == Some(false))
    }
}

/// The values of the cells, or, where the cell of all others is among them, the values left out.
pub(super) fn chosen_values(values: &[Name], others: bool, cells: Cells) -> (Vec<&Name>, bool) {
    let negated = others && cells.contains(values.len());
    let chosen = values.iter().enumerate().filter(|(cell, _)| cells.contains(*cell) != negated);
    (chosen.map(|(_, value)| value).collect(), negated)
}

/// The values of a set that no condition names.
pub(super) fn unnamed(ground: &Ground<'_>, subject: &Subject) -> Vec<Name> {
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

/// Whether only one value lies between the cuts.
pub(super) fn exact(scale: &Scale, from: Cut, to: Cut) -> bool {
    if scale.is_whole() {
        return from.at + Decimal::ONE == to.at;
    }
    from.at == to.at
}

/// Months that are whole years as years.
pub(super) fn natural(unit: &Unit, number: Decimal) -> (Decimal, Unit) {
    let year = Decimal::from(12);
    let years = Unit::from_word("years").filter(|_| *unit == Unit::month());
    match years {
        Some(years) if !number.is_zero() && (number % year).is_zero() => (number / year, years),
        _ => (number, unit.clone()),
    }
}

pub(super) fn unit_of(ground: &Ground<'_>, subject: &Subject) -> Unit {
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
