//! Reads defines, computes, tables and their rules.

use std::sync::Arc;

use super::facts::{condition, unit};
use super::item::{Field, Item, Log};
use crate::condition::{Entry, Scope, read_sum};
use crate::diagnostic::Diagnostic;
use crate::limits::VALUES_MAX;
use crate::model::Exclusion;
use crate::nearest::did_you_mean;
use crate::{
    Citation, Compute, Decimal, Define, Effect, Name, Outcome, ProtocolRef, Rule, Source, Span,
    Status, Table, TableKind, Text, Unit, codes,
};

/// What the names of one protocol stand for, before what they say has been read.
#[derive(Default)]
pub(super) struct Declared<'a> {
    defines: Vec<(Name, Span, Item<'a>)>,
    computes: Vec<(Name, Span, Unit, Item<'a>)>,
    tables: Vec<(Name, Span, TableKind, Vec<Outcome>, Item<'a>)>,
}

/// Everything in a protocol that rules and steps may lean on.
pub(super) struct Surroundings<'s> {
    pub(super) scope: &'s Scope,
    pub(super) sources: &'s [Arc<Source>],
    pub(super) home: &'s ProtocolRef,
}

/// Declares every name of a protocol, so that they may refer to each other in any order.
pub(super) fn declare<'a>(file: &Item<'a>, scope: &mut Scope) -> Declared<'a> {
    let mut declared = Declared::default();
    let log = file.log;
    for item in file.items("define", "define") {
        let Some((name, span)) = item.id("id") else { continue };
        claim(log, scope, &name, span, Entry::define());
        declared.defines.push((name, span, item));
    }
    for item in file.items("compute", "compute") {
        let Some((name, span)) = item.id("id") else { continue };
        let unit = item.get("unit").map_or(Some(Unit::one()), |field| unit(&field));
        let entry = unit.clone().map_or_else(Entry::broken, |unit| Entry::compute(&name, unit));
        claim(log, scope, &name, span, entry);
        declared.computes.extend(unit.map(|unit| (name, span, unit, item)));
    }
    for item in file.items("table", "table") {
        let Some((name, span)) = item.id("id") else { continue };
        let kind = item
            .need("kind")
            .and_then(|field| field.choice(&[("one", TableKind::One), ("set", TableKind::Set)]));
        let outcomes = outcomes(&item);
        let ids = outcomes.iter().map(|outcome| outcome.id.clone()).collect();
        let entry = kind.map_or_else(Entry::broken, |kind| Entry::outcomes(&name, kind, ids));
        claim(log, scope, &name, span, entry);
        declared.tables.extend(kind.map(|kind| (name, span, kind, outcomes, item)));
    }
    declared
}

/// Takes a name that facts, defines, computes and tables share.
fn claim(log: &Log<'_>, scope: &mut Scope, name: &Name, span: Span, entry: Entry) {
    if !scope.declare(name.clone(), entry) {
        let message = format!("something is already called `{name}`");
        let hint = "facts, defines, computes and tables share their names; choose another";
        log.tell(codes::DUPLICATE, span, message, hint);
    }
}

pub(super) fn tell_twice(log: &Log<'_>, name: &str, span: Span, earlier: Span) {
    log.add(
        Diagnostic::new(log.sources, codes::DUPLICATE, span, format!("`{name}` is here twice"))
            .with_place(log.sources, earlier, "the first one")
            .with_hint("rename or remove one of them"),
    );
}

/// Reads what the declared names say.
pub(super) fn read(
    declared: Declared<'_>,
    around: &Surroundings<'_>,
) -> (Vec<Define>, Vec<Compute>, Vec<Table>) {
    let defines =
        declared.defines.into_iter().filter_map(|(id, span, item)| define(id, span, item, around));
    let defines = defines.collect();
    let computes = declared
        .computes
        .into_iter()
        .filter_map(|(id, span, unit, item)| compute(id, span, unit, item, around.scope))
        .collect();
    let tables = declared
        .tables
        .into_iter()
        .filter_map(|(id, span, kind, outcomes, item)| {
            table(id, span, kind, outcomes, item, around)
        })
        .collect();
    (defines, computes, tables)
}

