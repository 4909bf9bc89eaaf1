//! Names: parameters, chains, `_has` and modifiers.

use super::super::parameters::ParameterKind;
use super::super::query::{Condition, Named};
use super::super::{parameter, words};
use super::error::{
    SearchError, chain, codes_unknown, limit, modifier, unknown, unsupported, wrong_value,
};
use super::{CHAIN_LINKS_MAX, Reader, any, period, split, value};
use crate::table;

/// What is asked of the parameter at the end of a name.
pub(super) enum Leaf<'a> {
    /// The value of a URL; the name may have a modifier.
    Url(&'a str),
    /// An operator of `_filter` and its value.
    Filter { operator: &'a str, value: &'a str },
}

/// What is known of the place in a name.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The whole name, for messages.
    pub(super) name: &'a str,
    /// How many links lead here.
    pub(super) depth: usize,
}

/// A parameter of a URL as a condition on resources of these types (none: of every type).
pub(super) fn read(
    reader: &Reader<'_>,
    types: &[&'static str],
    name: &str,
    value: &str,
) -> Result<Condition, SearchError> {
    of(reader, types, name, &Leaf::Url(value), Place { name, depth: 0 })
}

pub(super) fn of(
    reader: &Reader<'_>,
    types: &[&'static str],
    rest: &str,
    leaf: &Leaf<'_>,
    place: Place<'_>,
) -> Result<Condition, SearchError> {
    if place.depth > CHAIN_LINKS_MAX {
        return Err(limit(place.name, format!("has more than {CHAIN_LINKS_MAX} links")));
    }
    if let Some(has) = rest.strip_prefix("_has:") {
        return reverse(reader, types, has, leaf, place);
    }
    match rest.split_once('.') {
        Some((head, rest)) => {
            let all = each_type(types, |of| forward(reader, of, head, rest, leaf, place))?;
            Ok(any(all))
        }
        None => end(reader, types, rest, leaf),
    }
}

/// For every type; with none named, once for `Resource`.
fn each_type(
    types: &[&'static str],
    read: impl FnMut(&'static str) -> Result<Condition, SearchError>,
) -> Result<Vec<Condition>, SearchError> {
    let every = ["Resource"];
    let types = if types.is_empty() { every.as_slice() } else { types };
    types.iter().copied().map(read).collect()
}

/// `Observation:patient:` and what must hold of the resource that points here.
fn reverse(
    reader: &Reader<'_>,
    types: &[&'static str],
    has: &str,
    leaf: &Leaf<'_>,
    place: Place<'_>,
) -> Result<Condition, SearchError> {
    let cure = "write _has:Type:parameter:parameter";
    let mut parts = has.splitn(3, ':');
    let (Some(source), Some(by), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(chain(place.name, "is no whole _has", cure));
    };
    let source = resource_type(source)
        .ok_or_else(|| chain(place.name, format!("names the unknown type {source}"), cure))?;
    let named = named(source, by).ok_or_else(|| unknown(by, source))?;
    if named.parameter.kind != ParameterKind::Reference {
        return Err(chain(place.name, format!("leads through {by}, which is no reference"), cure));
    }
    if !types.is_empty() && !types.iter().any(|of| named.parameter.allows(of)) {
        let reason = format!("leads through {by} of {source}, which never points to these types");
        return Err(chain(place.name, reason, cure));
    }
    let next = Place { depth: place.depth + 1, ..place };
    let that = of(reader, &[source], rest, leaf, next)?;
    let by = alternatives(named);
    reader.spend(place.name, by.len())?;
    let has = by.into_iter().map(|of| Condition::Has { source, of, that: Box::new(that.clone()) });
    Ok(any(has.collect()))
}

/// `subject:Patient` or `subject`, and what must hold of the target.
fn forward(
    reader: &Reader<'_>,
    of_type: &'static str,
    head: &str,
    rest: &str,
    leaf: &Leaf<'_>,
    place: Place<'_>,
) -> Result<Condition, SearchError> {
    let (head, target) = head.split_once(':').map_or((head, None), |(a, b)| (a, Some(b)));
    let named = named(of_type, head).ok_or_else(|| unknown(head, of_type))?;
    let cure = "chain through a reference, with its type if it has several: subject:Patient.name";
    if named.parameter.kind != ParameterKind::Reference {
        let reason = format!("leads through {head}, which is no reference");
        return Err(chain(place.name, reason, cure));
    }
    let targets = match target {
        Some(target) => {
            let known = resource_type(target).filter(|known| named.parameter.allows(known));
            let reason = || format!("leads to {target}, to which {head} does not point");
            vec![known.ok_or_else(|| chain(place.name, reason(), cure))?]
        }
        None if named.parameter.targets.is_empty() => {
            let reason = format!("leads through {head}, which points to any type");
            return Err(chain(place.name, reason, cure));
        }
        None => named.parameter.targets.clone(),
    };
    let next = Place { depth: place.depth + 1, ..place };
    let mut found = Vec::new();
    let mut missing = None;
    for target in targets {
        match of(reader, &[target], rest, leaf, next) {
            Ok(that) => {
                for of in alternatives(named) {
                    reader.spend(place.name, 1)?;
                    found.push(Condition::Chain { of, target, that: Box::new(that.clone()) });
                }
            }
            // Other targets may have the parameter.
            Err(error) if error.is_unknown() => missing = Some(error),
            Err(error) => return Err(error),
        }
    }
    match missing {
        Some(error) if found.is_empty() => Err(error),
        _ => Ok(any(found)),
    }
}

/// The parameter itself, with its modifier.
fn end(
    reader: &Reader<'_>,
    types: &[&'static str],
    name: &str,
    leaf: &Leaf<'_>,
) -> Result<Condition, SearchError> {
    let (bare, modifier) = name.split_once(':').map_or((name, None), |(a, b)| (a, Some(b)));
    if let Some(special) = special(reader, bare, modifier, leaf)? {
        return Ok(special);
    }
    let all = each_type(types, |of_type| {
        let named = named(of_type, bare).ok_or_else(|| unknown(bare, of_type))?;
        match leaf {
            Leaf::Url(text) => value::condition(reader, named, modifier, text),
            Leaf::Filter { .. } if modifier.is_some() => {
                Err(unsupported(name, "has a modifier inside _filter"))
            }
            Leaf::Filter { operator, value } => {
                super::filter::condition(reader, named, operator, value)
            }
        }
    })?;
    Ok(any(all))
}

/// The parameters that the store answers itself, and those that nobody does.
fn special(
    reader: &Reader<'_>,
    name: &str,
    with: Option<&str>,
    leaf: &Leaf<'_>,
) -> Result<Option<Condition>, SearchError> {
    if matches!(name, "_list" | "_query" | "near" | "_filter" | "_score") {
        return Err(unsupported(name, "is not supported"));
    }
    let comparison = match leaf {
        Leaf::Url(_) => None,
        Leaf::Filter { operator, .. } => Some(*operator),
    };
    let equals = comparison.is_none_or(|operator| operator == "eq");
    let values = || match leaf {
        Leaf::Url(text) => split::parts(text, ','),
        Leaf::Filter { value, .. } => vec![*value],
    };
    let whole = match name {
        "_id" if equals => any(ids(reader, &values())?),
        "_lastUpdated" => updated(reader, &values(), comparison)?,
        "_text" | "_content" if equals => any(contents(reader, name, &values())?),
        "_id" | "_text" | "_content" => {
            return Err(unsupported(name, "has an operator that is not supported"));
        }
        _ => return Ok(None),
    };
    match with {
        None => Ok(Some(whole)),
        Some("not") if name == "_id" => Ok(Some(Condition::Not(Box::new(whole)))),
        Some(with) => Err(modifier(name, with, "none")),
    }
}

fn contents(
    reader: &Reader<'_>,
    name: &str,
    values: &[&str],
) -> Result<Vec<Condition>, SearchError> {
    reader.spend(name, values.len())?;
    let one = |text: &&str| match words(&split::unescaped(text)) {
        words if words.is_empty() => {
            let reason = format!("has no letter or digit to search for: {text}");
            Err(wrong_value(name, reason, "write words"))
        }
        words => Ok(Condition::Content { words, narrative_only: name == "_text" }),
    };
    values.iter().map(one).collect()
}

fn ids(reader: &Reader<'_>, values: &[&str]) -> Result<Vec<Condition>, SearchError> {
    reader.spend("_id", values.len())?;
    let found = values.iter().filter(|id| !id.is_empty());
    Ok(found.map(|id| Condition::Id(split::unescaped(id))).collect())
}

fn updated(
    reader: &Reader<'_>,
    values: &[&str],
    operator: Option<&str>,
) -> Result<Condition, SearchError> {
    let now = reader.setting.now;
    let test = |text: &&str| match operator {
        None => period::date_test("_lastUpdated", text, now),
        Some(operator) => match super::number::comparison(operator) {
            Some(comparison) => period::date_of("_lastUpdated", text, comparison, now),
            None => Err(unsupported("_lastUpdated", format!("has the operator {operator}"))),
        },
    };
    reader.spend("_lastUpdated", values.len())?;
    let found: Result<Vec<Condition>, SearchError> =
        values.iter().map(|text| test(text).map(Condition::Updated)).collect();
    Ok(any(found?))
}

/// The codes of a value set, or the reason why there are none.
pub(super) fn known<T>(parameter: &str, what: &str, codes: Option<T>) -> Result<T, SearchError> {
    codes.ok_or_else(|| codes_unknown(parameter, what))
}

pub(super) fn named(resource_type: &'static str, name: &str) -> Option<Named> {
    parameter(resource_type, name).map(|parameter| Named { resource_type, parameter })
}

/// The parameter itself, or those that have its values.
pub(super) fn alternatives(of: Named) -> Vec<Named> {
    if of.parameter.parts.is_empty() {
        return vec![of];
    }
    let parts = of.parameter.parts.iter();
    parts.filter_map(|part| named(of.resource_type, part)).collect()
}

pub(super) fn resource_type(name: &str) -> Option<&'static str> {
    table::type_definition(name).filter(|_| table::is_resource_type(name)).map(|known| known.name)
}
