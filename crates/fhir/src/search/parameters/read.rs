//! Reads the rows of the table and resolves their paths against the elements of R4.

use std::collections::BTreeMap;

use super::{Component, Parameter, ParameterKind, Path, Step};
use crate::table::{self, Child, Element};

/// Every parameter by type, sorted by name.
pub(super) fn table(text: &'static str) -> BTreeMap<&'static str, Vec<Parameter>> {
    let mut table: BTreeMap<&'static str, Vec<Parameter>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let (Some(of), Some(name), Some(kind)) = (columns.next(), columns.next(), columns.next())
        else {
            continue;
        };
        let Some(kind) = kind_of(kind) else { continue };
        let mut column = || columns.next().unwrap_or_default();
        let (paths, declared, parts) = (column(), column(), column());
        let found: Vec<Found> = paths.split_whitespace().map(|path| path_from(of, path)).collect();
        let targets = match kind {
            ParameterKind::Reference => targets(declared, &found),
            _ => Vec::new(),
        };
        let components = match kind {
            ParameterKind::Composite => components(&found, parts),
            _ => Vec::new(),
        };
        table.entry(of).or_default().push(Parameter {
            name,
            kind,
            targets,
            components,
            parts: Vec::new(),
            paths: found.into_iter().map(|found| found.path).collect(),
            shared: None,
        });
    }
    for parameters in table.values_mut() {
        parameters.sort_by_key(|each| each.name);
        name_component_kinds(parameters);
    }
    table
}

fn kind_of(name: &str) -> Option<ParameterKind> {
    Some(match name {
        "token" => ParameterKind::Token,
        "string" => ParameterKind::Text,
        "reference" => ParameterKind::Reference,
        "date" => ParameterKind::Date,
        "uri" => ParameterKind::Uri,
        "quantity" => ParameterKind::Quantity,
        "number" => ParameterKind::Number,
        "truth" => ParameterKind::Truth,
        "composite" => ParameterKind::Composite,
        "special" => ParameterKind::Special,
        _ => return None,
    })
}

/// A path, and where it ends.
struct Found {
    path: Path,
    /// The types that a reference there may point to.
    targets: Vec<&'static str>,
}

/// `a.b`, `a:T`, `a[m=v]`, `a[0]`, `a>T`; `.` for the element itself.
fn path_from(of: &'static str, text: &'static str) -> Found {
    let (text, target) = text.split_once('>').map_or((text, None), |(a, b)| (a, Some(b)));
    let mut inside = of;
    let mut targets = Vec::new();
    let mut codes = None;
    let mut steps = Vec::new();
    let names = text.split('.').filter(|name| !name.is_empty());
    for name in names {
        let (step, kinds) = step(inside, name);
        steps.push(step);
        inside = match kinds.as_slice() {
            [kind] => kind.inside,
            _ => "Element",
        };
        targets = kinds.iter().flat_map(|kind| kind.targets.iter().copied()).collect();
        codes = match kinds.as_slice() {
            [kind] if kind.type_name == "code" => {
                kind.element.required_codes.and_then(table::code_set)
            }
            _ => None,
        };
    }
    let targets = target.map_or(targets, |target| vec![target]);
    let path = Path { steps, target, from_resource: false, codes, ends_in: inside };
    Found { path, targets }
}

fn step(inside: &'static str, text: &'static str) -> (Step, Vec<Child>) {
    let (name, only) = text.trim_end_matches(']').split_once('[').unwrap_or((text, ""));
    let (name, choice) = name.split_once(':').map_or((name, None), |(a, b)| (a, Some(b)));
    let first = only == "0";
    let only = only.split_once('=');
    let element = table::children(inside).iter().find(|each| each.choice() == Some(name));
    let (members, kinds) = match element {
        Some(element) => choice_members(inside, element, choice),
        None => (vec![name], table::child(inside, name).into_iter().collect()),
    };
    (Step { members, only, first }, kinds)
}

/// `valueQuantity` for the choice of one type; the members of all types when none is named.
fn choice_members(
    inside: &str,
    element: &'static Element,
    choice: Option<&str>,
) -> (Vec<&'static str>, Vec<Child>) {
    let stem = element.choice().unwrap_or_default();
    table::member_names(inside)
        .filter_map(|member| Some((member, member.strip_prefix(stem)?)))
        .filter(|(_, kind)| choice.is_none_or(|choice| choice.eq_ignore_ascii_case(kind)))
        .filter_map(|(member, _)| Some((member, table::child(inside, member)?)))
        .filter(|(_, child)| std::ptr::eq(child.element, element))
        .unzip()
}

/// Those that the parameter declares and the elements allow; empty for all.
fn targets(declared: &'static str, found: &[Found]) -> Vec<&'static str> {
    let mut targets: Vec<&'static str> = declared.split_whitespace().collect();
    let open = found.iter().any(|path| path.targets.is_empty());
    if !open {
        let allowed = || found.iter().flat_map(|path| path.targets.iter().copied());
        let narrowed: Vec<&'static str> = match targets.as_slice() {
            [] | ["*"] => allowed().collect(),
            _ => targets.iter().copied().filter(|name| allowed().any(|a| a == *name)).collect(),
        };
        if !narrowed.is_empty() {
            targets = narrowed;
        }
    }
    targets.retain(|name| table::is_resource_type(name));
    targets.sort_unstable();
    targets.dedup();
    targets
}

/// `code=code;value-quantity=value:Quantity value:SampledData`; a path that begins with `/`
/// starts at the resource.
fn components(bases: &[Found], text: &'static str) -> Vec<Component> {
    let read = |part: &'static str| {
        let (name, paths) = part.split_once('=')?;
        let paths = paths.split_whitespace().filter_map(|path| {
            let from_resource = path.strip_prefix('/');
            let of = |base: &Found| {
                let inside = if from_resource.is_some() {
                    root(base.path.ends_in)
                } else {
                    base.path.ends_in
                };
                let found = path_from(inside, from_resource.unwrap_or(path));
                Path { from_resource: from_resource.is_some(), ..found.path }
            };
            // Several bases (`Observation` and its components) have the same members.
            bases.first().map(of)
        });
        Some(Component { name, kind: ParameterKind::Special, paths: paths.collect() })
    };
    text.split(';').filter_map(read).collect()
}

fn root(path: &'static str) -> &'static str {
    path.split('.').next().unwrap_or(path)
}

fn name_component_kinds(parameters: &mut [Parameter]) {
    let kinds: BTreeMap<&str, ParameterKind> =
        parameters.iter().map(|each| (each.name, each.kind)).collect();
    for component in parameters.iter_mut().flat_map(|each| &mut each.components) {
        if let Some(kind) = kinds.get(component.name) {
            component.kind = *kind;
        }
    }
}
