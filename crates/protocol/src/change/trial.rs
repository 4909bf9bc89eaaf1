//! Tries other values and sees what the table then says.

use std::collections::BTreeSet;

use super::{Bound, FactChange, Target, Way, solve};
use crate::cells::{Cuts, Edge, Stretch, stretches};
use crate::evaluate::contradiction;
use crate::evaluate::reason::Reasoner;
use crate::limits::CHANGE_TRIALS_MAX;
use crate::{Fact, FactKind, Facts, Library, Name, Protocol, Table, Value};

/// What the table says, once known.
type Outcomes = Option<BTreeSet<Name>>;

/// One other value of a fact, and how to say it.
#[derive(Clone)]
struct Candidate {
    value: Value,
    target: Target,
}

pub(super) struct Trials<'a> {
    library: &'a Library,
    protocol: &'a Protocol,
    facts: &'a Facts,
    table: &'a Table,
    cuts: &'a Cuts,
    now: Outcomes,
    left: usize,
}

impl<'a> Trials<'a> {
    pub(super) fn new(
        library: &'a Library,
        protocol: &'a Protocol,
        facts: &'a Facts,
        table: &'a Table,
        cuts: &'a Cuts,
    ) -> Self {
        let mut trials =
            Self { library, protocol, facts, table, cuts, now: None, left: CHANGE_TRIALS_MAX };
        trials.now = trials.outcomes(facts);
        trials
    }

    /// Every fact by itself that gives another outcome.
    pub(super) fn singles(&mut self, order: &[&Name]) -> Vec<(BTreeSet<Name>, Way)> {
        let mut found = Vec::new();
        for fact in order {
            let Some(fact) = self.library.fact(fact) else { continue };
            let mut tried = Vec::new();
            for option in self.options(fact, self.facts) {
                let mut facts = self.facts.clone();
                facts.set(fact.id.clone(), option.value.clone());
                tried.push((self.other(&facts), option.target));
            }
            for (outcomes, target) in merged(tried) {
                found.push((outcomes, Way { changes: vec![self.change(fact, target)] }));
            }
        }
        found
    }

    /// Every two facts that give another outcome together.
    pub(super) fn pairs(&mut self, order: &[&Name]) -> Vec<(BTreeSet<Name>, Way)> {
        let mut found = Vec::new();
        for (index, first) in order.iter().enumerate() {
            let Some(first) = self.library.fact(first) else { continue };
            for option in self.options(first, self.facts) {
                let mut facts = self.facts.clone();
                facts.set(first.id.clone(), option.value.clone());
                for second in order.iter().skip(index + 1) {
                    let Some(second) = self.library.fact(second) else { continue };
                    let mut tried = Vec::new();
                    for other in self.options(second, &facts) {
                        if self.left == 0 {
                            return found;
                        }
                        let mut both = facts.clone();
                        both.set(second.id.clone(), other.value.clone());
                        tried.push((self.other(&both), other.target));
                    }
                    for (outcomes, target) in merged(tried) {
                        let changes = vec![
                            self.change(first, option.target.clone()),
                            self.change(second, target),
                        ];
                        found.push((outcomes, Way { changes }));
                    }
                }
            }
        }
        found
    }

    fn change(&self, fact: &Fact, to: Target) -> FactChange {
        FactChange { fact: fact.id.clone(), known: self.facts.knows(&fact.id), to }
    }

    /// What the table says under other facts, where that is known, possible and different.
    fn other(&mut self, facts: &Facts) -> Outcomes {
        if self.left == 0 || contradiction(self.library, facts).is_some() {
            return None;
        }
        self.left -= 1;
        let outcomes = self.outcomes(facts)?;
        (Some(&outcomes) != self.now.as_ref()).then_some(outcomes)
    }

    fn outcomes(&self, facts: &Facts) -> Outcomes {
        let mut reasoner = Reasoner::new(self.library, Some(self.protocol), facts);
        let known = reasoner.table(self.table).known?;
        Some(known.into_iter().cloned().collect())
    }

    /// The other values of a fact, one for each cell but its own.
    fn options(&self, fact: &Fact, facts: &Facts) -> Vec<Candidate> {
        let known = facts.value(&fact.id);
        match &fact.kind {
            FactKind::Boolean => [true, false]
                .into_iter()
                .filter(|value| known != Some(&Value::Boolean(*value)))
                .map(|value| Candidate {
                    value: Value::Boolean(value),
                    target: Target::Boolean(value),
                })
                .collect(),
            FactKind::Code { values } => values
                .iter()
                .map(|value| &value.id)
                .filter(|code| known != Some(&Value::Code((*code).clone())))
                .map(|code| Candidate {
                    value: Value::Code(code.clone()),
                    target: Target::Code(BTreeSet::from([code.clone()])),
                })
                .collect(),
            FactKind::Codes { .. } => self.sets(fact, known),
            FactKind::Count { .. } | FactKind::Quantity { .. } | FactKind::Age => {
                self.numbers(fact, facts)
            }
        }
    }

    /// A known set with one code more or less, and the empty set; every cell of an unknown one.
    fn sets(&self, fact: &Fact, known: Option<&Value>) -> Vec<Candidate> {
        let Some(Value::Codes(now)) = known else {
            let (values, _) = self.cuts.values(self.library, &fact.id, &Facts::new());
            let sets = values.into_iter().filter_map(|value| match &value {
                Value::Codes(set) => Some(Candidate { target: Target::Codes(set.clone()), value }),
                _ => None,
            });
            // Small sets say the same as larger ones with fewer words.
            return sets
                .filter(|option| matches!(&option.value, Value::Codes(set) if set.len() <= 1))
                .collect();
        };
        let codes = fact.kind.values().iter().map(|value| &value.id);
        let mut options: Vec<Candidate> = codes
            .map(|code| {
                let mut set = now.clone();
                let target = if set.remove(code) {
                    Target::Without(code.clone())
                } else {
                    set.insert(code.clone());
                    Target::With(code.clone())
                };
                Candidate { value: Value::Codes(set), target }
            })
            .collect();
        if now.len() > 1 {
            let empty = BTreeSet::new();
            let target = Target::Codes(empty.clone());
            options.push(Candidate { value: Value::Codes(empty), target });
        }
        options
    }

    fn numbers(&self, fact: &Fact, facts: &Facts) -> Vec<Candidate> {
        let Some((min, max)) = fact.kind.bounds() else { return Vec::new() };
        let edges = solve::edges(self.protocol, facts, self.cuts, &fact.id);
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
                Candidate { value: stretch.value, target }
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

/// What changes something, with neighbours that change it to the same taken together.
fn merged(tried: Vec<(Outcomes, Target)>) -> Vec<(BTreeSet<Name>, Target)> {
    let mut found: Vec<(BTreeSet<Name>, Target)> = Vec::new();
    let mut neighbours = false;
    for (outcomes, target) in tried {
        let Some(outcomes) = outcomes else {
            neighbours = false;
            continue;
        };
        let joined =
            match (&target, found.iter_mut().rev().find(|(earlier, _)| *earlier == outcomes)) {
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
            found.push((outcomes, target));
        }
        neighbours = true;
    }
    found
}

/// Whether one range ends where the next begins.
fn touches(end: Option<Bound>, from: Option<Bound>) -> bool {
    matches!((end, from), (Some(end), Some(from)) if end.number == from.number && end.included != from.included)
}
