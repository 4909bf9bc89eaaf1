//! `$validate-code` of a code system and of a value set.
//!
//! Sources: <https://hl7.org/fhir/R4/codesystem-operation-validate-code.html> and
//! <https://hl7.org/fhir/R4/valueset-operation-validate-code.html>.

use std::sync::Arc;

use serde_json::Value;

use super::lookup::system_of;
use super::{Arguments, Asked, canonical, parameter, parameters};
use crate::terminology::{Problem, Terminology, ValueSet};

/// What is said of one code.
struct Verdict {
    is_valid: bool,
    message: Option<String>,
    display: Option<String>,
}

pub(super) fn in_system(
    terminology: &Terminology,
    arguments: &Arguments,
) -> Result<Value, Problem> {
    arguments.check(&[
        "url",
        "codeSystem",
        "code",
        "version",
        "display",
        "coding",
        "codeableConcept",
        "system",
        "date",
        "abstract",
        "displayLanguage",
    ])?;
    let codes = arguments.codes()?;
    first_valid(codes, |asked| {
        let system = match (&asked.system, &arguments.instance, arguments.text("url")) {
            (Some(system), None, None) => {
                terminology.code_system(&canonical(system, asked.version.as_deref()))?
            }
            _ => system_of(terminology, arguments)?,
        };
        let elsewhere = asked.system.as_ref().filter(|own| **own != system.url);
        if let Some(own) = elsewhere {
            let message = format!("the code is of {own}, not of {}", system.url);
            return Ok(Verdict { is_valid: false, message: Some(message), display: None });
        }
        match system.concept(&asked.code) {
            Some(concept) => Ok(held_against(asked, concept.display.clone())),
            None if system.is_complete => Ok(Verdict {
                is_valid: false,
                message: Some(format!("{} has no code {}", system.url, short(&asked.code))),
                display: None,
            }),
            None => Err(Problem::Undecided(format!(
                "only a part of the code system {} is here, so nobody can say whether it has {}; \
                 store the whole of it on this server",
                system.url,
                short(&asked.code)
            ))),
        }
    })
}

pub(super) fn in_set(terminology: &Terminology, arguments: &Arguments) -> Result<Value, Problem> {
    arguments.check(&[
        "url",
        "context",
        "valueSet",
        "valueSetVersion",
        "code",
        "system",
        "systemVersion",
        "version",
        "display",
        "coding",
        "codeableConcept",
        "date",
        "abstract",
        "displayLanguage",
        "inferSystem",
    ])?;
    let set = set_of(terminology, arguments)?;
    let codes = arguments.codes()?;
    first_valid(codes, |asked| {
        let system = match &asked.system {
            Some(system) => system.clone(),
            None => match inferred(terminology, &set, &asked.code)? {
                Some(system) => system,
                None => return Ok(not_in(&set, asked)),
            },
        };
        if !terminology.contains(&set, &system, &asked.code)? {
            return Ok(not_in(&set, asked));
        }
        let known = terminology.code_system(&system).ok();
        let display = known.as_ref().and_then(|it| it.concept(&asked.code)?.display.clone());
        Ok(held_against(asked, display))
    })
}

/// The value set of the instance, the one that was sent, or the one that is named.
pub(super) fn set_of(
    terminology: &Terminology,
    arguments: &Arguments,
) -> Result<Arc<ValueSet>, Problem> {
    let sent = arguments.instance.as_ref().or_else(|| arguments.resource("valueSet"));
    if let Some(sent) = sent {
        return Ok(Arc::new(ValueSet::of(sent)));
    }
    let url = arguments.text("url").ok_or(Problem::Missing("url"))?;
    terminology.value_set(&canonical(&url, arguments.text("valueSetVersion").as_deref()))
}

/// The one system of which the value set has the code.
fn inferred(
    terminology: &Terminology,
    set: &ValueSet,
    code: &str,
) -> Result<Option<String>, Problem> {
    let members = terminology.members(set)?;
    let mut systems: Vec<String> =
        members.into_iter().filter(|it| it.code == code).map(|it| it.system).collect();
    systems.dedup();
    match systems.len() {
        0 | 1 => Ok(systems.pop()),
        _ => Err(Problem::Missing("system; the value set has the code of several, so it")),
    }
}

/// R4: a concept is valid if one of its codings is.
fn first_valid(
    codes: Vec<Asked>,
    judge: impl Fn(&Asked) -> Result<Verdict, Problem>,
) -> Result<Value, Problem> {
    let (mut last, mut undecided) = (None, None);
    for asked in &codes {
        match judge(asked) {
            Ok(verdict) if verdict.is_valid => return Ok(answer(verdict)),
            Ok(verdict) => last = Some(verdict),
            Err(problem) => undecided = Some(problem),
        }
    }
    match (undecided, last) {
        (Some(problem), _) => Err(problem),
        (None, Some(verdict)) => Ok(answer(verdict)),
        (None, None) => Err(Problem::Missing("a coding with a code")),
    }
}

/// R4: a display that is not one of the code's makes it invalid.
fn held_against(asked: &Asked, display: Option<String>) -> Verdict {
    let wrong = match (&asked.display, &display) {
        (Some(asked), Some(own)) => !asked.trim().eq_ignore_ascii_case(own.trim()),
        _ => false,
    };
    let message = wrong.then(|| {
        let own = display.as_deref().unwrap_or_default();
        format!("the display of {} is {own:?}", short(&asked.code))
    });
    Verdict { is_valid: !wrong, message, display }
}

fn not_in(set: &ValueSet, asked: &Asked) -> Verdict {
    let system = asked.system.as_deref().unwrap_or("no system");
    let message = format!("{} of {system} is not in {}", short(&asked.code), set.url);
    Verdict { is_valid: false, message: Some(message), display: None }
}

fn answer(verdict: Verdict) -> Value {
    parameters([
        parameter("result", "valueBoolean", Some(verdict.is_valid)),
        parameter("message", "valueString", verdict.message),
        parameter("display", "valueString", verdict.display),
    ])
}

fn short(code: &str) -> String {
    code.chars().take(64).collect()
}
