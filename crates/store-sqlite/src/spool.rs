//! Audit lines of reads on their way into the data file.
//!
//! A line in the data file is a new state of it, at which every reader drops what it remembers of
//! the old one. So the lines of reads gather in a file beside it, as text, and go into the data
//! file together: before the next change, when there are many, or when it is quiet. A line is in
//! that file before its read is answered, where the end of this process cannot take it; what is
//! left there by one that ended is written when the data file is opened again.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use manzil_journey::access::Access;
use manzil_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::ledger::Ledger;
use crate::trail::Line;
use crate::{code, fault, snapshot};

/// The lines that are not in the data file yet, in the order of the trail.
#[derive(Debug)]
pub(crate) struct Spool {
    path: PathBuf,
    file: File,
    length: u64,
    held: Vec<(Line, Timestamp)>,
}

/// A line as it stands in the file.
#[derive(Serialize, Deserialize)]
struct Entry {
    /// Which line of the trail it will be: one that the data file has already is not written twice.
    seq: u64,
    /// Milliseconds since 1970.
    at: i64,
    access: Access,
    what: String,
    object: String,
    persons: BTreeSet<String>,
}

/// The file beside a data file.
pub(crate) fn path_beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-reads");
    PathBuf::from(name)
}

impl Spool {
    /// Opens the file beside the data file, with what a process that ended left in it.
    pub(crate) fn open(data_file: &Path, audit_seq: u64) -> Result<Self, StoreError> {
        let path = path_beside(data_file);
        snapshot::make_private(&path)?;
        let of_file = |error| fault::of_file(&path, &error);
        let text = std::fs::read(&path).map_err(of_file)?;
        let file = File::options().write(true).open(&path).map_err(of_file)?;
        let mut spool = Self { path: path.clone(), file, length: 0, held: Vec::new() };
        // Behind the last end of a line is one whose read was never answered.
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        for line in text.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n') {
            if line.is_empty() {
                continue;
            }
            let entry: Entry = serde_json::from_slice(line)
                .map_err(|error| fault::damaged(format!("{}: {error}", path.display())))?;
            if entry.seq > audit_seq {
                spool.held.push(entry.line()?);
            }
        }
        spool.length = whole as u64;
        Ok(spool)
    }

    pub(crate) fn len(&self) -> usize {
        self.held.len()
    }

    /// Adds lines behind those of the data file and those that are held already.
    ///
    /// # Errors
    ///
    /// When they cannot be written; then none is held.
    pub(crate) fn hold(&mut self, lines: Vec<Line>, ledger: &mut Ledger) -> Result<(), StoreError> {
        let first = ledger.heads.audit_seq + self.held.len() as u64 + 1;
        let mut text = Vec::new();
        let mut stamped = Vec::with_capacity(lines.len());
        for (line, seq) in lines.into_iter().zip(first..) {
            let at = ledger.stamp();
            let entry = Entry::new(&line, seq, at);
            serde_json::to_writer(&mut text, &entry)
                .map_err(|error| StoreError::Database(error.to_string()))?;
            text.push(b'\n');
            stamped.push((line, at));
        }
        let written =
            self.file.seek(SeekFrom::Start(self.length)).and_then(|_| self.file.write_all(&text));
        if let Err(error) = written {
            // What is there of them is cut off, or else written over by the next.
            drop(self.file.set_len(self.length));
            return Err(fault::of_file(&self.path, &error));
        }
        self.length += text.len() as u64;
        self.held.append(&mut stamped);
        Ok(())
    }

    /// Writes the lines into the data file, within the writer's transaction.
    pub(crate) fn write(&self, ledger: &mut Ledger) -> Result<(), StoreError> {
        self.held.iter().try_for_each(|(line, at)| ledger.audit(line, *at))
    }

    /// Forgets the lines, which are in the data file now.
    pub(crate) fn clear(&mut self) {
        self.held.clear();
        if self.length > 0 {
            self.length = 0;
            // Lines that stay are known by their number.
            drop(self.file.set_len(0));
        }
    }

    /// Removes the file when everything in it is in the data file.
    pub(crate) fn close(self) {
        if self.held.is_empty() {
            drop(std::fs::remove_file(&self.path));
        }
    }
}

impl Entry {
    fn new(line: &Line, seq: u64, at: Timestamp) -> Self {
        Self {
            seq,
            at: at.as_millisecond(),
            access: line.access.clone(),
            what: line.what.clone(),
            object: line.object.clone(),
            persons: line.persons.clone(),
        }
    }

    fn line(self) -> Result<(Line, Timestamp), StoreError> {
        let Self { seq: _, at, access, what, object, persons } = self;
        Ok((Line { access, what, object, persons }, code::time(at)?))
    }
}
