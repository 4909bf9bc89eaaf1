//! FHIR data that comes in files, written by the same steps as what comes over HTTP.
//!
//! A file is cut into texts of one resource or one Bundle. [`Loader::read`] judges such a text,
//! which needs no store and can be done on many threads; [`Loader::write`] writes what was read,
//! in its order. A resource keeps its id and is an update; one without gets a new one. A
//! transaction Bundle is done as it asks, all or nothing. A collection is done as a transaction
//! of updates would be. A batch is cut into its entries, each for itself.

mod outline;

use std::ops::Range;

use axum::http::StatusCode;
use manzil_fhir::validate::validate;
use manzil_fhir::{Resource, resource};
use manzil_journey::access::{Access, Purpose, Role};
use manzil_store::Key;
use serde_json::Value;
use thiserror::Error;

use super::ask::{Call, Conditions, Prefer, Wanted};
use super::bundles::{self, Entry};
use super::fault::Fault;
use super::outcome::Refusal;
use super::place;
use super::write::{self, Intent, Label, Target, What};
use crate::App;
use crate::limits::FHIR_ENTRIES_MAX;
use crate::smart::FhirAccess;

use outline::{Kind, Outline};

/// Issues of a refusal that are told.
const ISSUES_TOLD_MAX: usize = 3;

/// Reads and writes the FHIR data of files, in the name of the program and for care: what comes
/// from elsewhere is care.
#[derive(Clone, Debug)]
pub struct Loader {
    call: Call,
}

/// What stands in one text.
#[derive(Debug)]
pub enum Content {
    Ready(Ready),
    /// A batch: where in the text its entries stand. See [`Loader::read_entry`].
    Batch(Vec<Range<usize>>),
}

/// One or more writes that happen together or not at all, judged and ready to be written.
#[derive(Debug)]
pub struct Ready {
    intents: Vec<Intent>,
    is_bundle: bool,
}

/// Why something is not loaded.
#[derive(Clone, Debug, Error)]
#[error("{text}")]
pub struct Refused {
    text: String,
    /// The input is wrong, not the store or the program.
    pub is_input: bool,
}

impl Ready {
    /// How many resources it writes or deletes.
    pub fn count(&self) -> usize {
        self.intents.len()
    }

    /// The resources that it writes by their ids; the others are new.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        self.intents.iter().filter_map(|intent| match &intent.target {
            Target::Id(of, id) => Some(Key::new(*of, id.clone())),
            Target::New(_) | Target::Found(..) => None,
        })
    }

    /// Whether it is a Bundle, which is all or nothing by itself.
    pub fn is_bundle(&self) -> bool {
        self.is_bundle
    }

    /// Whether what it writes is decided by a search, which sees only what was written before.
    pub fn asks(&self) -> bool {
        self.intents.iter().any(|intent| matches!(intent.target, Target::Found(..)))
    }
}

impl Loader {
    pub fn new(app: App) -> Self {
        let access = Access::new("command-line", Role::System, Purpose::Care);
        let door = FhirAccess::of_program(access);
        let prefer = Prefer { content: Some(Wanted::Nothing), ..Prefer::default() };
        Self { call: Call { app, door, base: String::new(), prefer } }
    }

    /// Judges the text of one resource or one Bundle.
    ///
    /// # Errors
    ///
    /// What cannot be read, is not valid, or is a Bundle that asks for nothing.
    pub fn read(&self, text: &[u8]) -> Result<Content, Refused> {
        let Some(outline) = outline::of_bundle(text) else {
            return Ok(Content::Ready(resource_alone(text)?));
        };
        let Outline { kind, entries } = outline?;
        if kind == Kind::Batch {
            return Ok(Content::Batch(entries));
        }
        if entries.len() > FHIR_ENTRIES_MAX {
            let reason = format!("{} entries are more than {FHIR_ENTRIES_MAX}", entries.len());
            return Err(wrong(&reason, "Bundle.entry").into());
        }
        let entries = entries.into_iter().map(|place| text.get(place).unwrap_or_default());
        let intents = match kind {
            Kind::Collection => collected(entries)?,
            _ => self.asked(entries)?,
        };
        Ok(Content::Ready(Ready { is_bundle: true, ..judged(intents)? }))
    }

    /// Judges one entry of a batch. None for an entry that only reads.
    ///
    /// # Errors
    ///
    /// What cannot be read or is not valid.
    pub fn read_entry(&self, text: &[u8], number: usize) -> Result<Option<Ready>, Refused> {
        let entry = resource::parse_json(text).map_err(Refusal::from)?;
        let entry = bundles::one(&self.call, entry_place(number), entry);
        let (_, mut intents, _) = bundles::sorted(vec![entry])?;
        // By itself: what it points to is not in the same Bundle.
        for intent in &mut intents {
            intent.full_url = None;
        }
        let ready = judged(intents)?;
        Ok(Some(ready).filter(|ready| ready.count() > 0))
    }

