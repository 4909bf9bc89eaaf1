//! The rules about the house itself.
//!
//! Each [`Rule`] reads the [`Tree`] (every text file of the repository) and returns what breaks
//! it. A rule carries its reason, which is printed when it fails: a rule nobody can defend
//! should go. `tests/tidy.rs` runs every rule as a test of its own; [`run`] runs them all and
//! prints. To add one, write a `fn(&Tree) -> Vec<Finding>` in the module it belongs to, add it
//! to [`RULES`] and to `tests/tidy.rs` (a test there fails if you forget).

pub mod documents;
pub mod error_codes;
pub mod hazards;
pub mod hygiene;
pub mod layering;
pub mod limits;
pub mod messages;
pub mod names;
pub mod purity;
pub mod rust_source;
pub mod tree;

use std::path::Path;

use tree::Tree;

/// One rule about the repository.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What the rule is called in output and in `tests/tidy.rs`.
    pub name: &'static str,
    /// Why the rule exists, in one sentence.
    pub reason: &'static str,
    pub check: fn(&Tree) -> Vec<Finding>,
}

/// One place that breaks a rule, or that somebody should know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub weight: Weight,
    /// Path from the repository's root.
    pub path: String,
    /// Line, counted from 1; none when the whole file is meant.
    pub line: Option<usize>,
    pub what: String,
}

/// Whether a finding fails the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Failure,
    /// Worth knowing, fails nothing.
    Note,
}

impl Finding {
    /// A place that breaks the rule.
    pub fn failure(path: &str, line: impl Into<Option<usize>>, what: impl Into<String>) -> Self {
        Self { weight: Weight::Failure, path: path.into(), line: line.into(), what: what.into() }
    }

    /// A place worth knowing.
    pub fn note(path: &str, line: impl Into<Option<usize>>, what: impl Into<String>) -> Self {
        Self { weight: Weight::Note, path: path.into(), line: line.into(), what: what.into() }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(out, "{}:{line}: {}", self.path, self.what),
            None => write!(out, "{}: {}", self.path, self.what),
        }
    }
}

/// Every rule, in the order in which they are printed.
pub const RULES: &[Rule] = &[
    layering::ARROWS,
    layering::PURE_DEPENDENCIES,
    layering::LINTS,
    purity::PURE_SOURCES,
    purity::HTTP_AND_HTML,
    purity::SQL,
    limits::FILES,
    limits::FUNCTIONS,
    names::FILE_NAMES,
    error_codes::ERROR_CODES,
    messages::MESSAGES,
    hazards::HAZARDS,
    documents::ARCHITECTURE,
    documents::DECISION_RECORDS,
    documents::FEATURES,
    documents::LINKS,
    hygiene::PLACES,
    hygiene::VECTORS,
];

/// The rule of this name.
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

/// What a failed rule says: the reason, then one line for each place.
pub fn complaint(rule: &Rule, findings: &[Finding]) -> Option<String> {
    let failures: Vec<String> = findings
        .iter()
        .filter(|finding| finding.weight == Weight::Failure)
        .map(|finding| format!("  {finding}"))
        .collect();
    (!failures.is_empty())
        .then(|| format!("{}: {}\n{}", rule.name, rule.reason, failures.join("\n")))
}

/// Runs every rule over the repository, prints what breaks and what is worth knowing, and
/// returns whether all of them hold.
pub fn run(root: &Path) -> anyhow::Result<bool> {
    #![expect(clippy::print_stdout, reason = "this is a command for people")]
    let tree = Tree::read(root)?;
    let mut broken = 0;
    for rule in RULES {
        let findings = (rule.check)(&tree);
        for note in findings.iter().filter(|finding| finding.weight == Weight::Note) {
            println!("note, {}: {note}", rule.name);
        }
        if let Some(complaint) = complaint(rule, &findings) {
            println!("BROKEN {complaint}");
            broken += 1;
        }
    }
    println!("tidy: {} of {} rules hold", RULES.len() - broken, RULES.len());
    Ok(broken == 0)
}
