//! Examples that can really be.
//!
//! A counter-example is worth nothing if no person can be like it. The vocabulary's limits
//! (`[[never]]`, `only_when`) are always heeded. The result of another table is at first free;
//! when an example is found that the other table's rules do not allow, those rules are added and
//! the search goes on, until an example stands or none is left. So a chain of tables is only
//! unfolded as far as a proof needs it. Sums are treated in the same way: an example whose sums do
//! not fit its facts is ruled out by linear arithmetic.

use std::collections::BTreeSet;

use super::ground::{Ground, Reason};
use super::sums;
use crate::prove::{Axis, Combination, Formula, ProveError, Smallest};

/// The most examples of one question that may be ruled out by arithmetic. The next one stands,
/// although its sums might not fit its facts: a proof may fail where it could succeed, never the
/// other way.
const SUMS_RULED_OUT_MAX: usize = 200;

/// A ground, and what limits the combinations on it.
#[derive(Debug)]
pub(super) struct Possible<'a> {
    pub(super) ground: Ground<'a>,
    /// The vocabulary's limits, then the results of tables, the last in the chain first.
    limits: Vec<Limit<'a>>,
    results: usize,
    /// Combinations of numbers that arithmetic rules out.
    sums: Vec<Formula>,
}

/// Something that holds of every possible combination.
#[derive(Clone, Debug)]
struct Limit<'a> {
    formula: Formula,
    reason: Reason<'a>,
    /// For the result of a table, its axes: it matters only where the result is asked.
    result: Option<Vec<Axis>>,
}

/// Why something can never be.
#[derive(Debug)]
pub(super) struct Blame<'a> {
    /// A smallest choice of the conditions that together cannot hold, by position.
    pub(super) parts: Vec<usize>,
    /// A smallest choice of what else makes them impossible.
    pub(super) reasons: Vec<Reason<'a>>,
    /// Whether the arithmetic of sums is needed too.
    pub(super) by_sums: bool,
}

impl<'a> Possible<'a> {
    pub(super) fn new(mut ground: Ground<'a>) -> Self {
        let plain = |(formula, reason)| Limit { formula, reason, result: None };
        let mut limits: Vec<Limit<'a>> = ground.limits().into_iter().map(plain).collect();
        let vocabulary = limits.len();
        for (formula, table) in ground.results() {
            let result = Some(ground.result_axes(table));
            limits.push(Limit { formula, reason: Reason::Result(table), result });
        }
        let results = limits.len() - vocabulary;
        Self { ground, limits, results, sums: Vec::new() }
    }

    /// The smallest combination that can be and in which every possible completion satisfies the
    /// goal; nothing when no possible combination satisfies it, which is then proved.
    pub(super) fn example(&mut self, goal: Formula) -> Result<Option<Smallest>, ProveError> {
        let Some(found) = self.find(goal)? else {
            return Ok(None);
        };
        for _ in 0..SUMS_RULED_OUT_MAX {
            let given = self.given(goal, self.results);
            let short = match self.ground.space.smallest(goal, given) {
                Ok(Some(short)) => short,
                Ok(None) | Err(ProveError::TooLarge) => break,
                Err(other) => return Err(other),
            };
            let stands = self.within(&short.combination);
            if self.realise(stands, given)?.is_some() {
                return Ok(Some(short));
            }
        }
        Ok(Some(Smallest { combination: found, none_has_fewer: false }))
    }

    /// Whether a possible combination satisfies the goal.
    pub(super) fn can_be(&mut self, goal: Formula) -> Result<bool, ProveError> {
        Ok(self.find(goal)?.is_some())
    }

