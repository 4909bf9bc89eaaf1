//! The start page of those who do not work at a station: where their work is.

use askama::Template;
use axum::response::Response;

use crate::auth::Who;
use crate::messages::Translator;
use crate::page::{MenuItem, Page};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Page,
    t: Translator,
    who: Who,
    places: Vec<MenuItem>,
}

/// Draws it; [`super::today`] has the route.
pub(super) fn show(page: Page, who: Who) -> Result<Response, Problem> {
    let places = page.menu.iter().filter(|item| item.path != "/").cloned().collect();
    Page::draw(&HomePage { t: page.t.clone(), page, who, places })
}
