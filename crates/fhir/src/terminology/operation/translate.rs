//! `$translate` of a concept map.
//!
//! Source: <https://hl7.org/fhir/R4/conceptmap-operation-translate.html>.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Arguments, canonical, parameter, parameters};
use crate::terminology::{ConceptMap, Match, Problem, Terminology};

/// Every match of the code; `result` is whether one of them means that it is the same.
pub(super) fn translate(
    terminology: &Terminology,
    arguments: &Arguments,
) -> Result<Value, Problem> {
    arguments.check(&[
        "url",
        "conceptMap",
        "conceptMapVersion",
        "code",
        "system",
        "version",
        "source",
        "coding",
        "codeableConcept",
        "target",
        "targetsystem",
        "targetSystem",
        "reverse",
    ])?;
    let is_reverse = arguments.truth("reverse")?;
    let target = arguments.text("targetsystem").or_else(|| arguments.text("targetSystem"));
    let mut found = Vec::new();
    for asked in arguments.codes()? {
        let system = asked.system.ok_or(Problem::Missing("system"))?;
        for map in maps(terminology, arguments, &system)? {
            found.extend(if is_reverse {
                map.translate_back(&system, &asked.code, target.as_deref())
            } else {
                map.translate(&system, &asked.code, target.as_deref())
            });
        }
    }
    let is_same = |it: &Match| !matches!(it.equivalence.as_str(), "unmatched" | "disjoint");
    let result = found.iter().any(is_same);
    let message = found.is_empty().then_some("no map has this code");
    let head = [
        parameter("result", "valueBoolean", Some(result)),
        parameter("message", "valueString", message),
    ];
    Ok(parameters(head.into_iter().chain(found.iter().map(|it| Some(shown(it))))))
}

fn shown(found: &Match) -> Value {
    let mut parts = vec![json!({"name": "equivalence", "valueCode": found.equivalence})];
    if let Some(code) = &found.code {
        let mut coding = json!({"system": found.system, "code": code});
        if let (Some(members), Some(display)) = (coding.as_object_mut(), &found.display) {
            members.insert("display".to_owned(), display.clone().into());
        }
        parts.push(json!({"name": "concept", "valueCoding": coding}));
    }
    if !found.map.is_empty() {
        parts.push(json!({"name": "source", "valueUri": found.map}));
    }
    json!({"name": "match", "part": parts})
}

/// The map of the instance, the one that was sent or is named, or all that fit.
fn maps(
    terminology: &Terminology,
    arguments: &Arguments,
    system: &str,
) -> Result<Vec<Arc<ConceptMap>>, Problem> {
    let sent = arguments.instance.as_ref().or_else(|| arguments.resource("conceptMap"));
    if let Some(sent) = sent {
        return Ok(vec![Arc::new(ConceptMap::of(sent))]);
    }
    if let Some(url) = arguments.text("url") {
        let version = arguments.text("conceptMapVersion");
        return Ok(vec![terminology.concept_map(&canonical(&url, version.as_deref()))?]);
    }
    let fits = |asked: Option<String>, own: &Option<String>| {
        asked.is_none_or(|asked| own.as_deref() == Some(asked.as_str()))
    };
    let mut all = terminology.maps_from(system);
    all.retain(|map| {
        fits(arguments.text("source"), &map.source) && fits(arguments.text("target"), &map.target)
    });
    Ok(all)
}
