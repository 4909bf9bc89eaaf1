//! Every hazard in the log names the test that guards its control.

use std::collections::BTreeSet;

use super::rust_source::{Function, functions};
use super::tree::Tree;
use super::{Finding, Rule};

const PAGE: &str = "docs/safety/hazards.md";

/// The list of checks that every store engine runs, and the folder that holds them.
const SUITE: &str = "crates/store/src/conformance.rs";
const SUITE_FOLDER: &str = "crates/store/src/conformance/";

/// What stands in the last cell of a hazard whose test is not written.
const PLANNED: &str = "planned";

pub const HAZARDS: Rule = Rule {
    name: "hazards",
    reason: "a control that no test guards is lost in the next change and nobody notices; a \
             hazard names its test, or says `planned` and is counted",
    check: hazards,
};

fn hazards(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(PAGE) else {
        return vec![Finding::failure(PAGE, None, "the hazard log is gone")];
    };
    let tests = test_names(tree);
    let mut findings = Vec::new();
    let mut ids = BTreeSet::new();
    let mut planned = 0;
    for (index, line) in text.lines().enumerate().filter(|(_, line)| line.starts_with("| H-")) {
        let line_number = index + 1;
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [id, hazard, cause, harmed, control, test] = cells.as_slice() else {
            findings.push(Finding::failure(PAGE, line_number, "a hazard has six cells"));
            continue;
        };
        if [hazard, cause, harmed, control].iter().any(|cell| cell.is_empty()) {
            findings.push(Finding::failure(PAGE, line_number, format!("{id} has an empty cell")));
        }
        if !ids.insert(*id) {
            findings.push(Finding::failure(PAGE, line_number, format!("{id} stands twice")));
        }
        let named: Vec<&str> = names_in(test).collect();
        if named.is_empty() && *test != PLANNED {
            let what = format!("{id} names no test and does not say `{PLANNED}`");
            findings.push(Finding::failure(PAGE, line_number, what));
        }
        planned += usize::from(*test == PLANNED);
        for name in named.into_iter().filter(|name| !tests.contains(name)) {
            let what = format!("{id} names the test `{name}`, which does not exist");
            findings.push(Finding::failure(PAGE, line_number, what));
        }
    }
    let summary = format!("{} hazards, {planned} of them with a planned test", ids.len());
    findings.push(Finding::note(PAGE, None, summary));
    findings
}

/// The names between back-ticks; of a path, its last part.
fn names_in(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2).map(|name| name.rsplit("::").next().unwrap_or(name))
}

/// Tests, and the checks that a test of every store engine runs.
fn test_names(tree: &Tree) -> BTreeSet<&str> {
    let tests = tree.with_extension("rs").flat_map(|(_, text)| functions(text));
    let listed = tree.text(SUITE).unwrap_or_default();
    let checks = tree
        .below(SUITE_FOLDER)
        .flat_map(|(_, text)| functions(text))
        .filter(|function| listed.contains(function.name));
    tests.filter(Function::is_test).chain(checks).map(|function| function.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::Weight;

    fn found(row: &str) -> Vec<String> {
        let source = "#[test]\nfn guards_it() {}\nfn no_test() {}\n";
        let tree = Tree::of(&[(PAGE, row), ("crates/fhir/tests/a.rs", source)]);
        hazards(&tree)
            .into_iter()
            .filter(|finding| finding.weight == Weight::Failure)
            .map(|finding| finding.what)
            .collect()
    }

    #[test]
    fn a_hazard_names_an_existing_test_or_says_planned() {
        assert!(found("| H-01 | a | b | c | d | `guards_it` |").is_empty());
        assert!(found("| H-01 | a | b | c | d | `fhir::a::guards_it` |").is_empty());
        assert!(found("| H-01 | a | b | c | d | planned |").is_empty());
        assert_eq!(found("| H-01 | a | b | c | d | soon |").len(), 1);
        assert_eq!(found("| H-01 | a | b | c | d | `no_test` |").len(), 1);
    }

    #[test]
    fn a_check_counts_when_the_suite_runs_it() {
        let row = "| H-01 | a | b | c | d | `it_holds` |";
        let check = (format!("{SUITE_FOLDER}wall.rs"), "pub(super) async fn it_holds() {}\n");
        let found = |suite: &str| {
            let tree = Tree::of(&[(PAGE, row), (SUITE, suite), (&check.0, check.1)]);
            hazards(&tree).iter().filter(|finding| finding.weight == Weight::Failure).count()
        };
        assert_eq!(found("checks![wall::it_holds]"), 0);
        assert_eq!(found("checks![]"), 1);
    }

    #[test]
    fn a_hazard_is_complete_and_stands_once() {
        assert_eq!(found("| H-01 | a | b |  | d | planned |").len(), 1);
        assert_eq!(found("| H-01 | a | b | c | planned |").len(), 1);
        let row = "| H-01 | a | b | c | d | planned |";
        assert_eq!(found(&format!("{row}\n{row}")).len(), 1);
    }
}
