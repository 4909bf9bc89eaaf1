//! Cutting a page out of everything that matches.

use std::cmp::Ordering;

use super::page::{Asked, Finder};
use super::plan::{Leader, Plan, Sizes, is_by_number, of_types};
use super::position::{Order, Position};
use super::sort::{By, Key as OrderKey};
use super::stream::Stream;
use super::test::Candidate;
use super::{Mark, Range, SPANS, SortValue, span};
use crate::error::StoreError;
use crate::limits::PAGE_ROWS_MAX;

/// Rows that are looked at to sort an answer that no index has in order.
const SORTED_ROWS_MAX: usize = 100_000;
/// Rows that are looked at to find those without a value to sort by.
const WITHOUT_ROWS_MAX: usize = 1_000_000;

/// What rows are ordered by.
enum OrderedBy<'a> {
    Number,
    Keys(&'a [OrderKey]),
    Range(Vec<Range>),
}

/// A page of candidates that match.
pub(super) struct Slice {
    pub(super) rows: Vec<Candidate>,
    pub(super) next: Option<Position>,
}

/// A match with what it is ordered by.
struct Placed {
    keys: Vec<SortValue>,
    candidate: Candidate,
}

impl<'a> Asked<'a> {
    pub(super) fn slice(
        &self,
        finder: &Finder<'a>,
        position: Option<&Position>,
        rows_max: usize,
    ) -> Result<Slice, StoreError> {
        let moment = match position {
            Some(position) => position.moment,
            None => finder.shelf().last_place()?,
        };
        let sizes = if self.sort.is_empty() { Sizes::Indifferent } else { Sizes::Needed };
        let plan = finder.plan(&self.conditions, &self.types, sizes)?;
        if !self.sort.is_empty() {
            return self.sorted(finder, plan, position, (moment, rows_max));
        }
        match position.map(|position| position.order) {
            Some(Order::Range(at)) => {
                let leader = match self.conditions.get(at) {
                    Some(condition) => finder.leader(condition, &self.types)?,
                    None => None,
                };
                let Some(Leader::Ranges(ranges)) = leader else { return Err(StoreError::Expired) };
                self.by_range(finder, (at, ranges), position, (moment, rows_max))
            }
            None if !plan.leader.is_by_number() && !plan.is_small() => {
                let Leader::Ranges(ranges) = plan.leader else { return Err(StoreError::Expired) };
                self.by_range(finder, (plan.at, ranges), position, (moment, rows_max))
            }
            _ => self.by_number(finder, plan, position, (moment, rows_max)),
        }
    }

    fn by_number(
        &self,
        finder: &Finder<'a>,
        plan: Plan,
        position: Option<&Position>,
        (moment, rows_max): (i64, usize),
    ) -> Result<Slice, StoreError> {
        let after = position.map_or(i64::MIN, |position| position.number);
        let is_small = plan.is_small();
        let mark = Mark { key: None, number: after };
        let from = |ranges: &[Range]| {
            Source::Stream(Stream::new(finder.shelf(), ranges, Some(&mark), false))
        };
        let walk = match plan.leader {
            Leader::Ranges(ranges) if ranges.iter().all(is_by_number) => from(&ranges),
            Leader::Ranges(_) if !is_small => from(&of_types(&self.types)),
            leader => Source::numbers(finder, leader)?.after(after),
        };
        let order = OrderedBy::Number;
        let placed = self.walk(finder, walk, &order, (moment, rows_max + 1))?;
        self.cut(finder, placed, &order, (Order::Number, moment, position, rows_max))
    }

    fn by_range(
        &self,
        finder: &Finder<'a>,
        (at, ranges): (usize, Vec<Range>),
        position: Option<&Position>,
        (moment, rows_max): (i64, usize),
    ) -> Result<Slice, StoreError> {
        let after = position
            .map(|position| Mark { key: position.keys.first().cloned(), number: position.number });
        let stream = Stream::new(finder.shelf(), &ranges, after.as_ref(), false);
        let order = OrderedBy::Range(ranges);
        let placed = self.walk(finder, Source::Stream(stream), &order, (moment, rows_max + 1))?;
        self.cut(finder, placed, &order, (Order::Range(at), moment, position, rows_max))
    }