fn define(id: Name, span: Span, item: Item<'_>, around: &Surroundings<'_>) -> Option<Define> {
    let when = item.need("when").and_then(|field| field.text());
    let label = item.need("label").and_then(|field| field.words());
    let log = item.log;
    item.finish();
    let when = condition(log, &when?, around.scope)?;
    Some(Define { id, when, label: label?, span })
}

fn compute(id: Name, span: Span, unit: Unit, item: Item<'_>, scope: &Scope) -> Option<Compute> {
    let value = item.need("value").and_then(|field| field.text());
    let label = item.need("label").and_then(|field| field.words());
    let log = item.log;
    item.finish();
    let written = value?;
    match read_sum(&written.text, scope, &unit, written.origin) {
        // The bounds follow once all computes are in order.
        Ok(value) => {
            let bounds = (Decimal::ZERO, Decimal::ZERO);
            Some(Compute { id, value, unit, label: label?, bounds, span })
        }
        Err(errors) => {
            log.add_language(errors);
            None
        }
    }
}

fn outcomes(table: &Item<'_>) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Vec::new();
    for item in table.items("outcome", "outcome") {
        let id = item.id("id");
        let label = item.need("label").and_then(|field| field.words());
        let effect = item.get("effect").and_then(|field| {
            field.choice(&[
                ("none", Effect::None),
                ("blocks-travel", Effect::BlocksTravel),
                ("follow-up", Effect::FollowUp),
            ])
        });
        let valid_for = item.get("valid_for").and_then(|field| field.period());
        item.finish();
        let Some((id, span)) = id else { continue };
        if let Some(earlier) = outcomes.iter().find(|earlier| earlier.id == id) {
            tell_twice(table.log, &id, span, earlier.span);
            continue;
        }
        let label = label.unwrap_or_else(|| Text::english(id.as_str()));
        outcomes.push(Outcome { id, label, effect: effect.unwrap_or_default(), valid_for, span });
    }
    if outcomes.is_empty() || outcomes.len() > VALUES_MAX {
        let message = format!("a table has from 1 to {VALUES_MAX} outcomes");
        table.log.tell(codes::LIMIT, table.span, message, "add [[table.outcome]]");
    }
    outcomes
}

fn table(
    id: Name,
    span: Span,
    kind: TableKind,
    outcomes: Vec<Outcome>,
    item: Item<'_>,
    around: &Surroundings<'_>,
) -> Option<Table> {
    let title = item.need("title").and_then(|field| field.words());
    let excludes = exclusions(&item, kind, &outcomes);
    let mut rules: Vec<Rule> = Vec::new();
    let written = item.items("rule", "rule");
    let complete = written.len();
    for rule in written.into_iter().filter_map(|item| rule(item, &outcomes, around)) {
        if let Some(earlier) = rules.iter().find(|earlier| earlier.id == rule.id) {
            tell_twice(item.log, &rule.id, rule.span, earlier.span);
            continue;
        }
        rules.push(rule);
    }
    if rules.len() == complete {
        refuse_idle_outcomes(item.log, &outcomes, &rules);
    }
    item.finish();
    let home = around.home.clone();
    Some(Table { id, kind, title: title?, outcomes, rules, excludes, home, span })
}

/// Every outcome needs a rule that leads to it.
fn refuse_idle_outcomes(log: &Log<'_>, outcomes: &[Outcome], rules: &[Rule]) {
    for outcome in outcomes {
        if !rules.iter().any(|rule| rule.then == outcome.id) {
            let message = format!("no rule leads to `{}`", outcome.id);
            log.tell(codes::DANGLING, outcome.span, message, "add a rule or remove the outcome");
        }
    }
}

