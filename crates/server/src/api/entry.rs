//! The entry of the interface: one HTTP request in, one response out.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use manzil_fhir::Resource;
use manzil_store::{Key, Scope};

use super::answer::Answer;
use super::ask::{self, Call, Conditions, Pairs, Prefer};
use super::fault::Fault;
use super::outcome::{BUNDLE_BYTES_MAX, Refusal};
use super::place::Place;
use super::routes::{self, Action, Door};
use super::write::intent::{Sent, intent};
use super::{audit, bundles, capability, export, history, operation, read, search, subset, write};
use crate::limits::{FHIR_RESOURCE_BYTES_MAX, FHIR_SECONDS_MAX};
use crate::network::Network;
use crate::smart;
use crate::{App, frame};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// Answers a request below `/fhir`.
pub(crate) async fn answer(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    let pairs = ask::pairs(query);
    let pretty = matches!(&pairs, Ok(pairs) if ask::value(pairs, "_pretty") == Some("true"));
    let limit = Duration::from_secs(FHIR_SECONDS_MAX);
    let request_id = frame::request_id(&app);
    let answer = match pairs {
        Err(fault) => Answer::from(Refusal::from(fault)),
        Ok(pairs) => match tokio::time::timeout(limit, respond(app, &parts, pairs, body)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(refusal)) => refusal.into(),
            Err(_) => Refusal::from(Fault::TimedOut).into(),
        },
    };
    let mut response = answer.into_response(pretty);
    head(response.headers_mut(), &parts, &request_id);
    response
}

/// The headers of every answer. A page of another site may read an answer: without the token,
/// which only its own software has, there is none but in an open demonstration.
fn head(headers: &mut HeaderMap, parts: &Parts, request_id: &str) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    // The ids of both sides, under the names of <https://hl7.org/fhir/R4/http.html#custom>.
    if let Some(id) = parts.headers.get(REQUEST_ID).filter(|id| id.len() <= 64) {
        headers.insert(CORRELATION_ID, id.clone());
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, id);
    }
    if !parts.headers.contains_key(header::ORIGIN) {
        return;
    }
    let fixed = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            "ETag, Location, Content-Location, X-Progress, X-Request-Id, X-Correlation-Id",
        ),
    ];
    let preflight = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Authorization, Content-Type, Accept, Prefer, If-Match, If-None-Match, If-None-Exist, \
             If-Modified-Since, X-Request-Id",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    let is_preflight = parts.method == Method::OPTIONS;
    let all = fixed.into_iter().chain(preflight.into_iter().filter(|_| is_preflight));
    for (name, value) in all {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// What was asked, ready to be done.
pub(crate) struct Asked {
    pub(crate) action: Action,
    pub(crate) place: Place,
    /// As it was sent.
    pub(crate) query: String,
    pub(crate) pairs: Pairs,
    pub(crate) conditions: Conditions,
    pub(crate) sent: Sent,
}

async fn respond(app: App, parts: &Parts, mut pairs: Pairs, body: Body) -> Result<Answer, Refusal> {
    let path = parts.uri.path();
    let place = Place::parse(path.strip_prefix("/fhir").unwrap_or(path))?;
    if parts.method == Method::OPTIONS {
        return Ok(options(&place));
    }
    let row = routes::find(&parts.method, &place)?;
    let headers = &parts.headers;
    ask::check_accept(headers, &pairs)?;
    let base = ask::base(&app, headers);
    if row.door == Door::Open {
        return capability::answer(&app, &base, &pairs);
    }
    let door = smart::bearer(&app, headers, Network::of(&parts.extensions)).await?;
    let call = Call { app, door, base, prefer: Prefer::of(headers) };
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let conditions = Conditions::of(headers)?;
    if row.action == Action::Bundle {
        ask::check_content_type(headers)?;
        return bundles::answer(&call, bytes(body, BUNDLE_BYTES_MAX).await?).await;
    }
    let posts = parts.method == Method::POST;
    let sent = match row.action {
        Action::Search if posts => {
            pairs.extend(form(headers, body).await?);
            Sent::Nothing
        }
        Action::Create | Action::Update => Sent::Resource(resource(headers, body).await?),
        Action::Operation if posts => posted(headers, body).await?,
        Action::Patch => {
            let bytes = some(bytes(body, FHIR_RESOURCE_BYTES_MAX).await?)?;
            Sent::patch(ask::content_type(headers), &bytes)?
        }
        _ => Sent::Nothing,
    };
    let asked = Asked { action: row.action, place, query, pairs, conditions, sent };
    perform(&call, asked).await
}

/// Does one interaction, asked by itself or as an entry of a batch.
pub(crate) async fn perform(call: &Call, asked: Asked) -> Result<Answer, Refusal> {
    let Asked { action, place, query, pairs, conditions, sent } = asked;
    match (action, place) {
        (Action::Read, Place::Instance("AuditEvent", id)) => audit::read(call, &id).await,
        (Action::Search, Place::Type("AuditEvent") | Place::TypeSearch("AuditEvent")) => {
            audit::search(call, pairs).await
        }
        (Action::Read, Place::Instance(of, id)) => {
            let shape = subset::shape(&pairs)?;
            read::current(call, &Key::new(of, id), &conditions, &shape).await
        }
        (Action::ReadVersion, Place::Version(of, id, version)) => {
            let shape = subset::shape(&pairs)?;
            read::version(call, &Key::new(of, id), version, &conditions, &shape).await
        }
        (Action::History, place) => {
            let scope = match place {
                Place::InstanceHistory(of, id) => Scope::Resource(Key::new(of, id)),
                Place::TypeHistory(of) => Scope::Type(of.to_owned()),
                _ => Scope::Everything,
            };
            history::answer(call, scope, pairs).await
        }
        (Action::Search, place) => search::answer(call, &place, pairs).await,
        (Action::Capabilities, _) => capability::answer(&call.app, &call.base, &pairs),
        (Action::Operation, Place::Operation(of, id, name)) => {
            operation::answer(call, of, id, &name, pairs, sent).await
        }
        (Action::Create | Action::Update | Action::Patch | Action::Delete, place) => {
            write_one(call, action, &place, &query, sent, conditions).await
        }
        (Action::Export, Place::Export(id, file)) => export::look(call, &id, file.as_deref()).await,
        (Action::EndExport, Place::Export(id, _)) => export::end(call, &id),
        // The table has no other rows.
        _ => Err(Fault::NoPlace(String::new()).into()),
    }
}

async fn write_one(
    call: &Call,
    action: Action,
    place: &Place,
    query: &str,
    sent: Sent,
    conditions: Conditions,
) -> Result<Answer, Refusal> {
    let mut first = Some(intent(action, place, query, sent, conditions)?);
    // A plain create cannot be decided otherwise later, so it need not be kept.
    let spare = match &first {
        Some(intent) if !matches!(intent.target, write::Target::New(_)) => Some(intent.clone()),
        _ => None,
    };
    let mut again = || match first.take().or_else(|| spare.clone()) {
        Some(intent) => Ok(vec![intent]),
        None => Err(Fault::Contended.into()),
    };
    let answers = write::carry_out(call, word(action), &mut again).await?;
    answers.into_iter().next().ok_or_else(|| Fault::Inside.into())
}

/// What the change log says was done.
fn word(action: Action) -> &'static str {
    match action {
        Action::Create => "fhir create",
        Action::Patch => "fhir patch",
        Action::Delete => "fhir delete",
        _ => "fhir update",
    }
}

