//! Compiles conditions into nodes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::datum::{Datum, Reading, bits};
use super::{FactAt, FactSlot, Node, NodeAt, NumberAt, Plan, Run, StepSlot, SumSlot, TableSlot};
use crate::cells::{Cuts, Edge};
use crate::{
    Condition, Decimal, FactKind, Facts, Library, Name, Protocol, Source, Step, Subject, Table,
    interval,
};

pub(super) fn compile(library: &Library, protocol: Option<&Protocol>) -> Plan {
    let mut compiler = Compiler {
        library,
        protocol,
        plan: Plan { cuts: Cuts::of(library, protocol), ..Plan::default() },
        nodes: BTreeMap::new(),
        lists: BTreeMap::new(),
        masks: BTreeMap::new(),
        facts: BTreeMap::new(),
        sums: BTreeMap::new(),
        defines: BTreeMap::new(),
        sources: BTreeMap::new(),
    };
    compiler.all();
    compiler.plan
}

struct Compiler<'a> {
    library: &'a Library,
    protocol: Option<&'a Protocol>,
    plan: Plan,
    nodes: BTreeMap<Node, NodeAt>,
    lists: BTreeMap<Vec<NodeAt>, Run>,
    masks: BTreeMap<Vec<u64>, Run>,
    facts: BTreeMap<&'a Name, FactAt>,
    sums: BTreeMap<&'a Name, u32>,
    defines: BTreeMap<&'a Name, NodeAt>,
    /// Sources without their place, by id and place.
    sources: BTreeMap<(&'a Name, crate::Span), Arc<Source>>,
}

impl<'a> Compiler<'a> {
    fn all(&mut self) {
        let library = self.library;
        self.plan.nevers =
            library.nevers().iter().map(|never| self.condition(&never.when)).collect();
        if let Some(protocol) = self.protocol {
            // Each after those that it uses.
            protocol.tables.iter().for_each(|table| self.table(table));
            self.plan.steps = protocol.steps.iter().map(|step| self.step(protocol, step)).collect();
            self.plan.asked = protocol.facts.iter().map(|fact| self.fact(fact)).collect();
        }
        for (rank, fact) in (0..).zip(self.plan.asked.clone()) {
            if let Some(slot) = self.plan.facts.get_mut(fact as usize) {
                slot.asked = slot.asked.or(Some(rank));
            }
        }
        self.plan.by_id = self.facts.iter().map(|(id, at)| ((*id).clone(), *at)).collect();
        self.plan.never_cone = self.plan.cone(&self.plan.nevers);
        self.cones();
        self.cells();
    }

    fn cones(&mut self) {
        let nodes: Vec<NodeAt> = self.plan.tables.iter().map(|table| table.node).collect();
        let cones: Vec<Vec<NodeAt>> = nodes.iter().map(|node| self.plan.cone(&[*node])).collect();
        for (table, cone) in self.plan.tables.iter_mut().zip(cones) {
            table.cone = cone;
        }
    }

    fn cells(&mut self) {
        for slot in &mut self.plan.facts {
            let (values, exact) = self.plan.cuts.values(self.library, &slot.id, &Facts::new());
            slot.cells = (values.iter().map(|value| slot.datum(value)).collect(), exact);
        }
    }

    fn push(&mut self, node: Node) -> NodeAt {
        if let Some(at) = self.nodes.get(&node) {
            return *at;
        }
        let at = self.plan.nodes.len() as NodeAt;
        self.plan.nodes.push(node);
        self.nodes.insert(node, at);
        at
    }

    fn list(&mut self, conditions: &'a [Condition]) -> Run {
        let nodes: Vec<NodeAt> = conditions.iter().map(|part| self.condition(part)).collect();
        let lists = &mut self.plan.lists;
        *self.lists.entry(nodes).or_insert_with_key(|nodes| append(lists, nodes))
    }

    fn mask(&mut self, places: impl Iterator<Item = u32>, count: usize) -> Run {
        let masks = &mut self.plan.masks;
        let words = bits(places, count);
        *self.masks.entry(words).or_insert_with_key(|words| append(masks, words))
    }

