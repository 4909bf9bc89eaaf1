//! References from one resource to another.
//!
//! Start with [`Reference::parse`] for one text and [`references`] for all of a resource.
//!
//! ```
//! use manzil_fhir::reference::Reference;
//!
//! let to = Reference::parse("Patient/123/_history/2").unwrap();
//! assert_eq!(to.resource_type(), Some("Patient"));
//! assert_eq!(to.local().as_deref(), Some("Patient/123"));
//! assert_eq!(Reference::parse("#med1"), Some(Reference::Contained("med1")));
//! ```

use std::fmt::Write;

use serde_json::Value;

use crate::Resource;
use crate::table::{child, is_resource_type};

/// What the text of `Reference.reference` points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference<'a> {
    /// `Patient/123`, on this server.
    Relative(Target<'a>),
    /// `https://example.org/fhir/Patient/123`. The base has no final slash.
    Absolute { base: &'a str, target: Target<'a> },
    /// `urn:uuid:...` or `urn:oid:...`, resolved within a Bundle.
    Urn(&'a str),
    /// `#med1`: a resource contained in this one; `#` alone is the container.
    Contained(&'a str),
    /// Another URL, which does not name a FHIR resource in the RESTful form.
    Url(&'a str),
}

/// A resource by type and id, perhaps one version of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    pub resource_type: &'a str,
    pub id: &'a str,
    pub version: Option<&'a str>,
}

impl<'a> Reference<'a> {
    /// Reads the text of a reference; none when it has no form that FHIR knows.
    pub fn parse(text: &'a str) -> Option<Self> {
        if let Some(id) = text.strip_prefix('#') {
            return (id.is_empty() || is_id(id)).then_some(Self::Contained(id));
        }
        if let Some(name) = text.strip_prefix("urn:") {
            return (!name.is_empty() && !has_space(text)).then_some(Self::Urn(text));
        }
        if has_scheme(text) {
            return Self::absolute(text);
        }
        match Target::parse_end(text)? {
            ("", target) if !text.starts_with('/') => Some(Self::Relative(target)),
            _ => None,
        }
    }

    fn absolute(text: &'a str) -> Option<Self> {
        if has_space(text) {
            return None;
        }
        match Target::parse_end(text) {
            Some((base, target)) if base.contains("://") && !base.ends_with("//") => {
                Some(Self::Absolute { base, target })
            }
            _ => Some(Self::Url(text)),
        }
    }

    /// The resource named in the RESTful form.
    pub fn target(self) -> Option<Target<'a>> {
        match self {
            Self::Relative(target) | Self::Absolute { target, .. } => Some(target),
            Self::Urn(_) | Self::Contained(_) | Self::Url(_) => None,
        }
    }

    /// The type of the resource, when the text tells it.
    pub fn resource_type(self) -> Option<&'a str> {
        self.target().map(|target| target.resource_type)
    }

    /// `Patient/123` for a relative reference, without its version.
    pub fn local(self) -> Option<String> {
        match self {
            Self::Relative(target) => Some(format!("{}/{}", target.resource_type, target.id)),
            _ => None,
        }
    }
}

impl<'a> Target<'a> {
    /// Reads `.../Type/id` or `.../Type/id/_history/version` from the end, and gives what
    /// stands before.
    fn parse_end(text: &'a str) -> Option<(&'a str, Self)> {
        let (before, version) = match text.rsplit_once("/_history/") {
            Some((before, version)) => (before, Some(version)),
            None => (text, None),
        };
        let (before, id) = before.rsplit_once('/')?;
        let (base, resource_type) = before.rsplit_once('/').unwrap_or(("", before));
        let fits = is_resource_type(resource_type) && is_id(id) && version.is_none_or(is_id);
        fits.then_some((base, Self { resource_type, id, version }))
    }
}

/// Whether a text is a FHIR id: 1 to 64 letters, digits, `-` and `.`.
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

/// `https:`, `resource:` ... (RFC 3986, section 3.1).
fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else { return false };
    let part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.bytes().all(part)
}

fn has_space(text: &str) -> bool {
    text.chars().any(char::is_whitespace)
}

/// A reference where it stands in a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// From the resource: `Observation.subject`, `Group.member[0].entity`.
    pub path: String,
    /// The text of `Reference.reference`, as written.
    pub text: &'a str,
    /// The type it states in `Reference.type`.
    pub stated_type: Option<&'a str>,
}

/// All literal references of a resource, in the order of the text, those of contained
/// resources and of Bundle entries included.
/// What stands in an element that R4 does not know is not looked at.
pub fn references(resource: &Resource) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let mut path = resource.resource_type().to_owned();
    walk(resource.value(), resource.resource_type(), &mut path, &mut found);
    found
}

/// `inside` is the type or path (see [`child`]) that the value is of.
fn walk<'a>(value: &'a Value, inside: &str, path: &mut String, found: &mut Vec<Found<'a>>) {
    let Value::Object(members) = value else { return };
    let length = path.len();
    let text = |name| members.get(name).and_then(Value::as_str);
    if inside == "Reference"
        && let Some(reference) = text("reference")
    {
        found.push(Found { path: path.clone(), text: reference, stated_type: text("type") });
    }
    let inside = match (inside, text("resourceType")) {
        ("Resource", Some(resource_type)) => resource_type,
        _ => inside,
    };
    for (name, member) in members {
        let Some(child) = child(inside, name) else { continue };
        path.push('.');
        path.push_str(name);
        let Value::Array(items) = member else {
            walk(member, child.inside, path, found);
            path.truncate(length);
            continue;
        };
        let member_length = path.len();
        for (index, item) in items.iter().enumerate() {
            let _ = write!(path, "[{index}]");
            walk(item, child.inside, path, found);
            path.truncate(member_length);
        }
        path.truncate(length);
    }
}

#[cfg(test)]
mod tests;
