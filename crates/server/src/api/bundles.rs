//! Batches and transactions. Source: <https://hl7.org/fhir/R4/http.html#transaction>.

use axum::body::Bytes;
use axum::http::{Method, StatusCode};
use manzil_fhir::Resource;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::ask::{self, Call, Conditions, Wanted};
use super::bundle::BundleText;
use super::entry::{Asked, perform};
use super::fault::Fault;
use super::outcome::{Refusal, outcome};
use super::place::Place;
use super::routes::{self, Action};
use super::write::intent::{Sent, intent, patch_in_bundle};
use super::write::{self, Intent};
use crate::limits::FHIR_ENTRIES_MAX;

/// What becomes of the entries of a Bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Each by itself.
    Batch,
    /// All or none.
    Transaction,
}

/// One entry as it was asked, or why it cannot be.
pub(super) struct Entry {
    /// `Bundle.entry[3]`.
    place: String,
    full_url: Option<String>,
    asked: Result<Asked, Refusal>,
}

/// Does what the entries of a Bundle ask.
pub(crate) async fn answer(call: &Call, bytes: Bytes) -> Result<Answer, Refusal> {
    if bytes.is_empty() {
        return Err(Fault::NoBody.into());
    }
    let (kind, entries) = read(call, &bytes)?;
    let answers = match kind {
        Kind::Batch => batch(call, entries).await,
        Kind::Transaction => transaction(call, entries, &bytes).await?,
    };
    Ok(Answer::json(text(call, kind, answers)))
}

async fn batch(call: &Call, entries: Vec<Entry>) -> Vec<Answer> {
    let mut answers = Vec::with_capacity(entries.len());
    for entry in entries {
        let done = match entry.asked {
            Ok(asked) => perform(call, asked).await,
            Err(refusal) => Err(refusal),
        };
        answers.push(done.unwrap_or_else(|refusal| refusal.within(&entry.place).into()));
    }
    answers
}

/// Writes everything in one change set, then reads what is to be read.
async fn transaction(
    call: &Call,
    entries: Vec<Entry>,
    bytes: &Bytes,
) -> Result<Vec<Answer>, Refusal> {
    let mut answers: Vec<Option<Answer>> = vec![None; entries.len()];
    let (order, intents, reads) = sorted(entries)?;
    if !order.is_empty() {
        let mut first = Some(intents);
        let mut again = || match first.take() {
            Some(intents) => Ok(intents),
            None => Ok(sorted(read(call, bytes)?.1)?.1),
        };
        let written = write::carry_out(call, "fhir transaction", &mut again).await?;
        for (number, answer) in order.into_iter().zip(written) {
            if let Some(place) = answers.get_mut(number) {
                *place = Some(answer);
            }
        }
    }
    for (number, place, asked) in reads {
        let done = perform(call, asked).await;
        if let Some(slot) = answers.get_mut(number) {
            *slot = Some(done.unwrap_or_else(|refusal| refusal.within(&place).into()));
        }
    }
    let missing = || Answer::from(Refusal::from(Fault::Inside));
    Ok(answers.into_iter().map(|answer| answer.unwrap_or_else(missing)).collect())
}

pub(super) type Sorted = (Vec<usize>, Vec<Intent>, Vec<(usize, String, Asked)>);

/// The writes in the order in which R4 wants them done, with their numbers, and the reads.
///
/// # Errors
///
/// The first entry that cannot be understood.
pub(super) fn sorted(entries: Vec<Entry>) -> Result<Sorted, Refusal> {
    let (mut writes, mut reads) = (Vec::new(), Vec::new());
    for (number, entry) in entries.into_iter().enumerate() {
        let Entry { place, full_url, asked } = entry;
        let asked = asked.map_err(|refusal| refusal.within(&place))?;
        let rank = match asked.action {
            Action::Delete => 0,
            Action::Create => 1,
            Action::Update | Action::Patch => 2,
            _ => {
                reads.push((number, place, asked));
                continue;
            }
        };
        let Asked { action, place: at, query, sent, conditions, .. } = asked;
        let intent = intent(action, &at, &query, sent, conditions);
        let intent = intent.map_err(|refusal| refusal.within(&place))?;
        writes.push((rank, number, Intent { full_url, place, ..intent }));
    }
    writes.sort_by_key(|(rank, number, _)| (*rank, *number));
    let (order, intents) = writes.into_iter().map(|(_, number, intent)| (number, intent)).unzip();
    Ok((order, intents, reads))
}

