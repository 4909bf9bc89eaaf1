//! What must not be in the repository at all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::tree::{Tree, extension_of};
use super::{Finding, Rule};

pub const PLACES: Rule = Rule {
    name: "places",
    reason: "a path of one machine or the host of a package registry is wrong on the next \
             machine and leads readers astray",
    check: places,
};

pub const VECTORS: Rule = Rule {
    name: "vectors",
    reason: "the external test cases keep their own licences; they are read from beside the \
             repository and never copied into it",
    check: vectors,
};

/// This file spells out what it looks for.
const OWN_FILE: &str = "tools/xtask/src/tidy/hygiene.rs";

/// Files whose text people read or run.
const EXTENSIONS: &[&str] = &["md", "toml", "rs", "html", "ftl", "sql", "sh", "css", "js"];

const REGISTRIES: &[&str] = &[
    "crates.io",
    "npmjs.com",
    "npmjs.org",
    "pypi.org",
    "pythonhosted.org",
    "rubygems.org",
    "proxy.golang.org",
    "maven.org",
    "docker.io",
];

/// Folders of somebody's own machine. A product path such as `/var/lib/manzil` is none.
const MACHINE_FOLDERS: &[&str] = &["/work/", "/root/", "/home/", "/Users/", "/tmp/"];

fn places(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files() {
        let read_by_people = EXTENSIONS.contains(&extension_of(path)) || path == ".ci/run";
        if !read_by_people || path == OWN_FILE {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            for host in REGISTRIES.iter().filter(|host| line.contains(*host)) {
                let what = format!("`{host}` is the host of a registry");
                findings.push(Finding::failure(path, index + 1, what));
            }
            for folder in MACHINE_FOLDERS.iter().filter(|folder| stands_alone(line, folder)) {
                let what = format!("`{folder}` is a folder of one machine");
                findings.push(Finding::failure(path, index + 1, what));
            }
        }
    }
    findings
}

/// Whether an absolute path begins here, not a part of a longer one or of an address.
fn stands_alone(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| {
        line.get(..start).is_none_or(|before| {
            !before.ends_with(|one: char| one.is_alphanumeric() || "./_-~}$*".contains(one))
        })
    })
}

fn vectors(tree: &Tree) -> Vec<Finding> {
    /// Shorter files are equal by chance (an empty JSON object).
    const BYTES_MIN: usize = 200;
    let mut ours: BTreeMap<usize, Vec<(&str, &str)>> = BTreeMap::new();
    for (path, text) in tree.files().filter(|(_, text)| text.len() >= BYTES_MIN) {
        ours.entry(text.len()).or_default().push((path, text));
    }
    let mut findings = Vec::new();
    for vector in files_below(&tree.root.join("../shared/vectors")) {
        let Ok(metadata) = vector.metadata() else { continue };
        let Some(same_length) = usize::try_from(metadata.len()).ok().and_then(|len| ours.get(&len))
        else {
            continue;
        };
        let Ok(bytes) = std::fs::read(&vector) else { continue };
        for (path, _) in same_length.iter().filter(|(_, text)| text.as_bytes() == bytes) {
            let what = format!("a copy of {}", vector.display());
            findings.push(Finding::failure(path, None, what));
        }
    }
    findings
}

/// Every file below a folder; none when the folder is absent.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_folders_and_registries_are_found() {
        let found = |line: &str| places(&Tree::of(&[("docs/a.md", line)])).len();
        assert_eq!(found("see /work/main/README.md"), 1);
        assert_eq!(found("see `/home/ada/manzil`"), 1);
        assert_eq!(found("from crates.io"), 1);
        assert_eq!(found("see /var/lib/manzil and ~/work/x"), 0);
        assert_eq!(found("https://example.org/home/page"), 0);
        assert_eq!(places(&Tree::of(&[("Cargo.lock", "from crates.io")])).len(), 0);
    }

    #[test]
    fn an_absent_folder_has_no_files() {
        assert!(files_below(Path::new("does-not-exist")).is_empty());
    }
}
