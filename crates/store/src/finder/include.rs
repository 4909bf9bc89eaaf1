//! Resources that were asked for along with the matches.

use std::collections::BTreeSet;

use manzil_fhir::search::query::Include;

use super::lower::Lowering;
use super::page::Finder;
use super::test::Candidate;
use super::{Range, Walk};
use crate::error::StoreError;
use crate::limits::INCLUDED_MAX;

/// How often `:iterate` goes on from what it included.
const ROUNDS_MAX: usize = 8;

#[derive(Default)]
pub(super) struct Included {
    pub(super) rows: Vec<Candidate>,
    /// There would have been more.
    pub(super) cut: bool,
}

/// One include in numbers.
struct Lowered {
    reverse: bool,
    iterate: bool,
    source: Option<u32>,
    /// None for every reference.
    parameters: Option<Vec<u32>>,
    /// The types to which the targets are restricted.
    targets: Vec<u32>,
}

/// What the includes add to the matches of a page.
pub(super) fn included(
    finder: &Finder<'_>,
    lowering: &Lowering<'_>,
    includes: &[Include],
    matches: &[Candidate],
) -> Result<Included, StoreError> {
    let mut all = Vec::new();
    for include in includes {
        all.extend(lower(finder, lowering, include)?);
    }
    let mut included = Included::default();
    if all.is_empty() {
        return Ok(included);
    }
    let mut seen: BTreeSet<i64> = matches.iter().map(|each| each.row.number).collect();
    let mut new = 0..0;
    for round in 0..ROUNDS_MAX {
        let mut numbers = BTreeSet::new();
        let from: Vec<&Candidate> = match round {
            0 => matches.iter().collect(),
            _ => included.rows.get(new.clone()).unwrap_or_default().iter().collect(),
        };
        for include in all.iter().filter(|each| round == 0 || each.iterate) {
            for candidate in &from {
                numbers.extend(include.leads_to(finder, candidate)?);
            }
        }
        let numbers: Vec<i64> = numbers.into_iter().filter(|it| !seen.contains(it)).collect();
        let start = included.rows.len();
        for candidate in finder.candidates(&numbers)? {
            if !finder.tester().admits(&candidate.row) || !seen.insert(candidate.row.number) {
                continue;
            }
            if included.rows.len() >= INCLUDED_MAX {
                included.cut = true;
                return Ok(included);
            }
            included.rows.push(candidate);
        }
        new = start..included.rows.len();
        if new.is_empty() {
            break;
        }
    }
    Ok(included)
}

/// None when there is nothing that it could add.
fn lower(
    finder: &Finder<'_>,
    lowering: &Lowering<'_>,
    include: &Include,
) -> Result<Option<Lowered>, StoreError> {
    let source = match include.source {
        Some(name) => match finder.shelf().type_number(name)? {
            Some(number) => Some(number),
            None => return Ok(None),
        },
        None => None,
    };
    let mut targets = Vec::new();
    if let Some(name) = include.target {
        let Some(target) = finder.shelf().type_number(name)? else { return Ok(None) };
        targets.push(target);
    }
    let parameters = match &include.of {
        Some(of) => {
            let (parameters, restricted) = lowering.included(of)?;
            targets.extend(restricted);
            Some(parameters)
        }
        None => None,
    };
    let (reverse, iterate) = (include.reverse, include.iterate);
    Ok(Some(Lowered { reverse, iterate, source, parameters, targets }))
}

impl Lowered {
    fn leads_to(&self, finder: &Finder<'_>, candidate: &Candidate) -> Result<Vec<i64>, StoreError> {
        if self.reverse {
            self.pointing(finder, candidate)
        } else {
            self.pointed(finder, candidate)
        }
    }

    fn pointed(&self, finder: &Finder<'_>, candidate: &Candidate) -> Result<Vec<i64>, StoreError> {
        if self.source.is_some_and(|source| source != candidate.row.of_type) {
            return Ok(Vec::new());
        }
        let links = candidate.card.links.iter();
        let fits = links.filter(|link| {
            self.parameters.as_ref().is_none_or(|all| all.contains(&link.parameter))
        });
        let numbers: Vec<i64> = fits.map(|link| link.target).collect();
        if self.targets.is_empty() {
            return Ok(numbers);
        }
        let rows = finder.shelf().rows(&numbers)?.into_iter();
        let fits = rows.filter(|row| self.targets.iter().all(|target| row.of_type == *target));
        Ok(fits.map(|row| row.number).collect())
    }

    fn pointing(&self, finder: &Finder<'_>, candidate: &Candidate) -> Result<Vec<i64>, StoreError> {
        if self.targets.iter().any(|target| *target != candidate.row.of_type) {
            return Ok(Vec::new());
        }
        let mut numbers = Vec::new();
        for &parameter in self.parameters.as_deref().unwrap_or_default() {
            let range = Range::Link { parameter, target: candidate.row.number };
            let rows_max = INCLUDED_MAX + 1;
            let walk = Walk { range: &range, after: None, descending: false, rows_max };
            numbers.extend(finder.shelf().walk(&walk)?.into_iter().map(|mark| mark.number));
        }
        let Some(source) = self.source else { return Ok(numbers) };
        let rows = finder.shelf().rows(&numbers)?.into_iter();
        Ok(rows.filter(|row| row.of_type == source).map(|row| row.number).collect())
    }
}