    /// Writes all of it in one change set or nothing, and says how many versions that are. What
    /// was written under the same key is not written again, and a resource that is there with the same content stays as it is.
    ///
    /// # Errors
    ///
    /// What the store or a condition refuses; then nothing is written.
    pub async fn write(&self, ready: Vec<Ready>, key: &str) -> Result<usize, Refused> {
        let intents: Vec<Intent> = ready.into_iter().flat_map(|ready| ready.intents).collect();
        if intents.is_empty() {
            return Ok(0);
        }
        let mut first = Some(intents);
        let mut again = || first.take().ok_or_else(|| Fault::Contended.into());
        let label = Label { what: "load", key: Some(key) };
        Ok(write::count(&self.call, label, &mut again).await?)
    }

    /// The writes of a transaction, in the order in which R4 wants them done.
    fn asked<'a>(&self, entries: impl Iterator<Item = &'a [u8]>) -> Result<Vec<Intent>, Refusal> {
        let entries = entries.enumerate().map(|(number, text)| {
            let place = entry_place(number);
            let value =
                resource::parse_json(text).map_err(|it| Refusal::from(it).within(&place))?;
            Ok(bundles::one(&self.call, place, value))
        });
        let entries: Vec<Entry> = entries.collect::<Result<_, Refusal>>()?;
        Ok(bundles::sorted(entries)?.1)
    }
}

fn entry_place(number: usize) -> String {
    format!("Bundle.entry[{number}]")
}

fn wrong(reason: &str, at: &str) -> Refusal {
    Fault::Bundle { reason: reason.to_owned(), at: at.to_owned() }.into()
}

fn resource_alone(text: &[u8]) -> Result<Ready, Refusal> {
    let resource = Resource::parse_bytes(text)?;
    judged(vec![kept(resource)?])
}

/// A resource that keeps its id, if it has one.
fn kept(resource: Resource) -> Result<Intent, Refusal> {
    let of = place::known(resource.resource_type())?;
    let (what, target) = match resource.id().map(str::to_owned) {
        Some(id) => (What::Put(resource), Target::Id(of, id)),
        None => (What::Create(resource), Target::New(of)),
    };
    Ok(Intent::alone(what, target, Conditions::default()))
}

/// The resources of a collection, which point to each other by their addresses.
fn collected<'a>(entries: impl Iterator<Item = &'a [u8]>) -> Result<Vec<Intent>, Refusal> {
    let mut intents = Vec::new();
    for (number, text) in entries.enumerate() {
        let place = entry_place(number);
        let within = |refusal: Refusal| refusal.within(&place);
        let mut entry = resource::parse_json(text).map_err(|it| within(it.into()))?;
        let full_url = entry.get("fullUrl").and_then(Value::as_str).map(str::to_owned);
        let Some(value) = entry.get_mut("resource").map(Value::take) else {
            return Err(wrong("an entry has no resource", &place));
        };
        let resource = Resource::from_value(value).map_err(|it| within(it.into()))?;
        let intent = kept(resource).map_err(within)?;
        intents.push(Intent { full_url, place, ..intent });
    }
    Ok(intents)
}

/// Marks what is judged, so that it is not judged again when it is written.
fn judged(mut intents: Vec<Intent>) -> Result<Ready, Refusal> {
    for intent in &mut intents {
        if let What::Create(resource) | What::Put(resource) = &intent.what {
            let at = if intent.place.is_empty() {
                String::new()
            } else {
                format!("{}.resource", intent.place)
            };
            if let Some(refusal) = Refusal::of_validation(&validate(resource), &at) {
                return Err(refusal);
            }
            intent.is_loaded = true;
        }
    }
    Ok(Ready { intents, is_bundle: false })
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let told = refusal.issues.iter().take(ISSUES_TOLD_MAX).map(|issue| {
            match issue.expression.as_ref().or(issue.location.as_ref()) {
                Some(place) => format!("{place}: {}", issue.text),
                None => issue.text.clone(),
            }
        });
        let mut told: Vec<String> = told.collect();
        let rest = refusal.issues.len().saturating_sub(ISSUES_TOLD_MAX);
        if rest > 0 {
            told.push(format!("and {rest} more"));
        }
        // A record that moved meanwhile is nobody's mistake.
        let is_input = refusal.status.is_client_error() && refusal.status != StatusCode::CONFLICT;
        Self { text: told.join(" / "), is_input }
    }
}
