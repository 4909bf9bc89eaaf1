//! The codes of value sets that are required.

use std::sync::OnceLock;

use crate::table::Names;

/// A required value set whose codes are all known: `administrative-gender`.
#[derive(Debug, PartialEq, Eq)]
pub struct CodeSet {
    pub name: &'static str,
    /// Code systems with their codes.
    pub systems: Vec<(&'static str, Vec<&'static str>)>,
}

impl CodeSet {
    /// Every code, whatever its system.
    pub fn codes(&self) -> impl Iterator<Item = &'static str> {
        self.systems.iter().flat_map(|(_, codes)| codes.iter().copied())
    }

    /// Whether a `code` element may hold this code.
    pub fn contains(&self, code: &str) -> bool {
        self.codes().any(|known| known == code)
    }

    /// Whether a coding of this system and code is in the set.
    pub fn contains_coding(&self, system: &str, code: &str) -> bool {
        self.systems.iter().any(|(known, codes)| *known == system && codes.contains(&code))
    }
}

/// The value set with this name, the last part of its URL (see
/// [`Element::required_codes`](super::Element::required_codes)). None when its codes cannot be
/// listed, such as media types.
pub fn code_set(name: &str) -> Option<&'static CodeSet> {
    static SETS: OnceLock<Names<&'static str, CodeSet>> = OnceLock::new();
    SETS.get_or_init(|| read(include_str!("../../data/r4-codes.tsv"))).get(name)
}

fn read(text: &'static str) -> Names<&'static str, CodeSet> {
    let mut sets = Names::default();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let (Some(name), Some(system), Some(codes)) =
            (columns.next(), columns.next(), columns.next())
        else {
            continue;
        };
        let set = sets.entry(name).or_insert(CodeSet { name, systems: Vec::new() });
        set.systems.push((system, codes.split(' ').collect()));
    }
    sets
}
