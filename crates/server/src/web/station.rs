//! Result entry: the form of one step, and what becomes of what was typed.

mod question;
mod recording;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use manzil_journey::access::{Access, Purpose, Role};
use manzil_journey::assessment::Status;
use manzil_journey::command::roles_at;
use manzil_journey::file::Examined;
use manzil_protocol::{Library, Name, Protocol, Step};

use super::assessment::findings::{self, Names};
use super::assessment::steps::{Reader, StepRow, groups};
use super::case::{ASSESSORS, Case};
use super::subject::{Edition, Subject};
use crate::App;
use crate::auth::Who;
use crate::auth::account::role_key;
use crate::auth::who::Acting;
use crate::forms::{Control, Field, Posted, any_wrong};
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::Route;
use question::Question;

pub const ROUTES: &[Route] = &[
    Route::get(STEP, ASSESSORS, Purpose::Assessment, || get(show)),
    Route::post(STEP, ASSESSORS, Purpose::Assessment, || post(recording::record)),
    Route::post(COLLECT, ASSESSORS, Purpose::Assessment, || post(recording::collect)),
];

const STEP: &str = "/people/{person}/assessments/{assessment}/steps/{protocol}/{step}";
const COLLECT: &str = "/people/{person}/assessments/{assessment}/steps/{protocol}/{step}/collect";

#[derive(Template)]
#[template(path = "station.html")]
struct StationPage {
    page: Page,
    t: Translator,
    subject: Subject,
    edition: Edition,
    row: StepRow,
    /// Who may enter results here, when the reader may not.
    others: String,
    closed: bool,
    signed: bool,
    questions: Vec<Question>,
    /// Date and reason of the results.
    fields: Vec<Field>,
    /// When the sample was taken; none for a step that gives its result at once.
    collection: Option<Field>,
    collected: String,
    /// About the whole form.
    banner: String,
    action: String,
}

impl StationPage {
    fn is_wrong(&self) -> bool {
        !self.banner.is_empty()
            || any_wrong(&self.fields)
            || self.questions.iter().any(|question| !question.error.is_empty())
            || self.collection.as_ref().is_some_and(Field::is_wrong)
    }
}

/// The address of a step.
#[derive(serde::Deserialize)]
struct StepPath {
    person: String,
    assessment: String,
    protocol: String,
    step: String,
}

/// A step of somebody's assessment, found.
struct At<'a> {
    case: Case,
    protocol: &'a Protocol,
    rule: &'a Step,
    names: Names,
}

/// The step that an address names; none when no protocol in force has it.
async fn find<'a>(app: &'a App, access: &Access, path: &StepPath) -> Result<At<'a>, Problem> {
    let case = Case::open(app, access, &path.person, &path.assessment).await?;
    let names = Names::read(&*app.store).await?;
    let protocols = manzil_journey::rules::for_assessment(&app.library, &case.assessment);
    let protocol = protocols.into_iter().find(|each| each.id == path.protocol.as_str());
    let protocol = protocol.ok_or(Problem::NotFound)?;
    let rule = protocol.step(&path.step).ok_or(Problem::NotFound)?;
    Ok(At { case, protocol, rule, names })
}

async fn show(
    State(app): State<App>,
    Acting(access): Acting,
    page: Page,
    who: Who,
    Path(path): Path<StepPath>,
) -> Result<Response, Problem> {
    let at = find(&app, &access, &path).await?;
    let sheet = sheet(&app, page, &who, &at, &Posted::default())?;
    Page::draw(&sheet)
}

