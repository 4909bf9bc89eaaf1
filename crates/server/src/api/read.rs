//! Reading one resource, now or as it was.

use axum::http::StatusCode;
use manzil_fhir::search::query::ResultOptions;
use manzil_store::query::HistoryRequest;
use manzil_store::{Key, PageRequest, Version};

use super::answer::Answer;
use super::ask::{Call, Conditions, version_of};
use super::fault::Fault;
use super::outcome::Refusal;
use super::subset;
use crate::smart::Interaction;

/// The current version, or 304 when the client has it, or 404, or 410 for what was deleted.
pub(crate) async fn current(
    call: &Call,
    key: &Key,
    conditions: &Conditions,
    shape: &ResultOptions,
) -> Result<Answer, Refusal> {
    call.door.require(&key.resource_type, Interaction::Read)?;
    match call.app.store.read(&call.door.access, key).await? {
        Some(version) => shown(call, version, conditions, shape),
        None => Err(absent(call, key).await?.into()),
    }
}

/// One version of the past; 410 for the version that is the deletion.
pub(crate) async fn version(
    call: &Call,
    key: &Key,
    number: u64,
    conditions: &Conditions,
    shape: &ResultOptions,
) -> Result<Answer, Refusal> {
    call.door.require(&key.resource_type, Interaction::Read)?;
    match call.app.store.read_version(&call.door.access, key, number).await? {
        Some(version) if version.meta.deleted => Err(Fault::Deleted(key.clone()).into()),
        Some(version) => shown(call, version, conditions, shape),
        None => Err(Fault::Missing(format!("version {number} of {key}")).into()),
    }
}

fn shown(
    call: &Call,
    version: Version,
    conditions: &Conditions,
    shape: &ResultOptions,
) -> Result<Answer, Refusal> {
    let meta = &version.meta;
    check_reach(call, &version)?;
    let answer = Answer::new(StatusCode::OK).about(meta);
    if is_known(meta, conditions) {
        return Ok(Answer { status: StatusCode::NOT_MODIFIED, ..answer });
    }
    let body = subset::apply(version.body.into_json(), shape)?;
    Ok(answer.with_body(body))
}

/// Whether the client has this version already (RFC 9110, section 13.2.2: the tag goes before
/// the date).
fn is_known(meta: &manzil_store::VersionMeta, conditions: &Conditions) -> bool {
    if let Some(tags) = &conditions.if_none_match {
        return tags
            .split(',')
            .any(|tag| tag.trim() == "*" || version_of(tag) == Some(meta.version));
    }
    conditions.if_modified_since.is_some_and(|since| meta.at.as_second() <= since.as_second())
}

/// The current version, if the scopes cover it.
///
/// # Errors
///
/// When it is not there, was deleted, or may not be read.
pub(crate) async fn permitted(call: &Call, key: &Key) -> Result<Version, Refusal> {
    call.door.require(&key.resource_type, Interaction::Read)?;
    let Some(version) = call.app.store.read(&call.door.access, key).await? else {
        return Err(absent(call, key).await?.into());
    };
    check_reach(call, &version)?;
    Ok(version)
}

fn check_reach(call: &Call, version: &Version) -> Result<(), Fault> {
    let meta = &version.meta;
    let (of, person) = (meta.key.resource_type.as_str(), meta.person.as_deref());
    if call.door.reaches(of, Interaction::Read, meta.compartment, person) {
        return Ok(());
    }
    Err(Fault::Beyond)
}

/// Whether what is not there was deleted or never was.
pub(crate) async fn absent(call: &Call, key: &Key) -> Result<Fault, Refusal> {
    Ok(match last(call, key).await? {
        Some(version) if version.meta.deleted => Fault::Deleted(key.clone()),
        _ => Fault::Missing(key.to_string()),
    })
}

/// The newest version, which may be a deletion.
pub(crate) async fn last(call: &Call, key: &Key) -> Result<Option<Version>, Refusal> {
    let page = PageRequest { rows_max: 1, after: None };
    let request = HistoryRequest::of(key.clone(), page);
    let page = call.app.store.history(&call.door.access, &request).await?;
    Ok(page.rows.into_iter().next())
}