fn options(place: &Place) -> Answer {
    let mut answer = Answer::new(StatusCode::NO_CONTENT);
    if let Ok(allowed) = routes::allowed(place).parse() {
        answer.headers.push((header::ALLOW, allowed));
    }
    answer
}

/// Reads a body, of so many bytes at most.
async fn bytes(body: Body, bytes_max: usize) -> Result<Bytes, Fault> {
    axum::body::to_bytes(body, bytes_max).await.map_err(|error| {
        let text = error.to_string();
        if text.contains("length limit") { Fault::TooLarge(bytes_max) } else { Fault::Body(text) }
    })
}

async fn resource(headers: &HeaderMap, body: Body) -> Result<Resource, Refusal> {
    let bytes = some(bytes(body, FHIR_RESOURCE_BYTES_MAX).await?)?;
    ask::check_content_type(headers)?;
    Ok(Resource::parse_bytes(&bytes)?)
}

fn some(bytes: Bytes) -> Result<Bytes, Fault> {
    if bytes.is_empty() { Err(Fault::NoBody) } else { Ok(bytes) }
}

/// The body of an operation, which may be empty.
async fn posted(headers: &HeaderMap, body: Body) -> Result<Sent, Refusal> {
    let bytes = bytes(body, FHIR_RESOURCE_BYTES_MAX).await?;
    if bytes.is_empty() {
        return Ok(Sent::Nothing);
    }
    ask::check_content_type(headers)?;
    Ok(Sent::Resource(Resource::parse_bytes(&bytes)?))
}

/// The parameters of a search by `POST`.
async fn form(headers: &HeaderMap, body: Body) -> Result<Pairs, Refusal> {
    let bytes = bytes(body, FHIR_RESOURCE_BYTES_MAX).await?;
    if bytes.is_empty() {
        return Ok(Pairs::new());
    }
    let kind = ask::content_type(headers);
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let wanted = "application/x-www-form-urlencoded";
        return Err(Fault::WrongMedia { found: ask::media(kind), wanted }.into());
    }
    let unreadable = |_| Fault::Body("it is not UTF-8".to_owned());
    Ok(ask::pairs(std::str::from_utf8(&bytes).map_err(unreadable)?)?)
}
