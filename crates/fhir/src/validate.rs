//! Whether a resource keeps to the structure of FHIR R4.
//!
//! [`validate`] holds every element against the R4 table: its name, JSON type, number, format,
//! required codes, references and extensions, and the rules for contained resources,
//! narratives and Bundles that need no terminology server. Profiles are not judged.
//!
//! ```
//! use manzil_fhir::{Resource, validate::validate};
//!
//! let observation = Resource::parse(
//!     r#"{"resourceType":"Observation","status":"finl","code":{"text":"weight"}}"#,
//! )?;
//! let issues = validate(&observation);
//! assert_eq!(issues[0].to_string(),
//!     "MZ-0135 Observation.status: \"finl\" is not a code of observation-status. \
//!      write one of amended, cancelled, corrected, entered-in-error, final, preliminary, \
//!      registered, unknown");
//! # Ok::<(), manzil_fhir::ParseError>(())
//! ```

mod binding;
mod bundle;
mod contained;
mod data;
mod definition;
mod extension;
mod invariants;
mod narrative;
pub(crate) mod primitive;
mod reference;
mod walk;

use std::fmt;

use crate::Resource;

/// At most this many issues are listed; a text with more is not worth reading on.
pub const ISSUES_MAX: usize = 500;

/// Something that is wrong or doubtful in a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Whether it forbids storing.
    pub severity: Severity,
    /// `MZ-0130` and up: see [`Code`].
    pub code: Code,
    /// As simple FHIRPath, the form of `OperationOutcome.issue.expression`:
    /// `Patient.name[0].given[1]`, and `Observation.value` for `valueQuantity`.
    pub path: String,
    /// What is wrong, in a few words.
    pub reason: String,
    /// What to do about it.
    pub cure: String,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Against the standard.
    Error,
    /// Allowed, but probably not meant.
    Warning,
}

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// `MZ-0130`: R4 has no such element here.
    Unknown,
    /// `MZ-0131`: the wrong JSON type, or an array where there is none, or the reverse.
    JsonType,
    /// `MZ-0132`: a required element is missing.
    Missing,
    /// `MZ-0133`: more items than allowed.
    TooMany,
    /// `MZ-0134`: a value not of the form of its type.
    Format,
    /// `MZ-0135`: a code outside the required value set.
    NotInSet,
    /// `MZ-0136`: a choice element given twice.
    ChoiceTwice,
    /// `MZ-0137`: an empty text, array or object.
    Empty,
    /// `MZ-0138`: a reference that cannot be read or resolved.
    Reference,
    /// `MZ-0139`: a reference to a type that is not allowed there.
    Target,
    /// `MZ-0140`: a contained resource against the rules.
    Contained,
    /// `MZ-0141`: an extension against the rules.
    Extension,
    /// `MZ-0142`: the `_name` sibling is not as long as its array.
    Sibling,
    /// `MZ-0143`: a narrative that is not safe or well-formed.
    Narrative,
    /// `MZ-0144`: two elements with one id.
    DuplicateId,
    /// `MZ-0145`: a Bundle against the rules.
    Bundle,
    /// `MZ-0146`: an attachment whose size is not that of its data.
    Attachment,
    /// `MZ-0147`: a code system that cannot be one.
    System,
    /// `MZ-0148`: a value out of the order or bounds the standard sets.
    Rule,
    /// `MZ-0149`: an invariant of R4 is broken; the reason names it.
    Invariant,
}

impl Code {
    /// `MZ-0130`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "MZ-0130",
            Self::JsonType => "MZ-0131",
            Self::Missing => "MZ-0132",
            Self::TooMany => "MZ-0133",
            Self::Format => "MZ-0134",
            Self::NotInSet => "MZ-0135",
            Self::ChoiceTwice => "MZ-0136",
            Self::Empty => "MZ-0137",
            Self::Reference => "MZ-0138",
            Self::Target => "MZ-0139",
            Self::Contained => "MZ-0140",
            Self::Extension => "MZ-0141",
            Self::Sibling => "MZ-0142",
            Self::Narrative => "MZ-0143",
            Self::DuplicateId => "MZ-0144",
            Self::Bundle => "MZ-0145",
            Self::Attachment => "MZ-0146",
            Self::System => "MZ-0147",
            Self::Rule => "MZ-0148",
            Self::Invariant => "MZ-0149",
        }
    }
}

impl Severity {
    /// As `OperationOutcome.issue.severity` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl Issue {
    /// The kind as `OperationOutcome.issue.code` has it, from the value set `issue-type` of R4.
    pub fn issue_type(&self) -> &'static str {
        match self.code {
            Code::Unknown
            | Code::JsonType
            | Code::TooMany
            | Code::ChoiceTwice
            | Code::Empty
            | Code::Contained
            | Code::Extension
            | Code::Sibling
            | Code::Bundle => "structure",
            Code::Missing => "required",
            Code::Format | Code::Reference | Code::Target | Code::Attachment => "value",
            Code::NotInSet | Code::System => "code-invalid",
            Code::Narrative | Code::DuplicateId | Code::Rule | Code::Invariant => "invariant",
        }
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}. {}", self.code.as_str(), self.path, self.reason, self.cure)
    }
}

/// Everything that is wrong or doubtful in a resource, in the order of the text; at most
/// [`ISSUES_MAX`]. No error means that it may be stored.
pub fn validate(resource: &Resource) -> Vec<Issue> {
    let mut walk = walk::Walk::new(resource);
    walk.resource(resource.value());
    walk.finish()
}

/// Whether one of them is an error.
pub fn has_error(issues: &[Issue]) -> bool {
    issues.iter().any(|issue| issue.severity == Severity::Error)
}

#[cfg(test)]
mod tests;
