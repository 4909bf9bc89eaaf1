//! The combination of the fewest facts that is enough to make a formula hold.
//!
//! A combination is enough when no possible completion of it breaks the goal. Each completion that
//! does break it is an *obstacle*, and the combination must contradict every obstacle in some
//! fact. So the search takes one obstacle, tries each way to contradict it, and goes on with the
//! obstacles that are left; it first allows no fact, then one, then two, and so on. Obstacles are
//! kept: those that share no fact need one more fact each, which cuts most of the search.

use std::collections::{BTreeMap, BTreeSet};

use super::{Axis, Cells, Combination, Formula, ProveError, Space};

/// The most branchings that shortening may take; then the combination found so far is returned,
/// from which no fact can be left out, although another might have fewer.
pub const SHORTEN_BRANCHINGS_MAX: u64 = 60_000;

/// The most combinations that shortening may look at, with the same result.
const SHORTEN_TRIALS_MAX: usize = 20_000;

/// The most obstacles kept.
const OBSTACLES_MAX: usize = 400;

/// A cell for each of some axes.
type Picks = BTreeMap<Axis, usize>;

impl Space {
    /// The smallest combination that can be, where `given` holds, and in which every possible
    /// completion satisfies `goal`; nothing when the two cannot hold together.
    ///
    /// Fewest axes first, then the earliest axes, then the lowest cells. Each axis is then
    /// widened to all the possible cells with which the combination is still enough. After
    /// [`SHORTEN_BRANCHINGS_MAX`] the combination is one from which no axis can be left out.
    pub fn smallest(
        &mut self,
        goal: Formula,
        given: Formula,
    ) -> Result<Option<Combination>, ProveError> {
        self.begin();
        let both = self.all([given, goal]);
        let Some(witness) = self.find(both)? else {
            return Ok(None);
        };
        let not_goal = self.not(goal);
        let broken = self.all([given, not_goal]);
        let start =
            witness.iter().filter_map(|(axis, cells)| Some((*axis, cells.lowest()?))).collect();
        let enough = self.without_the_needless(start, broken)?;
        let mut shortest = Shortest::new(self, broken, given, enough);
        let picks = shortest.run();
        self.begin();
        self.widen(&picks, broken, given).map(Some)
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

    /// A combination that makes the formula hold, with axes left out and cells added as far as
    /// can be seen without a search.
    fn loose(&self, formula: Formula, mut term: Combination) -> Combination {
        for axis in term.keys().copied().collect::<Vec<_>>() {
            let Some(cells) = term.remove(&axis) else { continue };
            if self.kleene(formula, &term) == Some(true) {
                continue;
            }
            let mut wide = cells;
            for class in self.classes(&[formula], axis) {
                term.insert(axis, wide.union(class));
                if self.kleene(formula, &term) == Some(true) {
                    wide = wide.union(class);
                }
            }
            term.insert(axis, wide);
        }
        term
    }
}

/// Why the search for fewer facts ended early.
struct OutOfWork;

impl From<ProveError> for OutOfWork {
    fn from(_: ProveError) -> Self {
        Self
    }
}

struct Shortest<'s> {
    space: &'s mut Space,
    broken: Formula,
    given: Formula,
    best: Picks,
    obstacles: Vec<Combination>,
    seen: BTreeSet<Picks>,
    trials: usize,
}

impl<'s> Shortest<'s> {
    fn new(space: &'s mut Space, broken: Formula, given: Formula, best: Picks) -> Self {
        Self { space, broken, given, best, obstacles: Vec::new(), seen: BTreeSet::new(), trials: 0 }
    }

    /// Try every number of facts, up to that of the combination already known; among the same
    /// number the best of all is kept.
    fn run(&mut self) -> Picks {
        let limit = self.space.branchings_max;
        self.space.branchings_max = limit.min(SHORTEN_BRANCHINGS_MAX);
        for room in 0..=self.best.len() {
            self.seen.clear();
            let ended = self.extend(&Picks::new(), self.broken, self.given, room);
            if ended.is_err() || self.best.len() <= room {
                break;
            }
        }
        self.space.branchings_max = limit;
        std::mem::take(&mut self.best)
    }

