//! Every file of the repository, read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

/// Folders of the root that hold no source, skipped when there is no git to ask; the same as in
/// `.gitignore`.
const NOT_SOURCE: &[&str] = &[".git", "target", "data"];

/// The repository's files by their path from the root, with `/` between folders.
#[derive(Debug)]
pub struct Tree {
    pub root: PathBuf,
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads the files that git knows or would take in; without git, all files outside build
    /// folders. A file that is not UTF-8 text is kept with an empty text.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let paths = match paths_from_git(root) {
            Some(paths) => paths,
            None => paths_from_folders(root)?,
        };
        let mut files = BTreeMap::new();
        for path in paths {
            // Git lists a file that has been deleted and not committed; it is gone all the same.
            let Ok(bytes) = std::fs::read(root.join(&path)) else { continue };
            files.insert(path, String::from_utf8(bytes).unwrap_or_default());
        }
        Ok(Self { root: root.to_path_buf(), files })
    }

    /// A tree made in a test.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect();
        Self { root: PathBuf::new(), files }
    }

    /// All files, sorted by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Files whose name ends in `.extension`.
    pub fn with_extension<'a>(
        &'a self,
        extension: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files().filter(move |(path, _)| extension_of(path) == extension)
    }

    /// Files below a folder (`folder` ends in `/`).
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files().filter(move |(path, _)| path.starts_with(folder))
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The folders of crates, such as `crates/fhir` and `tools/xtask`.
    pub fn crate_folders(&self) -> Vec<&str> {
        self.files()
            .filter_map(|(path, _)| path.strip_suffix("/Cargo.toml"))
            .filter(|folder| folder.matches('/').count() == 1)
            .collect()
    }
}

/// What stands after the last dot of a path; nothing when there is no dot.
pub fn extension_of(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn paths_from_git(root: &Path) -> Option<Vec<String>> {
    if !root.join(".git").exists() {
        return None;
    }
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let listing = String::from_utf8(output.stdout).ok()?;
    Some(listing.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

fn paths_from_folders(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut paths = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            if entry.file_type()?.is_dir() {
                let skipped = folder == root && NOT_SOURCE.iter().any(|skipped| name == *skipped);
                if !skipped {
                    folders.push(entry.path());
                }
            } else if let Ok(path) = entry.path().strip_prefix(root) {
                paths.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_and_folders_list_the_same_sources() {
        let root = crate::workspace::root();
        let Some(from_git) = paths_from_git(&root) else {
            return;
        };
        let from_folders = paths_from_folders(&root).unwrap();
        let missing: Vec<&String> = from_git
            .iter()
            .filter(|path| root.join(path).exists() && !from_folders.contains(path))
            .collect();
        assert!(missing.is_empty(), "only git lists {missing:?}");
    }

    #[test]
    fn crate_folders_are_two_deep() {
        let tree = Tree::of(&[
            ("Cargo.toml", ""),
            ("crates/fhir/Cargo.toml", ""),
            ("tools/xtask/Cargo.toml", ""),
            ("crates/fhir/fuzz/Cargo.toml", ""),
        ]);
        assert_eq!(tree.crate_folders(), ["crates/fhir", "tools/xtask"]);
    }
}
