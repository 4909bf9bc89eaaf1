//! The content that is shipped: protocols, vocabulary, messages.
//!
//! It lies in the binary; `--content FOLDER` takes a folder instead, so that a programme can
//! use protocols of its own without a new program.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use include_dir::{Dir, include_dir};

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../content");

/// One content file: its path from the content folder on, with `/`, and its text.
pub type File = (String, String);

/// All content files under a folder, or those that are shipped.
pub fn files(folder: Option<&Path>) -> anyhow::Result<Vec<File>> {
    let mut found = match folder {
        Some(folder) => read_folder(folder)?,
        None => shipped(&SHIPPED),
    };
    found.sort();
    Ok(found)
}

fn shipped(folder: &Dir<'_>) -> Vec<File> {
    let own = folder.files().filter_map(|file| {
        let path = file.path().to_str()?.replace('\\', "/");
        Some((path, file.contents_utf8()?.to_owned()))
    });
    own.chain(folder.dirs().flat_map(shipped)).collect()
}

fn read_folder(folder: &Path) -> anyhow::Result<Vec<File>> {
    if !folder.is_dir() {
        bail!(
            "MZ-0701: {} is no folder; give the folder that holds facts/ and protocols/",
            folder.display()
        );
    }
    let mut found = Vec::new();
    walk(folder, folder, &mut found)?;
    Ok(found)
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<File>) -> anyhow::Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .with_context(|| format!("MZ-0702: cannot read the folder {}", folder.display()))?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(root, &path, found)?;
        } else if is_content(&path) {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("MZ-0702: cannot read {} as text", path.display()))?;
            let relative = path.strip_prefix(root).unwrap_or(&path);
            found.push((relative.to_string_lossy().replace('\\', "/"), text));
        }
    }
    Ok(())
}

fn is_content(path: &Path) -> bool {
    has_ending(path, "toml") || has_ending(path, "ftl")
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

/// Whether a content file holds rules: facts, protocols, reference tables, phrases.
pub fn is_rules((path, _): &File) -> bool {
    has_ending(Path::new(path), "toml")
}

/// Whether a content file holds messages.
pub fn is_messages((path, _): &File) -> bool {
    has_ending(Path::new(path), "ftl")
}

/// The rules at a path: a content folder, a folder inside one, or a folder of protocols alone,
/// which is then read with the shipped facts.
///
/// File names keep the path as given, so that a diagnostic can be followed.
pub fn rules_at(path: &Path) -> anyhow::Result<Vec<File>> {
    if !path.is_dir() {
        bail!("MZ-0701: {} is no folder; give a folder of protocols", path.display());
    }
    let has_facts = |folder: &&Path| folder.join("facts").is_dir();
    if let Some(root) = path.ancestors().find(has_facts) {
        return Ok(named_after(root, read_folder(root)?));
    }
    let around = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if let Some(root) = around.ancestors().find(has_facts) {
        return Ok(named_after(root, read_folder(root)?));
    }
    let mut found: Vec<File> =
        shipped(&SHIPPED).into_iter().filter(|(name, _)| !name.starts_with("protocols/")).collect();
    let own = read_folder(path)?.into_iter();
    let prefix = if path.ends_with("protocols") { path.to_owned() } else { path.join("protocols") };
    found.extend(own.map(|(name, text)| (prefix.join(name).to_string_lossy().into_owned(), text)));
    Ok(found)
}

fn named_after(root: &Path, files: Vec<File>) -> Vec<File> {
    let name = |name: String| root.join(name).to_string_lossy().replace('\\', "/");
    files.into_iter().map(|(path, text)| (name(path), text)).collect()
}
