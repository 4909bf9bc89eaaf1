//! Agreement with the official validator on error or no error.

use std::fs;
use std::path::Path;

use manzil_fhir::Resource;
use manzil_fhir::validate::{has_error, validate};
use serde_json::Value;

/// Cases whose official outcome was made with an option that this validator does not have.
const MADE_WITH_OPTIONS: [(&str, &str); 3] = [
    ("json-comments-1-yes", "comments in JSON allowed"),
    ("json-comments-2-yes", "comments in JSON allowed"),
    ("contained-resource-bad-id-ignore", "ids of any form allowed"),
];

/// The errors that are found in a text.
fn errors(text: &[u8]) -> Vec<String> {
    match Resource::parse_bytes(text) {
        Err(error) => vec![error.to_string()],
        Ok(resource) => {
            let issues = validate(&resource);
            if has_error(&issues) {
                issues.iter().map(ToString::to_string).collect()
            } else {
                vec![]
            }
        }
    }
}

#[test]
fn agrees_with_the_official_outcome() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/validator-outcomes");
    let Ok(index) = fs::read_to_string(folder.join("index.json")) else {
        println!("skipped: {} is not there", folder.display());
        return;
    };
    let index: Vec<Value> = serde_json::from_str(&index).unwrap();
    let (mut agreed, mut missed, mut alarms) = (0, Vec::new(), Vec::new());
    for case in &index {
        let name = case["name"].as_str().unwrap();
        let official = case["errors"].as_u64().unwrap() > 0;
        let text = fs::read(folder.join("inputs").join(case["file"].as_str().unwrap())).unwrap();
        let found = errors(&text);
        match (official, found.first()) {
            (true, Some(_)) | (false, None) => agreed += 1,
            (true, None) => missed.push(name),
            (false, Some(_)) if MADE_WITH_OPTIONS.iter().any(|(of, _)| *of == name) => {}
            (false, Some(first)) => alarms.push(format!("{name}: {first}")),
        }
    }
    println!("{agreed} of {} agree; missed {}: {missed:?}", index.len(), missed.len());
    println!("not counted as agreement, made with options: {MADE_WITH_OPTIONS:?}");
    println!("false alarms {}:\n{}", alarms.len(), alarms.join("\n"));
    assert!(alarms.is_empty());
    assert!(agreed >= 125, "it was 125 before");
}

/// Examples that their publishers hold to be right.
#[test]
fn published_examples_have_no_error() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/ips/examples");
    let Ok(files) = fs::read_dir(&folder) else {
        println!("skipped: {} is not there", folder.display());
        return;
    };
    let mut judged = 0;
    let mut wrong = Vec::new();
    for path in files.map(|file| file.unwrap().path()) {
        if path.extension().is_some_and(|extension| extension == "json") {
            judged += 1;
            let found = errors(&fs::read(&path).unwrap());
            wrong.extend(found.into_iter().map(|e| format!("{}: {e}", path.display())));
        }
    }
    println!("{judged} examples, {} errors:\n{}", wrong.len(), wrong.join("\n"));
    assert!(wrong.is_empty());
}
