//! The suites of patches: JSON Patch, FHIRPath Patch, and XML Patch, which is not supported.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use manzil_fhir::{Resource, patch};
use roxmltree::{Document, Node};
use serde_json::Value;

use crate::report::{Report, read};
use crate::xml;

/// Runs a file, or every `.json` and `.xml` file of a folder.
///
/// # Errors
///
/// A file that cannot be read, and one that is no suite of patches.
pub fn run(path: &Path) -> Result<Report, String> {
    let mut report = Report::default();
    for file in files(path)? {
        report.add(run_file(&file)?);
    }
    Ok(report)
}

fn files(path: &Path) -> Result<Vec<PathBuf>, String> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let wrong = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut files = Vec::new();
    for file in std::fs::read_dir(path).map_err(wrong)? {
        let file = file.map_err(wrong)?.path();
        if file.extension().is_some_and(|extension| extension == "json" || extension == "xml") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn run_file(path: &Path) -> Result<Report, String> {
    let text = read(path)?;
    if path.extension().is_some_and(|extension| extension == "json") {
        return json(&text).map_err(|error| format!("{}: {error}", path.display()));
    }
    let document = Document::parse(&text).map_err(|error| error.to_string())?;
    let mut report = Report::default();
    for case in document.root_element().children().filter(|node| node.has_tag_name("case")) {
        let name = case.attribute("name").unwrap_or("unnamed").to_owned();
        if child(case, "target").is_some() {
            report.refused.push((name, "XML Patch (RFC 5261), by design".into()));
            continue;
        }
        match fhirpath(case, &text) {
            Ok(()) => report.passed += 1,
            Err(what) => report.wrong.push((name, what)),
        }
    }
    Ok(report)
}

/// An array of `doc`, `patch`, and `expected` or `error`.
fn json(text: &str) -> Result<Report, String> {
    let cases: Vec<Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut report = Report::default();
    for case in &cases {
        let name = case.get("comment").and_then(Value::as_str).unwrap_or("unnamed").to_owned();
        let (Some(document), Some(operations)) = (case.get("doc"), case.get("patch")) else {
            return Err(format!("{name} has no doc or no patch"));
        };
        match (patch::json_document(document, operations), case.get("expected")) {
            (Ok(patched), Some(expected)) if patched == *expected => report.passed += 1,
            (Err(_), None) => report.passed += 1,
            (Ok(patched), _) => report.wrong.push((name, format!("gives {patched}"))),
            (Err(error), Some(_)) => report.wrong.push((name, format!("fails: {error}"))),
        }
    }
    Ok(report)
}

/// A case with `input`, `diff`, and `output` or `error`.
fn fhirpath(case: Node<'_, '_>, text: &str) -> Result<(), String> {
    let input = resource(case, "input", text)?;
    // A case without an operation may leave out the empty Parameters.
    let parameters = match child(case, "diff").and_then(|diff| diff.first_element_child()) {
        Some(_) => resource(case, "diff", text)?,
        None => Resource::parse(r#"{"resourceType":"Parameters"}"#).map_err(|e| e.to_string())?,
    };
    let patched = patch::fhirpath(&input, &parameters);
    if let Some(error) = child(case, "error") {
        let wanted = error.attribute("msg").unwrap_or_default();
        return match patched {
            Err(_) => Ok(()),
            Ok(patched) => Err(format!("gives {} instead of: {wanted}", patched.to_json())),
        };
    }
    let patched = patched.map_err(|error| error.to_string())?;
    let expected = resource(case, "output", text)?;
    let (patched, expected) = (shown(patched.value()), shown(expected.value()));
    if patched == expected {
        return Ok(());
    }
    Err(format!("gives {patched} instead of {expected}"))
}

/// As text, members sorted, and narratives written in one way: the same XHTML may be written with
/// other references and other white space.
fn shown(value: &Value) -> String {
    let mut value = value.clone();
    value.sort_all_objects();
    settle_narratives(&mut value);
    value.to_string()
}

fn settle_narratives(value: &mut Value) {
    match value {
        Value::String(text) if text.starts_with("<div") => {
            if let Ok(document) = Document::parse(text) {
                let mut settled = String::new();
                write_xhtml(document.root_element(), &mut settled);
                *text = settled;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(settle_narratives),
        Value::Object(members) => members.values_mut().for_each(settle_narratives),
        _ => {}
    }
}

fn write_xhtml(node: Node<'_, '_>, into: &mut String) {
    let words: Vec<&str> =
        node.text().filter(|_| node.is_text()).unwrap_or_default().split_whitespace().collect();
    into.push_str(&words.join(" "));
    if node.is_element() {
        let attributes = node.attributes().map(|a| format!(" {}={:?}", a.name(), a.value()));
        let _ = write!(into, "<{}{}>", node.tag_name().name(), attributes.collect::<String>());
        node.children().for_each(|child| write_xhtml(child, into));
        into.push_str("</>");
    }
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name(name))
}

/// The resource in a part of a case.
fn resource(case: Node<'_, '_>, part: &str, text: &str) -> Result<Resource, String> {
    let node = child(case, part).and_then(|part| part.first_element_child());
    let node = node.ok_or_else(|| format!("the case has no {part}"))?;
    Resource::from_value(xml::resource(node, text)?).map_err(|error| error.to_string())
}