/// The page with what was typed so far.
fn sheet(
    app: &App,
    page: Page,
    who: &Who,
    at: &At<'_>,
    posted: &Posted,
) -> Result<StationPage, Problem> {
    let t = page.t.clone();
    let examined = at.case.examine(app);
    let each = examined.iter().find(|each| each.protocol.id == at.protocol.id);
    let each = each.ok_or(Problem::NotFound)?;
    let reader =
        Reader { t: &t, library: &app.library, case: &at.case, role: who.role, today: app.today() };
    let row = row(&reader, each, at.rule).ok_or(Problem::NotFound)?;
    let questions = questions(&t, &app.library, at, each, posted);
    let status = at.case.assessment.status;
    let recorded = questions.iter().any(|question| question.recorded.is_some());
    let today = app.today().to_string();
    let typed_on = posted.filled("on").unwrap_or_else(|| today.clone());
    let mut fields = vec![date_field(&t, key("step-on"), typed_on)];
    if recorded || status == Status::Signed {
        fields.push(reason_field(&t, status, posted));
    }
    let collected = at.case.file.collections(&at.case.assessment.id, at.protocol);
    let collected = collected.get(&at.rule.id).and_then(|record| record.collected);
    let may = roles_at(at.rule.station).contains(&who.role);
    Ok(StationPage {
        subject: Subject::of(&t, &at.case),
        edition: Edition::of(&t, at.protocol),
        row,
        others: if may { String::new() } else { role_names(&t, roles_at(at.rule.station)) },
        closed: status == Status::Cancelled,
        signed: status == Status::Signed,
        questions,
        fields,
        collection: at.rule.takes.map(|_| Field {
            name: "collected".to_owned(),
            ..date_field(&t, key("collect-on"), today)
        }),
        collected: collected
            .map_or_else(String::new, |on| t.with(key("collected-on"), &[("date", &t.date(on))])),
        banner: String::new(),
        action: at.case.step_path(at.protocol, &at.rule.id),
        page,
        t,
    })
}

fn row(reader: &Reader<'_>, examined: &Examined<'_>, rule: &Step) -> Option<StepRow> {
    let all = groups(reader, examined).into_iter().flat_map(|group| group.steps);
    let path = reader.case.step_path(examined.protocol, &rule.id);
    all.into_iter().find(|row| row.path == path)
}

/// The questions that apply or may apply, and those that were answered although they do not.
fn questions(
    t: &Translator,
    library: &Library,
    at: &At<'_>,
    examined: &Examined<'_>,
    posted: &Posted,
) -> Vec<Question> {
    let applies = |fact: &Name| {
        examined.evaluation.step(&at.rule.id).is_some_and(|step| step.asks.contains(fact))
    };
    let asked = order(at.protocol, at.rule);
    let mut questions = Vec::new();
    for id in asked {
        let Some(fact) = library.fact(id) else { continue };
        let mut question = Question::of(t, fact, posted);
        let answered = question.typed.iter().any(|typed| !typed.is_empty());
        if !answered && !applies(id) {
            continue;
        }
        let latest = findings::latest(&at.case.file, &at.case.assessment.id, id);
        question.recorded =
            latest.map(|held| findings::row(t, library, &at.case, &at.names, &held));
        questions.push(question);
    }
    questions
}

/// The facts of a step in the order of its form.
fn order<'a>(protocol: &'a Protocol, rule: &'a Step) -> Vec<&'a Name> {
    match protocol.form(&rule.id) {
        Some(form) => form.items.iter().map(|item| &item.fact).collect(),
        None => rule.asks.iter().collect(),
    }
}

fn date_field(t: &Translator, label: &'static str, value: String) -> Field {
    Field::new("on", t.get(label), Control::Date).hint(t.get(key("step-on-hint"))).value(value)
}

fn reason_field(t: &Translator, status: Status, posted: &Posted) -> Field {
    let (label, hint) = match status {
        Status::Signed => (key("reason-amend"), key("reason-amend-hint")),
        _ => (key("reason-correct"), key("reason-correct-hint")),
    };
    let field = Field::new("reason", t.get(label), Control::Text)
        .hint(t.get(hint))
        .value(posted.text("reason"));
    if status == Status::Signed { field } else { field.optional() }
}

fn role_names(t: &Translator, roles: &[Role]) -> String {
    let people = roles.iter().filter(|role| **role != Role::System);
    let names: Vec<String> = people.map(|role| t.get(role_key(*role))).collect();
    names.join(&t.get(key("list-comma")))
}

/// Draws the form again with what is wrong about it.
fn again(status: StatusCode, sheet: &StationPage) -> Result<Response, Problem> {
    Page::draw_as(status, sheet)
}
