//! Finding a person by a name in any script, a number or a case number.

use askama::Template;
use axum::extract::{Query as Asked, State};
use axum::response::Response;
use axum::routing::get;
use manzil_fhir::search::words;
use manzil_journey::access::{Access, Purpose, Role};
use manzil_journey::assessment::Assessment;
use manzil_journey::family::FamilyCase;
use manzil_journey::person::Person;
use manzil_store::limits::{QUERY_WORDS_MAX, TOTAL_MAX};
use manzil_store::{Key, PageRequest, Query, Store, desk};
use serde::Deserialize;

use super::case::ASSESSORS;
use super::{numbers, wording};
use crate::App;
use crate::auth::who::Acting;
use crate::board::Queues;
use crate::cookie::encode;
use crate::limits::{FOUND_ROWS_MAX, SEARCH_CHARS_MAX};
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::Route;

pub const ROUTES: &[Route] =
    &[Route::get("/people", ASSESSORS, Purpose::Assessment, || get(show))
        .in_menu(key("menu-people"))];

#[derive(Debug, Deserialize)]
struct Search {
    q: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    page: Page,
    t: Translator,
    q: String,
    /// What is wrong with the search; empty when nothing is.
    wrong: String,
    searched: bool,
    count: String,
    rows: Vec<Row>,
    next: Option<String>,
    may_register: bool,
}

/// Somebody who was found.
struct Row {
    path: String,
    name: String,
    age: String,
    sex: String,
    countries: String,
    numbers: String,
    assessments: Vec<AssessmentLine>,
}

/// One assessment of theirs.
struct AssessmentLine {
    path: String,
    title: String,
    state: String,
}

async fn show(
    State(app): State<App>,
    page: Page,
    Acting(access): Acting,
    Asked(search): Asked<Search>,
) -> Result<Response, Problem> {
    let typed = search.q.unwrap_or_default();
    let is_long = typed.chars().count() > SEARCH_CHARS_MAX;
    let q: String = typed.trim().chars().take(SEARCH_CHARS_MAX).collect();
    let wanted = words(&q);
    let t = &page.t;
    let wrong = if is_long {
        t.with(key("find-too-long"), &[("most", &SEARCH_CHARS_MAX)])
    } else if wanted.len() > QUERY_WORDS_MAX {
        t.with(key("find-too-many-words"), &[("most", &QUERY_WORDS_MAX)])
    } else {
        String::new()
    };
    let searched = wrong.is_empty() && !wanted.is_empty();
    let found =
        if searched { find(&app, &access, &q, search.after).await? } else { Found::default() };
    let queues = app.queues().await?;
    let mut rows = Vec::new();
    for person in &found.people {
        rows.push(row(&app, &access, t, &queues, person).await?);
    }
    let next = found.next.map(|after| format!("/people?q={}&after={}", encode(&q), encode(&after)));
    Page::draw(&PeoplePage {
        count: count(t, found.total),
        may_register: page.role() == Some(Role::Clerk),
        t: t.clone(),
        q,
        wrong,
        searched,
        rows,
        next,
        page,
    })
}

#[derive(Default)]
struct Found {
    people: Vec<Person>,
    total: u64,
    next: Option<String>,
}

/// People by name and number; on the first page also the members of a case of that number.
async fn find(
    app: &App,
    access: &Access,
    q: &str,
    after: Option<String>,
) -> Result<Found, Problem> {
    let is_first = after.is_none();
    let query = Query {
        resource_type: "Patient".to_owned(),
        text: Some(q.to_owned()),
        page: PageRequest { rows_max: FOUND_ROWS_MAX, after },
        ..Query::default()
    };
    let page = match app.store.find(access, &query).await {
        // The address of a page that was typed by hand, or is of another search.
        Err(manzil_store::StoreError::Malformed(_)) => return Err(Problem::NotFound),
        page => page?,
    };
    let mut found = Found {
        people: desk::read_all(&page.rows, Person::read)?,
        total: page.total,
        next: page.next,
    };
    let has_digit = q.chars().any(char::is_numeric);
    if is_first && has_digit {
        for person in family(app, access, q).await? {
            if !found.people.iter().any(|known| known.id == person.id) {
                found.people.push(person);
                found.total += 1;
            }
        }
    }
    Ok(found)
}

/// The members of the family cases whose number begins like this.
async fn family(app: &App, access: &Access, q: &str) -> Result<Vec<Person>, Problem> {
    let query = Query {
        resource_type: "Group".to_owned(),
        text: Some(q.to_owned()),
        page: PageRequest { rows_max: FOUND_ROWS_MAX, after: None },
        ..Query::default()
    };
    let cases = app.store.find(access, &query).await?;
    let cases = desk::read_all(&cases.rows, FamilyCase::read)?;
    let members: Vec<String> =
        cases.into_iter().flat_map(|case| case.members).take(FOUND_ROWS_MAX).collect();
    let mut people = Vec::new();
    for member in members {
        let version = app.store.read(access, &Key::new("Patient", member)).await?;
        people.extend(desk::read_one(version.as_ref(), Person::read)?);
    }
    Ok(people)
}

async fn row(
    app: &App,
    access: &Access,
    t: &Translator,
    queues: &Queues,
    person: &Person,
) -> Result<Row, Problem> {
    let path = format!("/people/{}", person.id);
    let assessments = assessments(&*app.store, access, queues, &person.id).await?;
    let countries: Vec<String> = person
        .migration
        .citizenships
        .iter()
        .map(|country| wording::country(t, country.code()))
        .collect();
    Ok(Row {
        name: person.name.clone(),
        age: wording::age(t, person, app.today()),
        sex: wording::sex(t, person.sex),
        countries: countries.join(&t.get(key("list-comma"))),
        numbers: numbers::of(person).join(&t.get(key("list-comma"))),
        assessments: assessments
            .iter()
            .map(|assessment| AssessmentLine {
                path: format!("{path}/assessments/{}", assessment.id),
                title: wording::country(t, assessment.destination.code()),
                state: wording::status(t, assessment.status),
            })
            .collect(),
        path,
    })
}

/// Open assessments from the board; the others are looked up.
pub(super) async fn assessments(
    store: &dyn Store,
    access: &Access,
    queues: &Queues,
    person: &str,
) -> Result<Vec<Assessment>, Problem> {
    let open = queues.of_person(person);
    if !open.is_empty() {
        return Ok(open.iter().map(|standing| standing.assessment.clone()).collect());
    }
    let query = Query {
        resource_type: "EpisodeOfCare".to_owned(),
        person: Some(person.to_owned()),
        ..Query::default()
    };
    let page = store.find(access, &query).await?;
    Ok(desk::read_all(&page.rows, Assessment::read)?)
}

fn count(t: &Translator, total: u64) -> String {
    if total >= TOTAL_MAX {
        return t.with(key("found-many"), &[("count", &t.number(TOTAL_MAX))]);
    }
    t.with(key("found-count"), &[("count", &total)])
}
