//! Runs every check, one after another, and sums up.
//!
//! All builds share one target folder, one profile and the whole workspace's features, so that
//! nothing is compiled twice: the build step makes libraries, binaries and tests, and what
//! follows only runs them. Clippy shares nothing with a build but costs a fraction of one. A
//! step that fails does not stop the next: one run tells everything that is wrong.

pub mod browser;
pub mod counts;
pub mod foreign;
pub mod postgres;
pub mod run;

use std::path::Path;
use std::time::Duration;

use counts::Counts;

use crate::{tidy, workspace};

/// What came of one step.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub result: StepResult,
    /// One line for the table.
    pub note: String,
    /// The tests that it ran, if it ran any.
    pub tests: Counts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepResult {
    Passed,
    Failed,
    Skipped,
}

impl Outcome {
    fn of(passed: bool, note: impl Into<String>) -> Self {
        let result = if passed { StepResult::Passed } else { StepResult::Failed };
        Self { result, note: note.into(), tests: Counts::default() }
    }

    fn skipped(note: impl Into<String>) -> Self {
        Self { result: StepResult::Skipped, note: note.into(), tests: Counts::default() }
    }

    /// The counted tests and the note, as far as there are any.
    fn remark(&self) -> String {
        let counted = self.tests.to_string();
        let parts = [counted.as_str(), self.note.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
    }
}

impl StepResult {
    fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "FAILED",
            Self::Skipped => "skipped",
        }
    }
}

/// Runs all steps and returns whether none failed. `install` lets it add missing Debian
/// packages for the browser tests.
pub fn run_all(root: &Path, install: bool) -> bool {
    let mut report = Report::default();
    report.step("format", || format(root));
    report.step("tidy", || tidy_rules(root));
    report.step("licences", || licences(root));
    report.step("clippy", || clippy(root));
    let built = report.step("build", || build(root)) == StepResult::Passed;
    report.step("tests", || tests(root, install));
    report.step("on PostgreSQL", || postgres::product_tests(root, install, built));
    report.step("doc tests", || doc_tests(root));
    report.step("foreign clients", || foreign::journeys(root, built));
    report.step("content check", || content(root, built, "check"));
    report.step("content cases", || content(root, built, "test"));
    report.print();
    report.failed().is_empty()
}

/// What came of the steps so far.
#[derive(Debug, Default)]
struct Report {
    rows: Vec<(&'static str, Outcome, Duration)>,
}

impl Report {
    /// Runs a step and keeps what came of it. A step that cannot run at all has failed.
    fn step(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> anyhow::Result<Outcome>,
    ) -> StepResult {
        heading(name);
        let (outcome, elapsed) = run::timed(work);
        let outcome = outcome.unwrap_or_else(|error| Outcome::of(false, format!("{error:#}")));
        let result = outcome.result;
        self.rows.push((name, outcome, elapsed));
        result
    }

    fn failed(&self) -> Vec<&str> {
        let failed = self.rows.iter().filter(|(_, row, _)| row.result == StepResult::Failed);
        failed.map(|(name, _, _)| *name).collect()
    }

