//! Correcting who somebody is: a new version, with the old one kept.

use serde_json::Value;

use super::Context;
use super::register::{Registration, check};
use crate::access::{Compartment, Role};
use crate::assessment::Status;
use crate::change::{By, Changes, Draft, Recorded, Refusal};
use crate::coding::{PERSON_SYSTEM, extension, extension_url};
use crate::file::PersonFile;
use crate::person::{Identifier, Person};

/// What the clerk now knows, and which version it corrects.
#[derive(Clone, Debug)]
pub struct Correction {
    /// Everything as it shall be; an empty field means *not known*.
    pub registration: Registration,
    /// Parts of the name, for records that have them.
    pub family: Option<String>,
    pub given: Option<String>,
    /// The version of the `Patient` that was on the form. When it is no longer the current one
    /// the store refuses, so that two clerks cannot overwrite each other.
    pub version: u64,
    /// Why, in words. Needed when an assessment of this person is signed.
    pub reason: Option<String>,
}

/// Corrects the demographics. What the form does not show stays as it is. When something that a
/// certificate states or a rule may use changes, signed assessments go under review.
pub fn correct(
    file: &PersonFile,
    command: Correction,
    context: &mut Context<'_>,
) -> Result<Changes, Refusal> {
    context.require_role(&[Role::Clerk, Role::System], "correcting who somebody is")?;
    check(&command.registration, context.today)?;
    let recorded = patient(file)?;
    let after = corrected(&file.person, &command);
    if after == file.person {
        return Err(Refusal::new(
            "MZ-0430",
            "person",
            "nothing is different from what is recorded",
            "change something, or go back",
        ));
    }
    let reason = command.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let signed: Vec<_> = file
        .assessments()
        .into_iter()
        .filter(|held| matches!(held.item.status, Status::Signed | Status::UnderReview))
        .collect();
    if !signed.is_empty() && reason.is_none() {
        return Err(Refusal::new(
            "MZ-0431",
            "reason",
            "an assessment of this person is signed",
            "write why this is corrected; the earlier version stays readable",
        ));
    }
    let mut changes = Changes::new("correct person");
    changes.push(draft(&after, recorded, &command, reason));
    if matters(&file.person, &after) {
        for held in signed.iter().filter(|held| held.item.status == Status::Signed) {
            changes.by = By::Program;
            changes.drafts.extend(super::reopen(file, held));
        }
        changes.drafts.extend(touched(file));
    }
    Ok(changes)
}

/// Open assessments are written too, so that nobody signs one at the same moment without having
/// seen what changed.
fn touched(file: &PersonFile) -> Vec<Draft> {
    let open = file.assessments().into_iter().filter(|held| held.item.status.is_open());
    open.map(|held| held.item.draft(Some(held.recorded))).collect()
}

fn patient(file: &PersonFile) -> Result<&Recorded, Refusal> {
    let is_patient = |recorded: &&Recorded| recorded.resource.resource_type() == "Patient";
    file.records.iter().find(is_patient).ok_or_else(|| {
        Refusal::new(
            "MZ-0432",
            "person",
            "the record has no person",
            "go back to the list of people",
        )
    })
}

fn corrected(before: &Person, command: &Correction) -> Person {
    let registration = command.registration.clone();
    let ours = |identifier: &Identifier| identifier.system == PERSON_SYSTEM;
    let mut identifiers = before.identifiers.clone();
    let number = registration.number.map(|number| Identifier::new(PERSON_SYSTEM, number));
    match (identifiers.iter().position(ours), number) {
        (Some(place), Some(number)) => {
            if let Some(old) = identifiers.get_mut(place) {
                *old = number;
            }
        }
        (Some(place), None) => drop(identifiers.remove(place)),
        (None, Some(number)) => identifiers.push(number),
        (None, None) => {}
    }
    Person {
        id: before.id.clone(),
        identifiers,
        name: registration.name.trim().to_owned(),
        family: command.family.clone(),
        given: command.given.clone(),
        sex: registration.sex,
        birth: registration.birth,
        language: registration.language,
        migration: registration.migration,
    }
}

/// Whether a decision or a certificate could say something else now. Which language to speak
/// with somebody is no part of either.
fn matters(before: &Person, after: &Person) -> bool {
    let without = |person: &Person| {
        let mut person = Person { language: None, ..person.clone() };
        person.migration.interpreter_needed = None;
        person
    };
    without(before) != without(after)
}

fn draft(after: &Person, existing: &Recorded, command: &Correction, reason: Option<&str>) -> Draft {
    let mut patient = after.write_to(Some(&existing.resource)).value().clone();
    if let Some(members) = patient.as_object_mut() {
        keep_reason(members, reason);
    }
    Draft {
        resource: crate::change::resource(patient),
        person: Some(after.id.clone()),
        compartment: Compartment::Identity,
        replaces: Some(command.version),
    }
}

/// Each version says why it was made; the reason of the one before stands in that one.
fn keep_reason(members: &mut serde_json::Map<String, Value>, reason: Option<&str>) {
    let url = extension_url("correction-reason");
    let mut all: Vec<Value> =
        members.get("extension").and_then(Value::as_array).cloned().unwrap_or_default();
    all.retain(|each| each.get("url").and_then(Value::as_str) != Some(url.as_str()));
    all.extend(reason.map(|reason| extension("correction-reason", "valueString", reason)));
    if all.is_empty() {
        members.shift_remove("extension");
    } else {
        members.insert("extension".into(), Value::Array(all));
    }
}
