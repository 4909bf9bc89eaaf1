//! The rules themselves, for everybody who works by them: every edition with its sources, its
//! steps and its tables, read aloud.

mod edition;
mod sum;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use jiff::civil::Date;
use manzil_journey::access::Purpose;
use manzil_protocol::{Protocol, Status};

use super::wording;
use crate::App;
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};
use edition::Told;

pub const ROUTES: &[Route] = &[
    Route::get("/rules", Admit::SignedIn, Purpose::Administration, || get(list))
        .in_menu(key("menu-rules")),
    Route::get("/rules/{protocol}/{edition}", Admit::SignedIn, Purpose::Administration, || {
        get(show)
    }),
];

#[derive(Template)]
#[template(path = "rules.html")]
struct RulesPage {
    page: Page,
    t: Translator,
    /// Those that decide somewhere.
    protocols: Vec<Row>,
    /// Those that others use.
    libraries: Vec<Row>,
}

/// One edition in the list.
struct Row {
    path: String,
    title: String,
    reference: String,
    country: String,
    populations: String,
    /// When it is in force.
    range: String,
    in_force: bool,
    unverified: bool,
    /// Rules and steps that nobody has checked yet.
    unchecked: usize,
}

#[derive(Template)]
#[template(path = "protocol.html")]
struct ProtocolPage {
    page: Page,
    t: Translator,
    row: Row,
    stamp: String,
    told: Told,
}

async fn list(State(app): State<App>, page: Page) -> Result<Response, Problem> {
    let t = page.t.clone();
    let today = app.today();
    let (libraries, protocols): (Vec<_>, Vec<_>) =
        app.library.protocols().iter().partition(|protocol| protocol.library);
    let rows = |all: Vec<&std::sync::Arc<Protocol>>| {
        all.into_iter().map(|protocol| row(&t, protocol, today)).collect()
    };
    let (protocols, libraries) = (rows(protocols), rows(libraries));
    Page::draw(&RulesPage { page, t, protocols, libraries })
}

async fn show(
    State(app): State<App>,
    page: Page,
    Path((protocol, edition)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let protocol = app.library.protocol(&protocol, &edition).ok_or(Problem::NotFound)?;
    let t = page.t.clone();
    Page::draw(&ProtocolPage {
        row: row(&t, protocol, app.today()),
        stamp: protocol.stamp(),
        told: edition::tell(&t, &app.library, protocol),
        page,
        t,
    })
}

fn row(t: &Translator, protocol: &Protocol, today: Date) -> Row {
    let populations: Vec<String> =
        protocol.populations.iter().map(|each| wording::population(t, each)).collect();
    let from = t.date(protocol.from);
    let range = match protocol.to.and_then(|to| to.yesterday().ok()) {
        Some(last) => t.with(key("rules-from-to"), &[("from", &from), ("to", &t.date(last))]),
        None => t.with(key("rules-from"), &[("from", &from)]),
    };
    Row {
        path: format!("/rules/{}/{}", protocol.id, protocol.edition),
        title: protocol.title.get(t.tag()).to_owned(),
        reference: protocol.reference().to_string(),
        country: protocol
            .jurisdiction
            .as_deref()
            .map_or_else(String::new, |code| wording::country(t, code)),
        populations: populations.join(&t.get(key("list-comma"))),
        range,
        in_force: protocol.in_force_on(today),
        unverified: protocol.status == Status::Unverified,
        unchecked: unchecked(protocol),
    }
}

/// How many rules and steps of a protocol nobody has checked against their sources.
fn unchecked(protocol: &Protocol) -> usize {
    let home = protocol.reference();
    let tables = protocol.tables.iter().filter(|table| table.home == home);
    let rules = tables.flat_map(|table| &table.rules).map(|rule| rule.status);
    let steps = protocol.steps.iter().filter(|step| step.home == home).map(|step| step.status);
    rules.chain(steps).filter(|status| *status == Status::Unverified).count()
}
