//! Fictional people for demonstrations and tests.
//!
//! Everything here is invented: names are drawn from lists of common given and family names and
//! every person number begins with `DEMO`. The same seed gives the same people.

mod accounts;
mod caseload;
mod health;
mod names;
mod play;
mod random;

pub use accounts::accounts;
pub use caseload::{caseload, to_csv};
pub use play::Clinic;

