//! Audit lines of reads on their way into the data file.
//!
//! A line in the data file is a new state of it, at which every reader drops what it remembers of
//! the old one. So the lines of reads gather in a file beside it, as text, and go into the data
//! file together: before the next change, when there are many, or when it is quiet. Whoever reads
//! writes the line there itself, before the answer, where the end of this process cannot take it;
//! what is left there by one that ended is written when the data file is opened again.
//!
//! There are two such files. While the lines of one go into the data file, the other takes the
//! new ones; then the first is emptied. What is last written into a file is a mark that says
//! behind which line of the trail its lines will stand: by it they are known to be in the data
//! file when the process ends before the file is emptied.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use manzil_journey::access::Access;
use manzil_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::heads::follow;
use crate::ledger::Ledger;
use crate::options::Clock;
use crate::trail::Line;
use crate::{code, fault, snapshot};

/// Lines that wait when the data file cannot be written; one more read is refused.
const LINES_MAX: usize = 100_000;

/// Lines with their times.
pub(crate) type Lines = Vec<(Line, Timestamp)>;

/// The lines that are not in the data file yet.
pub(crate) struct Spool {
    clock: Clock,
    /// Lines at which the writer is woken to take them.
    many: usize,
    open: Mutex<Open>,
}

/// The file that takes the lines, and the other one.
struct Open {
    this: Part,
    other: Part,
    /// Where the next line goes.
    length: u64,
    lines: Lines,
    at: Timestamp,
}

struct Part {
    path: PathBuf,
    file: File,
    is_empty: bool,
}

/// What stands on a line of such a file.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Entry<'l> {
    Held {
        /// Milliseconds since 1970.
        at: i64,
        access: Cow<'l, Access>,
        what: Cow<'l, str>,
        object: Cow<'l, str>,
        persons: Cow<'l, BTreeSet<String>>,
    },
    /// The lines before it stand in the trail behind this one.
    Taken { taken_after: u64 },
}

/// The files beside a data file.
pub(crate) fn paths_beside(path: &Path) -> [PathBuf; 2] {
    ["-reads", "-reads-2"].map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}

impl Spool {
    /// Opens the files beside the data file, after what a process that ended left in them is
    /// written. `many` lines wake the writer.
    pub(crate) fn open(
        data_file: &Path,
        ledger: &mut Ledger,
        (clock, many): (Clock, usize),
        write: impl FnOnce(&mut Ledger, &Lines) -> Result<(), StoreError>,
    ) -> Result<Self, StoreError> {
        let paths = paths_beside(data_file);
        let mut found = Vec::new();
        for path in &paths {
            found.extend(left(path, ledger.heads.audit_seq)?);
        }
        // What was being taken is older than what came meanwhile.
        found.sort_by_key(|(was_taken, _)| !was_taken);
        let lines: Lines = found.into_iter().flat_map(|(_, lines)| lines).collect();
        if !lines.is_empty() {
            write(ledger, &lines)?;
        }
        let [this, other] = paths.map(Part::open);
        let (this, other, at) = (this?, other?, ledger.heads.at);
        let open = Open { this, other, length: 0, lines: Vec::new(), at };
        Ok(Self { clock, many, open: Mutex::new(open) })
    }

    /// How many lines are held.
    pub(crate) fn len(&self) -> usize {
        self.lock().lines.len()
    }

    /// Keeps a line. Tells whether the writer is to be woken.
    ///
    /// # Errors
    ///
    /// When it cannot be written; then it is not held.
    pub(crate) fn hold(&self, line: Line) -> Result<bool, StoreError> {
        let mut open = self.lock();
        if open.lines.len() >= LINES_MAX {
            return Err(StoreError::Disk(format!(
                "{LINES_MAX} audit lines of reads wait, because the data file cannot be written"
            )));
        }
        let at = follow(open.at, (self.clock)());
        open.append(&Entry::new(&line, at))?;
        open.at = at;
        open.lines.push((line, at));
        Ok(open.lines.len() == 1 || open.lines.len().is_multiple_of(self.many.max(1)))
    }

