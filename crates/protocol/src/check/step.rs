//! The claim about one step: somebody can need it.

use super::possible::Possible;
use super::table::unreachable;
use super::tell::Tell;
use crate::Step;
use crate::diagnostic::Diagnostic;

/// What is to be told of a step, if anything.
pub(super) fn check(
    possible: &mut Possible<'_>,
    step: &Step,
    tell: &Tell<'_>,
) -> Option<Diagnostic> {
    let formula = possible.ground.formula(&step.when);
    let what = format!("step \"{}\" can never be required", step.id);
    unreachable(possible, (&step.when, formula), step.span, &what, tell)
}
