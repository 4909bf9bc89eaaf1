//! Reads steps, their forms, the certificate and the disclosure.

use std::collections::BTreeSet;

use super::facts::condition;
use super::item::{Item, Log};
use super::tables::{Surroundings, grounds, status, tell_twice};
use crate::condition::{Origin, Scope, read_condition};
use crate::model::CountsFrom;
use crate::nearest::did_you_mean;
use crate::{
    Certificate, Condition, Disclosure, Form, FormItem, Library, Name, Protocol, Span, Station,
    Step, Wait, codes,
};

pub(super) fn read(file: &Item<'_>, around: &Surroundings<'_>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for step in file.items("step", "step").into_iter().filter_map(|item| step(item, around)) {
        match steps.iter().find(|earlier| earlier.id == step.id) {
            Some(earlier) => tell_twice(file.log, &step.id, step.span, earlier.span),
            None => steps.push(step),
        }
    }
    steps
}

fn step(item: Item<'_>, around: &Surroundings<'_>) -> Option<Step> {
    let id = item.id("id");
    let label = item.need("label").and_then(|field| field.words());
    let station = item
        .need("station")
        .and_then(|field| field.choice(&Station::ALL.map(|station| (station.word(), station))));
    let when = item.need("when").and_then(|field| field.text());
    let after = item.names("after");
    let asks = item.names("asks");
    let valid_for = item.get("valid_for").and_then(|field| field.period());
    let takes = item.get("takes").and_then(|field| field.period());
    let wait = item.items("wait", "wait").into_iter().filter_map(|item| wait(item, around.scope));
    let wait = wait.collect();
    let grounds = grounds(&item, around.sources);
    let status = status(&item);
    let log = item.log;
    item.finish();
    let when = when.and_then(|written| condition(log, &written, around.scope));
    let ((id, span), (because, citation)) = (id?, grounds?);
    Some(Step {
        id,
        label: label?,
        station: station?,
        when: when?,
        after: after.into_iter().map(|(name, _)| name).collect(),
        asks: asks.into_iter().map(|(name, _)| name).collect(),
        valid_for,
        takes,
        wait,
        because,
        citation,
        status,
        home: around.home.clone(),
        span,
    })
}

fn wait(item: Item<'_>, scope: &Scope) -> Option<Wait> {
    let fact = item.id("fact");
    let at_least = item.need("at_least").and_then(|field| field.text());
    let because = item.need("because").and_then(|field| field.words());
    let when = item.get("when").map(|field| field.text());
    let (log, file_span) = (item.log, item.span);
    item.finish();
    let when = match when {
        None => Some(Condition::Always { span: file_span }),
        Some(written) => written.and_then(|written| condition(log, &written, scope)),
    };
    let ((fact, span), written) = (fact?, at_least?);
    // The condition that ends the wait reads the number with its unit and checks both.
    let text = format!("{fact} >= {}", written.text);
    let origin = Origin { span: written.origin.span, exact: false };
    match read_condition(&text, scope, origin) {
        Ok(Condition::Compare { subject: crate::Subject::Fact(fact), number, .. }) => {
            Some(Wait { when: when?, fact, at_least: number, because: because?, span })
        }
        Ok(_) => {
            let message = format!("`{fact}` is not a fact");
            log.tell(codes::DANGLING, span, message, "a wait counts on a numeric fact");
            None
        }
        Err(errors) => {
            log.add_language(errors);
            None
        }
    }
}

/// Steps ask facts and follow steps that exist; a library has none.
pub(super) fn refuse_unknown(log: &Log<'_>, protocol: &Protocol, library: &Library) {
    let ids: Vec<&str> = protocol.steps.iter().map(|step| step.id.as_str()).collect();
    for step in &protocol.steps {
        if protocol.library {
            let hint = "move it to the protocols that use the library";
            log.tell(codes::MISPLACED, step.span, "a library has no steps of its own", hint);
        }
        for after in step.after.iter().filter(|after| !ids.contains(&after.as_str())) {
            let hint = did_you_mean(after, ids.iter().copied())
                .unwrap_or_else(|| format!("the steps are {}", ids.join(", ")));
            log.tell(
                codes::DANGLING,
                step.span,
                format!("there is no step `{after}` to come after"),
                hint,
            );
        }
        let mut seen = BTreeSet::new();
        for fact in &step.asks {
            refuse_unknown_fact(log, fact, step.span, library);
            if !seen.insert(fact) {
                let message = format!("`{}` asks `{fact}` twice", step.id);
                log.tell(codes::DUPLICATE, step.span, message, "leave one out");
            }
        }
    }
    if protocol.library && (protocol.certificate.is_some() || protocol.disclosure.is_some()) {
        let message = "a library has no certificate and no disclosure";
        log.tell(
            codes::MISPLACED,
            protocol.span,
            message,
            "move them to the protocols that use it",
        );
    }
}

