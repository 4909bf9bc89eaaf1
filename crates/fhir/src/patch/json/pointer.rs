//! JSON Pointers: <https://www.rfc-editor.org/rfc/rfc6901>.

use serde_json::Value;

use super::super::error::{Code, PatchError};

/// A path into JSON, its escapes resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pointer {
    text: String,
    tokens: Vec<String>,
}

impl Pointer {
    pub(super) fn parse(text: &str) -> Result<Self, PatchError> {
        let wrong = |reason| {
            let cure = "write it as /name/0/given, with ~1 for a slash and ~0 for a tilde";
            PatchError::new(Code::Path, reason, cure).at(text)
        };
        let tokens = match text.strip_prefix('/') {
            None if text.is_empty() => Vec::new(),
            None => return Err(wrong("the path does not begin with a slash")),
            Some(rest) => rest
                .split('/')
                .map(unescape)
                .collect::<Option<_>>()
                .ok_or_else(|| wrong("the path has a ~ that escapes nothing"))?,
        };
        Ok(Self { text: text.to_owned(), tokens })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// The way to what holds it, and its name there; none for the whole document.
    pub(super) fn split_last(&self) -> Option<(&[String], &str)> {
        self.tokens.split_last().map(|(last, parent)| (parent, last.as_str()))
    }

    /// Whether it leads to something within what `outer` leads to.
    pub(super) fn is_inside(&self, outer: &Self) -> bool {
        self.tokens.len() > outer.tokens.len() && self.tokens.starts_with(&outer.tokens)
    }
}

/// None when a tilde stands before anything but 0 and 1.
fn unescape(token: &str) -> Option<String> {
    let mut parts = token.split('~');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (sign, rest) = match part.strip_prefix('0') {
            Some(rest) => ('~', rest),
            None => ('/', part.strip_prefix('1')?),
        };
        plain.push(sign);
        plain.push_str(rest);
    }
    Some(plain)
}

/// An index in an array: digits, no zero before others.
pub(super) fn index(token: &str) -> Option<usize> {
    let digits = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = token == "0" || !token.starts_with('0');
    (digits && canonical).then(|| token.parse().ok()).flatten()
}

pub(super) fn find<'v>(document: &'v Value, tokens: &[String]) -> Option<&'v Value> {
    tokens.iter().try_fold(document, |value, token| match value {
        Value::Object(members) => members.get(token),
        Value::Array(items) => items.get(index(token)?),
        _ => None,
    })
}

pub(super) fn find_mut<'v>(document: &'v mut Value, tokens: &[String]) -> Option<&'v mut Value> {
    tokens.iter().try_fold(document, |value, token| match value {
        Value::Object(members) => members.get_mut(token),
        Value::Array(items) => items.get_mut(index(token)?),
        _ => None,
    })
}
