//! Runs a FHIRPath suite in the format of the official one (`tests-fhir-r4.xml`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Zoned;
use manzil_fhir::fhirpath::{Collection, Context, Expression, FhirPathError, Item};
use roxmltree::{Document, Node};
use serde_json::Value;

use crate::report::{Report, read};
use crate::xml;

/// The moment of `now()`; after every date of the suite.
const NOW: &str = "2026-06-15T10:30:00.123+05:30[+05:30]";

enum Outcome {
    Passed,
    Refused(String),
    Wrong(String),
}

/// Runs every test of a suite file. Inputs lie in the folder `input` beside it. Tests that are
/// commented out are no tests.
///
/// # Errors
///
/// A file that cannot be read.
pub fn run(suite: &Path) -> Result<Report, String> {
    let text = read(suite)?;
    let document = Document::parse(&text).map_err(|error| error.to_string())?;
    let now: Zoned = NOW.parse().map_err(|error| format!("{NOW}: {error}"))?;
    let context = Context::new().at(&now);
    let mut inputs = Inputs::beside(suite);
    let mut report = Report::default();
    for test in document.descendants().filter(|node| node.has_tag_name("test")) {
        let name = test.attribute("name").unwrap_or("unnamed").to_owned();
        let outcome = match inputs.load(test.attribute("inputfile")) {
            Ok(input) => outcome(test, &input, &context),
            Err(error) => Outcome::Wrong(error),
        };
        match outcome {
            Outcome::Passed => report.passed += 1,
            Outcome::Refused(what) => report.refused.push((name, what)),
            Outcome::Wrong(what) => report.wrong.push((name, what)),
        }
    }
    Ok(report)
}

/// The records that tests run on, each read once.
struct Inputs {
    folder: PathBuf,
    loaded: BTreeMap<String, Value>,
}

impl Inputs {
    fn beside(suite: &Path) -> Self {
        let folder = suite.parent().unwrap_or(Path::new(".")).join("input");
        Self { folder, loaded: BTreeMap::new() }
    }

    fn load(&mut self, name: Option<&str>) -> Result<Value, String> {
        let Some(name) = name else { return Ok(Value::Object(serde_json::Map::new())) };
        if let Some(value) = self.loaded.get(name) {
            return Ok(value.clone());
        }
        let text = read(&self.folder.join(name))?;
        let value = if Path::new(name).extension().is_some_and(|extension| extension == "xml") {
            xml::to_json(&text)?
        } else {
            serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))?
        };
        self.loaded.insert(name.to_owned(), value.clone());
        Ok(value)
    }
}

fn outcome(test: Node<'_, '_>, input: &Value, context: &Context<'static>) -> Outcome {
    let Some(expression) = test.children().find(|node| node.has_tag_name("expression")) else {
        return Outcome::Wrong("the test has no expression".into());
    };
    let source = expression.text().unwrap_or_default();
    let invalid = expression.attribute("invalid").or(test.attribute("invalid"));
    let compiled = match Expression::compile(source) {
        Ok(compiled) => compiled,
        Err(error) => return failed(error, invalid, source),
    };
    let strict = [test, expression].iter().any(|node| node.attribute("mode") == Some("strict"));
    if let Err(error) = checked(&compiled, test, strict, input) {
        return failed(error, invalid, source);
    }
    let found = match compiled.evaluate(context, input) {
        Ok(found) => found,
        Err(error) => return failed(error, invalid, source),
    };
    let predicate = test.attribute("predicate") == Some("true");
    let found = if predicate { vec![Item::from(!found.is_empty())] } else { found };
    if invalid.is_some() {
        return Outcome::Wrong(format!("{source} must fail and gives {}", shown(&found)));
    }
    compare(test, &found)
        .map_or(Outcome::Passed, |difference| Outcome::Wrong(format!("{source} {difference}")))
}

fn failed(error: FhirPathError, invalid: Option<&str>, source: &str) -> Outcome {
    match (error.unsupported(), invalid) {
        (Some(function), _) => Outcome::Refused(function.to_owned()),
        (None, Some(_)) => Outcome::Passed,
        (None, None) => Outcome::Wrong(format!("{source} fails: {error}")),
    }
}

/// The checks before evaluation that the test asks for.
fn checked(
    expression: &Expression,
    test: Node<'_, '_>,
    strict: bool,
    input: &Value,
) -> Result<(), FhirPathError> {
    if strict {
        let root_type = input.get("resourceType").and_then(Value::as_str).unwrap_or("Resource");
        expression.check(root_type)?;
    }
    if test.attribute("checkOrderedFunctions") == Some("true") {
        expression.check_order()?;
    }
    Ok(())
}

/// How the items differ from the outputs of the test; none when they do not.
fn compare(test: Node<'_, '_>, found: &Collection<'_>) -> Option<String> {
    let outputs = test.children().filter(|node| node.has_tag_name("output"));
    let mut expected: Vec<(Option<&str>, &str)> =
        outputs.map(|node| (node.attribute("type"), node.text().unwrap_or_default())).collect();
    let mut found: Vec<&Item<'_>> = found.iter().collect();
    if test.attribute("ordered") == Some("false") {
        expected.sort_by_key(|(_, text)| *text);
        found.sort_by_key(|item| text_of(item));
    }
    let matches = expected.len() == found.len()
        && expected.iter().zip(&found).all(|((kind, text), item)| is(item, *kind, text));
    if matches {
        return None;
    }
    let found: Vec<Item<'_>> = found.into_iter().cloned().collect();
    Some(format!("gives {} instead of {expected:?}", shown(&found)))
}

fn is(item: &Item<'_>, kind: Option<&str>, expected: &str) -> bool {
    let name = item.type_info().name;
    let found = text_of(item);
    match kind {
        Some("decimal") => {
            let number = |text: &str| text.parse::<rust_decimal::Decimal>().ok();
            name.eq_ignore_ascii_case("decimal") && number(&found) == number(expected)
        }
        Some(kind) => name.eq_ignore_ascii_case(kind) && found == expected,
        None => found == expected,
    }
}

/// As the suite writes it: dates with `@`.
fn text_of(item: &Item<'_>) -> String {
    let name = item.type_info().name.to_ascii_lowercase();
    let text = match item.system() {
        Ok(Some(system)) => system.to_string(),
        _ => return format!("{item:?}"),
    };
    match name.as_str() {
        "date" | "datetime" | "instant" => format!("@{text}"),
        "time" => format!("@T{text}"),
        _ => text,
    }
}

fn shown(items: &[Item<'_>]) -> String {
    let items: Vec<String> =
        items.iter().map(|item| format!("{} {}", item.type_info().name, text_of(item))).collect();
    format!("[{}]", items.join(", "))
}
