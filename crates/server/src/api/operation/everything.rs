//! `$everything` of a patient or an encounter, as a search with pages. Sources:
//! <https://hl7.org/fhir/R4/patient-operation-everything.html> and
//! <https://hl7.org/fhir/R4/encounter-operation-everything.html>.

use manzil_fhir::search::query::{Condition, Include};

use super::Called;
use crate::api::answer::Answer;
use crate::api::ask::{Call, Pairs};
use crate::api::fault::Fault;
use crate::api::outcome::Refusal;
use crate::api::{read, search};

/// The parameters that are understood.
const KNOWN: &[&str] =
    &["_since", "_lastUpdated", "_type", "_count", "_page", "_format", "_pretty"];

/// Everything in the record of the patient or encounter, with what it points to.
pub(super) async fn answer(call: &Call, called: Called) -> Result<Answer, Refusal> {
    let key = called.key();
    let (id, pairs) = (&key.id, called.all());
    if let Some((name, _)) = pairs.iter().find(|(name, _)| !KNOWN.contains(&name.as_str())) {
        let name: String = name.chars().take(40).collect();
        return Err(Fault::Unknown(format!("$everything has no parameter {name} here")).into());
    }
    // Says whether it is there and may be read, also when nothing else is.
    read::permitted(call, &key).await?;
    let of = called.of_type();
    let within = if of == "Patient" {
        Condition::Person(id.clone())
    } else {
        let own = [Condition::Type(of), Condition::Id(id.clone())];
        let others = search::in_compartment(call, of, id, None)?;
        Condition::Any(vec![Condition::All(own.into()), others])
    };
    let pointed = Include { reverse: false, iterate: false, source: None, of: None, target: None };
    let path = format!("/{of}/{id}/$everything");
    let added = search::Added { path, within, include: Some(pointed) };
    search::with(call, as_search(pairs), added).await
}

/// `_since` is a condition on the last change.
fn as_search(pairs: Pairs) -> Pairs {
    let named = pairs.into_iter().map(|(name, value)| match name.as_str() {
        "_since" => ("_lastUpdated".to_owned(), format!("ge{value}")),
        _ => (name, value),
    });
    named.collect()
}
