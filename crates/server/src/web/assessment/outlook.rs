//! The box on top of an assessment: what to do next, and what keeps the person from travelling
//! or the physician from signing.

use manzil_journey::access::Role;
use manzil_journey::assessment::Status;
use manzil_journey::certificate::{Certificate, State as CertificateState};
use manzil_journey::command::ready;
use manzil_journey::file::Examined;
use manzil_journey::statement::outcomes;
use manzil_protocol::Name;
use manzil_protocol::evaluate::{StepEvaluation, StepState};
use manzil_protocol::model::{Certificate as CertificateRule, Effect};

use super::steps::{Reader, first_labels, may_enter};
use crate::messages::{Translator, key};
use crate::web::components::Link;
use crate::web::wording;

/// What the box says.
pub(in crate::web) struct Outlook {
    /// `info`, `done`, `due` or `danger`: as the class of a banner.
    pub(in crate::web) tone: &'static str,
    pub(in crate::web) title: String,
    pub(in crate::web) text: String,
    pub(in crate::web) actions: Vec<Link>,
    /// What keeps a physician from signing, one sentence each.
    pub(in crate::web) unsigned: Vec<String>,
    /// What keeps the person from travelling, one sentence each.
    pub(in crate::web) grounded: Vec<String>,
}

/// The outlook of an assessment for a reader.
pub(in crate::web) fn outlook(reader: &Reader<'_>, examined: &[Examined<'_>]) -> Outlook {
    let t = reader.t;
    let status = reader.case.assessment.status;
    let mut outlook = match status {
        Status::Cancelled => plain(t, "info", key("next-cancelled")),
        Status::Signed => signed(reader),
        _ if examined.is_empty() => plain(t, "danger", key("next-no-protocol")),
        _ => open(reader, examined),
    };
    if status == Status::UnderReview {
        outlook.title = t.get(key("review-title"));
        outlook.text = format!("{} {}", t.get(key("review-text")), outlook.text);
        outlook.tone = "danger";
    }
    if status.is_open() {
        outlook.unsigned = examined.iter().flat_map(|each| unsigned(reader, each)).collect();
    }
    if status != Status::Cancelled {
        outlook.grounded = examined.iter().flat_map(|each| grounded(t, each)).collect();
    }
    outlook
}

fn plain(t: &Translator, tone: &'static str, title: &'static str) -> Outlook {
    Outlook {
        tone,
        title: t.get(title),
        text: String::new(),
        actions: Vec::new(),
        unsigned: Vec::new(),
        grounded: Vec::new(),
    }
}

/// A signed assessment: its certificates.
fn signed(reader: &Reader<'_>) -> Outlook {
    let t = reader.t;
    let case = reader.case;
    let certificates = case.file.certificates(&case.assessment.id);
    let current = certificates.iter().filter(|held| held.item.state == CertificateState::Current);
    let actions = current.clone().map(|held| certificate_link(t, &held.item)).collect();
    let may_travel = current.clone().all(|held| held.item.statement.may_travel);
    let title = if may_travel { key("next-signed") } else { key("next-signed-no-travel") };
    let tone = if may_travel { "done" } else { "due" };
    Outlook { text: t.get(key("next-signed-text")), actions, ..plain(t, tone, title) }
}

/// A link to a certificate under its title.
pub(in crate::web) fn certificate_link(t: &Translator, certificate: &Certificate) -> Link {
    let title = certificate.statement.title.get(t.tag());
    Link::new(format!("/certificates/{}", certificate.id), title)
}

