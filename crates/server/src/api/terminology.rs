//! Codes for operations and searches: what R4 publishes, and what is stored here.
//!
//! The rules are pure (`manzil_fhir::terminology`) and ask for one resource after another. So the
//! work is done over what is fetched so far; what it missed is fetched, and the work done again,
//! until it misses nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use manzil_fhir::terminology::operation::{self, Arguments, Operation};
use manzil_fhir::terminology::{Kind, Problem, Source, Terminology};
use manzil_store::{Key, PageRequest, SearchRequest};
use serde_json::Value;

use super::answer::Answer;
use super::ask::{Call, Pairs};
use super::operation::Called;
use super::outcome::{Issue, Refusal};
use super::read;
use crate::limits::TERMINOLOGY_ROUNDS_MAX;
use crate::smart::Interaction;

/// Resources by what they were asked for; none where there is nothing.
#[derive(Debug, Default)]
struct Fetched {
    resources: BTreeMap<Wanted, Vec<Arc<Value>>>,
    missed: Mutex<BTreeSet<Wanted>>,
}

/// A question that the store answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wanted {
    Canonical(Kind, String, Option<String>),
    MapsFrom(String),
}

impl Fetched {
    fn get(&self, wanted: Wanted) -> &[Arc<Value>] {
        if let Some(found) = self.resources.get(&wanted) {
            return found;
        }
        self.missed.lock().unwrap_or_else(PoisonError::into_inner).insert(wanted);
        &[]
    }

    fn take_missed(&mut self) -> BTreeSet<Wanted> {
        std::mem::take(self.missed.get_mut().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Source for Fetched {
    fn find(&self, kind: Kind, url: &str, version: Option<&str>) -> Option<Arc<Value>> {
        let wanted = Wanted::Canonical(kind, url.to_owned(), version.map(str::to_owned));
        self.get(wanted).first().cloned()
    }

    fn maps_from(&self, system: &str) -> Vec<Arc<Value>> {
        self.get(Wanted::MapsFrom(system.to_owned())).to_vec()
    }
}

/// Does work that asks a terminology.
pub(crate) async fn with<T: Send>(
    call: &Call,
    mut work: impl FnMut(&Terminology) -> T + Send,
) -> Result<T, Refusal> {
    let mut fetched = Fetched::default();
    for _ in 0..TERMINOLOGY_ROUNDS_MAX {
        let done = work(&Terminology::new(&fetched));
        let missed = fetched.take_missed();
        if missed.is_empty() {
            return Ok(done);
        }
        drop(done);
        for wanted in missed {
            let found = fetch(call, &wanted).await?;
            fetched.resources.insert(wanted, found);
        }
    }
    Err(refusal(&Problem::Undecided(format!(
        "these codes depend on each other more than {TERMINOLOGY_ROUNDS_MAX} deep; mend the value sets"
    ))))
}

/// The stored resources that answer a question, the newest first.
async fn fetch(call: &Call, wanted: &Wanted) -> Result<Vec<Arc<Value>>, Refusal> {
    let (of, pairs, rows_max) = match wanted {
        Wanted::Canonical(kind, url, version) => {
            let of = kind.resource_type();
            if let Some(id) = url.strip_prefix(of).and_then(|rest| rest.strip_prefix('/')) {
                return Ok(vec![instance(call, of, id).await?]);
            }
            let mut pairs = vec![("url", escaped(url))];
            pairs.extend(version.as_ref().map(|version| ("version", escaped(version))));
            (of, pairs, 1)
        }
        Wanted::MapsFrom(system) => ("ConceptMap", vec![("source-system", escaped(system))], 50),
    };
    let pairs: Pairs = pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let newest = [("_sort".to_owned(), "-_lastUpdated".to_owned())];
    let pairs: Pairs = pairs.into_iter().chain(newest).collect();
    let search = super::search::plain(call, of, &pairs)?;
    let request = SearchRequest { search, page: PageRequest { rows_max, after: None } };
    let page = call.app.store.search(&call.door.access, &request).await?;
    let read =
        page.matches.iter().map(|found| Ok(Arc::new(found.body.resource()?.value().clone())));
    read.collect()
}

async fn instance(call: &Call, of: &str, id: &str) -> Result<Arc<Value>, Refusal> {
    let version = read::permitted(call, &Key::new(of, id)).await?;
    Ok(Arc::new(version.resource()?.value().clone()))
}

/// A value as a search parameter has it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | ',' | '$' | '|') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// Answers a terminology operation.
pub(super) async fn answer(call: &Call, called: Called, name: &str) -> Result<Answer, Refusal> {
    let kinds = [Kind::CodeSystem, Kind::ValueSet, Kind::ConceptMap];
    let on = kinds.into_iter().find(|kind| called.of == Some(kind.resource_type()));
    let asked = on.and_then(|on| Some((on, Operation::named(name, on)?)));
    let Some((on, operation)) = asked else {
        return Err(super::fault::Fault::NoOperation(name.to_owned()).into());
    };
    call.door.require(on.resource_type(), Interaction::Read)?;
    let parameters = called.body.as_ref().map(manzil_fhir::Resource::value);
    let mut arguments = Arguments::new(&called.pairs, parameters);
    if let Some(id) = &called.id {
        arguments.instance = Some(instance(call, on.resource_type(), id).await?.as_ref().clone());
    }
    let done = with(call, |terminology| operation::call(terminology, operation, on, &arguments));
    let resource = done.await?.map_err(|problem| refusal(&problem))?;
    Ok(Answer::json(resource.to_string()))
}

fn refusal(problem: &Problem) -> Refusal {
    let (status, code) = match problem {
        Problem::Missing(_) => (StatusCode::BAD_REQUEST, "required"),
        Problem::Wrong(_) => (StatusCode::BAD_REQUEST, "value"),
        Problem::Unknown(..) | Problem::NoCode { .. } => (StatusCode::NOT_FOUND, "not-found"),
        Problem::Undecided(_) => (StatusCode::UNPROCESSABLE_ENTITY, "not-supported"),
        Problem::TooMany(_) => (StatusCode::UNPROCESSABLE_ENTITY, "too-costly"),
    };
    Refusal::new(status, Issue::error(code, problem.to_string()))
}
