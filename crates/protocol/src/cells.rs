//! The cells into which conditions cut each fact: within a cell every condition on that fact
//! alone has the same value.
//!
//! Start with [`Cuts::of`], which reads all conditions of a protocol once.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Comparison, Condition, Decimal, Fact, FactKind, Facts, Library, Name, Protocol, Subject, Sum,
    Value,
};

/// Codes of one fact up to which all their subsets are tried.
const SUBSETS_OF_MAX: usize = 4;

/// Where a number's conditions change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Edge {
    /// Between everything below the number and the number itself: `< n`, `>= n`.
    Below(Decimal),
    /// Between the number and everything above it: `<= n`, `> n`.
    Above(Decimal),
}

impl Edge {
    fn key(self) -> (Decimal, bool) {
        match self {
            Self::Below(number) => (number, false),
            Self::Above(number) => (number, true),
        }
    }
}

/// A range of numbers between two edges; no edge where the plausible range ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) from: Option<Edge>,
    pub(crate) to: Option<Edge>,
    /// A number in it; for whole numbers all of them.
    pub(crate) value: Value,
}

/// All the places where the conditions of a protocol cut its facts and computes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cuts {
    edges: BTreeMap<Name, BTreeSet<(Decimal, bool)>>,
    codes: BTreeMap<Name, BTreeSet<BTreeSet<Name>>>,
    /// Facts that stand in sums.
    summed: BTreeSet<Name>,
}

impl Cuts {
    /// Without a protocol, only what the library itself says of facts.
    pub(crate) fn of(library: &Library, protocol: Option<&Protocol>) -> Self {
        let mut cuts = Self::default();
        let nevers = library.nevers().iter().map(|never| &never.when);
        let gates = library.facts().iter().filter_map(|fact| fact.only_when.as_ref());
        for condition in nevers.chain(gates).chain(protocol.into_iter().flat_map(conditions)) {
            condition.visit(&mut |part| cuts.read(part));
        }
        let Some(protocol) = protocol else { return cuts };
        for step in &protocol.steps {
            for wait in &step.wait {
                cuts.edge(&wait.fact, Edge::Below(wait.at_least));
            }
        }
        protocol.computes.iter().for_each(|compute| cuts.read_sum(&compute.value));
        cuts
    }

    fn read(&mut self, part: &Condition) {
        match part {
            Condition::Code { subject: Subject::Fact(fact), codes, .. }
            | Condition::Has { subject: Subject::Fact(fact), codes, .. } => {
                self.codes.entry(fact.clone()).or_default().insert(codes.clone());
            }
            Condition::Compare { subject, op, number, .. } => {
                let name = subject.name();
                if matches!(
                    op,
                    Comparison::Less
                        | Comparison::AtLeast
                        | Comparison::Equal
                        | Comparison::NotEqual
                ) {
                    self.edge(name, Edge::Below(*number));
                }
                if matches!(
                    op,
                    Comparison::AtMost
                        | Comparison::Greater
                        | Comparison::Equal
                        | Comparison::NotEqual
                ) {
                    self.edge(name, Edge::Above(*number));
                }
            }
            _ => {}
        }
    }

    fn edge(&mut self, name: &Name, edge: Edge) {
        self.edges.entry(name.clone()).or_default().insert(edge.key());
    }

    fn read_sum(&mut self, sum: &Sum) {
        match sum {
            Sum::Number(_) => {}
            Sum::Of { subject, .. } => {
                self.summed.insert(subject.name().clone());
            }
            Sum::Add(a, b) | Sum::Subtract(a, b) => {
                self.read_sum(a);
                self.read_sum(b);
            }
            Sum::Times(_, inner) => self.read_sum(inner),
            Sum::Least(of) | Sum::Greatest(of) => of.iter().for_each(|part| self.read_sum(part)),
        }
    }

    /// The edges of a fact or compute, in order.
    pub(crate) fn edges(&self, name: &str) -> Vec<Edge> {
        let keys = self.edges.get(name).into_iter().flatten();
        keys.map(|(number, above)| if *above { Edge::Above(*number) } else { Edge::Below(*number) })
            .collect()
    }

