//! Records and people that the checks begin with. All of them are invented.

use manzil_fhir::Resource;
use manzil_fhir::search::query::Search;
use manzil_fhir::search::{Handling, NoCodes, Setting, parse};
use manzil_fhir::table::type_definition;
use manzil_journey::access::{Access, Compartment, Purpose, Role};

use super::{Engine, Failure};
use crate::names::{PURPOSES, ROLES};
use crate::{
    AuditEntry, ChangeSet, Committed, Content, Expect, Found, Key, PageRequest, Query, Store,
    Version, Write,
};

/// Reaches every compartment.
pub(super) fn system() -> Access {
    Access::new("system", Role::System, Purpose::Administration)
}

pub(super) fn nurse() -> Access {
    Access::new("nurse", Role::Nurse, Purpose::Care)
}

pub(super) fn clerk() -> Access {
    Access::new("clerk", Role::Clerk, Purpose::Assessment)
}

/// Every role under every purpose, as the person p1 so that a person has a record of their own.
pub(super) fn every_access() -> impl Iterator<Item = Access> {
    ROLES.into_iter().flat_map(|role| {
        PURPOSES.into_iter().map(move |purpose| Access::new("Patient/p1", role, purpose))
    })
}

pub(super) fn resource(json: &str) -> Result<Resource, Failure> {
    Resource::parse(json).map_err(|error| Failure(error.to_string()))
}

pub(super) fn patient(id: &str, family: &str, given: &str) -> Result<Resource, Failure> {
    resource(&format!(
        r#"{{"resourceType":"Patient","id":"{id}","name":[{{"family":"{family}","given":["{given}"]}}]}}"#
    ))
}

pub(super) fn observation(id: &str, code: &str) -> Result<Resource, Failure> {
    resource(&format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"{code}"}}]}}}}"#
    ))
}

pub(super) fn write(resource: Resource, person: Option<&str>, compartment: Compartment) -> Write {
    Write {
        content: Content::Put(resource),
        person: person.map(str::to_owned),
        compartment,
        expect: Expect::Any,
    }
}

pub(super) fn change(writes: Vec<Write>) -> ChangeSet {
    ChangeSet { writes, what: "check".into(), ..ChangeSet::default() }
}

pub(super) fn key(resource_type: &str, id: &str) -> Key {
    Key::new(resource_type, id)
}

/// Writes one resource as the system.
pub(super) async fn put(
    store: &dyn Store,
    resource: Resource,
    person: Option<&str>,
    compartment: Compartment,
) -> Result<Committed, Failure> {
    Ok(store.commit(&system(), change(vec![write(resource, person, compartment)])).await?)
}

/// Observations `o-<compartment>`, one in each compartment; all but the directory's about p1.
pub(super) async fn one_in_each(store: &dyn Store) -> Result<(), Failure> {
    for compartment in crate::names::COMPARTMENTS {
        let person = (compartment != Compartment::Directory).then_some("p1");
        put(store, observation(&id_in(compartment), "1234-5")?, person, compartment).await?;
    }
    Ok(())
}

pub(super) fn id_in(compartment: Compartment) -> String {
    format!("o-{}", crate::names::compartment(compartment))
}

pub(super) fn query(resource_type: &str) -> Query {
    Query { resource_type: resource_type.into(), ..Query::default() }
}

pub(super) fn rows(rows_max: usize) -> PageRequest {
    PageRequest { rows_max, after: None }
}

/// What has a key.
pub(super) trait Keyed {
    fn key(&self) -> &Key;
}

impl Keyed for Version {
    fn key(&self) -> &Key {
        &self.meta.key
    }
}

impl Keyed for Found {
    fn key(&self) -> &Key {
        &self.key
    }
}

pub(super) fn ids<T: Keyed>(found: &[T]) -> Vec<&str> {
    found.iter().map(|each| each.key().id.as_str()).collect()
}

/// Reads a search as it stands in a URL, `Patient?name=sow`.
pub(super) fn search(url: &str) -> Result<Search, Failure> {
    let (name, rest) = url.split_once('?').unwrap_or((url, ""));
    let failed = |why: String| Failure(format!("{url}: {why}"));
    let definition = type_definition(name).ok_or_else(|| failed("no type".into()))?;
    let pairs = rest.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), value.to_owned())
    });
    let pairs: Vec<(String, String)> = pairs.collect();
    let setting = Setting { base: "http://here.example/fhir", now: 0, codes: &NoCodes };
    parse(&[definition.name], &pairs, Handling::Strict, &setting)
        .map_err(|error| failed(error.to_string()))
}

/// The ids that a query finds, sorted, as the system.
pub(super) async fn found(store: &dyn Store, query: Query) -> Result<Vec<String>, Failure> {
    let page = store.find(&system(), &query).await?;
    if page.total != page.rows.len() as u64 {
        return Err(Failure(format!("total {} of {} rows", page.total, page.rows.len())));
    }
    let mut ids: Vec<String> = page.rows.into_iter().map(|row| row.key.id).collect();
    ids.sort();
    Ok(ids)
}

/// The newest audit line, before this look at it.
pub(super) async fn last_line(store: &dyn Store) -> Result<AuditEntry, Failure> {
    let page = store.audit(&system(), None, rows(1)).await?;
    page.rows.into_iter().next().ok_or_else(|| Failure("the audit trail is empty".into()))
}

pub(super) async fn empty(engine: &dyn Engine) -> Result<std::sync::Arc<dyn Store>, Failure> {
    Ok(engine.fresh().await?)
}
