//! Reads the parameters of a search URL into a [`Search`].
//!
//! ```
//! use manzil_fhir::search::{self, Handling, NoCodes, Setting};
//!
//! let setting = Setting { base: "https://clinic.example/fhir", now: 0, codes: &NoCodes };
//! let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
//! let pairs = [pair("birthdate", "ge1990-02"), pair("_sort", "-birthdate,family")];
//! let search = search::parse(&["Patient"], &pairs, Handling::Strict, &setting)?;
//! assert_eq!((search.filter.len(), search.sort.len()), (1, 2));
//!
//! let refused = search::parse(&["Patient"], &[pair("colour", "red")], Handling::Strict, &setting);
//! assert_eq!(refused.unwrap_err().code, "MZ-0170");
//! # Ok::<(), search::SearchError>(())
//! ```

mod codes;
mod condition;
mod error;
mod filter;
mod number;
mod options;
mod period;
mod split;
mod value;

use std::cell::Cell;

use super::query::{Condition, Ignored, Search};
pub use codes::{Code, Codes, NoCodes};
pub use error::SearchError;
pub use period::date_test;

use error::{limit, wrong_value};

/// The most parameters of one search.
pub const PAIRS_MAX: usize = 200;
/// The longest value, in bytes.
pub const VALUE_BYTES_MAX: usize = 64 * 1024;
/// The most conditions that a search becomes, alternatives and targets of chains counted.
pub const CONDITIONS_MAX: usize = 20_000;
/// The most links of a chain, `_has` counted, and the deepest brackets of a `_filter`.
pub const CHAIN_LINKS_MAX: usize = 8;
/// The most keys to sort by.
pub const SORT_KEYS_MAX: usize = 10;
/// The most includes.
pub const INCLUDES_MAX: usize = 50;

/// What becomes of a parameter that is not known or not supported (`Prefer: handling=`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Handling {
    /// It is an error.
    #[default]
    Strict,
    /// It is left out, and listed in
    /// [`ResultOptions::ignored`](super::query::ResultOptions::ignored).
    Lenient,
}

/// What a search is read against.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The URL of this server, without a slash at its end. A reference below it is local.
    pub base: &'a str,
    /// Milliseconds since 1970-01-01T00:00:00Z. The prefix `ap` of a date widens it by a tenth
    /// of its distance from now.
    pub now: i64,
    /// The terminology, for `:in`, `:not-in`, `:above` and `:below`.
    pub codes: &'a dyn Codes,
}

impl std::fmt::Debug for Setting<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { base, now, codes: _ } = self;
        f.debug_struct("Setting").field("base", base).field("now", now).finish_non_exhaustive()
    }
}

/// Reads a search of these types (none: of every type) from names and values in their order,
/// percent-decoded. `_format` and `_pretty` are passed over.
///
/// A parameter without a value is left out and listed as ignored, as R4 wants.
///
/// # Errors
///
/// The first parameter that cannot be read: see [`SearchError`].
pub fn parse(
    types: &[&'static str],
    pairs: &[(String, String)],
    handling: Handling,
    setting: &Setting<'_>,
) -> Result<Search, SearchError> {
    if pairs.len() > PAIRS_MAX {
        return Err(limit("the search", format!("has more than {PAIRS_MAX} parameters")));
    }
    let mut search = Search { types: types.to_vec(), ..Search::default() };
    narrow(&mut search, pairs, handling)?;
    let reader = Reader { setting, budget: Cell::new(CONDITIONS_MAX) };
    for (at, (name, value)) in pairs.iter().enumerate() {
        if matches!(name.as_str(), "_format" | "_pretty") {
            continue;
        }
        let is_left_out = |ignored: &Ignored| name == "_type" && ignored.parameter == *name;
        if search.types.is_empty() && search.result.ignored.iter().any(is_left_out) {
            continue;
        }
        let mut read = || reader.pair(&mut search, name, value);
        match read() {
            Ok(Read::Used) => search.result.used.push(at),
            Ok(Read::Empty) => {
                let reason = "has no value".to_owned();
                search.result.ignored.push(Ignored { parameter: name.clone(), reason });
            }
            Err(error) if handling == Handling::Lenient && error.can_be_ignored() => {
                let reason = format!("{}: {}", error.code, error.reason);
                search.result.ignored.push(Ignored { parameter: name.clone(), reason });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(search)
}

enum Read {
    Used,
    Empty,
}

/// Reads with the setting at hand, within a budget of conditions.
struct Reader<'a> {
    setting: &'a Setting<'a>,
    budget: Cell<usize>,
}

impl Reader<'_> {
    fn pair(&self, search: &mut Search, name: &str, value: &str) -> Result<Read, SearchError> {
        if value.len() > VALUE_BYTES_MAX {
            return Err(limit(name, format!("is longer than {VALUE_BYTES_MAX} bytes")));
        }
        if value.is_empty() || value.split(',').all(str::is_empty) {
            return Ok(Read::Empty);
        }
        if options::read(search, name, value)? {
            return Ok(Read::Used);
        }
        let condition = match name {
            "_filter" => filter::read(self, &search.types, value)?,
            _ => condition::read(self, &search.types, name, value)?,
        };
        search.filter.push(condition);
        Ok(Read::Used)
    }

    /// Takes conditions from the budget.
    fn spend(&self, parameter: &str, conditions: usize) -> Result<(), SearchError> {
        match self.budget.get().checked_sub(conditions) {
            Some(rest) => {
                self.budget.set(rest);
                Ok(())
            }
            None => Err(limit(parameter, format!("makes more than {CONDITIONS_MAX} conditions"))),
        }
    }
}

/// `_type` narrows the types; it is read before everything else. When none is left, nothing is
/// found.
fn narrow(
    search: &mut Search,
    pairs: &[(String, String)],
    handling: Handling,
) -> Result<(), SearchError> {
    for (_, value) in pairs.iter().filter(|(name, _)| name == "_type") {
        let mut named = Vec::new();
        let mut unknown = 0;
        for name in value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            match condition::resource_type(name) {
                Some(known) if named.contains(&known) => {}
                Some(known) => named.push(known),
                None => {
                    let reason = format!("names {name}, which is no resource type of R4");
                    let cure = "name resource types, such as Patient";
                    let error = wrong_value("_type", reason, cure);
                    if handling == Handling::Strict {
                        return Err(error);
                    }
                    let reason = format!("{}: {}", error.code, error.reason);
                    search.result.ignored.push(Ignored { parameter: "_type".to_owned(), reason });
                    unknown += 1;
                }
            }
        }
        let asked = unknown > 0 || !named.is_empty();
        if !search.types.is_empty() {
            named.retain(|name| search.types.contains(name));
        }
        if !named.is_empty() {
            search.types = named;
        } else if asked {
            search.filter.push(Condition::Any(Vec::new()));
        }
    }
    Ok(())
}

/// One condition stands for itself.
fn any(mut conditions: Vec<Condition>) -> Condition {
    match conditions.pop() {
        Some(only) if conditions.is_empty() => only,
        Some(last) => {
            conditions.push(last);
            Condition::Any(conditions)
        }
        None => Condition::Any(conditions),
    }
}

#[cfg(test)]
pub(super) mod tests;
