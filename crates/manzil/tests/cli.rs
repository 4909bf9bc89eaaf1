//! The command line as its users type it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, in its helpers too"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const CASELOAD: &str = "case_number,person_number,name,sex,birth_date,usual_residence,destination,population,exam_date\n\
    C1,1,Amina Hassan (fictional),female,2014-03-02,KE,US,refugee,2023-05-01\n\
    C1,2,Yusuf Hassan (fictional),male,1990,KE,US,refugee,2023-05-01\n";

fn manzil(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_manzil"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary runs")
}

/// What a call prints, after checking whether it succeeded.
#[track_caller]
fn told(folder: &Path, arguments: &[&str], succeeds: bool) -> String {
    let output = manzil(folder, arguments);
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.success(), succeeds, "manzil {arguments:?}:\n{text}");
    text
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    for each in expected {
        assert!(text.contains(each), "{each:?} is not in:\n{text}");
    }
}

fn protocols() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/protocols")
}

/// A copy of the shipped protocols with one text of the United States rules exchanged.
fn changed_copy(folder: &Path, from: &str, to: &str) -> String {
    let copy = folder.join("protocols");
    copy_folder(&protocols(), &copy);
    let file = copy.join("us/us-tb/2018/protocol.toml");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "the shipped rules no longer hold {from:?}");
    fs::write(&file, text.replacen(from, to, 1)).unwrap();
    copy.to_string_lossy().into_owned()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn the_shipped_rules_are_proved_and_their_cases_hold() {
    let folder = TempDir::new().unwrap();
    let text = told(folder.path(), &["protocol", "check"], true);
    check(&text, &["complete      14 of 14 tables", "unambiguous   12 of 12"]);
    check(&told(folder.path(), &["protocol", "test"], true), &["us-tb@2018", "ok"]);
}

#[test]
fn a_missing_rule_prints_the_smallest_uncovered_case_with_its_place() {
    let folder = TempDir::new().unwrap();
    let copy = changed_copy(
        folder.path(),
        "when = \"tb_class has A\"",
        "when = \"tb_class has A and known_hiv\"",
    );
    let text = told(folder.path(), &["protocol", "check", &copy], false);
    check(
        &text,
        &[
            "MZ-0231",
            "has no outcome when",
            "us/us-tb/2018/protocol.toml:",
            "known HIV infection is no",
        ],
    );
}

#[test]
fn two_rules_for_one_case_print_the_case_that_they_share() {
    let folder = TempDir::new().unwrap();
    let copy = changed_copy(
        folder.path(),
        "when = \"tb_class has A\"",
        "when = \"tb_class has A or known_hiv\"",
    );
    let text = told(folder.path(), &["protocol", "check", &copy], false);
    check(&text, &["MZ-0232", "both fire when", "us/us-tb/2018/protocol.toml:"]);
}

#[test]
fn rules_that_are_wrong_name_the_place_and_the_cure() {
    for (from, to, code) in [
        ("source = \"ds-3030-2022\"\n", "", "MZ-0218"),
        ("source = \"ds-3030-2022\"\n", "source = \"nowhere\"\n", "MZ-0216"),
        ("tb_incidence >= 20 '10*-5'", "tb_incidence >= 20 'kg'", "MZ-0205"),
        ("after = [\"history\"]", "after = [\"sputum_smears\"]", "MZ-0217"),
        ("from = 2018-10-01", "from = 2018-02-30", "MZ-0219"),
    ] {
        let folder = TempDir::new().unwrap();
        let copy = changed_copy(folder.path(), from, to);
        let text = told(folder.path(), &["protocol", "check", &copy], false);
        check(&text, &[code, "us/us-tb/2018/protocol.toml:", "help:"]);
    }
}

#[test]
fn a_child_with_a_positive_igra_is_b2_and_with_a_culture_a() {
    let folder = TempDir::new().unwrap();
    let explain = ["protocol", "explain", "us-tb", "--case", "child-b2"];
    let text = told(folder.path(), &explain, true);
    check(&text, &["Class B2 TB", "DS-3030", "What would change it"]);
    let mut with_culture = explain.to_vec();
    with_culture.extend(["--fact", "culture_1=positive"]);
    let text = told(folder.path(), &with_culture, true);
    check(
        &text,
        &[
            "Tuberculosis class: Class A TB",
            "Must not travel",
            "Drug susceptibility test: required",
        ],
    );
}

