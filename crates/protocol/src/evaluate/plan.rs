//! A protocol compiled for evaluation, once when it is loaded.
//!
//! Every part of every condition is a [`Node`] in one list, each after the nodes that it reads, and
//! equal parts are one node. Facts, codes, outcomes and thresholds are small numbers. One pass over
//! the list decides a person ([`State`](super::state::State)). Start with [`Plan::of`].

mod compile;
pub(crate) mod datum;

use std::sync::Arc;

use crate::cells::Cuts;
use crate::{Comparison, Decimal, Library, Name, Protocol, Source, Sum, TableKind};
use datum::{Datum, Reading};

/// A place in [`Plan::nodes`].
pub(crate) type NodeAt = u32;
/// A place in [`Plan::facts`].
pub(crate) type FactAt = u32;

/// One part of a condition, or a sum, or a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    Always,
    /// A name that means nothing; a loaded protocol has none.
    Nothing,
    Is {
        fact: FactAt,
    },
    Code {
        fact: FactAt,
        codes: Run,
        negated: bool,
    },
    Has {
        fact: FactAt,
        codes: Run,
        all: bool,
    },
    IsEmpty {
        fact: FactAt,
    },
    /// `mark` is the place of the constant as a [`Reading`] tells places.
    Compare {
        number: NumberAt,
        op: Comparison,
        mark: u32,
    },
    TableCode {
        table: u32,
        codes: Run,
        negated: bool,
    },
    TableHas {
        table: u32,
        codes: Run,
        all: bool,
    },
    TableIsEmpty {
        table: u32,
    },
    Not(NodeAt),
    And(Run),
    Or(Run),
    AtLeast {
        count: u32,
        of: Run,
    },
    /// Works out a sum.
    Sum(u32),
    /// Works out which outcomes of a table hold.
    Table(u32),
}

/// A number that conditions compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NumberAt {
    Fact(FactAt),
    Sum(u32),
    Nothing,
}

/// A run of one of the plan's lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Run {
    from: u32,
    count: u32,
}

impl Run {
    pub(super) fn range(self) -> std::ops::Range<usize> {
        self.from as usize..(self.from + self.count) as usize
    }
}

/// What a node or a table reads directly.
#[derive(Clone, Copy)]
pub(crate) enum Input {
    Fact(FactAt),
    Node(NodeAt),
}

/// A fact that the protocol asks or uses.
#[derive(Debug)]
pub(crate) struct FactSlot {
    pub(crate) id: Name,
    /// Its `only_when`.
    pub(crate) gate: Option<NodeAt>,
    /// The codes that it can have, in their own order.
    codes: Vec<Name>,
    /// The constants with which it is compared, in order.
    marks: Vec<Decimal>,
    /// The plausible range of a number.
    pub(super) bounds: Option<Reading>,
    /// One value for each cell while it is unknown, and whether there are no others that matter.
    pub(crate) cells: (Vec<Datum>, bool),
    /// Whether it stands in a sum.
    pub(crate) summed: bool,
    /// Its place in ask order, if the protocol asks or uses it.
    pub(crate) asked: Option<u32>,
}

/// A compute.
#[derive(Debug)]
pub(super) struct SumSlot {
    pub(super) node: NodeAt,
    pub(super) sum: Sum,
    /// What it adds up, in the order in which a walk over the sum comes to it.
    pub(super) parts: Vec<NumberAt>,
    marks: Vec<Decimal>,
    pub(super) bounds: Reading,
}

/// A table.
#[derive(Debug)]
pub(crate) struct TableSlot {
    pub(crate) node: NodeAt,
    pub(super) kind: TableKind,
    /// The conditions of its rules.
    pub(crate) rules: Vec<NodeAt>,
    /// The outcome of each rule.
    pub(super) thens: Vec<u32>,
    pub(super) excludes: Vec<(u32, u32)>,
    /// In their own order.
    pub(crate) outcomes: Vec<Name>,
    /// Where the state keeps whether each outcome holds.
    pub(super) holds: Run,
    /// Every node that it reads and its own, in order.
    pub(crate) cone: Vec<NodeAt>,
    /// The source of each rule, without its place.
    pub(super) sources: Vec<Arc<Source>>,
}

/// A step.
#[derive(Debug)]
pub(super) struct StepSlot {
    pub(super) when: NodeAt,
    /// What it asks: of its form, else in its own order; with the condition of the form's item.
    pub(super) asks: Vec<(FactAt, Option<NodeAt>)>,
    /// The condition and the fact of each wait.
    pub(super) waits: Vec<(NodeAt, FactAt)>,
    pub(super) source: Arc<Source>,
}

/// A compiled protocol.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) facts: Vec<FactSlot>,
    /// Facts by id.
    by_id: Vec<(Name, FactAt)>,
    pub(super) sums: Vec<SumSlot>,
    pub(super) nodes: Vec<Node>,
    lists: Vec<NodeAt>,
    masks: Vec<u64>,
    /// In the order of the protocol's tables.
    pub(crate) tables: Vec<TableSlot>,
    /// In the order of the protocol's steps.
    pub(super) steps: Vec<StepSlot>,
    /// In the order of the library's.
    pub(crate) nevers: Vec<NodeAt>,
    /// Every node that a combination that cannot be reads, in order.
    pub(crate) never_cone: Vec<NodeAt>,
    /// The facts of the protocol in ask order.
    pub(super) asked: Vec<FactAt>,
    /// How many outcomes all tables have.
    pub(super) outcomes: usize,
    pub(crate) cuts: Cuts,
}

