//! Reads the element table.

use super::{Element, ElementType, Kind, Place, Table, TypeDefinition};

/// Reads the text that `tools/fhir-table` writes. A line that does not fit is left out; a
/// test counts what must be there.
pub(super) fn table(text: &'static str) -> Table {
    let mut table = Table::default();
    let mut own: Vec<(&'static str, &'static str, Element)> = Vec::new();
    let mut current = "";
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(header) = line.strip_prefix('>') {
            if let Some(definition) = type_definition(header) {
                current = definition.name;
                table.types.insert(current, definition);
            }
        } else if let Some((parent, element)) = element(current, line) {
            own.push((current, parent, element));
        }
    }
    fill(&mut table, own);
    table.types.sort_unstable_keys();
    table.places.sort_unstable_keys();
    for place in table.places.values_mut() {
        place.members.sort_unstable_keys();
    }
    table
}

/// `Age<tab>Quantity<tab>complex`.
fn type_definition(header: &'static str) -> Option<TypeDefinition> {
    let mut columns = header.split('\t');
    let name = columns.next()?;
    let base = columns.next().filter(|base| !base.is_empty());
    let kind = columns.next()?;
    let is_abstract = kind.ends_with('+');
    let kind = match kind.trim_end_matches('+') {
        "primitive" => Kind::Primitive,
        "complex" => Kind::Complex,
        "resource" => Kind::Resource,
        _ => return None,
    };
    Some(TypeDefinition { name, base, kind, is_abstract })
}

/// `contact.name<tab>0..1<tab>HumanName<tab>S`, with the path of the place it stands in.
fn element(of: &'static str, line: &'static str) -> Option<(&'static str, Element)> {
    let mut columns = line.split('\t');
    let below = columns.next()?;
    let (min, max) = columns.next()?.split_once("..")?;
    let types = columns.next().unwrap_or_default();
    let flags = columns.next().unwrap_or_default();
    let required_codes = columns.next().filter(|name| !name.is_empty());
    let path = kept(format!("{of}.{below}"));
    let (parent, name) = path.rsplit_once('.')?;
    let content_reference = types.strip_prefix('#');
    let types =
        if content_reference.is_some() { Vec::new() } else { types.split('|').map(kind).collect() };
    let element = Element {
        path,
        name,
        min: min.parse().ok()?,
        max: max.parse().ok(),
        types,
        content_reference,
        required_codes,
        summary: flags.contains('S'),
        modifier: flags.contains('M'),
    };
    Some((parent, element))
}

/// `Reference(Patient,Group)`.
fn kind(text: &'static str) -> ElementType {
    let Some((name, targets)) = text.split_once('(') else {
        return ElementType { name: text, targets: Vec::new() };
    };
    ElementType { name, targets: targets.trim_end_matches(')').split(',').collect() }
}

/// Gives each place its elements: inherited ones, then its own. The text has every type after
/// the abstract ones that it builds upon, except that a data type may build on a later one.
fn fill(table: &mut Table, own: Vec<(&'static str, &'static str, Element)>) {
    let names: Vec<&'static str> = table.types.keys().copied().collect();
    for name in names {
        let mut chain = vec![name];
        while let Some(base) = chain.last().and_then(|n| table.types.get(n)).and_then(|t| t.base) {
            chain.push(base);
        }
        let mut place = Place::default();
        for ancestor in chain.iter().rev() {
            for (_, _, element) in own.iter().filter(|(_, parent, _)| parent == ancestor) {
                add(&mut place, rebased(element, name));
            }
        }
        table.places.insert(name, place);
    }
    for (_, parent, element) in own.into_iter().filter(|(of, parent, _)| of != parent) {
        if !table.places.contains_key(parent) {
            let inherited = inherited(table, parent);
            table.places.insert(parent, inherited);
        }
        if let Some(place) = table.places.get_mut(parent) {
            add(place, element);
        }
    }
}

/// What an element written in place has before its own children.
fn inherited(table: &Table, path: &'static str) -> Place {
    let kind = path.rsplit_once('.').and_then(|(parent, name)| {
        let place = table.places.get(parent)?;
        place.elements.iter().find(|e| e.name == name)?.types.first().map(|t| t.name)
    });
    let mut place = Place::default();
    for element in kind.and_then(|kind| table.places.get(kind)).iter().flat_map(|p| &p.elements) {
        add(&mut place, rebased(element, path));
    }
    place
}

fn rebased(element: &Element, parent: &str) -> Element {
    let path = format!("{parent}.{}", element.name);
    let path = if path == element.path { element.path } else { kept(path) };
    Element { path, ..element.clone() }
}

fn add(place: &mut Place, element: Element) {
    let index = place.elements.len();
    match element.choice() {
        Some(stem) => {
            for (which, kind) in element.types.iter().enumerate() {
                place.members.insert(format!("{stem}{}", capitalised(kind.name)), (index, which));
            }
        }
        None => {
            place.members.insert(element.name.to_owned(), (index, 0));
        }
    }
    if element.min > 0 {
        place.required.push(index);
    }
    place.elements.push(element);
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// The table is read once and lives as long as the program.
fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}
