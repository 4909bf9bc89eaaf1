//! Tests one resource against a condition, without a store.
//!
//! ```
//! use manzil_fhir::Resource;
//! use manzil_fhir::search::{self, Handling, NoCodes, NoWorld, Setting};
//!
//! let setting = Setting { base: "", now: 0, codes: &NoCodes };
//! let pairs = [("name:exact".to_owned(), "Amina".to_owned())];
//! let search = search::parse(&["Patient"], &pairs, Handling::Strict, &setting)?;
//! let amina = Resource::parse(r#"{"resourceType":"Patient","name":[{"given":["Amina"]}]}"#)?;
//! assert!(search.filter.iter().all(|c| search::matches(c, &amina, None, &NoWorld)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod content;
mod element;
mod indexed;

use serde_json::Value;

pub use indexed::is_below;

use super::query::{Condition, Named, Test};
use super::{IndexValue, extract, text_words};
use crate::Resource;

/// The resources that chains and `_has` lead to.
pub trait World {
    /// The resource of this type and id.
    fn read(&self, resource_type: &str, id: &str) -> Option<&Resource>;

    /// Every resource of a type.
    fn all(&self, resource_type: &str) -> Vec<&Resource>;
}

/// A world without other resources: nothing is found in chains and by `_has`.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWorld;

impl World for NoWorld {
    fn read(&self, _: &str, _: &str) -> Option<&Resource> {
        None
    }

    fn all(&self, _: &str) -> Vec<&Resource> {
        Vec::new()
    }
}

impl World for [Resource] {
    fn read(&self, resource_type: &str, id: &str) -> Option<&Resource> {
        self.iter().find(|each| each.resource_type() == resource_type && id_of(each) == Some(id))
    }

    fn all(&self, resource_type: &str) -> Vec<&Resource> {
        self.iter().filter(|each| each.resource_type() == resource_type).collect()
    }
}

/// Whether a condition holds of a resource. `about` is the id of the person (`Patient`) in whose
/// record it lies.
///
/// `Present` is answered as the index answers it: a value that cannot be read at all is none.
pub fn matches<W: World + ?Sized>(
    condition: &Condition,
    resource: &Resource,
    about: Option<&str>,
    world: &W,
) -> bool {
    let holds = |inner: &Condition| matches(inner, resource, about, world);
    match condition {
        Condition::All(all) => all.iter().all(holds),
        Condition::Any(all) => all.iter().any(holds),
        Condition::Not(inner) => !holds(inner),
        Condition::Type(name) => resource.resource_type() == *name,
        Condition::Id(id) => id_of(resource) == Some(id),
        Condition::Updated(test) => updated(resource)
            .and_then(extract::milliseconds)
            .is_some_and(|range| test.holds(range.start, range.end)),
        Condition::Person(person) => about == Some(person),
        Condition::Words(words) => {
            let known = text_words(resource);
            words.iter().all(|word| known.iter().any(|known| known.starts_with(word.as_str())))
        }
        Condition::Content { words, narrative_only } => {
            content::has_words(resource, words, *narrative_only)
        }
        Condition::Value { of, test } => has_type(of, resource) && value(of, test, resource),
        Condition::Present(of) => {
            let mut present = false;
            if has_type(of, resource) {
                each_value(of, resource.value(), &mut |_| present = true);
            }
            present
        }
        Condition::Chain { of, target, that } => {
            has_type(of, resource) && leads(of, target, that, resource, world)
        }
        Condition::Has { source, of, that } => id_of(resource).is_some_and(|id| {
            let here = format!("{}/{id}", resource.resource_type());
            world
                .all(source)
                .into_iter()
                .any(|other| points(of, other, &here) && matches(that, other, None, world))
        }),
    }
}

/// A test of a parameter holds only of resources of its type.
fn has_type(of: &Named, resource: &Resource) -> bool {
    of.resource_type == "Resource" || of.resource_type == resource.resource_type()
}

fn id_of(resource: &Resource) -> Option<&str> {
    resource.value().get("id").and_then(Value::as_str)
}

fn updated(resource: &Resource) -> Option<&str> {
    resource.value().get("meta")?.get("lastUpdated")?.as_str()
}

/// The values of a parameter, as they are indexed.
fn each_value(of: &Named, resource: &Value, act: &mut dyn FnMut(IndexValue)) {
    for path in &of.parameter.paths {
        extract::values(resource, path, of.parameter.kind, act);
    }
}

fn value(of: &Named, test: &Test, resource: &Resource) -> bool {
    match test {
        Test::Composite(tests) => element::composite(of, tests, resource.value()),
        _ => of
            .parameter
            .paths
            .iter()
            .any(|path| element::passes(test, resource.value(), path, of.parameter.kind)),
    }
}

fn leads<W: World + ?Sized>(
    of: &Named,
    target: &str,
    that: &Condition,
    resource: &Resource,
    world: &W,
) -> bool {
    let mut found = false;
    each_value(of, resource.value(), &mut |value| {
        let IndexValue::Reference(text) = &value else { return };
        let Some((kind, id)) = text.split_once('/').filter(|(kind, _)| *kind == target) else {
            return;
        };
        let there = world.read(kind, id);
        found = found || there.is_some_and(|there| matches(that, there, None, world));
    });
    found
}

fn points(of: &Named, resource: &Resource, here: &str) -> bool {
    let mut found = false;
    each_value(of, resource.value(), &mut |value| {
        found = found || matches!(&value, IndexValue::Reference(text) if text == here);
    });
    found
}

#[cfg(test)]
mod tests;
