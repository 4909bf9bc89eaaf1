//! The Bundles to load, and samples of what is in them to ask for.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use crate::session::Limits;

/// Most Observations that are kept to be created again.
const OBSERVATIONS_MAX: usize = 2_000;
/// Bundles that are loaded before anything is timed.
const WARM_MAX: usize = 8;

/// A transaction as it is sent.
#[derive(Clone, Debug)]
pub struct Bundle {
    pub body: Vec<u8>,
    pub resources: usize,
    /// How many of the resources are Observations.
    pub observations: usize,
}

/// Somebody who will be on record, as one may search for them.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    pub family: String,
    pub birth_date: String,
    /// `system|value`
    pub identifier: String,
}

/// Everything that is sent, by what it is for.
#[derive(Clone, Debug, Default)]
pub struct Bundles {
    /// Clinics and staff, which others point to; loaded first and one after the other.
    pub shared: Vec<Bundle>,
    pub warm: Vec<Bundle>,
    pub import: Vec<Bundle>,
    /// Sent one after the other, to see how long one takes.
    pub single: Vec<Bundle>,
    /// Observations without references, to be created one by one.
    pub observations: Vec<Value>,
    pub samples: Vec<Sample>,
}

impl Bundles {
    fn take(&mut self, bundle: &Value) {
        for resource in resources(bundle) {
            match kind(resource) {
                Some("Patient") => self.samples.extend(sample(resource)),
                Some("Observation") if self.observations.len() < OBSERVATIONS_MAX => {
                    self.observations.push(alone(resource.clone()));
                }
                _ => {}
            }
        }
    }
}

impl fmt::Display for Bundles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: usize = self.import.iter().map(|bundle| bundle.body.len()).sum();
        let resources = count(&self.import);
        write!(
            f,
            "{} Bundles to import with {resources} resources, {} bytes a resource; before them {} \
             shared and {} to warm up, after them {} one by one",
            self.import.len(),
            bytes / resources.max(1),
            self.shared.len(),
            self.warm.len(),
            self.single.len(),
        )
    }
}

/// Resources in all of them.
pub fn count(bundles: &[Bundle]) -> usize {
    bundles.iter().map(|bundle| bundle.resources).sum()
}

/// Reads at most `most` Bundles of a folder, in the order of their names.
///
/// # Errors
///
/// A folder without Bundles, a file that is none.
pub fn read(folder: &Path, most: usize, limits: &Limits) -> anyhow::Result<Bundles> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .with_context(|| format!("cannot read {}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    paths.sort();
    let (shared, mut people): (Vec<_>, Vec<_>) =
        paths.into_iter().partition(|path| is_shared(path));
    people.truncate(most);
    ensure!(people.len() >= 4, "{} holds fewer than 4 Bundles of people", folder.display());
    let mut all = Bundles::default();
    for path in shared {
        all.shared.push(bundle(&path)?.0);
    }
    let warm = WARM_MAX.min(people.len() / 4);
    let single = limits.transactions.min(people.len() / 4);
    let import_end = people.len() - single;
    for (place, path) in people.iter().enumerate() {
        let (bundle, value) = bundle(path)?;
        if place < warm {
            all.warm.push(bundle);
        } else if place < import_end {
            all.take(&value);
            all.import.push(bundle);
        } else {
            all.single.push(bundle);
        }
    }
    ensure!(!all.samples.is_empty(), "no Patient is in the Bundles");
    Ok(all)
}

/// The names under which `manzil demo-data` and Synthea write what all people share.
fn is_shared(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase());
    let name = name.unwrap_or_default();
    ["clinics", "hospitalinformation", "practitionerinformation"]
        .iter()
        .any(|shared| name.contains(shared))
}

fn bundle(path: &Path) -> anyhow::Result<(Bundle, Value)> {
    let body = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let value: Value =
        serde_json::from_slice(&body).with_context(|| format!("{} is not JSON", path.display()))?;
    let observations = resources(&value).filter(|each| kind(each) == Some("Observation")).count();
    let resources = resources(&value).count();
    ensure!(resources > 0, "{} is not a Bundle with entries", path.display());
    Ok((Bundle { body, resources, observations }, value))
}

fn resources(bundle: &Value) -> impl Iterator<Item = &Value> {
    let entries = bundle.get("entry").and_then(Value::as_array).into_iter().flatten();
    entries.filter_map(|entry| entry.get("resource"))
}

fn kind(resource: &Value) -> Option<&str> {
    resource.get("resourceType").and_then(Value::as_str)
}

fn sample(patient: &Value) -> Option<Sample> {
    let text = |pointer: &str| patient.pointer(pointer).and_then(Value::as_str);
    Some(Sample {
        family: text("/name/0/family")?.to_owned(),
        birth_date: text("/birthDate").unwrap_or_default().to_owned(),
        identifier: format!("{}|{}", text("/identifier/0/system")?, text("/identifier/0/value")?),
    })
}

/// An Observation that points to nothing; whose it is will be said when a person is known.
fn alone(mut observation: Value) -> Value {
    if let Some(members) = observation.as_object_mut() {
        for member in ["id", "encounter", "performer", "basedOn", "specimen", "derivedFrom"] {
            members.shift_remove(member);
        }
    }
    observation
}

/// The Observation as text, about this person.
pub fn about(observation: &Value, patient: &str) -> Vec<u8> {
    let mut own = observation.clone();
    if let Some(members) = own.as_object_mut() {
        members.insert("subject".into(), json!({ "reference": format!("Patient/{patient}") }));
    }
    own.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundles_are_parted_by_what_they_are_for() {
        let folder = tempfile::tempdir().unwrap();
        let person = json!({"resourceType": "Bundle", "entry": [
            {"resource": {"resourceType": "Patient", "birthDate": "1990",
                "name": [{"family": "Nur"}], "identifier": [{"system": "urn:a", "value": "7"}]}},
            {"resource": {"resourceType": "Observation", "encounter": {"reference": "urn:uuid:1"}}},
        ]});
        for name in ["000000-clinics", "1", "2", "3", "4", "5", "6", "7", "8"] {
            let path = folder.path().join(format!("{name}.json"));
            std::fs::write(path, person.to_string()).unwrap();
        }
        let limits = Limits { transactions: 1, ..Limits::default() };
        let all = read(folder.path(), 8, &limits).unwrap();
        let parts = [all.shared.len(), all.warm.len(), all.import.len(), all.single.len()];
        assert_eq!(parts, [1, 2, 5, 1]);
        assert_eq!(count(&all.import), 10);
        assert_eq!(all.import[0].observations, 1);
        assert_eq!(all.samples[0].identifier, "urn:a|7");
        let text = String::from_utf8(about(&all.observations[0], "p9")).unwrap();
        assert_eq!(text, r#"{"resourceType":"Observation","subject":{"reference":"Patient/p9"}}"#);
    }

    #[test]
    fn a_file_that_is_no_bundle_is_named() {
        let folder = tempfile::tempdir().unwrap();
        for name in 1..5 {
            std::fs::write(folder.path().join(format!("{name}.json")), "{}").unwrap();
        }
        let error = read(folder.path(), 9, &Limits::default()).unwrap_err();
        assert!(error.to_string().contains("1.json is not a Bundle"), "{error:#}");
    }
}