/// An open assessment: the reader's own work first, then that of others, then waiting, then the
/// physician.
fn open(reader: &Reader<'_>, examined: &[Examined<'_>]) -> Outlook {
    let t = reader.t;
    let all = || {
        examined.iter().flat_map(|each| each.evaluation.steps.iter().map(move |step| (each, step)))
    };
    let due = || all().filter(|(_, step)| is_due(step));
    let mine = |(each, step): &(&Examined<'_>, &StepEvaluation)| {
        each.protocol.step(&step.step).is_some_and(|rule| may_enter(reader.role, rule))
    };
    let decision =
        Link::new(format!("{}/decision", reader.case.path()), t.get(key("see-decision")));
    let own: Vec<Link> =
        due().filter(mine).filter_map(|(each, step)| enter(reader, each, step)).collect();
    if !own.is_empty() {
        return Outlook { actions: own, ..plain(t, "due", key("next-yours")) };
    }
    if examined.iter().all(|each| ready(each).is_ok()) {
        let title =
            if reader.role == Role::Physician { key("next-sign") } else { key("next-physician") };
        return Outlook { actions: vec![decision], ..plain(t, "done", title) };
    }
    if due().next().is_some() {
        let text = stations(t, due());
        let title = t.with(key("next-others"), &[("stations", &text)]);
        return Outlook { title, ..plain(t, "info", key("next-waiting")) };
    }
    let until = all().filter_map(|(_, step)| match step.state {
        StepState::Waiting { until } => Some(until),
        _ => None,
    });
    if let Some(until) = until.max() {
        let text = t.with(key("next-waiting-until"), &[("date", &t.date(until))]);
        return Outlook { text, ..plain(t, "info", key("next-waiting")) };
    }
    Outlook { actions: vec![decision], ..plain(t, "due", key("next-missing")) }
}

fn is_due(step: &StepEvaluation) -> bool {
    matches!(step.state, StepState::Due | StepState::Expired)
}

fn enter(reader: &Reader<'_>, examined: &Examined<'_>, step: &StepEvaluation) -> Option<Link> {
    let rule = examined.protocol.step(&step.step)?;
    let label = rule.label.get(reader.t.tag());
    Some(Link::new(reader.case.step_path(examined.protocol, &rule.id), label))
}

/// The stations at which something is due, each once, in the order of the protocol.
fn stations<'a>(
    t: &Translator,
    due: impl Iterator<Item = (&'a Examined<'a>, &'a StepEvaluation)>,
) -> String {
    let mut names: Vec<String> = Vec::new();
    for (each, step) in due {
        let Some(rule) = each.protocol.step(&step.step) else { continue };
        let name = wording::station(t, rule.station);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(&t.get(key("list-comma")))
}

/// What keeps a decision under one protocol from being signed.
fn unsigned(reader: &Reader<'_>, examined: &Examined<'_>) -> Vec<String> {
    let t = reader.t;
    let Some(certificate) = &examined.protocol.certificate else { return Vec::new() };
    if ready(examined).is_ok() {
        return Vec::new();
    }
    let mut reasons = undecided(reader, examined, certificate);
    let open: Vec<&str> = examined
        .evaluation
        .steps_open()
        .filter(|step| !matches!(step.state, StepState::Undetermined))
        .filter_map(|step| examined.protocol.step(&step.step))
        .map(|rule| rule.label.get(t.tag()))
        .collect();
    if !open.is_empty() {
        let steps = open.join(&t.get(key("list-semicolon")));
        reasons.push(t.with(key("unsigned-steps"), &[("steps", &steps)]));
    }
    reasons
}

/// What is stated and not decided, and what to find out first.
fn undecided(
    reader: &Reader<'_>,
    examined: &Examined<'_>,
    certificate: &CertificateRule,
) -> Vec<String> {
    let t = reader.t;
    let stated = [&certificate.class, &certificate.clearance].into_iter();
    let open = stated.chain(&certificate.validity).filter_map(|table| {
        let result = &examined.evaluation.table(table)?.result;
        let title = examined.protocol.table(table)?.title.get(t.tag());
        result.known().is_none().then_some((title, result.missing()))
    });
    let (titles, missing): (Vec<&str>, Vec<&[Name]>) = open.unzip();
    let all = examined.evaluation.missing.iter();
    let missing: Vec<Name> =
        all.filter(|fact| missing.iter().any(|some| some.contains(fact))).cloned().collect();
    if titles.is_empty() {
        return Vec::new();
    }
    let titles = titles.join(&t.get(key("list-semicolon")));
    let missing = first_labels(t, reader.library, &missing);
    vec![
        t.with(key("unsigned-tables"), &[("tables", &titles)]),
        t.with(key("unsigned-facts"), &[("facts", &missing)]),
    ]
}

/// What keeps the person from travelling under one protocol.
fn grounded(t: &Translator, examined: &Examined<'_>) -> Vec<String> {
    let Some(certificate) = &examined.protocol.certificate else { return Vec::new() };
    let blocking = outcomes(examined, &certificate.clearance);
    let blocking = blocking.into_iter().filter(|outcome| outcome.effect == Effect::BlocksTravel);
    blocking.map(|outcome| outcome.label.get(t.tag()).to_owned()).collect()
}
