//! The claims about one table.

use super::TableProof;
use super::possible::Possible;
use super::tell::{Nearest, Tell};
use crate::diagnostic::Diagnostic;
use crate::prove::{Combination, Formula, ProveError, Smallest};
use crate::{Condition, Rule, Table, TableKind};

/// How many rules that nearly cover a gap are shown.
const NEAREST_MAX: usize = 3;

/// A rule with its condition as a formula.
type Translated<'a> = (&'a Rule, Formula);

/// Prove a table; what fails is added to `told`.
pub(super) fn check(
    possible: &mut Possible<'_>,
    table: &Table,
    tell: &Tell<'_>,
    told: &mut Vec<Diagnostic>,
) -> TableProof {
    let rules: Vec<Translated<'_>> =
        table.rules.iter().map(|rule| (rule, possible.ground.formula(&rule.when))).collect();
    let mut claims = Claims { possible, table, tell, told };
    let complete = claims.complete(&rules);
    let (unambiguous, exclusive_pairs) = match table.kind {
        TableKind::One => (claims.unambiguous(&rules), 0),
        TableKind::Set => claims.exclusive(&rules),
    };
    claims.reachable(&rules);
    let space = &mut possible.ground.space;
    let any = space.any(rules.iter().map(|(_, formula)| *formula));
    let all = space.all(rules.iter().map(|(_, formula)| *formula));
    let mut axes = [space.support(any), space.support(all)].concat();
    axes.extend(rules.iter().flat_map(|(_, formula)| space.support(*formula)));
    axes.sort_unstable();
    axes.dedup();
    TableProof {
        protocol: table.home.clone(),
        table: table.id.clone(),
        kind: table.kind,
        rules: table.rules.len(),
        complete,
        unambiguous,
        exclusive_pairs,
        axes: axes.len(),
        combinations: space.size(axes),
    }
}

struct Claims<'c, 'a> {
    possible: &'c mut Possible<'a>,
    table: &'c Table,
    tell: &'c Tell<'c>,
    told: &'c mut Vec<Diagnostic>,
}

impl Claims<'_, '_> {
    /// No possible combination is without an outcome.
    fn complete(&mut self, rules: &[Translated<'_>]) -> bool {
        let space = &mut self.possible.ground.space;
        let covered = space.any(rules.iter().map(|(_, formula)| *formula));
        let gap = space.not(covered);
        let Some(found) = self.example(gap) else { return false };
        let Some(found) = found else { return true };
        let nearest = self.nearest(rules, &found.combination);
        let several = self.has_others(gap, &found.combination);
        let ground = &self.possible.ground;
        self.told.push(self.tell.gap(ground, self.table, &found, &nearest, several));
        false
    }

    /// No possible combination has two outcomes.
    fn unambiguous(&mut self, rules: &[Translated<'_>]) -> bool {
        let mut proved = true;
        for (index, later) in rules.iter().enumerate() {
            for earlier in rules.iter().take(index).filter(|(rule, _)| rule.then != later.0.then) {
                proved &= self.apart(earlier, later, false);
            }
        }
        proved
    }

    /// No possible combination has both outcomes of a pair: whether all pairs, and how many.
    fn exclusive(&mut self, rules: &[Translated<'_>]) -> (bool, usize) {
        let mut proved = 0;
        for exclusion in &self.table.excludes {
            let (a, b) = &exclusion.pair;
            let mut apart = true;
            for first in rules.iter().filter(|(rule, _)| rule.then == *a) {
                for second in rules.iter().filter(|(rule, _)| rule.then == *b) {
                    apart &= self.apart(first, second, true);
                }
            }
            proved += usize::from(apart);
        }
        (proved == self.table.excludes.len(), proved)
    }

    /// Two rules never fire together.
    fn apart(&mut self, a: &Translated<'_>, b: &Translated<'_>, excluded: bool) -> bool {
        let both = self.possible.ground.space.all([a.1, b.1]);
        let Some(found) = self.example(both) else { return false };
        let Some(found) = found else { return true };
        let ground = &self.possible.ground;
        self.told.push(self.tell.overlap(ground, self.table, (a.0, b.0), &found, excluded));
        false
    }

    /// Each rule can fire.
    fn reachable(&mut self, rules: &[Translated<'_>]) {
        for (rule, formula) in rules {
            let what =
                format!("rule \"{}\" of table \"{}\" can never fire", rule.id, self.table.id);
            let told = unreachable(
                self.possible,
                (&rule.when, *formula),
                rule.when_span,
                &what,
                self.tell,
            );
            self.told.extend(told);
        }
    }

    /// An example, or none; nothing at all when that is too large to settle, which is told.
    #[expect(clippy::option_option, reason = "settled, and if so whether there is an example")]
    fn example(&mut self, goal: Formula) -> Option<Option<Smallest>> {
        match self.possible.example(goal) {
            Ok(found) => Some(found),
            Err(error) => {
                let what = format!("table \"{}\"", self.table.id);
                let told = self.tell.too_large(self.table.span, &what, &error);
                if !self.told.iter().any(|other| other.code == told.code && other.span == told.span)
                {
                    self.told.push(told);
                }
                None
            }
        }
    }

    fn has_others(&mut self, gap: Formula, found: &Combination) -> bool {
        let shown = self.possible.within(found);
        let not_shown = self.possible.ground.space.not(shown);
        let others = self.possible.ground.space.all([gap, not_shown]);
        self.possible.can_be(others).unwrap_or(false)
    }

    /// The rules with the fewest conditions that fail in the gap.
    fn nearest<'r>(&mut self, rules: &[Translated<'r>], gap: &Combination) -> Vec<Nearest<'r>> {
        let mut nearest: Vec<Nearest<'r>> = Vec::new();
        for (rule, _) in rules {
            let failing: Vec<&Condition> =
                conditions(&rule.when).iter().filter(|part| self.fails(part, gap)).collect();
            if !failing.is_empty() {
                nearest.push(Nearest { rule, failing });
            }
        }
        nearest.sort_by_key(|nearest| nearest.failing.len());
        let fewest = nearest.first().map_or(0, |nearest| nearest.failing.len());
        nearest.retain(|nearest| nearest.failing.len() == fewest);
        nearest.truncate(NEAREST_MAX);
        nearest
    }

    fn fails(&mut self, part: &Condition, within: &Combination) -> bool {
        let formula = self.possible.ground.formula(part);
        self.possible.ground.space.kleene(formula, within) == Some(false)
    }
}

/// The conditions that are joined by *and* at the top.
pub(super) fn conditions(when: &Condition) -> &[Condition] {
    match when {
        Condition::And(parts) => parts,
        other => std::slice::from_ref(other),
    }
}

/// What is to be told of a condition that can never hold.
pub(super) fn unreachable(
    possible: &mut Possible<'_>,
    (when, formula): (&Condition, Formula),
    span: crate::Span,
    what: &str,
    tell: &Tell<'_>,
) -> Option<Diagnostic> {
    let parts = conditions(when);
    let blamed = |possible: &mut Possible<'_>| -> Result<Option<Diagnostic>, ProveError> {
        if possible.can_be(formula)? {
            return Ok(None);
        }
        let formulas = possible.ground.formulas(parts);
        let blame = possible.blame(&formulas)?;
        let guilty: Vec<&Condition> =
            blame.parts.iter().filter_map(|index| parts.get(*index)).collect();
        Ok(Some(tell.unreachable(&possible.ground, span, what, &guilty, &blame)))
    };
    match blamed(possible) {
        Ok(told) => told,
        Err(error) => Some(tell.too_large(span, "this condition", &error)),
    }
}
