//! The steps of one protocol, in the order in which somebody works: to do, waiting, not decided,
//! done, not required.

use jiff::civil::Date;
use manzil_journey::access::Role;
use manzil_journey::command::roles_at;
use manzil_journey::file::Examined;
use manzil_protocol::evaluate::{StepEvaluation, StepState};
use manzil_protocol::{Library, Name, Protocol, Status, Step};

use crate::messages::{Translator, key};
use crate::web::case::Case;
use crate::web::components::{Link, State};
use crate::web::wording;

/// Steps in the same situation.
pub(in crate::web) struct Group {
    pub(in crate::web) title: String,
    pub(in crate::web) steps: Vec<StepRow>,
    /// Shown only when asked for.
    pub(in crate::web) folded: bool,
}

/// One step.
pub(in crate::web) struct StepRow {
    /// Where its results are entered.
    pub(in crate::web) path: String,
    pub(in crate::web) state: State,
    pub(in crate::web) title: String,
    pub(in crate::web) station: String,
    /// What it waits for, one sentence each.
    pub(in crate::web) details: Vec<String>,
    pub(in crate::web) because: String,
    pub(in crate::web) citation: String,
    pub(in crate::web) unverified: bool,
    pub(in crate::web) action: Option<Link>,
    /// The action is not what should be done now.
    pub(in crate::web) quiet: bool,
}

/// Who reads, about whom.
pub(in crate::web) struct Reader<'a> {
    pub(in crate::web) t: &'a Translator,
    pub(in crate::web) library: &'a Library,
    pub(in crate::web) case: &'a Case,
    pub(in crate::web) role: Role,
    pub(in crate::web) today: Date,
}

/// All steps of a protocol in their groups; empty groups are left out.
pub(in crate::web) fn groups(reader: &Reader<'_>, examined: &Examined<'_>) -> Vec<Group> {
    const ORDER: [(&str, &[State], bool); 5] = [
        (key("steps-to-do"), &[State::Due, State::Expired, State::Blocked], false),
        (key("steps-waiting"), &[State::Waiting], false),
        (key("steps-undetermined"), &[State::Undetermined], false),
        (key("steps-done"), &[State::Done], false),
        (key("steps-not-required"), &[State::NotRequired], true),
    ];
    let mut rows: Vec<StepRow> =
        examined.evaluation.steps.iter().filter_map(|step| row(reader, examined, step)).collect();
    let mut groups = Vec::new();
    for (title, states, folded) in ORDER {
        let (steps, rest): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| states.contains(&row.state));
        rows = rest;
        if !steps.is_empty() {
            groups.push(Group { title: reader.t.get(title), steps, folded });
        }
    }
    groups
}

fn row(reader: &Reader<'_>, examined: &Examined<'_>, step: &StepEvaluation) -> Option<StepRow> {
    let t = reader.t;
    let protocol = examined.protocol;
    let rule = protocol.step(&step.step)?;
    let state = state(&step.state);
    let source = &rule.citation.source;
    let quiet = matches!(state, State::Done | State::Blocked | State::Waiting | State::NotRequired);
    Some(StepRow {
        path: reader.case.step_path(protocol, &rule.id),
        state,
        title: rule.label.get(t.tag()).to_owned(),
        station: wording::station(t, rule.station),
        details: details(reader, examined, step, rule),
        because: rule.because.get(t.tag()).to_owned(),
        citation: wording::citation(t, source, rule.citation.place.as_deref()),
        unverified: rule.status == Status::Unverified,
        action: action(reader, protocol, rule, state),
        quiet,
    })
}

/// How a page shows the state of a step.
pub(in crate::web) fn state(state: &StepState) -> State {
    match state {
        StepState::NotRequired => State::NotRequired,
        StepState::Undetermined => State::Undetermined,
        StepState::Blocked { .. } => State::Blocked,
        StepState::Due => State::Due,
        StepState::Waiting { .. } => State::Waiting,
        StepState::Done => State::Done,
        StepState::Expired => State::Expired,
    }
}

