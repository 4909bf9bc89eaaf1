//! A whole store as a row of records, in the same form from every engine: for copies, and for
//! moving from one engine to another.
//!
//! Versions, times, both logs and their hashes are kept. Whoever takes records in works the
//! hashes out again and refuses what does not fit; the search index is built anew.
//!
//! Written to a file, the records are lines of JSON, packed with zstd; the last line says how
//! many there are, so that a file that was cut off is not taken for a whole one.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use manzil_fhir::Resource;
use manzil_journey::access::{Access, Purpose, Role};
use serde::{Deserialize, Serialize};

use crate::audit::AuditEntry;
use crate::body::BodyText;
use crate::chain::{Hash, hex};
use crate::change::{Version, VersionMeta};
use crate::error::StoreError;

/// Records that are taken in together.
pub const FLUSH_RECORDS: usize = 2_000;

/// The form that this program writes.
const FORM: u32 = 1;
const LEVEL: i32 = 3;

/// One record.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Record {
    /// The first one: the form, and the name of the node whose logs these are.
    Node { form: u32, name: String },
    /// A change set, in the order of the log.
    Change(Box<Change>),
    /// A line of the audit trail, in order, with everybody whom it concerns.
    Entry { entry: AuditEntry, persons: Vec<String> },
    /// A node-local document.
    Document { kind: String, key: String, value: String },
    /// The last one.
    End { records: u64 },
}

/// A change set with its versions, in the order of writing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Change {
    pub seq: u64,
    pub at: Timestamp,
    pub actor: String,
    pub role: Role,
    pub purpose: Purpose,
    pub what: String,
    pub idempotency_key: Option<String>,
    /// Its link in the chain, lower-case hexadecimal.
    pub hash: String,
    pub versions: Vec<Kept>,
}

/// A version with its JSON text, which is empty for a deletion.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    pub meta: VersionMeta,
    pub body: String,
}

/// Where records go.
pub type Sink<'a> = &'a mut (dyn FnMut(Record) -> Result<(), StoreError> + Send);

/// Where records come from.
pub type Source<'a> = &'a mut (dyn Iterator<Item = Result<Record, StoreError>> + Send);

impl Record {
    /// The first record of a store.
    pub fn node(name: &str) -> Self {
        Self::Node { form: FORM, name: name.to_owned() }
    }
}

impl Change {
    /// The change set of its first version, with what the log says of it: what was done, its key
    /// and its hash.
    pub fn beginning(first: Kept, logged: (String, Option<String>, String)) -> Self {
        let (what, idempotency_key, hash) = logged;
        let VersionMeta { seq, at, ref actor, role, purpose, .. } = first.meta;
        let actor = actor.clone();
        Self { seq, at, actor, role, purpose, what, idempotency_key, hash, versions: vec![first] }
    }

    /// Refuses a change set whose versions came out otherwise than they were, or that does not
    /// follow the one before it. `seq` is that of the one before, `link` the hash worked out anew.
    pub fn check(&self, seq: u64, link: &Hash, versions: &[VersionMeta]) -> Result<(), StoreError> {
        let same = self.versions.iter().map(|kept| &kept.meta).eq(versions);
        if same && self.seq == seq + 1 && self.hash == hex(link) {
            return Ok(());
        }
        Err(StoreError::Damaged(format!("change set {} was altered", self.seq)))
    }

    /// On whose behalf it was written.
    pub fn access(&self) -> Access {
        Access::new(self.actor.clone(), self.role, self.purpose)
    }
}

impl From<Version> for Kept {
    fn from(version: Version) -> Self {
        Self { meta: version.meta, body: version.body.into_json() }
    }
}

impl Kept {
    /// The resource and the text to store; refuses a body that has not the hash it had. None for
    /// a deletion.
    pub fn resource(&self) -> Result<Option<(Resource, BodyText)>, StoreError> {
        if self.meta.deleted {
            return Ok(None);
        }
        let odd = |why: &str| StoreError::Damaged(format!("{} {why}", self.meta.key));
        let resource = Resource::parse(&self.body).map_err(|_| odd("cannot be read"))?;
        let body = BodyText::new(&resource)?;
        if hex(&body.hash()) != self.meta.hash {
            return Err(odd("was altered"));
        }
        Ok(Some((resource, body)))
    }
}

/// Refuses a line of the trail that does not follow the one before it. `seq` is that of the one
/// before, `link` the hash worked out anew.
pub fn check_entry(entry: &AuditEntry, seq: u64, link: &Hash) -> Result<(), StoreError> {
    if entry.seq == seq + 1 && entry.hash == hex(link) {
        return Ok(());
    }
    Err(StoreError::Damaged(format!("line {} of the audit trail was altered", entry.seq)))
}

