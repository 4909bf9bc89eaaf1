//! Answering: the page of matches, what is included, and how many there are.

use manzil_fhir::search::query::{Search, Summary, Total};
use manzil_journey::access::Access;

use super::lower::{Lowered, Lowering};
use super::plan::Sizes;
use super::position::Position;
use super::slice::Source;
use super::sort::Key as OrderKey;
use super::stream::Stream;
use super::test::{Candidate, Tester};
use super::{Range, Shelf, include};
use crate::change::{Found, Guard};
use crate::error::StoreError;
use crate::limits::{PAGE_BYTES_MAX, PAGE_ROWS_MAX, TOTAL_MAX};
use crate::policy::Reach;
use crate::query::{SearchPage, SearchRequest};

/// One page of the answer to a search, within reach.
pub fn search(
    shelf: &dyn Shelf,
    access: &Access,
    request: &SearchRequest,
) -> Result<SearchPage, StoreError> {
    let reach = Reach::of(access)?;
    let position = request.page.after.as_deref().map(Position::read).transpose()?;
    let finder = Finder::new(shelf, &reach)?;
    let asked = Asked::of(&finder, &request.search)?;
    let wants_total = matches!(request.search.result.total, Total::Accurate | Total::Estimate)
        || request.search.result.summary == Summary::Count;
    let rows_max = request.page.rows_max.min(PAGE_ROWS_MAX);
    let mut page = SearchPage::default();
    let Some(asked) = asked else {
        page.total = Some(0);
        return Ok(page);
    };
    if rows_max > 0 {
        let slice = asked.slice(&finder, position.as_ref(), rows_max)?;
        page.next = slice.next.map(|next| next.to_mark());
        if page.next.is_none() && position.is_none() {
            page.total = Some(slice.rows.len() as u64);
        }
        let included =
            include::included(&finder, &asked.lowering, &request.search.includes, &slice.rows)?;
        page.matches = finder.found(slice.rows, &mut page.next)?;
        page.included = finder.found(included.rows, &mut None)?;
        page.included_cut = included.cut;
    }
    if wants_total && page.total.is_none() {
        page.total = Some(asked.total(&finder, request.search.result.total)?);
    }
    Ok(page)
}

/// Refuses when a guard's search finds anything else than it found before.
pub fn check_guard(shelf: &dyn Shelf, access: &Access, guard: &Guard) -> Result<(), StoreError> {
    let reach = Reach::of(access)?;
    let finder = Finder::new(shelf, &reach)?;
    let mut found = Vec::new();
    if let Some(asked) = Asked::of(&finder, &guard.search)? {
        let slice = asked.slice(&finder, None, guard.finds.len() + 1)?;
        found.extend(slice.rows.into_iter().map(|candidate| candidate.row.key));
    }
    let mut expected = guard.finds.clone();
    found.sort();
    expected.sort();
    if found == expected {
        return Ok(());
    }
    Err(StoreError::Moved(format!("a search of {}", guard.search.types.join(", "))))
}

/// An engine's shelf, and what may be taken from it.
pub(super) struct Finder<'a> {
    tester: Tester<'a>,
}

/// A search in numbers.
pub(super) struct Asked<'a> {
    lowering: Lowering<'a>,
    pub(super) types: Vec<u32>,
    pub(super) conditions: Vec<Lowered>,
    pub(super) sort: Vec<OrderKey>,
}

impl<'a> Finder<'a> {
    fn new(shelf: &'a dyn Shelf, reach: &'a Reach) -> Result<Self, StoreError> {
        Ok(Self { tester: Tester::new(shelf, reach)? })
    }

