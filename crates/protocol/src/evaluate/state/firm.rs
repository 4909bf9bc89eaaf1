//! Which nodes nothing that becomes known can make different.

use super::State;
use crate::evaluate::Truth;
use crate::evaluate::plan::{FactAt, Node, NodeAt, NumberAt, Run};

impl State<'_> {
    /// For each node whether it stays as it is. May say no of one that does.
    ///
    /// A node that is true or false is not always firm: rules of a table that contradict each
    /// other can make an outcome that was known unknown.
    pub(in crate::evaluate) fn firm(&self) -> Vec<bool> {
        let mut firm = Firm { state: self, firm: Vec::with_capacity(self.plan.nodes.len()) };
        for (at, node) in (0..).zip(&self.plan.nodes) {
            let is = firm.node(at, *node);
            firm.firm.push(is);
        }
        firm.firm
    }
}

struct Firm<'s, 'a> {
    state: &'s State<'a>,
    firm: Vec<bool>,
}

impl Firm<'_, '_> {
    fn is(&self, at: NodeAt) -> bool {
        self.firm.get(at as usize).copied().unwrap_or(false)
    }

    fn node(&self, at: NodeAt, node: Node) -> bool {
        let plan = self.state.plan;
        match node {
            Node::Always | Node::Nothing => true,
            Node::Code { fact, .. } => self.state.told(fact).is_settled(),
            Node::Is { fact } | Node::Has { fact, .. } | Node::IsEmpty { fact } => self.gated(fact),
            Node::Compare { number, .. } => self.number(number, self.state.truth(at)),
            Node::TableCode { table, .. }
            | Node::TableHas { table, .. }
            | Node::TableIsEmpty { table } => {
                plan.tables.get(table as usize).is_some_and(|slot| self.is(slot.node))
            }
            Node::Not(inner) => self.is(inner),
            Node::And(of) => self.connective(of, Truth::False),
            Node::Or(of) => self.connective(of, Truth::True),
            Node::AtLeast { of, .. } => self.all(plan.list(of)),
            Node::Sum(sum) => plan.sums.get(sum as usize).is_some_and(|slot| {
                slot.parts.iter().all(|part| self.number(*part, Truth::Unknown))
            }),
            Node::Table(table) => {
                plan.tables.get(table as usize).is_some_and(|slot| self.all(&slot.rules))
            }
        }
    }

    fn all(&self, of: &[NodeAt]) -> bool {
        of.iter().all(|part| self.is(*part))
    }

    /// All parts are firm, or one settles the connective.
    fn connective(&self, of: Run, settles: Truth) -> bool {
        let of = self.state.plan.list(of);
        self.all(of) || of.iter().any(|part| self.is(*part) && self.state.truth(*part) == settles)
    }

    /// The fact is settled and so is whether it applies, or it is settled that it does not.
    fn gated(&self, fact: FactAt) -> bool {
        let gate = self.state.plan.fact(fact).and_then(|slot| slot.gate);
        let gate_is_firm = gate.is_none_or(|gate| self.is(gate));
        gate_is_firm
            && (self.state.told(fact).is_settled() || self.state.gate(fact) == Truth::False)
    }

    /// A range only becomes narrower, so that a comparison of a fact that is known stays so.
    fn number(&self, number: NumberAt, truth: Truth) -> bool {
        match number {
            NumberAt::Fact(fact) => truth.is_known() || self.state.told(fact).is_settled(),
            NumberAt::Sum(sum) => {
                self.state.plan.sums.get(sum as usize).is_some_and(|slot| self.is(slot.node))
            }
            NumberAt::Nothing => true,
        }
    }
}
