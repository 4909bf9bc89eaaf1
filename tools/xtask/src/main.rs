//! `cargo xtask`: the checks that a change must pass, on any machine that has Rust.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a command for people")]

use std::process::ExitCode;

use xtask::{steps, tidy, workspace};

const HELP: &str = "\
cargo xtask <command>

  test [--no-install]   everything: format, tidy, clippy, build, tests, doc tests, content
                        (as root on Debian it installs chromium for the browser tests,
                        unless told --no-install)
  tidy                  only the tidy rules: layering, limits, names, documents
  suite KIND PATH       runs a published suite of FHIR against crates/fhir and counts: fhirpath,
                        patch or validate; says what PATH is when called without one
  help                  this list
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = workspace::root();
    let result = match words.as_slice() {
        ["test"] => Ok(steps::run_all(&root, true)),
        ["test", "--no-install"] => Ok(steps::run_all(&root, false)),
        ["tidy"] => tidy::run(&root),
        ["suite", rest @ ..] => workspace::run_tool(&root, "fhir-suites", rest),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(true)
        }
        other => {
            eprintln!("xtask does not know `{}`\n\n{HELP}", other.join(" "));
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}
