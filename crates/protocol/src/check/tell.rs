//! What is told of a claim that could not be proved.

use super::ground::{Ground, Reason, Vocabulary};
use super::possible::Blame;
use super::{words, written};
use crate::diagnostic::Diagnostic;
use crate::prove::{Combination, ProveError, Smallest};
use crate::{Condition, Rule, Sources, Span, Table, codes};

/// Puts failed claims into diagnostics.
#[derive(Debug)]
pub(super) struct Tell<'s> {
    pub(super) sources: &'s Sources,
}

/// A rule that nearly covers a gap, and its conditions that fail there.
#[derive(Debug)]
pub(super) struct Nearest<'r> {
    pub(super) rule: &'r Rule,
    pub(super) failing: Vec<&'r Condition>,
}

impl Tell<'_> {
    /// A combination without an outcome.
    pub(super) fn gap(
        &self,
        ground: &Ground<'_>,
        table: &Table,
        found: &Smallest,
        nearest: &[Nearest<'_>],
        several: bool,
    ) -> Diagnostic {
        let message = format!(
            "table \"{}\" has no outcome {}",
            table.id,
            when(ground, &found.combination, "for anybody")
        );
        let written = written::as_written(ground, &found.combination);
        let mut told = Diagnostic::new(self.sources, codes::GAP, table.span, message)
            .with_hint(format!("add a rule for it, or widen one: when = \"{written}\""));
        for near in nearest {
            let failing: Vec<String> = near
                .failing
                .iter()
                .map(|part| format!("`{}`", written::condition_as_written(ground, part)))
                .collect();
            let text = format!(
                "rule \"{}\" comes nearest: there {} fails",
                near.rule.id,
                failing.join(" and ")
            );
            told = told.with_place(self.sources, near.rule.when_span, text);
        }
        told = with_doubt(told, found);
        if several {
            told = told.with_note("there are other combinations without an outcome");
        }
        told
    }

    /// A combination in which two rules fire that must not fire together.
    pub(super) fn overlap(
        &self,
        ground: &Ground<'_>,
        table: &Table,
        (a, b): (&Rule, &Rule),
        found: &Smallest,
        excluded: bool,
    ) -> Diagnostic {
        let case = when(ground, &found.combination, "for everybody");
        let message = format!("rules \"{}\" and \"{}\" both fire {case}", a.id, b.id);
        let code = if excluded { codes::NOT_EXCLUSIVE } else { codes::AMBIGUOUS };
        let why = if excluded {
            format!("table \"{}\" says that {} excludes {}", table.id, a.then, b.then)
        } else {
            format!(
                "table \"{}\" gives exactly one outcome, and these are {} and {}",
                table.id, a.then, b.then
            )
        };
        let written = written::as_written(ground, &found.combination);
        let told = Diagnostic::new(self.sources, code, b.when_span, message)
            .with_place(self.sources, a.when_span, format!("rule \"{}\" fires too", a.id))
            .with_note(why)
            .with_hint(format!("let one of them leave out the case: {written}"));
        with_doubt(told, found)
    }

    /// A condition that cannot hold.
    pub(super) fn unreachable(
        &self,
        ground: &Ground<'_>,
        span: Span,
        what: &str,
        guilty: &[&Condition],
        blame: &Blame<'_>,
    ) -> Diagnostic {
        let parts: Vec<String> = guilty
            .iter()
            .map(|part| format!("`{}`", written::condition_as_written(ground, part)))
            .collect();
        let together = match parts.as_slice() {
            [] => String::new(),
            [only] => format!(": {only} cannot be"),
            several => format!(": {} cannot be together", several.join(" and ")),
        };
        let mut told =
            Diagnostic::new(self.sources, codes::UNREACHABLE, span, format!("{what}{together}"))
                .with_hint("correct the condition, or leave it out");
        for reason in &blame.reasons {
            told = self.with_reason(told, reason);
        }
        if blame.by_sums {
            told = told
                .with_note("the sums cannot have these values, given the ranges of their facts");
        }
        told
    }

    /// Limits that leave nobody.
    pub(super) fn contradiction(&self, reasons: &[Reason<'_>]) -> Option<Diagnostic> {
        let (first, rest) = reasons.split_first()?;
        let message = if rest.is_empty() {
            "this says that no combination of facts can be at all"
        } else {
            "these limits together leave no combination of facts that can be"
        };
        let told = Diagnostic::new(self.sources, codes::NOBODY, reason_span(first), message)
            .with_hint("narrow the condition to what really cannot be");
        Some(rest.iter().fold(told, |told, reason| self.with_reason(told, reason)))
    }

    /// A claim that is too large to settle.
    pub(super) fn too_large(&self, span: Span, what: &str, error: &ProveError) -> Diagnostic {
        Diagnostic::new(self.sources, codes::TOO_LARGE, span, format!("{what} is {error}"))
            .with_hint("split the table in two, the first deciding a result that the second uses")
    }

    /// Limits that are too many to settle.
    pub(super) fn vocabulary_too_large(
        &self,
        vocabulary: Vocabulary<'_>,
        error: &ProveError,
    ) -> Diagnostic {
        let nevers = vocabulary.nevers.iter().map(|never| never.span);
        let span = nevers.chain(vocabulary.facts.values().map(|fact| fact.span)).next();
        let what = "the vocabulary with its limits";
        Diagnostic::new(
            self.sources,
            codes::TOO_LARGE,
            span.unwrap_or_default(),
            format!("{what} is {error}"),
        )
        .with_hint("say fewer combinations that cannot be, or say them with fewer values")
    }

    fn with_reason(&self, told: Diagnostic, reason: &Reason<'_>) -> Diagnostic {
        let text = match reason {
            Reason::Never(_) => "this combination cannot be".to_owned(),
            Reason::OnlyWhen(fact) => {
                format!("\"{}\" is no, or empty, where `only_when` is false", fact.id)
            }
            Reason::Result(table) => {
                format!("table \"{}\" does not give that result there", table.id)
            }
        };
        told.with_place(self.sources, reason_span(reason), text)
    }
}

/// With a remark where a shorter example was not ruled out.
fn with_doubt(told: Diagnostic, found: &Smallest) -> Diagnostic {
    if found.none_has_fewer {
        return told;
    }
    told.with_note("a combination of fewer facts may show it too; the search for it was cut short")
}

fn reason_span(reason: &Reason<'_>) -> Span {
    match reason {
        Reason::Never(never) => never.span,
        Reason::OnlyWhen(fact) => fact.span,
        Reason::Result(table) => table.span,
    }
}

fn when(ground: &Ground<'_>, found: &Combination, always: &str) -> String {
    if found.is_empty() {
        return always.to_owned();
    }
    format!("when {}", words::in_words(ground, found))
}
