//! Whether sums fit their facts.
//!
//! `max(tb1, tb2) - nil` is an axis of its own, so that a search might give it a value that its
//! parts cannot have, or give two sums of the same facts values that exclude each other. Here the
//! ranges of one combination are put as linear inequalities and settled exactly. `min` and `max`
//! are split into cases, one for each part that could be the least or greatest.

use std::collections::BTreeMap;

use super::ground::{Ground, Meaning};
use super::scale::{Run, Scale};
use crate::prove::linear::{Row, can_hold};
use crate::prove::{Axis, Cells, Combination};
use crate::{Decimal, Subject, Sum};

/// The most cases of all sums of one combination; with more, they are taken to fit.
const CASES_MAX: usize = 128;

/// A part of the combination that cannot be, with as few axes and as many cells as possible;
/// nothing when the sums fit.
pub(super) fn conflict(ground: &Ground<'_>, combination: &Combination) -> Option<Combination> {
    let numbers = combination.iter().filter(|(axis, _)| scale(ground, **axis).is_some());
    let mut part: Combination = numbers.map(|(axis, cells)| (*axis, *cells)).collect();
    if !part.keys().any(|axis| is_sum(ground, *axis)) || fits(ground, &part) {
        return None;
    }
    for axis in part.keys().copied().collect::<Vec<_>>() {
        let Some(cells) = part.remove(&axis) else { continue };
        if fits(ground, &part) {
            part.insert(axis, widest(ground, &part, axis, cells));
        }
    }
    Some(part)
}

/// The cells, with neighbours added on either side for as long as the sums do not fit.
fn widest(ground: &Ground<'_>, others: &Combination, axis: Axis, cells: Cells) -> Cells {
    let count = ground.space.cells(axis);
    let (Some(mut low), Some(mut high)) = (cells.iter().min(), cells.iter().max()) else {
        return cells;
    };
    let excluded = |low: usize, high: usize| {
        let mut wider = others.clone();
        wider.insert(axis, (low..=high).collect());
        !fits(ground, &wider)
    };
    while low > 0 && excluded(low - 1, high) {
        low -= 1;
    }
    while high + 1 < count && excluded(low, high + 1) {
        high += 1;
    }
    (low..=high).collect()
}

/// Whether numbers exist within the ranges such that each sum is the sum of its facts.
fn fits(ground: &Ground<'_>, ranges: &Combination) -> bool {
    let mut cases = vec![Vec::new()];
    for axis in ground.space.axes() {
        let is_sum = is_sum(ground, axis);
        if is_sum && !ranges.contains_key(&axis) {
            continue;
        }
        let Some(forms) = forms_of(ground, axis) else { continue };
        let Some(range) = range(ground, axis, ranges.get(&axis).copied()) else { continue };
        cases = cases
            .iter()
            .flat_map(|rows: &Vec<Row>| {
                forms.iter().map(|form| [rows.clone(), form.rows(&range)].concat())
            })
            .collect();
        if cases.len() > CASES_MAX {
            return true;
        }
    }
    cases.into_iter().any(|rows| can_hold(rows) != Some(false))
}

fn scale<'g>(ground: &'g Ground<'_>, axis: Axis) -> Option<&'g Scale> {
    match ground.meaning(axis) {
        Some(Meaning::Number { scale, .. }) => Some(scale),
        _ => None,
    }
}

fn is_sum(ground: &Ground<'_>, axis: Axis) -> bool {
    matches!(ground.meaning(axis), Some(Meaning::Number { subject: Subject::Compute(_), .. }))
}

/// The hull of the cells, within the plausible range.
fn range(ground: &Ground<'_>, axis: Axis, cells: Option<Cells>) -> Option<Range> {
    let scale = scale(ground, axis)?;
    let runs = scale.runs(cells.unwrap_or_else(|| ground.space.whole(axis)));
    let hull = Run { from: runs.first()?.from, to: runs.last()?.to };
    let (low, high) = scale.bounds();
    Some(Range {
        low: hull.from.map_or((low, false), |cut| (cut.at, cut.after)),
        high: hull.to.map_or((high, false), |cut| (cut.at, !cut.after)),
    })
}

/// Ends of a range, each with whether it is left out.
struct Range {
    low: (Decimal, bool),
    high: (Decimal, bool),
}

/// What the axis is in terms of facts, case by case; nothing for what is not a number and for sums
/// with too many cases or digits.
fn forms_of(ground: &Ground<'_>, axis: Axis) -> Option<Vec<Case>> {
    let Some(Meaning::Number { subject, .. }) = ground.meaning(axis) else {
        return None;
    };
    cases_of(ground, subject)
}

fn cases_of(ground: &Ground<'_>, subject: &Subject) -> Option<Vec<Case>> {
    match subject {
        Subject::Compute(name) => cases(ground, &ground.protocol?.compute(name)?.value),
        Subject::Fact(_) => {
            let variable = ground.axis(subject)?.index();
            let form =
                Form { terms: BTreeMap::from([(variable, Decimal::ONE)]), constant: Decimal::ZERO };
            Some(vec![Case { form, not_negative: Vec::new() }])
        }
        Subject::Table(_) => None,
    }
}

