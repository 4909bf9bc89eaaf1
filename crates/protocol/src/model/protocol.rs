//! A protocol edition: what it says, for whom, from when, and on whose authority.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Case, Compute, Define, Form, Name, Span, Step, Table, Text};

/// One edition of a protocol, with everything that it shares from libraries merged in.
#[derive(Clone, Debug)]
pub struct Protocol {
    pub id: Name,
    pub edition: Name,
    pub title: Text,
    /// ISO 3166-1 alpha-2; absent for a library.
    pub jurisdiction: Option<String>,
    pub populations: Vec<String>,
    /// First exam date on which it is in force.
    pub from: Date,
    /// First exam date on which it is no longer; absent while in force.
    pub to: Option<Date>,
    pub uses: Vec<ProtocolRef>,
    /// Whether it only exists to be used by others.
    pub library: bool,
    pub status: Status,
    /// Its own sources.
    pub sources: Vec<Arc<Source>>,
    /// Named conditions, each after those that it uses; libraries' included.
    pub defines: Vec<Define>,
    /// Named sums, each after those that it uses; libraries' included.
    pub computes: Vec<Compute>,
    /// Tables, each after those that it uses; libraries' included ([`Table::home`] tells).
    pub tables: Vec<Table>,
    /// Steps in the order in which they were written; libraries' first.
    pub steps: Vec<Step>,
    pub forms: Vec<Form>,
    pub certificate: Option<Certificate>,
    pub disclosure: Option<Disclosure>,
    pub cases: Vec<Case>,
    /// Facts that it asks or uses anywhere, in ask order: by step, then by `asks`, then the
    /// rest in the order of the facts files.
    pub facts: Vec<Name>,
    /// SHA-256, in hex, of everything that can change a decision or a question: its files but
    /// for the cases, the facts that it uses and its libraries.
    pub hash: String,
    pub span: Span,
}

impl Protocol {
    /// Its id and edition.
    pub fn reference(&self) -> ProtocolRef {
        ProtocolRef { id: self.id.clone(), edition: self.edition.clone() }
    }

    /// `id@edition#hash`, with the first twelve digits of the hash.
    pub fn stamp(&self) -> String {
        let short: String = self.hash.chars().take(12).collect();
        format!("{}@{}#{short}", self.id, self.edition)
    }

    /// Whether it is in force on an exam date.
    pub fn in_force_on(&self, date: Date) -> bool {
        self.from <= date && self.to.is_none_or(|to| date < to)
    }

    /// The table with this id, its own or a library's.
    pub fn table(&self, id: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == *id)
    }

    /// The named condition with this id.
    pub fn define(&self, id: &str) -> Option<&Define> {
        self.defines.iter().find(|define| define.id == *id)
    }

    /// The named sum with this id.
    pub fn compute(&self, id: &str) -> Option<&Compute> {
        self.computes.iter().find(|compute| compute.id == *id)
    }

    /// The step with this id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == *id)
    }

    /// The form of a step, if it arranges one.
    pub fn form(&self, step: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.step == *step)
    }
}

/// `id@edition`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProtocolRef {
    pub id: Name,
    pub edition: Name,
}

impl fmt::Display for ProtocolRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}@{}", self.id, self.edition)
    }
}

/// Whether somebody has checked an item against its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    Verified,
    /// Believed right; the user sees that it has not been checked.
    Unverified,
}

/// Where a rule comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    pub id: Name,
    pub title: String,
    pub publisher: Option<String>,
    pub date: Option<String>,
    pub url: Option<String>,
    #[serde(skip)]
    pub span: Span,
}

impl Source {
    /// The source alone, without the place where this edition writes it.
    #[must_use]
    pub fn without_span(&self) -> Self {
        Self { span: Span::default(), ..self.clone() }
    }
}

/// A source and the place in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Citation {
    pub source: Arc<Source>,
    pub place: Option<String>,
}

/// What the signed certificate states.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub title: Text,
    /// The table that it states.
    pub class: Name,
    /// The table whose outcome's effect decides travel.
    pub clearance: Name,
    /// The table whose outcome carries `valid_for`.
    pub validity: Option<Name>,
    pub counts_from: CountsFrom,
    pub span: Span,
}

/// When a certificate's clock starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CountsFrom {
    /// On the exam date.
    Exam,
    /// On the date of a step's result.
    Step(Name),
}

/// All that the deciding authority may see.
#[derive(Clone, Debug)]
pub struct Disclosure {
    pub authority: String,
    pub facts: Vec<Name>,
    pub tables: Vec<Name>,
    pub span: Span,
}
