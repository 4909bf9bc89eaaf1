//! How much a data file holds.

use std::path::Path;

use manzil_store::StoreError;
use manzil_store::port::Statistics;
use rusqlite::Connection;

use crate::{code, fault, file, migration};

pub(crate) fn of(connection: &Connection, path: &Path) -> Result<Statistics, StoreError> {
    let counts = connection
        .prepare_cached(sql::COUNTS)
        .and_then(|mut counts| {
            counts.query_row([], |row| {
                let counts: (i64, i64, i64, i64) =
                    (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
                Ok(counts)
            })
        })
        .map_err(fault::of_sqlite)?;
    Ok(Statistics {
        change_sets: code::count(counts.0),
        resources: code::count(counts.1),
        versions: code::count(counts.2),
        audit_entries: code::count(counts.3),
        bytes: file::bytes(path),
        schema: migration::schema(connection)?,
    })
}

pub(crate) mod sql {
    /// All but the current resources are numbered from 1 without a gap, and never removed.
    pub(crate) const COUNTS: &str = "SELECT (SELECT coalesce(max(seq), 0) FROM change_set), \
         (SELECT count(*) FROM resource WHERE state = 1), \
         (SELECT coalesce(max(place), 0) FROM version), \
         (SELECT coalesce(max(seq), 0) FROM audit)";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[COUNTS];
}