    pub(super) fn shelf(&self) -> &'a dyn Shelf {
        self.tester.shelf
    }

    pub(super) fn tester(&self) -> &Tester<'a> {
        &self.tester
    }

    /// Every resource in ranges, by number.
    pub(super) fn numbers(&self, ranges: &[Range]) -> Result<Vec<i64>, StoreError> {
        let mut numbers = Vec::new();
        for range in ranges {
            let mut stream = Stream::new(self.shelf(), std::slice::from_ref(range), None, false);
            loop {
                let marks = stream.next(PAGE_ROWS_MAX)?;
                if marks.is_empty() {
                    break;
                }
                numbers.extend(marks.into_iter().map(|mark| mark.number));
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    /// The current rows of resources, with their cards.
    pub(super) fn candidates(&self, numbers: &[i64]) -> Result<Vec<Candidate>, StoreError> {
        let rows = self.shelf().rows(numbers)?;
        rows.into_iter().map(|row| Candidate::new(row, None)).collect()
    }

    /// The bodies of rows, as far as the bytes of a page allow; `next` is set where they end.
    fn found(
        &self,
        rows: Vec<Candidate>,
        next: &mut Option<String>,
    ) -> Result<Vec<Found>, StoreError> {
        let mut found = Vec::with_capacity(rows.len());
        let mut bytes = 0;
        let numbers: Vec<i64> = rows.iter().map(|candidate| candidate.row.number).collect();
        self.shelf().will_read(&numbers);
        for candidate in rows {
            let Candidate { row, body, .. } = candidate;
            let body = match body {
                Some(body) => body,
                None => self.shelf().body(&row)?,
            };
            bytes += body.json().len();
            if bytes > PAGE_BYTES_MAX && !found.is_empty() {
                *next = None;
                return Err(StoreError::Limit(format!(
                    "a page of {PAGE_BYTES_MAX} bytes is full; ask for fewer rows (_count)"
                )));
            }
            let person = row.person.map(|it| self.shelf().person_id(it)).transpose()?.flatten();
            found.push(Found {
                key: row.key,
                version: row.version,
                person,
                compartment: row.compartment,
                body,
            });
        }
        Ok(found)
    }
}

impl<'a> Asked<'a> {
    /// None when nothing can match.
    fn of(finder: &Finder<'a>, search: &Search) -> Result<Option<Self>, StoreError> {
        let lowering = Lowering::new(finder.shelf());
        let mut types = Vec::new();
        for name in &search.types {
            types.extend(finder.shelf().type_number(name)?);
        }
        if types.is_empty() && !search.types.is_empty() {
            return Ok(None);
        }
        let mut conditions = Vec::new();
        for condition in &search.filter {
            match lowering.condition(condition)? {
                Lowered::All(all) => conditions.extend(all),
                other => conditions.push(other),
            }
        }
        if conditions.iter().any(Lowered::is_never) {
            return Ok(None);
        }
        let sort = search.sort.iter().map(|key| OrderKey::of(key, &lowering));
        let sort = sort.collect::<Result<_, _>>()?;
        Ok(Some(Self { lowering, types, conditions, sort }))
    }

    pub(super) fn matches(
        &self,
        finder: &Finder<'a>,
        candidate: &Candidate,
    ) -> Result<bool, StoreError> {
        let row = &candidate.row;
        if !(self.types.is_empty() || self.types.contains(&row.of_type))
            || !finder.tester.admits(row)
        {
            return Ok(false);
        }
        for condition in &self.conditions {
            if !finder.tester.holds(condition, candidate)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How many match in all; to [`TOTAL_MAX`] when an estimate is enough.
    fn total(&self, finder: &Finder<'a>, asked: Total) -> Result<u64, StoreError> {
        let most = if asked == Total::Estimate { TOTAL_MAX } else { u64::MAX };
        let plan = finder.plan(&self.conditions, &self.types, Sizes::Indifferent)?;
        let mut source = Source::whole(finder, plan.leader)?;
        let mut total = 0;
        loop {
            let marks = source.next(PAGE_ROWS_MAX)?;
            if marks.is_empty() || total >= most {
                return Ok(total.min(most));
            }
            let numbers: Vec<i64> = marks.iter().map(|mark| mark.number).collect();
            for candidate in finder.candidates(&numbers)? {
                total += u64::from(self.matches(finder, &candidate)?);
            }
        }
    }
}