fn action(reader: &Reader<'_>, protocol: &Protocol, rule: &Step, state: State) -> Option<Link> {
    let t = reader.t;
    if !may_enter(reader.role, rule) || state == State::Undetermined {
        return None;
    }
    let label = match state {
        State::Done => t.get(key("step-correct")),
        // Results arrive unasked too: a culture grows after the decision was signed.
        State::NotRequired => t.get(key("step-add")),
        State::Due if rule.takes.is_some() => t.get(key("step-collect-or-enter")),
        _ => t.get(key("step-enter")),
    };
    Some(Link::new(reader.case.step_path(protocol, &rule.id), label))
}

/// Whether a role enters the results of a step.
pub(in crate::web) fn may_enter(role: Role, rule: &Step) -> bool {
    roles_at(rule.station).contains(&role)
}

/// Labels that are read at a glance.
const LABELS_SHOWN: usize = 3;

/// The first labels of facts, and how many there are besides.
pub(in crate::web) fn first_labels(t: &Translator, library: &Library, facts: &[Name]) -> String {
    let shown = facts.get(..LABELS_SHOWN).unwrap_or(facts);
    let labels = labels(t, library, shown);
    match facts.len() - shown.len() {
        0 => labels,
        more => t.with(key("and-more"), &[("list", &labels), ("count", &more)]),
    }
}

/// The labels of facts, in order.
pub(in crate::web) fn labels(t: &Translator, library: &Library, facts: &[Name]) -> String {
    let labels = facts
        .iter()
        .map(|fact| library.fact(fact).map_or(fact.as_str(), |fact| fact.label.get(t.tag())));
    labels.collect::<Vec<_>>().join(&t.get(key("list-semicolon")))
}

/// What a step waits for, one sentence each.
fn details(
    reader: &Reader<'_>,
    examined: &Examined<'_>,
    step: &StepEvaluation,
    rule: &Step,
) -> Vec<String> {
    let t = reader.t;
    match &step.state {
        StepState::Undetermined => {
            let missing = first_labels(t, reader.library, &step.missing);
            vec![t.with(key("step-depends"), &[("facts", &missing)])]
        }
        StepState::Blocked { by, waits } => {
            let mut details = Vec::new();
            if !by.is_empty() {
                let names = step_names(t, examined.protocol, by);
                details.push(t.with(key("step-after"), &[("steps", &names)]));
            }
            details.extend(waits.iter().map(|wait| {
                let because = wait.because.get(t.tag());
                match wait.until {
                    Some(day) => format!(
                        "{because} {}",
                        t.with(key("step-not-before"), &[("date", &t.date(day))])
                    ),
                    None => because.to_owned(),
                }
            }));
            details
        }
        StepState::Waiting { until } => {
            let message =
                if *until < reader.today { key("step-overdue") } else { key("step-expected") };
            vec![t.with(message, &[("date", &t.date(*until))])]
        }
        StepState::Due => missing_facts(reader, examined, step, rule),
        StepState::Done => match step.done_on {
            Some(day) => vec![t.with(key("step-done-on"), &[("date", &t.date(day))])],
            None => Vec::new(),
        },
        StepState::Expired => vec![t.get(key("step-expired"))],
        StepState::NotRequired => Vec::new(),
    }
}

/// What a step that was begun still lacks; nothing when nothing of it is known.
fn missing_facts(
    reader: &Reader<'_>,
    examined: &Examined<'_>,
    step: &StepEvaluation,
    rule: &Step,
) -> Vec<String> {
    let t = reader.t;
    let missing: Vec<Name> =
        step.asks.iter().filter(|fact| !examined.facts.knows(fact)).cloned().collect();
    if missing.len() == step.asks.len() {
        let takes = rule.takes.map(|takes| wording::period(t, takes));
        return takes
            .map(|takes| t.with(key("step-takes"), &[("period", &takes)]))
            .into_iter()
            .collect();
    }
    let missing = first_labels(t, reader.library, &missing);
    vec![t.with(key("step-lacks"), &[("facts", &missing)])]
}

fn step_names(t: &Translator, protocol: &Protocol, steps: &[Name]) -> String {
    let names = steps.iter().filter_map(|step| protocol.step(step));
    let names: Vec<&str> = names.map(|step| step.label.get(t.tag())).collect();
    names.join(&t.get(key("list-semicolon")))
}
