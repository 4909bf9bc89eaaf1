//! Node-local documents: accounts, sessions, settings.

use manzil_store::StoreError;
use manzil_store::change::check_label;
use manzil_store::limits::LOCAL_BYTES_MAX;
use rusqlite::{Connection, OptionalExtension, params};

use crate::fault;

/// A document to be written, or removed when it has no value.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    kind: String,
    key: String,
    value: Option<String>,
}

impl Document {
    pub(crate) fn new(kind: &str, key: &str, value: Option<&str>) -> Result<Self, StoreError> {
        check_label(kind, "the kind of a document")?;
        check_label(key, "the key of a document")?;
        if value.is_some_and(|value| value.len() > LOCAL_BYTES_MAX) {
            return Err(StoreError::Limit(format!(
                "a document of kind {kind} has more than {LOCAL_BYTES_MAX} bytes"
            )));
        }
        Ok(Self { kind: kind.into(), key: key.into(), value: value.map(str::to_owned) })
    }

    pub(crate) fn write(&self, connection: &Connection) -> Result<(), StoreError> {
        let done = match &self.value {
            Some(value) => connection
                .prepare_cached(sql::PUT)
                .and_then(|mut put| put.execute(params![self.kind, self.key, value])),
            None => connection
                .prepare_cached(sql::DELETE)
                .and_then(|mut delete| delete.execute(params![self.kind, self.key])),
        };
        done.map(|_| ()).map_err(fault::of_sqlite)
    }
}

pub(crate) fn get(
    connection: &Connection,
    kind: &str,
    key: &str,
) -> Result<Option<String>, StoreError> {
    connection
        .prepare_cached(sql::GET)
        .and_then(|mut get| get.query_row([kind, key], |row| row.get(0)).optional())
        .map_err(fault::of_sqlite)
}

/// All documents of a kind, ordered by key.
pub(crate) fn list(
    connection: &Connection,
    kind: &str,
) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement = connection.prepare_cached(sql::LIST).map_err(fault::of_sqlite)?;
    statement
        .query_map([kind], |row| Ok((row.get(0)?, row.get(1)?)))
        .and_then(Iterator::collect)
        .map_err(fault::of_sqlite)
}

pub(crate) mod sql {
    pub(crate) const GET: &str = "SELECT value FROM local WHERE kind = ?1 AND key = ?2";
    pub(crate) const PUT: &str = "INSERT INTO local (kind, key, value) VALUES (?1, ?2, ?3) \
         ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value";
    pub(crate) const DELETE: &str = "DELETE FROM local WHERE kind = ?1 AND key = ?2";
    pub(crate) const LIST: &str = "SELECT key, value FROM local WHERE kind = ?1 ORDER BY key";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[GET, PUT, DELETE, LIST];
}
