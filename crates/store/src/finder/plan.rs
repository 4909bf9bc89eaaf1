//! Choosing what leads: the narrowest range of the index that holds every match.

use manzil_fhir::search::query::{Comparison, DateTest, NumberTest};

use super::lower::{CardTest, Lowered, PhraseTest};
use super::page::Finder;
use super::{Range, SPANS};
use crate::error::StoreError;

/// Rows of a range that are counted to compare it with others.
const COUNTED_ROWS_MAX: usize = 1_000;
/// Ranges that may lead together (`code=a,b,c`).
const RANGES_MAX: usize = 256;
/// Resources at the other end of a chain or `_has`, up to which it may lead.
const CHAIN_ROWS_MAX: usize = 2_000;

/// What is walked to meet every match.
#[derive(Clone, Debug)]
pub(super) enum Leader {
    Ranges(Vec<Range>),
    /// These resources, sorted by their number.
    Numbers(Vec<i64>),
}

impl Leader {
    /// Whether its ranges are ordered by the number alone.
    pub(super) fn is_by_number(&self) -> bool {
        match self {
            Self::Ranges(ranges) => ranges.iter().all(is_by_number),
            Self::Numbers(_) => true,
        }
    }
}

/// All of these types; of every type when none is named.
pub(super) fn of_types(types: &[u32]) -> Vec<Range> {
    match types {
        [] => vec![Range::Everything],
        types => types.iter().map(|&of| Range::Type { of }).collect(),
    }
}

/// Whether a range is ordered by the number alone.
pub(super) fn is_by_number(range: &Range) -> bool {
    !matches!(
        range,
        Range::Period { .. } | Range::Amount { .. } | Range::Phrase { .. } | Range::Written { .. }
    )
}

/// Whether it matters how many rows a leader has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sizes {
    /// Only to choose between several.
    Indifferent,
    /// A small one is gathered and sorted.
    Needed,
}

/// What leads, and about how many rows it has: more than [`COUNTED_ROWS_MAX`] are not counted.
pub(super) struct Plan {
    pub(super) leader: Leader,
    /// Its place among the conditions; the number of conditions for the types.
    pub(super) at: usize,
    pub(super) rows: usize,
}

