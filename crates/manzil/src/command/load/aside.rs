//! What is refused and put aside, to be mended and loaded by itself.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};

/// The file beside the loaded one that holds what was refused of it.
pub(super) struct Aside {
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
}

impl Aside {
    /// `bytes` is how long it was when the place was written down from which to go on.
    pub(super) fn beside(path: &Path, bytes: u64) -> Self {
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(".refused.ndjson");
        Self { path: path.with_file_name(name), file: None, bytes }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a text on one line, and says how long the file is now. An entry of a batch becomes a
    /// batch of its own.
    pub(super) fn add(&mut self, text: &[u8], is_entry: bool) -> anyhow::Result<u64> {
        let unwritable = || format!("MZ-0751: cannot write {}", self.path.display());
        if self.file.is_none() {
            let mut options = OpenOptions::new();
            let file =
                options.append(true).create(true).open(&self.path).with_context(unwritable)?;
            file.set_len(self.bytes).with_context(unwritable)?;
            self.file = Some(file);
        }
        let mut line = on_one_line(text, is_entry);
        line.push(b'\n');
        if let Some(file) = &mut self.file {
            file.write_all(&line).with_context(unwritable)?;
        }
        self.bytes += line.len() as u64;
        Ok(self.bytes)
    }
}

fn on_one_line(text: &[u8], is_entry: bool) -> Vec<u8> {
    let text = text.trim_ascii();
    if is_entry && let Ok(entry) = serde_json::from_slice::<Value>(text) {
        let batch = json!({"resourceType": "Bundle", "type": "batch", "entry": [entry]});
        return batch.to_string().into_bytes();
    }
    // Between the tokens of JSON a line break is a space; within texts there is none.
    text.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }).collect()
}
