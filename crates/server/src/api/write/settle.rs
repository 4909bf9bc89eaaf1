//! Which resource each intent means, and what is there now.

use std::collections::BTreeSet;

use manzil_fhir::search::Handling;
use manzil_store::{Guard, Key, PageRequest, SearchRequest};

use super::{Intent, Settled, Target, What};
use crate::api::ask::{self, Call};
use crate::api::fault::Fault;
use crate::api::outcome::Refusal;
use crate::api::search;
use crate::smart::Interaction;

/// Settles every intent, in order.
///
/// # Errors
///
/// A scope that does not cover it, a search that finds several resources, and a resource that
/// two intents write.
pub(super) async fn settle(call: &Call, intents: &[Intent]) -> Result<Vec<Settled>, Refusal> {
    let mut settled = Vec::with_capacity(intents.len());
    let mut to_read = Vec::new();
    for intent in intents {
        check_allowed(call, intent).map_err(|refusal| within(refusal, intent))?;
        let one = one(call, intent).await.map_err(|refusal| within(refusal, intent))?;
        let is_new = matches!(intent.target, Target::New(_)) || one.is_new;
        if !is_new {
            to_read.push((settled.len(), one.key.clone()));
        }
        settled.push(Settled { key: one.key, current: None, guard: one.guard });
    }
    read(call, to_read, &mut settled).await?;
    check_once(intents, &settled)?;
    Ok(settled)
}

fn within(refusal: Refusal, intent: &Intent) -> Refusal {
    if intent.place.is_empty() { refusal } else { refusal.within(&intent.place) }
}

fn check_allowed(call: &Call, intent: &Intent) -> Result<(), Refusal> {
    let of = intent.target.resource_type();
    if of == "AuditEvent" {
        return Err(Fault::AuditIsRead.into());
    }
    let interaction = match intent.what {
        What::Create(_) => Interaction::Create,
        What::Put(_) | What::Patch(_) => Interaction::Update,
        What::Delete => Interaction::Delete,
    };
    call.door.require(of, interaction)?;
    if matches!(intent.target, Target::Found(..)) {
        call.door.require(of, Interaction::Search)?;
    }
    Ok(())
}

struct One {
    key: Key,
    /// Nothing can be there.
    is_new: bool,
    guard: Option<Guard>,
}

async fn one(call: &Call, intent: &Intent) -> Result<One, Refusal> {
    match &intent.target {
        Target::New(of) => {
            Ok(One { key: Key::new(*of, call.new_id()?), is_new: true, guard: None })
        }
        Target::Id(of, id) => {
            Ok(One { key: Key::new(*of, id.clone()), is_new: false, guard: None })
        }
        Target::Found(of, query) => found(call, intent, of, query).await,
    }
}

async fn found(
    call: &Call,
    intent: &Intent,
    of: &'static str,
    query: &str,
) -> Result<One, Refusal> {
    let guard = find(call, of, query).await?;
    let own = match &intent.what {
        What::Put(resource) => resource.id(),
        _ => None,
    };
    let one = |key, is_new| One { key, is_new, guard: None };
    let one = match guard.finds.as_slice() {
        [] => match &intent.what {
            What::Put(_) => match own {
                Some(id) => one(Key::new(of, id), false),
                None => one(Key::new(of, call.new_id()?), true),
            },
            What::Patch(_) => return Err(Fault::Missing(format!("{of}?{query}")).into()),
            // To delete what is not there changes nothing.
            What::Create(_) | What::Delete => one(Key::new(of, call.new_id()?), true),
        },
        [key] => match own {
            Some(id) if id != key.id => {
                let text = format!("the search finds {key}, and {of}/{id} was sent");
                return Err(Fault::Disagree(text).into());
            }
            _ => one(key.clone(), false),
        },
        _ => return Err(Fault::Many(format!("{of}?{query}")).into()),
    };
    Ok(One { guard: Some(guard), ..one })
}

/// What a conditional interaction's search finds: two at the most, for that is one too many.
/// Every parameter must be understood, or something else than was meant would be written.
pub(super) async fn find(call: &Call, of: &'static str, query: &str) -> Result<Guard, Refusal> {
    let pairs = ask::pairs(query.trim_start_matches('?'))?;
    let mut search = search::parsed(call, &[of], &pairs, Handling::Strict).await?;
    if search.filter.is_empty() {
        return Err(Fault::NoCriteria.into());
    }
    (search.sort, search.includes) = (Vec::new(), Vec::new());
    search.result = manzil_fhir::search::query::ResultOptions::default();
    search::narrow(call, &mut search)?;
    let page = PageRequest { rows_max: 2, after: None };
    let request = SearchRequest { search, page };
    let found = call.app.store.search(&call.door.access, &request).await?;
    let finds = found.matches.into_iter().map(|found| found.key).collect();
    Ok(Guard { search: request.search, finds })
}

async fn read(
    call: &Call,
    to_read: Vec<(usize, Key)>,
    settled: &mut [Settled],
) -> Result<(), Refusal> {
    if to_read.is_empty() {
        return Ok(());
    }
    let (places, keys): (Vec<usize>, Vec<Key>) = to_read.into_iter().unzip();
    let versions = match keys.as_slice() {
        [key] => vec![call.app.store.read(&call.door.access, key).await?],
        keys => call.app.store.read_many(&call.door.access, keys).await?,
    };
    for (place, version) in places.into_iter().zip(versions) {
        if let Some(settled) = settled.get_mut(place) {
            settled.current = version;
        }
    }
    Ok(())
}

/// R4 has no order among the writes of a transaction that would decide between two of one.
fn check_once(intents: &[Intent], settled: &[Settled]) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for (intent, settled) in intents.iter().zip(settled) {
        let is_kept = matches!(intent.what, What::Create(_)) && settled.current.is_some();
        if !is_kept && !seen.insert(&settled.key) {
            let at = intent.place.clone();
            return Err(Fault::Twice { key: settled.key.to_string(), at }.into());
        }
    }
    Ok(())
}
