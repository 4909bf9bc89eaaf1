//! Decides one person under one protocol, and says why and what is not known yet.
//!
//! Start with [`evaluate`]. `truth` holds the three values, `reason` evaluates conditions over
//! partly known facts, `missing` finds the facts that could still change a result, `steps` says
//! what has to be done. The result, [`Evaluation`], carries everything that is needed to show,
//! keep and replay the decision.

#[cfg(test)]
mod laws;
mod missing;
pub(crate) mod reason;
mod result;
mod steps;
#[cfg(test)]
mod tests;
mod truth;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use result::{
    CertificateEvaluation, Contradiction, Evaluation, FactUsed, RuleEvaluation, StepEvaluation,
    StepState, TableEvaluation, TableResult, WaitEvaluation,
};
pub use truth::Truth;

use crate::cells::Cuts;
use crate::model::CountsFrom;
use crate::{Effect, Facts, Library, Name, Never, Protocol, Rule, Table};
use missing::Asker;
use reason::{Decided, Reasoner};

/// What has been begun of a step. Its results are facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRecord {
    /// When it was begun: the sample collected, the picture taken, the visit held.
    pub collected: Option<Date>,
}

/// By step.
pub type StepRecords = BTreeMap<Name, StepRecord>;

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
    let cuts = Cuts::of(library, protocol);
    let mut reasoner = Reasoner::new(library, Some(protocol), facts);
    let asker = Asker { library, protocol, facts, cuts: &cuts };
    let tables: Vec<TableEvaluation> =
        protocol.tables.iter().map(|table| of_table(table, &mut reasoner, &asker)).collect();
    let steps = steps::of_steps(protocol, &mut reasoner, &asker, exam, records, today);
    let mut evaluation = Evaluation {
        protocol: protocol.reference(),
        hash: protocol.hash.clone(),
        exam,
        status: protocol.status,
        missing: all_missing(protocol, &tables, &steps),
        tables,
        steps,
        facts: facts_used(protocol, facts),
        certificate: None,
        contradictions: contradictions(library, facts),
        exhausted: reasoner.exhausted(),
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
    let table = protocol.table(table)?;
    let mut reasoner = Reasoner::new(library, Some(protocol), facts);
    let decided = reasoner.table(table);
    Some(decided.known.map(|known| known.into_iter().cloned().collect()).unwrap_or_default())
}

/// The first combination of known facts that cannot be.
pub fn contradiction<'a>(library: &'a Library, facts: &Facts) -> Option<&'a Never> {
    let mut reasoner = Reasoner::new(library, None, facts);
    library.nevers().iter().find(|never| reasoner.truth(&never.when) == Truth::True)
}

fn contradictions(library: &Library, facts: &Facts) -> Vec<Contradiction> {
    let mut reasoner = Reasoner::new(library, None, facts);
    let found = library.nevers().iter().filter(|never| reasoner.truth(&never.when) == Truth::True);
    found.map(|never| Contradiction { because: never.because.clone() }).collect()
}

fn of_table<'a>(
    table: &'a Table,
    reasoner: &mut Reasoner<'a>,
    asker: &Asker<'a>,
) -> TableEvaluation {
    let decided = reasoner.table(table);
    let rule = |(rule, truth): (&Rule, Truth)| RuleEvaluation {
        id: rule.id.clone(),
        then: rule.then.clone(),
        truth,
        because: rule.because.clone(),
        source: rule.citation.source.without_span(),
        place: rule.citation.place.clone(),
        status: rule.status,
    };
    let rules = table.rules.iter().zip(decided.rules.iter().copied()).map(rule).collect();
    TableEvaluation {
        id: table.id.clone(),
        kind: table.kind,
        title: table.title.clone(),
        home: table.home.clone(),
        result: result_of(table, &decided, reasoner, asker),
        rules,
    }
}

fn result_of<'a>(
    table: &'a Table,
    decided: &Decided<'a>,
    reasoner: &mut Reasoner<'a>,
    asker: &Asker<'a>,
) -> TableResult {
    match &decided.known {
        Some(known) => TableResult::Known(known.iter().map(|name| (*name).clone()).collect()),
        None => TableResult::Unknown {
            certain: decided.certain.iter().map(|name| (*name).clone()).collect(),
            possible: decided.possible.iter().map(|name| (*name).clone()).collect(),
            missing: asker.for_table(table, reasoner),
        },
    }
}

/// Everything missing anywhere, once, in ask order.
fn all_missing(
    protocol: &Protocol,
    tables: &[TableEvaluation],
    steps: &[StepEvaluation],
) -> Vec<Name> {
    let of_tables = tables.iter().flat_map(|table| table.result.missing());
    let of_steps = steps.iter().flat_map(|step| &step.missing);
    let missing: std::collections::BTreeSet<&Name> = of_tables.chain(of_steps).collect();
    protocol.facts.iter().filter(|fact| missing.contains(fact)).cloned().collect()
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
