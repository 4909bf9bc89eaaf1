//! What a station sends: results, or that a sample was taken.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use manzil_journey::change::Refusal;
use manzil_journey::command::{self, Collection, RecordFindings};
use manzil_journey::result::Finding;
use manzil_protocol::Library;

use super::question::{Answer, Question, western};
use super::{At, StationPage, StepPath, again, find, sheet};
use crate::App;
use crate::auth::Who;
use crate::auth::who::Acting;
use crate::forms::{Field, Posted};
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::web::case::{Kept, keep, run};
use crate::web::refusal;

pub(super) async fn record(
    State(app): State<App>,
    Acting(access): Acting,
    page: Page,
    who: Who,
    Path(path): Path<StepPath>,
    posted: Posted,
) -> Result<Response, Problem> {
    let at = find(&app, &access, &path).await?;
    let t = page.t.clone();
    let mut sheet = sheet(&app, page, &who, &at, &posted)?;
    let findings = answers(&t, &app.library, &mut sheet.questions);
    let on = day(&t, posted.text("on"), &mut sheet.fields);
    let (false, Some(on)) = (sheet.is_wrong(), on) else {
        return again(StatusCode::UNPROCESSABLE_ENTITY, &sheet);
    };
    let what = RecordFindings {
        assessment: path.assessment.clone(),
        protocol: path.protocol.clone(),
        step: path.step.clone(),
        on,
        findings,
        reason: posted.filled("reason"),
    };
    let changes = run(&app, &access, |context| command::record(&at.case.file, what, context));
    match changes {
        Err(refusal) => refused(&t, &mut sheet, &refusal, "on"),
        Ok(changes) => match keep(&app, &access, changes).await? {
            Kept::Saved => Ok(to_assessment(&at, "notice-recorded")),
            Kept::Conflict => conflict(&t, &mut sheet),
        },
    }
}

pub(super) async fn collect(
    State(app): State<App>,
    Acting(access): Acting,
    page: Page,
    who: Who,
    Path(path): Path<StepPath>,
    posted: Posted,
) -> Result<Response, Problem> {
    let at = find(&app, &access, &path).await?;
    let t = page.t.clone();
    let mut sheet = sheet(&app, page, &who, &at, &Posted::default())?;
    let Some(field) = &mut sheet.collection else { return Err(Problem::NotFound) };
    field.value = posted.text("collected").to_owned();
    let Some(on) = day(&t, posted.text("collected"), std::slice::from_mut(field)) else {
        return again(StatusCode::UNPROCESSABLE_ENTITY, &sheet);
    };
    let what = Collection {
        assessment: path.assessment.clone(),
        protocol: path.protocol.clone(),
        step: path.step.clone(),
        on,
    };
    match run(&app, &access, |context| command::collect(&at.case.file, what, context)) {
        Err(refusal) => refused(&t, &mut sheet, &refusal, "collected"),
        Ok(changes) => match keep(&app, &access, changes).await? {
            Kept::Saved => Ok(to_assessment(&at, "notice-collected")),
            Kept::Conflict => conflict(&t, &mut sheet),
        },
    }
}

/// The findings of all questions that were answered; what is wrong is written at its question.
fn answers<'a>(
    t: &Translator,
    library: &'a Library,
    questions: &mut [Question],
) -> Vec<Finding<'a>> {
    let mut findings = Vec::new();
    for question in questions {
        let Some(fact) = library.fact(&question.name) else { continue };
        match question.answer(t, library, fact) {
            Answer::Open => {}
            Answer::Finding(finding) => findings.push(finding),
            Answer::Wrong(error) => question.error = error,
        }
    }
    findings
}

/// A whole day; what is wrong is written at the first field.
fn day(t: &Translator, typed: &str, fields: &mut [Field]) -> Option<Date> {
    let day = western(typed).parse::<Date>().ok();
    if let (None, Some(field)) = (day, fields.first_mut()) {
        field.error = t.with(key("day-wrong"), &[("typed", &typed)]);
    }
    day
}

/// Writes a refusal where it belongs and draws the form again.
fn refused(
    t: &Translator,
    sheet: &mut StationPage,
    refusal: &Refusal,
    date: &str,
) -> Result<Response, Problem> {
    let words = refusal::words(t, refusal);
    let wanted = refusal::field(refusal).map(|name| if name == "on" { date } else { name });
    let fields = sheet.fields.iter_mut().chain(&mut sheet.collection);
    let mut fields = fields.filter(|field| Some(field.name.as_str()) == wanted);
    let question = sheet.questions.iter_mut().find(|each| each.name == refusal.place);
    match (fields.next(), question) {
        (Some(field), _) => field.error = words,
        (None, Some(question)) => question.error = words,
        (None, None) => sheet.banner = words,
    }
    let status = match refusal.code {
        "MZ-0402" => StatusCode::FORBIDDEN,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    again(status, sheet)
}

fn conflict(t: &Translator, sheet: &mut StationPage) -> Result<Response, Problem> {
    sheet.banner = t.get(key("conflict-kept"));
    again(StatusCode::CONFLICT, sheet)
}

fn to_assessment(at: &At<'_>, notice: &str) -> Response {
    Redirect::to(&format!("{}?notice={notice}", at.case.path())).into_response()
}
