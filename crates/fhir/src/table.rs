//! What FHIR R4 says a resource may hold: types, their elements, cardinality and codes.
//!
//! The table covers every resource and data type of R4 (4.0.1). It is read once from the
//! compact text in `data/`, which `tools/fhir-table` writes from the published definitions.
//! Start with [`child`]: it answers what a JSON member is, seen from where it stands.
//!
//! ```
//! use manzil_fhir::table;
//!
//! let value = table::child("Observation", "valueQuantity").unwrap();
//! assert_eq!(value.element.path, "Observation.value[x]");
//! assert_eq!(value.type_name, "Quantity");
//! assert_eq!(table::child(value.inside, "unit").unwrap().type_name, "string");
//! assert!(table::is_subtype("Age", "Quantity"));
//! ```

mod codes;
mod invariants;
mod read;

use std::sync::OnceLock;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

pub use codes::{CodeSet, code_set};
pub use invariants::{Invariant, all_invariants, invariants};

/// What a type is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A single JSON value: `string`, `date`, `decimal` ...
    Primitive,
    /// A JSON object inside a resource: `HumanName`, `Quantity` ...
    Complex,
    /// A JSON object with a `resourceType`.
    Resource,
}

/// A type of R4.
#[derive(Debug, PartialEq, Eq)]
pub struct TypeDefinition {
    pub name: &'static str,
    /// The type it specialises; none for `Element` and `Resource`.
    pub base: Option<&'static str>,
    pub kind: Kind,
    /// Nothing is of this type alone: `Element`, `BackboneElement`, `Resource`,
    /// `DomainResource`.
    pub is_abstract: bool,
}

/// One element of a type, inherited ones included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// From the type, choices as `value[x]`: `Patient.contact.name`, `Observation.value[x]`.
    pub path: &'static str,
    /// The last part of the path: `name`, `value[x]`.
    pub name: &'static str,
    pub min: u32,
    /// None for `*`.
    pub max: Option<u32>,
    /// More than one only in a choice. Empty when the content is defined elsewhere
    /// (`content_reference`).
    pub types: Vec<ElementType>,
    /// The path of the element that defines the content: `Observation.referenceRange` for
    /// `Observation.component.referenceRange`.
    pub content_reference: Option<&'static str>,
    /// The last part of the URL of the value set outside which no code is allowed.
    pub required_codes: Option<&'static str>,
    /// Part of the summary view.
    pub summary: bool,
    /// Changes the meaning of what it stands in; must not be ignored.
    pub modifier: bool,
}

/// A type that an element may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementType {
    pub name: &'static str,
    /// For `Reference`: the types it may point to; empty for any.
    pub targets: Vec<&'static str>,
}

/// What a JSON member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Child {
    pub element: &'static Element,
    /// The type, the choice resolved: `Quantity` for `valueQuantity`. `BackboneElement` (or
    /// `Element`) where the content is written in place.
    pub type_name: &'static str,
    /// The targets when it is a `Reference`; empty for any.
    pub targets: &'static [&'static str],
    /// Where the element's own children are found: pass it to [`child`] or [`children`]. A
    /// type name (`HumanName`) or a path (`Patient.contact`).
    pub inside: &'static str,
}

impl Element {
    /// Whether it may repeat, and so is a JSON array.
    pub fn repeats(&self) -> bool {
        self.max != Some(1)
    }

    /// `value` for the choice `value[x]`.
    pub fn choice(&self) -> Option<&'static str> {
        self.name.strip_suffix("[x]")
    }
}

/// The type with this name: `Patient`, `HumanName`, `code`.
pub fn type_definition(name: &str) -> Option<&'static TypeDefinition> {
    table().types.get(name)
}

/// Every type, by name.
pub fn types() -> impl Iterator<Item = &'static TypeDefinition> {
    table().types.values()
}

/// Whether this is a resource type that can be sent, stored and read: `Patient`, but not the
/// abstract `DomainResource`.
pub fn is_resource_type(name: &str) -> bool {
    type_definition(name).is_some_and(|t| t.kind == Kind::Resource && !t.is_abstract)
}

