//! What is known of one person, and what every node of a plan makes of it.
//!
//! Start with [`State::new`], then [`State::work`] through the nodes that are wanted, in order.
//! Every answer is monotone: what is true, false or decided stays so whatever else becomes known,
//! but for tables whose rules contradict each other.

mod firm;

use super::Truth;
use super::plan::datum::{Datum, Reading, has};
use super::plan::{FactAt, Node, NodeAt, NumberAt, Plan, Run, TableSlot};
use crate::{Comparison, Facts, TableKind, interval};

pub(crate) struct State<'a> {
    pub(crate) plan: &'a Plan,
    told: Vec<Datum>,
    sums: Vec<Reading>,
    truth: Vec<Truth>,
    /// Whether each outcome of each table holds.
    holds: Vec<Truth>,
}

impl<'a> State<'a> {
    /// Nothing is worked out yet.
    pub(crate) fn new(plan: &'a Plan, facts: &Facts) -> Self {
        let mut told = vec![Datum::Unknown; plan.facts.len()];
        let mut places = plan.by_id().iter().peekable();
        for (id, known) in facts.iter() {
            while places.next_if(|(place, _)| place < id).is_some() {}
            let Some((_, at)) = places.next_if(|(place, _)| place == id) else { continue };
            if let (Some(told), Some(slot)) = (told.get_mut(*at as usize), plan.fact(*at)) {
                *told = slot.datum(&known.value);
            }
        }
        Self {
            plan,
            told,
            sums: plan.sums.iter().map(|slot| slot.bounds).collect(),
            truth: vec![Truth::Unknown; plan.nodes.len()],
            holds: vec![Truth::Unknown; plan.outcomes],
        }
    }

    /// What is known of a fact.
    pub(crate) fn told(&self, fact: FactAt) -> &Datum {
        self.told.get(fact as usize).unwrap_or(&Datum::Unknown)
    }

    /// Makes a fact known otherwise. Nodes that read it have to be worked out again.
    pub(crate) fn tell(&mut self, fact: FactAt, datum: Datum) {
        if let Some(told) = self.told.get_mut(fact as usize) {
            *told = datum;
        }
    }

    /// What a node has come to.
    pub(crate) fn truth(&self, at: NodeAt) -> Truth {
        self.truth.get(at as usize).copied().unwrap_or(Truth::Unknown)
    }

    /// Whether each outcome of a table holds, in their order.
    pub(crate) fn holds(&self, table: &TableSlot) -> &[Truth] {
        self.holds.get(table.holds.range()).unwrap_or_default()
    }

    /// Whether the facts, as far as they are known, can be true of one person.
    pub(crate) fn is_possible(&self) -> bool {
        !self.plan.nevers.iter().any(|never| self.truth(*never) == Truth::True)
    }

    /// Works out every node.
    pub(crate) fn work_all(&mut self) {
        self.work(0..self.plan.nodes.len() as NodeAt);
    }

    /// Works out nodes, each after those that it reads.
    pub(crate) fn work(&mut self, nodes: impl IntoIterator<Item = NodeAt>) {
        for at in nodes {
            let truth = self.one(at);
            if let Some(place) = self.truth.get_mut(at as usize) {
                *place = truth;
            }
        }
    }

    fn one(&mut self, at: NodeAt) -> Truth {
        let plan = self.plan;
        match plan.node(at) {
            Node::Always => Truth::True,
            Node::Nothing => Truth::Unknown,
            Node::Is { fact } => self.is(fact),
            Node::Code { fact, codes, negated } => match self.told(fact) {
                Datum::Code(code) => Truth::from(has(plan.mask(codes), *code) != negated),
                _ => Truth::Unknown,
            },
            Node::Has { fact, codes, all } => self.has(fact, codes, all),
            Node::IsEmpty { fact } => match self.told(fact) {
                Datum::Codes { empty: true, .. } => Truth::True,
                Datum::Codes { .. } => self.gate(fact).not(),
                _ => self.gate(fact).not().or(Truth::Unknown),
            },
            Node::Compare { number, op, mark } => match self.reading(number) {
                Some(reading) => compare(reading, op, mark),
                None => Truth::Unknown,
            },
            Node::TableCode { table, codes, negated } => {
                let truth = self.table_code(table, codes);
                if negated { truth.not() } else { truth }
            }
            Node::TableHas { table, codes, all } => self.table_has(table, codes, all),
            Node::TableIsEmpty { table } => {
                let holds = plan.tables.get(table as usize).map(|slot| self.holds(slot));
                Truth::from(holds.is_none_or(|all| all.iter().all(|one| *one == Truth::False)))
            }
            Node::Not(inner) => self.truth(inner).not(),
            Node::And(of) => self.fold(of, Truth::True, Truth::and),
            Node::Or(of) => self.fold(of, Truth::False, Truth::or),
            Node::AtLeast { count, of } => self.at_least(count as usize, of),
            Node::Sum(sum) => {
                self.sum(sum);
                Truth::Unknown
            }
            Node::Table(table) => {
                self.table(table);
                Truth::Unknown
            }
        }
    }

