//! Decides one person under one protocol, and says why and what is not known yet.
//!
//! Start with [`evaluate`]. `truth` holds the three values, `plan` is the protocol as it has been
//! compiled when it was loaded, `state` works out a plan over partly known facts, `missing` finds
//! the facts that could still change a result, `steps` says what has to be done. The result,
//! [`Evaluation`], carries everything that is needed to show, keep and replay the decision.

#[cfg(test)]
mod laws;
mod missing;
#[cfg(test)]
mod oracle;
pub(crate) mod plan;
mod result;
pub(crate) mod state;
mod steps;
#[cfg(test)]
mod tests;
mod truth;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use result::{
    CertificateEvaluation, Contradiction, Evaluation, FactUsed, RuleEvaluation, StepEvaluation,
    StepState, TableEvaluation, TableResult, WaitEvaluation,
};
pub use truth::Truth;

use crate::model::CountsFrom;
use crate::{Effect, Facts, Library, Name, Never, Protocol, Rule, Source, Table};
use missing::Asker;
use plan::{FactAt, NodeAt, Plan, TableSlot};
use state::State;
use steps::Visit;

/// What has been begun of a step. Its results are facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRecord {
    /// When it was begun: the sample collected, the picture taken, the visit held.
    pub collected: Option<Date>,
}

/// By step.
pub type StepRecords = BTreeMap<Name, StepRecord>;

/// How much an evaluation says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// All that there is to show, keep and replay.
    Whole,
    /// How far everything is, for lists of many people. Tables carry no rules; and `missing` names
    /// every unknown fact in an undecided part, without trying which of them could still matter.
    States,
}

/// Decides a person under a protocol.
///
/// `facts` are all that is known, `exam` is the exam date, `records` says which steps have been
/// begun, and `today` is the date on which somebody asks. Total: whatever is known, there is an
/// answer, which may be *unknown*. The same arguments always give the same answer.
pub fn evaluate(
    library: &Library,
    protocol: &Protocol,
    facts: &Facts,
    exam: Date,
    records: &StepRecords,
    today: Date,
) -> Evaluation {
    evaluate_to(Depth::Whole, library, protocol, facts, exam, records, today)
}

/// As [`evaluate`], and says as much as `depth` asks.
pub fn evaluate_to(
    depth: Depth,
    library: &Library,
    protocol: &Protocol,
    facts: &Facts,
    exam: Date,
    records: &StepRecords,
    today: Date,
) -> Evaluation {
    let plan = library.plan(protocol);
    let mut state = State::new(&plan, facts);
    state.work_all();
    let mut asker = Asker::new(library, facts, depth);
    let mut tables = Vec::with_capacity(plan.tables.len());
    for (table, slot) in protocol.tables.iter().zip(&plan.tables) {
        let unknown = !state.is_known(slot);
        let asked = if unknown { asker.missing(slot.node, &mut state) } else { Vec::new() };
        tables.push(of_table(depth, table, slot, &state, &asked));
    }
    let visit = Visit { library, protocol, facts, exam, records, today };
    let steps = steps::of_steps(&visit, &mut state, &mut asker);
    let missing = plan.asked.iter().filter(|fact| asker.has_found(**fact));
    let contradictions = library
        .nevers()
        .iter()
        .zip(&plan.nevers)
        .filter(|(_, at)| state.truth(**at) == Truth::True)
        .map(|(never, _)| Contradiction { because: never.because.clone() })
        .collect();
    let mut evaluation = Evaluation {
        protocol: protocol.reference(),
        hash: protocol.hash.clone(),
        exam,
        status: protocol.status,
        missing: names(&plan, missing),
        tables,
        steps,
        facts: facts_used(protocol, facts),
        certificate: None,
        contradictions,
        exhausted: false,
    };
    evaluation.certificate = of_certificate(protocol, &evaluation);
    evaluation
}

/// The result of one table alone, without reasons. Much cheaper than [`evaluate`].
///
/// None when the protocol has no such table; an empty list while the result is unknown.
pub fn decide(
    library: &Library,
    protocol: &Protocol,
    facts: &Facts,
    table: &str,
) -> Option<Vec<Name>> {
    let at = protocol.tables.iter().position(|other| other.id == *table)?;
    let plan = library.plan(protocol);
    let slot = plan.tables.get(at)?;
    let mut state = State::new(&plan, facts);
    state.work(slot.cone.iter().copied());
    if !state.is_known(slot) {
        return Some(Vec::new());
    }
    Some(outcomes(slot, &state, |holds| holds == Truth::True).cloned().collect())
}

