//! What R4 publishes itself and may be given away. Source: FHIR R4 4.0.1 (HL7, CC0 1.0), written
//! into tables by `tools/fhir-table`. Definitions are left out, and so are the code systems of
//! others; a list of their codes is marked as withheld.
//!
//! A table is read from its text when one of its entries is first asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::map::{Group, Row};
use super::set::{Filter, Listed, Part};
use super::{CodeSystem, Concept, ConceptMap, ValueSet};

/// Where each entry of a table begins, by its URL.
struct Table {
    entries: BTreeMap<&'static str, &'static str>,
}

static SYSTEMS: OnceLock<Table> = OnceLock::new();
static SETS: OnceLock<Table> = OnceLock::new();
static MAPS: OnceLock<Table> = OnceLock::new();

impl Table {
    fn read(text: &'static str) -> Self {
        let entries = text.split("\n>").skip(1).filter_map(|entry| {
            let url = entry.split(['\t', '\n']).next()?;
            Some((url, entry))
        });
        Self { entries: entries.collect() }
    }
}

fn systems() -> &'static Table {
    SYSTEMS.get_or_init(|| Table::read(include_str!("../../data/r4-code-systems.tsv")))
}

fn sets() -> &'static Table {
    SETS.get_or_init(|| Table::read(include_str!("../../data/r4-value-sets.tsv")))
}

fn maps() -> &'static Table {
    MAPS.get_or_init(|| Table::read(include_str!("../../data/r4-concept-maps.tsv")))
}

/// The code system with this URL.
pub fn code_system(url: &str) -> Option<Arc<CodeSystem>> {
    // A search or an expansion asks for one system many times.
    static READ: Mutex<BTreeMap<&'static str, Arc<CodeSystem>>> = Mutex::new(BTreeMap::new());
    let (url, entry) = systems().entries.get_key_value(url)?;
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    Some(Arc::clone(read.entry(url).or_insert_with(|| Arc::new(system_of(entry)))))
}

/// The value set with this URL.
pub fn value_set(url: &str) -> Option<Arc<ValueSet>> {
    sets().entries.get(url).map(|entry| Arc::new(set_of(entry)))
}

/// The code system whose codes are all in the value set with this URL.
pub(super) fn system_of_all(url: &str) -> Option<&'static str> {
    let name = url.strip_prefix("http://hl7.org/fhir/ValueSet/")?;
    let system = format!("http://hl7.org/fhir/{name}");
    systems().entries.get_key_value(system.as_str()).map(|(url, _)| *url)
}

/// The concept map with this URL.
pub fn concept_map(url: &str) -> Option<Arc<ConceptMap>> {
    maps().entries.get(url).map(|entry| Arc::new(map_of(entry)))
}

/// The concept maps that map codes of this system.
pub fn maps_from(system: &str) -> impl Iterator<Item = Arc<ConceptMap>> {
    let all = maps().entries.values().map(|entry| Arc::new(map_of(entry)));
    all.filter(move |map| map.maps(system))
}

/// The URLs of all value sets, in order.
pub fn value_set_urls() -> impl Iterator<Item = &'static str> {
    sets().entries.keys().copied()
}

/// The URLs of all code systems, in order.
pub fn code_system_urls() -> impl Iterator<Item = &'static str> {
    systems().entries.keys().copied()
}

fn system_of(entry: &str) -> CodeSystem {
    let mut lines = entry.lines();
    let mut head = lines.next().unwrap_or_default().split('\t');
    let mut next = || head.next().unwrap_or_default();
    let (url, version, name, flags) = (next(), next(), next(), next());
    let mut system = CodeSystem::new(url, version, name);
    system.is_complete = flags.contains('c');
    system.is_case_sensitive = !flags.contains('i');
    let mut path: Vec<usize> = Vec::new();
    let mut further = Vec::new();
    for line in lines {
        let depth = line.bytes().take_while(|byte| *byte == b'\t').count();
        let mut cells = line.trim_start_matches('\t').split('\t');
        let mut next = || cells.next().unwrap_or_default();
        let (code, display, flags, parents) = (next(), next(), next(), next());
        let concept = Concept {
            code: code.to_owned(),
            display: match display {
                "" => None,
                "=" => Some(code.to_owned()),
                display => Some(display.to_owned()),
            },
            is_abstract: flags.contains('a'),
            is_inactive: flags.contains('r'),
            ..Concept::default()
        };
        path.truncate(depth);
        let parent: Vec<usize> = path.last().copied().into_iter().collect();
        let place = system.add(concept, &parent);
        path.push(place);
        let parents = parents.split('|').filter(|it| !it.is_empty());
        further.extend(parents.map(|parent| (place, parent)));
    }
    for (child, parent) in further {
        if let Some(parent) = system.place(parent) {
            system.put_below(child, parent);
        }
    }
    system
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn set_of(entry: &str) -> ValueSet {
    let mut lines = entry.lines();
    let mut head = lines.next().unwrap_or_default().split('\t');
    let mut next = || head.next().unwrap_or_default();
    let (url, version, name) = (some(next()).unwrap_or_default(), some(next()), some(next()));
    let mut set = ValueSet { url, version, name, ..ValueSet::default() };
    let mut in_excludes = false;
    for line in lines {
        let mut cells = line.split('\t');
        let sign = cells.next().unwrap_or_default();
        let mut next = || cells.next().unwrap_or_default();
        if matches!(sign, "+" | "-") {
            in_excludes = sign == "-";
            let part = Part { system: some(next()), version: some(next()), ..Part::default() };
            if in_excludes {
                set.excludes.push(part);
            } else {
                set.includes.push(part);
            }
            continue;
        }
        let parts = if in_excludes { &mut set.excludes } else { &mut set.includes };
        let Some(part) = parts.last_mut() else { continue };
        match sign {
            "=" => {
                let (code, display) = (next().to_owned(), some(next()));
                part.concepts.push(Listed { code, display, designations: Vec::new() });
            }
            "?" => {
                let (property, operator) = (next().to_owned(), next().to_owned());
                part.filters.push(Filter { property, operator, value: next().to_owned() });
            }
            "@" => part.sets.push(next().to_owned()),
            _ => part.is_withheld = true,
        }
    }
    set
}

fn map_of(entry: &str) -> ConceptMap {
    let mut lines = entry.lines();
    let mut head = lines.next().unwrap_or_default().split('\t');
    let mut next = || head.next().unwrap_or_default();
    let (url, version, _name) = (some(next()).unwrap_or_default(), some(next()), next());
    let mut map =
        ConceptMap { url, version, source: some(next()), target: some(next()), groups: Vec::new() };
    for line in lines {
        let mut cells = line.split('\t');
        let mut next = || cells.next().unwrap_or_default().to_owned();
        let first = next();
        if first == "+" {
            map.groups.push(Group { source: next(), target: next(), ..Group::default() });
        } else if let Some(group) = map.groups.last_mut() {
            let (equivalence, target) = (next(), some(&next()));
            group.rows.push(Row { code: first, equivalence, target, display: None });
        }
    }
    map
}
