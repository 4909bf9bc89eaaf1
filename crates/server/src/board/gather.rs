//! Reading what the board needs from the store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use manzil_journey::assessment::{Assessment, Status};
use manzil_journey::family::FamilyCase;
use manzil_protocol::Library;
use manzil_store::limits::PAGE_ROWS_MAX;
use manzil_store::{Key, PageRequest, Query, Store, StoreError, desk};
use tokio::task::JoinSet;

use super::access;
use super::standing::Standing;

/// People examined at the same time: the store answers several at once, and commits their audit
/// lines together.
const AT_ONCE_MAX: usize = 32;

/// Everybody who has an open assessment.
pub(super) async fn people_with_open_assessments(
    store: &dyn Store,
) -> Result<BTreeSet<String>, StoreError> {
    let mut people = BTreeSet::new();
    for status in [Status::Planned, Status::Active, Status::UnderReview] {
        let mut after = None;
        loop {
            let query = Query {
                resource_type: "EpisodeOfCare".to_owned(),
                tokens: vec![("status".to_owned(), status.code().to_owned())],
                page: PageRequest { rows_max: PAGE_ROWS_MAX, after },
                ..Query::default()
            };
            let page = store.find(&access(), &query).await?;
            let open = desk::read_all(&page.rows, Assessment::read)?;
            people.extend(open.into_iter().map(|assessment| assessment.person));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(people)
}

/// Everybody about whom something was written after `seq`, which moves on to `until`.
pub(super) async fn people_changed(
    store: &dyn Store,
    seq: &mut u64,
    until: u64,
) -> Result<BTreeSet<String>, StoreError> {
    let mut people = BTreeSet::new();
    loop {
        let rows = store.changes(&access(), *seq, PAGE_ROWS_MAX).await?;
        let Some(last) = rows.last() else { break };
        *seq = last.seq;
        people.extend(rows.into_iter().filter_map(|meta| meta.person));
        if *seq >= until {
            break;
        }
    }
    // What is written for care is not in the log that the board may read.
    *seq = (*seq).max(until);
    Ok(people)
}

/// How the open assessments of these people stand; an empty list for somebody who has none.
pub(super) async fn standings(
    store: &Arc<dyn Store>,
    library: &Arc<Library>,
    people: BTreeSet<String>,
    cases: &mut BTreeMap<String, String>,
    today: Date,
) -> Result<Vec<(String, Vec<Standing>)>, StoreError> {
    let mut found = Vec::new();
    let mut tasks = JoinSet::new();
    for person in people {
        if tasks.len() >= AT_ONCE_MAX {
            found.extend(joined(tasks.join_next().await)?);
        }
        let (store, library) = (Arc::clone(store), Arc::clone(library));
        tasks.spawn(async move {
            let file = desk::person_file(&store, &access(), &person).await?;
            let examined = tokio::task::spawn_blocking(move || {
                file.map(|file| Standing::all(&file, &library, today)).unwrap_or_default()
            });
            let standings = examined.await.map_err(|error| failed(&error))?;
            Ok((person, standings))
        });
    }
    while let Some(done) = tasks.join_next().await {
        found.extend(joined(Some(done))?);
    }
    for (_, standings) in &mut found {
        for standing in standings {
            standing.case_number = case_number(&**store, cases, &standing.assessment).await?;
        }
    }
    Ok(found)
}

type Joined = Result<Result<(String, Vec<Standing>), StoreError>, tokio::task::JoinError>;

fn joined(done: Option<Joined>) -> Result<Option<(String, Vec<Standing>)>, StoreError> {
    match done {
        None => Ok(None),
        Some(Ok(result)) => result.map(Some),
        Some(Err(error)) => Err(failed(&error)),
    }
}

fn failed(error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Database(format!("the board could not be drawn up: {error}"))
}

async fn case_number(
    store: &dyn Store,
    cases: &mut BTreeMap<String, String>,
    assessment: &Assessment,
) -> Result<Option<String>, StoreError> {
    let Some(id) = &assessment.case else { return Ok(None) };
    if let Some(number) = cases.get(id) {
        return Ok(Some(number.clone()));
    }
    let group = store.read(&access(), &Key::new("Group", id)).await?;
    let Some(case) = desk::read_one(group.as_ref(), FamilyCase::read)? else { return Ok(None) };
    cases.insert(id.clone(), case.number.clone());
    Ok(Some(case.number))
}
