//! Puts defines, computes and tables in an order in which each comes after what it uses, refuses
//! circles and things past their limits, and works out how far computed numbers reach.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::tell_circle;
use super::item::Log;
use super::order;
use crate::diagnostic::Diagnostic;
use crate::limits::{PROTOCOL_NODES_MAX, REFERENCE_DEPTH_MAX};
use crate::{Condition, Decimal, Library, Name, Protocol, Span, Subject, Sum, codes};

pub(super) fn settle(log: &Log<'_>, protocol: &mut Protocol, library: &Library) {
    let named = named(protocol);
    let places: BTreeMap<&Name, usize> =
        named.iter().enumerate().map(|(place, (name, ..))| (*name, place)).collect();
    let refers: Vec<Vec<usize>> = named
        .iter()
        .map(|(_, _, uses)| uses.iter().filter_map(|name| places.get(name).copied()).collect())
        .collect();
    let rank = match order::sort(&refers) {
        Ok((_, longest)) if longest > REFERENCE_DEPTH_MAX => {
            let message = format!("a chain of names is longer than {REFERENCE_DEPTH_MAX}");
            log.tell(codes::LIMIT, protocol.span, message, "make it shorter");
            return;
        }
        Ok((order, _)) => {
            let rank = order.iter().enumerate().filter_map(|(rank, place)| {
                named.get(*place).map(|(name, ..)| ((*name).clone(), rank))
            });
            rank.collect::<BTreeMap<Name, usize>>()
        }
        Err(circle) => {
            let items: Vec<(&Name, Span)> = circle
                .iter()
                .filter_map(|place| named.get(*place))
                .map(|(name, span, _)| (*name, *span))
                .collect();
            tell_circle(log, &items, "make one of them stand alone");
            return;
        }
    };
    let of = |name: &Name| rank.get(name).copied().unwrap_or(usize::MAX);
    protocol.defines.sort_by_key(|define| of(&define.id));
    protocol.computes.sort_by_key(|compute| of(&compute.id));
    protocol.tables.sort_by_key(|table| of(&table.id));
    refuse_step_circles(log, protocol);
    refuse_too_many_nodes(log, protocol);
    bound_computes(log, protocol, library);
}

/// Every define, compute and table with the names that it uses.
fn named(protocol: &Protocol) -> Vec<(&Name, Span, BTreeSet<Name>)> {
    let mut named = Vec::new();
    for define in &protocol.defines {
        let mut uses = BTreeSet::new();
        names(&define.when, &mut uses);
        named.push((&define.id, define.span, uses));
    }
    for compute in &protocol.computes {
        let mut uses = BTreeSet::new();
        summands(&compute.value, &mut uses);
        named.push((&compute.id, compute.span, uses));
    }
    for table in &protocol.tables {
        let mut uses = BTreeSet::new();
        table.rules.iter().for_each(|rule| names(&rule.when, &mut uses));
        named.push((&table.id, table.span, uses));
    }
    named
}

/// Every name in a condition, whatever it is the name of.
pub(super) fn names(condition: &Condition, found: &mut BTreeSet<Name>) {
    condition.visit(&mut |part| match part {
        Condition::Is { fact: name, .. } | Condition::Named { define: name, .. } => {
            found.insert(name.clone());
        }
        Condition::Code { subject, .. }
        | Condition::Compare { subject, .. }
        | Condition::Has { subject, .. }
        | Condition::IsEmpty { subject, .. } => {
            found.insert(subject.name().clone());
        }
        _ => {}
    });
}

fn summands(sum: &Sum, found: &mut BTreeSet<Name>) {
    match sum {
        Sum::Number(_) => {}
        Sum::Of { subject, .. } => {
            found.insert(subject.name().clone());
        }
        Sum::Add(a, b) | Sum::Subtract(a, b) => {
            summands(a, found);
            summands(b, found);
        }
        Sum::Times(_, inner) => summands(inner, found),
        Sum::Least(of) | Sum::Greatest(of) => of.iter().for_each(|part| summands(part, found)),
    }
}

