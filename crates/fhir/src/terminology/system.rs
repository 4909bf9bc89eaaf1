//! One code system, ready to be asked.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{items, text};

/// A code system.
#[derive(Clone, Debug, Default)]
pub struct CodeSystem {
    pub url: String,
    pub version: Option<String>,
    pub name: Option<String>,
    /// Whether every code of the system is here.
    pub is_complete: bool,
    pub is_case_sensitive: bool,
    pub concepts: Vec<Concept>,
    by_code: BTreeMap<String, usize>,
    children: BTreeMap<usize, Vec<usize>>,
}

/// A code and what is known of it.
#[derive(Clone, Debug, Default)]
pub struct Concept {
    pub code: String,
    pub display: Option<String>,
    pub definition: Option<String>,
    /// Whether it only groups others.
    pub is_abstract: bool,
    pub is_inactive: bool,
    /// `CodeSystem.concept.designation`, as it stands there.
    pub designations: Vec<Value>,
    /// `CodeSystem.concept.property`, as it stands there.
    pub properties: Vec<Value>,
    pub(super) parents: Vec<usize>,
}

impl CodeSystem {
    /// Reads a `CodeSystem`. What it does not have is empty.
    pub fn of(resource: &Value) -> Self {
        let owned = |name| text(resource, name).map(str::to_owned);
        let mut system = Self {
            url: owned("url").unwrap_or_default(),
            version: owned("version"),
            name: owned("name").or_else(|| owned("title")),
            is_complete: text(resource, "content") == Some("complete"),
            // R4 leaves it open when it is not said; two codes that differ by case alone are
            // then two codes.
            is_case_sensitive: resource.get("caseSensitive") != Some(&Value::Bool(false)),
            ..Self::default()
        };
        let mut links = Vec::new();
        for concept in items(resource, "concept") {
            system.read(concept, None, &mut links);
        }
        for (parent, child) in links {
            if let (Some(parent), Some(child)) = (system.place(&parent), system.place(&child)) {
                system.put_below(child, parent);
            }
        }
        system
    }

    /// An empty system, to be filled by [`add`](Self::add).
    pub(super) fn new(url: &str, version: &str, name: &str) -> Self {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (version, name) = (some(version), some(name));
        Self { url: url.to_owned(), version, name, is_case_sensitive: true, ..Self::default() }
    }

    /// Adds a concept below others; answers its place.
    pub(super) fn add(&mut self, concept: Concept, parents: &[usize]) -> usize {
        let place = self.concepts.len();
        self.by_code.entry(self.key(&concept.code)).or_insert(place);
        self.concepts.push(concept);
        for parent in parents {
            self.put_below(place, *parent);
        }
        place
    }

    pub(super) fn put_below(&mut self, child: usize, parent: usize) {
        if let Some(concept) = self.concepts.get_mut(child)
            && !concept.parents.contains(&parent)
        {
            concept.parents.push(parent);
            self.children.entry(parent).or_default().push(child);
        }
    }

    fn read(&mut self, value: &Value, parent: Option<usize>, links: &mut Vec<(String, String)>) {
        let code = text(value, "code").unwrap_or_default().to_owned();
        let owned = |name| text(value, name).map(str::to_owned);
        let properties: Vec<Value> = items(value, "property").cloned().collect();
        for property in &properties {
            let of = |name| text(property, name).unwrap_or_default().to_owned();
            match text(property, "code") {
                Some("child") => links.push((code.clone(), of("valueCode"))),
                Some("parent") => links.push((of("valueCode"), code.clone())),
                _ => {}
            }
        }
        let says = |name: &str| {
            let own = properties.iter().filter(|it| text(it, "code") == Some(name));
            own.clone().any(|it| it.get("valueBoolean") == Some(&Value::Bool(true)))
        };
        let is_over = properties.iter().any(|it| {
            text(it, "code") == Some("status") && text(it, "valueCode") == Some("retired")
        });
        let concept = Concept {
            display: owned("display"),
            definition: owned("definition"),
            is_abstract: says("notSelectable") || says("abstract"),
            is_inactive: says("inactive") || is_over,
            designations: items(value, "designation").cloned().collect(),
            properties: properties.clone(),
            parents: Vec::new(),
            code,
        };
        let place = self.add(concept, parent.as_slice());
        for child in items(value, "concept") {
            self.read(child, Some(place), links);
        }
    }

    fn key(&self, code: &str) -> String {
        if self.is_case_sensitive { code.to_owned() } else { code.to_lowercase() }
    }

    pub(super) fn place(&self, code: &str) -> Option<usize> {
        self.by_code.get(&self.key(code)).copied()
    }

    /// The concept with this code.
    pub fn concept(&self, code: &str) -> Option<&Concept> {
        self.concepts.get(self.place(code)?)
    }

    /// The codes right above a code; empty at the top.
    pub fn parents(&self, code: &str) -> Vec<&str> {
        let own = self.concept(code).map(|it| it.parents.as_slice()).unwrap_or_default();
        own.iter().filter_map(|place| Some(self.concepts.get(*place)?.code.as_str())).collect()
    }

    /// The codes right below a code.
    pub fn children(&self, code: &str) -> Vec<&str> {
        let own = self.place(code).and_then(|place| self.children.get(&place));
        let own = own.map(Vec::as_slice).unwrap_or_default();
        own.iter().filter_map(|place| Some(self.concepts.get(*place)?.code.as_str())).collect()
    }

    /// The code and everything below it; none when there is no such code.
    pub fn descendants(&self, code: &str) -> Option<Vec<&str>> {
        Some(self.walk(self.place(code)?, |place| {
            self.children.get(&place).map(Vec::as_slice).unwrap_or_default()
        }))
    }

    /// The code and everything above it; none when there is no such code.
    pub fn ancestors(&self, code: &str) -> Option<Vec<&str>> {
        Some(self.walk(self.place(code)?, |place| {
            self.concepts.get(place).map(|it| it.parents.as_slice()).unwrap_or_default()
        }))
    }

    fn walk<'a>(&'a self, from: usize, next: impl Fn(usize) -> &'a [usize]) -> Vec<&'a str> {
        let (mut seen, mut waiting) = (BTreeSet::from([from]), vec![from]);
        let mut found = Vec::new();
        while let Some(place) = waiting.pop() {
            found.extend(self.concepts.get(place).map(|it| it.code.as_str()));
            waiting.extend(next(place).iter().rev().filter(|place| seen.insert(**place)));
        }
        found
    }
}
