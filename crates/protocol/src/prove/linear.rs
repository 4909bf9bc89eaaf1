//! Whether linear inequalities can hold together, settled exactly by elimination.
//!
//! Sums of facts are axes of their own in a [`Space`](super::Space), which forgets that a sum
//! depends on its parts. Where that matters, the ranges of one combination are put here as rows,
//! and variables are eliminated one after another (Fourier and Motzkin): each row that bounds a
//! variable from below is joined with each that bounds it from above. Whole numbers only, so that
//! nothing is rounded.

use std::collections::{BTreeMap, BTreeSet};

/// The most rows; beyond it the question is left undecided.
pub const ROWS_MAX: usize = 2_000;

/// `terms · x + constant > 0`, or `>= 0` when not strict.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Coefficients by variable; none is 0.
    pub terms: BTreeMap<usize, i128>,
    /// The constant.
    pub constant: i128,
    /// Whether equality is left out.
    pub strict: bool,
}

impl Row {
    /// The row `self * times + other * times_other`, for positive factors, divided by what all
    /// its numbers share; nothing when a number grows too large.
    fn joined(&self, times: i128, other: &Self, times_other: i128) -> Option<Self> {
        let mut terms: BTreeMap<usize, i128> = BTreeMap::new();
        for (row, times) in [(self, times), (other, times_other)] {
            for (variable, factor) in &row.terms {
                let sum = terms.entry(*variable).or_default();
                *sum = sum.checked_add(factor.checked_mul(times)?)?;
            }
        }
        terms.retain(|_, factor| *factor != 0);
        let constant = self
            .constant
            .checked_mul(times)?
            .checked_add(other.constant.checked_mul(times_other)?)?;
        Some(Self { terms, constant, strict: self.strict || other.strict }.reduced())
    }

    fn reduced(mut self) -> Self {
        let shared = self.terms.values().fold(self.constant.unsigned_abs(), |shared, factor| {
            greatest_common_divisor(shared, factor.unsigned_abs())
        });
        if let Some(shared) = i128::try_from(shared).ok().filter(|shared| *shared > 1) {
            self.constant /= shared;
            self.terms.values_mut().for_each(|factor| *factor /= shared);
        }
        self
    }

    /// Whether a row without variables holds.
    fn holds(&self) -> bool {
        if self.strict { self.constant > 0 } else { self.constant >= 0 }
    }

    fn factor(&self, variable: usize) -> i128 {
        self.terms.get(&variable).copied().unwrap_or(0)
    }
}

/// Whether numbers exist that satisfy every row; nothing when that takes more than [`ROWS_MAX`]
/// rows or numbers past 128 bits.
pub fn can_hold(rows: impl IntoIterator<Item = Row>) -> Option<bool> {
    let mut open: BTreeSet<Row> = rows.into_iter().map(Row::reduced).collect();
    loop {
        if open.iter().any(|row| row.terms.is_empty() && !row.holds()) {
            return Some(false);
        }
        open.retain(|row| !row.terms.is_empty());
        let Some(variable) = cheapest_variable(&open) else {
            return Some(true);
        };
        open = eliminated(open, variable)?;
        if open.len() > ROWS_MAX {
            return None;
        }
    }
}

/// The variable whose elimination makes the fewest rows.
fn cheapest_variable(rows: &BTreeSet<Row>) -> Option<usize> {
    let variables: BTreeSet<usize> =
        rows.iter().flat_map(|row| row.terms.keys().copied()).collect();
    variables.into_iter().min_by_key(|variable| {
        let below = rows.iter().filter(|row| row.factor(*variable) > 0).count();
        let above = rows.iter().filter(|row| row.factor(*variable) < 0).count();
        below * above
    })
}

fn eliminated(rows: BTreeSet<Row>, variable: usize) -> Option<BTreeSet<Row>> {
    let (bounds, mut open): (BTreeSet<Row>, BTreeSet<Row>) =
        rows.into_iter().partition(|row| row.factor(variable) != 0);
    let (below, above): (Vec<Row>, Vec<Row>) =
        bounds.into_iter().partition(|row| row.factor(variable) > 0);
    for low in &below {
        for high in &above {
            let joined =
                low.joined(high.factor(variable).checked_neg()?, high, low.factor(variable))?;
            open.insert(joined);
        }
    }
    Some(open)
}

fn greatest_common_divisor(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `terms . x + constant >= 0`, strict when asked.
    fn row(terms: &[(usize, i128)], constant: i128, strict: bool) -> Row {
        Row { terms: terms.iter().copied().collect(), constant, strict }
    }

    #[test]
    fn rows_hold_together_or_not() {
        let x = 0;
        let y = 1;
        let cases: &[(&str, &[Row], bool)] = &[
            ("x > 3 and x < 4", &[row(&[(x, 1)], -3, true), row(&[(x, -1)], 4, true)], true),
            ("x > 3 and x <= 3", &[row(&[(x, 1)], -3, true), row(&[(x, -1)], 3, false)], false),
            ("x >= 3 and x <= 3", &[row(&[(x, 1)], -3, false), row(&[(x, -1)], 3, false)], true),
            (
                "x - 1.25 y >= 0, x - y < 0, y >= 0",
                &[
                    row(&[(x, 4), (y, -5)], 0, false),
                    row(&[(x, -1), (y, 1)], 0, true),
                    row(&[(y, 1)], 0, false),
                ],
                false,
            ),
            (
                "x - 1.25 y >= 0, x - y < 1, y >= 0",
                &[
                    row(&[(x, 4), (y, -5)], 0, false),
                    row(&[(x, -1), (y, 1)], 1, true),
                    row(&[(y, 1)], 0, false),
                ],
                true,
            ),
        ];
        for (words, rows, expected) in cases {
            assert_eq!(can_hold(rows.to_vec()), Some(*expected), "{words}");
        }
    }

    #[test]
    fn numbers_past_the_limit_leave_the_question_open() {
        let huge = i128::MAX - 1;
        let rows = [row(&[(0, huge), (1, 1)], 1, true), row(&[(0, -(huge - 1)), (1, -3)], 1, true)];
        assert_eq!(can_hold(rows), None);
    }
}
