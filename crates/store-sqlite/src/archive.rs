//! The whole store as a row of records, and a new one from them.

use std::collections::BTreeSet;
use std::path::Path;

use manzil_store::StoreError;
use manzil_store::archive::{self, Change, FLUSH_RECORDS, Kept, Record, Sink, Source};
use manzil_store::chain::audit_link;
use rusqlite::Connection;

use crate::ledger::Ledger;
use crate::options::Options;
use crate::{
    commit, fault, file, heads, index, local, migration, records, snapshot, trail, verify, writer,
};

/// Gives everything, within one transaction of the connection.
pub(crate) fn give(connection: &Connection, sink: Sink<'_>) -> Result<(), StoreError> {
    let node: String =
        connection.query_row(heads::sql::NODE, [], |row| row.get(0)).map_err(fault::of_sqlite)?;
    sink(Record::node(&node))?;
    give_changes(connection, sink)?;
    trail::each(connection, |entry, persons| sink(Record::Entry { entry, persons }))?;
    let mut statement = connection.prepare(sql::DOCUMENTS).map_err(fault::of_sqlite)?;
    let columns = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    for document in statement.query_map([], columns).map_err(fault::of_sqlite)? {
        let (kind, key, value) = document.map_err(fault::of_sqlite)?;
        sink(Record::Document { kind, key, value })?;
    }
    Ok(())
}

fn give_changes(connection: &Connection, sink: Sink<'_>) -> Result<(), StoreError> {
    let mut statement = connection.prepare(records::sql::WALK).map_err(fault::of_sqlite)?;
    let mut rows = statement.query([]).map_err(fault::of_sqlite)?;
    let mut open: Option<Change> = None;
    while let Some(row) = rows.next().map_err(fault::of_sqlite)? {
        let kept = Kept::from(records::version(row)?);
        match &mut open {
            Some(change) if change.seq == kept.meta.seq => change.versions.push(kept),
            _ => {
                let logged = verify::logged(connection, kept.meta.seq)?;
                if let Some(whole) = open.replace(Change::beginning(kept, logged)) {
                    sink(Record::Change(Box::new(whole)))?;
                }
            }
        }
    }
    open.map_or(Ok(()), |whole| sink(Record::Change(Box::new(whole))))
}

/// Makes a new data file from the records of another store. It appears under its name only when
/// everything is in it and on the disk.
pub(crate) fn take(path: &Path, options: Options, source: Source<'_>) -> Result<(), StoreError> {
    snapshot::make(path, |partial| {
        let node = archive::node(source)?;
        let options = Options { node, ..options };
        let connection = file::open_writer(partial, &options, migration::ALL)?;
        let mut ledger = Ledger::new(connection, options.clock)?;
        let mut gathered = Vec::new();
        for record in source {
            gathered.push(record?);
            if gathered.len() >= FLUSH_RECORDS {
                let some = std::mem::take(&mut gathered);
                writer::transaction(&mut ledger, |ledger| take_some(ledger, &some))?;
            }
        }
        writer::transaction(&mut ledger, |ledger| take_some(ledger, &gathered))?;
        ledger.connection.execute_batch(writer::sql::CHECKPOINT).map_err(fault::of_sqlite)
    })
}

fn take_some(ledger: &mut Ledger, gathered: &[Record]) -> Result<(), StoreError> {
    let mut words = Vec::new();
    for record in gathered {
        match record {
            Record::Change(change) => commit::restore(ledger, change, &mut words)?,
            Record::Entry { entry, persons } => {
                let persons: BTreeSet<String> = persons.iter().cloned().collect();
                let link = audit_link(&ledger.heads.audit, entry);
                archive::check_entry(entry, ledger.heads.audit_seq, &link)?;
                let Ledger { connection, dictionary, heads, .. } = ledger;
                trail::write(connection, dictionary, entry, &persons, link)?;
                (heads.audit_seq, heads.audit) = (entry.seq, link);
                heads.at = heads.at.max(entry.at);
            }
            Record::Document { kind, key, value } => {
                local::Document::new(kind, key, Some(value))?.write(&ledger.connection)?;
            }
            Record::Node { .. } | Record::End { .. } => {
                return Err(fault::damaged("a record stands where it should not"));
            }
        }
    }
    index::write_words(&ledger.connection, &words)
}

pub(crate) mod sql {
    pub(crate) const DOCUMENTS: &str = "SELECT kind, key, value FROM local ORDER BY kind, key";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[DOCUMENTS];
}
