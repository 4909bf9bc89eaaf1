//! What kind of Bundle a text is and where its entries stand, without reading them: a Bundle in a
//! file may be larger than one that is sent.

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::wrong;
use crate::api::outcome::Refusal;

/// How the entries of a Bundle are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Batch,
    Transaction,
    Collection,
}

/// A Bundle, unread.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) kind: Kind,
    /// In bytes.
    pub(super) entries: Vec<Range<usize>>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow, rename = "resourceType")]
    resource_type: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Bundle<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    entry: Vec<&'a RawValue>,
}

/// The outline of a Bundle; none when the text is not one.
///
/// # Errors
///
/// A Bundle whose entries are no list, or whose type says that there is nothing to load.
pub(super) fn of_bundle(text: &[u8]) -> Option<Result<Outline, Refusal>> {
    // Most lines of a file are resources; they are not read twice.
    if !text.windows(8).any(|window| window == b"\"Bundle\"") {
        return None;
    }
    let start = text.as_ptr().addr();
    let text = std::str::from_utf8(text).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let named: Named<'_> = serde_json::from_str(text).ok()?;
    (named.resource_type.as_deref() == Some("Bundle")).then(|| outline(text, start))
}

/// `start` is where the whole text begins in memory.
fn outline(text: &str, start: usize) -> Result<Outline, Refusal> {
    let bundle: Bundle<'_> =
        serde_json::from_str(text).map_err(|error| wrong(&error.to_string(), "Bundle"))?;
    let kind = match bundle.kind.as_deref() {
        Some("batch") => Kind::Batch,
        Some("transaction") => Kind::Transaction,
        Some("collection") => Kind::Collection,
        _ => {
            let reason = "a Bundle is loaded when its type is transaction, batch or collection";
            return Err(wrong(reason, "Bundle.type"));
        }
    };
    let entries = bundle.entry.into_iter().map(|entry| {
        let from = entry.get().as_ptr().addr() - start;
        from..from + entry.get().len()
    });
    Ok(Outline { kind, entries: entries.collect() })
}
