//! Evaluates conditions, sums and tables over partly known facts.
//!
//! Every answer is monotone: what is true, false or decided stays so whatever else becomes known.

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluate::Truth;
use crate::interval::{self, Range};
use crate::limits::EVALUATION_NODES_MAX;
use crate::{
    Comparison, Condition, Decimal, Facts, Library, Name, Protocol, Subject, Table, TableKind,
    Value,
};

/// Reasons about one person. Remembers what it has worked out.
pub(crate) struct Reasoner<'a> {
    library: &'a Library,
    protocol: Option<&'a Protocol>,
    facts: &'a Facts,
    defines: BTreeMap<&'a Name, Truth>,
    gates: BTreeMap<&'a Name, Truth>,
    sums: BTreeMap<&'a Name, Range>,
    tables: BTreeMap<&'a Name, Decided<'a>>,
    nodes: usize,
}

/// What a table says so far.
#[derive(Clone, Debug)]
pub(crate) struct Decided<'a> {
    /// In the order of the rules.
    pub(crate) rules: Vec<Truth>,
    /// The outcomes, once nothing can change them.
    pub(crate) known: Option<BTreeSet<&'a Name>>,
    /// Outcomes that hold whatever else becomes known.
    pub(crate) certain: BTreeSet<&'a Name>,
    /// Outcomes that may hold, the certain ones included.
    pub(crate) possible: BTreeSet<&'a Name>,
}

impl<'a> Reasoner<'a> {
    /// Without a protocol only conditions on facts can be evaluated.
    pub(crate) fn new(
        library: &'a Library,
        protocol: Option<&'a Protocol>,
        facts: &'a Facts,
    ) -> Self {
        Self {
            library,
            protocol,
            facts,
            defines: BTreeMap::new(),
            gates: BTreeMap::new(),
            sums: BTreeMap::new(),
            tables: BTreeMap::new(),
            nodes: 0,
        }
    }

    /// Whether it stopped at [`EVALUATION_NODES_MAX`]; all later answers are unknown.
    pub(crate) fn exhausted(&self) -> bool {
        self.nodes >= EVALUATION_NODES_MAX
    }

    pub(crate) fn truth(&mut self, condition: &'a Condition) -> Truth {
        if self.exhausted() {
            return Truth::Unknown;
        }
        self.nodes += 1;
        match condition {
            Condition::Always { .. } => Truth::True,
            Condition::Is { fact, .. } => self.is(fact),
            Condition::Named { define, .. } => self.define(define),
            Condition::Code { subject, codes, negated, .. } => {
                let truth = self.code(subject, codes);
                if *negated { truth.not() } else { truth }
            }
            Condition::Compare { subject, op, number, .. } => {
                self.range(subject).map_or(Truth::Unknown, |range| compare(range, *op, *number))
            }
            Condition::Has { subject, codes, all, .. } => self.has(subject, codes, *all),
            Condition::IsEmpty { subject, .. } => self.is_empty(subject),
            Condition::Not(inner) => self.truth(inner).not(),
            Condition::And(parts) => self.every(parts),
            Condition::Or(parts) => self.some(parts),
            Condition::AtLeast { count, of, .. } => self.at_least(*count as usize, of),
        }
    }

    fn every(&mut self, parts: &'a [Condition]) -> Truth {
        let mut truth = Truth::True;
        for part in parts {
            truth = truth.and(self.truth(part));
            if truth == Truth::False {
                break;
            }
        }
        truth
    }

    fn some(&mut self, parts: &'a [Condition]) -> Truth {
        let mut truth = Truth::False;
        for part in parts {
            truth = truth.or(self.truth(part));
            if truth == Truth::True {
                break;
            }
        }
        truth
    }

    fn at_least(&mut self, count: usize, of: &'a [Condition]) -> Truth {
        let truths: Vec<Truth> = of.iter().map(|part| self.truth(part)).collect();
        let of_kind = |kind: Truth| truths.iter().filter(|truth| **truth == kind).count();
        let sure = of_kind(Truth::True);
        if sure >= count {
            Truth::True
        } else if sure + of_kind(Truth::Unknown) < count {
            Truth::False
        } else {
            Truth::Unknown
        }
    }

