//! The search parameters of R4, from the table that `tools/fhir-table` writes.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A search parameter of one resource type.
#[derive(Debug, PartialEq, Eq)]
pub struct Parameter {
    /// As FHIR names it: `birthdate`.
    pub name: &'static str,
    /// How its values compare.
    pub kind: ParameterKind,
    pub(super) paths: Vec<Vec<Step>>,
}

/// How a parameter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// A code or identifier, with or without its system.
    Token,
    /// Normalised text, matched from its beginning.
    Text,
    /// Another resource.
    Reference,
    /// A day, moment or period.
    Date,
    /// A URI, matched whole; indexed as a token without system.
    Uri,
    /// Known, but not indexed.
    Quantity,
    /// Known, but not indexed.
    Number,
    /// Whether the element is there and not `false`.
    Truth,
}

/// One member on the way to a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) member: &'static str,
    /// The choice: `Quantity` for `value` as Quantity.
    pub(super) choice: Option<&'static str>,
    /// Only items whose member has this value.
    pub(super) only: Option<(&'static str, &'static str)>,
    /// Only references to this type.
    pub(super) target: Option<&'static str>,
}

/// The parameters of a resource type, by name. Those of every type stand under `Resource`.
pub fn parameters(resource_type: &str) -> &'static [Parameter] {
    static TABLE: OnceLock<BTreeMap<&'static str, Vec<Parameter>>> = OnceLock::new();
    let table = TABLE.get_or_init(|| read(include_str!("../../data/r4-search.tsv")));
    table.get(resource_type).map_or(&[], Vec::as_slice)
}

fn read(text: &'static str) -> BTreeMap<&'static str, Vec<Parameter>> {
    let mut table: BTreeMap<&'static str, Vec<Parameter>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&'static str> = line.split('\t').collect();
        let &[of, name, kind, paths] = columns.as_slice() else { continue };
        let Some(kind) = ParameterKind::read(kind) else { continue };
        let paths = paths.split(' ').map(|path| path.split('.').map(step).collect()).collect();
        table.entry(of).or_default().push(Parameter { name, kind, paths });
    }
    table
}

impl ParameterKind {
    fn read(name: &str) -> Option<Self> {
        Some(match name {
            "token" => Self::Token,
            "string" => Self::Text,
            "reference" => Self::Reference,
            "date" => Self::Date,
            "uri" => Self::Uri,
            "quantity" => Self::Quantity,
            "number" => Self::Number,
            "truth" => Self::Truth,
            _ => return None,
        })
    }
}

/// `value:Quantity`, `telecom[system=phone]`, `subject>Patient`, `name`.
fn step(text: &'static str) -> Step {
    let plain = Step { member: text, choice: None, only: None, target: None };
    if let Some((member, choice)) = text.split_once(':') {
        return Step { member, choice: Some(choice), ..plain };
    }
    if let Some((member, target)) = text.split_once('>') {
        return Step { member, target: Some(target), ..plain };
    }
    match text.trim_end_matches(']').split_once('[') {
        Some((member, only)) => Step { member, only: only.split_once('='), ..plain },
        None => plain,
    }
}