/// Whether this is a type whose JSON is a single value.
pub fn is_primitive(name: &str) -> bool {
    type_definition(name).is_some_and(|t| t.kind == Kind::Primitive)
}

/// The types that a type specialises, nearest first: `Quantity`, `Element` for `Age`.
pub fn supertypes(name: &str) -> impl Iterator<Item = &'static str> {
    let base = |name: &str| type_definition(name).and_then(|t| t.base);
    std::iter::successors(base(name), move |name| base(name))
}

/// Whether `name` is `ancestor` or specialises it.
pub fn is_subtype(name: &str, ancestor: &str) -> bool {
    name == ancestor || supertypes(name).any(|base| base == ancestor)
}

/// The element at a definition path, inherited ones included: `Patient.contact.name`,
/// `Observation.value[x]`, `Patient.id`. Paths do not continue into data types.
pub fn element(path: &str) -> Option<&'static Element> {
    let (parent, name) = path.rsplit_once('.')?;
    children(parent).iter().find(|element| element.name == name)
}

/// The elements directly inside a type (`Patient`) or a path (`Patient.contact`), inherited
/// ones first; none when there is no such place.
pub fn children(inside: &str) -> &'static [Element] {
    table().places.get(inside).map_or(&[], |place| place.elements.as_slice())
}

/// Those of [`children`] that must be there.
pub(crate) fn required(inside: &str) -> impl Iterator<Item = &'static Element> {
    let place = table().places.get(inside);
    let numbers = place.map_or(&[][..], |place| place.required.as_slice());
    numbers.iter().filter_map(move |number| place?.elements.get(*number))
}

/// The JSON members that stand inside a type or path, each choice by its types, in the order of
/// the alphabet.
pub(crate) fn member_names(inside: &str) -> impl Iterator<Item = &'static str> {
    table()
        .places
        .get(inside)
        .into_iter()
        .flat_map(|place| place.members.keys().map(String::as_str))
}

/// What the JSON member `name` is inside a type or path, with the choice resolved.
///
/// The `_name` siblings of primitives are not members here: strip the underscore first.
pub fn child(inside: &str, name: &str) -> Option<Child> {
    let place = table().places.get(inside)?;
    let &(element, kind) = place.members.get(name)?;
    let element = place.elements.get(element)?;
    let Some(kind) = element.types.get(kind) else {
        let inside = element.content_reference?;
        return Some(Child { element, type_name: "BackboneElement", targets: &[], inside });
    };
    let in_place = matches!(kind.name, "BackboneElement" | "Element");
    let inside = if in_place { element.path } else { kind.name };
    Some(Child { element, type_name: kind.name, targets: &kind.targets, inside })
}

/// The resource type whose name is nearest to a misspelt one, for advice.
pub fn nearest_resource_type(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let candidates = types().filter(|t| t.kind == Kind::Resource && !t.is_abstract);
    let (distance, nearest) =
        candidates.map(|t| (edits(&name, &t.name.to_lowercase()), t.name)).min()?;
    (distance <= name.chars().count().div_ceil(2)).then_some(nearest)
}

/// The number of letters to insert, remove or replace (Levenshtein).
fn edits(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (above, left) in from.chars().enumerate() {
        let mut diagonal = above;
        let mut before = above + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(to.chars()) {
            let replaced = diagonal + usize::from(left != right);
            diagonal = *cell;
            *cell = replaced.min(*cell + 1).min(before + 1);
            before = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = above + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// What is found by a name, many times for each resource, and in the order of the alphabet.
pub(crate) type Names<K, T> = IndexMap<K, T, FxBuildHasher>;

#[derive(Debug, Default)]
struct Table {
    types: Names<&'static str, TypeDefinition>,
    /// By type name or path.
    places: Names<&'static str, Place>,
}

#[derive(Clone, Debug, Default)]
struct Place {
    elements: Vec<Element>,
    /// Which of them must be there.
    required: Vec<usize>,
    /// JSON member name to the element and which of its types it chooses.
    members: Names<String, (usize, usize)>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| read::table(include_str!("../data/r4-elements.tsv")))
}

#[cfg(test)]
mod tests;