fn exclusions(item: &Item<'_>, kind: TableKind, outcomes: &[Outcome]) -> Vec<Exclusion> {
    let Some(field) = item.get("excludes") else { return Vec::new() };
    if kind == TableKind::One {
        let message = "outcomes of a table of one never come together anyway";
        item.log.tell(codes::UNKNOWN_KEY, field.span(), message, "leave `excludes` out");
    }
    let mut found = Vec::new();
    for pair in field.list() {
        let ids: Vec<(Name, Span)> = pair.list().iter().filter_map(Field::id).collect();
        for (id, span) in &ids {
            refuse_unknown_outcome(item.log, id, *span, outcomes);
        }
        match ids.as_slice() {
            [(a, _), (b, _)] if a != b => {
                found.push(Exclusion { pair: (a.clone(), b.clone()), span: pair.span() });
            }
            _ => {
                let message = "an exclusion is a pair of different outcomes";
                item.log.tell(codes::WRONG_KIND, pair.span(), message, "write [\"A\", \"B\"]");
            }
        }
    }
    found
}

pub(super) fn refuse_unknown_outcome(
    log: &Log<'_>,
    id: &str,
    span: Span,
    outcomes: &[Outcome],
) -> bool {
    let known = outcomes.iter().any(|outcome| outcome.id == *id);
    if !known {
        let ids: Vec<&str> = outcomes.iter().map(|outcome| outcome.id.as_str()).collect();
        let hint = did_you_mean(id, ids.iter().copied())
            .unwrap_or_else(|| format!("the outcomes are {}", ids.join(", ")));
        log.tell(codes::DANGLING, span, format!("there is no outcome `{id}`"), hint);
    }
    known
}

fn rule(item: Item<'_>, outcomes: &[Outcome], around: &Surroundings<'_>) -> Option<Rule> {
    let id = item.id("id");
    let when = item.need("when").and_then(|field| field.text());
    let then = item.need("then").and_then(|field| field.id());
    let grounds = grounds(&item, around.sources);
    let status = status(&item);
    let log = item.log;
    item.finish();
    let when_span = when.as_ref().map(|written| written.origin.span);
    let when = when.and_then(|written| condition(log, &written, around.scope));
    let then = then.filter(|(id, span)| refuse_unknown_outcome(log, id, *span, outcomes));
    let ((id, span), (because, citation)) = (id?, grounds?);
    Some(Rule {
        id,
        when: when?,
        then: then?.0,
        because,
        citation,
        status,
        span,
        when_span: when_span?,
    })
}

/// `verified` only when it says so.
pub(super) fn status(item: &Item<'_>) -> Status {
    item.get("status")
        .and_then(|field| {
            field.choice(&[("verified", Status::Verified), ("unverified", Status::Unverified)])
        })
        .unwrap_or(Status::Unverified)
}

/// The reason and the source of a rule or step.
pub(super) fn grounds(item: &Item<'_>, sources: &[Arc<Source>]) -> Option<(Text, Citation)> {
    let because = cited(item, "because").and_then(|field| field.words());
    let source = cited(item, "source").and_then(|field| field.id());
    let place = item.get("place").and_then(|field| field.string());
    let (id, span) = source?;
    let Some(source) = sources.iter().find(|source| source.id == id) else {
        let hint = did_you_mean(&id, sources.iter().map(|source| source.id.as_str()))
            .unwrap_or_else(|| "declare it with [[source]]".into());
        item.log.tell(codes::DANGLING, span, format!("there is no source `{id}`"), hint);
        return None;
    };
    Some((because?, Citation { source: Arc::clone(source), place }))
}

fn cited<'a>(item: &Item<'a>, key: &'static str) -> Option<super::item::Field<'a>> {
    let field = item.get(key);
    if field.is_none() {
        let (message, hint) = if key == "source" {
            ("this cites no source", "add `source = \"...\"` and `place = \"...\"`")
        } else {
            ("this gives no reason", "add `because = \"...\"`: why it is so, in one sentence")
        };
        item.log.tell(codes::UNCITED, item.span, message, hint);
    }
    field
}
