//! Narratives: well-formed XHTML without anything that acts (R4 invariants txt-1 and txt-2).

use super::Code;
use super::walk::{Walk, shown};

/// The elements of chapters 7 to 11 and 15 of HTML 4.0 that R4 allows, with `a` and `img`.
const ELEMENTS: [&str; 50] = [
    "a",
    "abbr",
    "acronym",
    "address",
    "b",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "del",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
];
const MORE_ELEMENTS: [&str; 5] = ["tt", "u", "ul", "var", "map"];

/// The entities that XML knows without a document type, and the one that tools write anyway.
const ENTITIES: [&str; 6] = ["lt", "gt", "amp", "quot", "apos", "nbsp"];

pub(super) fn check(walk: &mut Walk<'_>, text: &str) {
    if let Err((reason, cure)) = scan(text) {
        walk.error(Code::Narrative, reason, cure);
    }
}

type Wrong = (String, &'static str);

fn scan(text: &str) -> Result<(), Wrong> {
    let mut rest = text.trim();
    let mut open: Vec<&str> = Vec::new();
    if !rest.starts_with("<div") {
        return Err(("the narrative does not start with <div".into(), "put it in one div"));
    }
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        entities(before)?;
        if open.is_empty() && !before.trim().is_empty() {
            break;
        }
        if let Some(comment) = tag.strip_prefix("<!--") {
            let end = comment.find("-->").ok_or_else(|| unclosed("a comment"))?;
            rest = comment.get(end + 3..).unwrap_or_default();
            continue;
        }
        let (inside, after) = split_tag(tag)?;
        rest = after;
        one_tag(inside, &mut open)?;
        if open.is_empty() && rest.trim().is_empty() {
            return Ok(());
        }
    }
    Err(match open.last() {
        Some(name) => unclosed(name),
        None => ("there is text outside the div".into(), "put it in one div"),
    })
}

/// What is between `<` and its `>`, quotes respected, and what follows.
fn split_tag(tag: &str) -> Result<(&str, &str), Wrong> {
    let mut quote = None;
    for (at, letter) in tag.char_indices().skip(1) {
        match (quote, letter) {
            (None, '>') => {
                let after = tag.get(at + 1..).unwrap_or_default();
                return Ok((tag.get(1..at).unwrap_or_default(), after));
            }
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    Err(unclosed("a tag"))
}

fn one_tag<'t>(inside: &'t str, open: &mut Vec<&'t str>) -> Result<(), Wrong> {
    if let Some(name) = inside.strip_prefix('/') {
        return match open.pop() {
            Some(expected) if expected == name.trim_end() => Ok(()),
            Some(expected) => Err((
                format!("</{}> closes <{expected}>", name.trim_end()),
                "close the elements in the order in which they were opened, last first",
            )),
            None => Err((format!("</{name}> closes nothing"), "leave it out")),
        };
    }
    let is_closed = inside.ends_with('/');
    let inside = inside.trim_end_matches('/');
    let (name, attributes) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    if !ELEMENTS.contains(&name) && !MORE_ELEMENTS.contains(&name) {
        return Err((
            format!("a narrative may not have the element {}", shown(name)),
            "keep to text, lists, tables, links and images",
        ));
    }
    check_attributes(attributes)?;
    if !is_closed {
        open.push(name);
    }
    Ok(())
}

/// Nothing that acts: no event handlers, no script links.
fn check_attributes(text: &str) -> Result<(), Wrong> {
    let mut rest = text.trim_start();
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim();
        let after = after.trim_start();
        let quote = after.chars().next().filter(|q| matches!(q, '"' | '\''));
        let value = quote.and_then(|q| after.get(1..)?.split_once(q));
        let Some((value, following)) = value else {
            return Err((
                format!("the attribute {} has no quotes", shown(name)),
                "write attribute values between quotes",
            ));
        };
        entities(value)?;
        let acts = name.to_ascii_lowercase().starts_with("on")
            || value.trim_start().to_ascii_lowercase().starts_with("javascript:");
        if acts {
            return Err((
                format!("the attribute {} acts", shown(name)),
                "keep to attributes that only describe",
            ));
        }
        rest = following.trim_start();
    }
    Ok(())
}

fn entities(text: &str) -> Result<(), Wrong> {
    for part in text.split('&').skip(1) {
        let name = part.split_once(';').map_or("", |(name, _)| name);
        let numeric = name.strip_prefix('#').is_some_and(|number| {
            let digits = number.strip_prefix('x').unwrap_or(number);
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit())
        });
        if !numeric && !ENTITIES.contains(&name) {
            return Err((
                format!("{} is not an entity of XML", shown(&format!("&{name};"))),
                "write the character itself, and &amp; for the sign &",
            ));
        }
    }
    Ok(())
}

fn unclosed(what: &str) -> Wrong {
    (format!("{what} is not closed in the narrative"), "close every element")
}
