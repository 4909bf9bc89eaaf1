//! The whole store as a row of records, and a new one from them.

use std::collections::BTreeSet;

use manzil_store::StoreError;
use manzil_store::archive::{self, Change, FLUSH_RECORDS, Kept, Record, Sink, Source};
use manzil_store::chain::{audit_link, hex};
use manzil_store::limits::KEYS_MAX;

use crate::heads::Heads;
use crate::ledger::Ledger;
use crate::session::{Session, text};
use crate::verify::Stored;
use crate::{commit, fault, heads, records, trail, verify};

/// Gives everything, within one transaction of the session.
pub(crate) fn give(session: &Session, sink: Sink<'_>) -> Result<(), StoreError> {
    let (node, home) = heads::node(session)?;
    sink(Record::node(&node))?;
    let mut open: Option<Change> = None;
    session.each(verify::sql::WALK, &[&home], |row| {
        let kept = Kept::from(records::version(row)?);
        match &mut open {
            Some(change) if change.seq == kept.meta.seq => change.versions.push(kept),
            _ => {
                let stored = Stored::read(row)?;
                let logged = (stored.what, stored.idempotency_key, hex(&stored.hash));
                if let Some(whole) = open.replace(Change::beginning(kept, logged)) {
                    sink(Record::Change(Box::new(whole)))?;
                }
            }
        }
        Ok(true)
    })?;
    if let Some(whole) = open {
        sink(Record::Change(Box::new(whole)))?;
    }
    session.each(trail::sql::WALK, &[&home], |row| {
        let persons = trail::persons(row)?.into_iter().collect();
        sink(Record::Entry { entry: trail::entry(row)?, persons }).map(|()| true)
    })?;
    session.each(sql::DOCUMENTS, &[&home], |row| {
        let (kind, key, value) = (text(row, 0)?, text(row, 1)?, text(row, 2)?);
        sink(Record::Document { kind, key, value }).map(|()| true)
    })
}

/// Takes everything into a store that is empty, in one transaction: all of it or nothing. The
/// record of the node has been read.
pub(crate) fn take(ledger: &mut Ledger, node: &str, source: Source<'_>) -> Result<(), StoreError> {
    let Heads { seq, audit_seq, .. } = ledger.heads;
    if seq > 0 || audit_seq > 0 || ledger.heads.node != node {
        return Err(StoreError::Malformed(
            "the schema holds a store already; name a schema that is not there yet".into(),
        ));
    }
    ledger.session.batch(sql::BEGIN)?;
    let mut gathered = Vec::new();
    for record in source {
        gathered.push(record?);
        if gathered.len() >= FLUSH_RECORDS {
            take_some(ledger, &std::mem::take(&mut gathered))?;
        }
    }
    take_some(ledger, &gathered)?;
    ledger.session.batch(sql::COMMIT)
}

fn take_some(ledger: &mut Ledger, gathered: &[Record]) -> Result<(), StoreError> {
    for record in gathered {
        match record {
            Record::Change(change) => commit::restore(ledger, change)?,
            Record::Entry { entry, persons } => {
                let persons: BTreeSet<String> = persons.iter().cloned().collect();
                let link = audit_link(&ledger.heads.audit, entry);
                archive::check_entry(entry, ledger.heads.audit_seq, &link)?;
                let actor = ledger.dictionary.actor(&ledger.session, &entry.actor)?;
                trail::push(&mut ledger.batch, entry, &persons, (actor, link));
                (ledger.heads.audit_seq, ledger.heads.audit) = (entry.seq, link);
                ledger.heads.at = ledger.heads.at.max(entry.at);
            }
            Record::Document { kind, key, value } => {
                let place = (kind.clone(), key.clone());
                ledger.batch.documents.insert(place, Some(value.clone()));
            }
            Record::Node { .. } | Record::End { .. } => {
                return Err(fault::damaged("a record stands where it should not"));
            }
        }
        if ledger.batch.versions.len() >= KEYS_MAX {
            flush(ledger)?;
        }
    }
    flush(ledger)
}

fn flush(ledger: &mut Ledger) -> Result<(), StoreError> {
    ledger.flush()?;
    // Nothing is kept in memory of what is written.
    ledger.clear();
    Ok(())
}

pub(crate) mod sql {
    pub(crate) const BEGIN: &str = "BEGIN";
    pub(crate) const COMMIT: &str = "COMMIT";
    pub(crate) const DOCUMENTS: &str =
        "SELECT kind, key, value FROM local WHERE home = $1 ORDER BY kind, key";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[BEGIN, COMMIT, DOCUMENTS];
}
