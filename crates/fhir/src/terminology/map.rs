//! One concept map.

use serde_json::Value;

use super::{items, text};

/// A concept map.
#[derive(Clone, Debug, Default)]
pub struct ConceptMap {
    pub url: String,
    pub version: Option<String>,
    /// The value set that it maps from, if it says so.
    pub source: Option<String>,
    pub target: Option<String>,
    pub(super) groups: Vec<Group>,
}

/// The mappings from one system to another.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) source: String,
    pub(super) target: String,
    pub(super) rows: Vec<Row>,
    pub(super) unmapped: Option<Unmapped>,
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) code: String,
    pub(super) equivalence: String,
    pub(super) target: Option<String>,
    pub(super) display: Option<String>,
}

/// What a code is mapped to that has no row.
#[derive(Clone, Debug)]
pub(super) enum Unmapped {
    /// The same code.
    Provided,
    Fixed(String, Option<String>),
}

/// What a code is elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// From the value set `concept-map-equivalence` of R4.
    pub equivalence: String,
    pub system: String,
    pub code: Option<String>,
    pub display: Option<String>,
    /// The canonical URL of the map.
    pub map: String,
}

impl ConceptMap {
    /// Reads a `ConceptMap`.
    pub fn of(resource: &Value) -> Self {
        let owned = |name| text(resource, name).map(str::to_owned);
        Self {
            url: owned("url").unwrap_or_default(),
            version: owned("version"),
            source: owned("sourceUri").or_else(|| owned("sourceCanonical")),
            target: owned("targetUri").or_else(|| owned("targetCanonical")),
            groups: items(resource, "group").map(group).collect(),
        }
    }

    pub(crate) fn maps(&self, system: &str) -> bool {
        self.groups.iter().any(|group| group.source == system)
    }

    /// What a code is mapped to. `target` is a code system to which the answer is kept.
    pub fn translate(&self, system: &str, code: &str, target: Option<&str>) -> Vec<Match> {
        let mut found = Vec::new();
        let groups = self.groups.iter().filter(|it| it.source == system);
        for group in groups.filter(|it| target.is_none_or(|target| it.target == target)) {
            let own = group.rows.iter().filter(|row| row.code == code);
            let before = found.len();
            found.extend(own.map(|row| Match {
                equivalence: row.equivalence.clone(),
                system: group.target.clone(),
                code: row.target.clone(),
                display: row.display.clone(),
                map: self.url.clone(),
            }));
            if found.len() == before
                && let Some(unmapped) = &group.unmapped
            {
                let (code, display) = match unmapped {
                    Unmapped::Provided => (code.to_owned(), None),
                    Unmapped::Fixed(code, display) => (code.clone(), display.clone()),
                };
                let (system, map) = (group.target.clone(), self.url.clone());
                let equivalence = "inexact".to_owned();
                found.push(Match { equivalence, system, code: Some(code), display, map });
            }
        }
        found
    }

    /// What is mapped to a code.
    pub fn translate_back(&self, system: &str, code: &str, source: Option<&str>) -> Vec<Match> {
        let groups = self.groups.iter().filter(|it| it.target == system);
        let groups = groups.filter(|it| source.is_none_or(|source| it.source == source));
        let rows = groups.flat_map(|group| group.rows.iter().map(move |row| (group, row)));
        let own = rows.filter(|(_, row)| row.target.as_deref() == Some(code));
        own.map(|(group, row)| Match {
            equivalence: turned(&row.equivalence).to_owned(),
            system: group.source.clone(),
            code: Some(row.code.clone()),
            display: None,
            map: self.url.clone(),
        })
        .collect()
    }
}

/// R4 reads an equivalence from the target to the source: backwards, wider is narrower.
fn turned(equivalence: &str) -> &str {
    match equivalence {
        "wider" => "narrower",
        "narrower" => "wider",
        "subsumes" => "specializes",
        "specializes" => "subsumes",
        other => other,
    }
}

fn group(value: &Value) -> Group {
    let owned = |name| text(value, name).unwrap_or_default().to_owned();
    let mut rows = Vec::new();
    for element in items(value, "element") {
        let code = text(element, "code").unwrap_or_default();
        rows.extend(items(element, "target").map(|target| Row {
            code: code.to_owned(),
            equivalence: text(target, "equivalence").unwrap_or("equivalent").to_owned(),
            target: text(target, "code").map(str::to_owned),
            display: text(target, "display").map(str::to_owned),
        }));
    }
    let unmapped = value.get("unmapped").and_then(|it| match text(it, "mode") {
        Some("provided") => Some(Unmapped::Provided),
        Some("fixed") => Some(Unmapped::Fixed(
            text(it, "code")?.to_owned(),
            text(it, "display").map(str::to_owned),
        )),
        _ => None,
    });
    Group { source: owned("source"), target: owned("target"), rows, unmapped }
}
