//! Importing FHIR: a Bundle, a single resource, or NDJSON with one resource a line.
//!
//! Resources keep everything they carry. References between the resources of one file are
//! followed; a reference to something that is neither in the file nor in the store is an error,
//! because a result that points at nobody is a lost result. What comes from elsewhere is care: an
//! assessment rests on what its own stations found, entered by those who found it.

use std::collections::{BTreeMap, BTreeSet};

use manzil_fhir::Resource;
use manzil_fhir::reference::{Reference, is_id, references};
use manzil_fhir::validate::{Severity as IssueSeverity, validate};
use serde_json::Value;

use super::plan::{Plan, Summary};
use super::problem::Problem;
use crate::access::Purpose;
use crate::change::{By, Changes, Draft, Recorded};
use crate::coding::{KIND_SYSTEM, STEP_SYSTEM, code_in, extensions};
use crate::placing;

/// Most resources of one file; more belongs to the bulk loader.
pub const RESOURCES_MAX: usize = 20_000;

/// One resource of a file, with its place.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Line in an NDJSON file; 1 in a Bundle.
    pub line: u64,
    /// `Bundle.entry[3].resource`, or empty.
    pub path: String,
    pub full_url: Option<String>,
    pub resource: Resource,
}

/// A resource by type and id.
pub type ResourceKey = (String, String);

/// The text of a file.
///
/// # Errors
///
/// A file that is not UTF-8.
pub fn text(bytes: &[u8]) -> Result<&str, Vec<Problem>> {
    std::str::from_utf8(bytes).map_err(|_| {
        let unreadable = Problem::error("MZ-0505", 1, "", "").because("the file is not UTF-8");
        vec![unreadable.cure("save it as UTF-8")]
    })
}

/// Splits a file into resources.
///
/// # Errors
///
/// Every line or entry that is no resource.
pub fn read(text: &str) -> Result<Vec<Entry>, Vec<Problem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        let empty = Problem::error("MZ-0501", 1, "", "").because("the file is empty");
        return Err(vec![empty.cure("export it again")]);
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let is_ndjson = lines.clone().count() > 1
        && lines
            .clone()
            .take(2)
            .all(|line| line.trim_start().starts_with('{') && line.trim_end().ends_with('}'));
    let (entries, problems) = if is_ndjson { read_lines(text) } else { read_one(text) };
    if !problems.is_empty() {
        return Err(problems);
    }
    if entries.len() > RESOURCES_MAX {
        let many = Problem::error("MZ-0540", 1, "", "").because(format!(
            "the file has {} resources, more than {RESOURCES_MAX}",
            entries.len()
        ));
        return Err(vec![many.cure("split the file")]);
    }
    Ok(entries)
}

fn read_lines(text: &str) -> (Vec<Entry>, Vec<Problem>) {
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        match Resource::parse(line) {
            Ok(resource) => {
                entries.push(Entry { line: number, path: String::new(), full_url: None, resource });
            }
            Err(error) => problems.push(
                Problem::error("MZ-0541", number, &format!("column {}", error.column), "")
                    .because(format!("{}: {}", error.code, error.reason))
                    .cure(error.cure),
            ),
        }
    }
    (entries, problems)
}

fn read_one(text: &str) -> (Vec<Entry>, Vec<Problem>) {
    let resource = match Resource::parse(text) {
        Ok(resource) => resource,
        Err(error) => {
            let place = format!("column {}", error.column);
            let problem = Problem::error("MZ-0541", error.line as u64, &place, "")
                .because(format!("{}: {}", error.code, error.reason))
                .cure(error.cure);
            return (Vec::new(), vec![problem]);
        }
    };
    if resource.resource_type() != "Bundle" {
        return (
            vec![Entry { line: 1, path: String::new(), full_url: None, resource }],
            Vec::new(),
        );
    }
    read_bundle(&resource)
}

