//! `manzil load` as its users type it, on real files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, in its helpers too"
)]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tempfile::TempDir;

/// What a call prints, after checking whether it succeeded.
#[track_caller]
fn told(folder: &Path, arguments: &[&str], succeeds: bool) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_manzil"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.success(), succeeds, "manzil {arguments:?}:\n{text}");
    text
}

/// The resources and versions of a data file, whose audit chain is whole.
#[track_caller]
fn counted(folder: &Path) -> (usize, usize) {
    let text = told(folder, &["doctor", "--data", "d.sqlite"], true);
    assert!(text.contains("audit chain    whole"), "{text}");
    let number = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().last().unwrap().replace(',', "").parse().unwrap()
    };
    (number("resources"), number("versions"))
}

#[track_caller]
fn load(folder: &Path, files: &[&str], succeeds: bool) -> String {
    let mut arguments = vec!["load", "--data", "d.sqlite"];
    arguments.extend(files);
    told(folder, &arguments, succeeds)
}

fn observation(number: usize) -> Value {
    json!({"resourceType": "Observation", "status": "final", "valueInteger": number,
        "code": {"text": "fictional"}})
}

fn patient(id: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "name": [{"family": "Fictional"}]})
}

fn lines(values: impl IntoIterator<Item = Value>) -> String {
    let mut text = String::new();
    values.into_iter().for_each(|value| writeln!(text, "{value}").unwrap());
    text
}

fn packed(text: &str) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

#[test]
fn a_file_is_loaded_once_however_often_it_is_named() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    fs::write(folder.join("a.ndjson"), lines((0..2_500).map(observation))).unwrap();
    load(folder, &["a.ndjson"], true);
    assert_eq!(counted(folder), (2_500, 2_500));
    assert!(load(folder, &["a.ndjson"], true).contains("loaded before, 2500 resources"));
    assert_eq!(counted(folder), (2_500, 2_500));
}

#[test]
fn a_load_that_is_killed_goes_on_and_doubles_nothing() {
    let all = 8_000;
    for pack in [false, true] {
        let folder = TempDir::new().unwrap();
        let folder = folder.path();
        let text = lines((0..all).map(observation));
        let name = if pack { "a.ndjson.gz" } else { "a.ndjson" };
        fs::write(folder.join(name), if pack { packed(&text) } else { text.into() }).unwrap();
        let mut kills = 0;
        for log_bytes in [200_000, 900_000] {
            let mut child = Command::new(env!("CARGO_BIN_EXE_manzil"))
                .args(["load", "--data", "d.sqlite", name])
                .current_dir(folder)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let log = folder.join("d.sqlite-wal");
            while child.try_wait().unwrap().is_none() {
                if fs::metadata(&log).is_ok_and(|log| log.len() > log_bytes) {
                    child.kill().unwrap();
                    child.wait().unwrap();
                    kills += 1;
                    break;
                }
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        assert!(kills > 0, "it was over before it could be killed");
        load(folder, &[name], true);
        assert_eq!(counted(folder), (all, all), "after {kills} kills");
    }
}

#[test]
fn a_bad_line_is_named_and_ends_the_load_or_is_put_aside() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let wrong = json!({"resourceType": "Patient", "id": "c", "gender": "unclear"});
    let text = lines([patient("a"), patient("b"), wrong, patient("d")]) + "{\"not json\n";
    fs::write(folder.join("a.ndjson"), text).unwrap();
    let told = load(folder, &["a.ndjson"], false);
    assert!(told.contains("a.ndjson, line 3: Patient.gender: MZ-0135"), "{told}");
    assert_eq!(counted(folder), (2, 2));

    let told = load(folder, &["--skip-invalid", "a.ndjson"], true);
    assert!(told.contains("goes on at line 3") && told.contains("line 5: "), "{told}");
    assert_eq!(counted(folder), (3, 3));
    let aside = folder.join("a.ndjson.refused.ndjson");
    let text = fs::read_to_string(&aside).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");

    let mended = text.replace("unclear", "unknown").replace("{\"not json\n", "");
    fs::write(&aside, mended).unwrap();
    load(folder, &["a.ndjson.refused.ndjson"], true);
    assert_eq!(counted(folder), (4, 4));
}

#[test]
fn a_mended_file_writes_again_only_what_is_new() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    fs::write(folder.join("a.ndjson"), lines([patient("a"), patient("b")])).unwrap();
    load(folder, &["a.ndjson"], true);
    fs::write(folder.join("a.ndjson"), lines([patient("a"), patient("b"), patient("c")])).unwrap();
    load(folder, &["a.ndjson"], true);
    assert_eq!(counted(folder), (3, 3));
}

