//! The FHIR R4 REST interface at `/fhir`.
//!
//! Start with [`routes`], the table of what may be done where. A request comes in at `entry`,
//! which reads its head (`place`, `ask`), opens the door (`crate::smart`) and hands it to the
//! interaction: `read`, `history`, `search`, `write`, `bundles`, `operation`. Each gives an
//! `Answer` or a `Refusal`, which a batch puts into its entries as it is. Stored resources go out
//! as text, without being read.

mod answer;
mod ask;
mod audit;
mod bundle;
mod bundles;
mod capability;
mod entry;
mod export;
mod fault;
mod history;
mod link;
pub mod load;
mod operation;
mod outcome;
mod place;
mod read;
pub mod routes;
mod search;
mod subset;
mod terminology;
mod write;

use std::any::Any;

use axum::Router;
use axum::response::Response;
use axum::routing::any;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::decompression::RequestDecompressionLayer;

use crate::App;
use answer::Answer;
use fault::Fault;
use outcome::Refusal;

/// The interface, to be mounted beside the pages.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/fhir", any(entry::answer))
        .route("/fhir/", any(entry::answer))
        .route("/fhir/{*path}", any(entry::answer))
        .layer(RequestDecompressionLayer::new().gzip(true))
        .layer(CatchPanicLayer::custom(panicked))
}

/// Even an error of ours is answered as FHIR wants it.
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word");
    tracing::error!(panic = %text, "a request at /fhir panicked");
    Answer::from(Refusal::from(Fault::Inside)).into_response(false)
}
