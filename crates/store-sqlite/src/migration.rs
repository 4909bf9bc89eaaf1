//! Bringing a file to the schema of this program: forward only, and never without a copy.

use std::path::{Path, PathBuf};

use manzil_store::StoreError;
use rusqlite::Connection;

use crate::{fault, snapshot};

/// Marks the file as ours (`Mnzl`), in SQLite's `application_id`.
const APPLICATION: i32 = 0x4d6e_7a6c;

/// The numbered migrations; the schema's number is their count.
pub(crate) const ALL: &[&str] = &[
    include_str!("../migrations/0001_start.sql"),
    include_str!("../migrations/0002_spans.sql"),
    include_str!("../migrations/0003_via.sql"),
];

/// Refuses a file that is not ours or that a newer program wrote, before anything is changed.
pub(crate) fn check(
    connection: &Connection,
    path: &Path,
    migrations: &[&str],
) -> Result<(), StoreError> {
    let (application, found) = header(connection)?;
    let known = migrations.len() as u32;
    if application != APPLICATION && !is_empty(connection)? {
        return Err(fault::damaged(format!("{} is not a Manzil data file", path.display())));
    }
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    Ok(())
}

/// Applies what is missing of `migrations`. An existing file is first copied beside itself, to
/// `<file>.before-<schema>`.
pub(crate) fn run(
    connection: &mut Connection,
    path: &Path,
    migrations: &[&str],
) -> Result<(), StoreError> {
    let (_, found) = header(connection)?;
    let known = migrations.len() as u32;
    if found == known {
        return Ok(());
    }
    if !is_empty(connection)? {
        let copy = copy_name(path, known);
        tracing::info!(from = found, to = known, "copying the data file before its migration");
        if !copy.exists() {
            snapshot::write(connection, &copy)?;
        }
    }
    for (schema, migration) in (1..).zip(migrations).skip(found as usize) {
        apply(connection, schema, migration).map_err(fault::of_sqlite)?;
    }
    Ok(())
}

/// The schema number that a file says it has.
pub(crate) fn schema(connection: &Connection) -> Result<u32, StoreError> {
    header(connection).map(|(_, schema)| schema)
}

fn apply(connection: &mut Connection, schema: u32, migration: &str) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(migration)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", schema)?;
    transaction.commit()
}

fn header(connection: &Connection) -> Result<(i32, u32), StoreError> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let application = pragma("application_id").map_err(fault::of_sqlite)?;
    let schema = pragma("user_version").map_err(fault::of_sqlite)?;
    Ok((application as i32, u32::try_from(schema).unwrap_or(u32::MAX)))
}

fn is_empty(connection: &Connection) -> Result<bool, StoreError> {
    connection
        .query_row(sql::TABLES, [], |row| row.get::<_, i64>(0))
        .map(|tables| tables == 0)
        .map_err(fault::of_sqlite)
}

fn copy_name(path: &Path, schema: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".before-{schema}"));
    PathBuf::from(name)
}

pub(crate) mod sql {
    pub(crate) const TABLES: &str = "SELECT count(*) FROM sqlite_schema";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[TABLES];
}
