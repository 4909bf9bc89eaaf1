//! A set of cells of one axis, as bits.

use std::fmt;

/// The most cells that one axis may have.
pub const CELLS_PER_AXIS_MAX: usize = 256;

const WORD_BITS: usize = 64;

/// A set of cells of one axis; cells are numbered from 0.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cells([u64; CELLS_PER_AXIS_MAX / WORD_BITS]);

impl Cells {
    /// No cell.
    pub const EMPTY: Self = Self([0; CELLS_PER_AXIS_MAX / WORD_BITS]);

    /// One cell. A number of [`CELLS_PER_AXIS_MAX`] or more gives the empty set.
    pub fn one(cell: usize) -> Self {
        let mut cells = Self::EMPTY;
        cells.insert(cell);
        cells
    }

    /// The cells 0 to `count - 1`.
    pub fn first(count: usize) -> Self {
        (0..count).collect()
    }

    /// Add a cell. A number of [`CELLS_PER_AXIS_MAX`] or more is left out.
    pub fn insert(&mut self, cell: usize) {
        if let Some(word) = self.0.get_mut(cell / WORD_BITS) {
            *word |= 1 << (cell % WORD_BITS);
        }
    }

    /// Whether the cell is in the set.
    pub fn contains(self, cell: usize) -> bool {
        self.0.get(cell / WORD_BITS).is_some_and(|word| word >> (cell % WORD_BITS) & 1 == 1)
    }

    /// Whether there is no cell.
    pub fn is_empty(self) -> bool {
        self == Self::EMPTY
    }

    /// How many cells.
    pub fn len(self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The cells of either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    /// The cells of both sets.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    /// The cells of this set that are not in the other.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    /// Whether every cell is in the other set.
    pub fn is_subset(self, other: Self) -> bool {
        self.without(other).is_empty()
    }

    /// The cell with the lowest number.
    pub fn lowest(self) -> Option<usize> {
        self.iter().next()
    }

    /// The cells, lowest first.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(index, word)| {
            let bits =
                std::iter::successors(Some(word), |word| Some(word & (word.wrapping_sub(1))));
            bits.take_while(|word| *word != 0)
                .map(move |word| index * WORD_BITS + word.trailing_zeros() as usize)
        })
    }

    fn zip(self, other: Self, join: impl Fn(u64, u64) -> u64) -> Self {
        let mut joined = self;
        for (word, with) in joined.0.iter_mut().zip(other.0) {
            *word = join(*word, with);
        }
        joined
    }
}

impl FromIterator<usize> for Cells {
    fn from_iter<I: IntoIterator<Item = usize>>(cells: I) -> Self {
        let mut set = Self::EMPTY;
        cells.into_iter().for_each(|cell| set.insert(cell));
        set
    }
}

impl fmt::Debug for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_keep_cells_across_words() {
        let cells: Cells = [0, 63, 64, 255].into_iter().collect();
        assert_eq!(cells.iter().collect::<Vec<_>>(), [0, 63, 64, 255]);
        assert_eq!(cells.len(), 4);
        assert!(cells.contains(64) && !cells.contains(65));
        assert_eq!(cells.without(Cells::one(0)).lowest(), Some(63));
        assert_eq!(Cells::one(CELLS_PER_AXIS_MAX), Cells::EMPTY);
        assert!(Cells::first(3).is_subset(Cells::first(4)));
        assert!(!Cells::first(4).is_subset(Cells::first(3)));
    }
}
