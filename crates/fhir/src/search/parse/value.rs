//! Values and modifiers of one parameter.

mod reference;

use super::super::parameters::ParameterKind;
use super::super::query::{Condition, Named, SystemTest, Test, TextTest, TokenTest, UriTest};
use super::super::{normalise_text, words};
use super::codes::Code;
use super::condition::{alternatives, known};
use super::error::{SearchError, modifier, unsupported, wrong_value};
use super::{Reader, any, number, period, split};

/// One parameter, its modifier and the value of a URL (alternatives separated by commas).
pub(super) fn condition(
    reader: &Reader<'_>,
    of: Named,
    with: Option<&str>,
    text: &str,
) -> Result<Condition, SearchError> {
    let name = of.parameter.name;
    let allowed = modifiers(of.parameter.kind);
    let typed = with.is_some_and(|with| super::condition::resource_type(with).is_some());
    let fits = |with: &str| {
        allowed.split(' ').any(|one| one == with)
            || (typed && of.parameter.kind == ParameterKind::Reference)
    };
    if let Some(with) = with.filter(|with| !fits(with)) {
        return Err(modifier(name, with, allowed));
    }
    match with {
        Some("missing") => return missing(reader, of, text),
        Some("in" | "not-in") => {
            let codes = members(reader, name, text)?;
            let found = one_of(reader, of, codes)?;
            return Ok(negated(with == Some("not-in"), found));
        }
        _ => {}
    }
    let mut found = Vec::new();
    for value in split::parts(text, ',').into_iter().filter(|value| !value.is_empty()) {
        found.push(one(reader, of, with, value)?);
    }
    Ok(negated(with == Some("not"), any(found)))
}

/// What each kind allows, of what R4 lists.
fn modifiers(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::Token => "missing text not above below in not-in of-type",
        ParameterKind::Truth => "missing not",
        ParameterKind::Text => "missing exact contains",
        ParameterKind::Reference => "missing identifier below above",
        ParameterKind::Uri => "missing below above",
        ParameterKind::Date | ParameterKind::Number | ParameterKind::Quantity => "missing",
        ParameterKind::Composite | ParameterKind::Special => "",
    }
}

pub(super) fn negated(negate: bool, condition: Condition) -> Condition {
    if negate { Condition::Not(Box::new(condition)) } else { condition }
}

fn missing(reader: &Reader<'_>, of: Named, text: &str) -> Result<Condition, SearchError> {
    let present = presence(reader, of)?;
    match text {
        "true" => Ok(negated(true, present)),
        "false" => Ok(present),
        _ => {
            let reason = format!("has the modifier :missing and the value {text}");
            Err(wrong_value(of.parameter.name, reason, "write true or false"))
        }
    }
}

pub(super) fn presence(reader: &Reader<'_>, of: Named) -> Result<Condition, SearchError> {
    let of = alternatives(of);
    reader.spend("missing", of.len())?;
    Ok(any(of.into_iter().map(Condition::Present).collect()))
}

/// One of the alternatives.
fn one(
    reader: &Reader<'_>,
    of: Named,
    with: Option<&str>,
    value: &str,
) -> Result<Condition, SearchError> {
    let name = of.parameter.name;
    match (of.parameter.kind, with) {
        (ParameterKind::Token, Some(with @ ("above" | "below"))) => {
            let (system, code) = system_and_code(name, value)?;
            let codes = match with {
                "above" => reader.setting.codes.ancestors(&system, &code),
                _ => reader.setting.codes.descendants(&system, &code),
            };
            one_of(reader, of, known(name, value, codes)?)
        }
        (ParameterKind::Text, None) => beginning(reader, of, value),
        _ => {
            let tests = tests(reader, of, with, value)?;
            passes(reader, of, &tests)
        }
    }
}

/// Any of the tests by any of the parameters that have the values.
pub(super) fn passes(
    reader: &Reader<'_>,
    of: Named,
    tests: &[Test],
) -> Result<Condition, SearchError> {
    let by = alternatives(of);
    reader.spend(of.parameter.name, by.len() * tests.len())?;
    let each = by
        .iter()
        .flat_map(|of| tests.iter().map(|test| Condition::Value { of: *of, test: test.clone() }));
    Ok(any(each.collect()))
}

/// The tests, of which one must pass, for a value with or without a modifier of its kind.
pub(super) fn tests(
    reader: &Reader<'_>,
    of: Named,
    with: Option<&str>,
    value: &str,
) -> Result<Vec<Test>, SearchError> {
    let name = of.parameter.name;
    let test = match of.parameter.kind {
        ParameterKind::Token | ParameterKind::Truth => match with {
            Some("text") => Test::TokenText(normalise_text(&split::unescaped(value))),
            Some("of-type") => of_type(name, value)?,
            _ => Test::Token(token(of, value)?),
        },
        ParameterKind::Text => Test::Text(text(name, with, value)?),
        ParameterKind::Date => Test::Date(period::date_test(name, value, reader.setting.now)?),
        ParameterKind::Number => Test::Number(number::number(name, value)?),
        ParameterKind::Quantity => number::quantity(name, value)?,
        ParameterKind::Uri => {
            let plain = split::unescaped(value);
            Test::Uri(match with {
                Some("below") => UriTest::Below(plain),
                Some("above") => UriTest::Above(plain),
                _ => UriTest::Is(plain),
            })
        }
        ParameterKind::Reference => return reference::tests(reader, of, with, value),
        ParameterKind::Composite => return composite(reader, of, value),
        ParameterKind::Special => return Err(unsupported(name, "is not supported")),
    };
    Ok(vec![test])
}

