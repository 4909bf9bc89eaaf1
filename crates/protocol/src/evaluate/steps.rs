//! What has to be done for a person, and how far it is.

use std::sync::Arc;

use jiff::civil::Date;

use super::missing::Asker;
use super::plan::{Plan, StepSlot};
use super::state::State;
use super::{StepEvaluation, StepRecords, StepState, Truth, WaitEvaluation, names};
use crate::{Facts, Library, Name, Protocol, Step, Unit, Wait};

/// Whose steps they are, and when somebody asks.
pub(super) struct Visit<'a> {
    pub(super) library: &'a Library,
    pub(super) protocol: &'a Protocol,
    pub(super) facts: &'a Facts,
    pub(super) exam: Date,
    pub(super) records: &'a StepRecords,
    pub(super) today: Date,
}

/// How far the findings of a step are.
struct Findings {
    /// The facts asked of this person, in order.
    asks: Vec<Name>,
    /// Whether there are facts to find out and all are known.
    complete: bool,
    first: Option<Date>,
    last: Option<Date>,
}

pub(super) fn of_steps(
    visit: &Visit<'_>,
    state: &mut State<'_>,
    asker: &mut Asker<'_>,
) -> Vec<StepEvaluation> {
    let plan = state.plan;
    let protocol = visit.protocol;
    let mut steps = Vec::with_capacity(protocol.steps.len());
    for (step, slot) in protocol.steps.iter().zip(&plan.steps) {
        let unknown = state.truth(slot.when) == Truth::Unknown;
        let missing = if unknown { asker.missing(slot.when, state) } else { Vec::new() };
        steps.push(before_order(visit, step, slot, state, names(plan, &missing)));
    }
    // Whether a step is blocked by others depends on whether those are done, and not on whether
    // they are blocked themselves.
    let open: Vec<Name> =
        steps.iter().filter(|step| step.is_open()).map(|step| step.step.clone()).collect();
    let slots = protocol.steps.iter().zip(&plan.steps);
    for (evaluated, (step, slot)) in steps.iter_mut().zip(slots) {
        let done = matches!(evaluated.state, StepState::Done);
        if !done && !matches!(evaluated.state, StepState::Due) {
            continue;
        }
        let waits = waits(visit, step, slot, state);
        // What was found although it should have waited (a test three days after a live vaccine)
        // is not done: it waits, and is to be done again.
        let first = |after: &&Name| !done && open.contains(after);
        let by: Vec<Name> = step.after.iter().filter(first).cloned().collect();
        if !by.is_empty() || !waits.is_empty() {
            evaluated.state = StepState::Blocked { by, waits };
            evaluated.done_on = None;
        }
    }
    steps
}

/// Everything about a step but what blocks it.
fn before_order(
    visit: &Visit<'_>,
    step: &Step,
    slot: &StepSlot,
    state: &State<'_>,
    missing: Vec<Name>,
) -> StepEvaluation {
    let required = state.truth(slot.when);
    let findings = findings(visit, state.plan, slot, state);
    let collected = visit.records.get(&step.id).and_then(|record| record.collected);
    let state = match required {
        Truth::False => StepState::NotRequired,
        Truth::Unknown => StepState::Undetermined,
        Truth::True => progress(step, &findings, collected, visit.exam, visit.today),
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
        source: Arc::clone(&slot.source),
        place: step.citation.place.clone(),
        status: step.status,
    }
}

fn findings(visit: &Visit<'_>, plan: &Plan, slot: &StepSlot, state: &State<'_>) -> Findings {
    let mut findings = Findings { asks: Vec::new(), complete: true, first: None, last: None };
    for (at, when) in &slot.asks {
        let asked = when.map_or(Truth::True, |when| state.truth(when));
        if asked.and(state.gate(*at)) == Truth::False {
            continue;
        }
        let Some(fact) = plan.fact(*at) else { continue };
        findings.asks.push(fact.id.clone());
        match visit.facts.get(&fact.id) {
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
fn waits(
    visit: &Visit<'_>,
    step: &Step,
    slot: &StepSlot,
    state: &State<'_>,
) -> Vec<WaitEvaluation> {
    let mut open = Vec::new();
    for (wait, (when, fact)) in step.wait.iter().zip(&slot.waits) {
        if state.truth(*when) == Truth::False {
            continue;
        }
        let Some(days) = state.fact_reading(*fact) else { continue };
        if days.lo < wait.at_least {
            let until = days.exact.then(|| first_day(visit, wait, days.lo)).flatten();
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
fn first_day(visit: &Visit<'_>, wait: &Wait, days: crate::Decimal) -> Option<Date> {
    let unit = visit.library.fact(&wait.fact)?.kind.unit()?;
    let left = unit.convert(wait.at_least.checked_sub(days)?, &Unit::new("d")?)?.ceil();
    let days = u32::try_from(left).ok()?;
    crate::Period { months: 0, days }.after(visit.exam)
}