    fn sorted(
        &self,
        finder: &Finder<'a>,
        plan: Plan,
        position: Option<&Position>,
        (moment, rows_max): (i64, usize),
    ) -> Result<Slice, StoreError> {
        let order = OrderedBy::Keys(&self.sort);
        let walked = if plan.is_small() { None } else { self.sort_ranges() };
        let wanted = (moment, rows_max + 1);
        let placed = if let Some(ranges) = walked {
            self.walk_sorted(finder, &ranges, position, wanted)?
        } else {
            let source = Source::whole(finder, plan.leader)?;
            self.walk(finder, source, &order, (moment, usize::MAX))?
        };
        self.cut(finder, placed, &order, (Order::Sorted, moment, position, rows_max))
    }

    /// The ranges of the index that have everything in the order asked for, but for what has no
    /// value.
    fn sort_ranges(&self) -> Option<Vec<Range>> {
        let [key] = self.sort.as_slice() else { return None };
        let ranges: Vec<Range> = match &key.by {
            By::Updated if self.types.is_empty() => vec![Range::Written { of: None, after: 0 }],
            By::Updated => {
                let of = |&of: &u32| Range::Written { of: Some(of), after: 0 };
                self.types.iter().map(of).collect()
            }
            By::Periods(all) => {
                let of = |&parameter: &u32| {
                    (0..SPANS.len() as u8).map(move |span| Range::Period {
                        parameter,
                        span,
                        from: i64::MIN,
                        before: i64::MAX,
                    })
                };
                all.iter().flat_map(of).collect()
            }
            By::Phrases(all) => {
                let of = |&parameter: &u32| Range::Phrase {
                    parameter,
                    from: String::new(),
                    before: None,
                };
                all.iter().map(of).collect()
            }
            By::Id | By::Amounts(_) | By::Body(_) => return None,
        };
        (!ranges.is_empty()).then_some(ranges)
    }

    /// Walks the index in the order asked for; then what has no value, by number.
    fn walk_sorted(
        &self,
        finder: &Finder<'a>,
        ranges: &[Range],
        position: Option<&Position>,
        (moment, wanted): (i64, usize),
    ) -> Result<Vec<Placed>, StoreError> {
        let order = OrderedBy::Keys(&self.sort);
        let descending = self.sort.first().is_some_and(|key| key.descending);
        let last = position.and_then(|position| position.keys.first());
        let mut placed = Vec::new();
        if last != Some(&SortValue::Last) {
            let after =
                position.map(|it| Mark { key: it.keys.first().cloned(), number: it.number });
            let stream = Stream::new(finder.shelf(), ranges, after.as_ref(), descending);
            placed = self.walk(finder, Source::Stream(stream), &order, (moment, wanted))?;
        }
        if placed.len() < wanted {
            let stream = Stream::new(finder.shelf(), &of_types(&self.types), None, false);
            let rest = self.walk_without(finder, stream, position, (moment, wanted))?;
            placed.extend(rest);
        }
        Ok(placed)
    }

    /// What matches and has no value to sort by.
    fn walk_without(
        &self,
        finder: &Finder<'a>,
        mut stream: Stream<'a>,
        position: Option<&Position>,
        (moment, wanted): (i64, usize),
    ) -> Result<Vec<Placed>, StoreError> {
        let order = OrderedBy::Keys(&self.sort);
        let mut placed = Vec::new();
        let mut looked_at = 0;
        while placed.len() < wanted {
            let marks = stream.next(PAGE_ROWS_MAX)?;
            if marks.is_empty() {
                break;
            }
            looked_at += marks.len();
            if looked_at > WITHOUT_ROWS_MAX {
                return Err(too_many());
            }
            let numbers: Vec<i64> = marks.iter().map(|mark| mark.number).collect();
            for candidate in finder.candidates(&numbers)? {
                let keys = order.keys(&candidate, finder)?;
                let is_new = position
                    .is_none_or(|it| order.compare((&keys, candidate.row.number), it).is_gt());
                if keys.first() == Some(&SortValue::Last)
                    && is_new
                    && candidate.row.place <= moment
                    && self.matches(finder, &candidate)?
                {
                    placed.push(Placed { keys, candidate });
                }
            }
        }
        Ok(placed)
    }

