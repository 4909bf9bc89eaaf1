//! The vocabulary: one thing that can be known about a person.

use serde::{Deserialize, Serialize};

use crate::limits::AGE_MONTHS_MAX;
use crate::{Condition, Decimal, Name, Period, Span, Text, Unit};

/// One thing that can be known about a person. Until somebody knows it, it is unknown.
#[derive(Clone, Debug)]
pub struct Fact {
    pub id: Name,
    pub kind: FactKind,
    pub label: Text,
    pub help: Option<Text>,
    /// Where this is false, the fact is *no* (or the empty set) and is not asked.
    /// Only on boolean and codes facts; refers to facts alone.
    pub only_when: Option<Condition>,
    pub changes: Changes,
    /// How the record says it. Without one the fact is bound to an Observation coded
    /// `urn:manzil:fact|<id>`.
    pub bind: Option<Binding>,
    /// Where its id is written.
    pub span: Span,
    /// All that is written about it.
    pub written: Span,
}

/// What values a fact can have.
#[derive(Clone, Debug, PartialEq)]
pub enum FactKind {
    /// Yes or no.
    Boolean,
    /// Exactly one of the values.
    Code { values: Vec<CodeValue> },
    /// A set of the values; the empty set is known.
    Codes { values: Vec<CodeValue> },
    /// A whole number, `min` and `max` included.
    Count { min: Decimal, max: Decimal },
    /// A decimal in `unit`, `min` and `max` included.
    Quantity { unit: Unit, min: Decimal, max: Decimal },
    /// Completed months, 0 to [`AGE_MONTHS_MAX`].
    Age,
}

impl FactKind {
    /// The values of a code or codes fact; empty for the others.
    pub fn values(&self) -> &[CodeValue] {
        match self {
            Self::Code { values } | Self::Codes { values } => values,
            _ => &[],
        }
    }

    /// Plausible range of a number, both ends included: in the fact's unit, ages in months.
    pub fn bounds(&self) -> Option<(Decimal, Decimal)> {
        match self {
            Self::Count { min, max } | Self::Quantity { min, max, .. } => Some((*min, *max)),
            Self::Age => Some((Decimal::ZERO, Decimal::from(AGE_MONTHS_MAX))),
            Self::Boolean | Self::Code { .. } | Self::Codes { .. } => None,
        }
    }

    /// Whether only whole numbers can be (counts, ages).
    pub fn is_whole(&self) -> bool {
        matches!(self, Self::Count { .. } | Self::Age)
    }

    /// The unit in which numbers of this fact are kept; months for ages, `1` for counts.
    pub fn unit(&self) -> Option<Unit> {
        match self {
            Self::Count { .. } => Some(Unit::one()),
            Self::Quantity { unit, .. } => Some(unit.clone()),
            Self::Age => Some(Unit::month()),
            Self::Boolean | Self::Code { .. } | Self::Codes { .. } => None,
        }
    }

    /// The word for the type in a facts file.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Code { .. } => "code",
            Self::Codes { .. } => "codes",
            Self::Count { .. } => "count",
            Self::Quantity { .. } => "quantity",
            Self::Age => "age",
        }
    }
}

/// One value of a code or codes fact.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeValue {
    pub id: Name,
    pub label: Text,
}

/// Who or what could make a fact different.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Changes {
    /// A new or repeated finding could.
    #[default]
    Result,
    /// Time alone does, such as age.
    Time,
    /// Nothing does, such as country of birth.
    Never,
}

impl Changes {
    /// The word in a facts file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Time => "time",
            Self::Never => "never",
        }
    }
}

/// A combination of facts that cannot be. Proofs leave it out, result entry refuses it.
#[derive(Clone, Debug)]
pub struct Never {
    pub when: Condition,
    pub because: Option<Text>,
    pub span: Span,
    /// All that is written about it.
    pub written: Span,
}

/// How the record says a fact.
#[derive(Clone, Debug)]
pub struct Binding {
    /// FHIR resource type.
    pub resource: Name,
    /// FHIRPath that must be true of the resource, with the place where it was written.
    pub filter: Option<(String, Span)>,
    /// FHIRPath of the value, with the place where it was written.
    pub value: Option<(String, Span)>,
    pub pick: Pick,
    /// How long before the exam date the resource may be dated; any time when absent.
    pub look_back: Option<Period>,
    pub reading: As,
    pub span: Span,
}

/// Which of several matching resources counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pick {
    /// The one dated last.
    #[default]
    Latest,
    /// True when any is true.
    Any,
    /// The union of the codes of all.
    AllCodes,
}

/// How the value is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum As {
    /// As the fact's type says.
    #[default]
    Plain,
    /// A birth date becomes an age on the exam date.
    Age,
    /// A date becomes the completed months from it to the exam date.
    MonthsSince,
    /// A code is looked up in `content/reference/<table>.toml`.
    Lookup(Name),
}
