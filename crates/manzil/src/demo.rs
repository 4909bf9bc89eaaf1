//! Fictional people for demonstrations and tests.
//!
//! Everything here is invented: names are drawn from lists of common given and family names and
//! every person number begins with `DEMO`. The same seed gives the same people.

mod accounts;
mod caseload;
mod health;
mod history;
pub mod mark;
mod names;
mod play;
mod random;

use std::sync::Arc;

use manzil_server::App;

pub use accounts::accounts;
pub use caseload::{caseload, to_csv};
pub use history::{Entry, Histories, Naming, transaction};

/// How many people a demonstration begins with, when nobody says.
pub const PEOPLE: usize = 48;
/// The same people at every start.
const SEED: u64 = 7;

/// Makes the accounts, over those of the same name.
pub async fn make_accounts(app: &App) -> anyhow::Result<()> {
    app.make_demo_accounts().await.map_err(|problem| anyhow::anyhow!("{problem:?}"))
}

/// Fills an empty store with a caseload of so many people that is worked on.
pub async fn fill(app: &App, people: usize) -> anyhow::Result<()> {
    if people == 0 {
        return Ok(());
    }
    let now = app.now();
    let today = now.to_zoned(app.settings.zone.clone()).date();
    let clinic = play::Clinic {
        store: Arc::clone(&app.store),
        library: Arc::clone(&app.library),
        now,
        today,
    };
    clinic.play(to_csv(&caseload(people, SEED, today)), SEED).await
}
