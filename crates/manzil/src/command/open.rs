//! Opening what several commands need: the rules, the words, the data file.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use manzil_protocol::Library;
use manzil_protocol::check::check;
use manzil_server::messages::{MessageFile, Messages};
use manzil_store::Store;
use manzil_store_sqlite::{Options, SqliteStore};

use crate::content::{self, File};
use crate::ids;

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

/// Opens a data file, making it when it is not there.
pub fn store(path: &Path) -> anyhow::Result<Arc<dyn Store>> {
    if let Some(folder) = path.parent()
        && !folder.as_os_str().is_empty()
        && !folder.is_dir()
    {
        bail!("MZ-0730: the folder {} does not exist; make it first", folder.display());
    }
    let store = SqliteStore::open(path, Options::new(ids::clock(), "node"))
        .with_context(|| format!("cannot open the data file {}", path.display()))?;
    Ok(Arc::new(store))
}
