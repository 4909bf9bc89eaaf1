//! The past of one resource, of a type, or of everything.

use jiff::Timestamp;
use manzil_fhir::search::date_test;
use manzil_store::query::HistoryRequest;
use manzil_store::{Page, PageRequest, Period, Scope, Version};
use serde_json::json;

use super::answer::Answer;
use super::ask::{Call, Pairs, value};
use super::bundle::BundleText;
use super::fault::Fault;
use super::link::{self, PAGE};
use super::outcome::Refusal;
use super::read;
use crate::limits::{FHIR_PAGE_ROWS, FHIR_PAGE_ROWS_MAX};
use crate::smart::Interaction;

/// A Bundle of versions, newest first.
pub(crate) async fn answer(call: &Call, scope: Scope, mut pairs: Pairs) -> Result<Answer, Refusal> {
    let interaction = match &scope {
        Scope::Resource(_) => Interaction::Read,
        Scope::Type(_) | Scope::Everything => Interaction::Search,
    };
    call.door.require(type_of(&scope), interaction)?;
    let after = link::take_page(&mut pairs);
    check(&pairs)?;
    let rows_max = count(&pairs)?;
    let request = HistoryRequest {
        scope,
        since: moment(&pairs, "_since")?,
        at: time(&pairs, "_at")?,
        page: PageRequest { rows_max, after: after.clone() },
    };
    let mut page = call.app.store.history(&call.door.access, &request).await?;
    if let Scope::Resource(key) = &request.scope
        && page.rows.is_empty()
        && after.is_none()
        && read::last(call, key).await?.is_none()
    {
        return Err(Fault::Missing(key.to_string()).into());
    }
    page.rows.retain(|version| {
        let meta = &version.meta;
        let of = meta.key.resource_type.as_str();
        call.door.reaches(of, interaction, meta.compartment, meta.person.as_deref())
    });
    if value(&pairs, "_summary") == Some("count") {
        page.rows.clear();
        page.next = None;
    }
    Ok(Answer::json(text(call, &request, &page, &pairs)))
}

/// R4 knows no `_sort` of a history, which is newest first; to pass over one would be to lie.
fn check(pairs: &Pairs) -> Result<(), Fault> {
    match value(pairs, "_sort") {
        None | Some("" | "-_lastUpdated") => Ok(()),
        Some(_) => Err(Fault::Argument(
            "a history is sorted newest first; leave _sort out, or write -_lastUpdated".to_owned(),
        )),
    }
}

fn type_of(scope: &Scope) -> &str {
    match scope {
        Scope::Resource(key) => &key.resource_type,
        Scope::Type(name) => name,
        Scope::Everything => "*",
    }
}

fn text(call: &Call, request: &HistoryRequest, page: &Page<Version>, pairs: &Pairs) -> String {
    let bytes: usize = page.rows.iter().map(|row| row.body.json().len() + 400).sum();
    let mut bundle = BundleText::new("history", call.app.now(), bytes);
    // A total that counts what this token may not see would tell of it.
    if call.door.only_person(type_of(&request.scope), Interaction::Search).is_none() {
        bundle.total(page.total);
    }
    let place = match &request.scope {
        Scope::Resource(key) => format!("{}/{key}/_history", call.base),
        Scope::Type(name) => format!("{}/{name}/_history", call.base),
        Scope::Everything => format!("{}/_history", call.base),
    };
    let own = || pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let here = request.page.after.as_deref().map(|mark| (PAGE, mark));
    let mut links = vec![
        ("self", link::address(&place, own().chain(here))),
        ("first", link::address(&place, own())),
    ];
    if let Some(mark) = &page.next {
        links.push(("next", link::address(&place, own().chain([(PAGE, mark.as_str())]))));
    }
    bundle.links(&links);
    for version in &page.rows {
        entry(call, &mut bundle, version);
    }
    bundle.finish()
}

/// R4 wants to know of each version how it came to be.
fn entry(call: &Call, bundle: &mut BundleText, version: &Version) {
    let meta = &version.meta;
    let (of, id) = (meta.key.resource_type.as_str(), meta.key.id.as_str());
    let (method, status) = match (meta.deleted, meta.version) {
        (true, _) => ("DELETE", "204 No Content"),
        (false, 1) => ("POST", "201 Created"),
        (false, _) => ("PUT", "200 OK"),
    };
    let url = if method == "POST" { of.to_owned() } else { format!("{of}/{id}") };
    let written = bundle.entry().full_url(&call.base, of, id);
    let written = if meta.deleted { written } else { written.resource(version.body.json()) };
    let modified = meta.at;
    drop(written.member("request", &json!({"method": method, "url": url})).member(
        "response",
        &json!({
            "status": status,
            "etag": format!("W/\"{}\"", meta.version),
            "lastModified": format!("{modified:.3}"),
        }),
    ));
}

/// `_count`, within the limit; zero is understood as one page of nothing but the total.
pub(crate) fn count(pairs: &Pairs) -> Result<usize, Fault> {
    let Some(text) = value(pairs, "_count").filter(|text| !text.is_empty()) else {
        return Ok(FHIR_PAGE_ROWS);
    };
    let wrong = || Fault::Argument("_count is not a number; write a whole number from 0".into());
    Ok(text.parse::<usize>().map_err(|_| wrong())?.min(FHIR_PAGE_ROWS_MAX))
}

/// A moment; of a day or a year, its beginning in UTC.
pub(crate) fn moment(pairs: &Pairs, name: &str) -> Result<Option<Timestamp>, Fault> {
    Ok(time(pairs, name)?.map(|time| time.first))
}

/// A moment, a day, a year: as long as what is written.
fn time(pairs: &Pairs, name: &str) -> Result<Option<Period>, Fault> {
    let Some(text) = value(pairs, name).filter(|text| !text.is_empty()) else { return Ok(None) };
    read_time(text).map(Some).ok_or_else(|| {
        Fault::Argument(format!("{name} is no moment; write it like 2026-05-01T08:00:00Z"))
    })
}

fn read_time(text: &str) -> Option<Period> {
    // A prefix means nothing here.
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let test = date_test("", text, 0).ok()?;
    let first = Timestamp::from_millisecond(test.from).ok()?;
    let last = Timestamp::from_millisecond(test.until.saturating_sub(1)).ok()?;
    Some(Period { first, last: last.max(first) })
}
