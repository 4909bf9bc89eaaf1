//! What one protocol says about somebody, and why: for a decision that is about to be signed and
//! for one that was signed years ago alike.

use std::collections::BTreeSet;

use manzil_protocol::evaluate::{
    Evaluation, FactUsed, RuleEvaluation, TableEvaluation, TableResult,
};
use manzil_protocol::{Effect, Library, Name, Protocol, Status};

use crate::messages::{Translator, key};
use crate::web::case::Case;
use crate::web::components::{Link, State};
use crate::web::wording;

/// One protocol's decision with its trace.
pub(super) struct Ruling {
    /// For ids on the page.
    pub(super) id: String,
    pub(super) title: String,
    pub(super) stamp: String,
    pub(super) rules_path: String,
    pub(super) unverified: bool,
    /// Facts that cannot be true together; nothing here counts while there are any.
    pub(super) contradictions: Vec<String>,
    /// What the certificate states.
    pub(super) verdicts: Vec<Verdict>,
    /// `Valid until …`, or that no validity is stated; empty while it is not known.
    pub(super) validity: String,
    /// Tables on the way to it.
    pub(super) steps: Vec<Verdict>,
    pub(super) facts: Vec<FactRow>,
    pub(super) missing: Vec<MissingRow>,
}

impl Ruling {
    /// Whether a table on the way rests on an unverified rule: its mark must be in sight.
    pub(super) fn marks_a_step(&self) -> bool {
        self.steps.iter().flat_map(|verdict| &verdict.rules).any(|rule| rule.unverified)
    }
}

/// What one table says.
pub(super) struct Verdict {
    pub(super) title: String,
    pub(super) known: bool,
    pub(super) outcomes: Vec<OutcomeRow>,
    /// While it is not known: what it may still say.
    pub(super) possible: Vec<String>,
    pub(super) rules: Vec<RuleRow>,
}

pub(super) struct OutcomeRow {
    pub(super) label: String,
    pub(super) state: State,
    /// What it does to travel; empty for nothing.
    pub(super) effect: String,
}

/// A rule that fired.
pub(super) struct RuleRow {
    pub(super) then: String,
    pub(super) because: String,
    pub(super) citation: String,
    pub(super) unverified: bool,
}

pub(super) struct FactRow {
    pub(super) label: String,
    pub(super) value: String,
    pub(super) date: String,
    /// The record that says so, if it can be opened.
    pub(super) path: String,
}

pub(super) struct MissingRow {
    pub(super) label: String,
    /// Where it is found out; none when nothing asks it.
    pub(super) step: Option<Link>,
}

/// Who reads, with what the words come from.
pub(super) struct Teller<'a> {
    pub(super) t: &'a Translator,
    pub(super) library: &'a Library,
    pub(super) case: &'a Case,
}

