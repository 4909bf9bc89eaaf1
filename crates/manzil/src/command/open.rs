//! Opening what several commands need: the rules and the words.

use anyhow::Context as _;
use manzil_protocol::Library;
use manzil_protocol::check::check;
use manzil_server::messages::{MessageFile, Messages};

use crate::content::{self, File};

/// Loads every fact and protocol, or prints all that is wrong with them.
pub fn library(files: &[File]) -> anyhow::Result<Library> {
    let rules = files.iter().filter(|file| content::is_rules(file)).cloned();
    Library::load(rules).map_err(|diagnostics| {
        let count = diagnostics.len();
        let texts: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the content has {count} errors:\n{}", texts.join("\n"))
    })
}

/// Refuses rules whose tables are not proved: decisions rely on the proofs. The shipped rules are
/// proved by the tests, so only those from a folder are proved here.
pub fn require_proof(library: &Library) -> anyhow::Result<()> {
    let report = check(library);
    anyhow::ensure!(
        report.is_proved(),
        "MZ-0734: {} claims about the rules are not proved; see them with manzil protocol check",
        report.diagnostics.len()
    );
    Ok(())
}

/// Loads the messages of every language.
pub fn messages(files: &[File]) -> anyhow::Result<Messages> {
    let found: Vec<MessageFile<'_>> = files
        .iter()
        .filter(|file| content::is_messages(file))
        .filter_map(|(path, text)| {
            let language = path.strip_prefix("messages/")?.split('/').next()?;
            Some(MessageFile { language, name: path, text })
        })
        .collect();
    Messages::load(found).context("the messages cannot be used")
}
