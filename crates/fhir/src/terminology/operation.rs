//! The terminology operations of R4: from their parameters to the resource that answers.
//!
//! [`call`] knows `$lookup`, `$validate-code`, `$subsumes`, `$expand` and `$translate`. Their
//! parameters come as names with texts, from an address, or in a `Parameters` resource; what an
//! operation does not know is refused by name, since a filter that is passed over gives a wrong
//! answer.
//!
//! Source: <https://hl7.org/fhir/R4/terminology-service.html> and the definitions of each.

mod expand;
mod lookup;
mod translate;
mod validate_code;

use serde_json::{Value, json};

use super::{Kind, Problem, Terminology, text};

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Lookup,
    ValidateCode,
    Subsumes,
    Expand,
    Translate,
}

/// What an operation is called with.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    named: Vec<(String, Argument)>,
    /// The resource on which it is called, if on one.
    pub instance: Option<Value>,
}

#[derive(Clone, Debug)]
enum Argument {
    Text(String),
    /// A parameter of a `Parameters` resource.
    Parameter(Value),
}

/// A code as somebody sent it.
#[derive(Clone, Debug, Default)]
struct Asked {
    system: Option<String>,
    version: Option<String>,
    code: String,
    display: Option<String>,
}

impl Operation {
    /// The operation of this name, without its `$`, if it can be called on this type of resource.
    pub fn named(name: &str, on: Kind) -> Option<Self> {
        match (name, on) {
            ("lookup", Kind::CodeSystem) => Some(Self::Lookup),
            ("subsumes", Kind::CodeSystem) => Some(Self::Subsumes),
            ("validate-code", Kind::CodeSystem | Kind::ValueSet) => Some(Self::ValidateCode),
            ("expand", Kind::ValueSet) => Some(Self::Expand),
            ("translate", Kind::ConceptMap) => Some(Self::Translate),
            _ => None,
        }
    }
}

impl Arguments {
    /// Takes the parameters of an address and those of a `Parameters` resource.
    pub fn new(pairs: &[(String, String)], parameters: Option<&Value>) -> Self {
        let pairs =
            pairs.iter().filter(|(name, _)| !matches!(name.as_str(), "_format" | "_pretty"));
        let mut named: Vec<_> =
            pairs.map(|(name, value)| (name.clone(), Argument::Text(value.clone()))).collect();
        for each in parameters.into_iter().flat_map(|it| super::items(it, "parameter")) {
            if let Some(name) = text(each, "name") {
                named.push((name.to_owned(), Argument::Parameter(each.clone())));
            }
        }
        Self { named, instance: None }
    }

    /// Refuses what an operation does not know.
    fn check(&self, known: &[&str]) -> Result<(), Problem> {
        match self.named.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().take(64).collect();
                Err(Problem::Wrong(format!(
                    "there is no parameter {name} here; use {}",
                    known.join(", ")
                )))
            }
        }
    }

    fn get(&self, name: &str) -> Option<&Argument> {
        self.named.iter().find(|(own, _)| own == name).map(|(_, argument)| argument)
    }

    fn text(&self, name: &str) -> Option<String> {
        match self.get(name)? {
            Argument::Text(text) => Some(text.clone()),
            Argument::Parameter(parameter) => match value_of(parameter)? {
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            },
        }
        .filter(|text| !text.is_empty())
    }

    fn truth(&self, name: &'static str) -> Result<bool, Problem> {
        match self.text(name).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Problem::Wrong(format!("{name} is neither true nor false"))),
        }
    }

    fn number(&self, name: &'static str) -> Result<Option<usize>, Problem> {
        let wrong = |_| Problem::Wrong(format!("{name} is no whole number from 0"));
        self.text(name).map(|text| text.parse().map_err(wrong)).transpose()
    }

    /// A resource that was sent as a parameter.
    fn resource(&self, name: &str) -> Option<&Value> {
        match self.get(name)? {
            Argument::Parameter(parameter) => parameter.get("resource"),
            Argument::Text(_) => None,
        }
    }

    /// The codes asked about: `code` with `system`, `coding` (in an address `system|code`), or
    /// all of a `codeableConcept`.
    fn codes(&self) -> Result<Vec<Asked>, Problem> {
        if let Some(code) = self.text("code") {
            let (system, version) = (self.text("system"), self.text("version"));
            return Ok(vec![Asked { system, version, code, display: self.text("display") }]);
        }
        match self.get("coding") {
            Some(Argument::Text(text)) => {
                let (system, code) = text.split_once('|').unwrap_or(("", text));
                let system = Some(system.to_owned()).filter(|it| !it.is_empty());
                return Ok(vec![Asked { system, code: code.to_owned(), ..Asked::default() }]);
            }
            Some(Argument::Parameter(parameter)) => {
                return Ok(value_of(parameter).and_then(asked).into_iter().collect());
            }
            None => {}
        }
        let concept = match self.get("codeableConcept") {
            Some(Argument::Parameter(parameter)) => value_of(parameter),
            _ => None,
        };
        let Some(concept) = concept else { return Err(Problem::Missing("code, with its system,")) };
        Ok(super::items(concept, "coding").filter_map(asked).collect())
    }
}

/// Answers an operation on a type of resource.
///
/// # Errors
///
/// A parameter that is missing, wrong or unknown, or something that is not known here.
pub fn call(
    terminology: &Terminology,
    operation: Operation,
    on: Kind,
    arguments: &Arguments,
) -> Result<Value, Problem> {
    match (operation, on) {
        (Operation::Lookup, _) => lookup::lookup(terminology, arguments),
        (Operation::Subsumes, _) => lookup::subsumes(terminology, arguments),
        (Operation::ValidateCode, Kind::CodeSystem) => {
            validate_code::in_system(terminology, arguments)
        }
        (Operation::ValidateCode, _) => validate_code::in_set(terminology, arguments),
        (Operation::Expand, _) => expand::expand(terminology, arguments),
        (Operation::Translate, _) => translate::translate(terminology, arguments),
    }
}

fn asked(coding: &Value) -> Option<Asked> {
    let owned = |name| text(coding, name).map(str::to_owned);
    let (system, version, display) = (owned("system"), owned("version"), owned("display"));
    Some(Asked { system, version, code: owned("code")?, display })
}

/// The value of a parameter, whatever its type.
fn value_of(parameter: &Value) -> Option<&Value> {
    parameter
        .as_object()?
        .iter()
        .find(|(name, _)| name.starts_with("value"))
        .map(|(_, value)| value)
}

/// A parameter of an answer; none when it has nothing to say.
fn parameter(name: &str, kind: &str, value: Option<impl Into<Value>>) -> Option<Value> {
    Some(json!({"name": name, kind: value?.into()}))
}

fn parameters(all: impl IntoIterator<Item = Option<Value>>) -> Value {
    let all: Vec<Value> = all.into_iter().flatten().collect();
    json!({"resourceType": "Parameters", "parameter": all})
}

/// `url` or `url|version`.
fn canonical(url: &str, version: Option<&str>) -> String {
    match version {
        Some(version) if !url.contains('|') => format!("{url}|{version}"),
        _ => url.to_owned(),
    }
}