    fn condition(&mut self, condition: &'a Condition) -> NodeAt {
        let node = match condition {
            Condition::Always { .. } => Node::Always,
            Condition::Is { fact, .. } => Node::Is { fact: self.fact(fact) },
            Condition::Named { define, .. } => return self.define(define),
            Condition::Code { subject, codes, negated, .. } => self.code(subject, codes, *negated),
            Condition::Has { subject, codes, all, .. } => self.has(subject, codes, *all),
            Condition::IsEmpty { subject, .. } => self.is_empty(subject),
            Condition::Compare { subject, op, number, .. } => {
                let at = self.number(subject);
                let marks = marks(&self.plan.cuts, subject.name());
                match marks.binary_search(number) {
                    Ok(mark) => Node::Compare { number: at, op: *op, mark: 2 * mark as u32 + 1 },
                    Err(_) => Node::Nothing,
                }
            }
            Condition::Not(inner) => Node::Not(self.condition(inner)),
            Condition::And(parts) => Node::And(self.list(parts)),
            Condition::Or(parts) => Node::Or(self.list(parts)),
            Condition::AtLeast { count, of, .. } => {
                Node::AtLeast { count: *count, of: self.list(of) }
            }
        };
        self.push(node)
    }

    fn define(&mut self, define: &'a Name) -> NodeAt {
        if let Some(at) = self.defines.get(define) {
            return *at;
        }
        let found = self.protocol.and_then(|protocol| protocol.define(define));
        let at = match found {
            Some(define) => self.condition(&define.when),
            None => self.push(Node::Nothing),
        };
        self.defines.insert(define, at);
        at
    }

    fn code(&mut self, subject: &'a Subject, codes: &BTreeSet<Name>, negated: bool) -> Node {
        if let Subject::Table(table) = subject {
            return self.of_table(table, codes, |table, codes| Node::TableCode {
                table,
                codes,
                negated,
            });
        }
        let fact = self.fact(subject.name());
        Node::Code { fact, codes: self.fact_mask(fact, codes), negated }
    }

    fn has(&mut self, subject: &'a Subject, codes: &BTreeSet<Name>, all: bool) -> Node {
        if let Subject::Table(table) = subject {
            return self.of_table(table, codes, |table, codes| Node::TableHas {
                table,
                codes,
                all,
            });
        }
        let fact = self.fact(subject.name());
        Node::Has { fact, codes: self.fact_mask(fact, codes), all }
    }

    fn is_empty(&mut self, subject: &'a Subject) -> Node {
        match subject {
            Subject::Table(table) => {
                self.of_table(table, &BTreeSet::new(), |table, _| Node::TableIsEmpty { table })
            }
            other => Node::IsEmpty { fact: self.fact(other.name()) },
        }
    }

    fn fact_mask(&mut self, fact: FactAt, codes: &BTreeSet<Name>) -> Run {
        let Some(slot) = self.plan.facts.get(fact as usize) else { return Run::default() };
        let places: Vec<u32> = codes.iter().filter_map(|code| slot.code(code)).collect();
        let count = slot.codes.len();
        self.mask(places.into_iter(), count)
    }

    fn of_table(
        &mut self,
        table: &Name,
        codes: &BTreeSet<Name>,
        node: impl FnOnce(u32, Run) -> Node,
    ) -> Node {
        let tables = self.protocol.map(|protocol| protocol.tables.as_slice()).unwrap_or_default();
        let at = tables.iter().position(|other| other.id == *table);
        let Some((at, slot)) = at.and_then(|at| Some((at, self.plan.tables.get(at)?))) else {
            return Node::Nothing;
        };
        let place = |code| slot.outcomes.binary_search(code).ok().map(|at| at as u32);
        let places: Vec<u32> = codes.iter().filter_map(place).collect();
        let count = slot.outcomes.len();
        let run = self.mask(places.into_iter(), count);
        node(at as u32, run)
    }

    /// The slot of a fact; made, after what decides whether it applies, when it is first named.
    fn fact(&mut self, id: &'a Name) -> FactAt {
        if let Some(at) = self.facts.get(id) {
            return *at;
        }
        let fact = self.library.fact(id);
        let gate = fact.and_then(|fact| fact.only_when.as_ref()).map(|when| self.condition(when));
        let kind = fact.map(|fact| &fact.kind);
        let values = kind.map(FactKind::values).unwrap_or_default();
        let mut codes: Vec<Name> = values.iter().map(|value| value.id.clone()).collect();
        codes.sort_unstable();
        let marks = marks(&self.plan.cuts, id);
        let bounds = kind.and_then(FactKind::bounds);
        let at = self.plan.facts.len() as FactAt;
        self.plan.facts.push(FactSlot {
            id: id.clone(),
            gate,
            codes,
            bounds: bounds.map(|bounds| Reading::new(bounds, &marks)),
            marks,
            cells: (Vec::<Datum>::new(), true),
            summed: self.plan.cuts.is_summed(id),
            asked: None,
        });
        self.facts.insert(id, at);
        at
    }

