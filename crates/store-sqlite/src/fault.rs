//! What SQLite and the file system report, as the errors of the port.

use manzil_store::StoreError;
use rusqlite::ErrorCode;

/// Sorts an SQLite error into: the disk, damage, or anything else.
pub(crate) fn of_sqlite(error: rusqlite::Error) -> StoreError {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DiskFull
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::PermissionDenied,
        ) => StoreError::Disk(text),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged(text),
        _ => StoreError::Database(text),
    }
}

/// A file that cannot be made, locked, read or written.
pub(crate) fn of_file(path: &std::path::Path, error: &std::io::Error) -> StoreError {
    StoreError::Disk(format!("{}: {error}", path.display()))
}

/// Stored data that this program cannot have written.
pub(crate) fn damaged(what: impl Into<String>) -> StoreError {
    StoreError::Damaged(what.into())
}
