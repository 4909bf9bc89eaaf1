//! The start page: the work that this role does here.

use askama::Template;
use axum::response::Response;
use axum::routing::get;
use manzil_journey::access::Purpose;

use crate::auth::Who;
use crate::messages::{Translator, key};
use crate::page::{MenuItem, Page};
use crate::problem::Problem;
use crate::routes::{Admit, Route};

pub const ROUTES: &[Route] =
    &[Route::get("/", Admit::SignedIn, Purpose::Administration, || get(show))
        .in_menu(key("menu-home"))];

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Page,
    t: Translator,
    who: Who,
    places: Vec<MenuItem>,
}

async fn show(page: Page, who: Who) -> Result<Response, Problem> {
    let places = page.menu.iter().filter(|item| item.path != "/").cloned().collect();
    Page::draw(&HomePage { t: page.t.clone(), page, who, places })
}
