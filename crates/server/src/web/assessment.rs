//! One assessment: what is required and why, what was found, and what to do next.

pub(super) mod findings;
mod line;
pub(super) mod outlook;
pub(super) mod steps;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use manzil_journey::access::Purpose;

use super::case::{ASSESSORS, Case};
use super::components::{Link, Stop};
use super::subject::{Edition, Subject};
use crate::App;
use crate::auth::Who;
use crate::auth::who::Acting;
use crate::messages::Translator;
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::Route;
use findings::{FindingRow, Names};
use outlook::Outlook;
use steps::{Group, Reader};

pub const ROUTES: &[Route] = &[Route::get(
    "/people/{person}/assessments/{assessment}",
    ASSESSORS,
    Purpose::Assessment,
    || get(show),
)];

#[derive(Template)]
#[template(path = "assessment.html")]
struct AssessmentPage {
    page: Page,
    t: Translator,
    subject: Subject,
    stops: Vec<Stop>,
    outlook: Outlook,
    protocols: Vec<ProtocolSteps>,
    findings: Vec<FindingRow>,
    certificates: Vec<Link>,
    /// What of the record cannot be used, in the words of whoever read it.
    unusable: Vec<String>,
}

struct ProtocolSteps {
    /// For the heading's id.
    id: String,
    edition: Edition,
    groups: Vec<Group>,
}

async fn show(
    State(app): State<App>,
    Acting(access): Acting,
    page: Page,
    who: Who,
    Path((person, assessment)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let case = Case::open(&app, &access, &person, &assessment).await?;
    let names = Names::read(&*app.store).await?;
    let t = page.t.clone();
    let examined = case.examine(&app);
    let reader =
        Reader { t: &t, library: &app.library, case: &case, role: who.role, today: app.today() };
    let protocols = examined
        .iter()
        .map(|each| ProtocolSteps {
            id: each.protocol.id.to_string(),
            edition: Edition::of(&t, each.protocol),
            groups: steps::groups(&reader, each),
        })
        .collect();
    let certificates = case.file.certificates(&assessment);
    let mut unusable: Vec<String> =
        examined.iter().flat_map(|each| each.unusable.clone()).collect();
    unusable.sort();
    unusable.dedup();
    Page::draw(&AssessmentPage {
        subject: Subject::of(&t, &case),
        stops: line::stops(&t, &case, &page.site, app.today()),
        outlook: outlook::outlook(&reader, &examined),
        protocols,
        findings: findings::rows(&t, &app.library, &case, &names),
        certificates: certificates
            .iter()
            .map(|held| outlook::certificate_link(&t, &held.item))
            .collect(),
        unusable,
        page,
        t,
    })
}
