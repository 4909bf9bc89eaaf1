//! `manzil protocol`: check, test and explain rules.

mod check;
mod explain;
mod test;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use manzil_protocol::{Diagnostic, Library, Paint};

use super::print;
use crate::content;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read every file and prove every table complete and unambiguous.
    Check { folder: Option<PathBuf> },
    /// Run the cases of every protocol.
    Test { folder: Option<PathBuf> },
    /// Decide one person by facts given on the command line or in a file, and say why.
    Explain(explain::Options),
}

pub fn run(command: Command, content_folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let folder = |given: Option<PathBuf>| given.or_else(|| content_folder.map(Path::to_owned));
    match command {
        Command::Check { folder: given } => check::run(folder(given).as_deref()),
        Command::Test { folder: given } => test::run(folder(given).as_deref()),
        Command::Explain(options) => explain::run(options, content_folder),
    }
}

/// The rules at a folder, or the shipped ones; none after printing all that is wrong with them.
fn load(folder: Option<&Path>) -> anyhow::Result<Option<Library>> {
    let files = folder.map_or_else(|| content::files(None), content::rules_at)?;
    let rules = files.into_iter().filter(content::is_rules);
    Ok(Library::load(rules).map_err(|diagnostics| tell(&diagnostics)).ok())
}

/// Prints diagnostics as compilers do.
fn tell(diagnostics: &[Diagnostic]) {
    let paint = if std::io::stdout().is_terminal() { Paint::Colour } else { Paint::Plain };
    for diagnostic in diagnostics {
        print(&format!("{}\n\n", diagnostic.render(paint)));
    }
    let count = diagnostics.len();
    let errors = if count == 1 { "error" } else { "errors" };
    print(&format!("{count} {errors}\n"));
}
