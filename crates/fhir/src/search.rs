//! What of a resource can be searched for.
//!
//! [`index`] gives the entries that a store keeps beside a resource, by the search parameters
//! of R4 (all types; composite and special parameters are not indexed). [`text_words`] gives
//! the words by which a person is looked up while typing.
//!
//! ```
//! use manzil_fhir::{Resource, search};
//!
//! let patient = Resource::parse(
//!     r#"{"resourceType":"Patient","gender":"female","name":[{"family":"Ní Bhriain"}]}"#,
//! )?;
//! let entries = search::index(&patient);
//! assert!(entries.iter().any(|e| e.parameter == "gender" && e.tokens() == ["female", "|female"]));
//! assert_eq!(search::text_words(&patient), ["ni", "bhriain"]);
//! # Ok::<(), manzil_fhir::ParseError>(())
//! ```

mod extract;
mod parameters;
pub mod query;
mod words;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::Resource;

pub use parameters::{Parameter, ParameterKind, parameters};
pub use words::{normalise_text, normalise_word, words};

/// One thing that a search for `parameter` finds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexEntry {
    /// The name of the search parameter: `birthdate`.
    pub parameter: &'static str,
    /// What is found.
    pub value: IndexValue,
}

/// A searchable value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IndexValue {
    /// A code, identifier, flag or URI.
    Token { system: Option<String>, code: String },
    /// A text, normalised with [`normalise_text`]; a search matches its beginning.
    Text(String),
    /// `Patient/1`; for a resource elsewhere, its URL.
    Reference(String),
    /// Seconds since 1970-01-01T00:00:00Z, the end excluded. A date without offset is read as
    /// UTC. An open side is `i64::MIN` or `i64::MAX`.
    Date { from: i64, to: i64 },
}

impl IndexEntry {
    /// The texts under which an exact search finds this entry: `system|code` and `code` for a
    /// token with a system, `code` and `|code` for one without, `Patient/1` for a reference.
    /// Empty for dates and texts.
    pub fn tokens(&self) -> Vec<String> {
        match &self.value {
            IndexValue::Token { system: Some(system), code } => {
                vec![format!("{system}|{code}"), code.clone()]
            }
            IndexValue::Token { system: None, code } => vec![code.clone(), format!("|{code}")],
            IndexValue::Reference(target) => vec![target.clone()],
            IndexValue::Text(_) | IndexValue::Date { .. } => Vec::new(),
        }
    }
}

/// Everything that can be searched for in a resource, in a stable order, without repetition.
/// What cannot be read (an impossible date) is left out; validation reports it.
pub fn index(resource: &Resource) -> Vec<IndexEntry> {
    let mut entries = Vec::new();
    for of in [resource.resource_type(), "Resource"] {
        for parameter in parameters(of) {
            let mut add = |value| entries.push(IndexEntry { parameter: parameter.name, value });
            for path in &parameter.paths {
                extract::values(resource.value(), path, parameter.kind, &mut add);
            }
        }
    }
    entries.sort();
    entries.dedup();
    entries
}

/// The words by which a person, practitioner or organisation is found while typing: all parts
/// of all names, and the values of identifiers, normalised, without repetition.
pub fn text_words(resource: &Resource) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut add = |text: &str| {
        found.extend(words(text).into_iter().filter(|word| seen.insert(word.clone())));
    };
    let value = resource.value();
    each(value.get("name"), &mut |name| match name {
        Value::String(text) => add(text),
        _ => extract::name_parts(name, &mut add),
    });
    each(value.get("alias"), &mut |alias| add(alias.as_str().unwrap_or_default()));
    each(value.get("identifier"), &mut |identifier| {
        add(identifier.get("value").and_then(Value::as_str).unwrap_or_default());
    });
    found
}

/// Each item of an array, or the value itself.
fn each<'a>(value: Option<&'a Value>, act: &mut dyn FnMut(&'a Value)) {
    match value {
        Some(Value::Array(items)) => items.iter().for_each(act),
        Some(value) => act(value),
        None => {}
    }
}

#[cfg(test)]
mod tests;
