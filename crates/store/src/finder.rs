//! Finding: how a FHIR search is answered from an engine's index, the same way in every engine.
//!
//! An engine is a [`Shelf`]: it walks ranges of its index in order, and gives the rows of
//! resources, each with its [`Card`](crate::card::Card). Here a search is put into the engine's
//! numbers ([`lower`]), the narrowest range is chosen to lead ([`plan`]), its rows are walked and
//! every other condition is tested on the card ([`test`]), or on the body where the card cannot
//! tell. No sorting and no gathering unless the answer is small: the first page of a million
//! matches costs as much as the first page of a hundred.
//!
//! Pages are pinned to the moment of the first. A later page leaves out what was written since,
//! and adds, as they were then, the resources that have changed since ([`page`]).

mod include;
mod lower;
mod page;
mod plan;
mod position;
mod sieve;
mod slice;
mod sort;
mod stream;
mod test;

use manzil_journey::access::Compartment;

use crate::change::{Body, Key};
use crate::error::StoreError;
use crate::terms::Unit;

pub use page::{check_guard, search};

/// A range of an engine's index.
#[derive(Clone, Debug, PartialEq)]
pub enum Range {
    /// The resources with a code, in one system (0: none).
    Token { parameter: u32, code: i64, system: u32 },
    /// The resources that point to a resource.
    Link { parameter: u32, target: i64 },
    /// The current resources of a type.
    Type { of: u32 },
    /// Every current resource.
    Everything,
    /// The current resources in a person's record.
    Person { person: i64 },
    /// The resources of a type that have a word for each of these beginnings.
    Words { of: u32, beginnings: Vec<String> },
    /// By the beginning of their periods, ordered by it: those of one [`span`]; from `from` to
    /// before `before`.
    Period { parameter: u32, span: u8, from: i64, before: i64 },
    /// By their least number, ordered by it, both ends included: plain numbers or ranges.
    Amount { parameter: u32, unit: u32, wide: bool, from: f64, to: f64 },
    /// By their texts, ordered by them: from `from`, to before `before` if there is an end.
    Phrase { parameter: u32, from: String, before: Option<String> },
    /// The current resources of a type (none: of every type) whose current version was written
    /// after a place in the log, ordered by that.
    Written { of: Option<u32>, after: i64 },
}

/// The longest periods of each span, in milliseconds: a day, a month of 31 days, a year of 366
/// days, and whatever is longer. They are kept apart, so that what reaches into a time is found by
/// its beginning: it began at most a span before.
pub const SPANS: [i64; 4] = [86_400_000, 31 * 86_400_000, 366 * 86_400_000, i64::MAX];

/// The place in [`SPANS`] of a period from `from` to before `until`, in milliseconds.
pub fn span(from: i64, until: i64) -> u8 {
    let length = until.saturating_sub(from);
    SPANS.iter().position(|most| length <= *most).map_or(3, |place| place as u8)
}

/// What an index is ordered by before the number of the resource.
#[derive(Clone, Debug, PartialEq)]
pub enum SortValue {
    Integer(i64),
    Real(f64),
    Text(String),
    /// There is no value: after all others.
    Last,
}

/// A place in a range: what stands there.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// None for ranges that are ordered by number alone.
    pub key: Option<SortValue>,
    pub number: i64,
}

/// Where and how to walk.
#[derive(Clone, Debug)]
pub struct Walk<'a> {
    pub range: &'a Range,
    /// Only what stands behind; none for the start.
    pub after: Option<&'a Mark>,
    /// Only for ranges ordered by a key.
    pub descending: bool,
    pub rows_max: usize,
}

/// The row of a resource: its current version, or the one of a moment.
#[derive(Clone, Debug)]
pub struct Row {
    pub number: i64,
    pub of_type: u32,
    pub key: Key,
    pub person: Option<i64>,
    pub compartment: Compartment,
    pub version: u64,
    /// The place of the version in the order of writing.
    pub place: i64,
    /// When it was written, milliseconds.
    pub at: i64,
    /// See [`Card::to_bytes`](crate::card::Card::to_bytes).
    pub card: Vec<u8>,
}

/// What an engine gives, all at one moment.
pub trait Shelf {
    /// The number of a type of which there are resources.
    fn type_number(&self, name: &str) -> Result<Option<u32>, StoreError>;
    /// All of them.
    fn types(&self) -> Result<Vec<(u32, String)>, StoreError>;
    /// The number of a parameter that has values.
    fn parameter_number(&self, of_type: u32, name: &str) -> Result<Option<u32>, StoreError>;
    fn system_number(&self, uri: &str) -> Result<Option<u32>, StoreError>;
    /// The systems in which a code stands under a parameter; 0 for none.
    fn systems_of(&self, parameter: u32, code: i64) -> Result<Vec<u32>, StoreError>;
    fn units(&self) -> Result<Vec<(u32, Unit)>, StoreError>;
    /// The number of a resource that is or was there, or is pointed to.
    fn number_of(&self, key: &Key) -> Result<Option<i64>, StoreError>;
    /// How many stand in a range, counted to `rows_max`.
    fn count(&self, range: &Range, rows_max: usize) -> Result<usize, StoreError>;
    fn walk(&self, walk: &Walk<'_>) -> Result<Vec<Mark>, StoreError>;
    /// Those of some numbers that stand in a [`Range::Token`] or [`Range::Link`].
    fn among(&self, range: &Range, numbers: &[i64]) -> Result<Vec<i64>, StoreError>;
    /// The rows of resources that are current, in the order of the numbers asked.
    fn rows(&self, numbers: &[i64]) -> Result<Vec<Row>, StoreError>;
    fn body(&self, row: &Row) -> Result<Body, StoreError>;
    /// Tells that the bodies of these will be asked for, in this order: an engine that is far away
    /// may fetch them together.
    fn will_read(&self, numbers: &[i64]);
    /// The id of a person.
    fn person_id(&self, person: i64) -> Result<Option<String>, StoreError>;
    /// The last place in the order of writing.
    fn last_place(&self) -> Result<i64, StoreError>;
    /// The last place that was written before a time in milliseconds.
    fn place_before(&self, milliseconds: i64) -> Result<i64, StoreError>;
    /// The resources that were current at a place and have changed since, as they were then.
    /// [`StoreError::Expired`] when more than that was written since than
    /// [`MOMENT_CHANGES_MAX`](crate::limits::MOMENT_CHANGES_MAX).
    fn changed_since(&self, place: i64) -> Result<Vec<(Row, Body)>, StoreError>;
}