#[test]
fn a_caseload_is_imported_once_and_assessed() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    fs::write(path.join("c.csv"), CASELOAD).unwrap();
    check(
        &told(path, &["import", "--data", "a.sqlite", "--dry-run", "c.csv"], true),
        &["nothing was written"],
    );
    check(
        &told(path, &["import", "--data", "a.sqlite", "c.csv"], true),
        &["2 new people", "5 records written"],
    );
    check(
        &told(path, &["import", "--data", "a.sqlite", "c.csv"], true),
        &["2 unchanged", "0 records written"],
    );
    check(&told(path, &["doctor", "--data", "a.sqlite"], true), &["audit chain    whole"]);
    let json = told(path, &["assess", "--format", "json", "c.csv"], true);
    let assessed: serde_json::Value = serde_json::from_str(&json).unwrap();
    let steps = assessed[0]["required"].as_array().unwrap();
    assert!(
        steps.iter().any(|step| step["step"] == "igra"),
        "aged 9 from a high-incidence country"
    );
}

#[test]
fn a_bad_caseload_lists_every_bad_cell_and_writes_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let bad = "name,sex,birth_date,destination,population,exam_date,fact:weight\n\
               A,female,1990-02-30,US,refugee,2026-01-01,700\n\
               B,female,2027-02-20,XX,refugee,2026-01-01,70\n";
    fs::write(path.join("bad.csv"), bad).unwrap();
    let text = told(path, &["import", "--data", "a.sqlite", "bad.csv"], false);
    check(
        &text,
        &[
            "line 2, birth_date",
            "line 2, fact:weight",
            "line 3, birth_date",
            "line 3, destination",
            "Nothing was written",
        ],
    );
}

#[test]
fn records_from_elsewhere_are_stored_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let records = concat!(
        r#"{"resourceType":"Patient","id":"p1","name":[{"text":"A (fictional)"}]}"#,
        "\n",
        r#"{"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/p1"},"code":{"text":"x"}}"#,
        "\n"
    );
    fs::write(path.join("b.ndjson"), records).unwrap();
    let import = ["import", "--data", "a.sqlite", "b.ndjson"];
    check(&told(path, &import, true), &["2 records written"]);
    check(&told(path, &import, true), &["0 records written"]);
    check(&told(path, &["doctor", "--data", "a.sqlite"], true), &["resources      2", "whole"]);
}

#[test]
fn a_reference_to_nothing_is_refused() {
    let folder = TempDir::new().unwrap();
    let observation = r#"{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/nobody"}}"#;
    fs::write(folder.path().join("o.json"), observation).unwrap();
    let text = told(folder.path(), &["import", "--data", "a.sqlite", "o.json"], false);
    check(&text, &["MZ-0542", "Observation.subject", "Patient/nobody"]);
}

#[test]
fn a_second_server_on_the_same_file_is_told_so() {
    let folder = TempDir::new().unwrap();
    let mut first = Command::new(env!("CARGO_BIN_EXE_manzil"))
        .args(["serve", "--data", "a.sqlite", "--port", "0"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = std::io::BufReader::new(first.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    assert!(line.contains("ready"), "{line}");
    let text = told(folder.path(), &["serve", "--data", "a.sqlite", "--port", "0"], false);
    first.kill().unwrap();
    first.wait().unwrap();
    check(&text, &["MZ-0304", "a.sqlite"]);
    check(&told(folder.path(), &["doctor", "--data", "a.sqlite"], true), &["whole"]);
}

#[test]
fn histories_of_fictional_people_are_written_and_can_be_imported() {
    let folder = tempfile::tempdir().unwrap();
    let make = ["demo-data", "--people", "2", "--today", "2026-01-15", "--format"];
    told(folder.path(), &[&make[..], &["fhir", "-o", "bundles"]].concat(), true);
    let mut names: Vec<String> = fs::read_dir(folder.path().join("bundles"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names.first().unwrap(), "000000-clinics.json", "{names:?}");
    assert_eq!(names.len(), 3, "{names:?}");
    told(folder.path(), &[&make[..], &["ndjson", "-o", "people.ndjson"]].concat(), true);
    let said = told(folder.path(), &["import", "--dry-run", "people.ndjson"], true);
    check(&said, &["2 new people"]);
}
