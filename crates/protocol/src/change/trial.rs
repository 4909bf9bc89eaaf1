//! Tries other values and sees what the table then says. Only what reads the changed facts is
//! worked out again.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Bound, FactChange, OutcomeChange, Target, Way, solve};
use crate::cells::{Edge, Stretch, stretches};
use crate::evaluate::Truth;
use crate::evaluate::plan::datum::Datum;
use crate::evaluate::plan::{FactAt, NodeAt, Plan, TableSlot};
use crate::evaluate::state::State;
use crate::limits::{CHANGE_TRIALS_MAX, CHANGES_SHOWN_MAX};
use crate::{Fact, FactKind, Facts, Library, Name, Protocol, Value};

/// What the table says, once known and other than now: a place among the outcomes that have come
/// up.
type Outcomes = Option<usize>;

/// One other value of a fact, and how to say it.
#[derive(Clone)]
struct Candidate {
    datum: Datum,
    value: Value,
    target: Target,
}

/// A fact, its other values, and the nodes that read it.
struct Tried<'a> {
    fact: &'a Fact,
    at: FactAt,
    options: Vec<Candidate>,
    of_nevers: Vec<NodeAt>,
    of_table: Vec<NodeAt>,
}

pub(super) struct Trials<'a> {
    library: &'a Library,
    protocol: &'a Protocol,
    facts: &'a Facts,
    plan: &'a Plan,
    table: &'a TableSlot,
    state: State<'a>,
    /// Which outcomes hold now; none while that is unknown.
    now: Option<Vec<Truth>>,
    /// Other outcomes that have come up, in that order.
    seen: Vec<Vec<Truth>>,
    left: usize,
}

/// Ways found, by the outcomes to which they lead.
type Found = Vec<Vec<Way>>;

impl<'a> Trials<'a> {
    pub(super) fn new(
        library: &'a Library,
        protocol: &'a Protocol,
        facts: &'a Facts,
        plan: &'a Plan,
        table: &'a TableSlot,
    ) -> Self {
        let mut state = State::new(plan, facts);
        state.work_all();
        let now = state.is_known(table).then(|| state.holds(table).to_vec());
        let left = CHANGE_TRIALS_MAX;
        Self { library, protocol, facts, plan, table, state, now, seen: Vec::new(), left }
    }

    /// What changes the table: single facts, or else pairs; by outcome, in the order in which
    /// outcomes were first reached.
    pub(super) fn changes(mut self, order: &[&Name]) -> Vec<OutcomeChange> {
        let tried: Vec<Tried<'a>> = order.iter().filter_map(|fact| self.tried(fact)).collect();
        let mut found = self.singles(&tried);
        if found.is_empty() {
            found = self.pairs(&tried);
        }
        let outcomes = |holds: &Vec<Truth>| {
            let each = self.table.outcomes.iter().zip(holds);
            each.filter(|(_, holds)| **holds == Truth::True).map(|(id, _)| id.clone()).collect()
        };
        let groups = self.seen.iter().zip(found).filter(|(_, ways)| !ways.is_empty());
        groups.map(|(holds, ways)| OutcomeChange { outcomes: outcomes(holds), ways }).collect()
    }

