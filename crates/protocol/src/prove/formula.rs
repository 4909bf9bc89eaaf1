//! Formulas, kept small: equal formulas are one node, and what is decided is folded away.
//!
//! *Not* is pushed down to the atoms as soon as it is written, where it becomes the other cells of
//! the axis. So a stored formula is made of atoms, *and*, *or* and *at least n of* alone, and can
//! only gain when an atom becomes true; the search relies on that.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Axis, Cells, Combination, Space};

/// A formula of one [`Space`], by its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Formula(u32);

impl Formula {
    /// The formula that never holds.
    pub const NEVER: Self = Self(0);
    /// The formula that always holds.
    pub const ALWAYS: Self = Self(1);
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    Never,
    Always,
    Atom(Axis, Cells),
    And(Arc<[Formula]>),
    Or(Arc<[Formula]>),
    AtLeast(usize, Arc<[Formula]>),
}

#[derive(Debug)]
struct Entry {
    node: Node,
    /// The axes that occur, in order.
    support: Arc<[Axis]>,
    negation: Option<Formula>,
}

/// All formulas of a space.
#[derive(Debug)]
pub(super) struct Arena {
    entries: Vec<Entry>,
    numbers: BTreeMap<Node, Formula>,
}

impl Default for Arena {
    fn default() -> Self {
        let mut arena = Self { entries: Vec::new(), numbers: BTreeMap::new() };
        for (node, negation) in [(Node::Never, Formula::ALWAYS), (Node::Always, Formula::NEVER)] {
            let number = arena.intern(node, Arc::default());
            arena.negated(number, negation);
        }
        arena
    }
}

impl Arena {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn node(&self, formula: Formula) -> &Node {
        &self.entry(formula).node
    }

    pub(super) fn support(&self, formula: Formula) -> &[Axis] {
        &self.entry(formula).support
    }

    pub(super) fn depends_on(&self, formula: Formula, axis: Axis) -> bool {
        self.support(formula).binary_search(&axis).is_ok()
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "numbers are given out by `intern` and nothing is ever removed"
    )]
    fn entry(&self, formula: Formula) -> &Entry {
        &self.entries[formula.0 as usize]
    }

    fn negated(&mut self, formula: Formula, negation: Formula) {
        if let Some(entry) = self.entries.get_mut(formula.0 as usize) {
            entry.negation = Some(negation);
        }
    }

    fn intern(&mut self, node: Node, support: Arc<[Axis]>) -> Formula {
        if let Some(known) = self.numbers.get(&node) {
            return *known;
        }
        let number = Formula(self.entries.len() as u32);
        self.entries.push(Entry { node: node.clone(), support, negation: None });
        self.numbers.insert(node, number);
        number
    }

    fn intern_parts(
        &mut self,
        make: impl Fn(Arc<[Formula]>) -> Node,
        parts: Vec<Formula>,
    ) -> Formula {
        let mut axes: Vec<Axis> = Vec::new();
        for part in &parts {
            axes.extend(self.support(*part));
        }
        axes.sort_unstable();
        axes.dedup();
        self.intern(make(parts.into()), axes.into())
    }
}

/// Which of the two dual joins a list of parts is under.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    And,
    Or,
}

impl Join {
    /// The part that says nothing under this join.
    fn neutral(self) -> Formula {
        match self {
            Self::And => Formula::ALWAYS,
            Self::Or => Formula::NEVER,
        }
    }

    /// The part that decides the join alone.
    fn decisive(self) -> Formula {
        match self {
            Self::And => Formula::NEVER,
            Self::Or => Formula::ALWAYS,
        }
    }

    fn cells(self, a: Cells, b: Cells) -> Cells {
        match self {
            Self::And => a.intersection(b),
            Self::Or => a.union(b),
        }
    }

    fn node(self, parts: Arc<[Formula]>) -> Node {
        match self {
            Self::And => Node::And(parts),
            Self::Or => Node::Or(parts),
        }
    }
}

impl Space {
    /// The axis lies in one of these cells.
    pub fn atom(&mut self, axis: Axis, cells: Cells) -> Formula {
        let cells = cells.intersection(self.whole(axis));
        if cells.is_empty() {
            return Formula::NEVER;
        }
        if cells == self.whole(axis) {
            return Formula::ALWAYS;
        }
        self.arena.intern(Node::Atom(axis, cells), Arc::new([axis]))
    }

