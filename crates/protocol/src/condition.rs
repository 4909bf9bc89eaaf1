//! Conditions and sums: what a rule may ask of the facts.
//!
//! Start with [`Condition`]. Text becomes a condition in three pieces: `lex` cuts it into words,
//! `parse` reads the grammar of `docs/protocol-language.md` by recursive descent, and `resolve`
//! gives every name its meaning and checks types, codes and units against a [`Scope`].

mod error;
mod lex;
mod parse;
mod resolve;
mod scope;
mod sum;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use error::{LanguageError, Origin};
pub use lex::is_reserved;
pub use resolve::read_condition;
pub use scope::{Entry, Scope, Shape};
pub use sum::read_sum;

use crate::{Decimal, Name, Span};

/// A condition whose every name is resolved and whose every type is right.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    Always {
        span: Span,
    },
    /// A boolean fact is yes.
    Is {
        fact: Name,
        span: Span,
    },
    /// A code fact or a table of one outcome is one of `codes`, or with `negated` none of them.
    Code {
        subject: Subject,
        codes: BTreeSet<Name>,
        negated: bool,
        span: Span,
    },
    /// A numeric fact or a compute against a constant in its own unit (ages: months).
    Compare {
        subject: Subject,
        op: Comparison,
        number: Decimal,
        span: Span,
    },
    /// A codes fact or a table of a set has any, or with `all` every one, of `codes`.
    Has {
        subject: Subject,
        codes: BTreeSet<Name>,
        all: bool,
        span: Span,
    },
    /// A codes fact or a table of a set is the empty set.
    IsEmpty {
        subject: Subject,
        span: Span,
    },
    /// A define.
    Named {
        define: Name,
        span: Span,
    },
    Not(Box<Condition>),
    /// At least two conditions.
    And(Vec<Condition>),
    /// At least two conditions.
    Or(Vec<Condition>),
    /// `1 <= count <= of.len()`.
    AtLeast {
        count: u32,
        of: Vec<Condition>,
        span: Span,
    },
}

/// What a test asks about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    Fact(Name),
    Compute(Name),
    Table(Name),
}

impl Subject {
    /// The id, whatever it is the id of.
    pub fn name(&self) -> &Name {
        match self {
            Self::Fact(name) | Self::Compute(name) | Self::Table(name) => name,
        }
    }
}

/// How a number is compared with a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Comparison {
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "<=")]
    AtMost,
    #[serde(rename = ">")]
    Greater,
    #[serde(rename = ">=")]
    AtLeast,
    #[serde(rename = "=")]
    Equal,
    #[serde(rename = "!=")]
    NotEqual,
}

impl Comparison {
    /// Whether `left op right`.
    pub fn holds(self, left: Decimal, right: Decimal) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Greater => left > right,
            Self::AtLeast => left >= right,
            Self::Equal => left == right,
            Self::NotEqual => left != right,
        }
    }

    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Equal => "=",
            Self::NotEqual => "!=",
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.sign())
    }
}

impl Condition {
    /// Where it was written; for a connective, where its first part was.
    pub fn span(&self) -> Span {
        match self {
            Self::Always { span }
            | Self::Is { span, .. }
            | Self::Code { span, .. }
            | Self::Compare { span, .. }
            | Self::Has { span, .. }
            | Self::IsEmpty { span, .. }
            | Self::Named { span, .. }
            | Self::AtLeast { span, .. } => *span,
            Self::Not(inner) => inner.span(),
            Self::And(parts) | Self::Or(parts) => {
                parts.first().map_or_else(Span::default, Self::span)
            }
        }
    }

    /// The conditions directly inside.
    pub fn parts(&self) -> &[Condition] {
        match self {
            Self::Not(inner) => std::slice::from_ref(inner.as_ref()),
            Self::And(parts) | Self::Or(parts) | Self::AtLeast { of: parts, .. } => parts,
            _ => &[],
        }
    }

    /// Visits this condition and everything inside it, parents first. Defines are not entered.
    pub fn visit<'a>(&'a self, each: &mut impl FnMut(&'a Condition)) {
        each(self);
        for part in self.parts() {
            part.visit(each);
        }
    }

    /// How many conditions it is made of, itself included.
    pub fn nodes(&self) -> usize {
        let mut nodes = 0;
        self.visit(&mut |_| nodes += 1);
        nodes
    }
}
