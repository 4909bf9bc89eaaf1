//! The first run: makes the first administrator, and only when there is no account yet.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use manzil_journey::access::{Purpose, Role};

use super::account_form::{self, NewAccount};
use super::sign_in;
use crate::App;
use crate::auth::{accounts, token};
use crate::forms::{Control, Field, Posted, any_wrong};
use crate::messages::{Translator, key};
use crate::network::Network;
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};

pub const ROUTES: &[Route] = &[
    Route::get("/set-up", Admit::Visitor, Purpose::Administration, || get(show)),
    Route::post("/set-up", Admit::Visitor, Purpose::Administration, || post(make)),
];

#[derive(Template)]
#[template(path = "set_up.html")]
struct SetUpPage {
    page: Page,
    t: Translator,
    fields: Vec<Field>,
}

async fn show(State(app): State<App>, page: Page) -> Result<Response, Problem> {
    if app.is_set_up().await? {
        return Ok(Redirect::to("/").into_response());
    }
    let fields = fields(&app, &page.t, &Posted::default());
    Page::draw(&SetUpPage { t: page.t.clone(), page, fields })
}

async fn make(
    State(app): State<App>,
    page: Page,
    from: Network,
    posted: Posted,
) -> Result<Response, Problem> {
    let _held = app.gate.accounts.lock().await;
    if app.is_set_up().await? {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    let mut fields = fields(&app, &page.t, &posted);
    account_form::check_name(&page.t, &mut fields, &[]);
    account_form::check_person(&page.t, &mut fields, Role::Administrator);
    account_form::check_password(&page.t, &mut fields, posted.text("account"), &posted);
    check_code(&app, &page.t, &mut fields, &posted);
    if any_wrong(&fields) {
        let page = SetUpPage { t: page.t.clone(), page, fields };
        return Page::draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let new = NewAccount {
        name: posted.text("account"),
        display_name: posted.text("display_name"),
        role: Role::Administrator,
        registration: None,
        password: posted.exact("password"),
        must_change_password: false,
    };
    let account = new.make(&app).await?;
    accounts::put(&*app.store, &account).await?;
    sign_in::enter(&app, from, &account, "/accounts?notice=notice-welcome").await
}

fn fields(app: &App, t: &Translator, posted: &Posted) -> Vec<Field> {
    let mut fields = vec![
        account_form::name_field(t, posted.text("account")),
        account_form::display_name_field(t, posted.text("display_name")),
    ];
    fields.extend(account_form::new_password_fields(t));
    if app.settings.set_up_code.is_some() {
        let hint = t.get(key("set-up-code-hint"));
        fields.insert(
            0,
            Field::new("code", t.get(key("set-up-code")), Control::Code)
                .hint(hint)
                .value(posted.text("code")),
        );
    }
    fields
}

fn check_code(app: &App, t: &Translator, fields: &mut [Field], posted: &Posted) {
    let Some(code) = &app.settings.set_up_code else { return };
    let field = fields.iter_mut().find(|field| field.name == "code");
    if let Some(field) = field.filter(|_| !token::same(code, posted.text("code"))) {
        field.error = t.get(key("set-up-code-wrong"));
    }
}