    fn fold(&self, of: Run, from: Truth, with: fn(Truth, Truth) -> Truth) -> Truth {
        self.plan.list(of).iter().fold(from, |truth, part| with(truth, self.truth(*part)))
    }

    fn at_least(&self, count: usize, of: Run) -> Truth {
        let of_kind = |kind: Truth| {
            self.plan.list(of).iter().filter(|part| self.truth(**part) == kind).count()
        };
        let sure = of_kind(Truth::True);
        if sure >= count {
            Truth::True
        } else if sure + of_kind(Truth::Unknown) < count {
            Truth::False
        } else {
            Truth::Unknown
        }
    }

    fn is(&self, fact: FactAt) -> Truth {
        match self.told(fact) {
            Datum::Flag(false) => Truth::False,
            Datum::Flag(true) => self.gate(fact),
            _ => self.gate(fact).and(Truth::Unknown),
        }
    }

    /// Whether a fact applies: its `only_when`.
    pub(super) fn gate(&self, fact: FactAt) -> Truth {
        let gate = self.plan.fact(fact).and_then(|slot| slot.gate);
        gate.map_or(Truth::True, |gate| self.truth(gate))
    }

    fn has(&self, fact: FactAt, codes: Run, all: bool) -> Truth {
        let Datum::Codes { bits, .. } = self.told(fact) else {
            return self.gate(fact).and(Truth::Unknown);
        };
        let mut words = bits.iter().zip(self.plan.mask(codes));
        let told = if all {
            words.all(|(word, mask)| word & mask == *mask)
        } else {
            words.any(|(word, mask)| word & mask != 0)
        };
        if told { self.gate(fact) } else { Truth::False }
    }

    /// The range in which a number lies. A fact that nobody knows lies in its plausible range.
    fn reading(&self, number: NumberAt) -> Option<Reading> {
        match number {
            NumberAt::Fact(fact) => self.fact_reading(fact),
            NumberAt::Sum(sum) => self.sums.get(sum as usize).copied(),
            NumberAt::Nothing => None,
        }
    }

    /// The range in which a numeric fact lies.
    pub(super) fn fact_reading(&self, fact: FactAt) -> Option<Reading> {
        match self.told(fact) {
            Datum::Number(reading) => Some(*reading),
            _ => self.plan.fact(fact)?.bounds,
        }
    }

    fn sum(&mut self, sum: u32) {
        let Some(slot) = self.plan.sums.get(sum as usize) else { return };
        let mut parts = slot.parts.iter();
        let range = interval::sum(&slot.sum, &mut |_| {
            self.reading(*parts.next()?).map(|reading| (reading.lo, reading.hi))
        });
        // Known facts lie within their plausible ranges, for which loading has worked out that
        // nothing grows too large; what lies outside counts as not known.
        let reading = range.map_or(slot.bounds, |range| slot.reading(range));
        if let Some(place) = self.sums.get_mut(sum as usize) {
            *place = reading;
        }
    }

    fn table_code(&self, table: u32, codes: Run) -> Truth {
        let Some(slot) = self.plan.tables.get(table as usize) else { return Truth::Unknown };
        let mask = self.plan.mask(codes);
        let (mut inside, mut outside, mut open) = (false, false, false);
        for (place, holds) in (0..).zip(self.holds(slot)) {
            if *holds != Truth::False {
                let within = has(mask, place);
                inside |= within;
                outside |= !within;
                open |= *holds == Truth::Unknown;
            }
        }
        match (inside, outside) {
            (false, _) => Truth::False,
            (true, true) if open => Truth::Unknown,
            (true, _) => Truth::True,
        }
    }