    fn tried(&self, fact: &Name) -> Option<Tried<'a>> {
        let library = self.library;
        let at = self.plan.place(fact)?;
        let fact = library.fact(fact)?;
        let options = self.options(fact, self.facts);
        let readers = self.plan.readers(at);
        let among = |cone: &[NodeAt]| {
            let read = |at: &NodeAt| readers.get(*at as usize) == Some(&true);
            cone.iter().copied().filter(read).collect()
        };
        let of_nevers = among(&self.plan.never_cone);
        Some(Tried { fact, at, options, of_nevers, of_table: among(&self.table.cone) })
    }

    /// Every fact by itself that gives another outcome.
    fn singles(&mut self, order: &[Tried<'a>]) -> Found {
        let mut found = Found::new();
        for one in order {
            let now = self.state.told(one.at).clone();
            let mut tried = Vec::new();
            for option in &one.options {
                self.state.tell(one.at, option.datum.clone());
                tried.push((self.other(one), &option.target));
            }
            self.tell(one, now);
            for (outcomes, target) in merged(tried) {
                add(&mut found, outcomes, || vec![self.change(one.fact, target)]);
            }
        }
        found
    }

    /// Every two facts that give another outcome together.
    fn pairs(&mut self, order: &[Tried<'a>]) -> Found {
        let mut found = Found::new();
        for (index, first) in order.iter().enumerate() {
            let now = self.state.told(first.at).clone();
            for option in &first.options {
                self.tell(first, option.datum.clone());
                for second in order.iter().skip(index + 1) {
                    if !self.pair(first, option, second, &mut found) {
                        return found;
                    }
                }
            }
            self.tell(first, now);
        }
        found
    }

    /// Tries every other value of a second fact; false when the trials have been used up.
    fn pair(
        &mut self,
        first: &Tried<'a>,
        option: &Candidate,
        second: &Tried<'a>,
        found: &mut Found,
    ) -> bool {
        let now = self.state.told(second.at).clone();
        let others = self.second_options(first, option, second);
        let mut tried = Vec::new();
        for other in others.iter() {
            if self.left == 0 {
                return false;
            }
            self.state.tell(second.at, other.datum.clone());
            tried.push((self.other(second), &other.target));
        }
        self.tell(second, now);
        for (outcomes, target) in merged(tried) {
            add(found, outcomes, || {
                vec![
                    self.change(first.fact, option.target.clone()),
                    self.change(second.fact, target),
                ]
            });
        }
        true
    }

    /// The other values of a second fact. They depend on the first only where both stand in sums.
    fn second_options<'s>(
        &self,
        first: &Tried<'a>,
        option: &Candidate,
        second: &'s Tried<'a>,
    ) -> Cow<'s, [Candidate]> {
        let summed = |tried: &Tried<'_>| self.plan.cuts.is_summed(&tried.fact.id);
        if !(summed(first) && summed(second)) {
            return Cow::Borrowed(&second.options);
        }
        let mut facts = self.facts.clone();
        facts.set(first.fact.id.clone(), option.value.clone());
        Cow::Owned(self.options(second.fact, &facts))
    }

    fn change(&self, fact: &Fact, to: Target) -> FactChange {
        FactChange { fact: fact.id.clone(), known: self.facts.knows(&fact.id), to }
    }

    /// Makes a fact known otherwise, and works out everything that reads it.
    fn tell(&mut self, tried: &Tried<'_>, datum: Datum) {
        self.state.tell(tried.at, datum);
        self.state.work(tried.of_nevers.iter().copied());
        self.state.work(tried.of_table.iter().copied());
    }

    /// What the table says now that a fact is known otherwise, where that is known, possible and
    /// different.
    fn other(&mut self, changed: &Tried<'_>) -> Outcomes {
        if self.left == 0 {
            return None;
        }
        self.state.work(changed.of_nevers.iter().copied());
        if !self.state.is_possible() {
            return None;
        }
        self.left -= 1;
        self.state.work(changed.of_table.iter().copied());
        if !self.state.is_known(self.table) {
            return None;
        }
        let holds = self.state.holds(self.table);
        if self.now.as_deref() == Some(holds) {
            return None;
        }
        let seen = self.seen.iter().position(|seen| seen == holds);
        Some(seen.unwrap_or_else(|| {
            self.seen.push(holds.to_vec());
            self.seen.len() - 1
        }))
    }

    /// The other values of a fact, one for each cell but its own.
    fn options(&self, fact: &Fact, facts: &Facts) -> Vec<Candidate> {
        let slot = self.plan.place(&fact.id).and_then(|at| self.plan.fact(at));
        let candidate = |(value, target)| {
            let datum = slot.map_or(Datum::Unknown, |slot| slot.datum(&value));
            Candidate { datum, value, target }
        };
        self.values(fact, facts).into_iter().map(candidate).collect()
    }

    fn values(&self, fact: &Fact, facts: &Facts) -> Vec<(Value, Target)> {
        let known = facts.value(&fact.id);
        match &fact.kind {
            FactKind::Boolean => [true, false]
                .into_iter()
                .filter(|value| known != Some(&Value::Boolean(*value)))
                .map(|value| (Value::Boolean(value), Target::Boolean(value)))
                .collect(),
            FactKind::Code { values } => values
                .iter()
                .map(|value| &value.id)
                .filter(|code| known != Some(&Value::Code((*code).clone())))
                .map(|code| {
                    (Value::Code(code.clone()), Target::Code(BTreeSet::from([code.clone()])))
                })
                .collect(),
            FactKind::Codes { .. } => self.sets(fact, known),
            FactKind::Count { .. } | FactKind::Quantity { .. } | FactKind::Age => {
                self.numbers(fact, facts)
            }
        }
    }

    /// A known set with one code more or less, and the empty set; every cell of an unknown one.
    fn sets(&self, fact: &Fact, known: Option<&Value>) -> Vec<(Value, Target)> {
        let Some(Value::Codes(now)) = known else {
            let (values, _) = self.plan.cuts.values(self.library, &fact.id, &Facts::new());
            let sets = values.into_iter().filter_map(|value| match &value {
                Value::Codes(set) => {
                    let target = Target::Codes(set.clone());
                    Some((value, target))
                }
                _ => None,
            });
            // Small sets say the same as larger ones with fewer words.
            return sets
                .filter(|(value, _)| matches!(value, Value::Codes(set) if set.len() <= 1))
                .collect();
        };
        let codes = fact.kind.values().iter().map(|value| &value.id);
        let mut options: Vec<(Value, Target)> = codes
            .map(|code| {
                let mut set = now.clone();
                let target = if set.remove(code) {
                    Target::Without(code.clone())
                } else {
                    set.insert(code.clone());
                    Target::With(code.clone())
                };
                (Value::Codes(set), target)
            })
            .collect();
        if now.len() > 1 {
            let empty = BTreeSet::new();
            let target = Target::Codes(empty.clone());
            options.push((Value::Codes(empty), target));
        }
        options
    }

    fn numbers(&self, fact: &Fact, facts: &Facts) -> Vec<(Value, Target)> {
        let Some((min, max)) = fact.kind.bounds() else { return Vec::new() };
        let edges = solve::edges(self.protocol, facts, &self.plan.cuts, &fact.id);
        let now = match facts.value(&fact.id) {
            Some(Value::Number { lo, hi }) => Some((*lo, *hi)),
            _ => None,
        };
        stretches(fact, &edges, (min, max))
            .into_iter()
            .filter(|stretch| !now.is_some_and(|now| contains(stretch, now)))
            .map(|stretch| {
                let whole = fact.kind.is_whole();
                let target = Target::Number {
                    from: stretch.from.map(|edge| lower(edge, whole)),
                    to: stretch.to.map(|edge| upper(edge, whole)),
                };
                (stretch.value, target)
            })
            .collect()
    }
}

