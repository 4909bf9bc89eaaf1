//! `manzil protocol explain`: one person, decided and explained.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use manzil_protocol::evaluate::{StepRecords, evaluate};
use manzil_protocol::explain::explain;
use manzil_protocol::{Facts, Library, Protocol, Value};

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
    let (mut facts, exam) = match &options.case {
        None => (Facts::new(), options.exam.unwrap_or(today)),
        Some(case) => from_case(&library, &options, case)?,
    };
    let protocol = edition(&library, &options.protocol, exam)?;
    for written in &options.fact {
        let (name, value) = read_fact(&library, written)?;
        facts.set(name, value);
    }
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
    bail!(
        "MZ-0740: no edition of {id} is in force on {exam}; there are {}",
        known.join(", ")
    )
}

fn from_case(library: &Library, options: &Options, id: &str) -> anyhow::Result<(Facts, Date)> {
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
    let given = case.given.iter().map(|(name, value)| (name.clone(), value.clone()));
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