fn refuse_step_circles(log: &Log<'_>, protocol: &Protocol) {
    let place = |id: &Name| protocol.steps.iter().position(|step| step.id == *id);
    let refers: Vec<Vec<usize>> =
        protocol.steps.iter().map(|step| step.after.iter().filter_map(place).collect()).collect();
    if let Err(circle) = order::sort(&refers) {
        let items: Vec<(&Name, Span)> = circle
            .iter()
            .filter_map(|place| protocol.steps.get(*place))
            .map(|step| (&step.id, step.span))
            .collect();
        tell_circle(log, &items, "a step cannot come after itself; correct `after`");
    }
}

fn refuse_too_many_nodes(log: &Log<'_>, protocol: &Protocol) {
    let rules = protocol.tables.iter().flat_map(|table| &table.rules).map(|rule| &rule.when);
    let defines = protocol.defines.iter().map(|define| &define.when);
    let steps = protocol.steps.iter().map(|step| &step.when);
    let nodes: usize = rules.chain(defines).chain(steps).map(Condition::nodes).sum();
    if nodes > PROTOCOL_NODES_MAX {
        let message = format!(
            "this protocol has {nodes} parts of conditions, more than {PROTOCOL_NODES_MAX}"
        );
        log.tell(codes::LIMIT, protocol.span, message, "split it into libraries and protocols");
    }
}

fn bound_computes(log: &Log<'_>, protocol: &mut Protocol, library: &Library) {
    let mut known: BTreeMap<Name, (Decimal, Decimal)> = BTreeMap::new();
    for compute in &mut protocol.computes {
        let bounds = crate::interval::sum(&compute.value, &mut |subject| match subject {
            Subject::Fact(fact) => library.fact(fact).and_then(|fact| fact.kind.bounds()),
            other => known.get(other.name()).copied(),
        });
        match bounds {
            Some(bounds) => {
                compute.bounds = bounds;
                known.insert(compute.id.clone(), bounds);
            }
            None => log.add(
                Diagnostic::new(
                    log.sources,
                    codes::LIMIT,
                    compute.span,
                    "this sum can grow too large",
                )
                .with_hint("narrow the plausible ranges of its facts"),
            ),
        }
    }
}

/// Every fact that a protocol asks or uses: first in the order of steps and their questions, then
/// in the order of the facts files.
pub(super) fn facts_in_ask_order(protocol: &Protocol, library: &Library) -> Vec<Name> {
    let mut used = BTreeSet::new();
    for (_, _, names) in named(protocol) {
        used.extend(names);
    }
    for step in &protocol.steps {
        names(&step.when, &mut used);
        used.extend(step.asks.iter().cloned());
        for wait in &step.wait {
            used.insert(wait.fact.clone());
            names(&wait.when, &mut used);
        }
    }
    for item in protocol.forms.iter().flat_map(|form| &form.items) {
        names(&item.when, &mut used);
    }
    used.extend(protocol.disclosure.iter().flat_map(|disclosure| disclosure.facts.iter().cloned()));
    add_what_they_depend_on(&mut used, library);
    let mut ordered: Vec<Name> = Vec::new();
    let asked = protocol.steps.iter().flat_map(|step| &step.asks);
    let rest = library.facts.iter().map(|fact| &fact.id).filter(|id| used.contains(*id));
    for fact in asked.chain(rest) {
        if !ordered.contains(fact) && library.fact(fact).is_some() {
            ordered.push(fact.clone());
        }
    }
    ordered
}

/// The facts in `only_when`, and in theirs.
fn add_what_they_depend_on(used: &mut BTreeSet<Name>, library: &Library) {
    let mut fresh: Vec<Name> = used.iter().cloned().collect();
    while let Some(name) = fresh.pop() {
        let Some(only_when) = library.fact(&name).and_then(|fact| fact.only_when.as_ref()) else {
            continue;
        };
        let mut found = BTreeSet::new();
        names(only_when, &mut found);
        fresh.extend(found.into_iter().filter(|name| used.insert(name.clone())));
    }
}
