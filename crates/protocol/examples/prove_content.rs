//! Prove every table under a folder and say how long that took:
//! `cargo run --release -p manzil-protocol --example prove_content -- content`.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

use manzil_protocol::Library;
use manzil_protocol::check::check;

#[expect(clippy::print_stdout, clippy::disallowed_methods, reason = "it measures and prints")]
fn main() -> Result<(), Box<dyn Error>> {
    let root = std::env::args().nth(1).unwrap_or_else(|| "content".to_owned());
    let mut files = Vec::new();
    collect(Path::new(&root), Path::new(&root), &mut files)?;
    let reading = Instant::now();
    let library = match Library::load(files) {
        Ok(library) => library,
        Err(told) => {
            for told in &told {
                println!("{told}\n");
            }
            return Err("the files could not be read".into());
        }
    };
    let loaded = reading.elapsed();
    let proving = Instant::now();
    let report = check(&library);
    let proved = proving.elapsed();
    for told in &report.diagnostics {
        println!("{told}\n");
    }
    for table in &report.tables {
        println!(
            "{} {}: {} rules, {} axes, {:.3e} combinations, complete {}, unambiguous {}",
            table.protocol,
            table.table,
            table.rules,
            table.axes,
            table.combinations,
            table.complete,
            table.unambiguous
        );
    }
    println!(
        "{} protocols, {} tables ({} complete), {} rules, {} steps: loaded in {loaded:?}, proved in {proved:?}",
        report.protocols,
        report.tables.len(),
        report.tables_complete(),
        report.rules(),
        report.steps
    );
    Ok(())
}

fn collect(
    root: &Path,
    folder: &Path,
    files: &mut Vec<(String, String)>,
) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
            files.push((name, fs::read_to_string(&path)?));
        }
    }
    Ok(())
}
