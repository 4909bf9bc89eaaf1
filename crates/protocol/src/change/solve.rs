//! Where a sum crosses a threshold while one fact moves and the others stay.
//!
//! With all other facts fixed, a sum is piecewise linear in one fact. Its pieces are collected
//! (`min` and `max` choose among those of their parts), and each is solved for each threshold.

use std::collections::BTreeSet;

use crate::cells::{Cuts, Edge};
use crate::limits::SUM_PIECES_MAX;
use crate::{Decimal, Facts, Name, Protocol, Subject, Sum, Value};

/// `slope * fact + rest`.
type Piece = (Decimal, Decimal);

/// The edges of a fact: its own, and those of every sum in which it stands.
pub(super) fn edges(protocol: &Protocol, facts: &Facts, cuts: &Cuts, fact: &Name) -> Vec<Edge> {
    let mut edges = cuts.edges(fact);
    if !cuts.is_summed(fact) {
        return edges;
    }
    let solver = Solver { protocol, facts, fact };
    for compute in &protocol.computes {
        let thresholds = cuts.edges(&compute.id);
        if thresholds.is_empty() {
            continue;
        }
        for (slope, rest) in solver.pieces(&compute.value).into_iter().flatten() {
            for Edge::Below(threshold) | Edge::Above(threshold) in &thresholds {
                let crossing = threshold.checked_sub(rest).and_then(|d| d.checked_div(slope));
                if let Some(crossing) = crossing {
                    edges.extend([Edge::Below(crossing), Edge::Above(crossing)]);
                }
            }
        }
    }
    edges
}

struct Solver<'a> {
    protocol: &'a Protocol,
    facts: &'a Facts,
    fact: &'a Name,
}

impl Solver<'_> {
    /// None when another fact in the sum is not known, or there are too many pieces.
    fn pieces(&self, sum: &Sum) -> Option<BTreeSet<Piece>> {
        let pieces = match sum {
            Sum::Number(number) => BTreeSet::from([(Decimal::ZERO, *number)]),
            Sum::Of { subject, factor } => self.subject(subject, *factor)?,
            Sum::Add(a, b) => self.pairs(a, b, Decimal::ONE)?,
            Sum::Subtract(a, b) => self.pairs(a, b, Decimal::NEGATIVE_ONE)?,
            Sum::Times(factor, inner) => scaled(&self.pieces(inner)?, *factor)?,
            Sum::Least(of) | Sum::Greatest(of) => {
                let mut all = BTreeSet::new();
                for part in of {
                    all.extend(self.pieces(part)?);
                }
                all
            }
        };
        (pieces.len() <= SUM_PIECES_MAX).then_some(pieces)
    }

    fn subject(&self, subject: &Subject, factor: Decimal) -> Option<BTreeSet<Piece>> {
        match subject {
            Subject::Fact(fact) if fact == self.fact => {
                Some(BTreeSet::from([(factor, Decimal::ZERO)]))
            }
            Subject::Fact(fact) => match self.facts.value(fact) {
                Some(Value::Number { lo, hi }) if lo == hi => {
                    Some(BTreeSet::from([(Decimal::ZERO, factor.checked_mul(*lo)?)]))
                }
                _ => None,
            },
            Subject::Compute(name) => {
                scaled(&self.pieces(&self.protocol.compute(name)?.value)?, factor)
            }
            Subject::Table(_) => None,
        }
    }

    /// Every piece of one with every piece of the other.
    fn pairs(&self, a: &Sum, b: &Sum, sign: Decimal) -> Option<BTreeSet<Piece>> {
        let (a, b) = (self.pieces(a)?, scaled(&self.pieces(b)?, sign)?);
        let mut all = BTreeSet::new();
        for (slope, rest) in &a {
            for (other_slope, other_rest) in &b {
                all.insert((slope.checked_add(*other_slope)?, rest.checked_add(*other_rest)?));
            }
        }
        Some(all)
    }
}

fn scaled(pieces: &BTreeSet<Piece>, factor: Decimal) -> Option<BTreeSet<Piece>> {
    let scale =
        |(slope, rest): &Piece| Some((slope.checked_mul(factor)?, rest.checked_mul(factor)?));
    pieces.iter().map(scale).collect()
}
