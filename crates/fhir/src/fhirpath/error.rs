//! Why an expression could not be compiled or evaluated.

use std::fmt;

use thiserror::Error;

/// Why an expression has no answer.
///
/// An error is never a wrong answer in disguise: what this engine does not support it refuses
/// by name ([`FhirPathError::unsupported`]).
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{} at column {column}: {reason}. {cure}", self.code())]
pub struct FhirPathError {
    kind: ErrorKind,
    /// 1-based, in characters from the start of the expression.
    column: u32,
    reason: String,
    cure: String,
}

/// What sort of error it is. Each sort has its own stable code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// MZ-0120: the text is not FHIRPath.
    Syntax,
    /// MZ-0121: a function, operator form, unit or literal that this engine refuses.
    Unsupported { function: String },
    /// MZ-0122: there is no such function, or not with that number of arguments.
    Function,
    /// MZ-0123: there is no such type.
    TypeName,
    /// MZ-0124: there is no such variable, or it exists already.
    Variable,
    /// MZ-0125: a value of the wrong type, or content that is not what its type says.
    Operand,
    /// MZ-0126: more than one item where one is wanted.
    Cardinality,
    /// MZ-0127: a number outside the range that is kept exactly.
    Range,
    /// MZ-0128: too many steps, or an expression that is too long or too deep.
    Limit,
    /// MZ-0129: a path that the type does not have.
    Path,
}

impl FhirPathError {
    /// The stable code, `MZ-0120` to `MZ-0129`.
    pub fn code(&self) -> &'static str {
        match self.kind {
            ErrorKind::Syntax => "MZ-0120",
            ErrorKind::Unsupported { .. } => "MZ-0121",
            ErrorKind::Function => "MZ-0122",
            ErrorKind::TypeName => "MZ-0123",
            ErrorKind::Variable => "MZ-0124",
            ErrorKind::Operand => "MZ-0125",
            ErrorKind::Cardinality => "MZ-0126",
            ErrorKind::Range => "MZ-0127",
            ErrorKind::Limit => "MZ-0128",
            ErrorKind::Path => "MZ-0129",
        }
    }

    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The name of what is refused, when that is the error.
    pub fn unsupported(&self) -> Option<&str> {
        match &self.kind {
            ErrorKind::Unsupported { function } => Some(function),
            _ => None,
        }
    }

    /// The column in the expression, in characters, from 1.
    pub fn column(&self) -> u32 {
        self.column
    }

    /// What is wrong, in words.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What to do about it.
    pub fn cure(&self) -> &str {
        &self.cure
    }

    pub(super) fn new(
        kind: ErrorKind,
        column: u32,
        reason: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self { kind, column, reason: reason.into(), cure: cure.into() }
    }

    pub(super) fn syntax(column: u32, reason: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::new(ErrorKind::Syntax, column, reason, cure)
    }

    pub(super) fn refused(
        column: u32,
        function: impl Into<String>,
        reason: impl fmt::Display,
    ) -> Self {
        let function = function.into();
        let reason = format!("`{function}` is not supported: {reason}");
        Self::new(
            ErrorKind::Unsupported { function },
            column,
            reason,
            "write the expression without it",
        )
    }

    pub(super) fn operand(column: u32, reason: impl Into<String>) -> Self {
        Self::new(ErrorKind::Operand, column, reason, "test or convert the type first")
    }

    pub(super) fn many(column: u32, what: &str, count: usize) -> Self {
        Self::new(
            ErrorKind::Cardinality,
            column,
            format!("{what} needs one item and got {count}"),
            "pick one, with first(), single() or where()",
        )
    }

    pub(super) fn range(column: u32, reason: impl Into<String>) -> Self {
        Self::new(
            ErrorKind::Range,
            column,
            reason,
            "keep numbers within 28 digits, and integers within 32 bits",
        )
    }
}
