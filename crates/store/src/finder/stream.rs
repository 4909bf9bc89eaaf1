//! Several ranges walked as one, in order and without repetition.

use std::cmp::Ordering;
use std::collections::VecDeque;

use super::plan::is_by_number;
use super::sort::compare;
use super::{Mark, Range, Shelf, Walk};
use crate::error::StoreError;

/// Marks taken from a range at first; twice as many each time, to the most.
const CHUNK_ROWS_MIN: usize = 64;
const CHUNK_ROWS_MAX: usize = 2_048;

/// A walk through ranges that are ordered alike.
pub(super) struct Stream<'a> {
    shelf: &'a dyn Shelf,
    sources: Vec<Source>,
    descending: bool,
    last: Option<Mark>,
}

struct Source {
    range: Range,
    waiting: VecDeque<Mark>,
    after: Option<Mark>,
    chunk_rows: usize,
    ended: bool,
}

impl<'a> Stream<'a> {
    pub(super) fn new(
        shelf: &'a dyn Shelf,
        ranges: &[Range],
        after: Option<&Mark>,
        descending: bool,
    ) -> Self {
        let source = |range: &Range| Source {
            range: range.clone(),
            waiting: VecDeque::new(),
            after: after.cloned(),
            chunk_rows: CHUNK_ROWS_MIN,
            ended: false,
        };
        Self { shelf, sources: ranges.iter().map(source).collect(), descending, last: None }
    }

    /// Whether every range is ordered by number alone.
    pub(super) fn is_by_number(&self) -> bool {
        self.sources.iter().all(|source| is_by_number(&source.range))
    }

    /// The next marks, `rows_max` at most; none at the end.
    pub(super) fn next(&mut self, rows_max: usize) -> Result<Vec<Mark>, StoreError> {
        let mut marks = Vec::with_capacity(rows_max.min(CHUNK_ROWS_MAX));
        while marks.len() < rows_max {
            let Some(mark) = self.one()? else { break };
            marks.push(mark);
        }
        Ok(marks)
    }

    fn one(&mut self) -> Result<Option<Mark>, StoreError> {
        loop {
            for source in &mut self.sources {
                source.fill(self.shelf, self.descending)?;
            }
            let mut best: Option<(usize, &Mark)> = None;
            for (at, source) in self.sources.iter().enumerate() {
                let Some(mark) = source.waiting.front() else { continue };
                let earlier = best
                    .is_none_or(|(_, first)| order(mark, first, self.descending) == Ordering::Less);
                if earlier {
                    best = Some((at, mark));
                }
            }
            let Some((at, _)) = best else { return Ok(None) };
            let taken = self.sources.get_mut(at).and_then(|source| source.waiting.pop_front());
            if taken.is_some() && taken != self.last {
                self.last.clone_from(&taken);
                return Ok(taken);
            }
        }
    }
}

impl Source {
    fn fill(&mut self, shelf: &dyn Shelf, descending: bool) -> Result<(), StoreError> {
        if self.ended || !self.waiting.is_empty() {
            return Ok(());
        }
        let walk = Walk {
            range: &self.range,
            after: self.after.as_ref(),
            descending,
            rows_max: self.chunk_rows,
        };
        let marks = shelf.walk(&walk)?;
        self.ended = marks.len() < self.chunk_rows;
        self.chunk_rows = (self.chunk_rows * 2).min(CHUNK_ROWS_MAX);
        if let Some(last) = marks.last() {
            self.after = Some(last.clone());
        }
        self.waiting = marks.into();
        Ok(())
    }
}

/// Which mark is met first.
fn order(a: &Mark, b: &Mark, descending: bool) -> Ordering {
    let keys = match (&a.key, &b.key) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    };
    let order = keys.then(a.number.cmp(&b.number));
    if descending { order.reverse() } else { order }
}
