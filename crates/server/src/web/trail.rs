//! Who read and wrote one person's record: when, as whom, and why.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use manzil_journey::access::{Access, Purpose, Role};
use manzil_journey::person::Person;
use manzil_store::change::check_id;
use manzil_store::{AuditEntry, Key, PageRequest, StoreError, desk};
use serde::Deserialize;

use super::person::timeline::names;
use crate::App;
use crate::auth::Who;
use crate::auth::account::role_key;
use crate::limits::TRAIL_ROWS_MAX;
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};

/// Those who answer for the record, and the administrator, who answers for the accounts. The
/// administrator sees who did what, and nothing of the record itself.
const READERS: Admit = Admit::Roles(&[Role::Clerk, Role::Physician, Role::Administrator]);

pub const ROUTES: &[Route] =
    &[Route::get("/people/{person}/access", READERS, Purpose::Assessment, || get(show))];

#[derive(Debug, Deserialize)]
struct Asked {
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "trail.html")]
struct TrailPage {
    page: Page,
    t: Translator,
    /// The person's page and name, for those who may see them.
    person: Option<(String, String)>,
    id: String,
    count: String,
    rows: Vec<Row>,
    next: Option<String>,
}

/// One line of the trail.
struct Row {
    at: String,
    who: String,
    role: String,
    what: String,
    object: String,
    purpose: String,
    refused: bool,
}

async fn show(
    State(app): State<App>,
    page: Page,
    who: Who,
    Path(person): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    check_id(&person).map_err(|_| Problem::NotFound)?;
    let access = who.access(purpose(who.role));
    let name = match who.role {
        Role::Administrator => None,
        _ => Some(name(&app, &access, &person).await?),
    };
    let request = PageRequest { rows_max: TRAIL_ROWS_MAX, after: asked.after };
    let trail = match app.store.audit(&access, Some(&person), request).await {
        Err(StoreError::Malformed(_)) => return Err(Problem::NotFound),
        trail => trail?,
    };
    let names = names(&app).await?;
    let t = &page.t;
    let path = format!("/people/{person}");
    Page::draw(&TrailPage {
        count: t.with(key("trail-count"), &[("count", &trail.total)]),
        rows: trail.rows.iter().map(|entry| row(t, &names, entry)).collect(),
        next: trail.next.map(|after| format!("{path}/access?after={after}")),
        person: name.map(|name| (path, name)),
        id: person,
        t: t.clone(),
        page,
    })
}

/// An administrator acts for administration and for nothing else.
fn purpose(role: Role) -> Purpose {
    match role {
        Role::Administrator => Purpose::Administration,
        _ => Purpose::Assessment,
    }
}

async fn name(app: &App, access: &Access, person: &str) -> Result<String, Problem> {
    let version = app.store.read(access, &Key::new("Patient", person)).await?;
    let person = desk::read_one(version.as_ref(), Person::read)?;
    Ok(person.ok_or(Problem::NotFound)?.name)
}

fn row(t: &Translator, names: &BTreeMap<String, String>, entry: &AuditEntry) -> Row {
    let who = names.get(&entry.actor).cloned().unwrap_or_else(|| entry.actor.clone());
    Row {
        at: t.time(entry.at),
        who: if entry.actor == crate::board::ACTOR { t.get(key("trail-board")) } else { who },
        role: t.get(role_key(entry.role)),
        what: what(t, &entry.what),
        object: object(t, entry),
        purpose: t.get(purpose_key(entry.purpose)),
        refused: entry.what == "refused",
    }
}

/// What was done; a word that the messages do not know is shown as the store wrote it.
fn what(t: &Translator, what: &str) -> String {
    match what {
        "read" => t.get(key("trail-read")),
        "history" => t.get(key("trail-history")),
        "search" => t.get(key("trail-search")),
        "create" => t.get(key("trail-create")),
        "update" => t.get(key("trail-update")),
        "delete" => t.get(key("trail-delete")),
        "write" => t.get(key("trail-write")),
        "refused" => t.get(key("trail-refused")),
        other => other.to_owned(),
    }
}

/// What it was done to: the kind of record. Queries and lists are told in the store's own words.
fn object(t: &Translator, entry: &AuditEntry) -> String {
    let known = match entry.object.split('/').next().unwrap_or_default() {
        "all about Patient" => key("trail-everything"),
        "audit trail" => key("trail-trail"),
        "Patient" => key("record-person"),
        "EpisodeOfCare" => key("record-assessment"),
        "Observation" => key("record-observation"),
        "ServiceRequest" => key("record-sample"),
        "ClinicalImpression" => key("record-decision"),
        "Composition" => key("record-certificate"),
        "Group" => key("family-case"),
        _ => return entry.object.clone(),
    };
    t.get(known)
}

pub(super) fn purpose_key(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Care => key("purpose-care"),
        Purpose::Assessment => key("purpose-assessment"),
        Purpose::PublicHealth => key("purpose-public-health"),
        Purpose::Administration => key("purpose-administration"),
        Purpose::Research => key("purpose-research"),
        Purpose::Person => key("purpose-person"),
    }
}
