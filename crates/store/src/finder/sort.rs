//! What rows are ordered by.

use std::cmp::Ordering;

use manzil_fhir::search::query::{SortBy, SortKey};
use manzil_fhir::search::{IndexValue, ParameterKind, index};

use super::lower::Lowering;
use super::test::Candidate;
use super::{Shelf, SortValue};
use crate::error::StoreError;

/// A key of a search, in numbers.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) by: By,
    pub(super) descending: bool,
}

#[derive(Clone, Debug)]
pub(super) enum By {
    Id,
    Updated,
    Periods(Vec<u32>),
    Amounts(Vec<u32>),
    Phrases(Vec<u32>),
    /// Codes are hashed in the index: the names of the parameters, to be read from the body.
    Body(Vec<&'static str>),
}

impl Key {
    pub(super) fn of(key: &SortKey, lowering: &Lowering<'_>) -> Result<Self, StoreError> {
        let by = match &key.by {
            SortBy::Id => By::Id,
            SortBy::Updated => By::Updated,
            SortBy::Values(all) => {
                let mut numbers = Vec::new();
                for named in all {
                    numbers.extend(lowering.sorted(named)?);
                }
                match all.first().map(|named| named.parameter.kind) {
                    Some(ParameterKind::Date) => By::Periods(numbers),
                    Some(ParameterKind::Number | ParameterKind::Quantity) => By::Amounts(numbers),
                    Some(ParameterKind::Text | ParameterKind::Uri) => By::Phrases(numbers),
                    _ => By::Body(all.iter().map(|named| named.parameter.stored().0).collect()),
                }
            }
        };
        Ok(Self { by, descending: key.descending })
    }

    /// What a row is ordered by: its least value, or its greatest in descending order.
    pub(super) fn value(
        &self,
        candidate: &Candidate,
        shelf: &dyn Shelf,
    ) -> Result<SortValue, StoreError> {
        let card = &candidate.card;
        let values: Vec<SortValue> = match &self.by {
            By::Id => vec![SortValue::Text(candidate.row.key.id.clone())],
            By::Updated => vec![SortValue::Integer(candidate.row.place)],
            By::Periods(all) => {
                let periods = all.iter().flat_map(|each| card.periods_of(*each));
                periods.map(|period| SortValue::Integer(period.from)).collect()
            }
            By::Amounts(all) => {
                let amounts = all.iter().flat_map(|each| card.amounts_of(*each));
                amounts.map(|amount| SortValue::Real(amount.low)).collect()
            }
            By::Phrases(all) => {
                let phrases = all.iter().flat_map(|each| card.phrases_of(*each));
                phrases.map(|text| SortValue::Text(text.to_owned())).collect()
            }
            By::Body(names) => codes(names, candidate, shelf)?,
        };
        let best = values.into_iter().reduce(|best, value| {
            let wanted = if self.descending { Ordering::Greater } else { Ordering::Less };
            if compare(&value, &best) == wanted { value } else { best }
        });
        Ok(best.unwrap_or(SortValue::Last))
    }

    /// The order of two values under this key: what has no value comes last in either direction.
    pub(super) fn compare(&self, a: &SortValue, b: &SortValue) -> Ordering {
        let is_last = |value: &SortValue| *value == SortValue::Last;
        match is_last(a).cmp(&is_last(b)) {
            Ordering::Equal if self.descending => compare(b, a),
            Ordering::Equal => compare(a, b),
            order => order,
        }
    }
}

fn codes(
    names: &[&'static str],
    candidate: &Candidate,
    shelf: &dyn Shelf,
) -> Result<Vec<SortValue>, StoreError> {
    let body = match &candidate.body {
        Some(body) => body.clone(),
        None => shelf.body(&candidate.row)?,
    };
    let entries = index(&body.resource()?).into_iter();
    let texts = entries.filter(|entry| names.contains(&entry.parameter)).filter_map(|entry| {
        match entry.value {
            IndexValue::Token { code: text, .. } | IndexValue::Reference(text) => Some(text),
            _ => None,
        }
    });
    Ok(texts.map(SortValue::Text).collect())
}

/// Ascending; values of one key are of one kind.
pub(super) fn compare(a: &SortValue, b: &SortValue) -> Ordering {
    match (a, b) {
        (SortValue::Integer(a), SortValue::Integer(b)) => a.cmp(b),
        (SortValue::Real(a), SortValue::Real(b)) => a.total_cmp(b),
        (SortValue::Text(a), SortValue::Text(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    }
}

fn rank(value: &SortValue) -> u8 {
    match value {
        SortValue::Integer(_) => 0,
        SortValue::Real(_) => 1,
        SortValue::Text(_) => 2,
        SortValue::Last => 3,
    }
}
