//! Tests that look at the element itself: exact texts, texts of codes, typed identifiers, and
//! values that must meet in one element.

use serde_json::Value;

use super::super::parameters::{ParameterKind, Path};
use super::super::query::{Named, SystemTest, Test, TextTest, TokenTest};
use super::super::{each, extract, normalise_text};
use super::indexed;

/// Whether a value at the path passes.
pub(super) fn passes(test: &Test, from: &Value, path: &Path, kind: ParameterKind) -> bool {
    let mut found = false;
    match test {
        Test::Text(TextTest::Exact(exact)) => elements(from, path, &mut |element| {
            extract::texts(element, &mut |text| found = found || text == exact);
        }),
        Test::TokenText(start) => {
            elements(from, path, &mut |element| found = found || token_text(element, start));
        }
        Test::OfType { system, code, value } => elements(from, path, &mut |element| {
            found = found || of_type(element, system.as_deref(), code, value);
        }),
        Test::ReferenceIdentifier(test) => elements(from, path, &mut |element| {
            found = found || (may_point(element, path) && identifier(element, test));
        }),
        _ => extract::values(from, path, kind, &mut |value| {
            found = found || indexed::passes(test, &value);
        }),
    }
    found
}

/// Whether one element, from which the parts' paths start, passes all tests.
pub(super) fn composite(of: &Named, tests: &[Test], resource: &Value) -> bool {
    let components = &of.parameter.components;
    let mut found = false;
    for base in &of.parameter.paths {
        elements(resource, base, &mut |element| {
            let all = tests.len() == components.len();
            found = found
                || (all
                    && components.iter().zip(tests).all(|(component, test)| {
                        component.paths.iter().any(|path| {
                            let from = if path.from_resource { resource } else { element };
                            passes(test, from, path, component.kind)
                        })
                    }));
        });
    }
    found
}

/// Calls `act` with each element at the end of a path.
fn elements<'a>(from: &'a Value, path: &Path, act: &mut dyn FnMut(&'a Value)) {
    extract::walk(from, &path.steps, act);
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

/// The text of a concept, the display of a coding, or the text of an identifier's type begins
/// so.
fn token_text(element: &Value, start: &str) -> bool {
    let begins =
        |text: Option<&str>| text.is_some_and(|text| normalise_text(text).starts_with(start));
    let mut found = begins(text(element, "text")) || begins(text(element, "display"));
    let kind = element.get("type");
    found = found || begins(kind.and_then(|kind| text(kind, "text")));
    for concept in [Some(element), kind].into_iter().flatten() {
        each(concept.get("coding"), &mut |coding| found = found || begins(text(coding, "display")));
    }
    found
}

fn of_type(element: &Value, system: Option<&str>, code: &str, value: &str) -> bool {
    if text(element, "value") != Some(value) {
        return false;
    }
    let mut found = false;
    each(element.get("type").and_then(|kind| kind.get("coding")), &mut |coding| {
        let fits = system.is_none_or(|system| text(coding, "system") == Some(system));
        found = found || (fits && text(coding, "code") == Some(code));
    });
    found
}

/// Whether a reference can be one to the type that the path asks for.
fn may_point(reference: &Value, path: &Path) -> bool {
    let literal = text(reference, "reference").and_then(crate::reference::Reference::parse);
    let stated = literal.and_then(crate::reference::Reference::resource_type);
    let stated = stated.or_else(|| text(reference, "type"));
    path.target.is_none_or(|target| stated.is_none_or(|stated| stated == target))
}

fn identifier(reference: &Value, test: &TokenTest) -> bool {
    let Some(identifier) = reference.get("identifier") else { return false };
    let system = text(identifier, "system");
    match text(identifier, "value") {
        Some(value) => indexed::token(test, system, value),
        // `system|` asks for any value.
        None => {
            test.code.is_none() && test.system == SystemTest::Is(system.unwrap_or_default().into())
        }
    }
}
