//! Reads cases: what must come out.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::item::{Field, Item, Log};
use super::steps::refuse_unknown_table;
use super::tables::{refuse_unknown_outcome, tell_twice};
use crate::nearest::did_you_mean;
use crate::value::{Given, Value};
use crate::{Case, Expected, ExpectedStep, Library, Name, Protocol, Span, TableKind, codes};

pub(super) fn read(file: Item<'_>, library: &Library, protocol: &mut Protocol) {
    for item in file.items("case", "case") {
        let Some(case) = case(item, library, protocol) else { continue };
        match protocol.cases.iter().find(|earlier| earlier.id == case.id) {
            Some(earlier) => tell_twice(file.log, &case.id, case.span, earlier.span),
            None => protocol.cases.push(case),
        }
    }
    file.finish();
}

fn case(item: Item<'_>, library: &Library, protocol: &Protocol) -> Option<Case> {
    let id = item.id("id");
    let title = item.need("title").and_then(|field| field.string());
    let exam = item.need("exam");
    let given = item.need("given").map(|field| given(&field, library)).unwrap_or_default();
    let expect = item.get("expect").map(|field| expect(&field, protocol)).unwrap_or_default();
    let steps = item.get("steps").map(|field| steps(&field, protocol)).unwrap_or_default();
    let missing = item.get("missing").map(|_| item.names("missing"));
    let (log, span) = (item.log, item.span);
    item.finish();
    let exam_span = exam.map(|field| field.span());
    let exam = exam?.date()?;
    if !protocol.library && !protocol.in_force_on(exam) {
        let message = format!("{} is not in force on {exam}", protocol.reference());
        let hint = "choose an exam date from `from` up to the day before `to`";
        log.tell(codes::DATE, exam_span.unwrap_or(span), message, hint);
    }
    for (fact, span) in missing.iter().flatten() {
        refuse_unknown_fact(log, fact, *span, library);
    }
    if expect.is_empty() && steps.is_empty() {
        let hint = "add `expect = { table = \"outcome\" }` or `steps = { step = \"required\" }`";
        log.tell(codes::MISSING_KEY, span, "this case expects nothing", hint);
    }
    let missing = missing.map(|missing| missing.into_iter().map(|(name, _)| name).collect());
    let (id, span) = id?;
    Some(Case { id, title: title?, exam, given, expect, steps, missing, span })
}

fn refuse_unknown_fact(log: &Log<'_>, fact: &Name, span: Span, library: &Library) {
    if library.fact(fact).is_none() {
        let hint = did_you_mean(fact, library.facts.iter().map(|fact| fact.id.as_str()))
            .unwrap_or_else(|| "declare it in content/facts".into());
        log.tell(codes::DANGLING, span, format!("there is no fact `{fact}`"), hint);
    }
}

fn given(field: &Field<'_>, library: &Library) -> BTreeMap<Name, Value> {
    let Some(item) = field.item("list of facts") else { return BTreeMap::new() };
    let mut given = BTreeMap::new();
    for (name, span, field) in item.entries() {
        let Some(fact) = library.fact(&name) else {
            refuse_unknown_fact(item.log, &name, span, library);
            continue;
        };
        let Some(written) = written(&field) else { continue };
        match Value::read(fact, &written) {
            Ok(value) => {
                given.insert(name, value);
            }
            Err(error) => item.log.tell(error.code, field.span(), error.reason, error.cure),
        }
    }
    given
}

fn written(field: &Field<'_>) -> Option<Given> {
    match field.value.get_ref() {
        DeValue::Boolean(value) => Some(Given::Truth(*value)),
        DeValue::String(text) => Some(Given::Text(text.to_string())),
        DeValue::Integer(integer) => Some(Given::Text(integer.as_str().to_owned())),
        DeValue::Float(float) => Some(Given::Text(float.as_str().to_owned())),
        DeValue::Array(_) => {
            Some(Given::List(field.list().iter().filter_map(Field::string).collect()))
        }
        DeValue::Datetime(_) | DeValue::Table(_) => {
            let message = "this cannot be the value of a fact";
            let hint = "write true, \"code\", \"0.35\", \"9 years\" or [\"code\"]";
            field.log.tell(codes::BAD_VALUE, field.span(), message, hint);
            None
        }
    }
}

fn expect(field: &Field<'_>, protocol: &Protocol) -> BTreeMap<Name, Expected> {
    let Some(item) = field.item("list of tables") else { return BTreeMap::new() };
    let mut expect = BTreeMap::new();
    for (name, span, field) in item.entries() {
        let Some(table) = protocol.table(&name) else {
            refuse_unknown_table(item.log, &name, span, protocol);
            continue;
        };
        if matches!(field.value.get_ref(), DeValue::String(text) if text == "unknown") {
            expect.insert(name, Expected::Unknown);
            continue;
        }
        let listed = matches!(field.value.get_ref(), DeValue::Array(_));
        let ids = if listed { field.list() } else { vec![field] };
        let outcomes: Vec<(Name, Span)> = ids.iter().filter_map(Field::id).collect();
        for (id, span) in &outcomes {
            refuse_unknown_outcome(item.log, id, *span, &table.outcomes);
        }
        if table.kind == TableKind::One && outcomes.len() != 1 {
            let message = format!("`{name}` has exactly one outcome");
            item.log.tell(codes::WRONG_KIND, field.span(), message, "write \"outcome\"");
        }
        let outcomes = outcomes.into_iter().map(|(id, _)| id).collect();
        expect.insert(name, Expected::Outcomes(outcomes));
    }
    expect
}

fn steps(field: &Field<'_>, protocol: &Protocol) -> BTreeMap<Name, ExpectedStep> {
    let Some(item) = field.item("list of steps") else { return BTreeMap::new() };
    let mut steps = BTreeMap::new();
    for (name, span, field) in item.entries() {
        if protocol.step(&name).is_none() {
            let hint = did_you_mean(&name, protocol.steps.iter().map(|step| step.id.as_str()))
                .unwrap_or_else(|| "name a [[step]] of this protocol".into());
            item.log.tell(codes::DANGLING, span, format!("there is no step `{name}`"), hint);
        }
        let choices =
            [ExpectedStep::Required, ExpectedStep::NotRequired, ExpectedStep::Undetermined];
        if let Some(expected) = field.choice(&choices.map(|choice| (choice.words(), choice))) {
            steps.insert(name, expected);
        }
    }
    steps
}
