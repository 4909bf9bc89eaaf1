//! Writing: one interaction by itself, or all those of a transaction.
//!
//! A write goes four steps. [`settle`] finds out which resource is meant and what is there now,
//! [`references`] turns the addresses of a transaction into references, [`plan`] judges the new
//! content and makes one change set of everything, and it is committed. What was decided by a
//! search or by the version that was there is written along as a condition; when it no longer
//! holds at the commit, everything is decided again.

pub(crate) mod intent;
mod plan;
mod references;
mod settle;

use axum::http::StatusCode;
use manzil_fhir::Resource;
use manzil_store::body::BodyText;
use manzil_store::{ChangeSet, Guard, Key, StoreError, Version, VersionMeta, Write};
use serde_json::Value;

use super::answer::Answer;
use super::ask::{Call, Conditions, Wanted};
use super::fault::Fault;
use super::outcome::{Issue, Refusal, outcome};
use crate::limits::FHIR_DECISIONS_MAX;

/// One write as it was asked.
#[derive(Clone, Debug)]
pub(crate) struct Intent {
    pub(crate) what: What,
    pub(crate) target: Target,
    pub(crate) conditions: Conditions,
    /// The address by which other entries of a transaction point to it.
    pub(crate) full_url: Option<String>,
    /// `Bundle.entry[3]`; empty for a write by itself.
    pub(crate) place: String,
    /// From a file: its content is judged already, and it is not written over the same.
    pub(crate) is_loaded: bool,
}

/// What is written in the change log beside a change set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label<'a> {
    /// What is done.
    pub(crate) what: &'a str,
    /// What was committed under the same key is not written again.
    pub(crate) key: Option<&'a str>,
}

/// What is to be done to the target.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// Write it, if it is not there.
    Create(Resource),
    /// Write it, whether it is there or not.
    Put(Resource),
    Patch(Patch),
    Delete,
}

/// A change of a part.
#[derive(Clone, Debug)]
pub(crate) enum Patch {
    Json(Value),
    FhirPath(Resource),
}

