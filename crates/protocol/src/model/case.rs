//! What must come out: a protocol's own tests.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::value::Value;
use crate::{Name, Span};

/// Known facts and what must come out of them.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: Name,
    pub title: String,
    pub exam: Date,
    pub given: BTreeMap<Name, Value>,
    /// By table.
    pub expect: BTreeMap<Name, Expected>,
    /// By step.
    pub steps: BTreeMap<Name, ExpectedStep>,
    /// The facts that must be missing, in ask order, over all expected tables and steps.
    pub missing: Option<Vec<Name>>,
    pub span: Span,
}

/// What a table must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    Unknown,
    Outcomes(BTreeSet<Name>),
}

/// Whether a step must be required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedStep {
    Required,
    NotRequired,
    Undetermined,
}

impl ExpectedStep {
    /// The words in a case file.
    pub fn words(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::NotRequired => "not required",
            Self::Undetermined => "undetermined",
        }
    }
}
