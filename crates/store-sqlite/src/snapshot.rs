//! A consistent copy of the whole store, made while others read and write.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use manzil_store::StoreError;
use rusqlite::Connection;

use crate::fault;

/// Writes a copy to `path`.
pub(crate) fn write(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    make(path, |partial| copy(connection, partial))
}

/// Makes a data file at `path`, where nothing may be yet. It appears under its name only when it
/// is whole and on the disk.
pub(crate) fn make(
    path: &Path,
    fill: impl FnOnce(&Path) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    if path.exists() {
        return Err(StoreError::Disk(format!(
            "{} exists already; name a new file",
            path.display()
        )));
    }
    let partial = partial_name(path);
    remove(&partial)?;
    let written = fill(&partial).and_then(|()| {
        // SQLite does not bring the file to the disk by itself.
        File::open(&partial)
            .and_then(|file| file.sync_all())
            .map_err(|error| fault::of_file(&partial, &error))?;
        fs::rename(&partial, path).map_err(|error| fault::of_file(path, &error))?;
        sync_folder(path)
    });
    if written.is_err() {
        drop(remove(&partial));
    }
    written
}

/// Removes a data file that is not whole, with what SQLite has beside it.
fn remove(partial: &Path) -> Result<(), StoreError> {
    for end in ["", "-wal", "-shm"] {
        let mut name = partial.as_os_str().to_owned();
        name.push(end);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(fault::of_file(Path::new(&name), &error));
            }
            _ => {}
        }
    }
    Ok(())
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
    make_private(partial)?;
    let name = partial
        .to_str()
        .ok_or_else(|| StoreError::Disk(format!("{} is not UTF-8", partial.display())))?;
    connection.execute(sql::COPY, [name]).map(drop).map_err(fault::of_sqlite)
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
