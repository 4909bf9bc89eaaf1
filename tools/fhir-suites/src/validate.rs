//! Agreement with the official validator on error or no error.
//!
//! The folder has an `index.json`, an array of cases with `name`, `file`, `outcome` and the number
//! of `errors` of the official validator, the files in `inputs`, and what it said in `outcomes`.

use std::fs;
use std::path::Path;

use manzil_fhir::Resource;
use manzil_fhir::validate::{Severity, validate};
use serde_json::Value;

use crate::report::{Report, read};

/// Cases whose official outcome was made with an option that this validator does not have.
const MADE_WITH_OPTIONS: [(&str, &str); 3] = [
    ("json-comments-1-yes", "comments in JSON allowed"),
    ("json-comments-2-yes", "comments in JSON allowed"),
    ("contained-resource-bad-id-ignore", "ids of any form allowed"),
];

/// Holds every input against its official outcome. An error that is not found is missed; one
/// that the official validator does not find is a false alarm, and wrong.
///
/// # Errors
///
/// A file that cannot be read, and an index of another form.
pub fn run(folder: &Path) -> Result<Report, String> {
    let index = read(&folder.join("index.json"))?;
    let index: Vec<Value> = serde_json::from_str(&index).map_err(|error| error.to_string())?;
    let mut report = Report::default();
    for case in &index {
        let text = |name: &str| case.get(name).and_then(Value::as_str).unwrap_or_default();
        let name = text("name").to_owned();
        let official = case.get("errors").and_then(Value::as_u64);
        let official = official.ok_or_else(|| format!("{name} has no number of errors"))? > 0;
        let path = folder.join("inputs").join(text("file"));
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let option = MADE_WITH_OPTIONS.iter().find(|(of, _)| *of == name);
        match (official, errors(&bytes).into_iter().next(), option) {
            (true, Some(_), _) | (false, None, _) => report.passed += 1,
            (true, None, _) => {
                let outcome = folder.join("outcomes").join(text("outcome"));
                report.missed.push((name, official_error(&outcome)));
            }
            (false, Some(_), Some((_, option))) => {
                report.skipped.push((name, format!("made with an option: {option}")));
            }
            (false, Some(first), None) => {
                report.wrong.push((name, format!("false alarm: {first}")));
            }
        }
    }
    Ok(report)
}

/// What the official validator found first, shortened.
fn official_error(outcome: &Path) -> String {
    let outcome = read(outcome).ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let is_error = |issue: &&Value| {
        matches!(issue.get("severity").and_then(Value::as_str), Some("error" | "fatal"))
    };
    let issue = |outcome: &Value| {
        let issues = outcome.get("issue").or_else(|| outcome.get("outcome")?.get("issue"))?;
        let first = issues.as_array()?.iter().find(is_error)?;
        let text = first.get("details").and_then(|details| details.get("text"));
        text.or_else(|| first.get("diagnostics"))?.as_str().map(str::to_owned)
    };
    let text = outcome.as_ref().and_then(issue).unwrap_or_else(|| "an error".to_owned());
    text.chars().take(100).collect()
}

/// The errors that are found in a text.
pub fn errors(text: &[u8]) -> Vec<String> {
    match Resource::parse_bytes(text) {
        Err(error) => vec![error.to_string()],
        Ok(resource) => validate(&resource)
            .iter()
            .filter(|issue| issue.severity == Severity::Error)
            .map(ToString::to_string)
            .collect(),
    }
}
