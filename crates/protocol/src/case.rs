//! Runs a protocol's own cases, and sees to it that every rule and step is both true and false in
//! one of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::evaluate::{Evaluation, StepRecords, TableResult, Truth, evaluate};
use crate::{Case, Condition, Expected, ExpectedStep, Facts, Library, Name, Protocol, Span, codes};

/// What came out of all cases of one protocol.
#[derive(Clone, Debug, Default)]
pub struct CasesOutcome {
    /// How many cases were run.
    pub cases: usize,
    /// How many came out otherwise.
    pub failed: usize,
    /// Every difference, and every rule and step without its two cases, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Runs every case of a protocol. A case of today is evaluated on its exam date, with nothing
/// begun.
pub fn run_cases(library: &Library, protocol: &Protocol) -> CasesOutcome {
    let mut outcome = CasesOutcome { cases: protocol.cases.len(), ..CasesOutcome::default() };
    let mut coverage = Coverage::default();
    for case in &protocol.cases {
        let evaluation = run_case(library, protocol, case);
        coverage.remember(&evaluation);
        let told = differences(case, &evaluation);
        outcome.failed += usize::from(!told.is_empty());
        outcome.diagnostics.extend(told.into_iter().map(|difference| {
            library
                .diagnostic(
                    codes::CASE_DIFFERS,
                    case.span,
                    format!("case `{}`: {difference}", case.id),
                )
                .with_hint("correct the rule, or the case if the source says otherwise")
        }));
    }
    outcome.diagnostics.extend(coverage.gaps(library, protocol));
    outcome.diagnostics.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.code));
    outcome
}

/// Evaluates one case.
pub fn run_case(library: &Library, protocol: &Protocol, case: &Case) -> Evaluation {
    let given = case.given.iter().map(|(fact, value)| (fact.clone(), value.clone()));
    let facts: Facts = given.collect();
    evaluate(library, protocol, &facts, case.exam, &StepRecords::new(), case.exam)
}

/// How an evaluation differs from what a case expects, one sentence each; empty when it does not.
pub fn differences(case: &Case, evaluation: &Evaluation) -> Vec<String> {
    let mut told = Vec::new();
    for contradiction in &evaluation.contradictions {
        let because = contradiction.because.as_ref().map_or("", |because| because.get("en"));
        told.push(format!("its facts cannot be true together. {because}"));
    }
    let mut missing: BTreeSet<&Name> = BTreeSet::new();
    for (table, expected) in &case.expect {
        let Some(result) = evaluation.table(table).map(|table| &table.result) else { continue };
        missing.extend(result.missing());
        if !agrees(expected, result) {
            let (expected, is) = (expected_words(expected), result_words(result));
            told.push(format!("`{table}` should be {expected}, and is {is}"));
        }
    }
    for (step, expected) in &case.steps {
        let Some(step) = evaluation.step(step) else { continue };
        missing.extend(&step.missing);
        let is = match step.required {
            Truth::True => ExpectedStep::Required,
            Truth::False => ExpectedStep::NotRequired,
            Truth::Unknown => ExpectedStep::Undetermined,
        };
        if is != *expected {
            let because = match step.required {
                Truth::Unknown => format!(" while {} is not known", step.missing.join(", ")),
                _ => String::new(),
            };
            let (step, expected, is) = (&step.step, expected.words(), is.words());
            told.push(format!("step `{step}` should be {expected}, and is {is}{because}"));
        }
    }
    if let Some(expected) = &case.missing {
        let is: Vec<&Name> =
            evaluation.missing.iter().filter(|fact| missing.contains(fact)).collect();
        if !expected.iter().eq(is.iter().copied()) {
            let words = |names: Vec<&str>| {
                if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
            };
            let expected = words(expected.iter().map(Name::as_str).collect());
            let is = words(is.into_iter().map(Name::as_str).collect());
            told.push(format!("missing should be {expected}, and is {is}"));
        }
    }
    told
}

fn agrees(expected: &Expected, result: &TableResult) -> bool {
    match (expected, result) {
        (Expected::Unknown, TableResult::Unknown { .. }) => true,
        (Expected::Outcomes(expected), TableResult::Known(known)) => expected == known,
        _ => false,
    }
}

fn expected_words(expected: &Expected) -> String {
    match expected {
        Expected::Unknown => "unknown".into(),
        Expected::Outcomes(outcomes) => names(outcomes),
    }
}

fn result_words(result: &TableResult) -> String {
    match result {
        TableResult::Known(outcomes) => names(outcomes),
        TableResult::Unknown { possible, missing, .. } if missing.is_empty() => {
            format!(
                "unknown between {}: rules contradict each other or none applies",
                names(possible)
            )
        }
        TableResult::Unknown { missing, .. } => {
            format!("unknown while {} is not known", missing.join(", "))
        }
    }
}

fn names(outcomes: &BTreeSet<Name>) -> String {
    if outcomes.is_empty() {
        return "nothing".into();
    }
    outcomes.iter().map(Name::as_str).collect::<Vec<_>>().join(" + ")
}

