//! From texts to a [`Library`]: reads, resolves, checks, and tells all that is wrong.
//!
//! Start with [`load`]. `item` reads TOML with places; `facts`, `protocol`, `tables`, `steps` and
//! `cases` each read their part; `settle` puts in order what refers
//! to each other; `stamp` hashes.

mod cases;
mod facts;
mod item;
mod order;
mod phrases;
mod places;
mod protocol;
mod reference;
mod settle;
mod stamp;
mod steps;
mod tables;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use toml::Spanned;
use toml::de::DeTable;

use crate::diagnostic::Diagnostic;
use crate::limits::FILE_BYTES_MAX;
use crate::{Library, Protocol, Sources, Span, codes};
use item::{Item, Log};
use places::Role;

/// A file that is TOML.
struct Document<'a> {
    file: u32,
    role: Role,
    table: Spanned<DeTable<'a>>,
}

impl<'a> Document<'a> {
    /// The whole document as one table.
    fn item(&'a self, log: &'a Log<'a>, what: &'static str) -> Item<'a> {
        Item::new(log, self.file, what, self.table.get_ref(), Span::new(self.file, 0..0))
    }
}

pub(crate) fn load(sources: Sources) -> Result<Library, Vec<Diagnostic>> {
    let log = Log::new(&sources);
    let documents = read_all(&log);
    let mut library = Library { sources: sources.clone(), ..Library::default() };
    phrases::read(&log, &documents, &mut library);
    reference::read(&log, &documents, &mut library);
    let scope = facts::read(&log, &documents, &mut library);
    protocol::read(&log, &documents, &scope, &mut library);
    refuse_overlaps(&log, &library);
    compile_bindings(&log, &mut library);
    let told = log.into_told();
    if !told.is_empty() {
        return Err(told);
    }
    library.compile();
    Ok(library)
}

fn read_all<'a>(log: &'a Log<'a>) -> Vec<Document<'a>> {
    let mut documents = Vec::new();
    for (file, source) in log.sources.iter() {
        let role = match places::role(&source.path) {
            Ok(Some(role)) => role,
            Ok(None) => continue,
            Err(hint) => {
                let message = "this file lies where no file has a meaning";
                log.tell(codes::MISPLACED, Span::new(file, 0..0), message, hint);
                continue;
            }
        };
        if source.text.len() > FILE_BYTES_MAX {
            let message = format!("this file is larger than {FILE_BYTES_MAX} bytes");
            log.tell(codes::LIMIT, Span::new(file, 0..0), message, "split it");
            continue;
        }
        let (table, errors) = DeTable::parse_recoverable(&source.text);
        for error in &errors {
            tell_toml(log, file, &source.text, error);
        }
        if errors.is_empty() {
            documents.push(Document { file, role, table });
        }
    }
    documents
}

fn tell_toml(log: &Log<'_>, file: u32, text: &str, error: &toml::de::Error) {
    let span = Span::new(file, error.span().unwrap_or(0..0));
    let message = error.message();
    let near = text.get(span.range()).unwrap_or_default();
    if message.contains("date") || (near.len() == 10 && near.matches('-').count() == 2) {
        let hint = "write a date of the calendar as year-month-day, such as 2024-10-01";
        log.tell(codes::DATE, span, format!("this is not a date: {message}"), hint);
    } else if message.contains("duplicate key") {
        log.tell(codes::DUPLICATE, span, message, "leave one of the two out");
    } else {
        let hint = "correct the TOML; everything else in this file has not been read";
        log.tell(codes::TOML, span, format!("this is not TOML: {message}"), hint);
    }
}

/// Bindings are compiled once, and one that is no FHIRPath is told like any other mistake.
fn compile_bindings(log: &Log<'_>, library: &mut Library) {
    let mut bounds = std::collections::BTreeMap::new();
    for fact in &library.facts {
        let Some(binding) = &fact.bind else { continue };
        match crate::bind::compile(library, binding) {
            Ok(bound) => drop(bounds.insert(fact.id.clone(), Arc::new(bound))),
            Err(diagnostic) => log.add(diagnostic),
        }
    }
    library.bounds = bounds;
}

/// Editions of one id are in force one after the other.
fn refuse_overlaps(log: &Log<'_>, library: &Library) {
    let protocols: Vec<&Arc<Protocol>> =
        library.protocols.iter().filter(|protocol| !protocol.library).collect();
    for (index, later) in protocols.iter().enumerate() {
        for earlier in protocols.iter().take(index) {
            let apart = earlier.to.is_some_and(|to| to <= later.from)
                || later.to.is_some_and(|to| to <= earlier.from);
            if earlier.id != later.id || apart {
                continue;
            }
            let message = format!(
                "{} and {} are both in force on {}",
                earlier.reference(),
                later.reference(),
                earlier.from.max(later.from)
            );
            log.add(
                Diagnostic::new(log.sources, codes::OVERLAP, later.span, message)
                    .with_place(log.sources, earlier.span, "the other edition")
                    .with_hint("set `to` of the earlier edition to `from` of the later"),
            );
        }
    }
}
