//! What the documents must say.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::tree::{Tree, extension_of};
use super::{Finding, Rule};

pub const ARCHITECTURE: Rule = Rule {
    name: "architecture",
    reason: "a newcomer finds every crate in ARCHITECTURE.md and none that is gone",
    check: architecture,
};

pub const DECISION_RECORDS: Rule = Rule {
    name: "decision-records",
    reason: "a decision without its context and the designs it avoided is made again, \
             differently, by the next person",
    check: decision_records,
};

pub const FEATURES: Rule = Rule {
    name: "features",
    reason: "docs/features.md says of every capability whether it works; one that is left out \
             is taken to work or forgotten",
    check: features,
};

pub const LINKS: Rule = Rule {
    name: "links",
    reason: "a link that leads nowhere costs every reader a minute",
    check: links,
};

fn architecture(tree: &Tree) -> Vec<Finding> {
    const PAGE: &str = "ARCHITECTURE.md";
    let text = tree.text(PAGE).unwrap_or_default();
    let folders = tree.crate_folders();
    let named = folders_named(text);
    let mut findings: Vec<Finding> = folders
        .iter()
        .filter(|folder| !named.contains_key(**folder))
        .map(|folder| Finding::failure(PAGE, None, format!("`{folder}` is not described")))
        .collect();
    for (folder, line) in named.iter().filter(|(folder, _)| !folders.contains(folder)) {
        findings.push(Finding::failure(PAGE, *line, format!("`{folder}` does not exist")));
    }
    findings
}

/// The crate folders between back-ticks, with the line of the first mention.
fn folders_named(text: &str) -> BTreeMap<&str, usize> {
    let mut named = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        for word in line.split('`').skip(1).step_by(2) {
            let is_crate = ["crates/", "tools/"].iter().any(|start| word.starts_with(start))
                && word.matches('/').count() == 1
                && word.chars().all(|one| one.is_ascii_alphanumeric() || "/-_".contains(one));
            if is_crate {
                named.entry(word).or_insert(index + 1);
            }
        }
    }
    named
}

fn decision_records(tree: &Tree) -> Vec<Finding> {
    const SECTIONS: &[&str] =
        &["## Context", "## Decision", "## Consequences", "## Avoided designs"];
    let mut findings = Vec::new();
    let mut expected = 1;
    for (path, text) in tree.below("docs/adr/").filter(|(path, _)| extension_of(path) == "md") {
        let name = path.rsplit('/').next().unwrap_or(path);
        if name == "README.md" {
            continue;
        }
        let number = name.get(..4).and_then(|digits| digits.parse::<u32>().ok());
        if number != Some(expected) {
            let what = format!("expected a record numbered {expected:04}");
            findings.push(Finding::failure(path, None, what));
        }
        expected = number.unwrap_or(expected) + 1;
        for section in SECTIONS {
            let Some(body) = text.split(&format!("{section}\n")).nth(1) else {
                findings.push(Finding::failure(path, None, format!("no `{section}`")));
                continue;
            };
            if body.split("\n## ").next().is_none_or(|body| body.trim().is_empty()) {
                findings.push(Finding::failure(path, None, format!("`{section}` is empty")));
            }
        }
    }
    findings
}

const FEATURES_PAGE: &str = "docs/features.md";

fn features(tree: &Tree) -> Vec<Finding> {
    const STATES: &[&str] = &["works", "in part", "planned"];
    let text = tree.text(FEATURES_PAGE).unwrap_or_default();
    let mut findings = Vec::new();
    for (line, row) in feature_rows(text) {
        let state = row.get(2).copied().unwrap_or_default();
        if row.len() < 4 || !STATES.contains(&state) {
            let what = format!("the state of a row is one of {STATES:?}, not `{state}`");
            findings.push(Finding::failure(FEATURES_PAGE, line, what));
        }
    }
    let ours = ids(text);
    // The list of capabilities lies beside the repository, not in it; without it the page is
    // only checked in itself.
    if let Ok(wanted) = std::fs::read_to_string(tree.root.join("../shared/FEATURES.md")) {
        findings.extend(ids_that_differ(&ours, &ids(&wanted)));
    }
    findings
}

fn ids_that_differ(ours: &BTreeMap<&str, usize>, wanted: &BTreeMap<&str, usize>) -> Vec<Finding> {
    let missing = wanted.keys().filter(|id| !ours.contains_key(*id));
    let unknown = ours.iter().filter(|(id, _)| !wanted.contains_key(*id));
    missing
        .map(|id| Finding::failure(FEATURES_PAGE, None, format!("{id} is missing")))
        .chain(unknown.map(|(id, line)| {
            Finding::failure(FEATURES_PAGE, *line, format!("{id} is no known capability"))
        }))
        .collect()
}