    /// Whether a fact stands in a sum, so that its own edges do not tell everything.
    pub(crate) fn is_summed(&self, fact: &str) -> bool {
        self.summed.contains(fact)
    }

    /// The codes of a fact that conditions name, alone or in company.
    fn named_codes(&self, fact: &str) -> BTreeSet<&Name> {
        self.codes.get(fact).into_iter().flatten().flatten().collect()
    }

    /// One value for each cell of a fact, and whether there are no others that matter.
    ///
    /// Of a number that is known as a range only the cells in that range.
    pub(crate) fn values(
        &self,
        library: &Library,
        fact: &str,
        known: &Facts,
    ) -> (Vec<Value>, bool) {
        let Some(fact) = library.fact(fact) else { return (Vec::new(), true) };
        match &fact.kind {
            FactKind::Boolean => (vec![Value::Boolean(true), Value::Boolean(false)], true),
            FactKind::Code { .. } => (self.code_cells(fact), true),
            FactKind::Codes { .. } => self.code_sets(fact),
            _ => {
                let within = match known.value(&fact.id) {
                    Some(Value::Number { lo, hi }) => Some((*lo, *hi)),
                    _ => fact.kind.bounds(),
                };
                let stretches = within.map(|within| stretches(fact, &self.edges(&fact.id), within));
                let values = stretches.into_iter().flatten().map(|stretch| stretch.value).collect();
                (values, !self.is_summed(&fact.id))
            }
        }
    }

    /// One code of each group that all conditions treat alike.
    fn code_cells(&self, fact: &Fact) -> Vec<Value> {
        let sets: Vec<&BTreeSet<Name>> = self.codes.get(&fact.id).into_iter().flatten().collect();
        let mut seen = BTreeSet::new();
        let codes = fact.kind.values().iter().map(|value| &value.id);
        codes
            .filter(|code| {
                let signature: Vec<bool> = sets.iter().map(|set| set.contains(*code)).collect();
                seen.insert(signature)
            })
            .map(|code| Value::Code(code.clone()))
            .collect()
    }

    /// The empty set, sets of one code, one code that no condition names, and all subsets of the
    /// named codes where they are few.
    fn code_sets(&self, fact: &Fact) -> (Vec<Value>, bool) {
        let named = self.named_codes(&fact.id);
        let other = fact.kind.values().iter().map(|value| &value.id).find(|id| !named.contains(id));
        let mut sets: BTreeSet<BTreeSet<Name>> = BTreeSet::from([BTreeSet::new()]);
        sets.extend(other.map(|other| BTreeSet::from([other.clone()])));
        let few = named.len() <= SUBSETS_OF_MAX;
        if few {
            for code in &named {
                let larger: Vec<BTreeSet<Name>> = sets
                    .iter()
                    .map(|set| set.iter().cloned().chain([(*code).clone()]).collect())
                    .collect();
                sets.extend(larger);
            }
        } else {
            sets.extend(named.iter().map(|code| BTreeSet::from([(*code).clone()])));
            sets.extend(self.codes.get(&fact.id).into_iter().flatten().cloned());
        }
        (sets.into_iter().map(Value::Codes).collect(), few)
    }
}

/// Every condition of a protocol.
fn conditions(protocol: &Protocol) -> impl Iterator<Item = &Condition> {
    let rules = protocol.tables.iter().flat_map(|table| &table.rules).map(|rule| &rule.when);
    let defines = protocol.defines.iter().map(|define| &define.when);
    let steps = protocol.steps.iter().map(|step| &step.when);
    let waits = protocol.steps.iter().flat_map(|step| &step.wait).map(|wait| &wait.when);
    let items = protocol.forms.iter().flat_map(|form| &form.items).map(|item| &item.when);
    rules.chain(defines).chain(steps).chain(waits).chain(items)
}