fn read_bundle(bundle: &Resource) -> (Vec<Entry>, Vec<Problem>) {
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    let Some(all) = bundle.value().get("entry").and_then(Value::as_array) else {
        let empty = Problem::error("MZ-0547", 1, "Bundle.entry", "")
            .because("the Bundle has no list of entries")
            .cure("send a Bundle with resources in its entries");
        return (entries, vec![empty]);
    };
    for (place, entry) in all.iter().enumerate() {
        let path = format!("Bundle.entry[{place}].resource");
        let full_url = entry.get("fullUrl").and_then(Value::as_str).map(str::to_owned);
        match entry.get("resource").cloned().map(Resource::from_value) {
            Some(Ok(resource)) => entries.push(Entry { line: 1, path, full_url, resource }),
            Some(Err(error)) => problems.push(
                Problem::error("MZ-0541", 1, &path, "").because(error.reason).cure(error.cure),
            ),
            None => problems.push(
                Problem::error("MZ-0541", 1, &path, "")
                    .because("the entry has no resource")
                    .cure("send resources; requests to delete or read are not imported"),
            ),
        }
    }
    (entries, problems)
}

/// Gives every entry an id and turns references by `fullUrl` into references by id.
pub fn settle(entries: &mut [Entry], ids: &mut dyn FnMut() -> String) {
    let mut addresses: BTreeMap<String, String> = BTreeMap::new();
    for entry in entries.iter_mut() {
        let own = entry.resource.id().map(str::to_owned);
        let from_url = entry
            .full_url
            .as_deref()
            .and_then(|url| url.strip_prefix("urn:uuid:"))
            .filter(|uuid| is_id(uuid))
            .map(str::to_owned);
        let id = own.or(from_url).unwrap_or_else(&mut *ids);
        if let Some(members) = entry.resource.value_mut().as_object_mut() {
            members.insert("id".into(), id.as_str().into());
        }
        if let Some(url) = &entry.full_url {
            addresses.insert(url.clone(), format!("{}/{id}", entry.resource.resource_type()));
        }
    }
    for entry in entries {
        follow(entry.resource.value_mut(), &addresses);
    }
}

fn follow(value: &mut Value, addresses: &BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                match member {
                    Value::String(text) if name == "reference" => {
                        if let Some(address) = addresses.get(text.as_str()) {
                            text.clone_from(address);
                        }
                    }
                    other => follow(other, addresses),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| follow(item, addresses)),
        _ => {}
    }
}

/// The resources that must be looked up before [`plan`]: those of the file itself and those
/// that it points to.
pub fn named(entries: &[Entry]) -> BTreeSet<ResourceKey> {
    let own = entries.iter().filter_map(key);
    let pointed = entries.iter().flat_map(|entry| {
        references(&entry.resource)
            .into_iter()
            .filter_map(|found| local_key(found.text))
            .collect::<Vec<_>>()
    });
    own.chain(pointed).collect()
}

fn key(entry: &Entry) -> Option<ResourceKey> {
    Some((entry.resource.resource_type().to_owned(), entry.resource.id()?.to_owned()))
}

fn local_key(text: &str) -> Option<ResourceKey> {
    match Reference::parse(text)? {
        Reference::Relative(target) => {
            Some((target.resource_type.to_owned(), target.id.to_owned()))
        }
        _ => None,
    }
}

/// Compares the entries with what is there. `existing` holds whatever of [`named`] the store has.
pub fn plan(entries: &[Entry], existing: &BTreeMap<ResourceKey, Recorded>) -> Plan {
    let mut plan =
        Plan { summary: Summary { rows: entries.len(), ..Summary::default() }, ..Plan::default() };
    let mut seen: BTreeSet<ResourceKey> = BTreeSet::new();
    let own: BTreeSet<ResourceKey> = entries.iter().filter_map(key).collect();
    let mut changes = Changes::new("import resources");
    changes.by = By::Deposit;
    for entry in entries {
        plan.problems.extend(structure(entry));
        plan.problems.extend(dangling(entry, &own, existing));
        let Some(key) = key(entry) else { continue };
        if !seen.insert(key.clone()) {
            plan.problems.push(twice(entry, &key));
        }
        plan_one(entry, existing.get(&key), &mut changes, &mut plan);
    }
    if !changes.drafts.is_empty() {
        plan.batches.push(changes);
    }
    plan
}

