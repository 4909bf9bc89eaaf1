//! Makes the intent of a write from its method, its place and what was sent.

use manzil_fhir::{Resource, patch, search};
use serde_json::Value;

use super::{Intent, Patch, Target, What};
use crate::api::ask::Conditions;
use crate::api::fault::Fault;
use crate::api::outcome::Refusal;
use crate::api::place::Place;
use crate::api::routes::Action;

/// What came with a write.
#[derive(Clone, Debug)]
pub(crate) enum Sent {
    Nothing,
    Resource(Resource),
    Patch(Patch),
}

impl Sent {
    /// Reads a patch that was sent in the format of this media type.
    pub(crate) fn patch(media_type: &str, bytes: &[u8]) -> Result<Self, Refusal> {
        let patch = match patch::Format::of_media_type(media_type)? {
            patch::Format::Json => Patch::Json(manzil_fhir::resource::parse_json(bytes)?),
            patch::Format::FhirPath => Patch::FhirPath(Resource::parse_bytes(bytes)?),
        };
        Ok(Self::Patch(patch))
    }

    fn resource(self, of: &str) -> Result<Resource, Refusal> {
        let Self::Resource(resource) = self else { return Err(Fault::NoBody.into()) };
        if resource.resource_type() != of {
            let sent = resource.resource_type();
            return Err(Fault::Disagree(format!("{sent} was sent to the address of {of}")).into());
        }
        Ok(resource)
    }
}

/// The intent of one write. `query` is what stands behind the `?`, as it was sent.
///
/// # Errors
///
/// What was sent does not belong at the place, or the place has neither an id nor a search.
pub(crate) fn intent(
    action: Action,
    place: &Place,
    query: &str,
    sent: Sent,
    mut conditions: Conditions,
) -> Result<Intent, Refusal> {
    let target = match (action, place) {
        (Action::Create, Place::Type(of)) => match conditions.if_none_exist.take() {
            Some(query) if query.trim_matches(['?', ' ']).is_empty() => {
                return Err(Fault::NoCriteria.into());
            }
            Some(query) => Target::Found(of, without_path(&query).to_owned()),
            // R4 knows only the header, but some clients write its search into the address. To
            // pass over it would make a second record of one person.
            None if names_parameter(of, query) => Target::Found(of, query.to_owned()),
            None => Target::New(of),
        },
        (Action::Update, Place::Instance(of, _)) if searches(query) => {
            Target::Found(of, query.to_owned())
        }
        (_, Place::Instance(of, id)) => Target::Id(of, id.clone()),
        (Action::Update, Place::Type(_)) if query.is_empty() => {
            let text = "an update needs an id or a search; write one into the address";
            return Err(Fault::Argument(text.to_owned()).into());
        }
        (_, Place::Type(_)) if query.is_empty() => return Err(Fault::NoCriteria.into()),
        (_, Place::Type(of)) => Target::Found(of, query.to_owned()),
        _ => return Err(Fault::NoPlace(String::new()).into()),
    };
    let of = target.resource_type();
    let what = match action {
        Action::Create => What::Create(sent.resource(of)?),
        Action::Update => What::Put(same_id(sent.resource(of)?, place)?),
        Action::Patch => match sent {
            Sent::Patch(patch) => What::Patch(patch),
            Sent::Resource(_) | Sent::Nothing => return Err(Fault::NoBody.into()),
        },
        _ => What::Delete,
    };
    Ok(Intent::alone(what, target, conditions))
}

/// `identifier=1` of `Patient?identifier=1`: some clients write the whole address.
fn without_path(query: &str) -> &str {
    query.split_once('?').map_or(query, |(_, query)| query)
}

/// Whether a query says more than how the answer is to look. Then an update by id is done only
/// if the search finds the same resource, or nothing.
fn searches(query: &str) -> bool {
    let names = query.split('&').map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name));
    names.into_iter().any(|name| !matches!(name, "" | "_format" | "_pretty" | "_summary"))
}

/// Whether a query asks for something that a resource of this type can be found by.
fn names_parameter(of: &str, query: &str) -> bool {
    let known = search::parameters(of);
    query.split('&').any(|pair| {
        let name = pair.split(['=', ':', '.']).next().unwrap_or_default();
        known.iter().any(|parameter| parameter.name == name)
    })
}

/// R4 wants the id in the address and in the resource.
fn same_id(resource: Resource, place: &Place) -> Result<Resource, Fault> {
    let Place::Instance(of, id) = place else { return Ok(resource) };
    match resource.id() {
        Some(own) if own == id => Ok(resource),
        Some(own) => {
            Err(Fault::Disagree(format!("the address says {of}/{id}, the resource {of}/{own}")))
        }
        None => Err(Fault::Disagree(format!("the address says {of}/{id}, the resource has no id"))),
    }
}

/// The patch that a Bundle carries: a Parameters resource, or a Binary with a JSON Patch.
pub(crate) fn patch_in_bundle(resource: Resource) -> Result<Sent, Refusal> {
    if resource.resource_type() != "Binary" {
        return Ok(Sent::Patch(Patch::FhirPath(resource)));
    }
    let text = |name| resource.value().get(name).and_then(Value::as_str).unwrap_or_default();
    let unreadable = || Fault::Body("the data of the Binary is not base64".to_owned());
    let bytes = base64::decode(text("data")).ok_or_else(unreadable)?;
    Sent::patch(text("contentType"), &bytes)
}

mod base64 {
    /// The bytes of standard base64 with padding, white space left aside; none for other text.
    pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
        let letters: Vec<u8> = text.bytes().filter(|it| !it.is_ascii_whitespace()).collect();
        let digits = letters.iter().rposition(|it| *it != b'=').map_or(0, |last| last + 1);
        let (mut bytes, mut bits, mut held) = (Vec::with_capacity(digits), 0_u32, 0_u32);
        for letter in letters.iter().take(digits) {
            let value = match letter {
                b'A'..=b'Z' => letter - b'A',
                b'a'..=b'z' => letter - b'a' + 26,
                b'0'..=b'9' => letter - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return None,
            };
            bits = (bits << 6) | u32::from(value);
            held += 6;
            if held >= 8 {
                held -= 8;
                bytes.push((bits >> held) as u8);
            }
        }
        Some(bytes)
    }
}