impl Finder<'_> {
    /// The leader of conditions that must all hold. Where there is only one, and nothing hangs on
    /// its size, it is not counted.
    pub(super) fn plan(
        &self,
        conditions: &[Lowered],
        types: &[u32],
        sizes: Sizes,
    ) -> Result<Plan, StoreError> {
        let (chains, plain): (Vec<_>, Vec<_>) =
            conditions.iter().enumerate().partition(|(_, each)| is_chain(each));
        let mut leaders = Vec::new();
        for (at, condition) in plain {
            leaders.extend(self.leader(condition, types)?.map(|leader| (at, leader)));
        }
        let uncounted = sizes == Sizes::Indifferent && chains.is_empty();
        let is_enough = leaders.len() == 1 && leaders.iter().all(|(_, it)| it.is_by_number());
        if uncounted
            && is_enough
            && let Some((at, leader)) = leaders.pop()
        {
            return Ok(Plan { leader, at, rows: usize::MAX });
        }
        let fallback = Leader::Ranges(of_types(types));
        let mut best = Plan { leader: fallback, at: conditions.len(), rows: usize::MAX };
        if uncounted && leaders.is_empty() {
            return Ok(best);
        }
        best.rows = self.count(&best.leader)?;
        for (at, leader) in leaders {
            self.prefer(&mut best, at, leader, conditions.len())?;
        }
        for (at, condition) in chains {
            if best.rows <= COUNTED_ROWS_MAX / 2 {
                break;
            }
            if let Some(leader) = self.leader(condition, types)? {
                self.prefer(&mut best, at, leader, conditions.len())?;
            }
        }
        Ok(best)
    }

    /// Takes the narrower one.
    fn prefer(
        &self,
        best: &mut Plan,
        at: usize,
        leader: Leader,
        fallback: usize,
    ) -> Result<(), StoreError> {
        let rows = self.count(&leader)?;
        if rows < best.rows || best.at == fallback {
            *best = Plan { leader, at, rows };
        }
        Ok(())
    }

    /// What leads to everything for which a condition holds, if anything does.
    pub(super) fn leader(
        &self,
        condition: &Lowered,
        types: &[u32],
    ) -> Result<Option<Leader>, StoreError> {
        let ranges = |ranges: Vec<Range>| {
            (!ranges.is_empty() && ranges.len() <= RANGES_MAX).then_some(Leader::Ranges(ranges))
        };
        Ok(match condition {
            Lowered::All(all) => {
                let mut best: Option<(usize, Leader)> = None;
                for each in all {
                    let Some(leader) = self.leader(each, types)? else { continue };
                    let rows = self.count(&leader)?;
                    if best.as_ref().is_none_or(|(fewest, _)| rows < *fewest) {
                        best = Some((rows, leader));
                    }
                }
                best.map(|(_, leader)| leader)
            }
            Lowered::Any(all) => self.any(all, types)?,
            Lowered::Number(numbers) => Some(Leader::Numbers(numbers.clone())),
            Lowered::Person(person) => ranges(vec![Range::Person { person: *person }]),
            Lowered::Card { test, .. } => self.of_card(test)?,
            Lowered::Body { hint, .. } => self.leader(hint, types)?,
            Lowered::Words { beginnings, .. } => {
                let of = |of: &u32| Range::Words { of: *of, beginnings: beginnings.clone() };
                ranges(types.iter().map(of).collect())
            }
            Lowered::Updated(test) => self.written(test, types)?,
            Lowered::Chain { parameters, target, that } => {
                let Some(targets) = self.all_of(that, *target)? else { return Ok(None) };
                let links = parameters.iter().flat_map(|&parameter| {
                    targets.iter().map(move |&target| Range::Link { parameter, target })
                });
                self.gathered(links)?
            }
            Lowered::Has { source, parameters, that, .. } => {
                self.pointed_to(*source, parameters, that)?
            }
            Lowered::Type(of) => ranges(vec![Range::Type { of: *of }]),
            Lowered::Not(_) => None,
        })
    }

    fn of_card(&self, test: &CardTest) -> Result<Option<Leader>, StoreError> {
        let CardTest::Token { parameter, code, system } = test else {
            let ranges = of_card(test);
            let fits = !ranges.is_empty() && ranges.len() <= RANGES_MAX;
            return Ok(fits.then_some(Leader::Ranges(ranges)));
        };
        let (parameter, code) = (*parameter, *code);
        let systems = match system {
            Some(system) => vec![*system],
            None => self.shelf().systems_of(parameter, code)?,
        };
        let of = |system| Range::Token { parameter, code, system };
        if systems.is_empty() {
            return Ok(Some(Leader::Numbers(Vec::new())));
        }
        Ok(Some(Leader::Ranges(systems.into_iter().map(of).collect())))
    }

    /// Every part must lead, and all in the same order.
    fn any(&self, all: &[Lowered], types: &[u32]) -> Result<Option<Leader>, StoreError> {
        let mut ranges = Vec::new();
        let mut numbers: Option<Vec<i64>> = None;
        for each in all {
            match self.leader(each, types)? {
                None => return Ok(None),
                Some(Leader::Numbers(more)) => numbers.get_or_insert_default().extend(more),
                Some(Leader::Ranges(more)) => ranges.extend(more),
            }
        }
        let alike = ranges.iter().all(is_by_number) || ranges.iter().all(|it| !is_by_number(it));
        if ranges.len() > RANGES_MAX || !alike {
            return Ok(None);
        }
        let Some(mut numbers) = numbers else { return Ok(Some(Leader::Ranges(ranges))) };
        if self.count(&Leader::Ranges(ranges.clone()))? > COUNTED_ROWS_MAX {
            return Ok(None);
        }
        numbers.extend(self.numbers(&ranges)?);
        Ok(Some(Leader::Numbers(sorted(numbers))))
    }

    /// By the log, when the search asks for what was written lately.
    fn written(&self, test: &DateTest, types: &[u32]) -> Result<Option<Leader>, StoreError> {
        let since = match test.comparison {
            Comparison::Greater | Comparison::StartsAfter => test.until,
            Comparison::GreaterOrEqual | Comparison::Equal | Comparison::Approximately => test.from,
            _ => return Ok(None),
        };
        let after = self.shelf().place_before(since)?;
        let of = |of: Option<u32>| Range::Written { of, after };
        Ok(Some(Leader::Ranges(match types {
            [] => vec![of(None)],
            types => types.iter().map(|&each| of(Some(each))).collect(),
        })))
    }

    /// The matches of a condition among a type, if they are few.
    fn all_of(&self, condition: &Lowered, of: u32) -> Result<Option<Vec<i64>>, StoreError> {
        let conditions = std::slice::from_ref(condition);
        let plan = self.plan(conditions, &[of], Sizes::Needed)?;
        if plan.rows > COUNTED_ROWS_MAX {
            return Ok(None);
        }
        let numbers = match &plan.leader {
            Leader::Numbers(numbers) => numbers.clone(),
            Leader::Ranges(ranges) => self.numbers(ranges)?,
        };
        let mut matching = Vec::new();
        for candidate in self.candidates(&numbers)? {
            let fits = candidate.row.of_type == of && self.tester().admits(&candidate.row);
            if fits && self.tester().holds(condition, &candidate)? {
                matching.push(candidate.row.number);
            }
        }
        Ok((matching.len() <= CHAIN_ROWS_MAX).then_some(matching))
    }

    fn pointed_to(
        &self,
        source: u32,
        parameters: &[u32],
        that: &Lowered,
    ) -> Result<Option<Leader>, StoreError> {
        let Some(sources) = self.all_of(that, source)? else { return Ok(None) };
        let mut numbers = Vec::new();
        for candidate in self.candidates(&sources)? {
            numbers.extend(parameters.iter().flat_map(|each| candidate.card.targets(*each)));
        }
        Ok(Some(Leader::Numbers(sorted(numbers))))
    }

    /// Many ranges by number, gathered when together they are few.
    fn gathered(&self, ranges: impl Iterator<Item = Range>) -> Result<Option<Leader>, StoreError> {
        let ranges: Vec<Range> = ranges.take(CHAIN_ROWS_MAX + 1).collect();
        if ranges.len() <= RANGES_MAX {
            return Ok(Some(Leader::Ranges(ranges)));
        }
        if ranges.len() > CHAIN_ROWS_MAX {
            return Ok(None);
        }
        Ok(Some(Leader::Numbers(self.numbers(&ranges)?)))
    }

    pub(super) fn count(&self, leader: &Leader) -> Result<usize, StoreError> {
        let ranges = match leader {
            Leader::Numbers(numbers) => return Ok(numbers.len()),
            Leader::Ranges(ranges) => ranges,
        };
        let mut rows = 0;
        for range in ranges {
            rows += self.shelf().count(range, COUNTED_ROWS_MAX + 1 - rows)?;
            if rows > COUNTED_ROWS_MAX {
                break;
            }
        }
        Ok(rows)
    }
}

