//! One value set as it is composed.

use serde_json::Value;

use super::{items, text};

/// A value set.
#[derive(Clone, Debug, Default)]
pub struct ValueSet {
    pub url: String,
    pub version: Option<String>,
    pub name: Option<String>,
    pub(super) includes: Vec<Part>,
    pub(super) excludes: Vec<Part>,
}

/// What one include or exclude says; all of it must hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pub(super) system: Option<String>,
    pub(super) version: Option<String>,
    pub(super) concepts: Vec<Listed>,
    pub(super) filters: Vec<Filter>,
    pub(super) sets: Vec<String>,
    /// Whether it lists codes that are not carried here.
    pub(super) is_withheld: bool,
}

/// A code that is listed by itself.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) code: String,
    pub(super) display: Option<String>,
    pub(super) designations: Vec<Value>,
}

#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) property: String,
    pub(super) operator: String,
    pub(super) value: String,
}

impl ValueSet {
    /// Reads a `ValueSet`. One without a `compose` but with an expansion is what was expanded.
    pub fn of(resource: &Value) -> Self {
        let owned = |name| text(resource, name).map(str::to_owned);
        let compose = resource.get("compose");
        let parts = |name: &'static str| -> Vec<Part> {
            compose.into_iter().flat_map(|it| items(it, name)).map(part).collect()
        };
        let mut set = Self {
            url: owned("url").unwrap_or_default(),
            version: owned("version"),
            name: owned("name").or_else(|| owned("title")),
            includes: parts("include"),
            excludes: parts("exclude"),
        };
        if compose.is_none()
            && let Some(expansion) = resource.get("expansion")
        {
            expanded(expansion, &mut set.includes);
        }
        set
    }

    /// The value set of all codes of a system.
    pub(super) fn all_of(system: &str) -> Self {
        let whole = Part { system: Some(system.to_owned()), ..Part::default() };
        Self { url: system.to_owned(), includes: vec![whole], ..Self::default() }
    }
}

fn part(value: &Value) -> Part {
    let concepts = items(value, "concept").filter_map(listed).collect();
    let filters = items(value, "filter").filter_map(|filter| {
        Some(Filter {
            property: text(filter, "property")?.to_owned(),
            operator: text(filter, "op")?.to_owned(),
            value: text(filter, "value")?.to_owned(),
        })
    });
    Part {
        system: text(value, "system").map(str::to_owned),
        version: text(value, "version").map(str::to_owned),
        concepts,
        filters: filters.collect(),
        sets: items(value, "valueSet").filter_map(Value::as_str).map(str::to_owned).collect(),
        is_withheld: false,
    }
}

fn listed(value: &Value) -> Option<Listed> {
    Some(Listed {
        code: text(value, "code")?.to_owned(),
        display: text(value, "display").map(str::to_owned),
        designations: items(value, "designation").cloned().collect(),
    })
}

/// The codes of an expansion as lists, one after another.
fn expanded(value: &Value, into: &mut Vec<Part>) {
    for each in items(value, "contains") {
        if let (Some(system), Some(listed)) = (text(each, "system"), listed(each)) {
            let concepts = vec![listed];
            into.push(Part { system: Some(system.to_owned()), concepts, ..Part::default() });
        }
        expanded(each, into);
    }
}
