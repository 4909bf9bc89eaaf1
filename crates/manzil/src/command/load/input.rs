//! The files as they are read: one text at a time, with the place where it stands.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, bail};
use flate2::bufread::MultiGzDecoder;
use manzil_store::chain::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The longest line of an NDJSON file, and the largest Bundle. A transaction is all or nothing,
/// so that it must fit into memory.
const TEXT_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// How much of the beginning and of the end tells one file from another of its name and size.
const IDENTITY_BYTES: u64 = 1024 * 1024;
/// How much is read from the disk at once.
const READ_BYTES: usize = 256 * 1024;

/// A file to load.
#[derive(Clone, Debug)]
pub(super) struct InputFile {
    pub(super) path: PathBuf,
    /// The last part of the path.
    pub(super) name: String,
    /// As it lies on the disk.
    pub(super) bytes: u64,
    /// SHA-256 of name, size, beginning and end, in hexadecimal.
    pub(super) identity: String,
    form: Form,
    is_gzip: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// One resource or Bundle on each line.
    Lines,
    /// One resource or Bundle.
    Whole,
}

/// A place in a file, uncompressed: in bytes and lines, and within a batch in entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Position {
    pub(super) offset: u64,
    /// The lines before it.
    pub(super) line: u64,
    /// The entries before it of the batch that begins here.
    pub(super) entry: usize,
}

/// The text of one resource or Bundle.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) start: Position,
    pub(super) end: Position,
    pub(super) bytes: Arc<Vec<u8>>,
}

impl InputFile {
    /// Looks at a file without reading all of it.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let unreadable = || format!("MZ-0733: cannot read {}", path.display());
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (bare, is_gzip) = match name.strip_suffix(".gz") {
            Some(bare) => (bare, true),
            None => (name.as_str(), false),
        };
        let form = match Path::new(bare).extension().and_then(|ending| ending.to_str()) {
            Some("ndjson" | "jsonl") => Form::Lines,
            Some("json") => Form::Whole,
            _ => bail!(
                "MZ-0750: {} is no FHIR file by its name; call it .json or .ndjson, with .gz \
                 behind if it is packed",
                path.display()
            ),
        };
        let mut file = File::open(path).with_context(unreadable)?;
        let bytes = file.metadata().with_context(unreadable)?.len();
        let identity = identity(&mut file, &name, bytes).with_context(unreadable)?;
        Ok(Self { path: path.to_owned(), name, bytes, identity, form, is_gzip })
    }

    fn is_loadable(path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let bare = name.strip_suffix(".gz").unwrap_or(&name);
        let ending = Path::new(bare).extension().and_then(|ending| ending.to_str());
        matches!(ending, Some("json" | "ndjson" | "jsonl")) && !name.contains(".refused.")
    }
}

/// The files that the command line names, in this order; of a folder all that can be loaded, by
/// name.
pub(super) fn files(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let unreadable = || format!("MZ-0733: cannot read {}", path.display());
        let entries = std::fs::read_dir(path).with_context(unreadable)?;
        let mut inside = Vec::new();
        for entry in entries {
            let path = entry.with_context(unreadable)?.path();
            if path.is_file() && InputFile::is_loadable(&path) {
                inside.push(path);
            }
        }
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}

fn identity(file: &mut File, name: &str, bytes: u64) -> io::Result<String> {
    let mut hash = Sha256::new();
    hash.update(format!("{name}\n{bytes}\n"));
    let mut read = |from: u64| {
        file.seek(SeekFrom::Start(from))?;
        let mut part = Vec::new();
        file.take(IDENTITY_BYTES).read_to_end(&mut part)?;
        hash.update(&part);
        io::Result::Ok(())
    };
    read(0)?;
    read(bytes.saturating_sub(IDENTITY_BYTES))?;
    Ok(hex(&hash.finalize().into()))
}

/// A file being read.
pub(super) struct Texts {
    file: InputFile,
    reader: Box<dyn BufRead + Send>,
    at: Position,
}

impl Texts {
    /// Opens a file at a place, and counts the bytes that are read from the disk.
    pub(super) fn open(
        file: &InputFile,
        at: Position,
        read: Arc<AtomicU64>,
    ) -> anyhow::Result<Self> {
        let unreadable = || format!("MZ-0733: cannot read {}", file.path.display());
        let mut inner = File::open(&file.path).with_context(unreadable)?;
        if !file.is_gzip {
            inner.seek(SeekFrom::Start(at.offset)).with_context(unreadable)?;
            read.fetch_add(at.offset, Ordering::Relaxed);
        }
        let counted = BufReader::with_capacity(READ_BYTES, Counted { inner, read });
        let mut reader: Box<dyn BufRead + Send> = if file.is_gzip {
            Box::new(BufReader::with_capacity(READ_BYTES, MultiGzDecoder::new(counted)))
        } else {
            Box::new(counted)
        };
        if file.is_gzip {
            let mut before = (&mut reader).take(at.offset);
            io::copy(&mut before, &mut io::sink()).with_context(unreadable)?;
        }
        Ok(Self { file: file.clone(), reader, at: Position { entry: 0, ..at } })
    }

    /// The next text; none at the end.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Text>> {
        loop {
            let start = self.at;
            let mut bytes = Vec::new();
            let mut limited = (&mut self.reader).take(TEXT_BYTES_MAX + 1);
            let read = match self.file.form {
                Form::Lines => limited.read_until(b'\n', &mut bytes),
                Form::Whole => limited.read_to_end(&mut bytes),
            };
            let place = || format!("{}, line {}", self.file.path.display(), start.line + 1);
            let read = read.with_context(|| format!("MZ-0733: cannot read {}", place()))? as u64;
            if read > TEXT_BYTES_MAX {
                bail!(
                    "MZ-0752: {}: more than {TEXT_BYTES_MAX} bytes stand together; write one \
                     resource a line",
                    place()
                );
            }
            if read == 0 {
                return Ok(None);
            }
            self.at = Position { offset: start.offset + read, line: start.line + 1, entry: 0 };
            if !bytes.trim_ascii().is_empty() {
                let end = self.at;
                return Ok(Some(Text { start, end, bytes: Arc::new(bytes) }));
            }
        }
    }
}

struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
