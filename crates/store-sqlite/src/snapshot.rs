//! A consistent copy of the whole store, made while others read and write.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use manzil_store::StoreError;
use rusqlite::Connection;

use crate::fault;

/// Writes a copy to `path`, where nothing may be yet. The copy appears under its name only when
/// it is whole and on the disk.
pub(crate) fn write(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    if path.exists() {
        return Err(StoreError::Disk(format!(
            "{} exists already; name a new file",
            path.display()
        )));
    }
    let partial = partial_name(path);
    let written = copy(connection, &partial).and_then(|()| {
        fs::rename(&partial, path).map_err(|error| fault::of_file(path, &error))?;
        sync_folder(path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&partial);
    }
    written
}

/// Makes an empty file that only its owner may read: it will hold health records.
pub(crate) fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ()).map_err(|error| fault::of_file(path, &error))
}

fn copy(connection: &Connection, partial: &Path) -> Result<(), StoreError> {
    if partial.exists() {
        fs::remove_file(partial).map_err(|error| fault::of_file(partial, &error))?;
    }
    make_private(partial)?;
    let name = partial
        .to_str()
        .ok_or_else(|| StoreError::Disk(format!("{} is not UTF-8", partial.display())))?;
    connection.execute(sql::COPY, [name]).map_err(fault::of_sqlite)?;
    // SQLite does not bring the copy to the disk by itself.
    File::open(partial)
        .and_then(|file| file.sync_all())
        .map_err(|error| fault::of_file(partial, &error))
}

fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| fault::of_file(folder, &error))
}

fn partial_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

pub(crate) mod sql {
    pub(crate) const COPY: &str = "VACUUM INTO ?1";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[COPY];
}
