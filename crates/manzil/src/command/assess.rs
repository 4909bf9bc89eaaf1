//! `manzil assess`: a caseload in; what each person needs, their class and the reasons out.
//!
//! Nothing is stored: the file is planned as an import into an empty store, and the people are
//! examined as they would stand afterwards.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use comfy_table::{ContentArrangement, Table, presets};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use manzil_journey::change::Recorded;
use manzil_journey::file::{Examined, PersonFile};
use manzil_journey::import::plan::{self, Accept, Existing, Plan};
use manzil_journey::import::problem::Problem;
use manzil_journey::import::{bundle, row, table};
use manzil_journey::result::Performed;
use manzil_protocol::Library;
use manzil_protocol::evaluate::{StepEvaluation, StepState, TableResult, Truth};
use manzil_store::desk::Upload;
use serde::Serialize;

use super::{open, print};
use crate::{content, ids};

#[derive(Debug, Args)]
pub struct Options {
    /// A CSV caseload, a FHIR Bundle or NDJSON.
    file: PathBuf,
    /// The column map of a CSV file; the standard headings when left out.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Table,
    Json,
}

/// What comes out for one person under one protocol.
#[derive(Debug, Serialize)]
struct Assessed {
    person: String,
    name: String,
    protocol: String,
    exam: Date,
    required: Vec<Required>,
    /// Steps that cannot be decided yet, with the facts that would.
    undetermined: BTreeMap<String, Vec<String>>,
    /// Outcomes by table, with the rules that gave them.
    decided: BTreeMap<String, Vec<String>>,
    missing: BTreeMap<String, Vec<String>>,
    reasons: Vec<Reason>,
    unverified: bool,
}

#[derive(Debug, Serialize)]
struct Required {
    step: String,
    station: &'static str,
    state: String,
    because: String,
    source: String,
}

#[derive(Debug, Serialize)]
struct Reason {
    rule: String,
    outcome: String,
    because: String,
    source: String,
}

pub fn run(options: Options, content_folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let library = open::library(&content::files(content_folder)?)?;
    let upload = super::import::read_upload(&options.file, options.map.as_deref())?;
    let today = ids::now().to_zoned(TimeZone::UTC).date();
    let plan = match plan(&library, &upload, today) {
        Ok(plan) => plan,
        Err(problems) => return Ok(refused(&problems)),
    };
    if plan.problems.iter().any(Problem::is_error) {
        return Ok(refused(&plan.problems));
    }
    let mut assessed = Vec::new();
    for file in people(plan) {
        for held in file.assessments() {
            for examined in file.examine(&library, &held.item, today) {
                assessed.push(one(&file, held.item.exam, &examined));
            }
        }
    }
    match options.format {
        Format::Json => print(&format!("{}\n", serde_json::to_string_pretty(&assessed)?)),
        Format::Table => print(&format!("{}\n", as_table(&assessed))),
    }
    Ok(ExitCode::SUCCESS)
}

fn plan(library: &Library, upload: &Upload, today: Date) -> Result<Plan, Vec<Problem>> {
    let mut ids = ids::id_or_empty;
    if upload.is_fhir() {
        let text = String::from_utf8_lossy(&upload.bytes);
        let mut entries = bundle::read(&text)?;
        bundle::settle(&mut entries, &mut ids);
        return Ok(bundle::plan(&entries, &BTreeMap::new()));
    }
    let table = table::read(&upload.bytes, upload.map.delimiter)?;
    let rows = row::read(&table, &upload.map, library, today)?;
    let performed = Performed { on: today, at: ids::now(), by: "command-line".into() };
    Ok(plan::plan(&rows, &Existing::default(), library, Accept::Everything, &performed, &mut ids))
}

fn refused(problems: &[Problem]) -> ExitCode {
    for problem in problems {
        print(&format!("{problem}\n"));
    }
    ExitCode::FAILURE
}

