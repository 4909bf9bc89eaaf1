//! The combination of the fewest facts that is enough to make a formula hold.
//!
//! A combination is enough when no possible completion of it breaks the goal. Each completion that
//! does break it is an *obstacle*, and the combination must contradict every obstacle in some
//! fact. So the search takes one obstacle, tries each way to contradict it, and goes on with the
//! obstacles that are left; it first allows no fact, then one, then two, and so on. Obstacles are
//! kept: those that share no fact need one more fact each, which cuts most of the search; it is
//! in `smallest/shortest.rs`.

mod shortest;

use std::collections::{BTreeMap, BTreeSet};

use self::shortest::Shortest;
use super::{Axis, Cells, Combination, Formula, ProveError, Space};

/// The most branchings that shortening may take; then the combination found so far is returned,
/// from which no fact can be left out, although another might have fewer.
pub const SHORTEN_BRANCHINGS_MAX: u64 = 60_000;

/// A combination that is enough, with few axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smallest {
    /// For some axes, all the cells with which it is enough.
    pub combination: Combination,
    /// Whether it is proved that no combination of fewer axes is enough.
    pub none_has_fewer: bool,
}

/// A cell for each of some axes.
type Picks = BTreeMap<Axis, usize>;

impl Space {
    /// The smallest combination that can be, where `given` holds, and in which every possible
    /// completion satisfies `goal`; nothing when the two cannot hold together.
    ///
    /// It speaks only of axes that the goal itself depends on, of which there are always enough.
    /// Fewest axes first, then the earliest axes, then the lowest cells. Each axis is then
    /// widened to all the possible cells with which the combination is still enough. After
    /// [`SHORTEN_BRANCHINGS_MAX`] the combination is one from which no axis can be left out, and
    /// says so.
    pub fn smallest(
        &mut self,
        goal: Formula,
        given: Formula,
    ) -> Result<Option<Smallest>, ProveError> {
        self.begin();
        let both = self.all([given, goal]);
        let Some(witness) = self.find(both)? else {
            return Ok(None);
        };
        let not_goal = self.not(goal);
        let broken = self.all([given, not_goal]);
        let own: BTreeSet<Axis> = self.support(goal).iter().copied().collect();
        let start = witness
            .iter()
            .filter(|(axis, _)| own.contains(axis))
            .filter_map(|(axis, cells)| Some((*axis, cells.lowest()?)))
            .collect();
        let enough = self.without_the_needless(start, broken)?;
        let (picks, none_has_fewer) = Shortest::new(self, broken, given, own, enough).run();
        self.begin();
        let combination = self.widen(&picks, broken, given)?;
        Ok(Some(Smallest { combination, none_has_fewer }))
    }

    /// Leave out, the last axis first, each axis without which no completion breaks the goal.
    fn without_the_needless(
        &mut self,
        mut picks: Picks,
        broken: Formula,
    ) -> Result<Picks, ProveError> {
        for axis in picks.keys().rev().copied().collect::<Vec<_>>() {
            let mut fewer = picks.clone();
            fewer.remove(&axis);
            let left = self.assign_all(broken, &fewer);
            if self.solve(left)?.is_none() {
                picks = fewer;
            }
        }
        Ok(picks)
    }

    fn assign_all(&mut self, formula: Formula, picks: &Picks) -> Formula {
        picks.iter().fold(formula, |formula, (axis, cell)| self.assign(formula, *axis, *cell))
    }

    /// Each pick as all the possible cells with which the whole box is still enough.
    fn widen(
        &mut self,
        picks: &Picks,
        broken: Formula,
        given: Formula,
    ) -> Result<Combination, ProveError> {
        let mut wide: Combination =
            picks.iter().map(|(axis, cell)| (*axis, Cells::one(*cell))).collect();
        for axis in picks.keys() {
            let mut cells = wide.remove(axis).unwrap_or_default();
            let broken_around = self.within(broken, &wide);
            let given_around = self.within(given, &wide);
            for class in self.classes(&[broken_around, given_around], *axis) {
                let Some(cell) = class.lowest() else { continue };
                let breaks = self.assign(broken_around, *axis, cell);
                let possible = self.assign(given_around, *axis, cell);
                if self.solve(breaks)?.is_none() && self.solve(possible)?.is_some() {
                    cells = cells.union(class);
                }
            }
            wide.insert(*axis, cells);
        }
        Ok(wide)
    }

    /// The formula, and the box.
    fn within(&mut self, formula: Formula, within: &Combination) -> Formula {
        let mut parts = vec![formula];
        for (axis, cells) in within {
            parts.push(self.atom(*axis, *cells));
        }
        self.all(parts)
    }

    /// A combination that makes the formula hold, with some of the given axes left out and cells
    /// added as far as can be seen without a search.
    fn loose(&self, formula: Formula, axes: &[Axis], mut term: Combination) -> Combination {
        for axis in axes {
            let Some(cells) = term.remove(axis) else { continue };
            let parts = self.parts_on(formula, *axis);
            let holds = |term: &Combination| {
                parts.iter().all(|part| self.kleene(*part, term) == Some(true))
            };
            if holds(&term) {
                continue;
            }
            let mut wide = cells;
            for class in self.classes(&parts, *axis) {
                term.insert(*axis, wide.union(class));
                if holds(&term) {
                    wide = wide.union(class);
                }
            }
            term.insert(*axis, wide);
        }
        term
    }
}