fn cases(ground: &Ground<'_>, sum: &Sum) -> Option<Vec<Case>> {
    let found = match sum {
        Sum::Number(number) => {
            let form = Form { terms: BTreeMap::new(), constant: *number };
            vec![Case { form, not_negative: Vec::new() }]
        }
        Sum::Of { subject, factor } => times(&cases_of(ground, subject)?, *factor)?,
        Sum::Times(factor, inner) => times(&cases(ground, inner)?, *factor)?,
        Sum::Add(a, b) => added(&cases(ground, a)?, &cases(ground, b)?)?,
        Sum::Subtract(a, b) => {
            let less = times(&cases(ground, b)?, -Decimal::ONE)?;
            added(&cases(ground, a)?, &less)?
        }
        Sum::Least(parts) => extreme(ground, parts, Decimal::ONE)?,
        Sum::Greatest(parts) => extreme(ground, parts, -Decimal::ONE)?,
    };
    (found.len() <= CASES_MAX).then_some(found)
}

/// A sum of facts, where some other sums are not negative.
#[derive(Clone)]
struct Case {
    form: Form,
    not_negative: Vec<Form>,
}

impl Case {
    fn rows(&self, range: &Range) -> Vec<Row> {
        let (low, high) = (range.low, range.high);
        let above = self.form.plus(-low.0).and_then(|form| form.row(low.1));
        let below = self.form.times(-Decimal::ONE).and_then(|form| form.plus(high.0)?.row(high.1));
        let sides = self.not_negative.iter().filter_map(|form| form.row(false));
        sides.chain(above).chain(below).collect()
    }
}

fn times(cases: &[Case], factor: Decimal) -> Option<Vec<Case>> {
    let scaled = |case: &Case| {
        Some(Case { form: case.form.times(factor)?, not_negative: case.not_negative.clone() })
    };
    cases.iter().map(scaled).collect()
}

fn added(a: &[Case], b: &[Case]) -> Option<Vec<Case>> {
    let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (a, b)));
    pairs
        .take(CASES_MAX + 1)
        .map(|(a, b)| {
            let not_negative = [a.not_negative.clone(), b.not_negative.clone()].concat();
            Some(Case { form: a.form.and(&b.form)?, not_negative })
        })
        .collect()
}

/// The least of the parts for a sign of 1, the greatest for -1.
fn extreme(ground: &Ground<'_>, parts: &[Sum], sign: Decimal) -> Option<Vec<Case>> {
    let mut choices: Vec<Vec<Case>> = vec![Vec::new()];
    for part in parts {
        let of_part = cases(ground, part)?;
        choices = choices
            .iter()
            .flat_map(|chosen| {
                of_part.iter().map(|case| [chosen.as_slice(), std::slice::from_ref(case)].concat())
            })
            .collect();
        if choices.len() > CASES_MAX {
            return None;
        }
    }
    let mut found = Vec::new();
    for chosen in choices {
        for winner in &chosen {
            let mut not_negative: Vec<Form> =
                chosen.iter().flat_map(|case| case.not_negative.clone()).collect();
            for other in &chosen {
                not_negative.push(other.form.and(&winner.form.times(-Decimal::ONE)?)?.times(sign)?);
            }
            found.push(Case { form: winner.form.clone(), not_negative });
        }
    }
    Some(found)
}

/// `terms · facts + constant`, exactly.
#[derive(Clone)]
struct Form {
    terms: BTreeMap<usize, Decimal>,
    constant: Decimal,
}

impl Form {
    fn times(&self, factor: Decimal) -> Option<Self> {
        let terms = self.terms.iter().map(|(axis, term)| Some((*axis, product(*term, factor)?)));
        Some(Self {
            terms: terms.collect::<Option<_>>()?,
            constant: product(self.constant, factor)?,
        })
    }

    fn plus(&self, constant: Decimal) -> Option<Self> {
        Some(Self { terms: self.terms.clone(), constant: exact_sum(self.constant, constant)? })
    }

    fn and(&self, other: &Self) -> Option<Self> {
        let mut joined = self.plus(other.constant)?;
        for (axis, term) in &other.terms {
            let sum = joined.terms.entry(*axis).or_default();
            *sum = exact_sum(*sum, *term)?;
        }
        Some(joined)
    }

    /// The form is positive, or not negative, in whole numbers.
    fn row(&self, strict: bool) -> Option<Row> {
        let numbers = self.terms.values().chain([&self.constant]);
        let digits = numbers.map(|number| number.normalize().scale()).max().unwrap_or(0);
        let whole = |number: &Decimal| {
            let number = number.normalize();
            number.mantissa().checked_mul(10_i128.checked_pow(digits - number.scale())?)
        };
        let mut terms = BTreeMap::new();
        for (axis, term) in &self.terms {
            let term = whole(term)?;
            if term != 0 {
                terms.insert(*axis, term);
            }
        }
        Some(Row { terms, constant: whole(&self.constant)?, strict })
    }
}

/// The product, unless it would have to be rounded.
fn product(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let mantissa = a.mantissa().checked_mul(b.mantissa())?;
    let exact =
        mantissa.abs() <= Decimal::MAX.mantissa() && a.scale() + b.scale() <= Decimal::MAX_SCALE;
    exact.then(|| a.checked_mul(b)).flatten()
}

/// The sum, unless it would have to be rounded.
fn exact_sum(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let sum = a.checked_add(b)?;
    (sum.scale() >= a.scale().max(b.scale())).then_some(sum)
}
