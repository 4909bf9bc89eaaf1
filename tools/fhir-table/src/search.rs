//! The search parameters, their expressions turned into paths, and the compartments.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::{items, text};

const HEADER: &str = "\
# resource type <tab> search parameter <tab> kind <tab> paths below the type <tab> target types, * for every type <tab> parts of a composite
# a path: a.b, a:T for the choice a[x] as T, a[m=v] for items whose member m is v, a[0] for the first item, a>T for references to T,
# . for the element itself, /a from the resource again. A part: parameter=paths from the base, parts separated by ;
";

/// From this many target types on, a reference points to anything.
const TARGETS_MAX: usize = 100;

/// What is said of one parameter of one type.
#[derive(Default)]
struct Row<'a> {
    kind: &'a str,
    paths: BTreeSet<String>,
    targets: BTreeSet<&'a str>,
    components: String,
}

/// Writes one row for each type and parameter. Nothing is left out: an
/// expression that is no path is an error.
pub(crate) fn table(parameters: &[Value]) -> Result<String> {
    let codes: BTreeMap<&str, &str> =
        parameters.iter().map(|each| (text(each, "url"), text(each, "code"))).collect();
    let mut rows: BTreeMap<(&str, &str), Row<'_>> = BTreeMap::new();
    for parameter in parameters {
        let bases: Vec<&str> = items(parameter, "base").filter_map(Value::as_str).collect();
        for of in bases {
            let row = rows.entry((of, text(parameter, "code"))).or_default();
            fill(row, of, parameter, &codes)?;
        }
    }
    let mut out = String::from(HEADER);
    for ((of, code), row) in rows {
        let Row { kind, paths, targets, components } = row;
        let paths: Vec<String> = paths.into_iter().collect();
        let targets = match targets.len() {
            TARGETS_MAX.. => "*".to_owned(),
            _ => targets.into_iter().collect::<Vec<_>>().join(" "),
        };
        let line = format!("{of}\t{code}\t{kind}\t{}\t{targets}\t{components}", paths.join(" "));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    Ok(out)
}

fn fill<'a>(
    row: &mut Row<'a>,
    of: &str,
    parameter: &'a Value,
    codes: &BTreeMap<&str, &'a str>,
) -> Result<()> {
    let expression = text(parameter, "expression");
    row.kind = match (text(parameter, "type"), expression) {
        (_, "") => "special",
        (_, DECEASED) => "truth",
        (kind, _) => kind,
    };
    row.targets.extend(items(parameter, "target").filter_map(Value::as_str));
    let expression = if expression == DECEASED { "Patient.deceased" } else { expression };
    let alternatives: Vec<&str> = expression.split('|').map(str::trim).collect();
    for alternative in alternatives.into_iter().filter(|each| !each.is_empty()) {
        match path(alternative) {
            Some((on, path)) if on.is_empty() || on == of => {
                row.paths.insert(path);
            }
            Some(_) => {}
            None => bail!("{of} {}: {alternative} is no path", text(parameter, "code")),
        }
    }
    row.components = components(parameter, codes)?;
    Ok(())
}

const DECEASED: &str = "Patient.deceased.exists() and Patient.deceased != false";

/// `(Observation.value as Quantity)` as `Observation` and `value:Quantity`; without a type
/// when the expression names none, and `.` for the resource itself.
fn path(expression: &str) -> Option<(&str, String)> {
    let plain = plain(expression)?;
    let bare = expression.trim_start_matches('(');
    let of = bare.split(['.', ' ']).next()?;
    if !of.starts_with(|c: char| c.is_ascii_uppercase()) {
        return Some(("", plain));
    }
    if bare == of {
        return Some((of, ".".into()));
    }
    Some((of, plain.strip_prefix(of)?.strip_prefix('.')?.to_owned()))
}

/// The expression in the notation of the table.
fn plain(expression: &str) -> Option<String> {
    // `(a as T).b` and `(a as T)`.
    let inner = expression.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let plain = match inner {
        Some((choice, rest)) => {
            let (path, kind) = choice.split_once(" as ")?;
            format!("{path}:{kind}{rest}")
        }
        None => expression
            .replace(".where(resolve() is ", ">")
            .replace(".where(", "[")
            .replace(".as(", ":")
            .replace("').", "'].")
            .replace("')", "']")
            .replace(['\'', ')'], ""),
    };
    let known = |c: char| c.is_ascii_alphanumeric() || ".:>[]=-".contains(c);
    plain.chars().all(known).then_some(plain)
}

/// `code=code;value-quantity=value:Quantity`.
fn components(parameter: &Value, codes: &BTreeMap<&str, &str>) -> Result<String> {
    let mut parts = Vec::new();
    for component in items(parameter, "component") {
        let Some(code) = codes.get(text(component, "definition")) else {
            bail!("{} has an unknown part", text(parameter, "code"));
        };
        let expression = part_expression(code, text(component, "expression"));
        let paths = expression.split('|').map(str::trim).map(|alternative| {
            match alternative.strip_prefix("%resource.") {
                Some(path) => format!("/{path}"),
                None => plain(alternative).unwrap_or_default(),
            }
        });
        parts.push(format!("{code}={}", paths.collect::<Vec<_>>().join(" ")));
    }
    Ok(parts.join(";"))
}

/// One erratum of 4.0.1 put right: the parts of DocumentReference's `relationship` have each
/// other's expression.
fn part_expression<'a>(code: &str, expression: &'a str) -> &'a str {
    match (code, expression) {
        ("relatesto", "code") => "target",
        ("relation", "target") => "code",
        _ => expression,
    }
}

const COMPARTMENTS: &str = "# compartment <tab> resource type <tab> parameters by which a resource of the type lies in it\n";

/// Writes, for each compartment, the types that can lie in it and by which parameters.
pub(crate) fn compartments(definitions: &[Value]) -> String {
    let mut out = String::from(COMPARTMENTS);
    let is_one = |each: &&Value| text(each, "resourceType") == "CompartmentDefinition";
    let mut all: Vec<&Value> = definitions.iter().filter(is_one).collect();
    all.sort_by_key(|each| text(each, "code"));
    for compartment in all {
        for resource in items(compartment, "resource") {
            let by = items(resource, "param").filter_map(Value::as_str);
            // The standard's word for the owner of the compartment itself.
            let by: Vec<&str> = by.map(|by| if by == "{def}" { "_id" } else { by }).collect();
            if !by.is_empty() {
                let (of, code) = (text(compartment, "code"), text(resource, "code"));
                let _ = writeln!(out, "{of}\t{code}\t{}", by.join(" "));
            }
        }
    }
    out
}

/// Writes the official expressions as FHIR has them, by type and parameter: what the paths are
/// tested against.
pub(crate) fn expressions(parameters: &[Value]) -> String {
    let mut out = String::from("# search parameter <tab> types <tab> FHIRPath expression\n");
    let mut rows = BTreeSet::new();
    for parameter in parameters {
        let bases: Vec<&str> = items(parameter, "base").filter_map(Value::as_str).collect();
        let expression = text(parameter, "expression");
        if !expression.is_empty() {
            let code = text(parameter, "code");
            rows.insert(format!("{code}\t{}\t{expression}", bases.join(" ")));
        }
    }
    for row in rows {
        let _ = writeln!(out, "{row}");
    }
    out
}
