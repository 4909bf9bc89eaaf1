//! The accounts of this clinic, for the administrator.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use manzil_journey::access::{Purpose, Role};

use crate::App;
use crate::auth::account::role_key;
use crate::auth::{Who, accounts};
use crate::cookie;
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};

pub(super) const ADMINISTRATOR: Admit = Admit::Roles(&[Role::Administrator]);

pub const ROUTES: &[Route] =
    &[Route::get("/accounts", ADMINISTRATOR, Purpose::Administration, || get(list))
        .in_menu(key("menu-accounts"))];

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    page: Page,
    t: Translator,
    rows: Vec<Row>,
}

struct Row {
    path: String,
    name: String,
    display_name: String,
    role: String,
    registration: String,
    made: String,
    disabled: bool,
}

async fn list(State(app): State<App>, page: Page, who: Who) -> Result<Response, Problem> {
    let access = who.access(Purpose::Administration);
    app.store.note(&access, "accounts-listed", "Account", None).await?;
    let accounts = accounts::list(&*app.store).await?;
    let rows = accounts
        .into_iter()
        .map(|account| Row {
            path: format!("/accounts/{}", cookie::encode(&account.name)),
            role: page.t.get(role_key(account.role)),
            registration: account.registration.unwrap_or_default(),
            made: page.t.time(account.made_at),
            name: account.name,
            display_name: account.display_name,
            disabled: account.disabled,
        })
        .collect();
    Page::draw(&AccountsPage { t: page.t.clone(), page, rows })
}
