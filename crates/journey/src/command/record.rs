//! Recording what a station found.

use jiff::civil::Date;
use manzil_protocol::{Protocol, Station, Step};

use super::Context;
use crate::access::Role;
use crate::assessment::{Assessment, Status};
use crate::change::{By, Changes, Draft, Recorded, Refusal};
use crate::file::{Held, PersonFile};
use crate::result::{Finding, Observed, Performed};
use crate::rules;

/// Findings of one step, made on one day.
#[derive(Clone, Debug)]
pub struct RecordFindings<'a> {
    pub assessment: String,
    pub protocol: String,
    pub step: String,
    pub on: Date,
    pub findings: Vec<Finding<'a>>,
    /// Why something already recorded, or already signed, is changed. Needed then, and only then.
    pub reason: Option<String>,
}

/// Records findings. What was recorded of the same fact on the same day is corrected by a new
/// version; the old one stays readable. A signed assessment goes under review.
pub fn record(
    file: &PersonFile,
    command: RecordFindings<'_>,
    context: &mut Context<'_>,
) -> Result<Changes, Refusal> {
    let held = file.assessment(&command.assessment)?;
    let (protocol, step) = step_of(context, &held.item, &command.protocol, &command.step)?;
    require_station(context, step.station)?;
    check_day(file, command.on, context.today)?;
    check_findings(&command, step)?;
    let reason = command.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let performed = Performed { on: command.on, at: context.now, by: context.access.actor.clone() };
    let mut changes = Changes::new("record findings");
    for finding in &command.findings {
        let before = recorded_that_day(file, &held.item, finding, command.on);
        let corrects = match (before, reason) {
            (None, _) => None,
            (Some(_), None) => return Err(correction_needs_reason(finding)),
            (Some(recorded), Some(reason)) => Some((recorded, reason)),
        };
        let id = context.new_id();
        changes.push(finding.draft(id, &held.item, Some(&command.step), &performed, corrects));
    }
    let after = with(file, &changes);
    refuse_contradiction(&after, &held.item, protocol, context)?;
    match held.item.status {
        Status::Signed if reason.is_none() => return Err(signed_needs_reason()),
        Status::Signed => {
            changes.by = By::Program;
            changes.drafts.extend(super::reopen(file, &held));
        }
        _ => changes.drafts.push(work_on(&held)),
    }
    let affected = super::reopen_affected(file, &after, &held.item, context);
    if !affected.is_empty() {
        changes.by = By::Program;
        changes.drafts.extend(affected);
    }
    Ok(changes)
}

/// The protocol in force and its step, or a refusal that names what is wrong.
pub(super) fn step_of<'a>(
    context: &Context<'a>,
    assessment: &Assessment,
    protocol: &str,
    step: &str,
) -> Result<(&'a Protocol, &'a Step), Refusal> {
    let found = rules::for_assessment(context.library, assessment)
        .into_iter()
        .find(|each| each.id.as_str() == protocol)
        .and_then(|protocol| Some((protocol, protocol.step(step)?)));
    found.ok_or_else(|| {
        Refusal::new(
            "MZ-0408",
            format!("{protocol}/{step}"),
            "no protocol in force on the exam date has this step",
            "go back to the assessment and choose a step from its list",
        )
    })
}

/// Who may enter results at which station.
pub fn roles_at(station: Station) -> &'static [Role] {
    match station {
        Station::Reception => &[Role::Clerk, Role::Nurse, Role::Physician, Role::System],
        Station::Nurse | Station::Treatment => &[Role::Nurse, Role::Physician, Role::System],
        Station::Laboratory => &[Role::Laboratory, Role::Nurse, Role::Physician, Role::System],
        Station::XRay => &[Role::Radiology, Role::Physician, Role::System],
        Station::Physician => &[Role::Physician, Role::System],
    }
}

pub(super) fn require_station(context: &Context<'_>, station: Station) -> Result<(), Refusal> {
    let what = format!("entering results at the station {}", station.word());
    context.require_role(roles_at(station), &what)
}

/// A result is neither from the future nor from before the person was born.
pub(super) fn check_day(file: &PersonFile, on: Date, today: Date) -> Result<(), Refusal> {
    if on > today {
        return Err(Refusal::new(
            "MZ-0409",
            "date",
            format!("{on} is in the future"),
            "give the day on which it was done",
        ));
    }
    if file.person.birth.is_some_and(|birth| birth.range().start > on) {
        return Err(Refusal::new(
            "MZ-0409",
            "date",
            format!("{on} is before the person was born"),
            "check the date, and the birth date",
        ));
    }
    Ok(())
}

fn check_findings(command: &RecordFindings<'_>, step: &Step) -> Result<(), Refusal> {
    if command.findings.is_empty() {
        return Err(Refusal::new(
            "MZ-0410",
            step.id.as_str(),
            "nothing was entered",
            "enter at least one result, or say why there is none",
        ));
    }
    for finding in &command.findings {
        if !step.asks.contains(&finding.fact.id) {
            return Err(Refusal::new(
                "MZ-0411",
                finding.fact.id.as_str(),
                format!("the step {} does not ask this", step.id),
                "enter it at the step that asks it",
            ));
        }
    }
    Ok(())
}

fn recorded_that_day<'a>(
    file: &'a PersonFile,
    assessment: &Assessment,
    finding: &Finding<'_>,
    on: Date,
) -> Option<&'a Recorded> {
    let same = |held: &Held<'_, Observed>| {
        held.item.fact == finding.fact.id.as_str() && held.item.on == Some(on)
    };
    file.findings(&assessment.id).into_iter().find(same).map(|held| held.recorded)
}

fn correction_needs_reason(finding: &Finding<'_>) -> Refusal {
    Refusal::new(
        "MZ-0412",
        finding.fact.id.as_str(),
        "a result of that day is recorded already",
        "give the reason for the correction; the old value stays readable",
    )
}

fn signed_needs_reason() -> Refusal {
    Refusal::new(
        "MZ-0413",
        "assessment",
        "the assessment is signed",
        "give the reason for the amendment; the certificate is then under review until a \
         physician signs again",
    )
}

/// The file as it would stand after some changes.
fn with(file: &PersonFile, changes: &Changes) -> PersonFile {
    let mut after = file.clone();
    for draft in &changes.drafts {
        after.replace(draft);
    }
    after
}

/// Refuses findings that together with what is known make a combination that cannot be.
fn refuse_contradiction(
    after: &PersonFile,
    assessment: &Assessment,
    protocol: &Protocol,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let facts = after.facts(context.library, protocol, assessment.exam).0;
    let Some(never) = manzil_protocol::evaluate::contradiction(context.library, &facts) else {
        return Ok(());
    };
    let reason = never.because.as_ref().map_or_else(
        || "these findings cannot be true of one person".to_owned(),
        |because| because.get("en").to_owned(),
    );
    Err(Refusal::new("MZ-0414", "findings", reason, "check what was entered and what is on record"))
}

/// Work on an assessment makes it active. It is written every time, so that a physician who
/// signs at the same moment is refused and looks again.
pub(super) fn work_on(held: &Held<'_, Assessment>) -> Draft {
    let status = match held.item.status {
        Status::Planned => Status::Active,
        other => other,
    };
    Assessment { status, ..held.item.clone() }.draft(Some(held.recorded))
}
