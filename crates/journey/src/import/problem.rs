//! What is wrong with a file, cell by cell.

use serde::Serialize;
use std::fmt;

/// Whether a problem keeps the file out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The file is not imported until it is mended.
    Error,
    /// The file can be imported; somebody should look.
    Warning,
}

/// One complaint about a file, with its place, its reason and its cure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub severity: Severity,
    /// Stable code, `MZ-05nn`.
    pub code: &'static str,
    /// Line in the file, from 1; the header is line 1.
    pub line: u64,
    /// The column's heading, or the path inside a resource; empty when the whole line is meant.
    pub column: String,
    /// What stood there, cut short when it is long.
    pub value: String,
    pub reason: String,
    pub cure: String,
}

/// Longest part of a cell that a problem repeats, in characters.
const VALUE_CHARS_MAX: usize = 60;

impl Problem {
    pub fn error(code: &'static str, line: u64, column: &str, value: &str) -> Self {
        Self {
            severity: Severity::Error,
            code,
            line,
            column: column.to_owned(),
            value: shortened(value),
            reason: String::new(),
            cure: String::new(),
        }
    }

    pub fn warning(code: &'static str, line: u64, column: &str, value: &str) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, line, column, value) }
    }

    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    #[must_use]
    pub fn cure(mut self, cure: impl Into<String>) -> Self {
        self.cure = cure.into();
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} line {}", self.code, self.line)?;
        if !self.column.is_empty() {
            write!(formatter, ", {}", self.column)?;
        }
        write!(formatter, ": {}", self.reason)?;
        if !self.value.is_empty() {
            write!(formatter, " (\"{}\")", self.value)?;
        }
        write!(formatter, ". {}", self.cure)
    }
}

fn shortened(value: &str) -> String {
    if value.chars().count() <= VALUE_CHARS_MAX {
        value.to_owned()
    } else {
        value.chars().take(VALUE_CHARS_MAX).chain(['…']).collect()
    }
}