/// The stretches of a numeric fact between its edges, within a range.
pub(crate) fn stretches(fact: &Fact, edges: &[Edge], (lo, hi): (Decimal, Decimal)) -> Vec<Stretch> {
    let mut sorted: Vec<(Decimal, bool)> = edges.iter().map(|edge| edge.key()).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let edges = sorted
        .into_iter()
        .map(|(number, above)| if above { Edge::Above(number) } else { Edge::Below(number) });
    let mut bounds: Vec<Option<Edge>> = vec![None];
    bounds.extend(edges.map(Some));
    bounds.push(None);
    bounds
        .windows(2)
        .filter_map(|pair| {
            let [from, to] = pair else { return None };
            let value = between(*from, *to, (lo, hi), fact.kind.is_whole())?;
            Some(Stretch { from: *from, to: *to, value })
        })
        .collect()
}

/// A number between two edges, within a range: all of them for whole numbers, one in the middle
/// for others. None when there is none.
fn between(
    from: Option<Edge>,
    to: Option<Edge>,
    (lo, hi): (Decimal, Decimal),
    whole: bool,
) -> Option<Value> {
    let (low, low_in) = match from {
        Some(Edge::Below(number)) if number >= lo => (number, true),
        Some(Edge::Above(number)) if number >= lo => (number, false),
        _ => (lo, true),
    };
    let (high, high_in) = match to {
        Some(Edge::Below(number)) if number <= hi => (number, false),
        Some(Edge::Above(number)) if number <= hi => (number, true),
        _ => (hi, true),
    };
    if whole {
        let low = if low_in { low.ceil() } else { low.floor() + Decimal::ONE };
        let high = if high_in { high.floor() } else { high.ceil() - Decimal::ONE };
        return (low <= high).then_some(Value::Number { lo: low, hi: high });
    }
    if low > high || (low == high && !(low_in && high_in)) {
        return None;
    }
    let middle = match (low_in, high_in) {
        (true, _) => low,
        (false, true) => high,
        (false, false) => (low + high) / Decimal::TWO,
    };
    Some(Value::exactly(middle))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{demo, load, table};

    #[track_caller]
    fn check(when: &str, fact: &str, expected: &str) {
        let not = format!("not ({when})");
        let library = load(&table("class", "one", &[("A", when), ("B", &not)]));
        let cuts = Cuts::of(&library, Some(demo(&library)));
        let (values, exact) = cuts.values(&library, fact, &Facts::new());
        let told: Vec<String> = values
            .iter()
            .map(|value| match value {
                Value::Boolean(value) => value.to_string(),
                Value::Code(code) => code.to_string(),
                Value::Codes(codes) => {
                    format!("{{{}}}", codes.iter().map(Name::as_str).collect::<Vec<_>>().join(" "))
                }
                Value::Number { lo, hi } if lo == hi => crate::number::plain(*lo),
                Value::Number { lo, hi } => format!("{lo}..{hi}"),
            })
            .collect();
        assert_eq!(
            format!("{}{}", told.join(" | "), if exact { "" } else { " ..." }),
            expected,
            "{when}"
        );
    }

    #[test]
    fn cells_of_facts() {
        check("cough", "cough", "true | false");
        check("culture = positive", "culture", "positive | negative");
        check("culture in {positive, ntm}", "culture", "positive | negative");
        check("culture = positive or culture = ntm", "culture", "positive | negative | ntm");
        check("age >= 15 years and age < 2 years", "age", "0..23 | 24..179 | 180..1800");
        check("household = 4", "household", "1..3 | 4 | 5..30");
        check("household > 4", "household", "1..4 | 5..30");
        check("nil <= 8 '[iU]/mL'", "nil", "0 | 100");
        check("nil < 8 '[iU]/mL'", "nil", "0 | 8");
        check("nil = 8 '[iU]/mL'", "nil", "0 | 8 | 100");
        check("nil < 8 '[iU]/mL' and nil > 1 '[iU]/mL'", "nil", "0 | 4.5 | 8");
        check("cxr has cavity", "cxr", "{} | {cavity} | {cavity miliary} | {miliary}");
        check("cxr is empty", "cxr", "{} | {cavity}");
    }
}
