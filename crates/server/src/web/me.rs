//! One's own account: who I am here, and a new password.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use manzil_journey::access::Purpose;

use super::account_form::{check_password, new_password_fields};
use crate::App;
use crate::auth::token::Token;
use crate::auth::{Who, accounts, session};
use crate::cookie;
use crate::forms::{Control, Field, Posted, any_wrong};
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};

pub const ROUTES: &[Route] = &[
    Route::get("/me", Admit::SignedIn, Purpose::Administration, || get(show)).before_password(),
    Route::post("/me/password", Admit::SignedIn, Purpose::Administration, || post(change_password))
        .before_password(),
];

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    page: Page,
    t: Translator,
    who: Who,
    fields: Vec<Field>,
}

async fn show(page: Page, who: Who) -> Result<Response, Problem> {
    let fields = fields(&page.t);
    Page::draw(&MePage { t: page.t.clone(), page, who, fields })
}

async fn change_password(
    State(app): State<App>,
    page: Page,
    who: Who,
    posted: Posted,
) -> Result<Response, Problem> {
    let _held = app.gate.accounts.lock().await;
    let mut account = accounts::find(&*app.store, &who.account).await?.ok_or(Problem::SignedOut)?;
    let mut fields = fields(&page.t);
    check_password(&page.t, &mut fields, &who.account, &posted);
    let old = posted.exact("old_password").to_owned();
    let hash = Some(account.password_hash.clone());
    if !app.gate.passwords.verify(hash, old).await? {
        set_error(&mut fields, "old_password", page.t.get(key("password-old-wrong")));
    } else if posted.exact("old_password") == posted.exact("password") {
        set_error(&mut fields, "password", page.t.get(key("password-same")));
    }
    if any_wrong(&fields) {
        let page = MePage { t: page.t.clone(), page, who, fields };
        return Page::draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    account.password_hash = app.hash_password(posted.exact("password").to_owned()).await?;
    account.must_change_password = false;
    accounts::put(&*app.store, &account).await?;
    session::end_all(&*app.store, &account.name).await?;
    let token = Token::new(&*app.entropy)?;
    session::start(&*app.store, &token, &account.name, app.now()).await?;
    let access = who.access(Purpose::Administration);
    let object = format!("Account/{}", who.account);
    app.store.note(&access, "password-changed", &object, None).await?;
    let cookie = AppendHeaders([(header::SET_COOKIE, cookie::session(&token, app.settings.tls))]);
    Ok((cookie, Redirect::to("/?notice=notice-password-changed")).into_response())
}

fn fields(t: &Translator) -> Vec<Field> {
    let mut fields = vec![
        Field::new("old_password", t.get(key("password-old")), Control::Password)
            .autocomplete("current-password"),
    ];
    fields.extend(new_password_fields(t));
    fields
}

fn set_error(fields: &mut [Field], name: &str, error: String) {
    if let Some(field) = fields.iter_mut().find(|field| field.name == name) {
        field.error = error;
    }
}