impl Plan {
    /// Whether all its rows can be looked at before any is shown.
    pub(super) fn is_small(&self) -> bool {
        self.rows <= COUNTED_ROWS_MAX
    }
}

fn is_chain(condition: &Lowered) -> bool {
    matches!(condition, Lowered::Chain { .. } | Lowered::Has { .. })
}

fn sorted(mut numbers: Vec<i64>) -> Vec<i64> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The ranges that hold everything that passes a test; none when none do.
fn of_card(test: &CardTest) -> Vec<Range> {
    match test {
        CardTest::Link { parameter, target } => {
            vec![Range::Link { parameter: *parameter, target: *target }]
        }
        CardTest::Phrase { parameter, test } => {
            let (from, before) = match test {
                PhraseTest::Begins(text) | PhraseTest::Below(text) => {
                    (crate::terms::shortened(text), after(&crate::terms::shortened(text)))
                }
                PhraseTest::Is(text) => {
                    let text = crate::terms::shortened(text);
                    let before = format!("{text}\0");
                    (text, Some(before))
                }
                PhraseTest::Contains(_) | PhraseTest::Above(_) => return Vec::new(),
            };
            vec![Range::Phrase { parameter: *parameter, from, before }]
        }
        CardTest::Period { parameter, test } => periods(*parameter, test),
        CardTest::Amount { parameter, units, test } => amounts(*parameter, units, test),
        CardTest::Token { .. } | CardTest::System { .. } | CardTest::Present { .. } => Vec::new(),
    }
}

/// The first text after all that begin with this one.
fn after(beginning: &str) -> Option<String> {
    (!beginning.is_empty()).then(|| format!("{beginning}\u{10FFFF}"))
}

fn periods(parameter: u32, test: &DateTest) -> Vec<Range> {
    // The least and the greatest beginning that a period of no length could have.
    let (from, before) = match test.comparison {
        Comparison::Equal | Comparison::Approximately => (test.from, test.until),
        Comparison::NotEqual => return Vec::new(),
        Comparison::Greater | Comparison::StartsAfter => (test.until, i64::MAX),
        Comparison::GreaterOrEqual => (test.from, i64::MAX),
        Comparison::Less | Comparison::EndsBefore => (i64::MIN, test.from),
        Comparison::LessOrEqual => (i64::MIN, test.until),
    };
    let starts_within = matches!(test.comparison, Comparison::Equal | Comparison::StartsAfter);
    let of = |(place, most): (usize, &i64)| Range::Period {
        parameter,
        span: place as u8,
        from: if starts_within { from } else { from.saturating_sub(*most) },
        before,
    };
    SPANS.iter().enumerate().map(of).collect()
}

fn amounts(parameter: u32, units: &[u32], test: &NumberTest) -> Vec<Range> {
    let (from, to) = match test.comparison {
        Comparison::Equal | Comparison::Approximately => (test.from, test.until),
        Comparison::NotEqual => return Vec::new(),
        Comparison::Greater | Comparison::StartsAfter => (test.value, f64::INFINITY),
        Comparison::GreaterOrEqual => (test.value.min(test.from), f64::INFINITY),
        Comparison::Less | Comparison::EndsBefore => (f64::NEG_INFINITY, test.value),
        Comparison::LessOrEqual => (f64::NEG_INFINITY, test.value.max(test.until)),
    };
    let of = |&unit: &u32| {
        [
            Range::Amount { parameter, unit, wide: false, from, to },
            Range::Amount { parameter, unit, wide: true, from: f64::NEG_INFINITY, to },
        ]
    };
    units.iter().flat_map(of).collect()
}
