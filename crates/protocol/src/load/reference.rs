//! Reads reference tables: `content/reference/*.toml`.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::item::{Item, Log};
use super::places::Role;
use super::{Document, tables};
use crate::library::Reference;
use crate::{Library, codes};

pub(super) fn read(log: &Log<'_>, documents: &[Document<'_>], library: &mut Library) {
    for document in documents.iter().filter(|document| document.role == Role::Reference) {
        let Some(reference) = table(&document.item(log, "reference file")) else { continue };
        if let Some(earlier) = library.references.get(&reference.id) {
            tables::tell_twice(log, &reference.id, reference.span, earlier.span);
            continue;
        }
        library.references.insert(reference.id.clone(), reference);
    }
}

fn table(file: &Item<'_>) -> Option<Reference> {
    let head = file.need("table")?.item("reference table")?;
    let values = file.need("values")?.item("list of values")?;
    let (id, title, source) = (head.id("id"), head.need("title"), head.need("source"));
    let status = tables::status(&head);
    head.finish();
    let mut found = BTreeMap::new();
    for (code, _, field) in values.entries() {
        let text = match field.value.get_ref() {
            DeValue::Integer(_) | DeValue::Float(_) => field.decimal().map(|n| n.to_string()),
            _ => field.string(),
        };
        found.insert(code.to_string(), text?);
    }
    let (id, span) = id?;
    if found.is_empty() {
        file.log.tell(codes::MISSING_KEY, span, "this table has no values", "add KEY = \"value\"");
    }
    Some(Reference {
        id,
        title: title?.string()?,
        source: source?.string()?,
        status,
        values: found,
        span,
    })
}
