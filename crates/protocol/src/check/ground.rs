//! What the rules stand on: facts, sums and table results as axes, conditions as formulas.
//!
//! Axes are made in ask order, then for sums, then for table results, so that the smallest
//! counter-example speaks of what is asked first.

mod mentions;

use std::collections::BTreeMap;

use self::mentions::Mentions;
use super::scale::Scale;
use crate::limits::NUMBER_MAX;
use crate::prove::{Axis, Cells, Formula, ProveError, Space};
use crate::{
    Compute, Condition, Decimal, Fact, FactKind, Name, Never, Protocol, Subject, Table, TableKind,
};

/// The whole vocabulary.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vocabulary<'a> {
    pub(super) facts: &'a BTreeMap<Name, &'a Fact>,
    pub(super) nevers: &'a [Never],
}

/// What an axis stands for.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    /// No, yes.
    Truth { fact: Name },
    /// The values that some condition names, and one cell for all others where there are any.
    One { subject: Subject, values: Vec<Name>, others: bool },
    /// Whether the set has the code (no, yes), or any code that no condition names.
    Member { subject: Subject, code: Option<Name> },
    /// The ranges between thresholds.
    Number { subject: Subject, scale: Scale },
}

/// The cells of a two-celled axis.
pub(super) const NO: usize = 0;
pub(super) const YES: usize = 1;

