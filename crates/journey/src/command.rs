//! The verbs: what people do to a record, each refused or turned into changes.
//!
//! A command takes the person's [`PersonFile`](crate::file::PersonFile) as it was read, a
//! [`Context`] with who, when and by which rules, and returns [`Changes`](crate::change::Changes)
//! to commit or a [`Refusal`](crate::change::Refusal) that says what to do instead. Versions are
//! carried along, so that two people who change the same record at once cannot overwrite each
//! other: the store refuses the second.

mod amend;
mod collect;
mod correct;
mod open;
mod record;
mod register;
mod sign;

use jiff::Timestamp;
use jiff::civil::Date;
use manzil_protocol::Library;

use crate::access::{Access, Role};
use crate::change::Refusal;

pub use amend::reopen;
use amend::reopen_affected;
pub use collect::{Collection, collect};
pub use correct::{Correction, correct};
pub use open::{OpenAssessment, open};
pub use record::{RecordFindings, record, roles_at};
pub use register::{Registration, register};
pub use sign::{Sign, Signed, fingerprint, ready, sign};

/// Who acts, when, under which rules, and where new ids come from.
pub struct Context<'a> {
    pub access: &'a Access,
    pub now: Timestamp,
    /// The day at the place of work.
    pub today: Date,
    pub library: &'a Library,
    pub ids: &'a mut dyn FnMut() -> String,
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Context").field("access", &self.access).finish_non_exhaustive()
    }
}

impl Context<'_> {
    fn new_id(&mut self) -> String {
        (self.ids)()
    }

    /// Refuses everybody who does not have one of these roles.
    fn require_role(&self, roles: &[Role], what: &str) -> Result<(), Refusal> {
        if roles.contains(&self.access.role) {
            return Ok(());
        }
        let who = roles.iter().map(|role| format!("{role:?}").to_lowercase());
        Err(Refusal::new(
            "MZ-0402",
            what,
            "your role may not do this",
            format!("ask somebody who works as {}", who.collect::<Vec<_>>().join(" or ")),
        ))
    }
}
