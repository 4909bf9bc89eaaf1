//! Whether the server is alive, for a watchdog: one word of text.

use axum::routing::get;
use manzil_journey::access::Purpose;

use crate::routes::{Admit, Route};

pub const ROUTES: &[Route] =
    &[Route::get("/health", Admit::Anyone, Purpose::Administration, || {
        get(|| async { "alive\n" })
    })];
