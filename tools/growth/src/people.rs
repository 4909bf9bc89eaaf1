//! Endless fictional people, made of a folder of transaction Bundles.

use std::path::Path;

use anyhow::{Context as _, ensure};
use manzil_fhir::Resource;
use manzil_journey::access::Compartment;
use manzil_journey::import::bundle::{Entry, settle};
use manzil_store::{ChangeSet, Content, Expect, Write};
use serde_json::Value;

/// How every address within a Bundle begins.
const ADDRESS: &str = "urn:uuid:";
/// How every identifier of a demonstration begins.
const IDENTIFIER: &str = "DEMO-";

/// Bundles, one a person.
#[derive(Debug)]
pub struct People {
    texts: Vec<String>,
}

/// What can be asked of one person.
#[derive(Clone, Debug, Default)]
pub struct Person {
    pub id: String,
    pub family: String,
    pub birth_date: String,
    pub identifier: String,
}

impl People {
    /// Reads the Bundles that hold a Patient.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder).context("the folder of Bundles")? {
            paths.push(entry?.path());
        }
        paths.sort();
        let mut texts = Vec::new();
        for path in paths {
            let text = std::fs::read_to_string(&path)?;
            if text.contains(r#""resourceType":"Patient""#) {
                texts.push(text);
            }
        }
        ensure!(!texts.is_empty(), "{} holds no Bundle of a person", folder.display());
        Ok(Self { texts })
    }

    /// Everything about the person of this number, and what to ask of them.
    pub fn person(&self, number: usize) -> anyhow::Result<(ChangeSet, Person)> {
        let (round, place) = (number / self.texts.len(), number % self.texts.len());
        let text = self.texts.get(place).context("no such Bundle")?;
        let text = renamed(text, round).replace(IDENTIFIER, &format!("DEMO-{round}-"));
        let bundle: Value = serde_json::from_str(&text)?;
        let mut entries = Vec::new();
        for entry in bundle.get("entry").and_then(Value::as_array).context("no entries")? {
            let full_url = entry.get("fullUrl").and_then(Value::as_str).map(str::to_owned);
            let resource = entry.get("resource").cloned().context("no resource")?;
            let resource = Resource::from_value(resource)?;
            entries.push(Entry { line: 1, path: String::new(), full_url, resource });
        }
        settle(&mut entries, &mut String::new);
        let patient = entries.iter().find(|it| it.resource.resource_type() == "Patient");
        let patient = patient.context("a Bundle without a Patient")?;
        let person = known(patient.resource.value());
        let writes = entries.into_iter().map(|entry| Write {
            content: Content::Put(entry.resource),
            person: Some(person.id.clone()),
            compartment: Compartment::Care,
            expect: Expect::Any,
        });
        let writes = writes.collect();
        Ok((ChangeSet { writes, what: "growth".into(), ..ChangeSet::default() }, person))
    }
}

/// The text with the round in the first eight digits of each address.
fn renamed(text: &str, round: usize) -> String {
    let address = format!("{ADDRESS}{round:08x}");
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(ADDRESS) {
        made.push_str(before);
        made.push_str(&address);
        rest = after.get(8..).unwrap_or_default();
    }
    made + rest
}

fn known(patient: &Value) -> Person {
    let text = |pointer: &str| {
        patient.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let (system, value) = (text("/identifier/0/system"), text("/identifier/0/value"));
    Person {
        id: text("/id"),
        family: text("/name/0/family"),
        birth_date: text("/birthDate"),
        identifier: format!("{system}|{value}"),
    }
}
