//! What of a resource can be searched for.
//!
//! [`index`] gives the entries that a store keeps beside a resource, by the search parameters
//! of R4 (all types; see [`Parameter::is_indexed`]). [`text_words`] gives
//! the words by which a person is looked up while typing.
//!
//! ```
//! use manzil_fhir::{Resource, search};
//!
//! let patient = Resource::parse(
//!     r#"{"resourceType":"Patient","gender":"female","name":[{"family":"Ní Bhriain"}]}"#,
//! )?;
//! let entries = search::index(&patient);
//! assert!(entries.iter().any(|e| e.parameter == "gender" && e.tokens().contains(&"female".into())));
//! assert_eq!(search::text_words(&patient), ["ni", "bhriain"]);
//! # Ok::<(), manzil_fhir::ParseError>(())
//! ```

mod compartment;
mod extract;
mod matches;
mod parameters;
mod parse;
pub mod query;
mod relax;
mod value;
mod words;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::Resource;

pub use compartment::{compartment, compartment_parameters};
pub use matches::{NoWorld, World, is_below, matches};
pub use parameters::{Component, Parameter, ParameterKind, parameter, parameters};
pub use parse::{
    CHAIN_LINKS_MAX, CONDITIONS_MAX, Code, Codes, Handling, INCLUDES_MAX, NoCodes, PAIRS_MAX,
    SORT_KEYS_MAX, SearchError, Setting, VALUE_BYTES_MAX, date_test, parse,
};
pub use value::{CanonicalQuantity, IndexEntry, IndexValue};
pub use words::{normalise_text, normalise_word, words};

/// Everything that can be searched for in a resource, in a stable order, without repetition.
/// What cannot be read (an impossible date) is left out; validation reports it.
pub fn index(resource: &Resource) -> Vec<IndexEntry> {
    let mut entries = Vec::new();
    for of in [resource.resource_type(), "Resource"] {
        for parameter in parameters(of).iter().filter(|each| each.is_indexed()) {
            let start = entries.len();
            let mut add = |value| entries.push(IndexEntry { parameter: parameter.name, value });
            for path in &parameter.paths {
                extract::values(resource.value(), path, parameter.kind, &mut add);
            }
            sort_from(&mut entries, start);
        }
    }
    entries
}

/// Sorts what stands from a place on, and removes repetition there.
fn sort_from(entries: &mut Vec<IndexEntry>, start: usize) {
    if entries.len() - start < 2 {
        return;
    }
    let mut last = entries.split_off(start);
    last.sort();
    last.dedup();
    entries.append(&mut last);
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
