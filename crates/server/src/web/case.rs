//! One person's assessment, as the pages about it read it.

use std::sync::Arc;

use manzil_journey::access::{Access, Role};
use manzil_journey::assessment::Assessment;
use manzil_journey::change::{Changes, Refusal};
use manzil_journey::command::Context;
use manzil_journey::file::{Examined, PersonFile};
use manzil_protocol::Protocol;
use manzil_store::change::check_id;
use manzil_store::{StoreError, desk};

use crate::App;
use crate::problem::Problem;
use crate::routes::Admit;

/// Everybody who works on assessments.
pub(super) const ASSESSORS: Admit =
    Admit::Roles(&[Role::Clerk, Role::Nurse, Role::Laboratory, Role::Radiology, Role::Physician]);

/// A person with one of their assessments.
pub(super) struct Case {
    pub(super) file: PersonFile,
    pub(super) assessment: Assessment,
}

impl Case {
    /// Reads it; an unknown person or assessment is a page that does not exist.
    pub(super) async fn open(
        app: &App,
        access: &Access,
        person: &str,
        assessment: &str,
    ) -> Result<Self, Problem> {
        check_id(person).map_err(|_| Problem::NotFound)?;
        let file = desk::person_file(&app.store, access, person).await?;
        let file = file.ok_or(Problem::NotFound)?;
        let held = file.assessment(assessment).map_err(|_| Problem::NotFound)?;
        let assessment = held.item.clone();
        Ok(Self { file, assessment })
    }

    /// Applies every protocol in force, as of today.
    pub(super) fn examine<'a>(&self, app: &'a App) -> Vec<Examined<'a>> {
        self.file.examine(&app.library, &self.assessment, app.today())
    }

    /// The address of the assessment, to which its other pages add.
    pub(super) fn path(&self) -> String {
        format!("/people/{}/assessments/{}", self.file.person.id, self.assessment.id)
    }

    pub(super) fn person_path(&self) -> String {
        format!("/people/{}", self.file.person.id)
    }

    /// The address of one of its steps.
    pub(super) fn step_path(&self, protocol: &Protocol, step: &str) -> String {
        format!("{}/steps/{}/{step}", self.path(), protocol.id)
    }
}

/// Runs a command with the clock, the rules and the ids of this request.
pub(super) fn run<T>(
    app: &App,
    access: &Access,
    command: impl FnOnce(&mut Context<'_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    // The store refuses an empty id, so that a lack of random bytes loses nothing.
    let mut ids = || app.new_id().unwrap_or_default();
    let mut context = Context {
        access,
        now: app.now(),
        today: app.today(),
        library: &app.library,
        ids: &mut ids,
    };
    command(&mut context)
}

/// What became of changes.
pub(super) enum Kept {
    Saved,
    /// Somebody else changed the same record first; nothing was written.
    Conflict,
}

/// Writes what a command decided.
pub(super) async fn keep(app: &App, access: &Access, changes: Changes) -> Result<Kept, Problem> {
    let store: &Arc<dyn manzil_store::Store> = &app.store;
    match desk::commit(store, access, changes).await {
        Ok(_) => Ok(Kept::Saved),
        Err(StoreError::Conflict { .. }) => Ok(Kept::Conflict),
        Err(error) => Err(error.into()),
    }
}
