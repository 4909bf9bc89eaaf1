//! What happens to a signed assessment when a result changes.

use manzil_protocol::evaluate::Evaluation;

use super::Context;
use crate::assessment::{Assessment, Status};
use crate::certificate::{Certificate, State};
use crate::change::Draft;
use crate::file::{Held, PersonFile};

/// Puts a signed assessment and its current certificates under review: from this moment nobody
/// can rely on them, until a physician signs again.
pub fn reopen(file: &PersonFile, held: &Held<'_, Assessment>) -> Vec<Draft> {
    let under_review = Assessment { status: Status::UnderReview, ..held.item.clone() };
    let mut drafts = vec![under_review.draft(Some(held.recorded))];
    for certificate in file.certificates(&held.item.id) {
        if certificate.item.state == State::Current {
            let suspended = Certificate { state: State::UnderReview, ..certificate.item.clone() };
            drafts.push(suspended.draft(Some(certificate.recorded)));
        }
    }
    drafts
}

/// Puts every other signed assessment of the person under review whose decision would be another
/// one now: a culture that grows for one destination is true for all.
pub(super) fn reopen_affected(
    before: &PersonFile,
    after: &PersonFile,
    worked_on: &Assessment,
    context: &Context<'_>,
) -> Vec<Draft> {
    let decided = |file: &PersonFile, assessment: &Assessment| -> Vec<_> {
        let examined = file.examine(context.library, assessment, context.today);
        examined.iter().map(|each| outcomes(&each.evaluation)).collect()
    };
    let others = before
        .assessments()
        .into_iter()
        .filter(|held| held.item.status == Status::Signed && held.item.id != worked_on.id);
    others
        .filter(|held| decided(before, &held.item) != decided(after, &held.item))
        .flat_map(|held| reopen(before, &held))
        .collect()
}

/// What the tables of an evaluation say, known or not.
fn outcomes(evaluation: &Evaluation) -> Vec<Option<Vec<String>>> {
    let of = |outcomes: &std::collections::BTreeSet<_>| {
        outcomes.iter().map(ToString::to_string).collect::<Vec<String>>()
    };
    evaluation.tables.iter().map(|table| table.result.known().map(of)).collect()
}
