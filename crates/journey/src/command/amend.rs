//! What happens to a signed assessment when a result changes.

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
