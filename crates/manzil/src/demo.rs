//! Fictional people for demonstrations and tests.
//!
//! Everything here is invented: names are drawn from lists of common given and family names and
//! every person number begins with `DEMO`. The same seed gives the same people.

mod caseload;
mod names;
mod random;

pub use caseload::{DemoPerson, caseload, to_csv};
pub use random::Random;
