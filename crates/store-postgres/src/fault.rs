//! What PostgreSQL and the network report, as the errors of the port.

use std::error::Error as _;

use deadpool_postgres::PoolError;
use manzil_store::StoreError;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// Sorts a PostgreSQL error into: the disk, damage, a lost connection, or anything else.
pub(crate) fn of_postgres(error: &Error) -> StoreError {
    if is_lost(error) {
        return StoreError::Lost(words(error));
    }
    let text = words(error);
    match error.code() {
        Some(code) if [SqlState::DISK_FULL, SqlState::IO_ERROR].contains(code) => {
            StoreError::Disk(text)
        }
        Some(code) if [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED].contains(code) => {
            StoreError::Damaged(text)
        }
        _ => StoreError::Database(text),
    }
}

fn words(error: &Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(said), _) => said.to_string(),
        (None, Some(why)) => format!("{error}: {why}"),
        (None, None) => error.to_string(),
    }
}

/// Whether PostgreSQL or the network ended the connection.
pub(crate) fn is_lost(error: &Error) -> bool {
    let ended = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::CONNECTION_FAILURE,
        SqlState::CONNECTION_EXCEPTION,
    ];
    let is_io = error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
    error.is_closed() || is_io || error.code().is_some_and(|code| ended.contains(code))
}

/// A connection that cannot be had.
pub(crate) fn of_pool(error: &PoolError) -> StoreError {
    match error {
        // Such as a password that is wrong.
        PoolError::Backend(error) if error.as_db_error().is_some() => of_postgres(error),
        PoolError::Backend(error) => StoreError::Lost(words(error)),
        PoolError::Closed => StoreError::Closed,
        other => StoreError::Lost(other.to_string()),
    }
}

/// Stored data that this program cannot have written.
pub(crate) fn damaged(what: impl Into<String>) -> StoreError {
    StoreError::Damaged(what.into())
}
