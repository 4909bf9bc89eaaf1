//! What names mean where a condition stands.

use std::collections::BTreeMap;

use crate::{Decimal, FactKind, Name, Subject, Table, TableKind, Unit};

/// The names that a condition may use.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    names: BTreeMap<Name, Entry>,
}

/// What one name stands for.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is; `None` for a define.
    pub subject: Option<Subject>,
    pub shape: Shape,
}

/// What can be asked of a name.
#[derive(Clone, Debug)]
pub enum Shape {
    /// Yes or no.
    Truth,
    /// One of these.
    One(Vec<Name>),
    /// A set of these.
    Set(Vec<Name>),
    Number {
        unit: Unit,
        whole: bool,
        age: bool,
        /// Plausible range, for facts.
        bounds: Option<(Decimal, Decimal)>,
    },
    /// Declared, but wrongly. That has been told; what uses it is passed over in silence.
    Broken,
}

impl Entry {
    /// A fact.
    pub fn fact(id: &Name, kind: &FactKind) -> Self {
        let ids = || kind.values().iter().map(|value| value.id.clone()).collect();
        let shape = match kind {
            FactKind::Boolean => Shape::Truth,
            FactKind::Code { .. } => Shape::One(ids()),
            FactKind::Codes { .. } => Shape::Set(ids()),
            FactKind::Count { .. } | FactKind::Quantity { .. } | FactKind::Age => Shape::Number {
                unit: kind.unit().unwrap_or_else(Unit::one),
                whole: kind.is_whole(),
                age: *kind == FactKind::Age,
                bounds: kind.bounds(),
            },
        };
        Self { subject: Some(Subject::Fact(id.clone())), shape }
    }

    /// Something whose declaration is wrong.
    pub fn broken() -> Self {
        Self { subject: None, shape: Shape::Broken }
    }

    /// A define.
    pub fn define() -> Self {
        Self { subject: None, shape: Shape::Truth }
    }

    /// A compute in `unit`.
    pub fn compute(id: &Name, unit: Unit) -> Self {
        let shape = Shape::Number { unit, whole: false, age: false, bounds: None };
        Self { subject: Some(Subject::Compute(id.clone())), shape }
    }

    /// The result of a table with these outcomes.
    pub fn outcomes(id: &Name, kind: TableKind, outcomes: Vec<Name>) -> Self {
        let shape = match kind {
            TableKind::One => Shape::One(outcomes),
            TableKind::Set => Shape::Set(outcomes),
        };
        Self { subject: Some(Subject::Table(id.clone())), shape }
    }

    /// The result of a table.
    pub fn table(table: &Table) -> Self {
        let outcomes = table.outcomes.iter().map(|outcome| outcome.id.clone()).collect();
        Self::outcomes(&table.id, table.kind, outcomes)
    }
}

impl Scope {
    /// Gives a name its meaning. Returns whether the name was free; it keeps its first meaning.
    pub fn declare(&mut self, name: Name, entry: Entry) -> bool {
        if self.names.contains_key(&name) {
            return false;
        }
        self.names.insert(name, entry);
        true
    }

    /// What a name means.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.names.get(name)
    }

    /// All names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(Name::as_str)
    }
}