/// The people of a plan, in the order of the file, each with everything planned about them.
fn people(plan: Plan) -> Vec<PersonFile> {
    let mut order: Vec<String> = Vec::new();
    let mut records: BTreeMap<String, Vec<Recorded>> = BTreeMap::new();
    for draft in plan.batches.into_iter().flat_map(|batch| batch.drafts) {
        let Some(person) = draft.person else { continue };
        if !records.contains_key(&person) {
            order.push(person.clone());
        }
        let recorded =
            Recorded { resource: draft.resource, version: 1, compartment: draft.compartment };
        records.entry(person).or_default().push(recorded);
    }
    order.iter().filter_map(|person| PersonFile::read(records.remove(person)?)).collect()
}

fn one(file: &PersonFile, exam: Date, examined: &Examined<'_>) -> Assessed {
    let evaluation = &examined.evaluation;
    let number = file.person.identifiers.first().map(|each| each.value.clone());
    let mut assessed = Assessed {
        person: number.unwrap_or_default(),
        name: file.person.name.clone(),
        protocol: examined.protocol.stamp(),
        exam,
        required: Vec::new(),
        undetermined: BTreeMap::new(),
        decided: BTreeMap::new(),
        missing: BTreeMap::new(),
        reasons: Vec::new(),
        unverified: evaluation.is_unverified(),
    };
    for step in &evaluation.steps {
        add_step(&mut assessed, step);
    }
    for table in &evaluation.tables {
        match &table.result {
            TableResult::Known(outcomes) => {
                let outcomes = outcomes.iter().map(ToString::to_string).collect();
                assessed.decided.insert(table.id.to_string(), outcomes);
            }
            TableResult::Unknown { missing, .. } => {
                let missing = missing.iter().map(ToString::to_string).collect();
                assessed.missing.insert(table.id.to_string(), missing);
            }
        }
        let fired = table.rules.iter().filter(|rule| rule.truth == Truth::True);
        assessed.reasons.extend(fired.map(|rule| Reason {
            rule: rule.id.to_string(),
            outcome: rule.then.to_string(),
            because: rule.because.get("en").to_owned(),
            source: rule.source.title.clone(),
        }));
    }
    assessed
}

fn add_step(assessed: &mut Assessed, step: &StepEvaluation) {
    let state = match &step.state {
        StepState::NotRequired => return,
        StepState::Undetermined => {
            let missing = step.missing.iter().map(ToString::to_string).collect();
            assessed.undetermined.insert(step.step.to_string(), missing);
            return;
        }
        StepState::Blocked { .. } => "blocked".to_owned(),
        StepState::Due => "due".to_owned(),
        StepState::Waiting { until } => format!("waiting until {until}"),
        StepState::Done => "done".to_owned(),
        StepState::Expired => "expired".to_owned(),
    };
    assessed.required.push(Required {
        step: step.step.to_string(),
        station: step.station.word(),
        state,
        because: step.because.get("en").to_owned(),
        source: step.source.title.clone(),
    });
}

/// Columns of the table when the output goes into a file or a pipe.
const WIDTH_WITHOUT_TERMINAL: u16 = 140;
/// Facts shown of those that are missing; the rest is a number, and all are in the JSON.
const MISSING_SHOWN: usize = 4;

fn first_few(missing: &[&str]) -> String {
    let shown = missing.iter().take(MISSING_SHOWN).copied().collect::<Vec<_>>().join(", ");
    match missing.len().saturating_sub(MISSING_SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn as_table(assessed: &[Assessed]) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none() {
        table.set_width(WIDTH_WITHOUT_TERMINAL);
    }
    table.set_header(["person", "rules", "required", "decided", "not known yet"]);
    for each in assessed {
        let required = each.required.iter().map(|step| format!("{}: {}", step.step, step.state));
        let decided = each
            .decided
            .iter()
            .map(|(table, outcomes)| format!("{table}: {}", outcomes.join(" + ")));
        let mut missing: Vec<&str> = Vec::new();
        for fact in each.missing.values().chain(each.undetermined.values()).flatten() {
            if !missing.contains(&fact.as_str()) {
                missing.push(fact);
            }
        }
        table.add_row([
            format!("{}\n{}", each.person, each.name),
            format!("{}{}", each.protocol, if each.unverified { "\nunverified" } else { "" }),
            required.collect::<Vec<_>>().join("\n"),
            decided.collect::<Vec<_>>().join("\n"),
            first_few(&missing),
        ]);
    }
    table.to_string()
}
