//! The invariants that the R4 definitions state as FHIRPath.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A rule that every instance of an element keeps.
#[derive(Debug, PartialEq, Eq)]
pub struct Invariant {
    /// As HL7 numbers it: `obs-7`.
    pub key: &'static str,
    /// Breaking it is an error; otherwise good practice only.
    pub is_error: bool,
    /// FHIRPath, true when kept; evaluated on the element.
    pub expression: &'static str,
    /// The rule in HL7's words.
    pub human: &'static str,
}

/// The invariants stated on a type (`Observation`) or a path (`Observation.component`), not
/// those of its base types.
pub fn invariants(path: &str) -> &'static [Invariant] {
    rules().get(path).map_or(&[], Vec::as_slice)
}

/// All invariants with the type or path that they are stated on.
pub fn all_invariants() -> impl Iterator<Item = (&'static str, &'static Invariant)> {
    rules().iter().flat_map(|(path, rules)| rules.iter().map(|rule| (*path, rule)))
}

fn rules() -> &'static BTreeMap<&'static str, Vec<Invariant>> {
    static RULES: OnceLock<BTreeMap<&'static str, Vec<Invariant>>> = OnceLock::new();
    RULES.get_or_init(|| read(include_str!("../../data/r4-invariants.tsv")))
}

fn read(text: &'static str) -> BTreeMap<&'static str, Vec<Invariant>> {
    let mut rules: BTreeMap<_, Vec<Invariant>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&'static str> = line.split('\t').collect();
        let &[path, key, severity, expression, human] = columns.as_slice() else { continue };
        let is_error = severity == "error";
        rules.entry(path).or_default().push(Invariant { key, is_error, expression, human });
    }
    rules
}
