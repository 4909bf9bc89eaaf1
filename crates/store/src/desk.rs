//! Where the journey meets the store: reads what a command needs, commits what it decides.
//!
//! The journey is pure and the port is narrow; these few functions join them, for the server and
//! the command line alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use manzil_journey::access::{Access, Role};
use manzil_journey::change::{Changes, Draft, Recorded};
use manzil_journey::coding::CASE_SYSTEM;
use manzil_journey::file::PersonFile;
use manzil_journey::import::bundle::{Entry, ResourceKey, named};
use manzil_journey::import::row::CaseRow;
use manzil_journey::import::{Existing, Plan};

use crate::change::{ChangeSet, Committed, Expect, Key, Version, Write};
use crate::error::StoreError;
use crate::port::Store;
use crate::query::{PageRequest, Query};

/// Everything about one person that `access` may read; none when there is no such person.
pub async fn person_file(
    store: &Arc<dyn Store>,
    access: &Access,
    person: &str,
) -> Result<Option<PersonFile>, StoreError> {
    let records = store.person(access, person).await?;
    Ok(PersonFile::read(records.into_iter().map(recorded).collect()))
}

/// Commits what a command decided.
pub async fn commit(
    store: &Arc<dyn Store>,
    access: &Access,
    changes: Changes,
) -> Result<Committed, StoreError> {
    commit_once(store, access, changes, None).await
}

/// Commits the batches of an import, each whole. `name` identifies the file: the same file
/// imported again finds its batches committed.
pub async fn commit_plan(
    store: &Arc<dyn Store>,
    access: &Access,
    plan: Plan,
    mut progress: impl FnMut(usize, usize),
) -> Result<usize, StoreError> {
    let batches = plan.batches.len();
    let mut written = 0;
    for (place, batch) in plan.batches.into_iter().enumerate() {
        written += commit_once(store, access, batch, None).await?.versions.len();
        progress(place + 1, batches);
    }
    Ok(written)
}

async fn commit_once(
    store: &Arc<dyn Store>,
    access: &Access,
    changes: Changes,
    idempotency_key: Option<String>,
) -> Result<Committed, StoreError> {
    let by_program = Access { role: Role::System, ..access.clone() };
    let access = if changes.by_program { &by_program } else { access };
    let writes = changes.drafts.into_iter().map(write).collect();
    store.commit(access, ChangeSet { writes, what: changes.what, idempotency_key }).await
}

/// What the store holds of the people and cases that a caseload names.
pub async fn existing_for_rows(
    store: &Arc<dyn Store>,
    access: &Access,
    rows: &[CaseRow],
) -> Result<Existing, StoreError> {
    let mut existing = Existing::default();
    for row in rows {
        let identifier = row.identifier();
        let token = format!("{}|{}", identifier.system, identifier.value);
        if let Some(found) = first(store, access, "Patient", "identifier", &token).await? {
            let records = store.person(access, &found.meta.key.id).await?;
            existing.people.insert(identifier, records.into_iter().map(recorded).collect());
        }
        if let Some(number) = &row.case_number
            && !existing.cases.contains_key(number)
        {
            let token = format!("{CASE_SYSTEM}|{number}");
            if let Some(found) = first(store, access, "Group", "identifier", &token).await? {
                existing.cases.insert(number.clone(), recorded(found));
            }
        }
    }
    Ok(existing)
}

/// What the store holds of the resources that a FHIR file names.
pub async fn existing_for_entries(
    store: &Arc<dyn Store>,
    access: &Access,
    entries: &[Entry],
) -> Result<BTreeMap<ResourceKey, Recorded>, StoreError> {
    // The program looks whether a record is there and the same; the actor is shown neither.
    let access = Access { role: Role::System, ..access.clone() };
    let mut existing = BTreeMap::new();
    for key in named(entries) {
        if let Some(found) = store.read(&access, &Key::new(&key.0, &key.1)).await? {
            existing.insert(key, recorded(found));
        }
    }
    Ok(existing)
}

/// The first resource whose search parameter has exactly this value.
pub async fn first(
    store: &Arc<dyn Store>,
    access: &Access,
    resource_type: &str,
    parameter: &str,
    token: &str,
) -> Result<Option<Version>, StoreError> {
    let query = Query {
        resource_type: resource_type.to_owned(),
        tokens: vec![(parameter.to_owned(), token.to_owned())],
        page: PageRequest { rows_max: 1, after: None },
        ..Query::default()
    };
    Ok(store.find(access, &query).await?.rows.into_iter().next())
}

/// A stored version as the journey reads it.
pub fn recorded(version: Version) -> Recorded {
    Recorded {
        resource: version.resource,
        version: version.meta.version,
        compartment: version.meta.compartment,
    }
}

fn write(draft: Draft) -> Write {
    Write {
        resource: draft.resource,
        person: draft.person,
        compartment: draft.compartment,
        expect: draft.replaces.map_or(Expect::Absent, Expect::Version),
    }
}