/// Which resource is meant.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// A new one of this type.
    New(&'static str),
    Id(&'static str, String),
    /// The one that a search finds.
    Found(&'static str, String),
}

/// Which resource it turned out to be, and what is there now.
#[derive(Debug)]
struct Settled {
    key: Key,
    current: Option<Version>,
    /// The search that decided it.
    guard: Option<Guard>,
}

/// What is to be written, and how each intent is then answered.
#[derive(Debug, Default)]
struct Planned {
    writes: Vec<Write>,
    answers: Vec<Outlook>,
}

/// How an intent is answered once everything is written.
#[derive(Debug)]
enum Outlook {
    /// Write number `write` is its own. With the text of the resource when it is wanted.
    Written {
        write: usize,
        created: bool,
        text: Option<BodyText>,
        warnings: Vec<Issue>,
    },
    Deleted {
        write: usize,
    },
    /// There was nothing to delete.
    NothingThere,
    /// What was to be created is there already.
    Kept(Box<Version>),
}

impl Target {
    pub(crate) fn resource_type(&self) -> &'static str {
        match self {
            Self::New(of) | Self::Id(of, _) | Self::Found(of, _) => of,
        }
    }
}

impl Intent {
    /// A write that stands by itself.
    pub(crate) fn alone(what: What, target: Target, conditions: Conditions) -> Self {
        let (full_url, place, is_loaded) = (None, String::new(), false);
        Self { what, target, conditions, full_url, place, is_loaded }
    }
}

/// Does all of the intents or none, and answers each in its order. `again` makes the intents,
/// once for each time that they are decided.
pub(crate) async fn carry_out(
    call: &Call,
    what: &str,
    again: &mut Again<'_>,
) -> Result<Vec<Answer>, Refusal> {
    let (outlooks, versions) = commit(call, Label { what, key: None }, again).await?;
    Ok(outlooks.into_iter().map(|outlook| answer(call, outlook, &versions)).collect())
}

/// As [`carry_out`], and tells only how many versions were written: now, or before under the same
/// key.
pub(crate) async fn count(
    call: &Call,
    label: Label<'_>,
    again: &mut Again<'_>,
) -> Result<usize, Refusal> {
    Ok(commit(call, label, again).await?.1.len())
}

/// Makes the intents.
type Again<'a> = dyn FnMut() -> Result<Vec<Intent>, Refusal> + Send + 'a;

async fn commit(
    call: &Call,
    label: Label<'_>,
    again: &mut Again<'_>,
) -> Result<(Vec<Outlook>, Vec<VersionMeta>), Refusal> {
    for _ in 0..FHIR_DECISIONS_MAX {
        let mut intents = again()?;
        let mut settled = settle::settle(call, &intents).await?;
        let mut guards = references::resolve(call, &mut intents, &settled).await?;
        guards.extend(settled.iter_mut().filter_map(|it| it.guard.take()));
        let planned = plan::plan(call, intents, settled)?;
        if planned.writes.is_empty() {
            return Ok((planned.answers, Vec::new()));
        }
        let (what, idempotency_key) = (label.what.to_owned(), label.key.map(str::to_owned));
        let changes = ChangeSet { writes: planned.writes, what, idempotency_key, guards };
        match call.app.store.commit(&call.door.access, changes).await {
            Ok(committed) => return Ok((planned.answers, committed.versions)),
            // Decided on something that is no longer so. A version that the client itself named
            // is refused when it is decided again.
            Err(StoreError::Moved(_) | StoreError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Fault::Contended.into())
}

fn answer(call: &Call, outlook: Outlook, versions: &[VersionMeta]) -> Answer {
    match outlook {
        Outlook::Written { write, created, text, warnings } => {
            let status = if created { StatusCode::CREATED } else { StatusCode::OK };
            let Some(meta) = versions.get(write) else { return Answer::new(status) };
            let answer = located(call, Answer::new(status), meta);
            match text {
                Some(text) => answer.with_body(text.at(meta.version, meta.at).into_json()),
                None => with_outcome(call, answer, "written", warnings),
            }
        }
        Outlook::Deleted { write } => {
            let answer = Answer::new(StatusCode::NO_CONTENT);
            match versions.get(write) {
                Some(meta) => with_outcome(call, answer.about(meta), "deleted", Vec::new()),
                None => answer,
            }
        }
        Outlook::NothingThere => {
            let answer = Answer::new(StatusCode::NO_CONTENT);
            with_outcome(call, answer, "nothing was there to delete", Vec::new())
        }
        Outlook::Kept(version) => {
            let answer = located(call, Answer::new(StatusCode::OK), &version.meta);
            match call.prefer.content {
                Some(Wanted::Nothing) => answer,
                Some(Wanted::Outcome) => with_outcome(call, answer, "is there", Vec::new()),
                Some(Wanted::Resource) | None => answer.with_body(version.body.into_json()),
            }
        }
    }
}

/// The answer with the address of the version.
fn located(call: &Call, answer: Answer, meta: &VersionMeta) -> Answer {
    let url = call.url(&meta.key.resource_type, &meta.key.id);
    let location = Some(format!("{url}/_history/{}", meta.version));
    Answer { location, ..answer.about(meta) }
}

/// The answer with an OperationOutcome, when one is wanted.
fn with_outcome(call: &Call, answer: Answer, done: &str, warnings: Vec<Issue>) -> Answer {
    // A deletion has no resource to show, and says at least that it happened.
    let is_deletion = answer.status == StatusCode::NO_CONTENT;
    if call.prefer.content != Some(Wanted::Outcome)
        && !(is_deletion && call.prefer.content.is_none())
    {
        return answer;
    }
    let issues: Vec<Issue> = warnings.into_iter().chain([Issue::note(done)]).collect();
    let status = match answer.status {
        StatusCode::NO_CONTENT => StatusCode::OK,
        status => status,
    };
    Answer { status, ..answer }.with_body(outcome(&issues).to_string())
}