/// A file adds records and changes none: what is on record may be newer than the file.
fn plan_one(entry: &Entry, before: Option<&Recorded>, changes: &mut Changes, plan: &mut Plan) {
    let is_person = entry.resource.resource_type() == "Patient";
    if is_manzils_own(&entry.resource) {
        plan.problems.push(
            Problem::error("MZ-0545", entry.line, &entry.path, entry.resource.resource_type())
                .because(
                    "certificates, decisions, assessments and orders are made here, not imported",
                )
                .cure("leave the record out; open the assessment and work on it in Manzil"),
        );
        return;
    }
    match before {
        Some(recorded) if same_content(&recorded.resource, &entry.resource) => {
            plan.summary.people_unchanged += usize::from(is_person);
            return;
        }
        Some(_) => {
            plan.summary.people_changed += usize::from(is_person);
            plan.problems.push(
                Problem::error(
                    "MZ-0546",
                    entry.line,
                    &entry.path,
                    entry.resource.id().unwrap_or_default(),
                )
                .because("the record exists with another content")
                .cure("correct it in Manzil, where the reason is kept, or leave it out"),
            );
            return;
        }
        None => plan.summary.people_new += usize::from(is_person),
    }
    plan.summary.findings_new += usize::from(!is_person);
    changes.push(Draft {
        person: placing::person_of(&entry.resource, ""),
        compartment: placing::compartment_of(entry.resource.resource_type(), Purpose::Care),
        resource: entry.resource.clone(),
        replaces: None,
    });
}

/// Whether a record is one of those by which Manzil decides, certifies and orders.
fn is_manzils_own(resource: &Resource) -> bool {
    let value = resource.value();
    let kinds = ["type", "code"].iter().any(|member| code_in(value, member, KIND_SYSTEM).is_some());
    kinds
        || code_in(value, "code", STEP_SYSTEM).is_some()
        || extensions(value, "content-sha256").next().is_some()
}

fn structure(entry: &Entry) -> Vec<Problem> {
    let issues = validate(&entry.resource);
    let errors = issues.into_iter().filter(|issue| issue.severity == IssueSeverity::Error);
    errors
        .map(|issue| {
            let place = if entry.path.is_empty() {
                issue.path.clone()
            } else {
                format!("{} ({})", entry.path, issue.path)
            };
            Problem::error("MZ-0543", entry.line, &place, "")
                .because(format!("{}: {}", issue.code.as_str(), issue.reason))
                .cure(issue.cure)
        })
        .collect()
}

fn dangling(
    entry: &Entry,
    own: &BTreeSet<ResourceKey>,
    existing: &BTreeMap<ResourceKey, Recorded>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for found in references(&entry.resource) {
        let missing = match Reference::parse(found.text) {
            Some(Reference::Relative(target)) => {
                let key = (target.resource_type.to_owned(), target.id.to_owned());
                !own.contains(&key) && !existing.contains_key(&key)
            }
            Some(Reference::Urn(_)) => true,
            _ => false,
        };
        if missing {
            let place = if entry.path.is_empty() {
                found.path.clone()
            } else {
                format!("{} ({})", entry.path, found.path)
            };
            problems.push(
                Problem::error("MZ-0542", entry.line, &place, found.text)
                    .because("the reference points to nothing in the file or in the store")
                    .cure("send the resource that it points to, in the same file or before"),
            );
        }
    }
    problems
}

fn twice(entry: &Entry, key: &ResourceKey) -> Problem {
    Problem::error("MZ-0544", entry.line, &entry.path, &format!("{}/{}", key.0, key.1))
        .because("the file has this resource twice")
        .cure("send each resource once")
}

/// Equal but for `meta`, which the store writes.
fn same_content(a: &Resource, b: &Resource) -> bool {
    let without_meta = |resource: &Resource| {
        let mut value = resource.value().clone();
        if let Some(members) = value.as_object_mut() {
            members.shift_remove("meta");
        }
        value
    };
    without_meta(a) == without_meta(b)
}
