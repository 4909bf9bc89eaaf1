//! Registering a person by hand, and correcting who somebody is.
//!
//! Nothing but a name is needed. What is not known stays so: a birth date has four first-class
//! answers, and none of them invents a day.

mod countries;
mod entry;
mod fields;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use manzil_journey::access::{Access, Purpose, Role};
use manzil_journey::assessment::Status;
use manzil_journey::change::Refusal;
use manzil_journey::coding::PERSON_SYSTEM;
use manzil_journey::command::{self, Correction};
use manzil_journey::file::PersonFile;
use manzil_store::desk;

use super::case::{Kept, keep, run};
use super::refusal;
use crate::App;
use crate::auth::who::Acting;
use crate::forms::{Field, Posted, any_wrong};
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};
use entry::Entered;

pub(super) use countries::Countries;

/// Who the person is, is the clerk's to write.
const CLERK: Admit = Admit::Roles(&[Role::Clerk]);

pub const ROUTES: &[Route] = &[
    Route::get("/people/new", CLERK, Purpose::Assessment, || get(show_new)),
    Route::post("/people/new", CLERK, Purpose::Assessment, || post(register)),
    Route::get("/people/{person}/edit", CLERK, Purpose::Assessment, || get(show_edit)),
    Route::post("/people/{person}/edit", CLERK, Purpose::Assessment, || post(correct)),
];

#[derive(Template)]
#[template(path = "person_form.html")]
struct FormPage {
    page: Page,
    t: Translator,
    /// The person who is corrected, as `(path, name)`; none for a new one.
    person: Option<(String, String)>,
    version: u64,
    fields: Vec<Field>,
    migration: Vec<Field>,
    reason: Vec<Field>,
    all: Vec<Field>,
    countries: Countries,
    /// Languages to suggest, as tag and name.
    languages: Vec<(String, String)>,
    /// Why it was not saved, when that is about no single field.
    refused: String,
}

impl FormPage {
    fn new(page: Page, form: Form, countries: Countries, person: Option<&PersonFile>) -> Self {
        let all = [&form.fields, &form.migration, &form.reason].into_iter().flatten();
        Self {
            t: page.t.clone(),
            person: person.map(|it| (format!("/people/{}", it.person.id), it.person.name.clone())),
            version: form.version,
            all: all.cloned().collect(),
            fields: form.fields,
            migration: form.migration,
            reason: form.reason,
            countries,
            languages: fields::languages(&page.t),
            refused: form.refused,
            page,
        }
    }
}

/// A form as it stands, with what was typed and what is wrong.
struct Form {
    version: u64,
    fields: Vec<Field>,
    migration: Vec<Field>,
    reason: Vec<Field>,
    refused: String,
}

impl Form {
    fn is_wrong(&self) -> bool {
        [&self.fields, &self.migration, &self.reason].into_iter().any(|fields| any_wrong(fields))
    }

    /// Tells a mistake at its field.
    fn complain(&mut self, name: &str, error: String) {
        let all = self.fields.iter_mut().chain(&mut self.migration).chain(&mut self.reason);
        for field in all.filter(|field| field.name == name) {
            field.error.clone_from(&error);
        }
    }

    /// Tells a refusal of the domain at its field, or above the form.
    fn refuse(&mut self, t: &Translator, refusal: &Refusal) {
        let words = match refusal.code {
            "MZ-0403" => t.get(key("name-missing")),
            "MZ-0404" => t.get(key("birth-future")),
            "MZ-0430" => t.get(key("nothing-changed")),
            "MZ-0431" => t.get(key("correction-reason-missing")),
            _ => refusal::words(t, refusal),
        };
        match refusal.code {
            "MZ-0403" => self.complain("name", words),
            "MZ-0404" => self.complain("birth_date", words),
            "MZ-0431" => self.complain("reason", words),
            _ => self.refused = words,
        }
    }
}

async fn show_new(page: Page) -> Result<Response, Problem> {
    let countries = Countries::of(&page.t);
    let form = fields::empty(&page.t);
    Page::draw(&FormPage::new(page, form, countries, None))
}