    /// All parts hold; without parts, always.
    pub fn all(&mut self, parts: impl IntoIterator<Item = Formula>) -> Formula {
        self.join(Join::And, parts.into_iter().collect())
    }

    /// A part holds; without parts, never.
    pub fn any(&mut self, parts: impl IntoIterator<Item = Formula>) -> Formula {
        self.join(Join::Or, parts.into_iter().collect())
    }

    /// At least `count` of the parts hold; a part that is given twice counts twice.
    pub fn at_least(&mut self, count: usize, parts: impl IntoIterator<Item = Formula>) -> Formula {
        let mut open: Vec<Formula> = parts.into_iter().collect();
        let given = open.len();
        open.retain(|part| *part != Formula::ALWAYS);
        let count = count.saturating_sub(given - open.len());
        open.retain(|part| *part != Formula::NEVER);
        match count {
            0 => Formula::ALWAYS,
            _ if count > open.len() => Formula::NEVER,
            1 => self.any(open),
            _ if count == open.len() => self.all(open),
            _ => {
                open.sort_unstable();
                self.arena.intern_parts(|parts| Node::AtLeast(count, parts), open)
            }
        }
    }

    /// The formula does not hold.
    pub fn not(&mut self, formula: Formula) -> Formula {
        if let Some(known) = self.arena.entry(formula).negation {
            return known;
        }
        let negation = match self.arena.node(formula).clone() {
            Node::Never => Formula::ALWAYS,
            Node::Always => Formula::NEVER,
            Node::Atom(axis, cells) => self.atom(axis, self.whole(axis).without(cells)),
            Node::And(parts) => {
                let parts = self.not_each(&parts);
                self.any(parts)
            }
            Node::Or(parts) => {
                let parts = self.not_each(&parts);
                self.all(parts)
            }
            Node::AtLeast(count, parts) => {
                let enough = parts.len() + 1 - count;
                let parts = self.not_each(&parts);
                self.at_least(enough, parts)
            }
        };
        self.arena.negated(formula, negation);
        self.arena.negated(negation, formula);
        negation
    }

    /// `a` cannot hold without `b`.
    pub fn implies(&mut self, a: Formula, b: Formula) -> Formula {
        let not_a = self.not(a);
        self.any([not_a, b])
    }

    /// `a` and `b` hold together or not at all.
    pub fn same(&mut self, a: Formula, b: Formula) -> Formula {
        let forth = self.implies(a, b);
        let back = self.implies(b, a);
        self.all([forth, back])
    }

    /// What is left of the formula once the axis lies in the cell.
    pub(super) fn assign(&mut self, formula: Formula, axis: Axis, cell: usize) -> Formula {
        self.assign_within(formula, axis, cell, &mut BTreeMap::new())
    }

    /// Whether the formula holds in the whole box, in none of it, or (as far as can be seen
    /// without a search) in a part.
    pub(crate) fn kleene(&self, formula: Formula, within: &Combination) -> Option<bool> {
        self.kleene_within(formula, within, &mut BTreeMap::new())
    }

    /// The parts of an *and* that depend on the axis, or the whole formula if it is none.
    pub(super) fn parts_on(&self, formula: Formula, axis: Axis) -> Vec<Formula> {
        let parts = match self.arena.node(formula) {
            Node::And(parts) => parts,
            _ => std::slice::from_ref(&formula),
        };
        parts.iter().copied().filter(|part| self.arena.depends_on(*part, axis)).collect()
    }

    fn not_each(&mut self, parts: &[Formula]) -> Vec<Formula> {
        parts.iter().map(|part| self.not(*part)).collect()
    }

    fn join(&mut self, join: Join, parts: Vec<Formula>) -> Formula {
        let Some((mut rest, atoms)) = self.flatten(join, parts) else {
            return join.decisive();
        };
        for (axis, cells) in atoms {
            let atom = self.atom(axis, cells);
            if atom == join.decisive() {
                return atom;
            }
            if atom != join.neutral() {
                rest.push(atom);
            }
        }
        rest.sort_unstable();
        rest.dedup();
        let contrary = |part: &Formula| {
            self.arena.entry(*part).negation.is_some_and(|not| rest.binary_search(&not).is_ok())
        };
        if rest.iter().any(contrary) {
            return join.decisive();
        }
        match rest.as_slice() {
            [] => join.neutral(),
            [only] => *only,
            _ => self.arena.intern_parts(|parts| join.node(parts), rest),
        }
    }

