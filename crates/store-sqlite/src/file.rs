//! The data file: its lock, its connections and their settings.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use manzil_store::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::options::{Limits, Options};
use crate::{fault, migration, snapshot, spool};

/// Keeps every other process out until it is dropped, or until the kernel ends this process.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Takes the lock beside the data file.
pub(crate) fn lock(path: &Path) -> Result<Lock, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    snapshot::make_private(&name)?;
    let file =
        File::options().write(true).open(&name).map_err(|error| fault::of_file(&name, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(path.display().to_string())),
        Err(TryLockError::Error(error)) => Err(fault::of_file(&name, &error)),
    }
}

/// Opens the file for the writer, makes it when it is missing and brings it to the schema.
pub(crate) fn open_writer(
    path: &Path,
    options: &Options,
    migrations: &[&str],
) -> Result<Connection, StoreError> {
    snapshot::make_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(fault::of_sqlite)?;
    migration::check(&connection, path, migrations)?;
    set_writer(&connection, &options.limits).map_err(fault::of_sqlite)?;
    migration::run(&mut connection, path, migrations)?;
    connection.execute(sql::NAME_NODE, [&options.node]).map_err(fault::of_sqlite)?;
    Ok(connection)
}

/// Opens the file for reading only.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(fault::of_sqlite)?;
    set_reader(&connection).map_err(fault::of_sqlite)?;
    Ok(connection)
}

/// Opens the file to write the log back into it.
pub(crate) fn open_helper(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(fault::of_sqlite)?;
    let set = set_common(&connection)
        .and_then(|()| connection.pragma_update(None, "synchronous", "FULL"))
        // It learns that the file has a log by reading from it.
        .and_then(|()| connection.query_row(sql::LOOK, [], |_| Ok(())));
    set.map_err(fault::of_sqlite)?;
    Ok(connection)
}

/// Bytes on disk: the file, the log and the lines of reads beside it.
pub(crate) fn bytes(path: &Path) -> u64 {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let size = |path: &Path| path.metadata().map_or(0, |metadata| metadata.len());
    let reads: u64 = spool::paths_beside(path).iter().map(|path| size(path)).sum();
    size(path) + size(Path::new(&log)) + reads
}

/// Runs a statement without values, which stays prepared.
pub(crate) fn run(connection: &Connection, statement: &str) -> Result<(), StoreError> {
    connection
        .prepare_cached(statement)
        .and_then(|mut statement| statement.execute([]))
        .map(|_| ())
        .map_err(fault::of_sqlite)
}

fn set_writer(connection: &Connection, limits: &Limits) -> rusqlite::Result<()> {
    set_common(connection)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // While the file has less than 1 GB, SQLite looks through all of the cache at every commit that
    // splits a page: the page number that it swaps with lies behind the end of the file.
    connection.pragma_update(None, "cache_size", -16_384)?;
    connection.pragma_update(None, "wal_autocheckpoint", limits.log_pages_max)?;
    // The journal of savepoints: in a file it would be a write for each page that one touches.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    if let Some(pages) = limits.file_pages_max {
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    Ok(())
}

fn set_reader(connection: &Connection) -> rusqlite::Result<()> {
    set_common(connection)?;
    // What it does not hold is in memory all the same: the kernel has it, once for all readers.
    connection.pragma_update(None, "cache_size", -3_072)
}

fn set_common(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(128);
    // Values must not make a statement be planned again.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)
}

pub(crate) mod sql {
    pub(crate) const NAME_NODE: &str =
        "INSERT INTO node (only_row, name) VALUES (1, ?1) ON CONFLICT DO NOTHING";
    pub(crate) const LOOK: &str = "SELECT count(*) FROM node";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[NAME_NODE, LOOK];
}