/// Which truths each rule and step has had.
#[derive(Default)]
struct Coverage {
    rules: BTreeMap<(Name, Name), BTreeSet<Truth>>,
    steps: BTreeMap<Name, BTreeSet<Truth>>,
}

impl Coverage {
    fn remember(&mut self, evaluation: &Evaluation) {
        for table in &evaluation.tables {
            for rule in &table.rules {
                let truths = self.rules.entry((table.id.clone(), rule.id.clone())).or_default();
                truths.insert(rule.truth);
            }
        }
        for step in &evaluation.steps {
            self.steps.entry(step.step.clone()).or_default().insert(step.required);
        }
    }

    /// A diagnostic for each of the protocol's own rules and steps that no case shows true, or
    /// none shows false. What is written to hold always needs no case in which it does not.
    fn gaps(&self, library: &Library, protocol: &Protocol) -> Vec<Diagnostic> {
        let home = protocol.reference();
        let mut told = Vec::new();
        let mut look = |what: String,
                        span: Span,
                        when: &Condition,
                        seen: Option<&BTreeSet<Truth>>| {
            let has = |truth| seen.is_some_and(|seen| seen.contains(&truth));
            let always = matches!(when, Condition::Always { .. });
            for (truth, word) in [(Truth::True, "true"), (Truth::False, "false")] {
                let needless = always && truth == Truth::False;
                if !has(truth) && !needless {
                    let message = format!("no case shows {what} {word}");
                    let hint = format!("add a case in which it is {word}");
                    told.push(library.diagnostic(codes::UNCOVERED, span, message).with_hint(hint));
                }
            }
        };
        for table in protocol.tables.iter().filter(|table| table.home == home) {
            for rule in &table.rules {
                let seen = self.rules.get(&(table.id.clone(), rule.id.clone()));
                look(format!("rule `{}` of `{}`", rule.id, table.id), rule.span, &rule.when, seen);
            }
        }
        for step in protocol.steps.iter().filter(|step| step.home == home) {
            look(format!("step `{}`", step.id), step.span, &step.when, self.steps.get(&step.id));
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{demo, table, try_load};

    #[track_caller]
    fn check(cases: &[&str], expected: &[&str]) {
        let body = table("t", "one", &[("a", "cough"), ("b", "not cough")]);
        let step = "[[step]]\nid = \"s\"\nlabel = \"s\"\nstation = \"nurse\"\nwhen = \"fever\"\nbecause = \"b\"\nsource = \"src\"\n";
        let text: Vec<String> = cases
            .iter()
            .enumerate()
            .map(|(index, case)| {
                format!("[[case]]\nid = \"c{index}\"\ntitle = \"t\"\nexam = 2021-01-01\n{case}\n")
            })
            .collect();
        let library = try_load(
            &format!("{body}{step}"),
            &[("protocols/us/demo/1/cases/a.toml", &text.concat())],
        )
        .unwrap();
        let outcome = run_cases(&library, demo(&library));
        let lines: Vec<String> = outcome.diagnostics.iter().map(Diagnostic::line).collect();
        assert_eq!(lines.len(), expected.len(), "{lines:#?}");
        for (line, expected) in lines.iter().zip(expected) {
            assert!(line.contains(expected), "{expected}: {line}");
        }
    }

    const TRUE: &str = "given = { cough = true, fever = true }\nexpect = { t = \"a\" }\nsteps = { s = \"required\" }";
    const FALSE: &str = "given = { cough = false, fever = false }\nexpect = { t = \"b\" }\nsteps = { s = \"not required\" }";

    #[test]
    fn cases_that_come_out_are_silent() {
        check(&[TRUE, FALSE], &[]);
        check(
            &[TRUE, FALSE, "given = {}\nexpect = { t = \"unknown\" }\nmissing = [\"cough\"]"],
            &[],
        );
    }

    #[test]
    fn differences_are_told_at_the_case() {
        let wrong = TRUE.replace("t = \"a\"", "t = \"b\"");
        check(&[&wrong, FALSE], &["a.toml:2:6: MZ-0270: case `c0`: `t` should be b, and is a"]);
        let unsure = "given = {}\nexpect = { t = \"a\" }\nsteps = { s = \"required\" }\nmissing = [\"cough\"]";
        check(
            &[TRUE, FALSE, unsure],
            &[
                "`t` should be a, and is unknown while cough is not known",
                "step `s` should be required, and is undetermined while fever is not known",
                "missing should be cough, and is cough, fever",
            ],
        );
    }

    #[test]
    fn every_rule_and_step_needs_two_cases() {
        check(
            &[TRUE],
            &[
                "MZ-0271: no case shows rule `r0` of `t` false; add a case in which it is false",
                "MZ-0271: no case shows rule `r1` of `t` true",
                "MZ-0271: no case shows step `s` false",
            ],
        );
        check(
            &[],
            &["`r0` of `t` true", "`r0` of `t` false", "`r1`", "`r1`", "`s` true", "`s` false"],
        );
    }
}
