//! The search for the fewest picks that contradict every obstacle.

use std::collections::BTreeSet;

use super::{Picks, SHORTEN_BRANCHINGS_MAX};
use crate::prove::{Axis, CELLS_PER_AXIS_MAX, Cells, Combination, Formula, ProveError, Space};

/// The most combinations that may be opened, with the same result as too many branchings.
const OPENED_MAX: usize = 20_000;

/// The most combinations that may be looked at, with the same result.
const LOOKED_AT_MAX: usize = 200_000;

/// The most obstacles kept.
const OBSTACLES_MAX: usize = 2_000;

/// Why the search for fewer facts ended early.
struct OutOfWork;

impl From<ProveError> for OutOfWork {
    fn from(_: ProveError) -> Self {
        Self
    }
}

/// A box that breaks the goal.
#[derive(Clone)]
struct Obstacle {
    /// The positions, among the goal's own axes, of the axes that it is about.
    about: Cells,
    /// By position, the cells of the axis; every cell where it is not about the axis.
    cells: Vec<Cells>,
}

impl Obstacle {
    fn cells(&self, position: usize) -> Cells {
        self.cells.get(position).copied().unwrap_or_default()
    }

    fn is_contradicted(&self, position: usize, cell: usize) -> bool {
        !self.cells(position).contains(cell)
    }
}

/// A combination on the way.
#[derive(Clone)]
struct Stand {
    picks: Picks,
    /// The positions of the picks among the goal's own axes.
    picked: Cells,
    /// What is left of the formulas once the picks are made.
    broken: Formula,
    given: Formula,
    /// By position, the cells that are not to be picked: every combination with them has been
    /// looked at already.
    done: Vec<Cells>,
    /// The positions with any such cell.
    partly_done: Cells,
    /// The obstacles that the picks do not contradict, among the first `checked` ones.
    open: Vec<usize>,
    checked: usize,
}

pub(super) struct Shortest<'s> {
    space: &'s mut Space,
    broken: Formula,
    given: Formula,
    /// The axes that may be picked.
    own: Vec<Axis>,
    best: Picks,
    obstacles: Vec<Obstacle>,
    opened: usize,
    looked_at: usize,
}

impl<'s> Shortest<'s> {
    /// `best` is a combination that is enough already.
    pub(super) fn new(
        space: &'s mut Space,
        broken: Formula,
        given: Formula,
        own: BTreeSet<Axis>,
        best: Picks,
    ) -> Self {
        let own = own.into_iter().collect();
        Self { space, broken, given, own, best, obstacles: Vec::new(), opened: 0, looked_at: 0 }
    }

    /// Try every number of facts, up to that of the combination already known; among the same
    /// number the best of all is kept.
    ///
    /// Returns it, and whether none has fewer facts.
    pub(super) fn run(mut self) -> (Picks, bool) {
        if self.own.len() > CELLS_PER_AXIS_MAX {
            return (self.best, false);
        }
        let limit = self.space.branchings_max;
        self.space.branchings_max = limit.min(SHORTEN_BRANCHINGS_MAX);
        let mut none_has_fewer = true;
        for room in 0..=self.best.len() {
            let mut start = Stand {
                picks: Picks::new(),
                picked: Cells::EMPTY,
                broken: self.broken,
                given: self.given,
                done: vec![Cells::EMPTY; self.own.len()],
                partly_done: Cells::EMPTY,
                open: Vec::new(),
                checked: 0,
            };
            let ended = self.extend(&mut start, room);
            if ended.is_err() {
                none_has_fewer = self.best.len() <= room;
                break;
            }
            if self.best.len() <= room {
                break;
            }
        }
        self.space.branchings_max = limit;
        (self.best, none_has_fewer)
    }

    /// Find every combination that has the picks and at most `room` facts more.
    fn extend(&mut self, stand: &mut Stand, room: usize) -> Result<(), OutOfWork> {
        self.opened += 1;
        if self.opened > OPENED_MAX {
            return Err(OutOfWork);
        }
        self.catch_up(stand);
        if self.needs_more_than(stand, room) {
            return Ok(());
        }
        let Some(obstacle) = self.next_obstacle(stand)? else {
            if better(&stand.picks, &self.best) {
                self.best.clone_from(&stand.picks);
            }
            return Ok(());
        };
        if room == 0 {
            return Ok(());
        }
        for position in obstacle.about.without(stand.picked).iter() {
            let Some(axis) = self.own.get(position).copied() else { continue };
            let cells = obstacle.cells(position);
            for class in self.space.classes(&[stand.broken, stand.given], axis) {
                let free = class.without(cells).without(done(stand, position));
                let Some(cell) = free.lowest() else { continue };
                self.pick(stand, (position, axis, cell), room)?;
                if let Some(done) = stand.done.get_mut(position) {
                    *done = done.union(free);
                    stand.partly_done.insert(position);
                }
            }
        }
        Ok(())
    }

