//! What is wrong with a condition or a sum, and where.

use std::ops::Range;

use thiserror::Error;

use crate::Span;

/// What is wrong with a condition or a sum.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code}: {reason}; {cure}")]
pub struct LanguageError {
    /// `MZ-02xx`.
    pub code: &'static str,
    pub span: Span,
    pub reason: String,
    pub cure: String,
}

/// Where the text of a condition lies in its file.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// The text, or the whole value when it is written with escapes.
    pub span: Span,
    /// Whether byte `n` of the text is byte `span.start + n` of the file.
    pub exact: bool,
}

impl Origin {
    /// A text that is a file of its own.
    pub fn whole(file: u32, text: &str) -> Self {
        Self { span: Span::new(file, 0..text.len()), exact: true }
    }

    /// Where a piece of the text is written.
    pub fn span(self, piece: Range<usize>) -> Span {
        if !self.exact {
            return self.span;
        }
        let start = self.span.start as usize;
        Span::new(self.span.file, start + piece.start..start + piece.end)
    }
}

/// What is wrong, at a piece of the text.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    pub(crate) piece: Range<usize>,
    pub(crate) reason: String,
    pub(crate) cure: String,
}

impl Fault {
    pub(crate) fn new(
        code: &'static str,
        piece: Range<usize>,
        reason: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self { code, piece, reason: reason.into(), cure: cure.into() }
    }

    pub(crate) fn at(self, origin: Origin) -> LanguageError {
        LanguageError {
            code: self.code,
            span: origin.span(self.piece),
            reason: self.reason,
            cure: self.cure,
        }
    }
}