    /// The next matches of a walk, `wanted` at most.
    fn walk(
        &self,
        finder: &Finder<'a>,
        mut source: Source<'a>,
        order: &OrderedBy<'_>,
        (moment, wanted): (i64, usize),
    ) -> Result<Vec<Placed>, StoreError> {
        let mut placed = Vec::new();
        let mut looked_at = 0;
        let sieve = self.sieve(finder, &source)?;
        while placed.len() < wanted {
            let marks = source.next(wanted.clamp(16, PAGE_ROWS_MAX))?;
            if marks.is_empty() {
                break;
            }
            looked_at += marks.len();
            if wanted == usize::MAX && looked_at > SORTED_ROWS_MAX {
                return Err(too_many());
            }
            let numbers = sieve.sift(finder, marks.iter().map(|mark| mark.number).collect())?;
            let mut marks = marks.into_iter();
            for candidate in finder.candidates(&numbers)? {
                let number = candidate.row.number;
                let Some(mark) = marks.find(|mark| mark.number == number) else { continue };
                // Written since: it is added as it was at the moment.
                if candidate.row.place > moment || !self.matches(finder, &candidate)? {
                    continue;
                }
                let keys = order.keys(&candidate, finder)?;
                // A resource with several values stands at its first one only.
                let elsewhere = match (&mark.key, keys.first()) {
                    (Some(at), Some(first)) => at != first,
                    _ => false,
                };
                if !elsewhere {
                    placed.push(Placed { keys, candidate });
                }
            }
        }
        Ok(placed)
    }

    /// Adds what has changed since the moment as it was then, and cuts a page.
    fn cut(
        &self,
        finder: &Finder<'a>,
        mut placed: Vec<Placed>,
        order: &OrderedBy<'_>,
        (kind, moment, position, rows_max): (Order, i64, Option<&Position>, usize),
    ) -> Result<Slice, StoreError> {
        if position.is_some() && finder.shelf().last_place()? > moment {
            for (row, body) in finder.shelf().changed_since(moment)? {
                let candidate = Candidate::new(row, Some(body))?;
                if self.matches(finder, &candidate)? {
                    placed.push(Placed { keys: order.keys(&candidate, finder)?, candidate });
                }
            }
        }
        if let Some(position) = position {
            placed.retain(|each| {
                order.compare((&each.keys, each.candidate.row.number), position).is_gt()
            });
        }
        placed.sort_by(|a, b| {
            let (a_number, b_number) = (a.candidate.row.number, b.candidate.row.number);
            order.compare_keys((&a.keys, a_number), (&b.keys, b_number))
        });
        let more = placed.len() > rows_max;
        placed.truncate(rows_max);
        let next = placed.last().filter(|_| more).map(|last| Position {
            moment,
            order: kind,
            keys: last.keys.clone(),
            number: last.candidate.row.number,
        });
        Ok(Slice { rows: placed.into_iter().map(|each| each.candidate).collect(), next })
    }
}

impl OrderedBy<'_> {
    fn keys(
        &self,
        candidate: &Candidate,
        finder: &Finder<'_>,
    ) -> Result<Vec<SortValue>, StoreError> {
        match self {
            Self::Number => Ok(Vec::new()),
            Self::Keys(keys) => {
                keys.iter().map(|key| key.value(candidate, finder.shelf())).collect()
            }
            Self::Range(ranges) => Ok(vec![first_in(ranges, candidate)]),
        }
    }

    fn compare(&self, a: (&[SortValue], i64), b: &Position) -> Ordering {
        self.compare_keys(a, (&b.keys, b.number))
    }

    fn compare_keys(&self, a: (&[SortValue], i64), b: (&[SortValue], i64)) -> Ordering {
        let (keys, descending) = match self {
            Self::Number => (Ordering::Equal, false),
            Self::Range(_) => {
                let values = a.0.iter().zip(b.0).map(|(a, b)| super::sort::compare(a, b));
                (values.fold(Ordering::Equal, Ordering::then), false)
            }
            Self::Keys(keys) => {
                let values = keys.iter().zip(a.0.iter().zip(b.0));
                let values = values.map(|(key, (a, b))| key.compare(a, b));
                let first = keys.first().is_some_and(|key| key.descending);
                // What has no value is walked by number in either direction.
                let last = a.0.first() == Some(&SortValue::Last);
                (values.fold(Ordering::Equal, Ordering::then), first && !last)
            }
        };
        let numbers = a.1.cmp(&b.1);
        keys.then(if descending { numbers.reverse() } else { numbers })
    }
}

