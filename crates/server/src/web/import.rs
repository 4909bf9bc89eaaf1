//! Bringing a caseload in: choose a file, look at what it would do, confirm.
//!
//! Nothing is written before the confirmation, and what is written then is exactly the file that
//! was looked at: it is kept here meanwhile, for the account that sent it.

mod fields;
mod uploaded;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use manzil_journey::access::{Access, Purpose, Role};
use manzil_journey::import::problem::Problem as FileProblem;
use manzil_journey::import::{ColumnMap, Plan, Summary};
use manzil_journey::person::Person;
use manzil_store::desk::{self, Upload};

use super::components::Fact;
use crate::App;
use crate::auth::Who;
use crate::auth::who::Acting;
use crate::forms::{Control, Field, any_wrong};
use crate::limits::{IMPORT_BYTES_MAX, IMPORT_LINKS_MAX, IMPORT_PROBLEMS_MAX};
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};
use uploaded::Uploaded;

const CLERK: Admit = Admit::Roles(&[Role::Clerk]);

pub const ROUTES: &[Route] = &[
    Route::get("/import", CLERK, Purpose::Assessment, || get(show)).in_menu(key("menu-import")),
    Route::post("/import", CLERK, Purpose::Assessment, || post(look)).with_upload(),
    Route::get("/import/template.csv", CLERK, Purpose::Assessment, || get(template)),
    Route::post("/import/{upload}", CLERK, Purpose::Assessment, || post(confirm)),
];

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    page: Page,
    t: Translator,
    fields: Vec<Field>,
    limit: String,
    columns: Vec<(&'static str, String)>,
}

/// What a file would do, or why it cannot be imported.
#[derive(Template)]
#[template(path = "import_check.html")]
struct CheckPage {
    page: Page,
    t: Translator,
    file: String,
    summary: Vec<Fact>,
    verdict: Verdict,
    errors: String,
    warnings: String,
    problems: Vec<ProblemRow>,
    more: String,
    /// Where to confirm; empty when there is nothing to confirm.
    confirm: String,
}

/// What can be done with a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Wrong,
    Ready,
    NothingNew,
}

/// One complaint about a file.
struct ProblemRow {
    error: bool,
    code: &'static str,
    line: String,
    column: String,
    value: String,
    reason: String,
    cure: String,
}

#[derive(Template)]
#[template(path = "import_done.html")]
struct DonePage {
    page: Page,
    t: Translator,
    file: String,
    summary: Vec<Fact>,
    people: Vec<(String, String)>,
    more: String,
}

async fn show(page: Page) -> Result<Response, Problem> {
    let fields = form(&page.t);
    Page::draw(&ImportPage::new(page, fields))
}

impl ImportPage {
    fn new(page: Page, fields: Vec<Field>) -> Self {
        let megabytes = IMPORT_BYTES_MAX / (1024 * 1024);
        Self {
            limit: page.t.with(key("import-limit"), &[("megabytes", &megabytes)]),
            columns: fields::meanings(&page.t),
            t: page.t.clone(),
            page,
            fields,
        }
    }
}

fn form(t: &Translator) -> Vec<Field> {
    vec![
        Field::new("file", t.get(key("import-file")), Control::File(".csv,.json,.ndjson,.txt"))
            .hint(t.get(key("import-file-hint"))),
        Field::new("map", t.get(key("import-map")), Control::File(".toml,.txt"))
            .hint(t.get(key("import-map-hint")))
            .optional(),
    ]
}

/// The headings of a caseload, to fill in.
async fn template() -> Response {
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    let name = HeaderValue::from_static("attachment; filename=\"caseload.csv\"");
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)];
    (headers, fields::heading()).into_response()
}

