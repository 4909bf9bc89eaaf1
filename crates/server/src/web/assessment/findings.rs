//! What the stations found so far, as it stands in the record.

use std::collections::BTreeMap;

use manzil_journey::file::{Held, PersonFile};
use manzil_journey::result::{Absent, Observed, value_system};
use manzil_protocol::bind::NONE_CODE;
use manzil_protocol::{Fact, Library, Value};
use manzil_store::Store;
use serde_json::Value as Json;

use crate::auth::accounts;
use crate::messages::{Translator, key};
use crate::problem::Problem;
use crate::web::case::Case;
use crate::web::wording;

/// One finding.
#[derive(Clone)]
pub(in crate::web) struct FindingRow {
    pub(in crate::web) path: String,
    pub(in crate::web) label: String,
    pub(in crate::web) value: String,
    /// There is a reason instead of a value.
    pub(in crate::web) absent: bool,
    pub(in crate::web) on: String,
    pub(in crate::web) by: String,
    pub(in crate::web) corrected: bool,
    pub(in crate::web) reason: String,
}

/// The names of people by their account.
pub(in crate::web) struct Names(BTreeMap<String, String>);

impl Names {
    pub(in crate::web) async fn read(store: &dyn Store) -> Result<Self, Problem> {
        let all = accounts::list(store).await?;
        Ok(Self(all.into_iter().map(|each| (each.name, each.display_name)).collect()))
    }

    /// The name of an account; the account itself when it is of another place.
    pub(in crate::web) fn of(&self, account: &str) -> String {
        self.0.get(account).map_or_else(|| account.to_owned(), Clone::clone)
    }
}

/// All findings of an assessment, the last recorded first.
pub(super) fn rows(
    t: &Translator,
    library: &Library,
    case: &Case,
    names: &Names,
) -> Vec<FindingRow> {
    let mut held = case.file.findings(&case.assessment.id);
    held.sort_by(|a, b| (b.item.on, &b.item.id).cmp(&(a.item.on, &a.item.id)));
    held.iter().map(|each| row(t, library, case, names, each)).collect()
}

pub(in crate::web) fn row(
    t: &Translator,
    library: &Library,
    case: &Case,
    names: &Names,
    held: &Held<'_, Observed>,
) -> FindingRow {
    let found = &held.item;
    let fact = library.fact(&found.fact);
    FindingRow {
        path: format!("{}/findings/{}", case.path(), found.id),
        label: fact.map_or(found.fact.as_str(), |fact| fact.label.get(t.tag())).to_owned(),
        value: value_words(t, fact, found, held.recorded.resource.value()),
        absent: found.absent.is_some(),
        on: found.on.map_or_else(String::new, |on| t.date(on)),
        by: found.by.as_deref().map_or_else(String::new, |by| names.of(by)),
        corrected: found.corrected,
        reason: found.correction_reason.clone().unwrap_or_default(),
    }
}

/// The latest finding of a fact in an assessment.
pub(in crate::web) fn latest<'a>(
    file: &'a PersonFile,
    assessment: &str,
    fact: &str,
) -> Option<Held<'a, Observed>> {
    let of_fact = |held: &Held<'_, Observed>| held.item.fact == fact;
    let all = file.findings(assessment).into_iter().filter(of_fact);
    all.max_by(|a, b| (a.item.on, &a.item.id).cmp(&(b.item.on, &b.item.id)))
}

fn value_words(
    t: &Translator,
    fact: Option<&Fact>,
    found: &Observed,
    observation: &Json,
) -> String {
    if let Some(absent) = found.absent {
        return t.get(absent_key(absent));
    }
    let Some(written) = written(&found.fact, observation) else { return String::new() };
    let read = fact.and_then(|fact| Some((fact, Value::parse(fact, &written).ok()?)));
    match read {
        Some((fact, value)) => wording::value(t, &fact.kind, &value),
        None => written,
    }
}

/// The message for a reason why there is no value.
pub(in crate::web) fn absent_key(absent: Absent) -> &'static str {
    match absent {
        Absent::Unusable => key("absent-unusable"),
        Absent::NotKnown => key("absent-not-known"),
        Absent::NotDone => key("absent-not-done"),
    }
}

/// The value of an `Observation` as somebody would type it.
fn written(fact: &str, observation: &Json) -> Option<String> {
    if let Some(truth) = observation.get("valueBoolean").and_then(Json::as_bool) {
        return Some(truth.to_string());
    }
    if let Some(whole) = observation.get("valueInteger") {
        return Some(whole.to_string());
    }
    if let Some(quantity) = observation.get("valueQuantity") {
        let unit = quantity.get("code").and_then(Json::as_str).unwrap_or_default();
        return Some(format!("{} {unit}", quantity.get("value")?));
    }
    let system = value_system(fact);
    if let Some(coded) = observation.get("valueCodeableConcept") {
        let code = code_of(coded, &system)?;
        return Some(if code == NONE_CODE { String::new() } else { code.to_owned() });
    }
    let components = observation.get("component")?.as_array()?;
    let yes = |each: &&Json| each.get("valueBoolean").and_then(Json::as_bool) == Some(true);
    let codes =
        components.iter().filter(yes).filter_map(|each| code_of(each.get("code")?, &system));
    Some(codes.collect::<Vec<_>>().join(","))
}

fn code_of<'a>(coded: &'a Json, system: &str) -> Option<&'a str> {
    let codings = coded.get("coding")?.as_array()?;
    let ours = |each: &&Json| each.get("system").and_then(Json::as_str) == Some(system);
    codings.iter().find(ours)?.get("code")?.as_str()
}