    /// Gives the lines to be written into the data file behind line `audit_seq`. New ones go to the
    /// other file from now on.
    pub(crate) fn take(&self, audit_seq: u64) -> Result<Lines, StoreError> {
        let mut open = self.lock();
        if open.lines.is_empty() {
            return Ok(Vec::new());
        }
        open.other.empty()?;
        open.append(&Entry::Taken { taken_after: audit_seq })?;
        let Open { this, other, .. } = &mut *open;
        std::mem::swap(this, other);
        open.length = 0;
        Ok(std::mem::take(&mut open.lines))
    }

    /// Empties the file of the lines that were taken, which are in the data file now.
    pub(crate) fn forget(&self) {
        // A file that cannot be emptied is emptied before it is needed.
        drop(self.lock().other.empty());
    }

    /// Removes the files when everything in them is in the data file.
    pub(crate) fn close(&self) {
        let open = self.lock();
        if open.lines.is_empty() && open.other.is_empty {
            drop(std::fs::remove_file(&open.this.path));
            drop(std::fs::remove_file(&open.other.path));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn append(&mut self, entry: &Entry<'_>) -> Result<(), StoreError> {
        let mut text =
            serde_json::to_vec(entry).map_err(|error| StoreError::Database(error.to_string()))?;
        text.push(b'\n');
        let Self { this, length, .. } = self;
        this.is_empty = false;
        if let Err(error) = this.file.write_all(&text) {
            // What is there of it is cut off, or else written over by the next.
            drop(this.file.set_len(*length));
            drop(this.file.seek(SeekFrom::Start(*length)));
            return Err(fault::of_file(&this.path, &error));
        }
        *length += text.len() as u64;
        Ok(())
    }
}

impl Part {
    /// Makes or empties the file.
    fn open(path: PathBuf) -> Result<Self, StoreError> {
        let file = File::options().write(true).open(&path);
        let file = file.map_err(|error| fault::of_file(&path, &error))?;
        let mut part = Self { path, file, is_empty: false };
        part.empty()?;
        Ok(part)
    }

    fn empty(&mut self) -> Result<(), StoreError> {
        if !self.is_empty {
            let emptied = self.file.set_len(0).and_then(|()| self.file.rewind());
            emptied.map_err(|error| fault::of_file(&self.path, &error))?;
            self.is_empty = true;
        }
        Ok(())
    }
}

/// What a process that ended left in a file and is not in the data file: whether it was being
/// taken, and the lines.
fn left(path: &Path, audit_seq: u64) -> Result<Option<(bool, Lines)>, StoreError> {
    snapshot::make_private(path)?;
    let text = std::fs::read(path).map_err(|error: io::Error| fault::of_file(path, &error))?;
    // Behind the last end of a line is one whose read was never answered.
    let whole = text.iter().rposition(|byte| *byte == b'\n').unwrap_or_default();
    let (mut lines, mut was_taken) = (Vec::new(), false);
    for line in text.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n') {
        if line.is_empty() {
            continue;
        }
        let entry: Entry<'_> = serde_json::from_slice(line)
            .map_err(|error| fault::damaged(format!("{}: {error}", path.display())))?;
        match entry {
            Entry::Taken { taken_after } if taken_after < audit_seq => return Ok(None),
            Entry::Taken { .. } => was_taken = true,
            Entry::Held { at, access, what, object, persons } => {
                let (access, persons) = (access.into_owned(), persons.into_owned());
                let (what, object) = (what.into_owned(), object.into_owned());
                lines.push((Line { access, what, object, persons }, code::time(at)?));
            }
        }
    }
    Ok((!lines.is_empty()).then_some((was_taken, lines)))
}

impl<'l> Entry<'l> {
    fn new(line: &'l Line, at: Timestamp) -> Self {
        let Line { access, what, object, persons } = line;
        Self::Held {
            at: at.as_millisecond(),
            access: Cow::Borrowed(access),
            what: Cow::Borrowed(what),
            object: Cow::Borrowed(object),
            persons: Cow::Borrowed(persons),
        }
    }
}