    #[expect(clippy::print_stdout, reason = "this is a command for people")]
    fn print(&self) {
        heading("summary");
        println!("{:<15} {:<8} {:>8}  note", "step", "result", "seconds");
        for (name, outcome, elapsed) in &self.rows {
            println!(
                "{name:<15} {:<8} {:>8.1}  {}",
                outcome.result.word(),
                elapsed.as_secs_f64(),
                outcome.remark()
            );
        }
        let seconds: f64 = self.rows.iter().map(|(_, _, elapsed)| elapsed.as_secs_f64()).sum();
        let failed = self.failed();
        if failed.is_empty() {
            println!("\nno step failed, in {seconds:.0} s");
        } else {
            println!("\nFAILED: {}, in {seconds:.0} s", failed.join(", "));
        }
        let tests = self.rows.iter().fold(Counts::default(), |sum, (_, row, _)| sum + row.tests);
        println!("{} passed, {} failed, {} skipped", tests.passed, tests.failed, tests.skipped);
    }
}

fn format(root: &Path) -> anyhow::Result<Outcome> {
    if !run::succeeds(workspace::cargo(root).args(["fmt", "--version"])) {
        return Ok(Outcome::skipped("rustfmt is not installed (rustup component add rustfmt)"));
    }
    let run = run::shown(workspace::cargo(root).args(["fmt", "--all", "--check"]))?;
    Ok(Outcome::of(run.success, if run.success { "" } else { "run `cargo fmt --all`" }))
}

fn tidy_rules(root: &Path) -> anyhow::Result<Outcome> {
    Ok(Outcome::of(tidy::run(root)?, ""))
}

fn licences(root: &Path) -> anyhow::Result<Outcome> {
    if !run::succeeds(workspace::cargo(root).args(["deny", "--version"])) {
        return Ok(Outcome::skipped("cargo-deny is not installed"));
    }
    let arguments = ["deny", "--offline", "check", "licenses", "bans", "sources"];
    Ok(Outcome::of(run::shown(workspace::cargo(root).args(arguments))?.success, ""))
}

fn clippy(root: &Path) -> anyhow::Result<Outcome> {
    if !run::succeeds(workspace::cargo(root).args(["clippy", "--version"])) {
        return Ok(Outcome::skipped("clippy is not installed (rustup component add clippy)"));
    }
    let arguments = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
    let run = run::shown(workspace::cargo(root).args(arguments))?;
    Ok(Outcome::of(run.success, ""))
}

fn build(root: &Path) -> anyhow::Result<Outcome> {
    let arguments = ["build", "--workspace", "--lib", "--bins", "--tests"];
    let run = run::shown(workspace::cargo(root).args(arguments))?;
    Ok(Outcome::of(run.success, ""))
}

fn tests(root: &Path, install: bool) -> anyhow::Result<Outcome> {
    let browser = browser::ready(root, install)?;
    let nextest = run::succeeds(workspace::cargo(root).args(["nextest", "--version"]));
    let mut command = workspace::cargo(root);
    // The gate gives one answer for one state of the code. Who wants other random cases sets the
    // seed, or runs the tests without this command.
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        command.env("PROPTEST_RNG_SEED", "20261122");
    }
    let mut skipped_unseen = 0;
    if nextest {
        command.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
        if browser.is_err() {
            command.args(["--filter-expr", "not binary(/^browser/)"]);
        }
    } else {
        command.args(["test", "--workspace", "--no-fail-fast", "--lib", "--bins"]);
        if browser.is_err() {
            for target in workspace::integration_tests(root)? {
                if !target.starts_with("browser") {
                    command.args(["--test", &target]);
                }
            }
            skipped_unseen = browser::tests(root).len();
        } else {
            command.arg("--tests");
        }
    }
    let run = run::shown(&mut command)?;
    let mut tests =
        if nextest { counts::of_nextest(&run.text) } else { counts::of_cargo(&run.text) };
    tests.skipped += skipped_unseen;
    let mut notes: Vec<String> = browser.err().into_iter().collect();
    if !nextest {
        notes.push("cargo-nextest is not installed: run by cargo test".into());
    }
    if !root.join("../shared").is_dir() {
        notes
            .push("no external test cases beside the repository: those checks are left out".into());
    }
    Ok(Outcome { tests, ..Outcome::of(run.success, notes.join("; ")) })
}

fn doc_tests(root: &Path) -> anyhow::Result<Outcome> {
    let arguments = ["test", "--doc", "--workspace", "--no-fail-fast"];
    let run = run::shown(workspace::cargo(root).args(arguments))?;
    let tests = counts::of_cargo(&run.text);
    Ok(Outcome { tests, ..Outcome::of(run.success, "") })
}

/// Runs `manzil protocol <what> content/protocols` with the binary that was just built.
fn content(root: &Path, built: bool, what: &str) -> anyhow::Result<Outcome> {
    if !built {
        return Ok(Outcome::of(false, "not run: the build failed"));
    }
    let name = format!("manzil{}", std::env::consts::EXE_SUFFIX);
    let binary = workspace::target_directory(root)?.join("debug").join(name);
    let mut command = std::process::Command::new(binary);
    command.current_dir(root).args(["protocol", what, "content/protocols"]);
    Ok(Outcome::of(run::shown(&mut command)?.success, ""))
}

#[expect(clippy::print_stdout, reason = "this is a command for people")]
fn heading(text: &str) {
    println!("\n== {text} ==");
}
