//! Measures how fast people are decided: every case of every protocol, at every prefix of its
//! facts, from nothing known to everything.
//!
//! ```sh
//! cargo run --release -p manzil-protocol --example evaluate_rate -- content
//! ```

#![expect(clippy::disallowed_methods, reason = "it measures time, and decides nothing by it")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use manzil_protocol::change::what_would_change;
use manzil_protocol::evaluate::{Depth, StepRecords, decide, evaluate_to};
use manzil_protocol::{Case, Facts, Library, Protocol, evaluate};

/// How often each question is asked of each person.
const ROUNDS: u32 = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let root = std::env::args().nth(1).unwrap_or_else(|| "content".into());
    let mut files = Vec::new();
    read(Path::new(&root), &mut files)?;
    files.sort();
    let begun = Instant::now();
    let library = Library::load(files).map_err(|told| format!("{} mistakes", told.len()))?;
    let mut out = io::stdout().lock();
    writeln!(out, "load: {:?}", begun.elapsed())?;
    let mut all = Rates::default();
    for protocol in library.protocols().iter().filter(|protocol| !protocol.library) {
        let mut rates = Rates::default();
        for case in &protocol.cases {
            for (known, facts) in prefixes(protocol, case).iter().enumerate() {
                rates.measure(&library, protocol, case, facts, known);
            }
        }
        writeln!(out, "{} ({} people)", protocol.reference(), rates.people())?;
        rates.tell(&mut out)?;
        all.add(rates);
    }
    writeln!(out, "all protocols ({} people)", all.people())?;
    all.tell(&mut out)?;
    Ok(())
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

/// What is known of a person at first, after one answer, after two, and so on, in ask order.
fn prefixes(protocol: &Protocol, case: &Case) -> Vec<Facts> {
    let mut facts = Facts::new();
    let mut prefixes = vec![facts.clone()];
    for (fact, value) in protocol.facts.iter().filter_map(|fact| case.given.get_key_value(fact)) {
        facts.set(fact.clone(), value.clone());
        prefixes.push(facts.clone());
    }
    prefixes
}

/// What each question took, by its name.
#[derive(Default)]
struct Rates(BTreeMap<&'static str, Vec<Duration>>);

impl Rates {
    fn measure(
        &mut self,
        library: &Library,
        protocol: &Protocol,
        case: &Case,
        facts: &Facts,
        known: usize,
    ) {
        let records = StepRecords::new();
        let whole = timed(|| evaluate(library, protocol, facts, case.exam, &records, case.exam));
        self.push("evaluate", whole);
        let states =
            || evaluate_to(Depth::States, library, protocol, facts, case.exam, &records, case.exam);
        self.push("evaluate, states alone", timed(states));
        if known == 0 {
            self.push("evaluate, nothing known", whole);
        } else if known * 2 / (case.given.len().max(1)) == 1 {
            self.push("evaluate, half or more known", whole);
        }
        let Some(certificate) = &protocol.certificate else { return };
        let table = &certificate.clearance;
        self.push("decide", timed(|| decide(library, protocol, facts, table)));
        self.push(
            "what would change",
            timed(|| what_would_change(library, protocol, facts, table)),
        );
    }

    fn push(&mut self, question: &'static str, took: Duration) {
        self.0.entry(question).or_default().push(took);
    }

    fn add(&mut self, other: Self) {
        for (question, mut took) in other.0 {
            self.0.entry(question).or_default().append(&mut took);
        }
    }

    fn people(&self) -> usize {
        self.0.get("evaluate").map_or(0, Vec::len)
    }

    fn tell(&mut self, out: &mut impl Write) -> io::Result<()> {
        for (question, took) in &mut self.0 {
            took.sort_unstable();
            let sum: Duration = took.iter().sum();
            let micros = |duration: Duration| duration.as_secs_f64() * 1e6;
            let at = |part: usize| {
                micros(took.get(took.len() * part / 100).copied().unwrap_or_default())
            };
            let mean = micros(sum) / took.len().max(1) as f64;
            let most = micros(took.last().copied().unwrap_or_default());
            writeln!(
                out,
                "  {question:30} mean {mean:10.1} us, median {:10.1}, 95% {:10.1}, most {most:10.1}",
                at(50),
                at(95),
            )?;
        }
        Ok(())
    }
}

/// The shortest of a few rounds, so that what else the machine does counts less.
fn timed<T>(mut question: impl FnMut() -> T) -> Duration {
    let round = |_| {
        let begun = Instant::now();
        let answer = black_box(question());
        let took = begun.elapsed();
        drop(answer);
        took
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}
