//! Loads a content folder, proves its tables, and prints what it found.
//!
//! ```sh
//! cargo run -p manzil-protocol --example check_content -- content
//! ```
//!
//! It ends with an error when a file cannot be read, is wrong, or a claim is not proved.

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use manzil_protocol::check::check;
use manzil_protocol::{Library, Status};

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
    tell_proofs(&mut out, &library)
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
