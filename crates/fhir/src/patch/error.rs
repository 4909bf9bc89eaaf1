//! Why a patch could not be applied.

use std::fmt;

use thiserror::Error;

/// Why a patch could not be applied. The resource is as it was.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}{}: {reason}. {cure}", code.as_str(), Place(self))]
pub struct PatchError {
    /// `MZ-0160` and up.
    pub code: Code,
    /// Which operation, from 0; none when it is about the patch as a whole.
    pub operation: Option<usize>,
    /// The JSON Pointer or FHIRPath of the operation; empty when there is none.
    pub path: String,
    /// What is wrong, in a few words.
    pub reason: String,
    /// What to do about it.
    pub cure: String,
}

/// What kind of thing is wrong with a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// `MZ-0160`: the patch, or an operation of it, cannot be read.
    Document,
    /// `MZ-0161`: a path cannot be read or evaluated, or leads out of the resource.
    Path,
    /// `MZ-0162`: a path leads nowhere.
    NoMatch,
    /// `MZ-0163`: a path leads to more than one element.
    Many,
    /// `MZ-0164`: an index is outside its list.
    Index,
    /// `MZ-0165`: a value cannot stand where it is to go.
    Value,
    /// `MZ-0166`: a `test` found something else.
    Test,
    /// `MZ-0167`: the result is not the same resource.
    Identity,
    /// `MZ-0168`: too many operations, or a result too deep or too large.
    Limit,
    /// `MZ-0169`: a form of patch that is not supported.
    Format,
}

impl Code {
    /// `MZ-0160`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Document => "MZ-0160",
            Self::Path => "MZ-0161",
            Self::NoMatch => "MZ-0162",
            Self::Many => "MZ-0163",
            Self::Index => "MZ-0164",
            Self::Value => "MZ-0165",
            Self::Test => "MZ-0166",
            Self::Identity => "MZ-0167",
            Self::Limit => "MZ-0168",
            Self::Format => "MZ-0169",
        }
    }
}

/// ` in operation 0 at /name/0`, as far as known.
struct Place<'a>(&'a PatchError);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.0.operation {
            write!(f, " in operation {operation}")?;
        }
        if self.0.path.is_empty() { Ok(()) } else { write!(f, " at {}", self.0.path) }
    }
}

impl PatchError {
    pub(super) fn new(code: Code, reason: impl Into<String>, cure: impl Into<String>) -> Self {
        let (reason, cure) = (reason.into(), cure.into());
        Self { code, operation: None, path: String::new(), reason, cure }
    }

    pub(super) fn document(reason: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::new(Code::Document, reason, cure)
    }

    pub(super) fn no_match() -> Self {
        Self::new(
            Code::NoMatch,
            "there is nothing at this path",
            "read the resource again and check the path against it",
        )
    }

    pub(super) fn index(index: impl fmt::Display, length: usize) -> Self {
        let reason = format!("the index {index} is outside a list of {length}");
        Self::new(Code::Index, reason, "count from 0, and read the resource again")
    }

    pub(super) fn value(reason: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::new(Code::Value, reason, cure)
    }

    pub(super) fn identity(reason: impl Into<String>) -> Self {
        Self::new(Code::Identity, reason, "leave resourceType and id as they are")
    }

    pub(super) fn limit(reason: impl Into<String>) -> Self {
        Self::new(Code::Limit, reason, "split the patch, or send the whole resource")
    }

    pub(super) fn format(reason: impl Into<String>) -> Self {
        Self::new(
            Code::Format,
            reason,
            "send a JSON Patch (application/json-patch+json) or a FHIRPath Patch \
             (application/fhir+json)",
        )
    }

    pub(super) fn in_operation(self, operation: usize) -> Self {
        Self { operation: Some(operation), ..self }
    }

    /// With the path, shortened, unless it has one.
    pub(super) fn at(self, path: &str) -> Self {
        const PATH_CHARS_MAX: usize = 200;
        if !self.path.is_empty() {
            return self;
        }
        Self { path: path.chars().take(PATH_CHARS_MAX).collect(), ..self }
    }
}
