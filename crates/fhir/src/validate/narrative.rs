//! Narratives (R4 invariants txt-1 and txt-2).

use super::Code;
use super::walk::Walk;
use crate::narrative;

pub(super) fn check(walk: &mut Walk<'_>, text: &str) {
    if let Err(problem) = narrative::check(text) {
        walk.error(Code::Narrative, problem.reason, problem.cure);
    }
}
