//! What has to be done for a person, and how far it is.

use jiff::civil::Date;

use super::missing::Asker;
use super::reason::Reasoner;
use super::{StepEvaluation, StepRecords, StepState, Truth, WaitEvaluation};
use crate::{Name, Protocol, Step, Unit, Wait};

/// How far the findings of a step are.
struct Findings {
    /// The facts asked of this person, in order.
    asks: Vec<Name>,
    /// Whether there are facts to find out and all are known.
    complete: bool,
    first: Option<Date>,
    last: Option<Date>,
}

pub(super) fn of_steps<'a>(
    protocol: &'a Protocol,
    reasoner: &mut Reasoner<'a>,
    asker: &Asker<'a>,
    exam: Date,
    records: &StepRecords,
    today: Date,
) -> Vec<StepEvaluation> {
    let mut steps: Vec<StepEvaluation> = protocol
        .steps
        .iter()
        .map(|step| before_order(protocol, step, reasoner, asker, exam, records, today))
        .collect();
    // Whether a step is blocked by others depends on whether those are done, and not on whether
    // they are blocked themselves.
    let open: Vec<Name> =
        steps.iter().filter(|step| step.is_open()).map(|step| step.step.clone()).collect();
    for (evaluated, step) in steps.iter_mut().zip(&protocol.steps) {
        if !matches!(evaluated.state, StepState::Due) {
            continue;
        }
        let by: Vec<Name> =
            step.after.iter().filter(|after| open.contains(after)).cloned().collect();
        let waits = waits(step, reasoner, exam);
        if !by.is_empty() || !waits.is_empty() {
            evaluated.state = StepState::Blocked { by, waits };
        }
    }
    steps
}

/// Everything about a step but what blocks it.
fn before_order<'a>(
    protocol: &'a Protocol,
    step: &'a Step,
    reasoner: &mut Reasoner<'a>,
    asker: &Asker<'a>,
    exam: Date,
    records: &StepRecords,
    today: Date,
) -> StepEvaluation {
    let required = reasoner.truth(&step.when);
    let findings = findings(protocol, step, reasoner, asker);
    let collected = records.get(&step.id).and_then(|record| record.collected);
    let missing = match required {
        Truth::Unknown => asker.for_condition(&step.when, reasoner),
        _ => Vec::new(),
    };
    let state = match required {
        Truth::False => StepState::NotRequired,
        Truth::Unknown => StepState::Undetermined,
        Truth::True => progress(step, &findings, collected, exam, today),
    };
    let done_on = match state {
        StepState::Done if step.asks.is_empty() => collected,
        StepState::Done => findings.last,
        _ => None,
    };
    StepEvaluation {
        step: step.id.clone(),
        label: step.label.clone(),
        station: step.station,
        required,
        missing,
        state,
        asks: findings.asks,
        done_on,
        because: step.because.clone(),
        source: step.citation.source.without_span(),
        place: step.citation.place.clone(),
        status: step.status,
    }
}

fn findings<'a>(
    protocol: &'a Protocol,
    step: &'a Step,
    reasoner: &mut Reasoner<'a>,
    asker: &Asker<'a>,
) -> Findings {
    let mut findings = Findings { asks: Vec::new(), complete: true, first: None, last: None };
    let form = protocol.form(&step.id);
    let order: Vec<&Name> = form.map_or_else(
        || step.asks.iter().collect(),
        |form| form.items.iter().map(|item| &item.fact).collect(),
    );
    for fact in order {
        let item = form.and_then(|form| form.items.iter().find(|item| item.fact == *fact));
        let asked = item.map_or(Truth::True, |item| reasoner.truth(&item.when));
        if asked.and(reasoner.gate(fact)) == Truth::False {
            continue;
        }
        findings.asks.push(fact.clone());
        match asker.facts.get(fact) {
            None => findings.complete = false,
            Some(known) => {
                if let Some(date) = known.evidence.as_ref().and_then(|evidence| evidence.date) {
                    findings.first = Some(findings.first.map_or(date, |first| first.min(date)));
                    findings.last = Some(findings.last.map_or(date, |last| last.max(date)));
                }
            }
        }
    }
    findings
}

/// How far a required step is, leaving aside what blocks it.
fn progress(
    step: &Step,
    findings: &Findings,
    collected: Option<Date>,
    exam: Date,
    today: Date,
) -> StepState {
    let expected = |begun: Date| step.takes.and_then(|takes| takes.after(begun)).unwrap_or(begun);
    if step.asks.is_empty() {
        // Nothing to find out: it is done once it has been begun and has taken its time.
        return match collected.map(expected) {
            None => StepState::Due,
            Some(until) if today < until => StepState::Waiting { until },
            Some(_) => StepState::Done,
        };
    }
    if !findings.complete {
        return collected
            .map_or(StepState::Due, |begun| StepState::Waiting { until: expected(begun) });
    }
    let good_until = step.valid_for.and_then(|valid| valid.after(findings.first?));
    if good_until.is_none_or(|until| exam <= until) {
        return StepState::Done;
    }
    // Begun again after the results that are too old.
    match collected.filter(|begun| findings.last.is_some_and(|last| last < *begun)) {
        Some(begun) => StepState::Waiting { until: expected(begun) },
        None => StepState::Expired,
    }
}

/// What must have passed before a step and has not, or may not have.
fn waits<'a>(step: &'a Step, reasoner: &mut Reasoner<'a>, exam: Date) -> Vec<WaitEvaluation> {
    let mut open = Vec::new();
    for wait in &step.wait {
        if reasoner.truth(&wait.when) == Truth::False {
            continue;
        }
        let Some((lo, hi)) = reasoner.fact_range(&wait.fact) else { continue };
        if lo < wait.at_least {
            let until = (lo == hi).then(|| first_day(wait, lo, reasoner, exam)).flatten();
            open.push(WaitEvaluation {
                fact: wait.fact.clone(),
                because: wait.because.clone(),
                until,
            });
        }
    }
    open
}

/// The day on which a fact that counts days up to the exam date reaches the wanted number.
fn first_day(
    wait: &Wait,
    days: crate::Decimal,
    reasoner: &Reasoner<'_>,
    exam: Date,
) -> Option<Date> {
    let unit = reasoner.unit(&wait.fact)?;
    let left = unit.convert(wait.at_least.checked_sub(days)?, &Unit::new("d")?)?.ceil();
    let days = u32::try_from(left).ok()?;
    crate::Period { months: 0, days }.after(exam)
}
