//! The IGRA truth tables of `shared/facts/panel` against the content's IGRA library.
//!
//! Both lie beside the crate; the test says so and passes where one is absent.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may stop at what it does not expect, and says what it skips"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use manzil_protocol::evaluate::decide;
use manzil_protocol::{Diagnostic, Facts, Library, Name, Value};

fn beside(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn read(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push((path.to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The content, when it has been written.
fn content() -> Option<Library> {
    let folder = beside("content");
    if !folder.join("facts").is_dir() {
        return None;
    }
    let mut files = Vec::new();
    read(&folder, &mut files);
    match Library::load(files) {
        Ok(library) => Some(library),
        Err(told) => {
            panic!("{}", told.iter().map(Diagnostic::line).collect::<Vec<_>>().join("\n"))
        }
    }
}

/// Every row: `kit` is the value of `igra_test`, `columns` say which column is which fact, and the
/// last column is the result.
fn check(table: &str, kit: &str, columns: &[(&str, &str)]) {
    let path = beside("../shared/facts/panel").join(table);
    let (Some(library), Ok(text)) = (content(), fs::read_to_string(&path)) else {
        eprintln!("skipped: needs content/ and {}", path.display());
        return;
    };
    let igra = library.protocols().iter().find(|protocol| protocol.id == "igra").unwrap();
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    let (mut rows, mut wrong) = (0, Vec::new());
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let row: BTreeMap<&str, &str> = head.iter().copied().zip(line.split(',')).collect();
        let mut facts = Facts::new();
        facts.set("igra_test", Value::parse(library.fact("igra_test").unwrap(), kit).unwrap());
        for (column, fact) in columns {
            facts.set(*fact, Value::parse(library.fact(fact).unwrap(), row[column]).unwrap());
        }
        let result = decide(&library, igra, &facts, "igra_result").unwrap();
        rows += 1;
        if !result.iter().map(Name::as_str).eq([row["expected"]]) {
            wrong.push(format!("{line}: {result:?}"));
        }
    }
    assert!(rows > 500, "{table} has only {rows} rows");
    assert!(wrong.is_empty(), "{} of {rows}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn quantiferon_plus() {
    let columns =
        [("nil", "qft_nil"), ("tb1", "qft_tb1"), ("tb2", "qft_tb2"), ("mitogen", "qft_mitogen")];
    check("igra_qft_plus_truth_table.csv", "qft_plus", &columns);
}

#[test]
fn t_spot() {
    let columns = [
        ("nil", "tspot_nil"),
        ("panelA", "tspot_panel_a"),
        ("panelB", "tspot_panel_b"),
        ("positive_control", "tspot_control"),
    ];
    check("igra_tspot_us_truth_table.csv", "t_spot", &columns);
}