async fn look(
    State(app): State<App>,
    page: Page,
    who: Who,
    Acting(access): Acting,
    form_data: Multipart,
) -> Result<Response, Problem> {
    let (uploaded, mut fields) = read(&app, &page.t, &who, form_data).await?;
    if uploaded.text.is_empty() && !any_wrong(&fields) {
        complain(&mut fields, "file", page.t.get(key("import-file-missing")));
    }
    if any_wrong(&fields) {
        let page = ImportPage::new(page, fields);
        return Page::draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    match plan(&app, &access, &uploaded).await? {
        Ok(plan) => {
            let token = match verdict(&plan) {
                Verdict::Ready => Some(uploaded::keep(&app, &uploaded).await?),
                Verdict::Wrong | Verdict::NothingNew => None,
            };
            let status = match verdict(&plan) {
                Verdict::Wrong => StatusCode::UNPROCESSABLE_ENTITY,
                Verdict::Ready | Verdict::NothingNew => StatusCode::OK,
            };
            let page = CheckPage::of_plan(page, &uploaded, &plan, token);
            Page::draw_as(status, &page)
        }
        Err(problems) => {
            let page = CheckPage::of_problems(page, &uploaded, &problems);
            Page::draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// Reads the form: the file and its map, with what is wrong with either told at its field.
async fn read(
    app: &App,
    t: &Translator,
    who: &Who,
    mut sent: Multipart,
) -> Result<(Uploaded, Vec<Field>), Problem> {
    let unreadable =
        |error: axum::extract::multipart::MultipartError| Problem::Unreadable(error.to_string());
    let mut fields = form(t);
    let mut uploaded = Uploaded::new(&who.account, app.now());
    while let Some(field) = sent.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        if !matches!(name.as_str(), "file" | "map") {
            continue;
        }
        let file_name = field.file_name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(unreadable)?;
        if bytes.len() > IMPORT_BYTES_MAX {
            let megabytes = IMPORT_BYTES_MAX / (1024 * 1024);
            let error = t.with(key("import-too-large"), &[("megabytes", &megabytes)]);
            complain(&mut fields, &name, error);
        } else if name == "map" {
            uploaded.map = String::from_utf8_lossy(&bytes).into_owned();
        } else {
            uploaded.file = file_name.chars().take(120).collect();
            // What is no text is refused by the import itself, which says what it is.
            uploaded.text = match String::from_utf8(bytes.to_vec()) {
                Ok(text) => text,
                Err(error) => {
                    uploaded.binary = Some(error.into_bytes());
                    " ".to_owned()
                }
            };
        }
    }
    Ok((uploaded, fields))
}

fn complain(fields: &mut [Field], name: &str, error: String) {
    if let Some(field) = fields.iter_mut().find(|field| field.name == name) {
        field.error = error;
    }
}

/// Compares the file with what is here.
async fn plan(
    app: &App,
    access: &Access,
    uploaded: &Uploaded,
) -> Result<Result<Plan, Vec<FileProblem>>, Problem> {
    let map = match uploaded.map.trim() {
        "" => ColumnMap::standard(),
        text => match ColumnMap::parse(text) {
            Ok(map) => map,
            Err(problem) => return Ok(Err(vec![problem])),
        },
    };
    let upload = Upload { bytes: uploaded.bytes(), map };
    let (now, today) = (app.now(), app.today());
    let ids = app.clone();
    // The store refuses an empty id, so that a lack of random bytes loses nothing.
    let mut ids = move || ids.new_id().unwrap_or_default();
    Ok(desk::plan_upload(&app.store, access, &app.library, &upload, now, today, &mut ids).await?)
}

async fn confirm(
    State(app): State<App>,
    page: Page,
    who: Who,
    Acting(access): Acting,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    // One import after the other: each must see what the one before wrote.
    let held = Arc::clone(&app.imports).lock_owned().await;
    let Some(uploaded) = uploaded::take(&app, &token, &who.account).await? else {
        let mut fields = form(&page.t);
        complain(&mut fields, "file", page.t.get(key("import-gone")));
        return Page::draw_as(StatusCode::GONE, &ImportPage::new(page, fields));
    };
    // Runs on when the answer takes too long: batches are whole, and the rest follows.
    let work = tokio::spawn({
        let app = app.clone();
        async move {
            let _held = held;
            let plan = match plan(&app, &access, &uploaded).await? {
                Ok(plan) if verdict(&plan) != Verdict::Wrong => plan,
                Ok(plan) => return Ok((uploaded, Err(plan.problems))),
                Err(problems) => return Ok((uploaded, Err(problems))),
            };
            let people = people(&plan);
            let summary = plan.summary;
            desk::commit_plan(&app.store, &access, plan, |_, _| {}).await?;
            uploaded::forget(&app, &token).await?;
            Ok::<_, Problem>((uploaded, Ok((summary, people))))
        }
    });
    let (uploaded, outcome) =
        work.await.map_err(|error| Problem::Internal(error.to_string()))??;
    match outcome {
        Ok((summary, people)) => Page::draw(&DonePage::new(page, &uploaded, summary, people)),
        Err(problems) => {
            let page = CheckPage::of_problems(page, &uploaded, &problems);
            Page::draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// The people that a plan writes, with their names.
fn people(plan: &Plan) -> Vec<(String, String)> {
    let drafts = plan.batches.iter().flat_map(|batch| &batch.drafts);
    let people = drafts.filter_map(|draft| Person::read(&draft.resource));
    people.map(|person| (person.id, person.name)).collect()
}

fn verdict(plan: &Plan) -> Verdict {
    if plan.problems.iter().any(FileProblem::is_error) {
        Verdict::Wrong
    } else if plan.batches.is_empty() {
        Verdict::NothingNew
    } else {
        Verdict::Ready
    }
}

impl CheckPage {
    fn of_plan(page: Page, uploaded: &Uploaded, plan: &Plan, token: Option<String>) -> Self {
        Self {
            summary: summary(&page.t, plan.summary),
            verdict: verdict(plan),
            confirm: token.map(|token| format!("/import/{token}")).unwrap_or_default(),
            ..Self::of_problems(page, uploaded, &plan.problems)
        }
    }

    fn of_problems(page: Page, uploaded: &Uploaded, problems: &[FileProblem]) -> Self {
        let t = page.t.clone();
        let errors = problems.iter().filter(|problem| problem.is_error()).count();
        let mut sorted: Vec<&FileProblem> = problems.iter().collect();
        sorted.sort_by_key(|problem| (problem.severity, problem.line));
        let hidden = sorted.len().saturating_sub(IMPORT_PROBLEMS_MAX);
        Self {
            file: uploaded.file.clone(),
            summary: Vec::new(),
            verdict: Verdict::Wrong,
            errors: t.with(key("import-errors"), &[("count", &errors)]),
            warnings: t.with(key("import-warnings"), &[("count", &(problems.len() - errors))]),
            problems: sorted.into_iter().take(IMPORT_PROBLEMS_MAX).map(problem_row).collect(),
            more: match hidden {
                0 => String::new(),
                hidden => t.with(key("import-more-problems"), &[("count", &hidden)]),
            },
            confirm: String::new(),
            t,
            page,
        }
    }
}

fn problem_row(problem: &FileProblem) -> ProblemRow {
    ProblemRow {
        error: problem.is_error(),
        code: problem.code,
        line: if problem.line == 0 { String::new() } else { problem.line.to_string() },
        column: problem.column.clone(),
        value: problem.value.clone(),
        reason: problem.reason.clone(),
        cure: problem.cure.clone(),
    }
}

impl DonePage {
    fn new(
        page: Page,
        uploaded: &Uploaded,
        counts: Summary,
        people: Vec<(String, String)>,
    ) -> Self {
        let t = page.t.clone();
        let hidden = people.len().saturating_sub(IMPORT_LINKS_MAX);
        Self {
            file: uploaded.file.clone(),
            summary: summary(&t, counts),
            more: match hidden {
                0 => String::new(),
                hidden => t.with(key("import-more-people"), &[("count", &hidden)]),
            },
            people: people
                .into_iter()
                .take(IMPORT_LINKS_MAX)
                .map(|(id, name)| (format!("/people/{id}"), name))
                .collect(),
            t,
            page,
        }
    }
}

fn summary(t: &Translator, counts: Summary) -> Vec<Fact> {
    let fact = |label: &str, count: usize| Fact::new(t.get(label), t.number(count as u64));
    vec![
        fact(key("import-rows"), counts.rows),
        fact(key("import-people-new"), counts.people_new),
        fact(key("import-people-changed"), counts.people_changed),
        fact(key("import-people-unchanged"), counts.people_unchanged),
        fact(key("import-cases-new"), counts.cases_new),
        fact(key("import-assessments-new"), counts.assessments_new),
        fact(key("import-findings-new"), counts.findings_new),
    ]
}
