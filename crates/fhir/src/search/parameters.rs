//! The search parameters of R4, from the table that `tools/fhir-table` writes.

mod read;
mod share;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

use super::extract;
use crate::Resource;
use crate::table::CodeSet;

/// A search parameter of one resource type.
#[derive(Debug, PartialEq, Eq)]
pub struct Parameter {
    /// As FHIR names it: `birthdate`.
    pub name: &'static str,
    /// How its values compare.
    pub kind: ParameterKind,
    /// The types that a reference may point to, sorted; empty when every type is allowed, and
    /// for other kinds.
    pub targets: Vec<&'static str>,
    /// The parts of a composite, in the order in which a search writes them.
    pub components: Vec<Component>,
    /// The parameters that together have the values of this one: `code` and `component-code` of
    /// `combo-code`. Empty for a parameter that stands for itself.
    pub parts: Vec<&'static str>,
    /// Where the values stand; of a composite, the elements in which its parts must meet (an
    /// empty path is the resource itself).
    pub(super) paths: Vec<Path>,
    pub(super) shared: Option<(&'static str, Option<&'static str>)>,
}

/// One part of a composite parameter.
#[derive(Debug, PartialEq, Eq)]
pub struct Component {
    /// The parameter whose values it has: `code`.
    pub name: &'static str,
    /// How its values compare.
    pub kind: ParameterKind,
    /// From the composite's base element.
    pub(super) paths: Vec<Path>,
}

/// How a parameter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParameterKind {
    /// A code or identifier, with or without its system.
    Token,
    /// Normalised text, matched from its beginning.
    Text,
    /// Another resource.
    Reference,
    /// A day, moment or period.
    Date,
    /// A URI, matched whole.
    Uri,
    /// A number with a unit.
    Quantity,
    /// A number.
    Number,
    /// Whether the element is there and not `false`; asked for as a token.
    Truth,
    /// Several values that must stand in one element. Not indexed: see
    /// [`Parameter::components`].
    Composite,
    /// With rules of its own (`near`, `_text`). Not indexed.
    Special,
}

/// The way to a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) steps: Vec<Step>,
    /// Only references to this type.
    pub(super) target: Option<&'static str>,
    /// From the resource, also inside a composite.
    pub(super) from_resource: bool,
    /// The codes of an element of type `code`, whose system is not written in the resource.
    pub(super) codes: Option<&'static CodeSet>,
    /// The type of the values (`HumanName`); `Element` when a choice leaves it open.
    pub(super) ends_in: &'static str,
}

/// One member on the way to a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// The JSON members to look at: one, or those of a choice.
    pub(super) members: Vec<&'static str>,
    /// Only items whose member has this value.
    pub(super) only: Option<(&'static str, &'static str)>,
    /// Only the first item.
    pub(super) first: bool,
}

impl Parameter {
    /// The parameter under which the index holds the values of this one, and the type of
    /// reference to which it is restricted: `patient` of an Observation is `subject`, where it
    /// is a Patient. Its own name for all others.
    ///
    /// A stored reference is one to that type when it is `Patient/1`, or a URL that ends in
    /// `/Patient/1` (perhaps with a version); an [`IndexValue::Opaque`](super::IndexValue) one
    /// is not.
    ///
    /// ```
    /// use manzil_fhir::search::parameter;
    ///
    /// let stored = |name| parameter("Observation", name).map(|parameter| parameter.stored());
    /// assert_eq!(stored("patient"), Some(("subject", Some("Patient"))));
    /// assert_eq!(stored("code"), Some(("code", None)));
    /// ```
    pub fn stored(&self) -> (&'static str, Option<&'static str>) {
        self.shared.unwrap_or((self.name, None))
    }

    /// Whether the index has entries of its own for it: not those that [`Parameter::stored`] or
    /// [`Parameter::parts`] find elsewhere, nor composite and special ones, nor `_id` and
    /// `_lastUpdated`, which a store keeps beside the resource.
    pub fn is_indexed(&self) -> bool {
        self.shared.is_none()
            && !matches!(self.name, "_id" | "_lastUpdated")
            && self.parts.is_empty()
            && !matches!(self.kind, ParameterKind::Composite | ParameterKind::Special)
    }

    /// The elements of a resource that the parameter looks at, before they become values; of a
    /// composite, those in which its parts must meet.
    pub fn elements<'a>(&self, resource: &'a Resource) -> Vec<&'a Value> {
        let mut found = Vec::new();
        for path in &self.paths {
            extract::walk(resource.value(), &path.steps, &mut |element| {
                if path.target.is_none_or(|target| extract::is_to(element, target)) {
                    found.push(element);
                }
            });
        }
        found
    }

    /// Whether all values are of one of these types.
    pub(super) fn is_all(&self, types: &[&str]) -> bool {
        !self.paths.is_empty() && self.paths.iter().all(|path| types.contains(&path.ends_in))
    }

    /// Whether the reference may point to this type.
    pub fn allows(&self, resource_type: &str) -> bool {
        self.targets.is_empty() || self.targets.contains(&resource_type)
    }
}

/// The parameters of a resource type, by name. Those of every type stand under `Resource`, and
/// `_text` under `DomainResource`.
pub fn parameters(resource_type: &str) -> &'static [Parameter] {
    table().get(resource_type).map_or(&[], Vec::as_slice)
}

/// The parameter of this name that a resource type has, also one that every type has.
///
/// ```
/// use manzil_fhir::search::parameter;
///
/// assert!(parameter("Patient", "birthdate").is_some());
/// assert!(parameter("Patient", "_tag").is_some());
/// assert!(parameter("Patient", "code").is_none());
/// ```
pub fn parameter(resource_type: &str, name: &str) -> Option<&'static Parameter> {
    let of = if name.starts_with('_') { "Resource" } else { resource_type };
    let all = parameters(of);
    all.binary_search_by(|each| each.name.cmp(name)).ok().and_then(|at| all.get(at))
}

fn table() -> &'static BTreeMap<&'static str, Vec<Parameter>> {
    static TABLE: OnceLock<BTreeMap<&'static str, Vec<Parameter>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = read::table(include_str!("../../data/r4-search.tsv"));
        for parameters in table.values_mut() {
            share::mark(parameters);
        }
        table
    })
}
