//! Judges the new content of each intent and makes the writes.

use axum::http::StatusCode;
use manzil_fhir::validate::{self, validate};
use manzil_fhir::{Resource, patch};
use manzil_journey::access::Compartment;
use manzil_journey::placing;
use manzil_store::body::BodyText;
use manzil_store::chain::hex;
use manzil_store::{Content, Expect, Version, Write};

use super::{Intent, Outlook, Patch, Planned, Settled, What};
use crate::api::ask::{Call, Conditions, Wanted, version_of};
use crate::api::fault::Fault;
use crate::api::outcome::{Issue, Refusal};
use crate::smart::Interaction;

/// The change set for the intents, as they were settled.
///
/// # Errors
///
/// Content that is not valid, a condition that does not hold, a record beyond the token.
pub(super) fn plan(
    call: &Call,
    intents: Vec<Intent>,
    settled: Vec<Settled>,
) -> Result<Planned, Refusal> {
    let mut planned = Planned::default();
    let in_bundle = intents.iter().any(|intent| !intent.place.is_empty());
    for (intent, settled) in intents.into_iter().zip(settled) {
        let place = intent.place.clone();
        one(call, intent, settled, in_bundle, &mut planned)
            .map_err(|refusal| if place.is_empty() { refusal } else { refusal.within(&place) })?;
    }
    Ok(planned)
}

fn one(
    call: &Call,
    intent: Intent,
    settled: Settled,
    in_bundle: bool,
    planned: &mut Planned,
) -> Result<(), Refusal> {
    let Settled { key, current, guard: _ } = settled;
    let asked = &intent.conditions;
    check_conditions(asked, &key.to_string(), current.as_ref(), &intent.what)?;
    let is_patch = matches!(intent.what, What::Patch(_));
    let resource = match (intent.what, current) {
        (What::Create(_), Some(current)) => {
            planned.answers.push(Outlook::Kept(Box::new(current)));
            return Ok(());
        }
        (What::Delete, None) => {
            planned.answers.push(Outlook::NothingThere);
            return Ok(());
        }
        (What::Delete, Some(current)) => return delete(call, current, planned),
        (What::Patch(_), None) => return Err(Fault::Missing(key.to_string()).into()),
        (What::Patch(patch), Some(current)) => {
            let before = current.resource()?;
            let after = match &patch {
                Patch::Json(operations) => patch::json(&before, operations),
                Patch::FhirPath(parameters) => patch::fhirpath(&before, parameters),
            };
            (after?, Some(current))
        }
        (What::Create(mut resource), None) => {
            resource.set_id(&key.id)?;
            (resource, None)
        }
        (What::Put(mut resource), current) => {
            if resource.id() != Some(key.id.as_str()) {
                resource.set_id(&key.id)?;
            }
            if let Some(current) = &current
                && intent.is_loaded
                && hex(&BodyText::new(&resource)?.hash()) == current.meta.hash
            {
                planned.answers.push(Outlook::Kept(Box::new(current.clone())));
                return Ok(());
            }
            (resource, current)
        }
    };
    let (resource, current) = resource;
    let place = if in_bundle { format!("{}.resource", intent.place) } else { String::new() };
    let issues = if intent.is_loaded { Vec::new() } else { validate(&resource) };
    put(call, resource, current, (&issues, &place), planned).map_err(|refusal| Refusal {
        // It is the patch that cannot be used, not a resource that was sent.
        status: if is_patch && refusal.status == StatusCode::UNPROCESSABLE_ENTITY {
            StatusCode::BAD_REQUEST
        } else {
            refusal.status
        },
        ..refusal
    })
}

fn put(
    call: &Call,
    resource: Resource,
    current: Option<Version>,
    (issues, place): (&[validate::Issue], &str),
    planned: &mut Planned,
) -> Result<(), Refusal> {
    if let Some(refusal) = Refusal::of_validation(issues, place) {
        return Err(refusal);
    }
    let doubts = issues.iter();
    let warnings = doubts.map(|issue| Issue::of_validation(issue, place)).collect();
    let of = resource.resource_type();
    let person = placing::person_of(&resource, &call.base);
    let compartment = match &current {
        Some(current) => current.meta.compartment,
        None => placing::compartment_of(of, call.door.access.purpose),
    };
    let interaction = if current.is_some() { Interaction::Update } else { Interaction::Create };
    check_reach(call, of, interaction, compartment, person.as_deref(), current.as_ref())?;
    let wants_text = match call.prefer.content {
        Some(wanted) => wanted == Wanted::Resource,
        None => true,
    };
    let text = wants_text.then(|| BodyText::new(&resource)).transpose()?;
    let (write, created) = (planned.writes.len(), current.is_none());
    planned.answers.push(Outlook::Written { write, created, text, warnings });
    let expect = current.map_or(Expect::Absent, |current| Expect::Version(current.meta.version));
    planned.writes.push(Write { content: Content::Put(resource), person, compartment, expect });
    Ok(())
}

fn delete(call: &Call, current: Version, planned: &mut Planned) -> Result<(), Refusal> {
    let meta = &current.meta;
    let (of, person) = (meta.key.resource_type.as_str(), meta.person.as_deref());
    let interaction = Interaction::Delete;
    check_reach(call, of, interaction, meta.compartment, person, Some(&current))?;
    planned.answers.push(Outlook::Deleted { write: planned.writes.len() });
    let expect = Expect::Version(meta.version);
    let (compartment, person) = (meta.compartment, meta.person.clone());
    let content = Content::Delete(current.meta.key);
    planned.writes.push(Write { content, person, compartment, expect });
    Ok(())
}

/// Refuses what the token does not reach: the version to be written and the one it replaces.
fn check_reach(
    call: &Call,
    of: &str,
    interaction: Interaction,
    compartment: Compartment,
    person: Option<&str>,
    current: Option<&Version>,
) -> Result<(), Refusal> {
    let after = call.door.reaches(of, interaction, compartment, person);
    let before = current.is_none_or(|current| {
        let meta = &current.meta;
        call.door.reaches(of, interaction, meta.compartment, meta.person.as_deref())
    });
    if after && before {
        return Ok(());
    }
    Err(Fault::Beyond.into())
}

/// `If-Match` and `If-None-Match`.
fn check_conditions(
    asked: &Conditions,
    key: &str,
    current: Option<&Version>,
    what: &What,
) -> Result<(), Refusal> {
    let version = current.map(|current| current.meta.version);
    if let Some(tags) = &asked.if_match {
        let fits = |tag: &str| match (tag.trim(), version) {
            ("*", version) => version.is_some(),
            (tag, Some(version)) => version_of(tag) == Some(version),
            (_, None) => false,
        };
        if !tags.split(',').any(fits) {
            let current = version.map_or("none".to_owned(), |version| version.to_string());
            let asked = tags.chars().take(80).collect();
            let (of, id) = key.split_once('/').unwrap_or((key, ""));
            return Err(Fault::Stale { key: manzil_store::Key::new(of, id), current, asked }.into());
        }
    }
    let refuses =
        |tags: &String| tags.split(',').any(|tag| tag.trim() == "*" || version_of(tag) == version);
    let creates = matches!(what, What::Put(_) | What::Create(_));
    if version.is_some() && creates && asked.if_none_match.as_ref().is_some_and(refuses) {
        return Err(Fault::Exists(key.to_owned()).into());
    }
    Ok(())
}
