//! What is known about a person: values, and where they come from.
//!
//! Start with [`Facts`]. A fact that is not in it is unknown.

mod read;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use read::{Given, ValueError};

use crate::{Decimal, Name};

/// The value of one fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    Boolean(bool),
    Code(Name),
    Codes(BTreeSet<Name>),
    /// In the fact's unit, ages in months. A range where only a range is known, such as an age
    /// from a birth year; both ends included.
    Number {
        lo: Decimal,
        hi: Decimal,
    },
}

impl Value {
    /// A number known exactly.
    pub fn exactly(number: Decimal) -> Self {
        Self::Number { lo: number, hi: number }
    }
}

/// The version of a record from which a fact was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// `Observation/<id>`.
    pub reference: String,
    pub version: u64,
    /// When it was found out.
    pub date: Option<Date>,
}

/// A known fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    pub value: Value,
    pub evidence: Option<Evidence>,
}

/// Everything known about a person. What is not in it is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts(BTreeMap<Name, Known>);

impl Facts {
    /// Nothing known.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is known of a fact.
    pub fn get(&self, fact: &str) -> Option<&Known> {
        self.0.get(fact)
    }

    /// The value of a fact.
    pub fn value(&self, fact: &str) -> Option<&Value> {
        self.0.get(fact).map(|known| &known.value)
    }

    /// Whether a fact is known.
    pub fn knows(&self, fact: &str) -> bool {
        self.0.contains_key(fact)
    }

    /// Makes a fact known, or known otherwise.
    pub fn insert(&mut self, fact: impl Into<Name>, known: Known) -> Option<Known> {
        self.0.insert(fact.into(), known)
    }

    /// Makes a fact known without evidence.
    pub fn set(&mut self, fact: impl Into<Name>, value: Value) {
        self.insert(fact, Known { value, evidence: None });
    }

    /// Makes a fact unknown.
    pub fn remove(&mut self, fact: &str) -> Option<Known> {
        self.0.remove(fact)
    }

    /// Known facts by id.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Known)> {
        self.0.iter()
    }
}

impl FromIterator<(Name, Value)> for Facts {
    fn from_iter<I: IntoIterator<Item = (Name, Value)>>(values: I) -> Self {
        let known = |value| Known { value, evidence: None };
        Self(values.into_iter().map(|(name, value)| (name, known(value))).collect())
    }
}
