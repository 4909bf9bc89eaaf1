//! Finding one combination for which a formula holds, or settling that there is none.
//!
//! The search gives one axis a cell, folds the formula, and goes on with what is left. What is
//! left is remembered by its number, so that the same question is never settled twice. Parts that
//! share no axis are settled apart. Because a formula only gains when an atom becomes true, a cell
//! in which fewer atoms hold than in another needs no try.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::formula::Node;
use super::{Axis, Cells, Combination, Formula, ProveError, Space};

/// A cell for each of some axes, enough to make a formula hold.
type Term = Arc<[(Axis, usize)]>;

/// What is known of formulas already searched: a combination, or that there is none.
pub(super) type Memo = BTreeMap<Formula, Option<Term>>;

/// Parts that mention more axes than this weigh nothing in the choice of the next axis.
const WEIGHED_AXES_MAX: usize = 40;

impl Space {
    /// A combination for which the formula holds, whatever the axes that it does not mention;
    /// nothing when there is none.
    pub fn witness(&mut self, formula: Formula) -> Result<Option<Combination>, ProveError> {
        self.begin();
        self.find(formula)
    }

    /// [`Self::witness`] as a part of a longer work that counts its branchings itself.
    pub(super) fn find(&mut self, formula: Formula) -> Result<Option<Combination>, ProveError> {
        let term = self.solve(formula)?;
        Ok(term.map(|term| term.iter().map(|(axis, cell)| (*axis, Cells::one(*cell))).collect()))
    }

    /// The cells of an axis, in groups that the formulas cannot tell apart, lowest first.
    pub(super) fn classes(&self, formulas: &[Formula], axis: Axis) -> Vec<Cells> {
        let mut classes = vec![self.whole(axis)];
        for cells in self.atoms_on(formulas, axis) {
            classes = classes
                .into_iter()
                .flat_map(|class| [class.intersection(cells), class.without(cells)])
                .filter(|class| !class.is_empty())
                .collect();
        }
        classes.sort_by_key(|class| class.lowest());
        classes
    }

    pub(super) fn solve(&mut self, formula: Formula) -> Result<Option<Term>, ProveError> {
        match self.arena.node(formula) {
            Node::Never => return Ok(None),
            Node::Always => return Ok(Some(Arc::default())),
            Node::Atom(axis, cells) => {
                let axis = *axis;
                return Ok(cells.lowest().map(|cell| Arc::from([(axis, cell)])));
            }
            _ => {}
        }
        if let Some(known) = self.memo.get(&formula) {
            return Ok(known.clone());
        }
        let found = match self.arena.node(formula).clone() {
            Node::Or(parts) => self.solve_any(&parts)?,
            Node::And(parts) => self.solve_all(formula, &parts)?,
            _ => self.branch(formula)?,
        };
        self.memo.insert(formula, found.clone());
        Ok(found)
    }

    fn solve_any(&mut self, parts: &[Formula]) -> Result<Option<Term>, ProveError> {
        let mut parts = parts.to_vec();
        parts.sort_by_key(|part| self.support(*part).len());
        for part in parts {
            if let Some(term) = self.solve(part)? {
                return Ok(Some(term));
            }
        }
        Ok(None)
    }

    fn solve_all(
        &mut self,
        formula: Formula,
        parts: &[Formula],
    ) -> Result<Option<Term>, ProveError> {
        let mut groups = self.independent(parts);
        if groups.len() == 1 {
            return self.branch(formula);
        }
        groups.sort_by_key(|group| group.axes.len());
        let mut joined = Vec::new();
        for group in groups {
            let formula = self.all(group.parts);
            let Some(term) = self.solve(formula)? else {
                return Ok(None);
            };
            joined.extend(term.iter());
        }
        Ok(Some(joined.into()))
    }

    fn branch(&mut self, formula: Formula) -> Result<Option<Term>, ProveError> {
        self.work()?;
        let Some(axis) = self.most_telling_axis(formula) else {
            return Ok(None);
        };
        let mut tried = BTreeSet::new();
        for cell in self.best_cells(formula, axis) {
            let left = self.assign(formula, axis, cell);
            if !tried.insert(left) {
                continue;
            }
            if let Some(term) = self.solve(left)? {
                return Ok(Some(term.iter().copied().chain([(axis, cell)]).collect()));
            }
        }
        Ok(None)
    }

    /// The axis in the most and shortest parts; an axis that a part fixes alone comes first.
    fn most_telling_axis(&self, formula: Formula) -> Option<Axis> {
        let (Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts)) =
            self.arena.node(formula)
        else {
            return self.support(formula).first().copied();
        };
        let mut weights: BTreeMap<Axis, u64> = BTreeMap::new();
        for part in parts.iter() {
            let support = self.support(*part);
            let weight = 1 << WEIGHED_AXES_MAX.saturating_sub(support.len());
            for axis in support {
                *weights.entry(*axis).or_default() += weight;
            }
        }
        weights
            .into_iter()
            .max_by_key(|(axis, weight)| (*weight, std::cmp::Reverse(*axis)))
            .map(|(axis, _)| axis)
    }

    /// One cell of each group in which no other group has all the same atoms and more.
    fn best_cells(&self, formula: Formula, axis: Axis) -> Vec<usize> {
        let atoms = self.atoms_on(&[formula], axis);
        let signatures: Vec<(usize, Vec<bool>)> = self
            .classes(&[formula], axis)
            .into_iter()
            .filter_map(Cells::lowest)
            .map(|cell| (cell, atoms.iter().map(|cells| cells.contains(cell)).collect()))
            .collect();
        let beaten = |own: &Vec<bool>| {
            signatures.iter().any(|(_, other)| {
                other != own && own.iter().zip(other).all(|(own, other)| *other || !own)
            })
        };
        signatures.iter().filter(|(_, own)| !beaten(own)).map(|(cell, _)| *cell).collect()
    }

    /// The cells of every atom on the axis within the formulas.
    fn atoms_on(&self, formulas: &[Formula], axis: Axis) -> BTreeSet<Cells> {
        let mut open = formulas.to_vec();
        let mut seen = BTreeSet::new();
        let mut atoms = BTreeSet::new();
        while let Some(formula) = open.pop() {
            if !self.arena.depends_on(formula, axis) || !seen.insert(formula) {
                continue;
            }
            match self.arena.node(formula) {
                Node::Never | Node::Always => {}
                Node::Atom(_, cells) => {
                    atoms.insert(*cells);
                }
                Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => {
                    open.extend(parts.iter());
                }
            }
        }
        atoms
    }

    /// The parts in groups that share no axis.
    fn independent(&self, parts: &[Formula]) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for part in parts {
            let mut joined =
                Group { axes: self.support(*part).iter().copied().collect(), parts: vec![*part] };
            let (touching, apart): (Vec<Group>, Vec<Group>) =
                groups.into_iter().partition(|group| !group.axes.is_disjoint(&joined.axes));
            for mut group in touching {
                joined.axes.append(&mut group.axes);
                joined.parts.append(&mut group.parts);
            }
            groups = apart;
            groups.push(joined);
        }
        groups
    }
}

struct Group {
    axes: BTreeSet<Axis>,
    parts: Vec<Formula>,
}
