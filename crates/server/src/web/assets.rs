//! The style sheet, the script and the icon. Their addresses carry a hash of their content, so
//! browsers may keep them for ever and still see every change at once.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use manzil_journey::access::Purpose;
use sha2::{Digest, Sha256};

use crate::auth::token::hexadecimal;
use crate::problem::Problem;
use crate::routes::{Admit, Route};

pub const ROUTES: &[Route] =
    &[Route::get("/assets/{name}", Admit::Anyone, Purpose::Administration, || get(show))];

const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

struct Asset {
    path: String,
    kind: &'static str,
    text: &'static str,
}

impl Asset {
    fn new(stem: &str, ending: &str, kind: &'static str, text: &'static str) -> Self {
        let hash = hexadecimal(&Sha256::digest(text.as_bytes()));
        let hash: String = hash.chars().take(12).collect();
        Self { path: format!("/assets/{stem}.{hash}.{ending}"), kind, text }
    }
}

static CSS: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../../assets/manzil.css");
    Asset::new("manzil", "css", "text/css; charset=utf-8", text)
});
static JS: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../../assets/manzil.js");
    Asset::new("manzil", "js", "text/javascript; charset=utf-8", text)
});
static ICON: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../../assets/icon.svg");
    Asset::new("icon", "svg", "image/svg+xml", text)
});

pub fn css_path() -> &'static str {
    &CSS.path
}

pub fn js_path() -> &'static str {
    &JS.path
}

pub fn icon_path() -> &'static str {
    &ICON.path
}

async fn show(Path(name): Path<String>) -> Response {
    let wanted = format!("/assets/{name}");
    let found = [&*CSS, &*JS, &*ICON].into_iter().find(|asset| asset.path == wanted);
    let Some(asset) = found else { return Problem::NotFound.into_response() };
    let kind = HeaderValue::from_static(asset.kind);
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOREVER)], asset.text).into_response()
}