    fn table_has(&self, table: u32, codes: Run, all: bool) -> Truth {
        let Some(slot) = self.plan.tables.get(table as usize) else { return Truth::Unknown };
        let mask = self.plan.mask(codes);
        let wanted = (0..).zip(self.holds(slot)).filter(|(place, _)| has(mask, *place));
        if all {
            wanted.fold(Truth::True, |truth, (_, holds)| truth.and(*holds))
        } else {
            wanted.fold(Truth::False, |truth, (_, holds)| truth.or(*holds))
        }
    }

    /// Which outcomes hold: true for those that hold whatever else becomes known, unknown for
    /// others that may.
    ///
    /// One outcome is known as soon as one rule is true, or all that are still possible agree
    /// (tables are proved complete, so one of them will be true). Two true rules that disagree
    /// decide nothing: the proof excludes them, so the facts contradict each other.
    ///
    /// A set is known when every outcome is. An outcome that excludes another settles it (the
    /// proof says that they never come together).
    fn table(&mut self, table: u32) {
        let plan = self.plan;
        let Some(slot) = plan.tables.get(table as usize) else { return };
        let Some(holds) = self.holds.get_mut(slot.holds.range()) else { return };
        holds.fill(Truth::False);
        for (rule, then) in slot.rules.iter().zip(&slot.thens) {
            let truth = self.truth.get(*rule as usize).copied().unwrap_or(Truth::Unknown);
            if let Some(outcome) = holds.get_mut(*then as usize) {
                *outcome = outcome.or(truth);
            }
        }
        match slot.kind {
            TableKind::One => agree(holds),
            TableKind::Set => exclude(holds, &slot.excludes),
        }
        let mut possible = holds.iter_mut().filter(|outcome| **outcome != Truth::False);
        if let (Some(only), None) = (possible.next(), possible.next()) {
            *only = Truth::True;
        }
    }

    /// Whether it is known which outcomes of a table hold.
    pub(crate) fn is_known(&self, table: &TableSlot) -> bool {
        let holds = self.holds(table);
        holds.contains(&Truth::True) && !holds.contains(&Truth::Unknown)
    }
}

/// Of one outcome: what is true leaves no room for what is unknown, and two that are true decide
/// nothing.
fn agree(holds: &mut [Truth]) {
    if holds.contains(&Truth::True) {
        for outcome in holds {
            *outcome = if *outcome == Truth::True { Truth::Unknown } else { Truth::False };
        }
    }
}

fn exclude(holds: &mut [Truth], excludes: &[(u32, u32)]) {
    let is = |holds: &[Truth], at: u32, truth| holds.get(at as usize) == Some(&truth);
    for (a, b) in excludes {
        for (certain, other) in [(*a, *b), (*b, *a)] {
            if is(holds, certain, Truth::True)
                && is(holds, other, Truth::Unknown)
                && let Some(other) = holds.get_mut(other as usize)
            {
                *other = Truth::False;
            }
        }
    }
}

/// A range against a constant, by their places.
fn compare(reading: Reading, op: Comparison, mark: u32) -> Truth {
    let (from, to) = (reading.from(), reading.to());
    let outside = mark < from || mark > to;
    let both = |a: bool, b: bool| match (a, b) {
        (true, true) => Truth::True,
        (false, false) => Truth::False,
        _ => Truth::Unknown,
    };
    match op {
        Comparison::Less => both(from < mark, to < mark),
        Comparison::AtMost => both(from <= mark, to <= mark),
        Comparison::Greater => both(from > mark, to > mark),
        Comparison::AtLeast => both(from >= mark, to >= mark),
        Comparison::Equal if outside => Truth::False,
        Comparison::NotEqual if outside => Truth::True,
        Comparison::Equal | Comparison::NotEqual if !reading.exact => Truth::Unknown,
        Comparison::Equal => Truth::True,
        Comparison::NotEqual => Truth::False,
    }
}