fn refuse_unknown_fact(log: &Log<'_>, fact: &Name, span: Span, library: &Library) {
    if library.fact(fact).is_none() {
        let hint = did_you_mean(fact, library.facts.iter().map(|fact| fact.id.as_str()))
            .unwrap_or_else(|| "declare it in content/facts".into());
        log.tell(codes::DANGLING, span, format!("there is no fact `{fact}`"), hint);
    }
}

pub(super) fn form(item: Item<'_>, step: &str, protocol: &Protocol, scope: &Scope) -> Option<Form> {
    let log = item.log;
    let file_span = Span::new(item.file, 0..0);
    let mut items: Vec<FormItem> = Vec::new();
    for question in item.items("item", "form item") {
        let fact = question.id("fact");
        let when = question.get("when").map(|field| field.text());
        let span = question.span;
        question.finish();
        let when = match when {
            None => Some(Condition::Always { span }),
            Some(written) => written.and_then(|written| condition(log, &written, scope)),
        };
        let (Some((fact, span)), Some(when)) = (fact, when) else { continue };
        match items.iter().find(|earlier| earlier.fact == fact) {
            Some(earlier) => tell_twice(log, &fact, span, earlier.span),
            None => items.push(FormItem { fact, when, span }),
        }
    }
    item.finish();
    let Some(asker) = protocol.step(step) else {
        let hint = did_you_mean(step, protocol.steps.iter().map(|step| step.id.as_str()))
            .unwrap_or_else(|| "name the file after a step".into());
        log.tell(
            codes::DANGLING,
            file_span,
            format!("there is no step `{step}` for this form"),
            hint,
        );
        return None;
    };
    for item in items.iter().filter(|item| !asker.asks.contains(&item.fact)) {
        let message = format!("the step `{step}` does not ask `{}`", item.fact);
        log.tell(codes::DANGLING, item.span, message, "add it to the step's `asks`");
    }
    for fact in asker.asks.iter().filter(|fact| !items.iter().any(|item| item.fact == **fact)) {
        let message = format!("this form leaves out `{fact}`, which the step asks");
        log.tell(
            codes::DANGLING,
            file_span,
            message,
            format!("add [[item]] with fact = \"{fact}\""),
        );
    }
    Some(Form { step: step.into(), items, span: file_span })
}

pub(super) fn certificate(file: &Item<'_>, protocol: &Protocol) -> Option<Certificate> {
    let item = file.get("certificate")?.item("certificate")?;
    let title = item.need("title").and_then(|field| field.words());
    let class = item.id("class");
    let clearance = item.id("clearance");
    let validity = item.get("validity").and_then(|field| field.id());
    let counts_from = item.get("counts_from").map_or(Some(None), |field| field.id().map(Some));
    let (log, span) = (item.log, item.span);
    item.finish();
    for (table, span) in [&class, &clearance, &validity].into_iter().flatten() {
        refuse_unknown_table(log, table, *span, protocol);
    }
    if let Some((table, span)) = &validity
        && let Some(table) = protocol.table(table)
        && table.outcomes.iter().any(|outcome| outcome.valid_for.is_none())
    {
        let message = format!("not every outcome of `{}` says how long it is valid", table.id);
        log.tell(codes::MISSING_KEY, *span, message, "give each outcome `valid_for`");
    }
    let counts_from = match counts_from? {
        None => CountsFrom::Exam,
        Some((word, _)) if word == "exam" => CountsFrom::Exam,
        Some((step, span)) => {
            if protocol.step(&step).is_none() {
                let hint = did_you_mean(&step, protocol.steps.iter().map(|step| step.id.as_str()))
                    .unwrap_or_else(|| "write exam or the id of a step".into());
                log.tell(codes::DANGLING, span, format!("there is no step `{step}`"), hint);
            }
            CountsFrom::Step(step)
        }
    };
    let validity = validity.map(|(name, _)| name);
    Some(Certificate {
        title: title?,
        class: class?.0,
        clearance: clearance?.0,
        validity,
        counts_from,
        span,
    })
}

pub(super) fn disclosure(
    file: &Item<'_>,
    protocol: &Protocol,
    library: &Library,
) -> Option<Disclosure> {
    let item = file.get("disclosure")?.item("disclosure")?;
    let authority = item.need("authority").and_then(|field| field.string());
    let (facts, tables) = (item.names("facts"), item.names("tables"));
    let (log, span) = (item.log, item.span);
    item.finish();
    for (fact, span) in &facts {
        refuse_unknown_fact(log, fact, *span, library);
    }
    for (table, span) in &tables {
        refuse_unknown_table(log, table, *span, protocol);
    }
    let names = |list: Vec<(Name, Span)>| list.into_iter().map(|(name, _)| name).collect();
    Some(Disclosure { authority: authority?, facts: names(facts), tables: names(tables), span })
}

pub(super) fn refuse_unknown_table(log: &Log<'_>, table: &Name, span: Span, protocol: &Protocol) {
    if protocol.table(table).is_none() {
        let hint = did_you_mean(table, protocol.tables.iter().map(|table| table.id.as_str()))
            .unwrap_or_else(|| "name a [[table]] of this protocol".into());
        log.tell(codes::DANGLING, span, format!("there is no table `{table}`"), hint);
    }
}
