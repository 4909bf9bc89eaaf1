//! The way through a resource, element by element.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Map, Value};

use super::{Code, ISSUES_MAX, Issue, Severity};
use super::{
    binding, bundle, contained, data, definition, extension, invariants, narrative, primitive,
    reference,
};
use crate::Resource;
use crate::fhirpath::Item;
use crate::table::{self, Child, Element};

/// A walk through one resource: where it is, and what it found.
pub(super) struct Walk<'a> {
    path: String,
    issues: Vec<Issue>,
    /// The innermost resource that is not contained: `#id` is looked for in it.
    pub(super) container: Option<&'a Value>,
    /// The types of its contained resources, by id.
    pub(super) contained: BTreeMap<&'a str, &'a str>,
    /// The present resource, contained or not.
    pub(super) resource: Option<&'a Value>,
    /// Whether the present resource stands in `contained`.
    pub(super) is_contained: bool,
    /// Element ids of the present resource, with their path.
    ids: BTreeMap<&'a str, String>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(resource: &Resource) -> Self {
        let path = resource.resource_type().to_owned();
        let (issues, ids, contained) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        let (container, resource, is_contained) = (None, None, false);
        Self { path, issues, container, contained, resource, is_contained, ids }
    }

    pub(super) fn finish(self) -> Vec<Issue> {
        self.issues
    }

    pub(super) fn error(&mut self, code: Code, reason: impl Into<String>, cure: impl Into<String>) {
        self.add(Severity::Error, code, reason.into(), cure.into());
    }

    pub(super) fn warn(&mut self, code: Code, reason: impl Into<String>, cure: impl Into<String>) {
        self.add(Severity::Warning, code, reason.into(), cure.into());
    }

    fn add(&mut self, severity: Severity, code: Code, reason: String, cure: String) {
        if self.issues.len() < ISSUES_MAX {
            let path = self.path.clone();
            self.issues.push(Issue { severity, code, path, reason, cure });
        }
    }

    /// Does something further down, at `.name` or `[0]`.
    pub(super) fn at(&mut self, step: impl std::fmt::Display, act: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        let _ = write!(self.path, "{step}");
        act(self);
        self.path.truncate(length);
    }

    /// Does something further down, at a member.
    fn at_member(&mut self, name: &str, act: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push('.');
        self.path.push_str(name);
        act(self);
        self.path.truncate(length);
    }

    /// A resource: the whole, an entry of a Bundle, or a contained one.
    pub(super) fn resource(&mut self, value: &'a Value) {
        let named = value.get("resourceType").and_then(Value::as_str);
        let (Some(members), Some(resource_type)) = (value.as_object(), named) else {
            return self.error(
                Code::JsonType,
                "this is not a resource",
                "write an object with a resourceType",
            );
        };
        if !table::is_resource_type(resource_type) {
            let reason = format!("R4 has no resource type {}", shown(resource_type));
            return self.error(Code::Unknown, reason, "write a resource type of FHIR R4");
        }
        let outer = (self.container, self.resource, std::mem::take(&mut self.ids));
        let outer_contained = (!self.is_contained).then(|| {
            self.container = Some(value);
            std::mem::replace(&mut self.contained, contained::types(members))
        });
        self.resource = Some(value);
        self.members(members, resource_type);
        contained::check(self, members);
        definition::check(self, members, resource_type);
        if let Some(definition) = table::type_definition(resource_type) {
            invariants::check(self, &Item::new(value), definition.name, definition.name);
        }
        if resource_type == "Bundle" {
            bundle::check(self, members);
        }
        (self.container, self.resource, self.ids) = outer;
        if let Some(contained) = outer_contained {
            self.contained = contained;
        }
    }

    /// The members of an object that is of a type or at a path.
    fn members(&mut self, members: &'a Map<String, Value>, inside: &str) {
        let is_resource = members.contains_key("resourceType") && table::is_resource_type(inside);
        let has_siblings = members.keys().any(|name| name.starts_with('_'));
        let mut present: Vec<(&'static Element, &str)> = Vec::with_capacity(members.len());
        for (name, value) in members {
            if is_resource && name == "resourceType" {
                continue;
            }
            if let Some(plain) = name.strip_prefix('_') {
                self.sibling(members, inside, plain, value);
                present.extend(table::child(inside, plain).map(|child| (child.element, plain)));
                continue;
            }
            let Some(child) = table::child(inside, name) else {
                self.unknown(inside, name);
                continue;
            };
            present.push((child.element, name));
            let sibling = if has_siblings { members.get(&format!("_{name}")) } else { None };
            self.at_member(in_path(child, name), |walk| walk.element(value, child, sibling));
        }
        self.cardinalities(members, inside, &present);
    }

    /// How often each element is there. Most objects are as they should be, which is seen without
    /// looking at every element that they might have.
    fn cardinalities(
        &mut self,
        members: &Map<String, Value>,
        inside: &str,
        present: &[(&'static Element, &str)],
    ) {
        let is_given = |element: &Element| present.iter().any(|it| std::ptr::eq(it.0, element));
        let is_odd = |(element, name): &(&'static Element, &str)| {
            let twice = present.iter().any(|it| std::ptr::eq(it.0, *element) && it.1 != *name);
            let count = || members.get(*name).and_then(Value::as_array).map_or(1, Vec::len);
            twice || element.max.is_some_and(|max| max != 1 && count() > max as usize)
        };
        if table::required(inside).all(is_given) && !present.iter().any(is_odd) {
            return;
        }
        for element in table::children(inside) {
            self.cardinality(members, element);
        }
    }

    fn unknown(&mut self, inside: &str, name: &str) {
        let choice = table::children(inside).iter().find(|element| {
            element.choice().is_some_and(|stem| name.starts_with(stem) && name != stem)
        });
        let reason = format!("R4 has no element {} here", shown(name));
        let cure = match choice {
            Some(choice) => {
                let kinds: Vec<&str> = choice.types.iter().map(|kind| kind.name).collect();
                format!("write {} as one of {}", choice.name, listed(&kinds))
            }
            None => "check the spelling; what R4 does not have goes into an extension".into(),
        };
        self.error(Code::Unknown, reason, cure);
    }

    /// `_birthDate`: the id and extensions of a primitive.
    fn sibling(
        &mut self,
        members: &'a Map<String, Value>,
        inside: &str,
        plain: &str,
        value: &'a Value,
    ) {
        let child = table::child(inside, plain);
        let Some(child) = child.filter(|child| table::is_primitive(child.type_name)) else {
            return self.unknown(inside, &format!("_{plain}"));
        };
        let step = in_path(child, plain);
        self.at(format_args!(".{step}"), |walk| match (child.element.repeats(), value) {
            (true, Value::Array(items)) => {
                let length = members.get(plain).and_then(Value::as_array).map(Vec::len);
                if length.is_some_and(|length| length != items.len()) {
                    // Readers align them from the start, so that nothing is lost.
                    walk.warn(
                        Code::Sibling,
                        format!("the arrays {plain} and _{plain} are not equally long"),
                        "fill the shorter one with null, so that each item has its pair",
                    );
                }
                for (index, item) in items.iter().enumerate().filter(|(_, item)| !item.is_null()) {
                    walk.at(format_args!("[{index}]"), |walk| walk.holder(item));
                }
            }
            (true, _) => walk.error(Code::JsonType, "this must be an array", "add [ and ]"),
            (false, value) => walk.holder(value),
        });
        if members.get(plain).is_none() && child.element.required_codes.is_some() {
            self.at(format_args!(".{step}"), |walk| binding::no_code(walk, child.element));
        }
    }

    fn holder(&mut self, value: &'a Value) {
        match value {
            Value::Object(members) if members.is_empty() => self.empty("object"),
            Value::Object(members) => self.members(members, "Element"),
            _ => self.error(
                Code::JsonType,
                "the sibling of a primitive must be an object",
                "write an object with an id or extensions",
            ),
        }
    }

    fn empty(&mut self, what: &str) {
        self.error(Code::Empty, format!("an empty {what} says nothing"), "leave it out");
    }

    /// An element with all its items.
    fn element(&mut self, value: &'a Value, child: Child, sibling: Option<&'a Value>) {
        match (child.element.repeats(), value) {
            (true, Value::Array(items)) if items.is_empty() => self.empty("array"),
            (true, Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    let pair = sibling.and_then(|sibling| sibling.get(index));
                    let stands_for = pair.is_some_and(|pair| !pair.is_null());
                    if !(item.is_null() && stands_for) {
                        self.at(format_args!("[{index}]"), |walk| walk.item(item, child));
                    }
                }
            }
            (true, _) => self.error(Code::JsonType, "this must be an array", "add [ and ]"),
            (false, Value::Array(_)) => {
                self.error(Code::JsonType, "this must not be an array", "write one value");
            }
            (false, value) => self.item(value, child),
        }
    }

    fn item(&mut self, value: &'a Value, child: Child) {
        if value.is_null() {
            return self.error(Code::JsonType, "null is not a value in FHIR", "leave it out");
        }
        if table::is_primitive(child.type_name) {
            return self.primitive(value, child);
        }
        let Value::Object(members) = value else {
            let reason = format!("this must be an object, because it is a {}", child.type_name);
            return self.error(Code::JsonType, reason, "write it between { and }");
        };
        if members.is_empty() {
            return self.empty("object");
        }
        if child.type_name == "Resource" {
            let before = self.is_contained;
            self.is_contained = child.element.name == "contained";
            self.resource(value);
            self.is_contained = before;
            return;
        }
        // Ids of element definitions are names, the same in snapshot and differential.
        if child.type_name != "ElementDefinition" {
            self.element_id(members);
        }
        self.members(members, child.inside);
        self.by_type(value, members, child);
        let item = Item::typed(Some(value), None, child.type_name, child.inside);
        invariants::check(self, &item, child.type_name, child.inside);
    }

    fn primitive(&mut self, value: &'a Value, child: Child) {
        if let Err(wrong) = primitive::check(child.type_name, value) {
            return self.error(wrong.code, wrong.reason, wrong.cure);
        }
        let Some(text) = value.as_str() else { return };
        if child.type_name == "uri" && must_be_absolute(child) {
            data::absolute(self, text);
        }
        if let Some(set) = child.element.required_codes {
            binding::code(self, set, text);
        }
        if child.type_name == "xhtml" {
            narrative::check(self, text);
        }
    }

    /// What a data type demands as a whole.
    fn by_type(&mut self, value: &'a Value, members: &'a Map<String, Value>, child: Child) {
        match child.type_name {
            "Reference" => reference::check(self, value, child),
            "Extension" => extension::check(self, members, child),
            "Attachment" => data::attachment(self, members),
            "Coding" => data::coding(self, members),
            "Period" => data::period(self, members),
            "Expression" => definition::expression(self, members),
            _ => {}
        }
        if let Some(set) = child.element.required_codes {
            binding::concept(self, set, child, value);
        }
    }

    /// Ids of elements are unique in a resource, apart from those of its contained resources.
    fn element_id(&mut self, members: &'a Map<String, Value>) {
        let Some(id) = members.get("id").and_then(Value::as_str) else { return };
        if let Some(first) = self.ids.get(id) {
            let reason = format!("the id {} is already that of {first}", shown(id));
            self.error(Code::DuplicateId, reason, "give each element its own id, or none");
        } else {
            self.ids.insert(id, self.path.clone());
        }
    }

    fn cardinality(&mut self, members: &Map<String, Value>, element: &'static Element) {
        let present: Vec<&str> = match element.choice() {
            None => {
                members.keys().map(String::as_str).filter(|n| plain(n) == element.name).collect()
            }
            Some(stem) => element
                .types
                .iter()
                .flat_map(|kind| {
                    members.keys().filter(move |n| is_choice(plain(n), stem, kind.name))
                })
                .map(String::as_str)
                .collect(),
        };
        if present.is_empty() && element.min > 0 {
            let reason = format!("{} is missing", element.name);
            self.error(Code::Missing, reason, "add it; R4 requires it here");
        }
        if element.choice().is_some()
            && present.iter().any(|n| plain(n) != plain(present.first().unwrap_or(n)))
        {
            let reason = format!("{} is given as {}", element.name, present.join(" and as "));
            self.error(Code::ChoiceTwice, reason, "keep one of them");
        }
        let count = |name: &&str| members.get(*name).and_then(Value::as_array).map_or(1, Vec::len);
        let most = present.iter().map(count).max().unwrap_or_default();
        if let Some(max) = element.max.filter(|max| *max != 1 && most > *max as usize) {
            let reason = format!("{} has {most} items", element.name);
            self.error(Code::TooMany, reason, format!("keep at most {max}"));
        }
    }
}

/// The system of a code or identifier, or the canonical URL of a definition (`ValueSet.url`).
fn must_be_absolute(child: Child) -> bool {
    let of = child.element.path.strip_suffix(".url");
    child.element.name == "system" || of.is_some_and(table::is_resource_type)
}

/// How a path calls a member: a choice by its FHIRPath name, `value` for `valueQuantity`.
fn in_path(child: Child, name: &str) -> &str {
    child.element.choice().unwrap_or(name)
}

fn plain(name: &str) -> &str {
    name.strip_prefix('_').unwrap_or(name)
}

/// Whether a member is the choice `stem` as this type.
fn is_choice(name: &str, stem: &str, kind: &str) -> bool {
    let Some(rest) = name.strip_prefix(stem) else { return false };
    let mut letters = kind.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    rest.chars().next() == first && rest.get(1..) == Some(letters.as_str())
}

/// A text in quotes, shortened for a message.
pub(super) fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("{short:?}")
}

/// The first of many names, for advice.
pub(super) fn listed(names: &[&str]) -> String {
    const MOST: usize = 12;
    let more = names.len().saturating_sub(MOST);
    let first = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}
