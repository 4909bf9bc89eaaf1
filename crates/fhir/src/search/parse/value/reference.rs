//! References as they are asked for.

use super::super::super::query::{Named, ReferenceTest, Test};
use super::super::error::{SearchError, modifier, unsupported, wrong_value};
use super::super::{Reader, split};
use super::token;
use crate::reference::{Reference, is_id};
use crate::table;

/// `123`, `Patient/123`, a URL, a canonical; with the modifiers `:identifier`, `:below` and a
/// type.
pub(super) fn tests(
    reader: &Reader<'_>,
    of: Named,
    with: Option<&str>,
    value: &str,
) -> Result<Vec<Test>, SearchError> {
    let name = of.parameter.name;
    match with {
        Some("identifier") => return Ok(vec![Test::ReferenceIdentifier(token(of, value)?)]),
        Some("above") => return Err(unsupported(name, "has the modifier :above")),
        _ => {}
    }
    let plain = split::unescaped(value);
    let has_scheme = plain.contains("://") || plain.starts_with("urn:");
    if with == Some("below") {
        if has_scheme {
            return Ok(vec![Test::Reference(ReferenceTest::UrlBelow(plain))]);
        }
        return Err(unsupported(name, "has the modifier :below with no URL"));
    }
    if let Some(only) = with
        && !of.parameter.allows(only)
    {
        let targets = of.parameter.targets.join(" ");
        return Err(modifier(name, only, &targets));
    }
    if let Some(found) = local(&plain, reader.setting.base) {
        if let (Some(only), ReferenceTest::Local { resource_type, .. }) = (with, &found)
            && only != resource_type
        {
            let reason = format!("asks for a {only} and names another type: {value}");
            return Err(wrong_value(name, reason, "write the same type twice, or an id"));
        }
        return Ok(vec![Test::Reference(found)]);
    }
    // A path that is no local reference (`organization/1`) is a URL that nothing here has.
    if has_scheme || plain.contains('/') || of.parameter.is_all(&["canonical", "uri"]) {
        return Ok(vec![Test::Reference(ReferenceTest::Url(plain))]);
    }
    if !is_id(&plain) {
        let reason = format!("has a value that is no reference: {value}");
        return Err(wrong_value(name, reason, "write an id, Type/id or a URL"));
    }
    Ok(by_id(of, with, &plain))
}

/// A relative reference, or an absolute one below the URL of this server.
fn local(text: &str, base: &str) -> Option<ReferenceTest> {
    let below = text.strip_prefix(base).and_then(|rest| rest.strip_prefix('/'));
    match Reference::parse(below.unwrap_or(text))? {
        Reference::Relative(target) => Some(ReferenceTest::Local {
            resource_type: target.resource_type.to_owned(),
            id: target.id.to_owned(),
        }),
        _ => None,
    }
}

/// The id of every type that the modifier or the parameter allows.
fn by_id(of: Named, with: Option<&str>, id: &str) -> Vec<Test> {
    let local = |resource_type: &str| {
        let resource_type = resource_type.to_owned();
        Test::Reference(ReferenceTest::Local { resource_type, id: id.to_owned() })
    };
    let targets = &of.parameter.targets;
    match with {
        Some(only) => vec![local(only)],
        None if targets.is_empty() => {
            let every = table::types().filter(|each| table::is_resource_type(each.name));
            every.map(|each| local(each.name)).collect()
        }
        None => targets.iter().map(|target| local(target)).collect(),
    }
}
