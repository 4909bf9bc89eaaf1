//! The functions that FHIR adds to the language.

use serde_json::Value;

use super::collection::yes;
use super::{Call, Function};
use crate::fhirpath::context::Resolved;
use crate::fhirpath::error::FhirPathError;
use crate::fhirpath::eval::{Evaluation, one, one_text, plain};
use crate::fhirpath::model;
use crate::fhirpath::value::{Collection, Element, Item, System};
use crate::validate::{has_error, validate};
use crate::{Resource, narrative, table};

type Answer<'a> = Result<Collection<'a>, FhirPathError>;

impl<'a> Evaluation<'_, '_, 'a> {
    pub(super) fn fhir(&mut self, call: Call<'_, 'a>, input: &[Item<'a>]) -> Answer<'a> {
        match call.function {
            Function::Extension => self.extension(call, input),
            Function::HasValue => yes(matches!(input, [item] if has_value(item))),
            Function::GetValue => match input {
                [item] if has_value(item) => {
                    Ok(plain(item, call.column)?.map(Item::System).into_iter().collect())
                }
                _ => Ok(Vec::new()),
            },
            Function::Resolve => self.resolve(call, input),
            Function::MemberOf => self.member_of(call, input),
            Function::ConformsTo => self.conforms_to(call, input),
            _ => match one_text(input, "htmlChecks()", call.column)? {
                Some(text) => yes(narrative::check(&text).is_ok()),
                None => Ok(Vec::new()),
            },
        }
    }

    fn extension(&mut self, call: Call<'_, 'a>, input: &[Item<'a>]) -> Answer<'a> {
        let url = self.argument(call, 0)?;
        let Some(url) = one_text(&url, "the URL of an extension", call.column)? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for item in input {
            if let Item::Element(element) = item {
                model::named_children(element, "extension", call.column, &mut found)?;
            }
        }
        self.step(found.len(), call.column)?;
        let is_wanted = |item: &Item<'a>| {
            let written = item.json().and_then(|json| json.get("url"));
            written.and_then(Value::as_str) == Some(&*url)
        };
        Ok(found.into_iter().filter(is_wanted).collect())
    }

    fn resolve(&mut self, call: Call<'_, 'a>, input: &[Item<'a>]) -> Answer<'a> {
        self.step(input.len(), call.column)?;
        let mut found = Vec::new();
        for item in input {
            let Some(reference) = reference_of(item) else { continue };
            if let Some(id) = reference.strip_prefix('#') {
                found.extend(self.contained(id));
                continue;
            }
            let Some(resolver) = &self.context.resolver else {
                let reason = "the context has no resolver that reads other resources";
                return Err(FhirPathError::refused(call.column, "resolve()", reason));
            };
            match resolver(&reference) {
                Resolved::Resource(json) => found.push(Item::new(json)),
                Resolved::TypeOnly => found.extend(stub(item, &reference)),
                Resolved::Absent => {}
            }
        }
        Ok(found)
    }

    /// The resource with this id inside the root resource; the root itself for no id.
    fn contained(&self, id: &str) -> Option<Item<'a>> {
        let root = self.context.lookup("rootResource", &self.root)?;
        let root = root.first()?.json()?;
        if id.is_empty() {
            return Some(Item::new(root));
        }
        let contained = root.get("contained")?.as_array()?;
        let found = contained.iter().find(|r| r.get("id").and_then(Value::as_str) == Some(id));
        found.map(Item::new)
    }

    fn member_of(&mut self, call: Call<'_, 'a>, input: &[Item<'a>]) -> Answer<'a> {
        let value_set = self.argument(call, 0)?;
        let value_set = one_text(&value_set, "the URL of a value set", call.column)?;
        let item = one(input, "memberOf()", call.column)?;
        let (Some(value_set), Some(item)) = (value_set, item) else { return Ok(Vec::new()) };
        let Some(membership) = &self.context.membership else {
            let reason = "the context has no value sets";
            return Err(FhirPathError::refused(call.column, "memberOf()", reason));
        };
        if let Some(member) = membership(item, &value_set) {
            return yes(member);
        }
        let reason = format!("the value set {value_set} is not known");
        Err(FhirPathError::refused(call.column, "memberOf()", reason))
    }

    /// Whether a resource is valid as one of R4's own resource types. Profiles are refused.
    fn conforms_to(&mut self, call: Call<'_, 'a>, input: &[Item<'a>]) -> Answer<'a> {
        let url = self.argument(call, 0)?;
        let url = one_text(&url, "the URL of a structure", call.column)?;
        let item = one(input, "conformsTo()", call.column)?;
        let (Some(url), Some(item)) = (url, item) else { return Ok(Vec::new()) };
        let of_r4 = url
            .strip_prefix("http://hl7.org/fhir/StructureDefinition/")
            .map(|name| name.strip_suffix("|4.0.1").unwrap_or(name))
            .and_then(table::type_definition)
            .filter(|definition| definition.kind == table::Kind::Resource);
        let resource = item.json().filter(|json| json.get("resourceType").is_some());
        let (Some(of_r4), Some(resource)) = (of_r4, resource) else {
            let reason = "it knows resources and the resource types of R4 alone, and no profiles";
            return Err(FhirPathError::refused(call.column, "conformsTo()", reason));
        };
        if !table::is_subtype(item.type_info().name, of_r4.name) {
            return yes(false);
        }
        self.step(values_in(resource), call.column)?;
        let valid = Resource::from_value(resource.clone())
            .is_ok_and(|resource| !has_error(&validate(&resource)));
        yes(valid)
    }
}

/// How many JSON values there are in one, itself included.
fn values_in(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(values_in).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(values_in).sum::<usize>(),
        _ => 1,
    }
}

fn has_value(item: &Item<'_>) -> bool {
    match item {
        Item::Element(element) => element.has_value(),
        Item::System(_) => true,
        Item::Type(_) => false,
    }
}

/// The reference in a `Reference`, or in a uri or canonical itself.
fn reference_of(item: &Item<'_>) -> Option<String> {
    match item {
        Item::System(System::String(text)) => Some(text.clone().into_owned()),
        Item::Element(Element { json: Some(Value::String(text)), .. }) => Some(text.clone()),
        Item::Element(element) => element.json?.get("reference")?.as_str().map(str::to_owned),
        _ => None,
    }
}

/// What is known of an unread target: its type, when the reference names it.
fn stub<'a>(item: &Item<'a>, reference: &str) -> Option<Item<'a>> {
    let said = item.json().and_then(|json| json.get("type")).and_then(Value::as_str);
    let path = reference.split_once("/_history/").map_or(reference, |(path, _)| path);
    let written = path.rsplit('/').nth(1).filter(|name| table::is_resource_type(name));
    let name = table::type_definition(written.or(said)?)?.name;
    Some(Item::Element(Element {
        json: None,
        sibling: None,
        type_name: name,
        inside: name,
        is_stub: true,
    }))
}
