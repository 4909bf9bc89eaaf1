//! A number, cut at every threshold that is asked of it.
//!
//! Between two neighbouring cuts no condition can tell one value from another, so each such range
//! is one cell. Cuts outside the plausible range make no cell: result entry refuses such values.

use std::collections::BTreeSet;

use crate::prove::Cells;
use crate::{Comparison, Decimal};

/// A border between two cells: just before a value, or just after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cut {
    pub(super) at: Decimal,
    pub(super) after: bool,
}

/// The plausible range of a number and the cuts within.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    low: Decimal,
    high: Decimal,
    whole: bool,
    cuts: Vec<Cut>,
}

/// A run of neighbouring cells, by the cuts on either side; none at an end of the plausible range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) from: Option<Cut>,
    pub(super) to: Option<Cut>,
}

impl Scale {
    /// A number from `low` to `high`, both included, that is compared with `thresholds`.
    pub(super) fn new<'t>(
        (low, high): (Decimal, Decimal),
        whole: bool,
        thresholds: impl IntoIterator<Item = &'t (Comparison, Decimal)>,
    ) -> Self {
        let mut scale = Self { low, high, whole, cuts: Vec::new() };
        let cuts: BTreeSet<Cut> = thresholds
            .into_iter()
            .flat_map(|(op, number)| borders(*op).iter().map(|after| scale.cut(*number, *after)))
            .filter(|cut| scale.first() < *cut && *cut < scale.last())
            .collect();
        scale.cuts.extend(cuts);
        scale
    }

    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.cuts.len() + 1
    }

    /// Whether only whole numbers can be.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Lowest and highest plausible value.
    pub(super) fn bounds(&self) -> (Decimal, Decimal) {
        (self.low, self.high)
    }

    /// The cells in which the comparison holds; its number must be among the thresholds.
    pub(super) fn cells(&self, op: Comparison, number: Decimal) -> Cells {
        let whole = Cells::first(self.len());
        let below = self.below(self.cut(number, false));
        let up_to = self.below(self.cut(number, true));
        match op {
            Comparison::Less => below,
            Comparison::AtMost => up_to,
            Comparison::Greater => whole.without(up_to),
            Comparison::AtLeast => whole.without(below),
            Comparison::Equal => up_to.without(below),
            Comparison::NotEqual => whole.without(up_to).union(below),
        }
    }

    /// The cells as runs of neighbours, lowest first.
    pub(super) fn runs(&self, cells: Cells) -> Vec<Run> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for cell in cells.iter() {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == cell => *last = cell,
                _ => runs.push((cell, cell)),
            }
        }
        let before = |cell: usize| cell.checked_sub(1).and_then(|cut| self.cuts.get(cut)).copied();
        let to_run = |(first, last)| Run { from: before(first), to: self.cuts.get(last).copied() };
        runs.into_iter().map(to_run).collect()
    }

    /// The cells that lie wholly below a cut.
    fn below(&self, cut: Cut) -> Cells {
        if cut <= self.first() {
            return Cells::EMPTY;
        }
        if cut >= self.last() {
            return Cells::first(self.len());
        }
        Cells::first(self.cuts.iter().filter(|known| **known <= cut).count())
    }

    /// A cut; among whole numbers `<= 4` and `< 5` are the same one.
    fn cut(&self, at: Decimal, after: bool) -> Cut {
        match (self.whole, after) {
            (false, _) => Cut { at, after },
            (true, false) => Cut { at: at.ceil(), after: false },
            (true, true) => Cut { at: at.floor() + Decimal::ONE, after: false },
        }
    }

    fn first(&self) -> Cut {
        self.cut(self.low, false)
    }

    fn last(&self) -> Cut {
        self.cut(self.high, true)
    }
}

/// On which sides of its number a comparison needs a cut: before, after, or both.
fn borders(op: Comparison) -> &'static [bool] {
    match op {
        Comparison::Less | Comparison::AtLeast => &[false],
        Comparison::AtMost | Comparison::Greater => &[true],
        Comparison::Equal | Comparison::NotEqual => &[false, true],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Comparison; 6] = [
        Comparison::Less,
        Comparison::AtMost,
        Comparison::Greater,
        Comparison::AtLeast,
        Comparison::Equal,
        Comparison::NotEqual,
    ];

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    /// The cell of a value: the only one that all comparisons leave.
    fn cell_of(scale: &Scale, thresholds: &[(Comparison, Decimal)], value: Decimal) -> Cells {
        thresholds.iter().fold(Cells::first(scale.len()), |cells, (op, number)| {
            let holds = scale.cells(*op, *number);
            if op.holds(value, *number) { cells.intersection(holds) } else { cells.without(holds) }
        })
    }

    #[test]
    fn every_plausible_value_has_one_cell() {
        for whole in [false, true] {
            let numbers = ["-1", "0", "2", "2.5", "4", "9", "10", "11"];
            let thresholds: Vec<_> = ALL
                .iter()
                .flat_map(|op| numbers.iter().map(|number| (*op, decimal(number))))
                .collect();
            let scale = Scale::new((decimal("0"), decimal("10")), whole, &thresholds);
            let mut seen = Cells::EMPTY;
            for tenth in 0..=100 {
                if whole && tenth % 10 != 0 {
                    continue;
                }
                let cell = cell_of(&scale, &thresholds, Decimal::new(tenth, 1));
                assert_eq!(cell.len(), 1, "{tenth}/10, whole {whole}");
                seen = seen.union(cell);
            }
            assert_eq!(seen, Cells::first(scale.len()), "a cell without a value, whole {whole}");
        }
    }

    #[test]
    fn neighbouring_whole_thresholds_are_one_cut() {
        let four = (Comparison::AtMost, decimal("4"));
        let five = (Comparison::Less, decimal("5"));
        assert_eq!(Scale::new((decimal("0"), decimal("9")), true, &[four, five]).len(), 2);
        assert_eq!(Scale::new((decimal("0"), decimal("9")), false, &[four, five]).len(), 3);
    }
}
