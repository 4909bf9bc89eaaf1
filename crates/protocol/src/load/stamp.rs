//! The hash of an edition: it changes when and only when a decision or a question may have.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::places::{Role, role};
use super::settle::names;
use crate::model::As;
use crate::{Library, Protocol, Sources};

/// SHA-256, in hex, over `protocol.toml` and the forms, the written text of every fact that is
/// asked or used and of every `[[never]]` about such facts, the reference tables from which the
/// facts are read, and the hashes of the libraries. Cases are left out: they test and do not
/// decide. Line ends are taken as `\n`.
pub(super) fn hash(
    sources: &Sources,
    protocol: &Protocol,
    used: &[Arc<Protocol>],
    library: &Library,
    folder: &str,
) -> String {
    let mut pieces: Vec<(String, String)> = Vec::new();
    for (_, file) in sources.iter() {
        let own = match role(&file.path) {
            Ok(Some(Role::Protocol(of))) => (of == folder).then(|| "protocol".to_owned()),
            Ok(Some(Role::Form(of, step))) => (of == folder).then(|| format!("form {step}")),
            _ => None,
        };
        pieces.extend(own.map(|own| (own, file.text.clone())));
    }
    for fact in protocol.facts.iter().filter_map(|id| library.fact(id)) {
        pieces.push((format!("fact {}", fact.id), sources.text(fact.written).to_owned()));
        if let Some(As::Lookup(table)) = fact.bind.as_ref().map(|bind| &bind.reading)
            && let Some(file) = library.reference(table).and_then(|t| sources.file(t.span.file))
        {
            pieces.push((format!("reference {table}"), file.text.clone()));
        }
    }
    for never in &library.nevers {
        let mut about = std::collections::BTreeSet::new();
        names(&never.when, &mut about);
        if about.iter().all(|fact| protocol.facts.contains(fact)) {
            pieces.push(("never".to_owned(), sources.text(never.written).to_owned()));
        }
    }
    pieces.extend(
        used.iter().map(|used| (format!("library {}", used.reference()), used.hash.clone())),
    );
    pieces.sort();
    pieces.dedup();
    digest(&pieces)
}

fn digest(pieces: &[(String, String)]) -> String {
    let mut hasher = Sha256::new();
    for (name, text) in pieces {
        let text = text.replace("\r\n", "\n");
        for part in [name.as_str(), text.as_str()] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
    }
    let bytes = hasher.finalize();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}