/// Takes a Bundle apart.
fn read(call: &Call, bytes: &[u8]) -> Result<(Kind, Vec<Entry>), Refusal> {
    let wrong = |reason: &str, at: &str| Fault::Bundle { reason: reason.into(), at: at.into() };
    let bundle = Resource::parse_bytes(bytes)?;
    if bundle.resource_type() != "Bundle" {
        return Err(wrong("what is sent to /fhir itself is a Bundle", "").into());
    }
    let kind = match bundle.value().get("type").and_then(Value::as_str) {
        Some("batch") => Kind::Batch,
        Some("transaction") => Kind::Transaction,
        _ => return Err(wrong("the type is batch or transaction", "Bundle.type").into()),
    };
    let Value::Object(mut members) = bundle.into_value() else { return Ok((kind, Vec::new())) };
    let entries = match members.swap_remove("entry") {
        Some(Value::Array(entries)) => entries,
        None => Vec::new(),
        Some(_) => return Err(wrong("the entries are a list", "Bundle.entry").into()),
    };
    if entries.len() > FHIR_ENTRIES_MAX {
        let reason = format!("{} entries are more than {FHIR_ENTRIES_MAX}", entries.len());
        return Err(wrong(&reason, "Bundle.entry").into());
    }
    let entries = entries.into_iter().enumerate();
    let entries =
        entries.map(|(number, entry)| one(call, format!("Bundle.entry[{number}]"), entry));
    Ok((kind, entries.collect()))
}

pub(super) fn one(call: &Call, place: String, entry: Value) -> Entry {
    let mut members = match entry {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    let full_url = members.get("fullUrl").and_then(Value::as_str).map(str::to_owned);
    let asked = asked(call, &place, &mut members);
    Entry { place, full_url, asked }
}

fn asked(call: &Call, at: &str, members: &mut Map<String, Value>) -> Result<Asked, Refusal> {
    let lacking = |what: &str| Fault::Bundle {
        reason: format!("an entry has no {what}"),
        at: format!("{at}.request"),
    };
    let resource = members.swap_remove("resource");
    let request = members.get("request").and_then(Value::as_object);
    let request = request.ok_or_else(|| lacking("request"))?;
    let text = |name| request.get(name).and_then(Value::as_str).map(str::to_owned);
    let method = text("method").ok_or_else(|| lacking("request.method"))?;
    let url = text("url").ok_or_else(|| lacking("request.url"))?;
    let local = url.strip_prefix(&call.base).unwrap_or(&url);
    let (path, query) = local.split_once('?').unwrap_or((local, ""));
    let method = Method::from_bytes(method.as_bytes()).unwrap_or(Method::TRACE);
    let place = Place::parse(path)?;
    let row = routes::find(&method, &place)?;
    if matches!(row.action, Action::Bundle | Action::Export | Action::EndExport) {
        return Err(Fault::NoPlace(path.chars().take(80).collect()).into());
    }
    let conditions = Conditions {
        if_match: text("ifMatch"),
        if_none_match: text("ifNoneMatch"),
        if_modified_since: text("ifModifiedSince").and_then(|it| it.parse().ok()),
        if_none_exist: text("ifNoneExist"),
    };
    let sent = match resource.map(Resource::from_value).transpose()? {
        None => Sent::Nothing,
        Some(resource) if row.action == Action::Patch => patch_in_bundle(resource)?,
        Some(resource) => Sent::Resource(resource),
    };
    let (query, pairs) = (query.to_owned(), ask::pairs(query)?);
    Ok(Asked { action: row.action, place, query, pairs, conditions, sent })
}

fn text(call: &Call, kind: Kind, answers: Vec<Answer>) -> String {
    let bytes: usize = answers.iter().map(|it| it.body.as_ref().map_or(0, String::len) + 300).sum();
    let kind = match kind {
        Kind::Batch => "batch-response",
        Kind::Transaction => "transaction-response",
    };
    let mut bundle = BundleText::new(kind, call.app.now(), bytes);
    for answer in answers {
        respond(call, &mut bundle, &answer);
    }
    bundle.finish()
}

fn respond(call: &Call, bundle: &mut BundleText, answer: &Answer) {
    let reason = answer.status.canonical_reason().unwrap_or_default();
    let mut response = json!({"status": format!("{} {reason}", answer.status.as_u16())});
    if let Some(members) = response.as_object_mut() {
        let mut add = |name: &str, text: Option<String>| {
            members.extend(text.map(|text| (name.to_owned(), Value::from(text))));
        };
        add("location", answer.location.clone());
        add("etag", answer.tag());
        add("lastModified", answer.at.map(|at| format!("{at:.3}")));
    }
    let is_outcome = answer.status.is_client_error()
        || answer.status.is_server_error()
        || (call.prefer.content == Some(Wanted::Outcome) && answer.location.is_some());
    let body = answer.body.as_deref();
    if is_outcome && let Some(outcome) = body.and_then(|it| serde_json::from_str(it).ok()) {
        let outcome: Value = outcome;
        if let Some(members) = response.as_object_mut() {
            members.insert("outcome".to_owned(), outcome);
        }
    }
    let entry = bundle.entry();
    let entry = match body {
        Some(body) if !is_outcome && answer.status != StatusCode::NO_CONTENT => {
            entry.resource(body)
        }
        _ => entry,
    };
    drop(entry.member("response", &response));
    let _ = outcome;
}