    /// Why the conditions cannot hold together.
    pub(super) fn blame(&mut self, parts: &[Formula]) -> Result<Blame<'a>, ProveError> {
        let goal = self.ground.space.all(parts.iter().copied());
        let chosen = self.relevant(goal, self.results);
        let by_sums = !self.contradict(goal, &chosen)?;
        if by_sums {
            return Ok(Blame { parts: (0..parts.len()).collect(), reasons: Vec::new(), by_sums });
        }
        let chosen = self.fewest(goal, chosen)?;
        let mut kept: Vec<usize> = (0..parts.len()).collect();
        for index in (0..parts.len()).rev() {
            let fewer = without(&kept, index);
            let rest: Vec<Formula> =
                fewer.iter().filter_map(|index| parts.get(*index)).copied().collect();
            let rest = self.ground.space.all(rest);
            if self.contradict(rest, &chosen)? {
                kept = fewer;
            }
        }
        Ok(Blame { parts: kept, reasons: self.reasons(&chosen), by_sums })
    }

    /// A smallest choice of the vocabulary's limits that leave nobody; nothing when they leave
    /// somebody.
    pub(super) fn contradiction(&mut self) -> Result<Option<Vec<Reason<'a>>>, ProveError> {
        let all: Vec<usize> = (0..self.limits.len() - self.results).collect();
        if !self.contradict(Formula::ALWAYS, &all)? {
            return Ok(None);
        }
        let needed = self.fewest(Formula::ALWAYS, all)?;
        Ok(Some(self.reasons(&needed)))
    }

    /// The box as a formula.
    pub(super) fn within(&mut self, combination: &Combination) -> Formula {
        let space = &mut self.ground.space;
        let atoms: Vec<Formula> =
            combination.iter().map(|(axis, cells)| space.atom(*axis, *cells)).collect();
        space.all(atoms)
    }

    fn find(&mut self, goal: Formula) -> Result<Option<Combination>, ProveError> {
        if self.ground.space.witness(goal)?.is_none() {
            return Ok(None);
        }
        let mut unfolded = 0;
        loop {
            let given = self.given(goal, unfolded);
            let Some(found) = self.realise(goal, given)? else {
                return Ok(None);
            };
            if unfolded == self.results {
                return Ok(Some(found));
            }
            let stands = self.within(&found);
            match self.refusing(goal, stands, unfolded)? {
                Some(needed) => unfolded = needed,
                None => return Ok(Some(found)),
            }
        }
    }

    /// How many tables have to be unfolded until they do not allow the example; nothing when all
    /// of them do.
    fn refusing(
        &mut self,
        goal: Formula,
        example: Formula,
        unfolded: usize,
    ) -> Result<Option<usize>, ProveError> {
        let all = self.given(goal, self.results);
        if self.realise(example, all)?.is_some() {
            return Ok(None);
        }
        for needed in unfolded + 1..self.results {
            let given = self.given(goal, needed);
            if self.realise(example, given)?.is_none() {
                return Ok(Some(needed));
            }
        }
        Ok(Some(self.results))
    }

    /// A combination that satisfies both formulas and whose sums fit its facts.
    fn realise(
        &mut self,
        formula: Formula,
        given: Formula,
    ) -> Result<Option<Combination>, ProveError> {
        let mut open = self.ground.space.all([formula, given]);
        for _ in 0..SUMS_RULED_OUT_MAX {
            let Some(found) = self.ground.space.witness(open)? else {
                return Ok(None);
            };
            let Some(conflict) = sums::conflict(&self.ground, &found) else {
                return Ok(Some(found));
            };
            let conflict = self.within(&conflict);
            let ruled_out = self.ground.space.not(conflict);
            self.sums.push(ruled_out);
            open = self.ground.space.all([open, ruled_out]);
        }
        self.ground.space.witness(open)
    }

    /// All limits, what arithmetic rules out and the first `unfolded` results, as far as they have
    /// to do with the goal.
    fn given(&mut self, goal: Formula, unfolded: usize) -> Formula {
        let relevant = self.relevant(goal, unfolded);
        let limits = relevant.iter().filter_map(|index| self.limits.get(*index));
        let parts: Vec<Formula> =
            limits.map(|limit| limit.formula).chain(self.sums.iter().copied()).collect();
        self.ground.space.all(parts)
    }

    /// The limits that have to do with the goal: those that share a fact with it or with another
    /// such limit, and the rules of tables whose result is asked. What shares no fact with it
    /// cannot change the answer.
    fn relevant(&self, goal: Formula, unfolded: usize) -> Vec<usize> {
        let space = &self.ground.space;
        let offered = self.limits.len() - self.results + unfolded;
        let mut axes: BTreeSet<Axis> = space.support(goal).iter().copied().collect();
        axes.extend(self.sums.iter().flat_map(|sums| space.support(*sums)));
        let mut chosen = BTreeSet::new();
        loop {
            let before = chosen.len();
            for (index, limit) in self.limits.iter().enumerate().take(offered) {
                let asked = limit.result.as_deref().unwrap_or(space.support(limit.formula));
                if !chosen.contains(&index) && asked.iter().any(|axis| axes.contains(axis)) {
                    axes.extend(space.support(limit.formula));
                    chosen.insert(index);
                }
            }
            if chosen.len() == before {
                return chosen.into_iter().collect();
            }
        }
    }

    /// The chosen limits without those that are not needed to exclude the goal.
    fn fewest(&mut self, goal: Formula, mut chosen: Vec<usize>) -> Result<Vec<usize>, ProveError> {
        for index in chosen.clone().into_iter().rev() {
            let fewer = without(&chosen, index);
            if self.contradict(goal, &fewer)? {
                chosen = fewer;
            }
        }
        Ok(chosen)
    }

    fn reasons(&self, chosen: &[usize]) -> Vec<Reason<'a>> {
        let limits = chosen.iter().filter_map(|index| self.limits.get(*index));
        limits.map(|limit| limit.reason.clone()).collect()
    }

    /// Whether the goal and the chosen limits exclude each other, sums aside.
    fn contradict(&mut self, goal: Formula, chosen: &[usize]) -> Result<bool, ProveError> {
        let limits = chosen.iter().filter_map(|index| self.limits.get(*index));
        let parts: Vec<Formula> = limits.map(|limit| limit.formula).chain([goal]).collect();
        let all = self.ground.space.all(parts);
        Ok(self.ground.space.witness(all)?.is_none())
    }
}

fn without(indices: &[usize], left_out: usize) -> Vec<usize> {
    indices.iter().copied().filter(|index| *index != left_out).collect()
}