/// The first place at which a row stands in ranges.
fn first_in(ranges: &[Range], candidate: &Candidate) -> SortValue {
    let card = &candidate.card;
    let mut values: Vec<SortValue> = Vec::new();
    for range in ranges {
        match range {
            Range::Period { parameter, span: of, from, before } => {
                let fits = card.periods_of(*parameter).filter(|period| {
                    let is_so = span(period.from, period.until) == *of;
                    is_so && (*from..*before).contains(&period.from)
                });
                values.extend(fits.map(|period| SortValue::Integer(period.from)));
            }
            Range::Amount { parameter, unit, wide, from, to } => {
                let fits = card.amounts_of(*parameter).filter(|amount| {
                    let is_wide = amount.low.to_bits() != amount.high.to_bits();
                    let within = amount.low >= *from && amount.low <= *to;
                    amount.unit == *unit && is_wide == *wide && within
                });
                values.extend(fits.map(|amount| SortValue::Real(amount.low)));
            }
            Range::Phrase { parameter, from, before } => {
                let fits = card.phrases_of(*parameter).filter(|text| {
                    *text >= from.as_str() && before.as_deref().is_none_or(|end| *text < end)
                });
                values.extend(fits.map(|text| SortValue::Text(text.to_owned())));
            }
            Range::Written { .. } => values.push(SortValue::Integer(candidate.row.place)),
            _ => {}
        }
    }
    values.into_iter().min_by(super::sort::compare).unwrap_or(SortValue::Last)
}

fn too_many() -> StoreError {
    StoreError::Costly(format!(
        "more than {SORTED_ROWS_MAX} resources would have to be sorted; narrow it, or sort by a \
         date or a name alone"
    ))
}

/// Where candidates come from.
pub(super) enum Source<'a> {
    Stream(Stream<'a>),
    Numbers(Vec<i64>),
}

impl<'a> Source<'a> {
    /// Everything that leads, in the order of the numbers.
    pub(super) fn whole(finder: &Finder<'a>, leader: Leader) -> Result<Self, StoreError> {
        match leader {
            Leader::Ranges(ranges) if ranges.iter().all(is_by_number) => {
                Ok(Self::Stream(Stream::new(finder.shelf(), &ranges, None, false)))
            }
            leader => Self::numbers(finder, leader),
        }
    }

    /// The same, gathered before.
    fn numbers(finder: &Finder<'a>, leader: Leader) -> Result<Self, StoreError> {
        Ok(Self::Numbers(match leader {
            Leader::Numbers(numbers) => numbers,
            Leader::Ranges(ranges) => finder.numbers(&ranges)?,
        }))
    }

    /// Whether what it meets is ordered by number alone.
    pub(super) fn is_by_number(&self) -> bool {
        match self {
            Self::Stream(stream) => stream.is_by_number(),
            Self::Numbers(_) => true,
        }
    }

    fn after(self, number: i64) -> Self {
        match self {
            Self::Numbers(numbers) => {
                Self::Numbers(numbers.into_iter().filter(|each| *each > number).collect())
            }
            stream @ Self::Stream(_) => stream,
        }
    }

    pub(super) fn next(&mut self, rows_max: usize) -> Result<Vec<Mark>, StoreError> {
        match self {
            Self::Stream(stream) => stream.next(rows_max),
            Self::Numbers(numbers) => {
                let rest = numbers.split_off(rows_max.min(numbers.len()));
                let taken = std::mem::replace(numbers, rest);
                Ok(taken.into_iter().map(|number| Mark { key: None, number }).collect())
            }
        }
    }
}