    fn number(&mut self, subject: &'a Subject) -> NumberAt {
        match subject {
            Subject::Fact(fact) => NumberAt::Fact(self.fact(fact)),
            Subject::Compute(sum) => self.sum(sum),
            Subject::Table(_) => NumberAt::Nothing,
        }
    }

    fn sum(&mut self, id: &'a Name) -> NumberAt {
        if let Some(at) = self.sums.get(id) {
            return NumberAt::Sum(*at);
        }
        let Some(compute) = self.protocol.and_then(|protocol| protocol.compute(id)) else {
            return NumberAt::Nothing;
        };
        let mut subjects = Vec::new();
        // A walk as every evaluation will make it: where nothing is too large it ends nowhere.
        interval::sum(&compute.value, &mut |subject| {
            subjects.push(subject);
            Some((Decimal::ZERO, Decimal::ZERO))
        });
        let parts = subjects.into_iter().map(|subject| self.number(subject)).collect();
        let at = self.plan.sums.len() as u32;
        let node = self.push(Node::Sum(at));
        let marks = marks(&self.plan.cuts, id);
        self.plan.sums.push(SumSlot {
            node,
            sum: compute.value.clone(),
            parts,
            bounds: Reading::new(compute.bounds, &marks),
            marks,
        });
        self.sums.insert(id, at);
        NumberAt::Sum(at)
    }

    fn table(&mut self, table: &'a Table) {
        let rules: Vec<NodeAt> =
            table.rules.iter().map(|rule| self.condition(&rule.when)).collect();
        let ids = table.outcomes.iter().map(|outcome| &outcome.id);
        let ids: BTreeSet<&Name> = ids.chain(table.rules.iter().map(|rule| &rule.then)).collect();
        let outcomes: Vec<Name> = ids.into_iter().cloned().collect();
        let place = |id: &Name| outcomes.binary_search(id).ok().map(|at| at as u32);
        let holds = Run { from: self.plan.outcomes as u32, count: outcomes.len() as u32 };
        self.plan.outcomes += outcomes.len();
        let node = self.push(Node::Table(self.plan.tables.len() as u32));
        let sources = table.rules.iter().map(|rule| self.source(&rule.citation.source)).collect();
        self.plan.tables.push(TableSlot {
            node,
            kind: table.kind,
            rules,
            thens: table.rules.iter().filter_map(|rule| place(&rule.then)).collect(),
            excludes: table
                .excludes
                .iter()
                .filter_map(|exclusion| {
                    Some((place(&exclusion.pair.0)?, place(&exclusion.pair.1)?))
                })
                .collect(),
            outcomes,
            holds,
            cone: Vec::new(),
            sources,
        });
    }

    fn step(&mut self, protocol: &'a Protocol, step: &'a Step) -> StepSlot {
        let asks = match protocol.form(&step.id) {
            None => step.asks.iter().map(|fact| (self.fact(fact), None)).collect(),
            Some(form) => {
                let item = |fact: &Name| form.items.iter().find(|item| item.fact == *fact);
                let mut asks = Vec::new();
                for each in &form.items {
                    // The first item of a fact tells when it is asked.
                    let when = item(&each.fact).map(|item| self.condition(&item.when));
                    asks.push((self.fact(&each.fact), when));
                }
                asks
            }
        };
        let waits = step.wait.iter();
        StepSlot {
            when: self.condition(&step.when),
            asks,
            waits: waits.map(|wait| (self.condition(&wait.when), self.fact(&wait.fact))).collect(),
            source: self.source(&step.citation.source),
        }
    }

    fn source(&mut self, source: &'a Source) -> Arc<Source> {
        let without = || Arc::new(source.without_span());
        self.sources.entry((&source.id, source.span)).or_insert_with(without).clone()
    }
}

fn append<T: Copy>(to: &mut Vec<T>, items: &[T]) -> Run {
    let from = to.len() as u32;
    to.extend_from_slice(items);
    Run { from, count: items.len() as u32 }
}

/// The constants with which a fact or compute is compared, in order.
fn marks(cuts: &Cuts, name: &str) -> Vec<Decimal> {
    let mut marks: Vec<Decimal> = cuts
        .edges(name)
        .into_iter()
        .map(|edge| match edge {
            Edge::Below(number) | Edge::Above(number) => number,
        })
        .collect();
    marks.dedup();
    marks
}