async fn register(
    State(app): State<App>,
    page: Page,
    Acting(access): Acting,
    posted: Posted,
) -> Result<Response, Problem> {
    let t = page.t.clone();
    let countries = Countries::of(&t);
    let mut form = fields::of_posted(&t, &posted, false, false);
    let entered = Entered::read(&t, &posted, &countries, app.today(), &mut form);
    taken(&app, &access, &t, &entered, None, &mut form).await?;
    if !form.is_wrong() {
        let made = run(&app, &access, |context| command::register(entered.registration(), context));
        match made {
            Err(refusal) => form.refuse(&t, &refusal),
            Ok((id, changes)) => {
                desk::commit(&app.store, &access, changes).await?;
                let path = format!("/people/{id}?notice=notice-person-registered");
                return Ok(Redirect::to(&path).into_response());
            }
        }
    }
    let page = FormPage::new(page, form, countries, None);
    Page::draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn show_edit(
    State(app): State<App>,
    page: Page,
    Acting(access): Acting,
    Path(person): Path<String>,
) -> Result<Response, Problem> {
    let (_, file) = super::person::open(&app, &access, &person).await?;
    let countries = Countries::of(&page.t);
    let posted = fields::posted_from(&page.t, &file.person, &countries)?;
    let mut form = fields::of_posted(&page.t, &posted, has_parts(&file), is_signed(&file));
    form.version = version(&file);
    Page::draw(&FormPage::new(page, form, countries, Some(&file)))
}

async fn correct(
    State(app): State<App>,
    page: Page,
    Acting(access): Acting,
    Path(person): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (_, file) = super::person::open(&app, &access, &person).await?;
    let t = page.t.clone();
    let countries = Countries::of(&t);
    let mut form = fields::of_posted(&t, &posted, has_parts(&file), is_signed(&file));
    form.version = posted.text("version").parse().unwrap_or(0);
    let entered = Entered::read(&t, &posted, &countries, app.today(), &mut form);
    taken(&app, &access, &t, &entered, Some(&file.person.id), &mut form).await?;
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if !form.is_wrong() {
        let correction = Correction {
            registration: entered.registration(),
            family: posted.filled("family"),
            given: posted.filled("given"),
            version: form.version,
            reason: posted.filled("reason"),
        };
        match run(&app, &access, |context| command::correct(&file, correction, context)) {
            Err(refusal) => form.refuse(&t, &refusal),
            Ok(changes) => match keep(&app, &access, changes).await? {
                Kept::Saved => {
                    let path = format!("/people/{}?notice=notice-person-corrected", file.person.id);
                    return Ok(Redirect::to(&path).into_response());
                }
                Kept::Conflict => {
                    status = StatusCode::CONFLICT;
                    form.version = version(&file);
                    form.refused = t.get(key("changed-meanwhile"));
                }
            },
        }
    }
    Page::draw_as(status, &FormPage::new(page, form, countries, Some(&file)))
}

/// Two people never share a number.
async fn taken(
    app: &App,
    access: &Access,
    t: &Translator,
    entered: &Entered,
    own: Option<&str>,
    form: &mut Form,
) -> Result<(), Problem> {
    let Some(number) = &entered.number else { return Ok(()) };
    let token = format!("{PERSON_SYSTEM}|{number}");
    let found = desk::first(&app.store, access, "Patient", "identifier", &token).await?;
    if found.is_some_and(|found| Some(found.key.id.as_str()) != own) {
        form.complain("number", t.with(key("number-taken"), &[("number", number)]));
    }
    Ok(())
}

fn has_parts(file: &PersonFile) -> bool {
    file.person.family.is_some() || file.person.given.is_some()
}

fn is_signed(file: &PersonFile) -> bool {
    let signed = |status| matches!(status, Status::Signed | Status::UnderReview);
    file.assessments().iter().any(|held| signed(held.item.status))
}

fn version(file: &PersonFile) -> u64 {
    let patient =
        file.records.iter().find(|recorded| recorded.resource.resource_type() == "Patient");
    patient.map_or(0, |recorded| recorded.version)
}
