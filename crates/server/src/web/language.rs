//! The language switch: remembers the choice on this device, and on the account if there is one.

use axum::extract::State;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::post;
use manzil_journey::access::Purpose;

use crate::App;
use crate::auth::accounts;
use crate::cookie;
use crate::forms::Posted;
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};

pub const ROUTES: &[Route] =
    &[Route::post("/language", Admit::Visitor, Purpose::Administration, || post(choose))
        .before_password()];

async fn choose(State(app): State<App>, page: Page, posted: Posted) -> Result<Response, Problem> {
    let tag = posted.text("language");
    let back = cookie::local_path(posted.text("back")).to_owned();
    if !app.messages.has(tag) {
        return Err(Problem::Unreadable(format!("no language {tag}")));
    }
    if let Some(who) = page.who {
        let _held = app.gate.accounts.lock().await;
        if let Some(mut account) = accounts::find(&*app.store, &who.account).await? {
            account.language = Some(tag.to_owned());
            accounts::put(&*app.store, &account).await?;
        }
    }
    let remembered = AppendHeaders([(header::SET_COOKIE, cookie::set_language(tag))]);
    Ok((remembered, Redirect::to(&back)).into_response())
}
