//! Connected software: registering it and switching it off, for the administrator.

mod form;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use manzil_journey::access::Purpose;

use super::accounts::ADMINISTRATOR;
use super::trail::purpose_key;
use crate::App;
use crate::auth::Who;
use crate::auth::account::role_key;
use crate::cookie;
use crate::forms::{Field, Posted};
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::Route;
use crate::smart::client::{self, Client, Kind, Proof};
use crate::smart::registration::{RegistrationError, register};

pub const ROUTES: &[Route] = &[
    Route::get("/software", ADMINISTRATOR, Purpose::Administration, || get(list))
        .in_menu(key("menu-software")),
    Route::get("/software/new", ADMINISTRATOR, Purpose::Administration, || get(show_new)),
    Route::post("/software/new", ADMINISTRATOR, Purpose::Administration, || post(make)),
    Route::post("/software/{id}/switch", ADMINISTRATOR, Purpose::Administration, || post(switch)),
];

#[derive(Template)]
#[template(path = "software.html")]
struct SoftwarePage {
    page: Page,
    t: Translator,
    rows: Vec<Row>,
    /// The secret of what was just registered; shown once.
    secret: String,
}

struct Row {
    id: String,
    name: String,
    kind: String,
    purposes: String,
    scopes: String,
    /// Return addresses, or the names of its keys.
    where_to: Vec<String>,
    switch: String,
    disabled: bool,
}

#[derive(Template)]
#[template(path = "software_form.html")]
struct FormPage {
    page: Page,
    t: Translator,
    fields: Vec<Field>,
}

async fn list(State(app): State<App>, page: Page, who: Who) -> Result<Response, Problem> {
    note(&app, &who, "software-listed", "Client").await?;
    draw_list(&app, page, String::new()).await
}

async fn draw_list(app: &App, page: Page, secret: String) -> Result<Response, Problem> {
    let clients = client::list(&*app.store).await?;
    let rows = clients.into_iter().map(|client| row(&page.t, client)).collect();
    Page::draw(&SoftwarePage { t: page.t.clone(), page, rows, secret })
}

async fn show_new(page: Page) -> Result<Response, Problem> {
    let fields = form::fields(&page.t, &Posted::default());
    Page::draw(&FormPage { t: page.t.clone(), page, fields })
}

async fn make(
    State(app): State<App>,
    page: Page,
    who: Who,
    posted: Posted,
) -> Result<Response, Problem> {
    let (client, secret) = match register(&app, &who.account, form::asked(&posted)).await {
        Ok(made) => made,
        Err(RegistrationError::Wrong(wrong)) => {
            let mut fields = form::fields(&page.t, &posted);
            for each in wrong {
                form::mark(&page.t, &mut fields, each);
            }
            let page = FormPage { t: page.t.clone(), page, fields };
            return Page::draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
        Err(RegistrationError::Store(error)) => return Err(error.into()),
        Err(RegistrationError::Entropy(error)) => return Err(error.into()),
    };
    note(&app, &who, "software-registered", &format!("Client/{}", client.id)).await?;
    draw_list(&app, page, secret.unwrap_or_default()).await
}

/// Disables what is enabled, and the other way round.
async fn switch(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let _held = app.gate.accounts.lock().await;
    let mut client = client::find(&*app.store, &id).await?.ok_or(Problem::NotFound)?;
    client.disabled = posted.text("to") == "off";
    client::put(&*app.store, &client).await?;
    let what = if client.disabled { "software-disabled" } else { "software-enabled" };
    note(&app, &who, what, &format!("Client/{id}")).await?;
    Ok(Redirect::to("/software").into_response())
}

async fn note(app: &App, who: &Who, what: &str, object: &str) -> Result<(), Problem> {
    Ok(app.store.note(&who.access(Purpose::Administration), what, object, None).await?)
}

fn row(t: &Translator, client: Client) -> Row {
    let (kind, mut where_to) = match client.kind {
        Kind::App { redirect_uris, .. } => {
            (t.get(key("software-app")), redirect_uris.into_iter().collect())
        }
        Kind::Backend { role } => (t.get(role_key(role)), Vec::new()),
    };
    if let Proof::Keys { keys } = client.proof {
        where_to.extend(keys.into_iter().map(|key| key.kid));
    }
    let purposes: Vec<String> =
        client.purposes.iter().map(|purpose| t.get(purpose_key(*purpose))).collect();
    Row {
        switch: format!("/software/{}/switch", cookie::encode(&client.id)),
        id: client.id,
        name: client.name,
        kind,
        purposes: purposes.join(&t.get(key("list-comma"))),
        scopes: client.scopes.to_string(),
        where_to,
        disabled: client.disabled,
    }
}