    /// Go on with one more pick, if that can lead anywhere.
    fn pick(
        &mut self,
        stand: &Stand,
        (position, axis, cell): (usize, Axis, usize),
        room: usize,
    ) -> Result<(), OutOfWork> {
        self.looked_at += 1;
        if self.looked_at > LOOKED_AT_MAX {
            return Err(OutOfWork);
        }
        let mut next = stand.clone();
        next.picks.insert(axis, cell);
        next.picked.insert(position);
        let stands = |obstacle: &usize| {
            let obstacle = self.obstacles.get(*obstacle);
            obstacle.is_some_and(|obstacle| !obstacle.is_contradicted(position, cell))
        };
        next.open.retain(stands);
        if self.needs_more_than(&next, room - 1) {
            return Ok(());
        }
        next.given = self.space.assign(stand.given, axis, cell);
        if self.space.solve(next.given)?.is_none() {
            return Ok(());
        }
        next.broken = self.space.assign(stand.broken, axis, cell);
        self.extend(&mut next, room - 1)
    }

    /// Look at the obstacles that were found since.
    fn catch_up(&self, stand: &mut Stand) {
        let position = |axis: &Axis| self.own.binary_search(axis).ok();
        let picks: Vec<(usize, usize)> =
            stand.picks.iter().filter_map(|(axis, cell)| Some((position(axis)?, *cell))).collect();
        for (number, obstacle) in self.obstacles.iter().enumerate().skip(stand.checked) {
            if !picks.iter().any(|(position, cell)| obstacle.is_contradicted(*position, *cell)) {
                stand.open.push(number);
            }
        }
        stand.checked = self.obstacles.len();
    }

    /// The obstacle with the fewest ways to contradict it, if need be a new one; nothing when
    /// none is left and the picks are enough.
    fn next_obstacle(&mut self, stand: &mut Stand) -> Result<Option<Obstacle>, OutOfWork> {
        let open = stand.open.iter().filter_map(|number| self.obstacles.get(*number));
        if let Some(obstacle) = open.min_by_key(|obstacle| self.ways(stand, obstacle).len()) {
            return Ok(Some(obstacle.clone()));
        }
        let Some(mut found) = self.space.find(stand.broken)? else {
            return Ok(None);
        };
        found.extend(stand.picks.iter().map(|(axis, cell)| (*axis, Cells::one(*cell))));
        let obstacle = self.own_part(&self.space.loose(self.broken, &self.own, found));
        if self.obstacles.len() < OBSTACLES_MAX {
            stand.open.push(self.obstacles.len());
            self.obstacles.push(obstacle.clone());
            stand.checked = self.obstacles.len();
        }
        Ok(Some(obstacle))
    }

    fn own_part(&self, combination: &Combination) -> Obstacle {
        let whole = |axis: &Axis| self.space.whole(*axis);
        let cells = |axis: &Axis| combination.get(axis).copied().unwrap_or_else(|| whole(axis));
        let about = self.own.iter().enumerate().filter(|(_, axis)| cells(axis) != whole(axis));
        Obstacle {
            about: about.map(|(position, _)| position).collect(),
            cells: self.own.iter().map(cells).collect(),
        }
    }

    /// The positions at which an obstacle can still be contradicted.
    fn ways(&self, stand: &Stand, obstacle: &Obstacle) -> Cells {
        let mut ways = obstacle.about.without(stand.picked);
        for position in ways.intersection(stand.partly_done).iter() {
            let whole = self.own.get(position).map(|axis| self.space.whole(*axis));
            let tried = obstacle.cells(position).union(done(stand, position));
            if whole.is_none_or(|whole| whole.is_subset(tried)) {
                ways = ways.without(Cells::one(position));
            }
        }
        ways
    }

    /// Whether more than `room` facts are needed: at least one for each obstacle of those that
    /// share no way to contradict them.
    fn needs_more_than(&self, stand: &Stand, room: usize) -> bool {
        let open = stand.open.iter().filter_map(|number| self.obstacles.get(*number));
        let mut ways: Vec<Cells> = open.map(|obstacle| self.ways(stand, obstacle)).collect();
        ways.sort_unstable_by_key(|ways| ways.len());
        let mut used = Cells::EMPTY;
        let mut count = 0;
        for ways in ways {
            if ways.is_empty() {
                return true;
            }
            if ways.intersection(used).is_empty() {
                used = used.union(ways);
                count += 1;
            }
            if count > room {
                return true;
            }
        }
        false
    }
}

fn done(stand: &Stand, position: usize) -> Cells {
    stand.done.get(position).copied().unwrap_or_default()
}

fn better(picks: &Picks, than: &Picks) -> bool {
    let order = |picks: &Picks| {
        let (axes, cells): (Vec<Axis>, Vec<usize>) = picks.iter().unzip();
        (picks.len(), axes, cells)
    };
    order(picks) < order(than)
}