/// The first combination of known facts that cannot be.
pub fn contradiction<'a>(library: &'a Library, facts: &Facts) -> Option<&'a Never> {
    let plan = &library.never_plan;
    let mut state = State::new(plan, facts);
    state.work_all();
    let mut nevers = library.nevers().iter().zip(&plan.nevers);
    nevers.find(|(_, at)| state.truth(**at) == Truth::True).map(|(never, _)| never)
}

/// The outcomes of a table of which it holds, or may hold, or does not.
fn outcomes<'s>(
    slot: &'s TableSlot,
    state: &'s State<'_>,
    wanted: impl Fn(Truth) -> bool + 's,
) -> impl Iterator<Item = &'s Name> {
    let each = slot.outcomes.iter().zip(state.holds(slot));
    each.filter(move |(_, holds)| wanted(**holds)).map(|(outcome, _)| outcome)
}

/// The ids of facts, as they come.
fn names<'p>(plan: &Plan, facts: impl IntoIterator<Item = &'p FactAt>) -> Vec<Name> {
    facts.into_iter().filter_map(|at| plan.fact(*at)).map(|slot| slot.id.clone()).collect()
}

fn of_table(
    depth: Depth,
    table: &Table,
    slot: &TableSlot,
    state: &State<'_>,
    missing: &[FactAt],
) -> TableEvaluation {
    let rule = |((rule, at), source): ((&Rule, &NodeAt), &Arc<Source>)| RuleEvaluation {
        id: rule.id.clone(),
        then: rule.then.clone(),
        truth: state.truth(*at),
        because: rule.because.clone(),
        source: Arc::clone(source),
        place: rule.citation.place.clone(),
        status: rule.status,
    };
    let rules = match depth {
        Depth::Whole => table.rules.iter().zip(&slot.rules).zip(&slot.sources).map(rule).collect(),
        Depth::States => Vec::new(),
    };
    let among = |wanted: fn(Truth) -> bool| outcomes(slot, state, wanted).cloned().collect();
    let result = if state.is_known(slot) {
        TableResult::Known(among(|holds| holds == Truth::True))
    } else {
        TableResult::Unknown {
            certain: among(|holds| holds == Truth::True),
            possible: among(|holds| holds != Truth::False),
            missing: names(state.plan, missing),
        }
    };
    TableEvaluation {
        id: table.id.clone(),
        kind: table.kind,
        title: table.title.clone(),
        home: table.home.clone(),
        result,
        rules,
    }
}

fn facts_used(protocol: &Protocol, facts: &Facts) -> Vec<FactUsed> {
    let used = protocol.facts.iter().filter_map(|id| Some((id, facts.get(id)?)));
    used.map(|(id, known)| FactUsed {
        fact: id.clone(),
        value: known.value.clone(),
        evidence: known.evidence.clone(),
    })
    .collect()
}

fn of_certificate(protocol: &Protocol, evaluation: &Evaluation) -> Option<CertificateEvaluation> {
    let certificate = protocol.certificate.as_ref()?;
    let outcomes = |id: &Name| {
        let known = evaluation.table(id).and_then(|table| table.result.known());
        let table = protocol.table(id);
        let found = known.into_iter().flatten().filter_map(move |name| table?.outcome(name));
        found.collect::<Vec<_>>()
    };
    let effect = |outcomes: &[&crate::Outcome]| {
        [Effect::BlocksTravel, Effect::FollowUp, Effect::None]
            .into_iter()
            .find(|effect| outcomes.iter().any(|outcome| outcome.effect == *effect))
    };
    let counts_from = match &certificate.counts_from {
        CountsFrom::Exam => Some(evaluation.exam),
        CountsFrom::Step(step) => evaluation.done_on(step),
    };
    let validity = certificate.validity.as_ref().map(outcomes).unwrap_or_default();
    let valid_for = validity
        .iter()
        .filter_map(|outcome| outcome.valid_for)
        .min_by_key(|period| counts_from.and_then(|from| period.after(from)));
    Some(CertificateEvaluation {
        class: certificate.class.clone(),
        clearance: certificate.clearance.clone(),
        effect: effect(&outcomes(&certificate.clearance)),
        valid_for,
        counts_from,
        expires: valid_for.and_then(|period| period.after(counts_from?)),
    })
}