/// Whether all of a range lies in a stretch.
fn contains(stretch: &Stretch, (lo, hi): (crate::Decimal, crate::Decimal)) -> bool {
    let above = match stretch.from {
        None => true,
        Some(Edge::Below(number)) => lo >= number,
        Some(Edge::Above(number)) => lo > number,
    };
    let below = match stretch.to {
        None => true,
        Some(Edge::Below(number)) => hi < number,
        Some(Edge::Above(number)) => hi <= number,
    };
    above && below
}

fn lower(edge: Edge, whole: bool) -> Bound {
    match edge {
        Edge::Below(number) => Bound { number, included: true },
        Edge::Above(number) if whole => {
            Bound { number: number + crate::Decimal::ONE, included: true }
        }
        Edge::Above(number) => Bound { number, included: false },
    }
}

fn upper(edge: Edge, whole: bool) -> Bound {
    match edge {
        Edge::Below(number) => Bound { number, included: false },
        Edge::Above(number) if whole => {
            Bound { number: number + crate::Decimal::ONE, included: false }
        }
        Edge::Above(number) => Bound { number, included: true },
    }
}

/// Adds a way to some outcomes, unless as many as are shown have been found.
fn add(found: &mut Found, outcomes: usize, changes: impl FnOnce() -> Vec<FactChange>) {
    if found.len() <= outcomes {
        found.resize_with(outcomes + 1, Vec::new);
    }
    if let Some(ways) = found.get_mut(outcomes)
        && ways.len() < CHANGES_SHOWN_MAX
    {
        ways.push(Way { changes: changes() });
    }
}

/// What changes something, with neighbours that change it to the same taken together.
fn merged(tried: Vec<(Outcomes, &Target)>) -> Vec<(usize, Target)> {
    let mut found: Vec<(usize, Target)> = Vec::new();
    let mut neighbours = false;
    for (outcomes, target) in tried {
        let Some(outcomes) = outcomes else {
            neighbours = false;
            continue;
        };
        let joined =
            match (target, found.iter_mut().rev().find(|(earlier, _)| *earlier == outcomes)) {
                (Target::Code(codes), Some((_, Target::Code(earlier)))) => {
                    earlier.extend(codes.iter().cloned());
                    true
                }
                (Target::Number { from, to }, Some((_, Target::Number { to: end, .. })))
                    if neighbours && touches(*end, *from) =>
                {
                    *end = *to;
                    true
                }
                _ => false,
            };
        if !joined {
            found.push((outcomes, target.clone()));
        }
        neighbours = true;
    }
    found
}

/// Whether one range ends where the next begins.
fn touches(end: Option<Bound>, from: Option<Bound>) -> bool {
    matches!((end, from), (Some(end), Some(from)) if end.number == from.number && end.included != from.included)
}
