//! The published suites, read from beside the repository when they are there.

#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use fhir_suites::{Report, run, validate};

fn vectors(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors").join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: there is no {}", path.display());
    None
}

fn report(kind: &str, path: &str) -> Option<Report> {
    let report = run(kind, &vectors(path)?).unwrap();
    println!("{report}");
    assert_eq!(report.wrong, []);
    Some(report)
}

#[test]
fn fhirpath_is_right_or_refused() {
    if let Some(report) = report("fhirpath", "fhirpath/tests-fhir-r4.xml") {
        assert!(report.passed >= 926, "{report}");
    }
}

#[test]
fn patches_are_applied_as_published() {
    if let Some(report) = report("patch", "fhir-patch/json-patch-tests.json") {
        assert_eq!(report.passed, report.total());
    }
    if let Some(report) = report("patch", "fhir-patch/fhir-patch-tests.xml") {
        assert_eq!(report.passed, report.total());
    }
}

#[test]
fn xml_patches_are_refused_by_name() {
    if let Some(report) = report("patch", "fhir-patch/xml-patch-tests.xml") {
        assert_eq!(report.refused.len(), report.total());
    }
}

#[test]
fn the_validator_agrees_and_gives_no_false_alarm() {
    if let Some(report) = report("validate", "validator-outcomes") {
        assert!(report.passed >= 133, "it was 133 before");
    }
}

/// Examples that their publishers hold to be right.
#[test]
fn published_examples_have_no_error() {
    let Some(folder) = vectors("ips/examples") else { return };
    let mut judged = 0;
    let mut wrong = Vec::new();
    for path in fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()) {
        if path.extension().is_some_and(|extension| extension == "json") {
            judged += 1;
            let found = validate::errors(&fs::read(&path).unwrap());
            wrong.extend(found.into_iter().map(|error| format!("{}: {error}", path.display())));
        }
    }
    println!("{judged} examples, {} errors:\n{}", wrong.len(), wrong.join("\n"));
    assert!(wrong.is_empty());
}