    /// The parts of the parts under the same join, with the atoms of each axis made one; nothing
    /// when a part decides the whole.
    fn flatten(
        &self,
        join: Join,
        parts: Vec<Formula>,
    ) -> Option<(Vec<Formula>, BTreeMap<Axis, Cells>)> {
        let mut open = parts;
        let mut rest = Vec::new();
        let mut atoms: BTreeMap<Axis, Cells> = BTreeMap::new();
        while let Some(part) = open.pop() {
            if part == join.decisive() {
                return None;
            }
            match (self.arena.node(part), join) {
                (Node::Never | Node::Always, _) => {}
                (Node::Atom(axis, cells), _) => {
                    let merged = atoms.get(axis).map_or(*cells, |known| join.cells(*known, *cells));
                    atoms.insert(*axis, merged);
                }
                (Node::And(inner), Join::And) | (Node::Or(inner), Join::Or) => {
                    open.extend(inner.iter());
                }
                _ => rest.push(part),
            }
        }
        Some((rest, atoms))
    }

    fn assign_within(
        &mut self,
        formula: Formula,
        axis: Axis,
        cell: usize,
        known: &mut BTreeMap<Formula, Formula>,
    ) -> Formula {
        if !self.arena.depends_on(formula, axis) {
            return formula;
        }
        if let Some(done) = known.get(&formula) {
            return *done;
        }
        let left = match self.arena.node(formula).clone() {
            Node::Never | Node::Always => formula,
            Node::Atom(_, cells) if cells.contains(cell) => Formula::ALWAYS,
            Node::Atom(..) => Formula::NEVER,
            Node::And(parts) => {
                let parts = self.assign_each(&parts, axis, cell, known);
                self.all(parts)
            }
            Node::Or(parts) => {
                let parts = self.assign_each(&parts, axis, cell, known);
                self.any(parts)
            }
            Node::AtLeast(count, parts) => {
                let parts = self.assign_each(&parts, axis, cell, known);
                self.at_least(count, parts)
            }
        };
        known.insert(formula, left);
        left
    }

    fn assign_each(
        &mut self,
        parts: &[Formula],
        axis: Axis,
        cell: usize,
        known: &mut BTreeMap<Formula, Formula>,
    ) -> Vec<Formula> {
        parts.iter().map(|part| self.assign_within(*part, axis, cell, known)).collect()
    }

    fn kleene_within(
        &self,
        formula: Formula,
        within: &Combination,
        known: &mut BTreeMap<Formula, Option<bool>>,
    ) -> Option<bool> {
        let (count, parts) = match self.arena.node(formula) {
            Node::Never => return Some(false),
            Node::Always => return Some(true),
            Node::Atom(axis, cells) => {
                return within.get(axis).and_then(|lies| decided(*lies, *cells));
            }
            Node::And(parts) => (parts.len(), parts),
            Node::Or(parts) => (1, parts),
            Node::AtLeast(count, parts) => (*count, parts),
        };
        if let Some(done) = known.get(&formula) {
            return *done;
        }
        let value = self.kleene_count(count, parts, within, known);
        known.insert(formula, value);
        value
    }

    fn kleene_count(
        &self,
        count: usize,
        parts: &[Formula],
        within: &Combination,
        known: &mut BTreeMap<Formula, Option<bool>>,
    ) -> Option<bool> {
        let (mut held, mut failed) = (0, 0);
        for part in parts {
            match self.kleene_within(*part, within, known) {
                Some(true) => held += 1,
                Some(false) => failed += 1,
                None => {}
            }
            if held >= count {
                return Some(true);
            }
            if parts.len() - failed < count {
                return Some(false);
            }
        }
        None
    }
}

/// Whether an axis that lies in some of `lies` is in `cells`.
fn decided(lies: Cells, cells: Cells) -> Option<bool> {
    if lies.is_subset(cells) {
        Some(true)
    } else if lies.intersection(cells).is_empty() {
        Some(false)
    } else {
        None
    }
}
