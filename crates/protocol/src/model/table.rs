//! Decisions: tables of rules, and the named conditions and sums that they use.

use serde::{Deserialize, Serialize};

use crate::{
    Citation, Condition, Decimal, Name, Period, ProtocolRef, Span, Status, Subject, Text, Unit,
};

/// A condition with a name.
#[derive(Clone, Debug)]
pub struct Define {
    pub id: Name,
    pub when: Condition,
    pub label: Text,
    pub span: Span,
}

/// A sum with a name and a unit.
#[derive(Clone, Debug)]
pub struct Compute {
    pub id: Name,
    pub value: Sum,
    pub unit: Unit,
    pub label: Text,
    /// Lowest and highest value for facts within their plausible ranges, by interval arithmetic.
    pub bounds: (Decimal, Decimal),
    pub span: Span,
}

/// Decimal arithmetic over facts. Everything inside one sum is in the sum's own unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Sum {
    Number(Decimal),
    /// A numeric fact or another compute, times an exact factor that converts its unit.
    Of {
        subject: Subject,
        factor: Decimal,
    },
    Add(Box<Sum>, Box<Sum>),
    Subtract(Box<Sum>, Box<Sum>),
    /// By a constant.
    Times(Decimal, Box<Sum>),
    Least(Vec<Sum>),
    Greatest(Vec<Sum>),
}

/// From facts to outcomes. The result is itself a fact with the table's id.
#[derive(Clone, Debug)]
pub struct Table {
    pub id: Name,
    pub kind: TableKind,
    pub title: Text,
    pub outcomes: Vec<Outcome>,
    pub rules: Vec<Rule>,
    /// Pairs of outcomes of a set that never come together.
    pub excludes: Vec<Exclusion>,
    /// The protocol or library that wrote it.
    pub home: ProtocolRef,
    pub span: Span,
}

impl Table {
    /// The outcome with this id.
    pub fn outcome(&self, id: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.id == *id)
    }
}

/// How many outcomes a table has at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableKind {
    /// Exactly one.
    One,
    /// One or more.
    Set,
}

/// Two outcomes that never come together.
#[derive(Clone, Debug, PartialEq)]
pub struct Exclusion {
    pub pair: (Name, Name),
    pub span: Span,
}

/// One thing that a table can say.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub id: Name,
    pub label: Text,
    pub effect: Effect,
    /// How long a certificate with this outcome is valid.
    pub valid_for: Option<Period>,
    pub span: Span,
}

/// What an outcome does to travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    #[default]
    None,
    BlocksTravel,
    FollowUp,
}

/// One way to an outcome. Rules have no order: each says what it means alone.
#[derive(Clone, Debug)]
pub struct Rule {
    pub id: Name,
    pub when: Condition,
    /// An outcome of the table.
    pub then: Name,
    pub because: Text,
    pub citation: Citation,
    pub status: Status,
    pub span: Span,
    /// Where the condition is written.
    pub when_span: Span,
}
