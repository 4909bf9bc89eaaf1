//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::command;

/// A health system for people on the move: one binary, one file, no network needed.
#[derive(Debug, Parser)]
#[command(name = "manzil", version, about, max_term_width = 100)]
struct Cli {
    /// Folder with facts/, protocols/ and messages/ to use instead of the shipped content.
    #[arg(long, global = true, value_name = "FOLDER")]
    content: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(command::serve::Options),
    /// Bring a caseload (CSV) or FHIR resources (Bundle, NDJSON) into a data file.
    Import(command::import::Options),
    /// Load FHIR files in bulk (transaction, batch and collection Bundles, NDJSON, also gzip).
    Load(command::load::Options),
    /// Say what each person of a caseload needs under the rules of the destination, and why.
    Assess(command::assess::Options),
    /// Check, test and explain protocols.
    #[command(subcommand)]
    Protocol(command::protocol::Command),
    /// Write a caseload of fictional people.
    DemoData(command::demo_data::Options),
    /// Look after a data file: its shape, its audit chain, its size.
    Doctor(command::doctor::Options),
    /// Let other software in, and see what is let in.
    #[command(subcommand)]
    Software(command::software::Command),
    /// Move a whole store between a data file and a PostgreSQL database, verified by hash.
    MigrateStore(command::migrate_store::Options),
}

/// Reads the command line and does as it says.
pub fn run() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    let content = cli.content.as_deref();
    match cli.command {
        Command::Serve(options) => command::serve::run(options, content),
        Command::Import(options) => command::import::run(options, content),
        Command::Load(options) => command::load::run(options, content),
        Command::Assess(options) => command::assess::run(options, content),
        Command::Protocol(subcommand) => command::protocol::run(subcommand, content),
        Command::DemoData(options) => command::demo_data::run(&options),
        Command::Doctor(options) => command::doctor::run(&options),
        Command::Software(subcommand) => command::software::run(subcommand, content),
        Command::MigrateStore(options) => command::migrate_store::run(&options),
    }
}

/// Prints what went wrong, with its causes, for a person to act on.
#[expect(clippy::print_stderr, reason = "this is the program's voice")]
pub fn complain(error: &anyhow::Error) {
    eprintln!("manzil: {error:#}");
}