fn text(name: &str, with: Option<&str>, value: &str) -> Result<TextTest, SearchError> {
    let plain = split::unescaped(value);
    if with == Some("exact") {
        return Ok(TextTest::Exact(plain));
    }
    let folded = normalise_text(&plain);
    if folded.is_empty() {
        let reason = format!("has no letter or digit to search for: {value}");
        return Err(wrong_value(name, reason, "write a letter or digit, or use :exact"));
    }
    Ok(if with == Some("contains") { TextTest::Contains(folded) } else { TextTest::Begins(folded) })
}

/// A text begins so. Of names and addresses, whose parts are values of their own, each word may
/// also begin a part of its own: `name=Amina Ali`.
fn beginning(reader: &Reader<'_>, of: Named, value: &str) -> Result<Condition, SearchError> {
    let tests = tests(reader, of, None, value)?;
    let whole = passes(reader, of, &tests)?;
    let words = words(&split::unescaped(value));
    if words.len() < 2 || !of.parameter.is_all(&["HumanName", "Address"]) {
        return Ok(whole);
    }
    let each =
        words.into_iter().map(|word| passes(reader, of, &[Test::Text(TextTest::Begins(word))]));
    let each: Result<Vec<Condition>, SearchError> = each.collect();
    Ok(Condition::Any(vec![whole, Condition::All(each?)]))
}

/// `code`, `system|code`, `|code` or `system|`.
pub(super) fn token(of: Named, value: &str) -> Result<TokenTest, SearchError> {
    let name = of.parameter.name;
    let parts: Vec<String> = split::parts(value, '|').into_iter().map(split::unescaped).collect();
    // The system of an element of type code is never written in a resource.
    let is_code = of.parameter.is_all(&["code"]);
    let no_system = if is_code { SystemTest::Any } else { SystemTest::None };
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (system, code) = match parts.as_slice() {
        [code] => (SystemTest::Any, *code),
        ["", code] if !code.is_empty() => (no_system, *code),
        [system, code] if !system.is_empty() => (SystemTest::Is((*system).to_owned()), *code),
        _ => {
            let reason = format!("has a value that is no token: {value}");
            return Err(wrong_value(name, reason, "write code, system|code, |code or system|"));
        }
    };
    let code = Some(code.to_owned()).filter(|code| !code.is_empty());
    Ok(TokenTest { system, code })
}

fn of_type(name: &str, value: &str) -> Result<Test, SearchError> {
    let parts: Vec<String> = split::parts(value, '|').into_iter().map(split::unescaped).collect();
    match parts.as_slice() {
        [system, code, value] if !code.is_empty() && !value.is_empty() => Ok(Test::OfType {
            system: Some(system.clone()).filter(|system| !system.is_empty()),
            code: code.clone(),
            value: value.clone(),
        }),
        _ => {
            let reason = format!("has a value that is no identifier with its type: {value}");
            Err(wrong_value(name, reason, "write system|code|value"))
        }
    }
}

fn system_and_code(name: &str, value: &str) -> Result<(String, String), SearchError> {
    match split::parts(value, '|').as_slice() {
        [system, code] if !system.is_empty() && !code.is_empty() => {
            Ok((split::unescaped(system), split::unescaped(code)))
        }
        _ => {
            let reason = format!("needs a code with its system, not {value}");
            Err(wrong_value(name, reason, "write system|code"))
        }
    }
}

/// The codes of a value set, by its URL or as `ValueSet/id` of this server.
pub(super) fn members(
    reader: &Reader<'_>,
    name: &str,
    value: &str,
) -> Result<Vec<Code>, SearchError> {
    known(name, value, reader.setting.codes.members(&split::unescaped(value)))
}

/// Any of the codes.
pub(super) fn one_of(
    reader: &Reader<'_>,
    of: Named,
    codes: Vec<Code>,
) -> Result<Condition, SearchError> {
    let tests = codes.into_iter().map(|(system, code)| {
        let system = system.map_or(SystemTest::Any, SystemTest::Is);
        Test::Token(TokenTest { system, code: Some(code) })
    });
    passes(reader, of, &tests.collect::<Vec<_>>())
}

/// `a$b`: one test for each part, and where a part has alternatives every combination.
fn composite(reader: &Reader<'_>, of: Named, value: &str) -> Result<Vec<Test>, SearchError> {
    let name = of.parameter.name;
    let parts = split::parts(value, '$');
    let components = &of.parameter.components;
    if parts.len() != components.len() {
        let reason = format!("has {} parts instead of {}", parts.len(), components.len());
        return Err(wrong_value(name, reason, "write one value for each part, with $ between"));
    }
    let mut combinations = vec![Vec::new()];
    for (component, part) in components.iter().zip(parts) {
        let Some(named) = super::condition::named(of.resource_type, component.name) else {
            return Err(unsupported(name, format!("has the unknown part {}", component.name)));
        };
        let tests = tests(reader, named, None, part)?;
        reader.spend(name, combinations.len() * tests.len())?;
        let longer = combinations.iter().flat_map(|so_far: &Vec<Test>| {
            tests.iter().map(|test| so_far.iter().chain([test]).cloned().collect())
        });
        combinations = longer.collect();
    }
    Ok(combinations.into_iter().map(Test::Composite).collect())
}
