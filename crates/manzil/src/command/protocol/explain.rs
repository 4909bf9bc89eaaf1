//! `manzil protocol explain`: one person, decided and explained.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use manzil_fhir::Resource;
use manzil_journey::result::{Entry, Finding};
use manzil_protocol::bind::{Record, facts_from_record};
use manzil_protocol::evaluate::{StepRecords, evaluate};
use manzil_protocol::explain::explain;
use manzil_protocol::{FactKind, Facts, Library, Protocol, Value};

use super::load;
use crate::command::print;
use crate::ids;

#[derive(Debug, Args)]
pub struct Options {
    /// The protocol's id, such as us-tb.
    protocol: String,
    /// The exam date, which decides the edition; today when left out.
    #[arg(long, value_name = "YYYY-MM-DD")]
    exam: Option<Date>,
    /// A fact and its value, such as --fact "age=9 years"; several codes with commas between.
    #[arg(long, value_name = "FACT=VALUE")]
    fact: Vec<String>,
    /// Begin with the facts of one of the protocol's cases, of the latest edition that has it;
    /// --fact changes them.
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// The language of the explanation.
    #[arg(long, default_value = "en")]
    language: String,
    /// Print the whole evaluation as JSON instead.
    #[arg(long)]
    json: bool,
    /// Folder with the protocols; the shipped ones when left out.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

pub fn run(options: Options, content_folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let folder = options.folder.as_deref().or(content_folder);
    let Some(library) = load(folder)? else { return Ok(ExitCode::FAILURE) };
    let today = ids::now().to_zoned(TimeZone::UTC).date();
    let (mut given, exam) = match &options.case {
        None => (BTreeMap::new(), options.exam.unwrap_or(today)),
        Some(case) => from_case(&library, &options, case)?,
    };
    let protocol = edition(&library, &options.protocol, exam)?;
    for written in &options.fact {
        let (name, value) = read_fact(&library, written)?;
        given.insert(name, value);
    }
    let facts = as_recorded(&library, protocol, given, exam);
    let evaluation = evaluate(&library, protocol, &facts, exam, &StepRecords::new(), exam);
    if options.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&evaluation)?));
    } else {
        print(&explain(&library, protocol, &facts, &evaluation, &options.language));
    }
    Ok(ExitCode::SUCCESS)
}

fn edition<'a>(library: &'a Library, id: &str, exam: Date) -> anyhow::Result<&'a Protocol> {
    if let Some(protocol) = library.edition_on(id, exam) {
        return Ok(protocol);
    }
    let known: Vec<String> = library
        .protocols()
        .iter()
        .filter(|protocol| !protocol.library)
        .map(|protocol| format!("{} (from {})", protocol.reference(), protocol.from))
        .collect();
    bail!("MZ-0740: no edition of {id} is in force on {exam}; there are {}", known.join(", "))
}

/// Facts as somebody gave them, by id.
type Given = BTreeMap<String, Value>;

/// The facts as they would be read back after a station had entered them, so that what one
/// finding says about another (a culture means that sputum was tested) holds here too.
fn as_recorded(library: &Library, protocol: &Protocol, given: Given, exam: Date) -> Facts {
    let observations: Vec<Resource> = given
        .iter()
        .filter(|(_, value)| !matches!(value, Value::Number { lo, hi } if lo != hi))
        .filter_map(|(name, value)| Some((library.fact(name)?, value)))
        .filter(|(fact, _)| fact.kind != FactKind::Age)
        .map(|(fact, value)| Finding { fact, entry: Entry::Value(value.clone()) })
        .map(|finding| finding.observation(exam))
        .collect();
    let records: Vec<Record<'_>> =
        observations.iter().map(|resource| Record { resource, version: 1 }).collect();
    let (mut facts, _) = facts_from_record(library, protocol, &records, exam);
    for (name, value) in given {
        if !facts.knows(&name) {
            facts.set(name, value);
        }
    }
    facts
}

fn from_case(library: &Library, options: &Options, id: &str) -> anyhow::Result<(Given, Date)> {
    let cases = library
        .protocols()
        .iter()
        .rev()
        .filter(|protocol| protocol.id == *options.protocol)
        .flat_map(|protocol| &protocol.cases);
    let case = cases
        .filter(|case| options.exam.is_none_or(|exam| exam == case.exam))
        .find(|case| case.id == *id)
        .ok_or_else(|| anyhow!("MZ-0741: {} has no case {id}", options.protocol))?;
    let given = case.given.iter().map(|(name, value)| (name.to_string(), value.clone()));
    Ok((given.collect(), case.exam))
}

fn read_fact(library: &Library, written: &str) -> anyhow::Result<(String, Value)> {
    let (name, text) = written
        .split_once('=')
        .with_context(|| format!("MZ-0742: \"{written}\" is no fact; write it as fact=value"))?;
    let name = name.trim();
    let fact = library.fact(name).ok_or_else(|| {
        anyhow!("MZ-0743: there is no fact {name}; the facts are in content/facts")
    })?;
    let value = Value::parse(fact, text.trim())?;
    Ok((name.to_owned(), value))
}
