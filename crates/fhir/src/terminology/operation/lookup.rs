//! `$lookup` and `$subsumes` of a code system.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Arguments, canonical, parameter, parameters};
use crate::terminology::{CodeSystem, Concept, Problem, Terminology, text};

/// Source: <https://hl7.org/fhir/R4/codesystem-operation-lookup.html>.
pub(super) fn lookup(terminology: &Terminology, arguments: &Arguments) -> Result<Value, Problem> {
    arguments.check(&[
        "code",
        "system",
        "version",
        "coding",
        "date",
        "displayLanguage",
        "property",
    ])?;
    let codes = arguments.codes()?;
    let asked = codes.into_iter().next().ok_or(Problem::Missing("the code of the coding"))?;
    let system = asked.system.ok_or(Problem::Missing("system"))?;
    let system = terminology.code_system(&canonical(&system, asked.version.as_deref()))?;
    let concept = system.concept(&asked.code).ok_or_else(|| no_code(&system, &asked.code))?;
    let name = system.name.clone().unwrap_or_else(|| system.url.clone());
    let head = [
        parameter("name", "valueString", Some(name)),
        parameter("version", "valueString", system.version.clone()),
        // Required by R4; a code without a display is shown as itself.
        parameter("display", "valueString", concept.display.clone().or(Some(concept.code.clone()))),
        parameter("definition", "valueString", concept.definition.clone()),
    ];
    let designations = concept.designations.iter().map(|it| Some(designation(it)));
    let properties = properties(&system, concept);
    Ok(parameters(head.into_iter().chain(designations).chain(properties)))
}

fn designation(value: &Value) -> Value {
    let mut parts = Vec::new();
    for (name, kind) in
        [("language", "valueCode"), ("use", "valueCoding"), ("value", "valueString")]
    {
        if let Some(value) = value.get(name) {
            parts.push(json!({"name": name, kind: value}));
        }
    }
    json!({"name": "designation", "part": parts})
}

fn properties(system: &CodeSystem, concept: &Concept) -> Vec<Option<Value>> {
    let code = |name: &str, code: &str| {
        let parts =
            json!([{"name": "code", "valueCode": name}, {"name": "value", "valueCode": code}]);
        Some(json!({"name": "property", "part": parts}))
    };
    let mut all: Vec<Option<Value>> =
        system.parents(&concept.code).into_iter().map(|it| code("parent", it)).collect();
    all.extend(system.children(&concept.code).into_iter().map(|it| code("child", it)));
    for (name, holds) in [("inactive", concept.is_inactive), ("abstract", concept.is_abstract)] {
        let parts =
            json!([{"name": "code", "valueCode": name}, {"name": "value", "valueBoolean": holds}]);
        all.push(holds.then(|| json!({"name": "property", "part": parts})));
    }
    for own in &concept.properties {
        let Some(name) = text(own, "code") else { continue };
        if matches!(name, "parent" | "child" | "inactive" | "abstract" | "notSelectable") {
            continue;
        }
        let value = own.as_object().into_iter().flatten().find(|(it, _)| it.starts_with("value"));
        if let Some((kind, value)) = value {
            let parts =
                json!([{"name": "code", "valueCode": name}, {"name": "value", kind: value}]);
            all.push(Some(json!({"name": "property", "part": parts})));
        }
    }
    all
}

/// Source: <https://hl7.org/fhir/R4/codesystem-operation-subsumes.html>.
pub(super) fn subsumes(terminology: &Terminology, arguments: &Arguments) -> Result<Value, Problem> {
    arguments.check(&["codeA", "codeB", "system", "version"])?;
    let system = system_of(terminology, arguments)?;
    let code = |name| arguments.text(name).ok_or(Problem::Missing(name));
    let (first, second) = (code("codeA")?, code("codeB")?);
    let known = |code: &String| system.ancestors(code).ok_or_else(|| no_code(&system, code));
    let (above_first, above_second) = (known(&first)?, known(&second)?);
    let place = |code: &str| system.place(code);
    let is_above = |above: &[&str], code: &str| above.iter().any(|it| place(it) == place(code));
    let outcome = if place(&first) == place(&second) {
        "equivalent"
    } else if is_above(&above_second, &first) {
        "subsumes"
    } else if is_above(&above_first, &second) {
        "subsumed-by"
    } else {
        "not-subsumed"
    };
    Ok(parameters([parameter("outcome", "valueCode", Some(outcome))]))
}

/// The system of the instance, or the one that is named.
pub(super) fn system_of(
    terminology: &Terminology,
    arguments: &Arguments,
) -> Result<Arc<CodeSystem>, Problem> {
    if let Some(own) = &arguments.instance {
        return Ok(Arc::new(CodeSystem::of(own)));
    }
    let url = arguments.text("url").or_else(|| arguments.text("system"));
    let url = url.ok_or(Problem::Missing("system"))?;
    terminology.code_system(&canonical(&url, arguments.text("version").as_deref()))
}

/// A code that is not there, or of which nobody here can say.
pub(super) fn no_code(system: &CodeSystem, code: &str) -> Problem {
    let system = system.url.clone();
    Problem::NoCode { system, code: code.chars().take(64).collect() }
}