/// Something that limits which combinations can be, with where it was said.
#[derive(Clone, Debug)]
pub(super) enum Reason<'a> {
    Never(&'a Never),
    OnlyWhen(&'a Fact),
    /// The rules of a table whose result is asked.
    Result(&'a Table),
}

/// Axes and formulas of one protocol, or of the vocabulary alone.
#[derive(Debug)]
pub(super) struct Ground<'a> {
    pub(super) space: Space,
    pub(super) vocabulary: Vocabulary<'a>,
    pub(super) protocol: Option<&'a Protocol>,
    /// By axis.
    meanings: Vec<Meaning>,
    /// The one axis of a boolean, code, number or table of one outcome.
    whole: BTreeMap<Subject, Axis>,
    /// The axes of a set, by code; under no code that of all others.
    members: BTreeMap<Subject, BTreeMap<Option<Name>, Axis>>,
    defines: BTreeMap<Name, Formula>,
}

impl<'a> Ground<'a> {
    /// The ground of a protocol, or of the vocabulary alone.
    pub(super) fn new(
        vocabulary: Vocabulary<'a>,
        protocol: Option<&'a Protocol>,
    ) -> Result<Self, ProveError> {
        let mut ground = Self {
            space: Space::new(),
            vocabulary,
            protocol,
            meanings: Vec::new(),
            whole: BTreeMap::new(),
            members: BTreeMap::new(),
            defines: BTreeMap::new(),
        };
        let mentions = Mentions::of(vocabulary, protocol);
        for fact in ground.facts_in_ask_order() {
            ground.place_fact(fact, &mentions)?;
        }
        for compute in protocol.into_iter().flat_map(|protocol| &protocol.computes) {
            ground.place_compute(compute, &mentions)?;
        }
        for table in protocol.into_iter().flat_map(|protocol| &protocol.tables) {
            ground.place_table(table, &mentions)?;
        }
        Ok(ground)
    }

    /// What an axis stands for.
    pub(super) fn meaning(&self, axis: Axis) -> Option<&Meaning> {
        self.meanings.get(axis.index())
    }

    /// The axis of a boolean, code, number or table of one outcome.
    pub(super) fn axis(&self, subject: &Subject) -> Option<Axis> {
        self.whole.get(subject).copied()
    }

    /// The condition as a formula, with defines expanded.
    pub(super) fn formula(&mut self, condition: &Condition) -> Formula {
        match condition {
            Condition::Always { .. } => Formula::ALWAYS,
            Condition::Is { fact, .. } => {
                self.on(&Subject::Fact(fact.clone()), |_| Cells::one(YES))
            }
            Condition::Code { subject, codes, negated, .. } => {
                let is =
                    self.on(subject, |meaning| value_cells(meaning, |value| codes.contains(value)));
                if *negated { self.space.not(is) } else { is }
            }
            Condition::Compare { subject, op, number, .. } => {
                self.on(subject, |meaning| match meaning {
                    Meaning::Number { scale, .. } => scale.cells(*op, *number),
                    _ => Cells::EMPTY,
                })
            }
            Condition::Has { subject, codes, all, .. } => {
                let parts: Vec<_> =
                    codes.iter().map(|code| self.member(subject, Some(code))).collect();
                if *all { self.space.all(parts) } else { self.space.any(parts) }
            }
            Condition::IsEmpty { subject, .. } => self.empty(subject),
            Condition::Named { define, .. } => self.named(define),
            Condition::Not(inner) => {
                let inner = self.formula(inner);
                self.space.not(inner)
            }
            Condition::And(parts) => {
                let parts = self.formulas(parts);
                self.space.all(parts)
            }
            Condition::Or(parts) => {
                let parts = self.formulas(parts);
                self.space.any(parts)
            }
            Condition::AtLeast { count, of, .. } => {
                let parts = self.formulas(of);
                self.space.at_least(*count as usize, parts)
            }
        }
    }

    /// Each condition as a formula.
    pub(super) fn formulas(&mut self, conditions: &[Condition]) -> Vec<Formula> {
        conditions.iter().map(|condition| self.formula(condition)).collect()
    }

    /// What the vocabulary says cannot be, as formulas that hold of every possible combination.
    pub(super) fn limits(&mut self) -> Vec<(Formula, Reason<'a>)> {
        let vocabulary = self.vocabulary;
        let mut limits = Vec::new();
        for never in vocabulary.nevers {
            let when = self.formula(&never.when);
            limits.push((self.space.not(when), Reason::Never(never)));
        }
        for fact in vocabulary.facts.values() {
            let Some(condition) = &fact.only_when else { continue };
            let subject = Subject::Fact(fact.id.clone());
            let nothing = match fact.kind {
                FactKind::Codes { .. } => self.empty(&subject),
                _ => self.on(&subject, |_| Cells::one(NO)),
            };
            let when = self.formula(condition);
            limits.push((self.space.any([when, nothing]), Reason::OnlyWhen(fact)));
        }
        limits
    }

    /// That the results of tables which are asked are what their rules say: the table last in the
    /// chain first.
    pub(super) fn results(&mut self) -> Vec<(Formula, &'a Table)> {
        let tables: Vec<&'a Table> =
            self.protocol.into_iter().flat_map(|protocol| protocol.tables.iter().rev()).collect();
        let mut results = Vec::new();
        for table in tables {
            let formula = self.result(table);
            if formula != Formula::ALWAYS {
                results.push((formula, table));
            }
        }
        results
    }

    /// How many axes a set has.
    pub(super) fn members(&self, subject: &Subject) -> usize {
        self.members.get(subject).map_or(0, BTreeMap::len)
    }

    /// The axes of a table's result.
    pub(super) fn result_axes(&self, table: &Table) -> Vec<Axis> {
        let subject = Subject::Table(table.id.clone());
        let members = self.members.get(&subject).into_iter().flat_map(BTreeMap::values);
        members.copied().chain(self.axis(&subject)).collect()
    }

    fn result(&mut self, table: &'a Table) -> Formula {
        let subject = Subject::Table(table.id.clone());
        let mut cells: BTreeMap<(Axis, usize), Vec<Formula>> = BTreeMap::new();
        for outcome in &table.outcomes {
            let Some(place) = self.outcome_cell(&subject, &outcome.id) else { continue };
            let rules = table.rules.iter().filter(|rule| rule.then == outcome.id);
            let rules: Vec<_> = rules.map(|rule| self.formula(&rule.when)).collect();
            cells.entry(place).or_default().extend(rules);
        }
        let mut parts = Vec::new();
        for ((axis, cell), rules) in cells {
            let said = self.space.atom(axis, Cells::one(cell));
            let fires = self.space.any(rules);
            parts.push(self.space.same(said, fires));
        }
        self.space.all(parts)
    }

    /// Where a table's outcome shows on the axes of its result.
    fn outcome_cell(&self, table: &Subject, outcome: &Name) -> Option<(Axis, usize)> {
        if let Some(members) = self.members.get(table) {
            let axis = members.get(&Some(outcome.clone())).or_else(|| members.get(&None))?;
            return Some((*axis, YES));
        }
        let axis = self.axis(table)?;
        let cell = value_cells(self.meaning(axis)?, |value| value == outcome).lowest();
        let others = || self.space.cells(axis).checked_sub(1);
        Some((axis, cell.or_else(others)?))
    }

    fn on(&mut self, subject: &Subject, cells: impl FnOnce(&Meaning) -> Cells) -> Formula {
        let Some(axis) = self.axis(subject) else {
            return Formula::NEVER;
        };
        let cells = self.meaning(axis).map(cells).unwrap_or_default();
        self.space.atom(axis, cells)
    }

    fn member(&mut self, subject: &Subject, code: Option<&Name>) -> Formula {
        let members = self.members.get(subject);
        match members.and_then(|members| members.get(&code.cloned())).copied() {
            Some(axis) => self.space.atom(axis, Cells::one(YES)),
            None => Formula::NEVER,
        }
    }

    fn empty(&mut self, subject: &Subject) -> Formula {
        let members: Vec<Axis> =
            self.members.get(subject).into_iter().flat_map(BTreeMap::values).copied().collect();
        let absent: Vec<Formula> =
            members.into_iter().map(|axis| self.space.atom(axis, Cells::one(NO))).collect();
        self.space.all(absent)
    }

    fn named(&mut self, define: &Name) -> Formula {
        if let Some(known) = self.defines.get(define) {
            return *known;
        }
        let Some(written) = self.protocol.and_then(|protocol| protocol.define(define)) else {
            return Formula::NEVER;
        };
        let formula = self.formula(&written.when);
        self.defines.insert(define.clone(), formula);
        formula
    }

    fn facts_in_ask_order(&self) -> Vec<&'a Fact> {
        let asked = self.protocol.map_or(&[] as &[Name], |protocol| &protocol.facts);
        let mut facts: Vec<&'a Fact> =
            asked.iter().filter_map(|name| self.vocabulary.facts.get(name).copied()).collect();
        let rest = self.vocabulary.facts.values().filter(|fact| !asked.contains(&fact.id));
        facts.extend(rest);
        facts
    }

    fn place_fact(&mut self, fact: &'a Fact, mentions: &Mentions) -> Result<(), ProveError> {
        let subject = Subject::Fact(fact.id.clone());
        if !mentions.any_of(&subject) {
            return Ok(());
        }
        let values = || fact.kind.values().iter().map(|value| value.id.clone()).collect();
        match &fact.kind {
            FactKind::Boolean => {
                let axis = self.add(2, Meaning::Truth { fact: fact.id.clone() })?;
                self.whole.insert(subject, axis);
                Ok(())
            }
            FactKind::Code { .. } => self.place_one(subject, values(), mentions),
            FactKind::Codes { .. } => self.place_set(subject, values(), mentions),
            kind => {
                let bounds = kind.bounds().unwrap_or_else(widest);
                self.place_number(subject, bounds, kind.is_whole(), mentions)
            }
        }
    }

    fn place_compute(&mut self, compute: &Compute, mentions: &Mentions) -> Result<(), ProveError> {
        let subject = Subject::Compute(compute.id.clone());
        if !mentions.any_of(&subject) {
            return Ok(());
        }
        self.place_number(subject, compute.bounds, false, mentions)
    }

    fn place_table(&mut self, table: &Table, mentions: &Mentions) -> Result<(), ProveError> {
        let subject = Subject::Table(table.id.clone());
        if !mentions.any_of(&subject) {
            return Ok(());
        }
        let outcomes = table.outcomes.iter().map(|outcome| outcome.id.clone()).collect();
        match table.kind {
            TableKind::One => self.place_one(subject, outcomes, mentions),
            TableKind::Set => self.place_set(subject, outcomes, mentions),
        }
    }

    fn place_one(
        &mut self,
        subject: Subject,
        values: Vec<Name>,
        mentions: &Mentions,
    ) -> Result<(), ProveError> {
        let (named, others) = mentions.split(&subject, values);
        let cells = named.len() + usize::from(!others.is_empty());
        let meaning =
            Meaning::One { subject: subject.clone(), values: named, others: !others.is_empty() };
        let axis = self.add(cells, meaning)?;
        self.whole.insert(subject, axis);
        Ok(())
    }

    fn place_set(
        &mut self,
        subject: Subject,
        values: Vec<Name>,
        mentions: &Mentions,
    ) -> Result<(), ProveError> {
        let (named, others) = mentions.split(&subject, values);
        let rest = (!others.is_empty()).then_some(None);
        for code in named.into_iter().map(Some).chain(rest) {
            let meaning = Meaning::Member { subject: subject.clone(), code: code.clone() };
            let axis = self.add(2, meaning)?;
            self.members.entry(subject.clone()).or_default().insert(code, axis);
        }
        Ok(())
    }

    fn place_number(
        &mut self,
        subject: Subject,
        bounds: (Decimal, Decimal),
        whole: bool,
        mentions: &Mentions,
    ) -> Result<(), ProveError> {
        let scale = Scale::new(bounds, whole, mentions.thresholds(&subject));
        let meaning = Meaning::Number { subject: subject.clone(), scale: scale.clone() };
        let axis = self.add(scale.len(), meaning)?;
        self.whole.insert(subject, axis);
        Ok(())
    }

    fn add(&mut self, cells: usize, meaning: Meaning) -> Result<Axis, ProveError> {
        let axis = self.space.axis(cells)?;
        self.meanings.push(meaning);
        Ok(axis)
    }
}

/// The cells of the values that are wanted.
pub(super) fn value_cells(meaning: &Meaning, wanted: impl Fn(&Name) -> bool) -> Cells {
    match meaning {
        Meaning::One { values, .. } => {
            let cells = values.iter().enumerate().filter(|(_, value)| wanted(value));
            cells.map(|(cell, _)| cell).collect()
        }
        _ => Cells::EMPTY,
    }
}

fn widest() -> (Decimal, Decimal) {
    (-Decimal::from(NUMBER_MAX), Decimal::from(NUMBER_MAX))
}
