//! Where the journey meets the store: reads what a command needs, commits what it decides.
//!
//! The journey is pure and the port is narrow; these few functions join them, for the server and
//! the command line alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use manzil_fhir::Resource;
use manzil_journey::access::{Access, Purpose, Role};
use manzil_journey::change::{By, Changes, Draft, Recorded};
use manzil_journey::coding::CASE_SYSTEM;
use manzil_journey::file::PersonFile;
use manzil_journey::import::bundle::{self, Entry, ResourceKey, named};
use manzil_journey::import::plan::{self, Accept, Existing, Plan};
use manzil_journey::import::problem::Problem;
use manzil_journey::import::row::{self, CaseRow};
use manzil_journey::import::{ColumnMap, table};
use manzil_journey::result::Performed;
use manzil_protocol::Library;

use crate::change::{ChangeSet, Committed, Content, Expect, Found, Key, Version, Write};
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
    Ok(PersonFile::read(records.iter().map(recorded).collect::<Result<_, _>>()?))
}

/// Commits what a command decided.
pub async fn commit(
    store: &Arc<dyn Store>,
    access: &Access,
    changes: Changes,
) -> Result<Committed, StoreError> {
    let access = match changes.by {
        By::Actor => access.clone(),
        By::Program => Access { role: Role::System, ..access.clone() },
        By::Deposit => Access::new(access.actor.clone(), Role::System, Purpose::Care),
    };
    let writes = changes.drafts.into_iter().map(write).collect();
    store.commit(&access, ChangeSet { writes, what: changes.what, ..ChangeSet::default() }).await
}

/// Commits the batches of an import, each whole. When one fails, those before it stay; planning
/// the same file again leaves them out.
pub async fn commit_plan(
    store: &Arc<dyn Store>,
    access: &Access,
    plan: Plan,
    mut progress: impl FnMut(usize, usize),
) -> Result<usize, StoreError> {
    let batches = plan.batches.len();
    let mut written = 0;
    for (place, batch) in plan.batches.into_iter().enumerate() {
        written += commit(store, access, batch).await?.versions.len();
        progress(place + 1, batches);
    }
    Ok(written)
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
            let records = store.person(access, &found.key.id).await?;
            let records = records.iter().map(recorded).collect::<Result<_, _>>()?;
            existing.people.insert(identifier, records);
        }
        if let Some(number) = &row.case_number
            && !existing.cases.contains_key(number)
        {
            let token = format!("{CASE_SYSTEM}|{number}");
            if let Some(found) = first(store, access, "Group", "identifier", &token).await? {
                let case = Recorded {
                    resource: found.resource()?,
                    version: found.version,
                    compartment: found.compartment,
                };
                existing.cases.insert(number.clone(), case);
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
    // The program looks whether a record is there and the same; the actor is shown neither. What
    // is disclosed cannot be reached for care, nor care for an assessment: each is asked for.
    let reach = |purpose| Access::new(access.actor.clone(), Role::System, purpose);
    let (care, assessment) = (reach(Purpose::Care), reach(Purpose::Assessment));
    let mut existing = BTreeMap::new();
    for key in named(entries) {
        let place = Key::new(&key.0, &key.1);
        let found = match store.read(&care, &place).await {
            Err(StoreError::Refused { .. }) => store.read(&assessment, &place).await?,
            answer => answer?,
        };
        if let Some(found) = found {
            existing.insert(key, recorded(&found)?);
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
) -> Result<Option<Found>, StoreError> {
    let query = Query {
        resource_type: resource_type.to_owned(),
        tokens: vec![(parameter.to_owned(), token.to_owned())],
        page: PageRequest { rows_max: 1, after: None },
        ..Query::default()
    };
    Ok(store.find(access, &query).await?.rows.into_iter().next())
}

/// What `read` makes of each of the found resources that it can read.
pub fn read_all<T>(
    found: &[Found],
    read: impl Fn(&Resource) -> Option<T>,
) -> Result<Vec<T>, StoreError> {
    let read = |each: &Found| each.resource().map(|resource| read(&resource));
    found.iter().filter_map(|each| read(each).transpose()).collect()
}

/// What `read` makes of a version, if there is one and it can be read.
pub fn read_one<T>(
    version: Option<&Version>,
    read: impl Fn(&Resource) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    Ok(version.map(Version::resource).transpose()?.as_ref().and_then(read))
}

/// A stored version as the journey reads it.
pub fn recorded(version: &Version) -> Result<Recorded, StoreError> {
    Ok(Recorded {
        resource: version.resource()?,
        version: version.meta.version,
        compartment: version.meta.compartment,
    })
}

fn write(draft: Draft) -> Write {
    Write {
        content: Content::Put(draft.resource),
        person: draft.person,
        compartment: draft.compartment,
        expect: draft.replaces.map_or(Expect::Absent, Expect::Version),
    }
}

/// A file as somebody hands it in.
#[derive(Clone, Debug)]
pub struct Upload {
    pub bytes: Vec<u8>,
    /// How to read it if it is CSV.
    pub map: ColumnMap,
}

impl Upload {
    /// Whether it is JSON, hence FHIR.
    pub fn is_fhir(&self) -> bool {
        let text = self.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.bytes);
        text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
    }
}

/// Understands a file and compares it with the store; writes nothing.
///
/// # Errors
///
/// The outer error is the store's. The inner one lists everything that keeps the file from being
/// understood; a plan may carry problems of its own.
pub async fn plan_upload(
    store: &Arc<dyn Store>,
    access: &Access,
    library: &Library,
    upload: &Upload,
    now: Timestamp,
    today: Date,
    ids: &mut (dyn FnMut() -> String + Send),
) -> Result<Result<Plan, Vec<Problem>>, StoreError> {
    if upload.is_fhir() {
        return plan_fhir(store, access, &upload.bytes, ids).await;
    }
    let rows = table::read(&upload.bytes, upload.map.delimiter)
        .and_then(|table| row::read(&table, &upload.map, library, today));
    let rows = match rows {
        Ok(rows) => rows,
        Err(problems) => return Ok(Err(problems)),
    };
    let existing = existing_for_rows(store, access, &rows).await?;
    let performed = Performed { on: today, at: now, by: access.actor.clone() };
    Ok(Ok(plan::plan(&rows, &existing, library, Accept::Reception, &performed, ids)))
}

async fn plan_fhir(
    store: &Arc<dyn Store>,
    access: &Access,
    bytes: &[u8],
    ids: &mut (dyn FnMut() -> String + Send),
) -> Result<Result<Plan, Vec<Problem>>, StoreError> {
    let mut entries = match bundle::text(bytes).and_then(bundle::read) {
        Ok(entries) => entries,
        Err(problems) => return Ok(Err(problems)),
    };
    bundle::settle(&mut entries, ids);
    let existing = existing_for_entries(store, access, &entries).await?;
    Ok(Ok(bundle::plan(&entries, &existing)))
}