/// The rows of a table whose first cell is an id such as `A11`.
fn feature_rows(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    text.lines().enumerate().filter_map(|(index, line)| {
        let cells: Vec<&str> =
            line.strip_prefix('|')?.trim_end_matches('|').split('|').map(str::trim).collect();
        let id = cells.first()?;
        let (area, number) = id.split_at_checked(1)?;
        let is_id = area.chars().all(|one| one.is_ascii_uppercase())
            && !number.is_empty()
            && number.bytes().all(|one| one.is_ascii_digit());
        is_id.then_some((index + 1, cells))
    })
}

fn ids(text: &str) -> BTreeMap<&str, usize> {
    feature_rows(text).filter_map(|(line, row)| Some((*row.first()?, line))).collect()
}

fn links(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.with_extension("md") {
        let folder = Path::new(path).parent().unwrap_or(Path::new(""));
        for (line, target) in link_targets(text) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") || file.starts_with("mailto:") {
                continue;
            }
            let there = normal(&folder.join(file));
            let folder_there = format!("{}/", there.trim_end_matches('/'));
            if tree.text(&there).is_none() && tree.below(&folder_there).next().is_none() {
                findings.push(Finding::failure(path, line, format!("`{target}` leads nowhere")));
            }
        }
    }
    findings
}

fn link_targets(text: &str) -> Vec<(usize, &str)> {
    let mut in_code = false;
    let mut targets = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for rest in line.split("](").skip(1) {
            if let Some(target) = rest.split(')').next() {
                targets.push((index + 1, target));
            }
        }
    }
    targets
}

fn normal(path: &Path) -> String {
    let mut kept = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(kept.pop()),
            Component::Normal(name) => kept.push(name),
            _ => {}
        }
    }
    kept.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn architecture_names_every_crate_and_no_other() {
        let found = |text: &str| {
            architecture(&Tree::of(&[("ARCHITECTURE.md", text), ("crates/fhir/Cargo.toml", "")]))
                .len()
        };
        assert_eq!(found("**`crates/fhir`** keeps `crates/fhir/src/date.rs`"), 0);
        assert_eq!(found("nothing"), 1);
        assert_eq!(found("`crates/fhir` and `crates/attic`"), 1);
    }

    #[test]
    fn decision_records_have_all_sections_and_follow_in_number() {
        let whole = "# A\n\n## Context\n\na\n\n## Decision\n\nb\n\n## Consequences\n\nc\n\n\
                     ## Avoided designs\n\nd\n";
        let found = |path: &str, text: &str| decision_records(&Tree::of(&[(path, text)])).len();
        assert_eq!(found("docs/adr/0001-a.md", whole), 0);
        assert_eq!(found("docs/adr/0002-a.md", whole), 1);
        assert_eq!(found("docs/adr/0001-a.md", &whole.replace("\nb\n", "\n")), 1);
        assert_eq!(found("docs/adr/0001-a.md", "# A\n"), 4);
    }

    #[test]
    fn a_feature_has_a_state_that_is_known() {
        let found = |text: &str| features(&Tree::of(&[(FEATURES_PAGE, text)])).len();
        assert_eq!(found("| A1 | import | in part | dry run |"), 0);
        assert_eq!(found("| A1 | import | nearly | dry run |"), 1);
        assert_eq!(found("| id | capability | state | note |"), 0);
    }

    #[test]
    fn ids_are_compared_both_ways() {
        let wanted = "| A1 | a |\n| A2 | b |\n";
        assert!(ids_that_differ(&ids(wanted), &ids(wanted)).is_empty());
        assert_eq!(ids_that_differ(&ids("| A1 | a |\n| Z9 | z |\n"), &ids(wanted)).len(), 2);
    }

    #[test]
    fn links_lead_to_files_or_folders() {
        let found = |text: &str| {
            links(&Tree::of(&[("docs/a.md", text), ("README.md", ""), ("docs/adr/0001.md", "")]))
                .len()
        };
        assert_eq!(found("[b](../README.md#top) [c](adr) [d](https://example.org)"), 0);
        assert_eq!(found("[b](gone.md)"), 1);
        assert_eq!(found("```\n[b](gone.md)\n```\n"), 0);
    }
}
