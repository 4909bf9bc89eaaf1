//! Bulk export. Source: FHIR Bulk Data Access 2.0,
//! <https://hl7.org/fhir/uv/bulkdata/export.html>.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use manzil_fhir::search::compartment;
use manzil_fhir::table;
use manzil_store::Key;
use serde_json::{Value, json};

use super::answer::{Answer, http_date};
use super::ask::Call;
use super::fault::Fault;
use super::history::moment;
use super::operation::Called;
use super::outcome::{Issue, Refusal};
use super::place::known;
use crate::jobs::{self, Job, NotBegun, Order, People, State};
use crate::smart::Interaction;

const PROGRESS: HeaderName = HeaderName::from_static("x-progress");
/// The most members of a group that is exported.
const MEMBERS_MAX: usize = 100_000;

/// `$export` of the system, of all patients, or of a group: begins it, and says where to ask.
pub(super) async fn begin(call: &Call, called: Called, path: &str) -> Result<Answer, Refusal> {
    if !call.prefer.asynchronous {
        let text = "an export is made in the background; send the header Prefer: respond-async";
        return Err(Fault::Argument(text.to_owned()).into());
    }
    check_parameters(call, &called)?;
    let people = people(call, &called).await?;
    let order = Order {
        request: super::link::address(
            &format!("{}{path}", call.base),
            called.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())),
        ),
        types: types(call, &called, &people)?,
        since: moment(&called.all(), "_since")?,
        people,
    };
    let id = call.new_id()?;
    let begun = call.app.exports.begin(&id, &call.door.client, order, call.app.now());
    let job = begun.map_err(|error| match error {
        NotBegun::TooMany => Refusal::from(Fault::TooManyExports),
        NotBegun::Disk(error) => Refusal::new(
            StatusCode::INSUFFICIENT_STORAGE,
            Issue::error(
                "no-store",
                format!("MZ-0692: no folder for the export: {error}; free some space"),
            ),
        ),
    })?;
    tokio::spawn(jobs::run(call.app.clone(), call.door.clone(), job));
    let mut answer = Answer::new(StatusCode::ACCEPTED);
    put(&mut answer, header::CONTENT_LOCATION, &format!("{}/_export/{id}", call.base));
    Ok(answer)
}

/// How far an export is, or one of its files.
pub(super) async fn look(call: &Call, id: &str, file: Option<&str>) -> Result<Answer, Refusal> {
    let job = find(call, id)?;
    if let Some(name) = file {
        let path = job.path(name).ok_or(Fault::NoExport)?;
        let text = tokio::fs::read_to_string(path).await.map_err(|_| Fault::NoExport)?;
        let mut answer = Answer::json(text);
        put(&mut answer, header::CONTENT_TYPE, "application/fhir+ndjson");
        return Ok(answer);
    }
    match job.state() {
        State::Running { resources } => {
            let mut answer = Answer::new(StatusCode::ACCEPTED);
            put(&mut answer, PROGRESS, &format!("{resources} resources written"));
            put(&mut answer, header::RETRY_AFTER, "1");
            Ok(answer)
        }
        State::Failed(text) => {
            let issue = Issue::error("exception", text);
            Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, issue))
        }
        State::Done(files) => {
            let output: Vec<Value> = files
                .iter()
                .map(|file| {
                    let url = format!("{}/_export/{id}/{}", call.base, file.name);
                    json!({"type": file.resource_type, "url": url, "count": file.resources})
                })
                .collect();
            let manifest = json!({
                "transactionTime": format!("{:.3}", job.started),
                "request": job.order.request,
                "requiresAccessToken": true,
                "output": output,
                "error": [],
            });
            let mut answer = Answer::json(manifest.to_string());
            put(&mut answer, header::CONTENT_TYPE, "application/json");
            if let Some(date) = http_date(job.ends()) {
                put(&mut answer, header::EXPIRES, &date);
            }
            Ok(answer)
        }
    }
}

/// Ends an export and removes its files.
pub(super) fn end(call: &Call, id: &str) -> Result<Answer, Refusal> {
    find(call, id)?;
    call.app.exports.end(id);
    Ok(Answer::new(StatusCode::ACCEPTED))
}

fn find(call: &Call, id: &str) -> Result<Arc<Job>, Fault> {
    call.app.exports.find(id, &call.door.client, call.app.now()).ok_or(Fault::NoExport)
}

fn put(answer: &mut Answer, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        answer.headers.push((name, value));
    }
}

fn check_parameters(call: &Call, called: &Called) -> Result<(), Refusal> {
    const FORMATS: &[&str] = &["application/fhir+ndjson", "application/ndjson", "ndjson"];
    for (name, value) in called.all() {
        match name.as_str() {
            "_outputFormat" if !FORMATS.contains(&value.replace(' ', "+").as_str()) => {
                let text = "_outputFormat names a form that is not made; write ndjson";
                return Err(Fault::Argument(text.to_owned()).into());
            }
            "_outputFormat" | "_since" | "_type" | "_format" | "_pretty" => {}
            // Bulk Data Access: what is not supported is an error unless lenience is asked for.
            _ if call.prefer.lenient => {}
            _ => {
                let name: String = name.chars().take(64).collect();
                return Err(Fault::Unknown(format!("$export has no parameter {name} here")).into());
            }
        }
    }
    Ok(())
}

fn types(call: &Call, called: &Called, people: &People) -> Result<Vec<&'static str>, Refusal> {
    let named = called.text("_type").unwrap_or_default();
    let mut types = Vec::new();
    for name in named.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let of = known(name)
            .map_err(|fault| Refusal { status: StatusCode::BAD_REQUEST, ..fault.into() })?;
        call.door.require(of, Interaction::Search)?;
        types.push(of);
    }
    if types.is_empty() {
        let all = table::types().map(|it| it.name).filter(|name| table::is_resource_type(name));
        types = all.filter(|of| call.door.permits(of, Interaction::Search)).collect();
        if types.is_empty() {
            call.door.require("*", Interaction::Search)?;
        }
    }
    if !matches!(people, People::System) {
        let within: BTreeSet<&str> =
            compartment("Patient").into_iter().flatten().map(|it| it.0).collect();
        types.retain(|of| within.contains(of));
    }
    types.retain(|of| *of != "AuditEvent");
    Ok(types)
}

async fn people(call: &Call, called: &Called) -> Result<People, Refusal> {
    match (called.of, &called.id) {
        (Some("Group"), Some(id)) => members(call, id).await,
        (Some(_), _) => Ok(People::All),
        (None, _) => Ok(People::System),
    }
}

/// The patients of a group.
async fn members(call: &Call, id: &str) -> Result<People, Refusal> {
    let version = super::read::permitted(call, &Key::new("Group", id)).await?;
    let group = version.resource()?;
    let all = group.value().get("member").and_then(Value::as_array).into_iter().flatten();
    let active = all.filter(|it| it.get("inactive") != Some(&Value::Bool(true)));
    let ids = active.filter_map(|it| {
        it.get("entity")?.get("reference")?.as_str()?.strip_prefix("Patient/").map(str::to_owned)
    });
    Ok(People::Some(ids.take(MEMBERS_MAX).collect()))
}
