//! Sorting, includes, and how the answer is to look.

use super::super::parameters::ParameterKind;
use super::super::query::{Include, Search, SortBy, SortKey, Summary, Total};
use super::condition::{alternatives, named, resource_type};
use super::error::{SearchError, include, limit, modifier, sort, unsupported, wrong_value};
use super::{INCLUDES_MAX, SORT_KEYS_MAX};

/// Reads a parameter that is no condition; false when it is one.
pub(super) fn read(search: &mut Search, name: &str, value: &str) -> Result<bool, SearchError> {
    let (bare, with) = name.split_once(':').map_or((name, None), |(a, b)| (a, Some(b)));
    if matches!(bare, "_include" | "_revinclude") {
        includes(search, name, bare == "_revinclude", with, value)?;
        return Ok(true);
    }
    let result = &mut search.result;
    match bare {
        // Read before everything else.
        "_type" => {}
        "_sort" => sort_keys(search, value)?,
        "_count" => result.count = Some(count(value)?),
        "_total" => {
            result.total = match value {
                "none" => Total::None,
                "estimate" => Total::Estimate,
                "accurate" => Total::Accurate,
                _ => return Err(not_one_of(name, value, "write none, estimate or accurate")),
            }
        }
        "_summary" => {
            result.summary = match value {
                "false" => Summary::False,
                "true" => Summary::True,
                "text" => Summary::Text,
                "data" => Summary::Data,
                "count" => Summary::Count,
                _ => {
                    return Err(not_one_of(name, value, "write true, text, data, count or false"));
                }
            }
        }
        "_elements" => {
            let named = value.split(',').map(str::trim).filter(|element| !element.is_empty());
            result.elements.extend(named.map(str::to_owned));
        }
        "_contained" if value == "false" => {}
        "_contained" | "_containedType" => {
            return Err(unsupported(
                name,
                "is not supported: contained resources are not searched",
            ));
        }
        _ => return Ok(false),
    }
    match with {
        Some(with) => Err(modifier(bare, with, "none")),
        None => Ok(true),
    }
}

fn not_one_of(name: &str, value: &str, cure: &str) -> SearchError {
    wrong_value(name, format!("has the unknown value {value}"), cure)
}

fn count(value: &str) -> Result<usize, SearchError> {
    let reason = || format!("has a value that is no count: {value}");
    value.parse().map_err(|_| wrong_value("_count", reason(), "write a whole number from 0"))
}

fn sort_keys(search: &mut Search, value: &str) -> Result<(), SearchError> {
    for key in value.split(',').map(str::trim).filter(|key| !key.is_empty()) {
        if search.sort.len() >= SORT_KEYS_MAX {
            return Err(limit("_sort", format!("has more than {SORT_KEYS_MAX} keys")));
        }
        let (name, descending) = key.strip_prefix('-').map_or((key, false), |name| (name, true));
        let by = match name {
            "_id" => SortBy::Id,
            "_lastUpdated" => SortBy::Updated,
            _ => sort_values(&search.types, name)?,
        };
        search.sort.push(SortKey { by, descending });
    }
    Ok(())
}

fn sort_values(types: &[&'static str], name: &str) -> Result<SortBy, SearchError> {
    let every = ["Resource"];
    let types = if types.is_empty() { every.as_slice() } else { types };
    let mut found = Vec::new();
    for named in types.iter().filter_map(|of| named(of, name)) {
        if matches!(named.parameter.kind, ParameterKind::Composite | ParameterKind::Special) {
            return Err(sort("_sort", format!("names {name}, whose values have no order")));
        }
        found.extend(alternatives(named));
    }
    if found.is_empty() {
        return Err(sort("_sort", format!("names {name}, which is no search parameter here")));
    }
    Ok(SortBy::Values(found))
}

/// `Type:parameter`, `Type:parameter:Target`, `Type:*` or `*`.
fn includes(
    search: &mut Search,
    name: &str,
    reverse: bool,
    with: Option<&str>,
    value: &str,
) -> Result<(), SearchError> {
    let iterate = match with {
        None => false,
        Some("iterate" | "recurse") => true,
        Some(with) => return Err(modifier(name, with, "iterate recurse")),
    };
    for text in value.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        let plain = Include { reverse, iterate, source: None, of: None, target: None };
        search.includes.extend(one_include(name, text, &plain)?);
        if search.includes.len() > INCLUDES_MAX {
            return Err(limit(name, format!("asks for more than {INCLUDES_MAX} includes")));
        }
    }
    Ok(())
}

fn one_include(name: &str, text: &str, plain: &Include) -> Result<Vec<Include>, SearchError> {
    let mut parts = text.splitn(3, ':');
    let (source, by, target) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let target = match target {
        None | Some("*") => None,
        Some(target) => {
            let known = resource_type(target);
            let reason = || format!("names the unknown target type {target}");
            Some(known.ok_or_else(|| include(name, reason()))?)
        }
    };
    let plain = Include { target, ..plain.clone() };
    if source == "*" {
        let every = by.is_none_or(|by| by == "*");
        return if every {
            Ok(vec![plain])
        } else {
            Err(include(name, format!("names a parameter without its type: {text}")))
        };
    }
    let known = resource_type(source);
    let source = known.ok_or_else(|| include(name, format!("names the unknown type {source}")))?;
    let plain = Include { source: Some(source), ..plain };
    let by = match by {
        Some("*") => return Ok(vec![plain]),
        Some(by) => by,
        None => return Err(include(name, format!("names no parameter: {text}"))),
    };
    let named = named(source, by).filter(|of| of.parameter.kind == ParameterKind::Reference);
    let Some(named) = named else {
        return Err(include(name, format!("names {by}, which is no reference of {source}")));
    };
    if target.is_some_and(|target| !named.parameter.allows(target)) {
        return Err(include(name, format!("names a target to which {by} does not point: {text}")));
    }
    Ok(alternatives(named)
        .into_iter()
        .map(|of| Include { of: Some(of), ..plain.clone() })
        .collect())
}
