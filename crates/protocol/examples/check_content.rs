//! Loads a content folder, runs its cases, proves its tables, and prints what it found.
//!
//! ```sh
//! cargo run -p manzil-protocol --example check_content -- content
//! ```
//!
//! It ends with an error when a file cannot be read or is wrong, a case comes out otherwise, a rule
//! or step is not both true and false in some case, or a claim is not proved.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use manzil_protocol::check::check;
use manzil_protocol::evaluate::{StepRecords, TableResult, Truth};
use manzil_protocol::{
    Case, Evaluation, Expected, ExpectedStep, Facts, Library, Protocol, Status, evaluate,
};

fn main() -> Result<(), Box<dyn Error>> {
    let root = std::env::args().nth(1).unwrap_or_else(|| "content".into());
    let mut files = Vec::new();
    read(Path::new(&root), &mut files)?;
    files.sort();
    let mut out = io::stdout().lock();
    let library = match Library::load(files) {
        Ok(library) => library,
        Err(diagnostics) => {
            for diagnostic in &diagnostics {
                writeln!(out, "{diagnostic}\n")?;
            }
            return Err(format!("{} mistakes", diagnostics.len()).into());
        }
    };
    tell_protocols(&mut out, &library)?;
    let wrong = tell_cases(&mut out, &library)?;
    tell_proofs(&mut out, &library)?;
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} cases or rules are wrong").into()) }
}

fn read(folder: &Path, files: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push((path.to_string_lossy().replace('\\', "/"), fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

fn tell_protocols(out: &mut impl Write, library: &Library) -> io::Result<()> {
    writeln!(out, "{} facts", library.facts().len())?;
    for protocol in library.protocols() {
        let reference = protocol.reference();
        let own = |home: &manzil_protocol::ProtocolRef| *home == reference;
        let rules = || {
            let tables = protocol.tables.iter().filter(|table| own(&table.home));
            tables.flat_map(|table| &table.rules).map(|rule| rule.status)
        };
        let steps = || protocol.steps.iter().filter(|step| own(&step.home)).map(|step| step.status);
        let unverified = |statuses: &mut dyn Iterator<Item = Status>| {
            statuses.filter(|status| *status == Status::Unverified).count()
        };
        writeln!(
            out,
            "{reference}: {} tables, {} rules ({} unverified), {} steps ({} unverified), {} cases",
            protocol.tables.iter().filter(|table| own(&table.home)).count(),
            rules().count(),
            unverified(&mut rules()),
            steps().count(),
            unverified(&mut steps()),
            protocol.cases.len(),
        )?;
    }
    Ok(())
}

/// Runs every case; how many came out otherwise, and how many rules and steps lack a case.
fn tell_cases(out: &mut impl Write, library: &Library) -> io::Result<usize> {
    let (mut cases, mut wrong) = (0, 0);
    for protocol in library.protocols() {
        let mut seen = BTreeMap::<String, BTreeSet<Truth>>::new();
        for case in &protocol.cases {
            let evaluation = run(library, protocol, case);
            cases += 1;
            for difference in differences(case, &evaluation) {
                wrong += 1;
                writeln!(out, "{} {}: {difference}", protocol.reference(), case.id)?;
            }
            remember(protocol, &evaluation, &mut seen);
        }
        for (what, truths) in seen {
            if !truths.contains(&Truth::True) || !truths.contains(&Truth::False) {
                wrong += 1;
                writeln!(out, "{} {what} is only {truths:?}", protocol.reference())?;
            }
        }
    }
    writeln!(out, "{cases} cases, {wrong} differences")?;
    Ok(wrong)
}

fn run(library: &Library, protocol: &Protocol, case: &Case) -> Evaluation {
    let mut facts = Facts::new();
    for (fact, value) in &case.given {
        facts.set(fact.clone(), value.clone());
    }
    evaluate(library, protocol, &facts, case.exam, &StepRecords::new(), case.exam)
}

fn differences(case: &Case, evaluation: &Evaluation) -> Vec<String> {
    let mut found = Vec::new();
    let mut missing = BTreeSet::new();
    for (table, expected) in &case.expect {
        let Some(result) = evaluation.table(table).map(|table| &table.result) else { continue };
        missing.extend(result.missing().iter().cloned());
        let same = match (expected, result) {
            (Expected::Unknown, TableResult::Unknown { .. }) => true,
            (Expected::Outcomes(expected), TableResult::Known(known)) => {
                expected.iter().eq(known.iter())
            }
            _ => false,
        };
        if !same {
            found.push(format!("{table} should be {expected:?}, is {result:?}"));
        }
    }
    for (step, expected) in &case.steps {
        let Some(step) = evaluation.step(step) else { continue };
        missing.extend(step.missing.iter().cloned());
        let is = match step.required {
            Truth::True => ExpectedStep::Required,
            Truth::False => ExpectedStep::NotRequired,
            Truth::Unknown => ExpectedStep::Undetermined,
        };
        if is != *expected {
            found.push(format!("{} should be {}, is {}", step.step, expected.words(), is.words()));
        }
    }
    if let Some(expected) = &case.missing {
        let is: Vec<_> = evaluation.missing.iter().filter(|fact| missing.contains(*fact)).collect();
        if !expected.iter().eq(is.iter().copied()) {
            found.push(format!("missing should be {expected:?}, is {is:?}"));
        }
    }
    found
}

/// Which rules and steps of its own a case has seen true and false.
fn remember(
    protocol: &Protocol,
    evaluation: &Evaluation,
    seen: &mut BTreeMap<String, BTreeSet<Truth>>,
) {
    let home = protocol.reference();
    for table in evaluation.tables.iter().filter(|table| table.home == home) {
        for rule in &table.rules {
            seen.entry(format!("rule {}.{}", table.id, rule.id)).or_default().insert(rule.truth);
        }
    }
    for step in protocol.steps.iter().filter(|step| step.home == home) {
        let always = matches!(step.when, manzil_protocol::Condition::Always { .. });
        if let Some(evaluated) = evaluation.step(&step.id).filter(|_| !always) {
            seen.entry(format!("step {}", step.id)).or_default().insert(evaluated.required);
        }
    }
}

fn tell_proofs(out: &mut impl Write, library: &Library) -> Result<(), Box<dyn Error>> {
    let report = check(library);
    for proof in &report.tables {
        writeln!(
            out,
            "{} {}: complete {}, unambiguous {}, {} exclusive pairs, {} axes, {:.0} combinations",
            proof.protocol,
            proof.table,
            proof.complete,
            proof.unambiguous,
            proof.exclusive_pairs,
            proof.axes,
            proof.combinations,
        )?;
    }
    for diagnostic in &report.diagnostics {
        writeln!(out, "{diagnostic}\n")?;
    }
    if report.is_proved() { Ok(()) } else { Err("not everything is proved".into()) }
}
