//! One person: who they are, where they come from and go, their family, their assessments, and
//! everything recorded about them.

mod birth;
pub(super) mod family;
mod journey;
pub(super) mod timeline;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use jiff::civil::Date;
use manzil_journey::access::{Access, Purpose, Role};
use manzil_journey::certificate::{Certificate, State as CertificateState};
use manzil_journey::file::PersonFile;
use manzil_journey::person::Person;
use manzil_store::change::check_id;
use manzil_store::{Version, desk};
use serde::Deserialize;

use super::case::ASSESSORS;
use super::components::{Fact, State as Shape, Stop};
use super::{numbers, wording};
use crate::App;
use crate::auth::who::Acting;
use crate::board::{Queues, Standing, Task};
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::Route;

pub(super) use journey::{LANGUAGES, language};

pub const ROUTES: &[Route] =
    &[Route::get("/people/{person}", ASSESSORS, Purpose::Assessment, || get(show))];

#[derive(Debug, Deserialize)]
struct Asked {
    /// How many records of the timeline come before this page.
    from: Option<usize>,
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    page: Page,
    t: Translator,
    path: String,
    name: String,
    about: String,
    stops: Vec<Stop>,
    facts: Vec<Fact>,
    migration: Vec<Fact>,
    cases: Vec<family::Case>,
    assessments: Vec<AssessmentLine>,
    certificates: Vec<CertificateLine>,
    timeline: timeline::Slice,
    may_edit: bool,
    may_see_access: bool,
}

/// One assessment with what comes next.
struct AssessmentLine {
    path: String,
    title: String,
    exam: String,
    status: String,
    shape: Shape,
    progress: String,
    next: Vec<String>,
}

/// One certificate.
struct CertificateLine {
    path: String,
    title: String,
    issued: String,
    state: String,
    shape: Shape,
}

async fn show(
    State(app): State<App>,
    page: Page,
    Acting(access): Acting,
    Path(person): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let (versions, file) = open(&app, &access, &person).await?;
    let queues = app.queues().await?;
    let t = &page.t;
    let role = page.role();
    let person = &file.person;
    Page::draw(&PersonPage {
        path: format!("/people/{}", person.id),
        name: person.name.clone(),
        about: about(&app, t, person),
        stops: journey::stops(t, &file),
        facts: facts(&app, t, person),
        migration: journey::facts(t, person),
        cases: family::cases(&app, &access, t, &queues, person).await?,
        assessments: assessments(t, &file, &queues),
        certificates: certificates(&app, t, &file),
        timeline: timeline::slice(&app, t, &versions, asked.from.unwrap_or(0)).await?,
        may_edit: role == Some(Role::Clerk),
        may_see_access: matches!(role, Some(Role::Clerk | Role::Physician)),
        t: t.clone(),
        page,
    })
}

/// Everything about a person with who wrote it when; an unknown person is a page that does not
/// exist.
pub(super) async fn open(
    app: &App,
    access: &Access,
    person: &str,
) -> Result<(Vec<Version>, PersonFile), Problem> {
    check_id(person).map_err(|_| Problem::NotFound)?;
    let versions = app.store.person(access, person).await?;
    let file = PersonFile::read(versions.iter().map(desk::recorded).collect::<Result<_, _>>()?);
    Ok((versions, file.ok_or(Problem::NotFound)?))
}

fn about(app: &App, t: &Translator, person: &Person) -> String {
    let known = |text: String, unknown: &str| if text.is_empty() { t.get(unknown) } else { text };
    let mut parts = vec![
        known(wording::age(t, person, app.today()), key("age-unknown")),
        known(wording::sex(t, person.sex), key("sex-unknown")),
    ];
    parts.extend(numbers::of(person));
    parts.join(" · ")
}

fn facts(app: &App, t: &Translator, person: &Person) -> Vec<Fact> {
    let interpreter = person
        .migration
        .interpreter_needed
        .map(|needed| t.get(if needed { key("answer-yes") } else { key("answer-no") }));
    vec![
        Fact::new(t.get(key("birth")), birth::words(t, person)),
        Fact::new(t.get(key("age")), wording::age(t, person, app.today())),
        Fact::new(t.get(key("sex")), wording::sex(t, person.sex)),
        Fact::new(
            t.get(key("speaks")),
            person.language.as_deref().map(|tag| journey::language(t, tag)).unwrap_or_default(),
        ),
        Fact::new(t.get(key("interpreter")), interpreter.unwrap_or_default()),
        Fact::new(t.get(key("number")), numbers::of(person).join(&t.get(key("list-comma")))),
    ]
}

