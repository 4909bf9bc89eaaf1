//! Where something was written: files, byte ranges, lines and columns.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A byte range in one of the files of a [`Sources`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Span {
    /// Index of the file in its [`Sources`].
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of file number `file`.
    pub fn new(file: u32, range: std::ops::Range<usize>) -> Self {
        Self { file, start: range.start as u32, end: range.end as u32 }
    }

    /// The byte range.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// One file as it was read: its path and its whole text.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The path under which the caller handed it over; shown in diagnostics.
    pub path: String,
    /// The text.
    pub text: String,
}

impl SourceFile {
    /// Line and column of a byte, both counted from 1, the column in characters.
    pub fn line_column(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        (line, column)
    }
}

/// The files of one library, in the order of their paths.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
}

impl Sources {
    /// Takes over files in any order; a [`Span`]'s file number is the index after sorting by path.
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut files: Vec<_> = files
            .into_iter()
            .map(|(path, text)| Arc::new(SourceFile { path: path.replace('\\', "/"), text }))
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { files }
    }

    /// File number `file`.
    pub fn file(&self, file: u32) -> Option<&Arc<SourceFile>> {
        self.files.get(file as usize)
    }

    /// The files with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Arc<SourceFile>)> {
        self.files.iter().enumerate().map(|(number, file)| (number as u32, file))
    }

    /// The text that a span covers; empty for a span of another library.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).and_then(|file| file.text.get(span.range())).unwrap_or_default()
    }

    /// `path:line:column` of a span's first byte.
    pub fn place(&self, span: Span) -> String {
        self.file(span.file).map_or_else(String::new, |file| {
            let (line, column) = file.line_column(span.start as usize);
            format!("{}:{line}:{column}", file.path)
        })
    }
}
