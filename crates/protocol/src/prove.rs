//! An exact solver for questions about finitely many facts with finitely many values.
//!
//! A [`Space`] has axes; each axis has a few cells (the ranges between thresholds, the values of a
//! code, yes and no). A [`Formula`] says of each axis in which cells it may lie, joined by *and*,
//! *or*, *not* and *at least n of*. Two questions are answered, over **all** combinations of cells
//! and not over samples:
//!
//! - [`Space::witness`]: is there a combination for which the formula holds?
//! - [`Space::smallest`]: which combination of the fewest facts is enough to make it hold?
//!
//! The solver knows nothing of protocols; [`crate::check`] translates tables to it. Start reading
//! at [`Space`], then `prove/formula.rs` (how formulas are kept small), `prove/search.rs` (how one
//! combination is found) and `prove/smallest.rs` (how it is made short).

use std::collections::BTreeMap;

use thiserror::Error;

pub use self::cells::{CELLS_PER_AXIS_MAX, Cells};
use self::formula::Arena;
pub use self::formula::Formula;
use self::search::Memo;
pub use self::smallest::{SHORTEN_BRANCHINGS_MAX, Smallest};

mod cells;
mod formula;
pub mod linear;
mod search;
mod smallest;
#[cfg(test)]
mod tests;

/// The most branchings that one question may take before it is refused as too large to prove.
pub const BRANCHINGS_MAX: u64 = 400_000;

/// The most formulas that one question may make on the way, with the same result; about 200 bytes
/// each.
pub const FORMULAS_MAX: usize = 1_000_000;

/// The most axes in one space.
pub const AXES_MAX: usize = 4_096;

/// One thing that may vary, by its number in the [`Space`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Axis(u16);

impl Axis {
    /// The position of the axis in its space, counted from 0 in order of creation.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A box in the space: for some axes the cells in which they lie; all other axes are free.
pub type Combination = BTreeMap<Axis, Cells>;

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProveError {
    /// The search passed [`BRANCHINGS_MAX`] or [`FORMULAS_MAX`].
    #[error(
        "too large to prove: the search passed {BRANCHINGS_MAX} branchings or {FORMULAS_MAX} formulas"
    )]
    TooLarge,
    /// An axis would have no cell or more than [`CELLS_PER_AXIS_MAX`].
    #[error(
        "too large to prove: a fact is cut into {0} ranges or values; 1 to {CELLS_PER_AXIS_MAX} are possible"
    )]
    Cells(usize),
    /// The space would have more than [`AXES_MAX`] axes.
    #[error("too large to prove: more than {AXES_MAX} facts and values vary")]
    Axes,
}

/// Axes, and the formulas over them.
///
/// Formulas live in the space that made them; using one with another space gives wrong answers.
///
/// ```
/// use manzil_protocol::prove::{Cells, Space};
/// let mut space = Space::new();
/// let age = space.axis(3)?; // under 2, 2 to 14, 15 and over
/// let adult = space.atom(age, Cells::one(2));
/// let infant = space.atom(age, Cells::one(0));
/// let either = space.any([adult, infant]);
/// let neither = space.not(either);
/// let found = space.witness(neither)?;
/// assert_eq!(found.and_then(|box_| box_.get(&age).copied()), Some(Cells::one(1)));
/// # Ok::<(), manzil_protocol::prove::ProveError>(())
/// ```
#[derive(Debug, Default)]
pub struct Space {
    cells: Vec<usize>,
    arena: Arena,
    memo: Memo,
    branchings: u64,
    formulas_before: usize,
    branchings_max: u64,
}

impl Space {
    /// A space without axes.
    pub fn new() -> Self {
        Self { branchings_max: BRANCHINGS_MAX, ..Self::default() }
    }

    /// Add an axis with `cells` cells, numbered from 0.
    pub fn axis(&mut self, cells: usize) -> Result<Axis, ProveError> {
        if cells == 0 || cells > CELLS_PER_AXIS_MAX {
            return Err(ProveError::Cells(cells));
        }
        if self.cells.len() >= AXES_MAX {
            return Err(ProveError::Axes);
        }
        let number = u16::try_from(self.cells.len()).map_err(|_| ProveError::Axes)?;
        self.cells.push(cells);
        Ok(Axis(number))
    }

    /// How many cells an axis has; 0 for an axis of another space.
    pub fn cells(&self, axis: Axis) -> usize {
        self.cells.get(axis.index()).copied().unwrap_or(0)
    }

    /// Every cell of an axis.
    pub fn whole(&self, axis: Axis) -> Cells {
        Cells::first(self.cells(axis))
    }

    /// All axes, in order of creation.
    pub fn axes(&self) -> impl Iterator<Item = Axis> + use<> {
        (0..self.cells.len()).map(|index| Axis(index as u16))
    }

    /// Start counting the work of a new question.
    fn begin(&mut self) {
        self.branchings = 0;
        self.formulas_before = self.arena.len();
    }

    /// Count one branching.
    fn work(&mut self) -> Result<(), ProveError> {
        self.branchings += 1;
        let formulas = self.arena.len() - self.formulas_before;
        if self.branchings > self.branchings_max || formulas > FORMULAS_MAX {
            return Err(ProveError::TooLarge);
        }
        Ok(())
    }

    /// The axes that a formula depends on, in order.
    pub fn support(&self, formula: Formula) -> &[Axis] {
        self.arena.support(formula)
    }

    /// How many combinations the given axes have together.
    pub fn size(&self, axes: impl IntoIterator<Item = Axis>) -> f64 {
        axes.into_iter().map(|axis| self.cells(axis) as f64).product()
    }
}