impl Plan {
    /// Without a protocol, only the combinations that cannot be.
    pub(crate) fn of(library: &Library, protocol: Option<&Protocol>) -> Self {
        compile::compile(library, protocol)
    }

    pub(super) fn node(&self, at: NodeAt) -> Node {
        self.nodes.get(at as usize).copied().unwrap_or(Node::Nothing)
    }

    pub(super) fn list(&self, run: Run) -> &[NodeAt] {
        self.lists.get(run.range()).unwrap_or_default()
    }

    pub(super) fn mask(&self, run: Run) -> &[u64] {
        self.masks.get(run.range()).unwrap_or_default()
    }

    /// The slot of a fact that it knows.
    pub(crate) fn fact(&self, at: FactAt) -> Option<&FactSlot> {
        self.facts.get(at as usize)
    }

    /// The place of a fact that it knows.
    pub(crate) fn place(&self, fact: &str) -> Option<FactAt> {
        let at = self.by_id.binary_search_by(|(id, _)| id.as_str().cmp(fact)).ok()?;
        self.by_id.get(at).map(|(_, at)| *at)
    }

    /// Facts by id.
    pub(super) fn by_id(&self) -> &[(Name, FactAt)] {
        &self.by_id
    }

    /// Everything that a node reads directly.
    pub(crate) fn inputs(&self, at: NodeAt, each: &mut impl FnMut(Input)) {
        match self.node(at) {
            Node::Always | Node::Nothing => {}
            Node::Is { fact }
            | Node::Code { fact, .. }
            | Node::Has { fact, .. }
            | Node::IsEmpty { fact } => self.fact_inputs(fact, each),
            Node::Compare { number, .. } => self.number_inputs(number, each),
            Node::TableCode { table, .. }
            | Node::TableHas { table, .. }
            | Node::TableIsEmpty { table } => {
                self.tables.get(table as usize).map(|slot| slot.node).into_iter().for_each(
                    |node| {
                        each(Input::Node(node));
                    },
                );
            }
            Node::Not(inner) => each(Input::Node(inner)),
            Node::And(of) | Node::Or(of) | Node::AtLeast { of, .. } => {
                self.list(of).iter().for_each(|part| each(Input::Node(*part)));
            }
            Node::Sum(sum) => {
                let parts = self.sums.get(sum as usize).into_iter().flat_map(|slot| &slot.parts);
                parts.for_each(|part| self.number_inputs(*part, each));
            }
            Node::Table(table) => {
                let rules = self.tables.get(table as usize).into_iter().flat_map(|it| &it.rules);
                rules.for_each(|rule| each(Input::Node(*rule)));
            }
        }
    }

    fn fact_inputs(&self, fact: FactAt, each: &mut impl FnMut(Input)) {
        each(Input::Fact(fact));
        if let Some(gate) = self.fact(fact).and_then(|slot| slot.gate) {
            each(Input::Node(gate));
        }
    }

    fn number_inputs(&self, number: NumberAt, each: &mut impl FnMut(Input)) {
        match number {
            NumberAt::Fact(fact) => self.fact_inputs(fact, each),
            NumberAt::Sum(sum) => {
                if let Some(slot) = self.sums.get(sum as usize) {
                    each(Input::Node(slot.node));
                }
            }
            NumberAt::Nothing => {}
        }
    }

    /// For each node whether it reads a fact, itself or through others.
    pub(crate) fn readers(&self, fact: FactAt) -> Vec<bool> {
        let mut readers: Vec<bool> = Vec::with_capacity(self.nodes.len());
        for at in 0..self.nodes.len() as NodeAt {
            let mut reads = false;
            self.inputs(at, &mut |input| {
                reads |= match input {
                    Input::Fact(other) => other == fact,
                    Input::Node(node) => readers.get(node as usize) == Some(&true),
                };
            });
            readers.push(reads);
        }
        readers
    }

    /// Every node that some nodes read, and they themselves, in order.
    pub(super) fn cone(&self, of: &[NodeAt]) -> Vec<NodeAt> {
        let mut marked = vec![false; self.nodes.len()];
        let mark = |marked: &mut Vec<bool>, at: NodeAt| {
            if let Some(mark) = marked.get_mut(at as usize) {
                *mark = true;
            }
        };
        for at in of {
            mark(&mut marked, *at);
        }
        for at in (0..self.nodes.len()).rev() {
            if marked.get(at) == Some(&true) {
                self.inputs(at as NodeAt, &mut |input| {
                    if let Input::Node(node) = input {
                        mark(&mut marked, node);
                    }
                });
            }
        }
        (0..).zip(marked).filter(|(_, marked)| *marked).map(|(at, _)| at).collect()
    }
}