impl Teller<'_> {
    /// Tells an evaluation; the protocol is the edition that made it, if it is still installed.
    pub(super) fn ruling(&self, evaluation: &Evaluation, protocol: Option<&Protocol>) -> Ruling {
        let t = self.t;
        let (stated, on_the_way) = self.verdicts(evaluation, protocol);
        let title = protocol.map_or(evaluation.protocol.id.as_str(), |it| it.title.get(t.tag()));
        Ruling {
            id: evaluation.protocol.id.to_string(),
            title: title.to_owned(),
            stamp: evaluation.stamp(),
            rules_path: format!(
                "/rules/{}/{}",
                evaluation.protocol.id, evaluation.protocol.edition
            ),
            unverified: evaluation.is_unverified(),
            contradictions: self.contradictions(evaluation),
            verdicts: stated,
            validity: self.validity(evaluation),
            steps: on_the_way,
            facts: evaluation.facts.iter().map(|fact| self.fact(fact)).collect(),
            missing: needed(evaluation, protocol)
                .into_iter()
                .map(|fact| self.missing(fact, protocol))
                .collect(),
        }
    }

    /// The tables that the certificate states, in its order, and the others.
    fn verdicts(
        &self,
        evaluation: &Evaluation,
        protocol: Option<&Protocol>,
    ) -> (Vec<Verdict>, Vec<Verdict>) {
        let certificate = evaluation.certificate.as_ref();
        let stated: Vec<&Name> =
            certificate.map(|it| vec![&it.class, &it.clearance]).unwrap_or_default();
        let tell = |table: &TableEvaluation| self.verdict(table, protocol);
        let first: Vec<Verdict> =
            stated.iter().filter_map(|id| evaluation.table(id)).map(tell).collect();
        // Once everything that is stated is known, a table that is not was not needed for it.
        let settled = first.iter().all(|verdict| verdict.known);
        let others = evaluation
            .tables
            .iter()
            .filter(|table| !stated.contains(&&table.id))
            .filter(|table| !settled || table.result.known().is_some());
        (first, others.map(tell).collect())
    }

    fn verdict(&self, table: &TableEvaluation, protocol: Option<&Protocol>) -> Verdict {
        let t = self.t;
        let rule = |rule: &RuleEvaluation| RuleRow {
            then: label(t, protocol, &table.id, &rule.then),
            because: rule.because.get(t.tag()).to_owned(),
            citation: wording::citation(t, &rule.source, rule.place.as_deref()),
            unverified: rule.status == Status::Unverified,
        };
        let outcome = |id: &Name| self.outcome(table, id, protocol);
        let (known, outcomes, possible) = match &table.result {
            TableResult::Known(known) => (true, known.iter().map(outcome).collect(), Vec::new()),
            TableResult::Unknown { certain, possible, .. } => {
                let open = possible.iter().filter(|id| !certain.contains(*id));
                let open = open.map(|id| label(t, protocol, &table.id, id)).collect();
                (false, certain.iter().map(outcome).collect(), open)
            }
        };
        Verdict {
            title: table.title.get(t.tag()).to_owned(),
            known,
            outcomes,
            possible,
            rules: table.fired().map(rule).collect(),
        }
    }

    fn outcome(
        &self,
        table: &TableEvaluation,
        id: &Name,
        protocol: Option<&Protocol>,
    ) -> OutcomeRow {
        let t = self.t;
        let rule = protocol.and_then(|protocol| protocol.table(&table.id)?.outcome(id));
        let (state, effect) = match rule.map(|outcome| outcome.effect) {
            Some(Effect::BlocksTravel) => (State::Blocked, t.get(key("effect-blocks"))),
            Some(Effect::FollowUp) => (State::Due, t.get(key("effect-follow-up"))),
            Some(Effect::None) | None => (State::Done, String::new()),
        };
        OutcomeRow { label: label(t, protocol, &table.id, id), state, effect }
    }

    fn validity(&self, evaluation: &Evaluation) -> String {
        let t = self.t;
        let Some(certificate) = &evaluation.certificate else { return String::new() };
        match (certificate.valid_for, certificate.expires) {
            (Some(period), Some(day)) if certificate.effect != Some(Effect::BlocksTravel) => {
                let period = wording::period(t, period);
                t.with(key("decision-valid"), &[("period", &period), ("date", &t.date(day))])
            }
            _ => String::new(),
        }
    }

    fn contradictions(&self, evaluation: &Evaluation) -> Vec<String> {
        let words = |because: Option<&manzil_protocol::Text>| match because {
            Some(because) => because.get(self.t.tag()).to_owned(),
            None => self.t.get(key("contradiction")),
        };
        evaluation.contradictions.iter().map(|each| words(each.because.as_ref())).collect()
    }

    fn fact(&self, used: &FactUsed) -> FactRow {
        let t = self.t;
        let fact = self.library.fact(&used.fact);
        let reference = used.evidence.as_ref().map_or("", |evidence| &evidence.reference);
        let date = used.evidence.as_ref().and_then(|evidence| evidence.date);
        FactRow {
            label: fact.map_or(used.fact.as_str(), |fact| fact.label.get(t.tag())).to_owned(),
            value: fact.map_or_else(String::new, |fact| wording::value(t, &fact.kind, &used.value)),
            date: date.map_or_else(String::new, |date| t.date(date)),
            path: self.record_path(reference),
        }
    }

    /// Where a record of this assessment is shown; empty for one that has no page here.
    fn record_path(&self, reference: &str) -> String {
        match reference.split_once('/') {
            Some(("Patient", _)) => self.case.person_path(),
            Some(("Observation", id)) => {
                let found = self.case.file.findings(&self.case.assessment.id);
                let ours = found.iter().any(|held| held.item.id == id);
                if ours { format!("{}/findings/{id}", self.case.path()) } else { String::new() }
            }
            _ => String::new(),
        }
    }

    fn missing(&self, id: &Name, protocol: Option<&Protocol>) -> MissingRow {
        let t = self.t;
        let fact = self.library.fact(id);
        let step = protocol.and_then(|protocol| {
            let step = protocol.steps.iter().find(|step| step.asks.contains(id))?;
            let label = step.label.get(t.tag());
            Some(Link::new(self.case.step_path(protocol, &step.id), label))
        });
        let of_person =
            fact.and_then(|fact| fact.bind.as_ref()).is_some_and(|it| it.resource == "Patient");
        let person =
            || of_person.then(|| Link::new(self.case.person_path(), t.get(key("person-page"))));
        MissingRow {
            label: fact.map_or(id.as_str(), |fact| fact.label.get(t.tag())).to_owned(),
            step: step.or_else(person),
        }
    }
}

/// The missing facts that what is stated, or a step, still waits for, in ask order.
fn needed<'a>(evaluation: &'a Evaluation, protocol: Option<&'a Protocol>) -> Vec<&'a Name> {
    let certificate = evaluation.certificate.as_ref();
    let validity = protocol.and_then(|it| it.certificate.as_ref()?.validity.as_ref());
    let stated = certificate.into_iter().flat_map(|it| [&it.class, &it.clearance]).chain(validity);
    let tables = stated.filter_map(|id| evaluation.table(id));
    let of_tables = tables.flat_map(|table| table.result.missing());
    let of_steps = evaluation.steps.iter().flat_map(|step| &step.missing);
    let needed: BTreeSet<&Name> = of_tables.chain(of_steps).collect();
    evaluation
        .missing
        .iter()
        .filter(|fact| certificate.is_none() || needed.contains(fact))
        .collect()
}

/// The words of an outcome; its code when the edition is not installed any more.
pub(super) fn label(
    t: &Translator,
    protocol: Option<&Protocol>,
    table: &str,
    outcome: &str,
) -> String {
    let found = protocol.and_then(|protocol| protocol.table(table)?.outcome(outcome));
    found.map_or_else(|| outcome.to_owned(), |outcome| outcome.label.get(t.tag()).to_owned())
}
