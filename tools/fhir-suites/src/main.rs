//! `fhir-suites KIND PATH`: runs a published suite and says what became of it.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a command for people")]

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let &[kind, path] = words.as_slice() else {
        eprintln!("say the kind of suite and its path:");
        for (kind, path) in fhir_suites::KINDS {
            eprintln!("  {kind} {path}");
        }
        return ExitCode::from(2);
    };
    match fhir_suites::run(kind, Path::new(path)) {
        Ok(report) => {
            println!("{report}");
            if report.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("the suite cannot be run: {error}");
            ExitCode::from(2)
        }
    }
}
