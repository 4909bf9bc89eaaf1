//! Signing in and out.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use manzil_journey::access::{Access, Purpose, Role};
use serde::Deserialize;

use crate::App;
use crate::auth::account::{self, role_key};
use crate::auth::token::Token;
use crate::auth::{Account, accounts, session};
use crate::cookie;
use crate::forms::{Control, Field, Posted};
use crate::messages::{Translator, key};
use crate::network::Network;
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};

pub const ROUTES: &[Route] = &[
    Route::get("/sign-in", Admit::Visitor, Purpose::Administration, || get(show)),
    Route::post("/sign-in", Admit::Visitor, Purpose::Administration, || post(sign_in)),
    Route::post("/sign-out", Admit::Visitor, Purpose::Administration, || post(sign_out))
        .before_password(),
];

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    page: Page,
    t: Translator,
    fields: Vec<Field>,
    back: String,
    demo: Vec<DemoRow>,
}

struct DemoRow {
    name: String,
    display_name: String,
    role: String,
    password: String,
}

#[derive(Debug, Deserialize)]
struct Wish {
    #[serde(default)]
    back: String,
}

async fn show(
    State(app): State<App>,
    page: Page,
    Query(wish): Query<Wish>,
) -> Result<Response, Problem> {
    let back = cookie::local_path(&wish.back).to_owned();
    if page.who.is_some() {
        return Ok(Redirect::to(&back).into_response());
    }
    let fields = fields(&page.t, "", String::new());
    draw(StatusCode::OK, &app, page, fields, back)
}

async fn sign_in(
    State(app): State<App>,
    page: Page,
    from: Network,
    posted: Posted,
) -> Result<Response, Problem> {
    let typed = posted.text("account");
    let name = account::normal_name(typed).unwrap_or_default();
    let address = from.address();
    if let Some(minutes) = app.gate.rate.wait_minutes(&name, address, app.now()) {
        note(&app, from, None, "sign-in-refused").await?;
        return Err(Problem::TooManySignIns { minutes });
    }
    let account = accounts::find(&*app.store, &name).await?;
    let hash = account.as_ref().map(|it| it.password_hash.clone());
    let right = app.gate.passwords.verify(hash, posted.exact("password").to_owned()).await?;
    let back = cookie::local_path(posted.text("back")).to_owned();
    match account {
        Some(account) if right && !account.disabled => {
            app.gate.rate.succeeded(&name, address);
            enter(&app, from, &account, &back).await
        }
        account => {
            app.gate.rate.failed(&name, address, app.now());
            note(&app, from, account.as_ref(), "sign-in-failed").await?;
            let fields = fields(&page.t, typed, page.t.get(key("sign-in-wrong")));
            draw(StatusCode::UNPROCESSABLE_ENTITY, &app, page, fields, back)
        }
    }
}

/// Starts a session under a new token, so that a token planted before is worth nothing.
pub(crate) async fn enter(
    app: &App,
    from: Network,
    account: &Account,
    back: &str,
) -> Result<Response, Problem> {
    let token = Token::new(&*app.entropy)?;
    session::start(&*app.store, &token, &account.name, app.now()).await?;
    note(app, from, Some(account), "sign-in").await?;
    let cookie = AppendHeaders([(header::SET_COOKIE, cookie::session(&token, app.settings.tls))]);
    Ok((cookie, Redirect::to(back)).into_response())
}

async fn sign_out(
    State(app): State<App>,
    page: Page,
    headers: axum::http::HeaderMap,
) -> Result<Response, Problem> {
    if let Some(token) = cookie::token(&headers, app.settings.tls) {
        session::end(&*app.store, &token).await?;
    }
    if let Some(who) = page.who {
        let access = who.access(Purpose::Administration);
        app.store.note(&access, "sign-out", &format!("Account/{}", who.account), None).await?;
    }
    let token = Token::new(&*app.entropy)?;
    let cookie = AppendHeaders([(header::SET_COOKIE, cookie::session(&token, app.settings.tls))]);
    Ok((cookie, Redirect::to("/sign-in?notice=notice-signed-out")).into_response())
}

/// Writes a sign-in into the audit trail. A name that is no account is not written down: people
/// type their password into the wrong box.
async fn note(
    app: &App,
    from: Network,
    account: Option<&Account>,
    what: &str,
) -> Result<(), Problem> {
    let (access, object) = match account {
        Some(account) => (
            Access::new(&account.name, account.role, Purpose::Administration),
            format!("Account/{}", account.name),
        ),
        None => {
            (Access::new("unknown", Role::System, Purpose::Administration), "Account".to_owned())
        }
    };
    let access = Access { via: from.via(None), ..access };
    Ok(app.store.note(&access, what, &object, None).await?)
}

fn fields(t: &Translator, account: &str, error: String) -> Vec<Field> {
    vec![
        Field::new("account", t.get(key("account-name")), Control::Code)
            .value(account)
            .error(error)
            .autocomplete("username"),
        Field::new("password", t.get(key("password")), Control::Password)
            .autocomplete("current-password"),
    ]
}

fn draw(
    status: StatusCode,
    app: &App,
    page: Page,
    fields: Vec<Field>,
    back: String,
) -> Result<Response, Problem> {
    let demo = app.settings.demo.iter().flatten();
    let demo = demo
        .map(|account| DemoRow {
            name: account.name.clone(),
            display_name: account.display_name.clone(),
            role: page.t.get(role_key(account.role)),
            password: account.password.clone(),
        })
        .collect();
    Page::draw_as(status, &SignInPage { t: page.t.clone(), page, fields, back, demo })
}
