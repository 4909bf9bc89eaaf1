//! What can be looked for.

use serde::{Deserialize, Serialize};

/// A question over the current versions of one resource type. Empty fields do not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub resource_type: String,
    /// Only records about this person (a `Patient` id).
    pub person: Option<String>,
    /// Search parameters that must all match exactly after normalisation, as
    /// `(parameter, value)`: `manzil_fhir::search` names the parameters of each type. A
    /// token is written `system|code` or `code`.
    pub tokens: Vec<(String, String)>,
    /// Words that must all be prefixes of words in the resource's text index (names,
    /// identifiers).
    pub text: Option<String>,
    pub page: PageRequest,
}

/// Which slice of the answer, ordered by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// Rows at most; the store caps it at 1,000.
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
    /// How many match in all.
    pub total: u64,
}