fn assessments(t: &Translator, file: &PersonFile, queues: &Queues) -> Vec<AssessmentLine> {
    use manzil_journey::assessment::Status;
    let open = queues.of_person(&file.person.id);
    let line = |assessment: &manzil_journey::assessment::Assessment| {
        let standing = open.iter().find(|standing| standing.assessment.id == assessment.id);
        AssessmentLine {
            path: format!("/people/{}/assessments/{}", file.person.id, assessment.id),
            title: t.with(
                key("assessment-title"),
                &[
                    ("destination", &wording::country(t, assessment.destination.code())),
                    ("population", &wording::population(t, &assessment.population)),
                ],
            ),
            exam: t.with(key("exam-on"), &[("date", &t.date(assessment.exam))]),
            status: wording::status(t, assessment.status),
            shape: match assessment.status {
                Status::Planned => Shape::Required,
                Status::Active => Shape::Due,
                Status::Signed => Shape::Done,
                Status::UnderReview => Shape::Blocked,
                Status::Cancelled => Shape::NotRequired,
            },
            progress: standing.map(|standing| progress(t, standing)).unwrap_or_default(),
            next: standing.map(|standing| next(t, standing)).unwrap_or_default(),
        }
    };
    file.assessments().iter().map(|held| line(&held.item)).collect()
}

fn progress(t: &Translator, standing: &Standing) -> String {
    let progress = standing.progress;
    t.with(key("steps-progress"), &[("done", &progress.done), ("required", &progress.required)])
}

/// What comes next, each with its station or date.
fn next(t: &Translator, standing: &Standing) -> Vec<String> {
    let entries = standing.entries.iter();
    entries
        .flat_map(|entry| entry.tasks.iter().map(move |task| (entry, task)))
        .map(|(entry, task)| {
            let words = match task {
                Task::Step { label, .. } | Task::Blocked(label) => label.get(t.tag()).to_owned(),
                Task::PersonalDetails(missing) => {
                    let names: Vec<&str> = missing.iter().map(|label| label.get(t.tag())).collect();
                    let names = names.join(&t.get(key("list-comma")));
                    t.with(key("task-details"), &[("missing", &names)])
                }
                Task::NoProtocol => t.get(key("task-no-protocol")),
                Task::Sign => t.get(key("task-to-be-signed")),
                Task::Review => t.get(key("task-review")),
                Task::Exam => t.get(key("task-exam")),
            };
            match entry.until {
                Some(until) => {
                    let until = t.with(key("until-date"), &[("date", &t.date(until))]);
                    format!("{words} · {until}")
                }
                None => words,
            }
        })
        .collect()
}

fn certificates(app: &App, t: &Translator, file: &PersonFile) -> Vec<CertificateLine> {
    let assessments = file.assessments();
    let all = assessments.iter().flat_map(|held| file.certificates(&held.item.id));
    all.map(|held| {
        let (shape, state) = certificate_state(t, &held.item, app.today());
        CertificateLine {
            path: format!("/certificates/{}", held.item.id),
            title: held.item.statement.title.get(t.tag()).to_owned(),
            issued: t.date(held.item.statement.issued_on),
            state,
            shape,
        }
    })
    .collect()
}

/// Whether a certificate can be relied on today, as a shape and in words.
fn certificate_state(t: &Translator, certificate: &Certificate, today: Date) -> (Shape, String) {
    match (certificate.state, certificate.statement.expires_on) {
        (CertificateState::UnderReview, _) => {
            (Shape::Blocked, t.get(key("certificate-under-review")))
        }
        (CertificateState::Replaced, _) => (Shape::NotRequired, t.get(key("certificate-replaced"))),
        _ if !certificate.statement.may_travel => {
            (Shape::Blocked, t.get(key("certificate-no-travel")))
        }
        (CertificateState::Current, Some(last)) if today > last => {
            (Shape::Expired, t.with(key("certificate-expired"), &[("date", &t.date(last))]))
        }
        (CertificateState::Current, Some(last)) => {
            (Shape::Done, t.with(key("certificate-valid"), &[("date", &t.date(last))]))
        }
        (CertificateState::Current, None) => (Shape::Done, t.get(key("certificate-no-end"))),
    }
}
