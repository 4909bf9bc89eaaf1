//! Leaving out what cannot match before its row is read.
//!
//! A walk by date or by text meets many resources that another condition refuses. Where that
//! condition is about a code or a reference, the index answers for a fraction of what the row
//! costs.

use std::collections::BTreeSet;

use super::Range;
use super::lower::Lowered;
use super::page::{Asked, Finder};
use super::plan::Leader;
use super::slice::Source;
use crate::error::StoreError;

/// Ranges that are looked into for each resource.
const RANGES_MAX: usize = 4;

/// The ranges one of which every match stands in; none when nothing is left out.
pub(super) struct Sieve(Vec<Range>);

impl<'a> Asked<'a> {
    /// The sieve for a walk. One that is led by number is led by such a condition already.
    pub(super) fn sieve(
        &self,
        finder: &Finder<'a>,
        source: &Source<'a>,
    ) -> Result<Sieve, StoreError> {
        if source.is_by_number() {
            return Ok(Sieve(Vec::new()));
        }
        for condition in &self.conditions {
            if !matches!(condition, Lowered::Card { .. }) {
                continue;
            }
            if let Some(Leader::Ranges(ranges)) = finder.leader(condition, &self.types)?
                && ranges.len() <= RANGES_MAX
                && ranges.iter().all(is_exact)
            {
                return Ok(Sieve(ranges));
            }
        }
        Ok(Sieve(Vec::new()))
    }
}

impl Sieve {
    /// Those that may match, in their order.
    pub(super) fn sift(
        &self,
        finder: &Finder<'_>,
        numbers: Vec<i64>,
    ) -> Result<Vec<i64>, StoreError> {
        if self.0.is_empty() {
            return Ok(numbers);
        }
        let mut found = BTreeSet::new();
        for range in &self.0 {
            found.extend(finder.shelf().among(range, &numbers)?);
        }
        Ok(numbers.into_iter().filter(|number| found.contains(number)).collect())
    }
}

fn is_exact(range: &Range) -> bool {
    matches!(range, Range::Token { .. } | Range::Link { .. })
}
