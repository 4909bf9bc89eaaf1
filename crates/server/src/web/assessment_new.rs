//! Opening an assessment: for which destination, as what, and when the exam is.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::civil::Date;
use manzil_journey::access::{Purpose, Role};
use manzil_journey::change::Refusal;
use manzil_journey::command::{self, OpenAssessment};
use manzil_journey::country::Country;
use manzil_journey::family::FamilyCase;
use manzil_journey::file::PersonFile;
use manzil_protocol::Library;
use manzil_store::desk;

use super::case::run;
use super::{person, refusal, wording};
use crate::App;
use crate::auth::who::Acting;
use crate::forms::{Choice, Control, Field, Posted, any_wrong};
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};

const PATH: &str = "/people/{person}/assessments/new";
const CLERK: Admit = Admit::Roles(&[Role::Clerk]);

pub const ROUTES: &[Route] = &[
    Route::get(PATH, CLERK, Purpose::Assessment, || get(show)),
    Route::post(PATH, CLERK, Purpose::Assessment, || post(open)),
];

#[derive(Template)]
#[template(path = "assessment_new.html")]
struct OpenPage {
    page: Page,
    t: Translator,
    path: String,
    name: String,
    fields: Vec<Field>,
    refused: String,
}

async fn show(
    State(app): State<App>,
    page: Page,
    Acting(access): Acting,
    Path(person): Path<String>,
) -> Result<Response, Problem> {
    let (_, file) = person::open(&app, &access, &person).await?;
    let cases = person::family::of_person(&app, &access, &file.person.id).await?;
    let mut fields = fields(&page.t, &app.library, app.today(), &cases, &Posted::default());
    for field in &mut fields {
        match field.name.as_str() {
            "exam" => field.value = app.today().to_string(),
            "case" => field.value = cases.first().map(|case| case.id.clone()).unwrap_or_default(),
            _ => {}
        }
    }
    Page::draw(&OpenPage::new(page, &file, fields, String::new()))
}

async fn open(
    State(app): State<App>,
    page: Page,
    Acting(access): Acting,
    Path(person): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (_, file) = person::open(&app, &access, &person).await?;
    let cases = person::family::of_person(&app, &access, &file.person.id).await?;
    let t = page.t.clone();
    let mut fields = fields(&t, &app.library, app.today(), &cases, &posted);
    let mut refused = String::new();
    let destination = chosen(posted.text("destination"));
    if destination.is_none() {
        complain(&mut fields, "destination", t.get(key("destination-missing")));
    }
    let exam = exam_date(&t, &posted, &mut fields);
    if let (Some((destination, population)), Some(exam), false) =
        (destination, exam, any_wrong(&fields))
    {
        let case = posted.filled("case").filter(|id| cases.iter().any(|case| case.id == *id));
        let command = OpenAssessment { destination, population, exam, case };
        match run(&app, &access, |context| command::open(&file, command, context)) {
            Err(refusal) => refused = refuse(&t, &refusal, &mut fields),
            Ok((id, changes)) => {
                desk::commit(&app.store, &access, changes).await?;
                let path = format!(
                    "/people/{}/assessments/{id}?notice=notice-assessment-opened",
                    file.person.id
                );
                return Ok(Redirect::to(&path).into_response());
            }
        }
    }
    let page = OpenPage::new(page, &file, fields, refused);
    Page::draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

impl OpenPage {
    fn new(page: Page, file: &PersonFile, fields: Vec<Field>, refused: String) -> Self {
        Self {
            t: page.t.clone(),
            page,
            path: format!("/people/{}", file.person.id),
            name: file.person.name.clone(),
            fields,
            refused,
        }
    }
}

fn fields(
    t: &Translator,
    library: &Library,
    today: Date,
    cases: &[FamilyCase],
    posted: &Posted,
) -> Vec<Field> {
    let destinations = Control::Radio(destinations(t, library, today));
    let mut fields = vec![
        Field::new("destination", t.get(key("destination")), destinations)
            .hint(t.get(key("destination-hint"))),
        Field::new("exam", t.get(key("exam-date")), Control::Date).hint(t.get(key("exam-hint"))),
    ];
    if !cases.is_empty() {
        let mut choices: Vec<Choice> =
            cases.iter().map(|case| Choice::new(&case.id, &case.number)).collect();
        choices.push(Choice::new("", t.get(key("case-none"))));
        fields.push(
            Field::new("case", t.get(key("family-case")), Control::Radio(choices)).optional(),
        );
    }
    for field in &mut fields {
        field.value = posted.text(&field.name).to_owned();
    }
    fields
}

/// What the protocols in force offer: a destination and a population each.
fn destinations(t: &Translator, library: &Library, today: Date) -> Vec<Choice> {
    let mut offered: BTreeSet<(String, String)> = BTreeSet::new();
    for protocol in library.in_force_on(today) {
        let Some(country) = &protocol.jurisdiction else { continue };
        offered.extend(protocol.populations.iter().map(|each| (country.clone(), each.clone())));
    }
    let choice = |(country, population): (String, String)| {
        let names = [wording::country(t, &country), wording::population(t, &population)];
        Choice::new(format!("{country}/{population}"), names.join(" · "))
    };
    offered.into_iter().map(choice).collect()
}

fn chosen(value: &str) -> Option<(Country, String)> {
    let (country, population) = value.split_once('/')?;
    Some((Country::parse(country)?, population.to_owned()))
}

fn exam_date(t: &Translator, posted: &Posted, fields: &mut [Field]) -> Option<Date> {
    let typed = posted.text("exam");
    let date = typed.parse::<Date>().ok();
    if date.is_none() {
        let error = t.with(key("exam-impossible"), &[("date", &typed)]);
        complain(fields, "exam", error);
    }
    date
}

fn complain(fields: &mut [Field], name: &str, error: String) {
    if let Some(field) = fields.iter_mut().find(|field| field.name == name) {
        field.error = error;
    }
}

/// Tells a refusal at its field; what is about no field is returned.
fn refuse(t: &Translator, refusal: &Refusal, fields: &mut [Field]) -> String {
    match refusal.code {
        "MZ-0405" => complain(fields, "destination", t.get(key("destination-no-protocol"))),
        "MZ-0406" => complain(fields, "destination", t.get(key("destination-open"))),
        "MZ-0407" => complain(fields, "exam", t.get(key("exam-before-birth"))),
        _ => return refusal::words(t, refusal),
    }
    String::new()
}