    fn is(&mut self, fact: &'a Name) -> Truth {
        let told = match self.facts.value(fact) {
            Some(Value::Boolean(value)) => Truth::from(*value),
            _ => Truth::Unknown,
        };
        if told == Truth::False { told } else { self.gate(fact).and(told) }
    }

    /// Whether the fact applies: its `only_when`.
    pub(crate) fn gate(&mut self, fact: &'a Name) -> Truth {
        if let Some(gate) = self.gates.get(fact) {
            return *gate;
        }
        let only_when = self.library.fact(fact).and_then(|fact| fact.only_when.as_ref());
        let gate = only_when.map_or(Truth::True, |only_when| self.truth(only_when));
        self.gates.insert(fact, gate);
        gate
    }

    fn define(&mut self, define: &'a Name) -> Truth {
        if let Some(truth) = self.defines.get(define) {
            return *truth;
        }
        let found = self.protocol.and_then(|protocol| protocol.define(define));
        let truth = found.map_or(Truth::Unknown, |define| self.truth(&define.when));
        self.defines.insert(define, truth);
        truth
    }

    fn code(&mut self, subject: &'a Subject, codes: &BTreeSet<Name>) -> Truth {
        match subject {
            Subject::Table(table) => self.result(table).map_or(Truth::Unknown, |decided| {
                let can = |names: &BTreeSet<&Name>| names.iter().any(|name| codes.contains(*name));
                match &decided.known {
                    Some(known) => Truth::from(can(known)),
                    None if !can(&decided.possible) => Truth::False,
                    None if decided.possible.iter().all(|name| codes.contains(*name))
                        && !decided.possible.is_empty() =>
                    {
                        Truth::True
                    }
                    None => Truth::Unknown,
                }
            }),
            other => match self.facts.value(other.name()) {
                Some(Value::Code(code)) => Truth::from(codes.contains(code)),
                _ => Truth::Unknown,
            },
        }
    }

    fn has(&mut self, subject: &'a Subject, codes: &BTreeSet<Name>, all: bool) -> Truth {
        let each: Vec<Truth> = match subject {
            Subject::Table(table) => match self.result(table) {
                Some(decided) => codes.iter().map(|code| decided.holds(code)).collect(),
                None => return Truth::Unknown,
            },
            other => match self.facts.value(other.name()) {
                Some(Value::Codes(set)) => {
                    codes.iter().map(|code| Truth::from(set.contains(code))).collect()
                }
                _ => vec![Truth::Unknown],
            },
        };
        let truth = if all {
            each.into_iter().fold(Truth::True, Truth::and)
        } else {
            each.into_iter().fold(Truth::False, Truth::or)
        };
        match subject {
            Subject::Fact(fact) if truth != Truth::False => self.gate(fact).and(truth),
            _ => truth,
        }
    }

    fn is_empty(&mut self, subject: &'a Subject) -> Truth {
        match subject {
            Subject::Table(table) => self.result(table).map_or(Truth::Unknown, |decided| {
                if !decided.certain.is_empty() {
                    return Truth::False;
                }
                Truth::from(decided.possible.is_empty())
            }),
            other => {
                let told = match self.facts.value(other.name()) {
                    Some(Value::Codes(set)) => Truth::from(set.is_empty()),
                    _ => Truth::Unknown,
                };
                if told == Truth::True { told } else { self.gate(other.name()).not().or(told) }
            }
        }
    }

    /// The range in which a number lies. A fact that nobody knows lies in its plausible range.
    pub(crate) fn range(&mut self, subject: &'a Subject) -> Option<Range> {
        match subject {
            Subject::Fact(fact) => self.fact_range(fact),
            Subject::Compute(name) => {
                if let Some(range) = self.sums.get(name) {
                    return Some(*range);
                }
                let compute = self.protocol?.compute(name)?;
                let range = interval::sum(&compute.value, &mut |part| self.range(part));
                // Known facts lie within their plausible ranges, for which loading has worked out
                // that nothing grows too large; what lies outside counts as not known.
                let range = range.unwrap_or(compute.bounds);
                self.sums.insert(name, range);
                Some(range)
            }
            Subject::Table(_) => None,
        }
    }

