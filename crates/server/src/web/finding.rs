//! One finding with everything that was ever recorded in its place: a correction hides nothing.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use manzil_journey::access::Purpose;
use manzil_journey::file::Held;
use manzil_journey::result::Observed;
use manzil_store::change::Key;
use manzil_store::desk;
use manzil_store::query::{HistoryRequest, PageRequest};

use super::assessment::findings::{self, FindingRow, Names};
use super::case::{ASSESSORS, Case};
use super::subject::Subject;
use crate::App;
use crate::auth::who::Acting;
use crate::messages::Translator;
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::Route;

pub const ROUTES: &[Route] = &[Route::get(
    "/people/{person}/assessments/{assessment}/findings/{finding}",
    ASSESSORS,
    Purpose::Assessment,
    || get(show),
)];

#[derive(Template)]
#[template(path = "finding.html")]
struct FindingPage {
    page: Page,
    t: Translator,
    subject: Subject,
    title: String,
    /// The newest first.
    versions: Vec<VersionRow>,
}

struct VersionRow {
    finding: FindingRow,
    /// When it was written down.
    at: String,
    number: u64,
}

async fn show(
    State(app): State<App>,
    Acting(access): Acting,
    page: Page,
    Path((person, assessment, finding)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let case = Case::open(&app, &access, &person, &assessment).await?;
    let names = Names::read(&*app.store).await?;
    let known = case.file.findings(&assessment);
    if !known.iter().any(|held| held.item.id == finding) {
        return Err(Problem::NotFound);
    }
    let key = Key::new("Observation", finding);
    let history =
        app.store.history(&access, &HistoryRequest::of(key, PageRequest::default())).await?;
    let t = page.t.clone();
    let mut versions = Vec::new();
    for version in history.rows {
        let (at, number) = (t.time(version.meta.at), version.meta.version);
        let recorded = desk::recorded(&version)?;
        let Some(item) = Observed::read(&recorded.resource) else { continue };
        let held = Held { item, recorded: &recorded };
        let finding = findings::row(&t, &app.library, &case, &names, &held);
        versions.push(VersionRow { finding, at, number });
    }
    let title = versions.first().map_or_else(String::new, |row| row.finding.label.clone());
    Page::draw(&FindingPage { subject: Subject::of(&t, &case), title, versions, page, t })
}