#[test]
fn bundles_are_done_as_they_ask() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let about = |person: &str| {
        let mut about = observation(1);
        about["subject"] = json!({"reference": person});
        about
    };
    let person = "urn:uuid:5f1d7c2a-0a43-4b6a-9d52-5c2f0f1f4a10";
    let post = |of: &str| json!({"method": "POST", "url": of});
    let transaction = json!({"resourceType": "Bundle", "type": "transaction", "entry": [
        {"resource": about(person), "request": post("Observation")},
        {"fullUrl": person, "resource": patient("old"), "request": post("Patient")},
    ]});
    let half = json!({"resourceType": "Bundle", "type": "transaction", "entry": [
        {"resource": patient("x"), "request": {"method": "PUT", "url": "Patient/x"}},
        {"resource": about("urn:uuid:0b8c5a80-0000-4000-8000-000000000000"), "request": post("Observation")},
    ]});
    let collection = json!({"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": about(person)}, {"fullUrl": person, "resource": patient("kept")},
    ]});
    let batch = json!({"resourceType": "Bundle", "type": "batch", "entry": [
        {"resource": patient("one"), "request": {"method": "PUT", "url": "Patient/one"}},
        {"resource": {"resourceType": "Patient", "gender": "x"}, "request": post("Patient")},
        {"request": {"method": "GET", "url": "Patient/one"}},
        {"resource": patient("two"), "request": {"method": "PUT", "url": "Patient/two"}},
    ]});
    for (name, bundle) in
        [("1.json", &transaction), ("2.json", &half), ("3.json", &collection), ("4.json", &batch)]
    {
        fs::write(folder.join(name), serde_json::to_string_pretty(bundle).unwrap()).unwrap();
    }
    let told = load(folder, &["--skip-invalid", "1.json", "2.json", "3.json", "4.json"], true);
    assert!(told.contains("points to no entry") && told.contains("entry[1]"), "{told}");
    // Two of the transaction, none of the half one, two of the collection, two of the batch.
    assert_eq!(counted(folder), (6, 6));
    let aside = fs::read_to_string(folder.join("4.json.refused.ndjson")).unwrap();
    assert!(aside.contains("\"batch\"") && aside.lines().count() == 1, "{aside}");
    load(folder, &["--skip-invalid", "1.json", "3.json", "4.json"], true);
    assert_eq!(counted(folder), (6, 6));
}

#[test]
fn what_is_refused_when_it_is_written_keeps_nothing_else_out() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let mut astray = observation(3);
    astray["subject"] = json!({"reference": "Patient?identifier=nobody"});
    let all = [observation(1), observation(2), astray, observation(4)];
    fs::write(folder.join("a.ndjson"), lines(all)).unwrap();
    let told = load(folder, &["--skip-invalid", "a.ndjson"], true);
    assert!(told.contains("line 3: ") && told.contains("finds nothing"), "{told}");
    assert_eq!(counted(folder), (3, 3));
}

#[test]
fn the_same_record_twice_in_a_file_becomes_two_versions() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let mut later = patient("a");
    later["birthDate"] = json!("1990");
    fs::write(folder.join("a.ndjson"), lines([patient("a"), patient("b"), later])).unwrap();
    load(folder, &["a.ndjson"], true);
    assert_eq!(counted(folder), (2, 3));
    let unnamed = load(folder, &["nothing.csv"], false);
    assert!(unnamed.contains("MZ-0750"), "{unnamed}");
}

#[test]
#[cfg(unix)]
fn a_stop_is_clean_and_the_same_command_goes_on() {
    let all = 8_000;
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    fs::write(folder.join("a.ndjson"), lines((0..all).map(observation))).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_manzil"))
        .args(["load", "--data", "d.sqlite", "a.ndjson"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let log = folder.join("d.sqlite-wal");
    while !fs::metadata(&log).is_ok_and(|log| log.len() > 200_000) {
        std::thread::sleep(Duration::from_millis(2));
    }
    let asked = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("Stopped: ") && text.contains("goes on from here"), "{text}");
    assert!(counted(folder).0 < all);
    load(folder, &["a.ndjson"], true);
    assert_eq!(counted(folder), (all, all));
}