    /// The range in which a numeric fact lies.
    pub(crate) fn fact_range(&self, fact: &Name) -> Option<Range> {
        match self.facts.value(fact) {
            Some(Value::Number { lo, hi }) => Some((*lo, *hi)),
            _ => self.library.fact(fact)?.kind.bounds(),
        }
    }

    fn result(&mut self, table: &'a Name) -> Option<Decided<'a>> {
        if let Some(decided) = self.tables.get(table) {
            return Some(decided.clone());
        }
        let table = self.protocol?.table(table)?;
        Some(self.table(table))
    }

    pub(crate) fn table(&mut self, table: &'a Table) -> Decided<'a> {
        if let Some(decided) = self.tables.get(&table.id) {
            return decided.clone();
        }
        let rules: Vec<Truth> = table.rules.iter().map(|rule| self.truth(&rule.when)).collect();
        let decided = match table.kind {
            TableKind::One => one(table, rules),
            TableKind::Set => set(table, rules),
        };
        self.tables.insert(&table.id, decided.clone());
        decided
    }
}

impl Decided<'_> {
    /// Whether an outcome holds.
    fn holds(&self, outcome: &Name) -> Truth {
        match (self.certain.contains(outcome), self.possible.contains(outcome)) {
            (true, _) => Truth::True,
            (false, true) => Truth::Unknown,
            (false, false) => Truth::False,
        }
    }
}

fn outcomes<'a>(table: &'a Table, rules: &[Truth], with: Truth) -> BTreeSet<&'a Name> {
    let found = table.rules.iter().zip(rules).filter(|(_, truth)| **truth == with);
    found.map(|(rule, _)| &rule.then).collect()
}

/// One outcome: known as soon as one rule is true, or all that are still possible agree (tables
/// are proved complete, so one of them will be true). Two true rules that disagree decide
/// nothing: the proof excludes them, so the facts contradict each other.
fn one(table: &Table, rules: Vec<Truth>) -> Decided<'_> {
    let certain = outcomes(table, &rules, Truth::True);
    let mut possible = certain.clone();
    if certain.is_empty() {
        possible = outcomes(table, &rules, Truth::Unknown);
    }
    let known = (possible.len() == 1).then(|| possible.clone());
    let certain = known.clone().unwrap_or_default();
    Decided { rules, known, certain, possible }
}

/// A set: known when every outcome is. An outcome that excludes another settles it (the proof says
/// that they never come together).
fn set(table: &Table, rules: Vec<Truth>) -> Decided<'_> {
    let certain = outcomes(table, &rules, Truth::True);
    let mut possible = outcomes(table, &rules, Truth::Unknown);
    for exclusion in &table.excludes {
        let (a, b) = &exclusion.pair;
        if certain.contains(a) {
            possible.remove(b);
        }
        if certain.contains(b) {
            possible.remove(a);
        }
    }
    possible.extend(&certain);
    // A table is proved complete: when only one outcome can be, it is.
    let certain = if possible.len() == 1 { possible.clone() } else { certain };
    let known = (certain.len() == possible.len() && !certain.is_empty()).then(|| certain.clone());
    Decided { rules, known, certain, possible }
}

/// A range against a constant.
fn compare((lo, hi): Range, op: Comparison, number: Decimal) -> Truth {
    let both = |a: bool, b: bool| match (a, b) {
        (true, true) => Truth::True,
        (false, false) => Truth::False,
        _ => Truth::Unknown,
    };
    match op {
        Comparison::Equal if number < lo || number > hi => Truth::False,
        Comparison::NotEqual if number < lo || number > hi => Truth::True,
        Comparison::Equal | Comparison::NotEqual if lo < hi => Truth::Unknown,
        _ => both(op.holds(lo, number), op.holds(hi, number)),
    }
}