/// Reads the first record: the name of the node.
pub fn node(source: Source<'_>) -> Result<String, StoreError> {
    match source.next() {
        Some(Ok(Record::Node { form: FORM, name })) => Ok(name),
        Some(Ok(Record::Node { form, .. })) => Err(StoreError::Newer { found: form, known: FORM }),
        Some(Err(error)) => Err(error),
        _ => Err(StoreError::Damaged("these are not the records of a store".into())),
    }
}

/// Writes a store to a file, where nothing may be yet. The file appears under its name only when
/// it is whole and on the disk.
pub fn write(
    path: &Path,
    give: impl FnOnce(Sink<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    if path.exists() {
        return Err(StoreError::Disk(format!(
            "{} exists already; name a new file",
            path.display()
        )));
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    let partial = PathBuf::from(name);
    let written = write_partial(&partial, give).and_then(|()| {
        fs::rename(&partial, path).map_err(|error| of_file(path, &error))?;
        sync_folder(path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&partial);
    }
    written
}

fn write_partial(
    path: &Path,
    give: impl FnOnce(Sink<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let of = |error: std::io::Error| of_file(path, &error);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // It will hold health records.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(of)?;
    let mut packer = zstd::Encoder::new(file, LEVEL).map_err(of)?;
    let mut records = 0;
    let mut put = |record: &Record| {
        records += 1;
        serde_json::to_writer(&mut packer, record).map_err(std::io::Error::from).map_err(of)?;
        packer.write_all(b"\n").map_err(of)
    };
    give(&mut |record| put(&record))?;
    let end = Record::End { records };
    serde_json::to_writer(&mut packer, &end).map_err(std::io::Error::from).map_err(of)?;
    packer.finish().and_then(|file| file.sync_all()).map_err(of)
}

fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| of_file(folder, &error))
}

/// The records of a file, all but the last one.
pub fn read(path: &Path) -> Result<impl Iterator<Item = Result<Record, StoreError>>, StoreError> {
    let of = |error: std::io::Error| of_file(path, &error);
    let file = File::open(path).map_err(of)?;
    let from = BufReader::new(zstd::Decoder::new(file).map_err(of)?);
    Ok(Lines { from, records: 0, ended: false })
}

struct Lines<R: Read> {
    from: BufReader<R>,
    records: u64,
    ended: bool,
}

impl<R: Read> Lines<R> {
    fn record(&mut self) -> Result<Option<Record>, StoreError> {
        let cut = || StoreError::Damaged("the file is cut off or was altered".into());
        let mut line = Vec::new();
        self.from.read_until(b'\n', &mut line).map_err(|_| cut())?;
        match serde_json::from_slice(&line).map_err(|_| cut())? {
            Record::End { records } if records == self.records => Ok(None),
            Record::End { .. } => Err(cut()),
            record => {
                self.records += 1;
                Ok(Some(record))
            }
        }
    }
}

impl<R: Read> Iterator for Lines<R> {
    type Item = Result<Record, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let record = self.record();
        self.ended = !matches!(record, Ok(Some(_)));
        record.transpose()
    }
}

fn of_file(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Disk(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<Record> {
        let document =
            |key: &str| Record::Document { kind: "k".into(), key: key.into(), value: "{}".into() };
        vec![Record::node("n"), document("a"), document("b\0\n")]
    }

    fn written(folder: &Path) -> PathBuf {
        let path = folder.join("copy");
        write(&path, |sink| sample().into_iter().try_for_each(sink)).unwrap();
        path
    }

    #[test]
    fn records_are_read_as_they_were_written() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = written(folder.path());
        let found: Vec<Record> = read(&path).unwrap().map(Result::unwrap).collect();
        assert_eq!(format!("{found:?}"), format!("{:?}", sample()));
        assert!(matches!(write(&path, |_| Ok(())), Err(StoreError::Disk(_))), "no overwriting");
    }

    #[test]
    fn a_file_that_was_cut_off_is_not_taken_for_a_whole_one() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = written(folder.path());
        let whole = fs::read(&path).unwrap();
        for length in [0, whole.len() / 2, whole.len() - 1] {
            fs::write(&path, &whole[..length]).unwrap();
            let records = read(&path).map(Iterator::collect::<Result<Vec<_>, _>>);
            assert!(!matches!(records, Ok(Ok(_))), "cut at {length}");
        }
    }

    #[test]
    fn an_altered_body_is_refused() {
        let meta = r#"{"key":{"resource_type":"Basic","id":"b"},"version":1,"seq":1,"at":"2026-01-01T00:00:00Z","actor":"a","role":"system","purpose":"care","person":null,"compartment":"care","hash":"00","deleted":false}"#;
        let meta = serde_json::from_str(meta).unwrap();
        let kept = Kept { meta, body: r#"{"resourceType":"Basic","id":"b"}"#.into() };
        assert!(matches!(kept.resource(), Err(StoreError::Damaged(_))));
    }
}
