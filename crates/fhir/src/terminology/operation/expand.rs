//! `$expand` of a value set.
//!
//! Source: <https://hl7.org/fhir/R4/valueset-operation-expand.html>.

use serde_json::{Value, json};

use super::Arguments;
use super::validate_code::set_of;
use crate::terminology::{Member, Problem, Terminology};

const KNOWN: &[&str] = &[
    "url",
    "valueSet",
    "valueSetVersion",
    "filter",
    "offset",
    "count",
    "includeDesignations",
    "includeDefinition",
    "activeOnly",
    "excludeNested",
    "excludeNotForUI",
    "displayLanguage",
    "date",
    "context",
    "contextDirection",
];

/// The value set with its codes in it, without its definition.
pub(super) fn expand(terminology: &Terminology, arguments: &Arguments) -> Result<Value, Problem> {
    arguments.check(KNOWN)?;
    let set = set_of(terminology, arguments)?;
    let filter = arguments.text("filter").map(|it| it.to_lowercase());
    let (active_only, for_people) =
        (arguments.truth("activeOnly")?, arguments.truth("excludeNotForUI")?);
    let is_wanted = |member: &Member| {
        let fits = filter.as_deref().is_none_or(|filter| fits(member, filter));
        fits && !(active_only && member.is_inactive) && !(for_people && member.is_abstract)
    };
    let mut members = terminology.members(&set)?;
    members.retain(is_wanted);
    let total = members.len();
    let (offset, count) = (arguments.number("offset")?, arguments.number("count")?);
    let with_designations = arguments.truth("includeDesignations")?;
    let shown = members.into_iter().skip(offset.unwrap_or(0)).take(count.unwrap_or(usize::MAX));
    let contains: Vec<Value> = shown.map(|it| entry(it, with_designations)).collect();
    let sent = arguments.instance.as_ref().or_else(|| arguments.resource("valueSet"));
    let status = sent.and_then(|it| it.get("status")).cloned().unwrap_or_else(|| "active".into());
    let mut answer = json!({"resourceType": "ValueSet"});
    let mut put = |name: &str, value: Option<Value>| {
        if let (Some(members), Some(value)) = (answer.as_object_mut(), value) {
            members.insert(name.to_owned(), value);
        }
    };
    put("url", Some(set.url.clone()).filter(|it| !it.is_empty()).map(Value::from));
    put("version", set.version.clone().map(Value::from));
    put("name", set.name.clone().map(Value::from));
    put("status", Some(status));
    put("expansion", Some(expansion(arguments, total, offset, contains)));
    Ok(answer)
}

fn expansion(
    arguments: &Arguments,
    total: usize,
    offset: Option<usize>,
    contains: Vec<Value>,
) -> Value {
    let asked = KNOWN.iter().filter(|name| !matches!(**name, "url" | "valueSet"));
    let asked =
        asked.filter_map(|name| Some(json!({"name": name, "valueString": arguments.text(name)?})));
    let asked: Vec<Value> = asked.collect();
    let mut expansion = json!({"total": total});
    let mut put = |name: &str, value: Value| {
        if let Some(members) = expansion.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
    };
    if let Some(offset) = offset {
        put("offset", offset.into());
    }
    if !asked.is_empty() {
        put("parameter", asked.into());
    }
    if !contains.is_empty() {
        put("contains", contains.into());
    }
    expansion
}

/// R4 leaves open how a filter fits: here every word of it begins a word of the display, or it
/// begins the code.
fn fits(member: &Member, filter: &str) -> bool {
    let display = member.display.as_deref().unwrap_or_default().to_lowercase();
    let mut words = filter.split_whitespace();
    let has = |word: &str| {
        display.split(|it: char| !it.is_alphanumeric()).any(|own| own.starts_with(word))
    };
    member.code.to_lowercase().starts_with(filter.trim()) || words.all(has)
}

fn entry(member: Member, with_designations: bool) -> Value {
    let mut entry = json!({"system": member.system});
    if let Some(members) = entry.as_object_mut() {
        for (name, holds) in [("abstract", member.is_abstract), ("inactive", member.is_inactive)] {
            if holds {
                members.insert(name.to_owned(), true.into());
            }
        }
        members.insert("code".to_owned(), member.code.into());
        if let Some(display) = member.display {
            members.insert("display".to_owned(), display.into());
        }
        if with_designations && !member.designations.is_empty() {
            members.insert("designation".to_owned(), member.designations.into());
        }
    }
    entry
}
