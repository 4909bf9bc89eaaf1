//! How a store behaves as it grows: far more people than a bench can send, straight into an engine.
//!
//! ```text
//! manzil demo-data --format fhir --people 300 -o target/bundles
//! cargo run --release -p growth -- fill target/bundles --resources 10000000 --data target/big.sqlite
//! cargo run --release -p growth -- spread target/bundles --instances 1,2,4
//! ```
//!
//! The people are those of the Bundles over and over, each time with new ids and identifiers: their
//! names and dates of birth repeat, so that a search for one finds more than it would among real
//! people.

#![allow(clippy::print_stdout, reason = "a program that measures prints")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]
#![allow(
    unreachable_pub,
    reason = "nothing outside a program reaches it; pub marks what other modules use"
)]

mod fill;
mod latency;
mod people;
mod questions;
mod spread;

use clap::Parser;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures how stores behave as they grow.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
enum Command {
    /// Fill one store, say how fast at each step, then ask it.
    Fill(fill::Options),
    /// Ask a data file that was filled before.
    Ask(fill::Again),
    /// Spread people over several PostgreSQL instances by their homes, and ask.
    Spread(spread::Options),
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Fill(options) => fill::run(&options),
        Command::Ask(options) => fill::ask_again(&options),
        Command::Spread(options) => spread::run(&options),
    }
}
