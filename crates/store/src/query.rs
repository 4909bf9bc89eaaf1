//! What can be looked for.

mod words;

use jiff::Timestamp;
use manzil_fhir::search::query::Search;
use serde::{Deserialize, Serialize};

use crate::change::{Found, Key};

pub use words::search_in_words;

/// A question over the current versions of one resource type. Empty fields do not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub resource_type: String,
    /// Only records about this person (a `Patient` id).
    pub person: Option<String>,
    /// Search parameters that must all match exactly, as `(parameter, value)`:
    /// `manzil_fhir::search` names the parameters of each type and the ways of writing a value
    /// (`system|code`, `code`, `Patient/1`). A text is compared after normalisation. `_id` is
    /// the logical id. A parameter that the type does not have is refused as malformed.
    pub tokens: Vec<(String, String)>,
    /// Text parameters whose value must begin with this, after normalisation, as
    /// `(parameter, beginning)`.
    pub beginnings: Vec<(String, String)>,
    /// Date parameters that must all match. `_lastUpdated` is the time of the current version.
    pub dates: Vec<DateTerm>,
    /// Words that must all be prefixes of words in the resource's text index (names,
    /// identifiers).
    pub text: Option<String>,
    pub page: PageRequest,
}

/// A condition on a date parameter. Dates in the record are ranges as well: `2024-05` is the
/// whole month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateTerm {
    pub parameter: String,
    /// Seconds since 1970-01-01T00:00:00Z; `i64::MIN` for no beginning.
    pub from: i64,
    /// Seconds, excluded; `i64::MAX` for no end.
    pub until: i64,
    /// Whether the date of the record must lie wholly within the range, or only touch it. With
    /// both, the FHIR prefixes can be said: `eq` is within, `ge` touches from here to
    /// `i64::MAX`, `sa` is within from the end of the value to `i64::MAX`.
    pub within: bool,
}

/// Which slice of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// Rows at most; the store caps it at [`crate::limits::PAGE_ROWS_MAX`]. Zero asks for the
    /// total alone.
    pub rows_max: usize,
    /// The `next` of the page before, or none for the first.
    pub after: Option<String>,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { rows_max: 100, after: None }
    }
}

/// One slice of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Pass as `after` to go on; none at the end.
    pub next: Option<String>,
    /// How many match in all. A search counts to [`crate::limits::TOTAL_MAX`]: that value means
    /// as many or more.
    pub total: u64,
}

/// A FHIR search, and which slice of its answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchRequest {
    pub search: Search,
    /// `rows_max` counts matches, not what is included.
    pub page: PageRequest,
}

/// One slice of the answer to a search.
#[derive(Clone, Debug, Default)]
pub struct SearchPage {
    pub matches: Vec<Found>,
    /// Resources that were asked for along with the matches, each once, none of them a match of
    /// this page.
    pub included: Vec<Found>,
    /// True when not all could be included, see [`crate::limits::INCLUDED_MAX`].
    pub included_cut: bool,
    pub next: Option<String>,
    /// How many match in all, when it was asked or is known without counting.
    pub total: Option<u64>,
}

/// Whose past is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    Resource(Key),
    Type(String),
    Everything,
}

/// Which versions of the past, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRequest {
    pub scope: Scope,
    /// Only versions written at this moment or later.
    pub since: Option<Timestamp>,
    /// Only versions that were current at some point of this time (`_at`).
    pub at: Option<Period>,
    pub page: PageRequest,
}

/// A stretch of time, or a moment when both ends are the same millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first millisecond.
    pub first: Timestamp,
    /// Its last millisecond.
    pub last: Timestamp,
}

impl HistoryRequest {
    /// Every version of one resource.
    pub fn of(key: Key, page: PageRequest) -> Self {
        Self { scope: Scope::Resource(key), since: None, at: None, page }
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Resource(key) => write!(formatter, "{key}"),
            Self::Type(name) => formatter.write_str(name),
            Self::Everything => formatter.write_str("everything"),
        }
    }
}