    /// Find every combination that has the picks and at most `room` facts more.
    fn extend(
        &mut self,
        picks: &Picks,
        broken: Formula,
        given: Formula,
        room: usize,
    ) -> Result<(), OutOfWork> {
        self.trials += 1;
        if self.trials > SHORTEN_TRIALS_MAX {
            return Err(OutOfWork);
        }
        let Some(obstacle) = self.obstacle(picks, broken, room)? else {
            return Ok(());
        };
        for (axis, cells) in obstacle {
            if picks.contains_key(&axis) {
                continue;
            }
            for class in self.space.classes(&[broken, given], axis) {
                let Some(cell) = class.without(cells).lowest() else { continue };
                let mut more = picks.clone();
                more.insert(axis, cell);
                if !self.seen.insert(more.clone()) {
                    continue;
                }
                let possible = self.space.assign(given, axis, cell);
                if self.space.solve(possible)?.is_some() {
                    let left = self.space.assign(broken, axis, cell);
                    self.extend(&more, left, possible, room - 1)?;
                }
            }
        }
        Ok(())
    }

    /// An obstacle that is to be contradicted next; nothing when there is none (the picks are
    /// then kept if they are the best) or too little room is left for all.
    fn obstacle(
        &mut self,
        picks: &Picks,
        broken: Formula,
        room: usize,
    ) -> Result<Option<Combination>, OutOfWork> {
        let mut open: Vec<Combination> =
            self.obstacles.iter().filter_map(|obstacle| beyond(obstacle, picks)).collect();
        open.sort_by_key(BTreeMap::len);
        if disjoint(&open) > room {
            return Ok(None);
        }
        if let Some(obstacle) = open.into_iter().next() {
            return Ok(Some(obstacle));
        }
        let Some(term) = self.space.find(broken)? else {
            if better(picks, &self.best) {
                self.best.clone_from(picks);
            }
            return Ok(None);
        };
        let obstacle = self.space.loose(broken, term);
        if self.obstacles.len() < OBSTACLES_MAX {
            self.keep(picks, &obstacle);
        }
        Ok((room > 0).then_some(obstacle))
    }

    /// Keep an obstacle that was found under the picks, as an obstacle to any combination.
    fn keep(&mut self, picks: &Picks, obstacle: &Combination) {
        let mut whole = obstacle.clone();
        whole.extend(picks.iter().map(|(axis, cell)| (*axis, Cells::one(*cell))));
        let whole = self.space.loose(self.broken, whole);
        self.obstacles.push(whole);
    }
}

/// What of an obstacle the picks leave open; nothing when they contradict it.
fn beyond(obstacle: &Combination, picks: &Picks) -> Option<Combination> {
    let stands =
        |(axis, cells): (&Axis, &Cells)| picks.get(axis).is_none_or(|cell| cells.contains(*cell));
    if !obstacle.iter().all(stands) {
        return None;
    }
    let open = obstacle.iter().filter(|(axis, _)| !picks.contains_key(axis));
    Some(open.map(|(axis, cells)| (*axis, *cells)).collect())
}

/// How many of the obstacles share no axis: each needs a fact of its own. An obstacle with no
/// open axis cannot be contradicted at all.
fn disjoint(open: &[Combination]) -> usize {
    let mut used: BTreeSet<Axis> = BTreeSet::new();
    let mut count = 0;
    for obstacle in open {
        if obstacle.is_empty() {
            return usize::MAX;
        }
        if obstacle.keys().all(|axis| !used.contains(axis)) {
            used.extend(obstacle.keys());
            count += 1;
        }
    }
    count
}

fn better(picks: &Picks, than: &Picks) -> bool {
    let order = |picks: &Picks| {
        (
            picks.len(),
            picks.keys().copied().collect::<Vec<_>>(),
            picks.values().copied().collect::<Vec<_>>(),
        )
    };
    order(picks) < order(than)
}
