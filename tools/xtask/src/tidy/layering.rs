//! Which crate may use which.
//!
//! [`FLOORS`] is the plan of the house. A crate may use those in a floor below and those to its
//! left in the same floor, never one above or to its right.

use std::path::Path;

use serde_json::Value;

use super::tree::Tree;
use super::{Finding, Rule};
use crate::workspace;

/// Floor by floor, each from left to right. A crate that is not here yet has no place to stand.
pub const FLOORS: &[&[&str]] = &[
    &["fhir", "protocol"],
    &["vaccine", "growth", "identify", "watch", "measure", "kinship", "card", "sync"],
    &["journey"],
    &["store", "store-sqlite", "store-postgres", "report"],
    &["server"],
    &["manzil"],
];

/// The highest floor that is pure: no I/O, clock, entropy or async.
const PURE_FLOOR_MAX: usize = 2;

/// Crates that bring the outside world in. A pure floor reaches none of them, however far down.
const OUTSIDE_WORLD: &[(&str, &str)] = &[
    ("tokio", "async"),
    ("async-std", "async"),
    ("smol", "async"),
    ("futures-executor", "async"),
    ("mio", "network"),
    ("socket2", "network"),
    ("hyper", "HTTP"),
    ("axum", "HTTP"),
    ("tower-http", "HTTP"),
    ("reqwest", "HTTP"),
    ("ureq", "HTTP"),
    ("rusqlite", "database"),
    ("libsqlite3-sys", "database"),
    ("tokio-postgres", "database"),
    ("postgres", "database"),
    ("getrandom", "entropy"),
    ("rand", "entropy"),
    ("chrono", "clock"),
    ("time", "clock"),
];

pub const ARROWS: Rule = Rule {
    name: "arrows",
    reason: "a crate uses those below it and to its left, so that the core can be read, tested \
             and replayed alone; only `manzil` names a concrete store",
    check: |tree| or_failure(arrows(&tree.root)),
};

pub const PURE_DEPENDENCIES: Rule = Rule {
    name: "pure-dependencies",
    reason: "floors 0 to 2 are pure: what they decide depends on their input alone and can be \
             replayed years later, so nothing they use may reach the outside world",
    check: |tree| or_failure(pure_dependencies(tree)),
};

pub const LINTS: Rule = Rule {
    name: "lints",
    reason: "lints, edition and licence are set once for the workspace; a crate that leaves \
             them out is checked by nobody",
    check: lints,
};

fn or_failure(result: anyhow::Result<Vec<Finding>>) -> Vec<Finding> {
    result.unwrap_or_else(|error| vec![Finding::failure("Cargo.toml", None, format!("{error:#}"))])
}

fn arrows(root: &Path) -> anyhow::Result<Vec<Finding>> {
    Ok(arrows_in(&workspace::metadata(root)?))
}

/// Checks the answer of `cargo metadata --no-deps`.
fn arrows_in(metadata: &Value) -> Vec<Finding> {
    let packages = metadata.get("packages").and_then(Value::as_array);
    let mut findings = Vec::new();
    for package in packages.into_iter().flatten() {
        let name = text(package, "name");
        let manifest = text(package, "manifest_path");
        // What builds, checks and measures the house stands outside it.
        if manifest.contains("/tools/") || manifest.ends_with("/bench/Cargo.toml") {
            continue;
        }
        let path = format!("crates/{}/Cargo.toml", short(name));
        let Some(place) = place(short(name)) else {
            findings.push(Finding::failure(
                &path,
                None,
                format!("{name} has no floor; give it one in FLOORS and in ARCHITECTURE.md"),
            ));
            continue;
        };
        let dependencies = package.get("dependencies").and_then(Value::as_array);
        for dependency in dependencies.into_iter().flatten() {
            if let Some(what) = wrong_arrow(name, place, dependency) {
                findings.push(Finding::failure(&path, None, what));
            }
        }
    }
    findings
}

fn wrong_arrow(name: &str, own: (usize, usize), dependency: &Value) -> Option<String> {
    // Only our own crates are found by path.
    dependency.get("path")?;
    let used = text(dependency, "name");
    let for_tests = text(dependency, "kind") == "dev";
    let Some(there) = place(short(used)) else {
        return Some(format!("{name} uses {used}, which has no floor"));
    };
    if there.0 > own.0 {
        return Some(format!("{name} (floor {}) uses {used} above it (floor {})", own.0, there.0));
    }
    if there.0 == own.0 && there.1 > own.1 {
        return Some(format!("{name} uses {used}, which stands to its right in floor {}", own.0));
    }
    let concrete_store = short(used).starts_with("store-");
    (concrete_store && !for_tests && name != "manzil")
        .then(|| format!("{name} names the concrete store {used}; only manzil may"))
}

fn pure_dependencies(tree: &Tree) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for name in pure_crates() {
        let manifest = format!("crates/{name}/Cargo.toml");
        if tree.text(&manifest).is_none() {
            continue;
        }
        let package = format!("manzil-{name}");
        // Asked for one package at a time: over the whole workspace, features that a server
        // switches on would be charged to the core.
        let listing = workspace::cargo_output(
            &tree.root,
            &["tree", "--package", &package, "--edges", "normal,no-proc-macro", "--prefix", "none"],
        )?;
        findings.extend(outside_world_in(&listing).into_iter().map(|(used, kind)| {
            Finding::failure(
                &manifest,
                None,
                format!(
                    "{package} reaches `{used}` ({kind}); `cargo tree -p {package} -i {used}` \
                     shows how"
                ),
            )
        }));
    }
    Ok(findings)
}

/// The crates of the pure floors.
pub fn pure_crates() -> impl Iterator<Item = &'static str> {
    FLOORS.iter().take(PURE_FLOOR_MAX + 1).flat_map(|floor| floor.iter().copied())
}

fn outside_world_in(listing: &str) -> Vec<(&'static str, &'static str)> {
    OUTSIDE_WORLD
        .iter()
        .filter(|(name, _)| listing.lines().any(|line| line.split(' ').next() == Some(name)))
        .copied()
        .collect()
}

fn lints(tree: &Tree) -> Vec<Finding> {
    const WANTED: &[&str] =
        &["[lints]\nworkspace = true", "edition.workspace = true", "license.workspace = true"];
    let mut findings = Vec::new();
    for folder in tree.crate_folders() {
        let path = format!("{folder}/Cargo.toml");
        let manifest = tree.text(&path).unwrap_or_default();
        for wanted in WANTED.iter().filter(|wanted| !manifest.contains(**wanted)) {
            let wanted = wanted.replace('\n', " ");
            findings.push(Finding::failure(&path, None, format!("`{wanted}` is missing")));
        }
    }
    findings
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn short(package: &str) -> &str {
    package.strip_prefix("manzil-").unwrap_or(package)
}

/// Floor and place in it, both from 0.
fn place(name: &str) -> Option<(usize, usize)> {
    FLOORS.iter().enumerate().find_map(|(floor, crates)| {
        crates.iter().position(|one| *one == name).map(|column| (floor, column))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn findings(name: &str, uses: &str, kind: Option<&str>) -> usize {
        let metadata = json!({"packages": [{
            "name": name,
            "manifest_path": format!("/x/crates/{name}/Cargo.toml"),
            "dependencies": [{"name": uses, "kind": kind, "path": "/x"}],
        }]});
        arrows_in(&metadata).len()
    }

    #[test]
    fn arrows_point_down_or_left() {
        assert_eq!(findings("manzil-journey", "manzil-fhir", None), 0);
        assert_eq!(findings("manzil-protocol", "manzil-fhir", None), 0);
        assert_eq!(findings("manzil-fhir", "manzil-protocol", None), 1);
        assert_eq!(findings("manzil-journey", "manzil-store", None), 1);
        assert_eq!(findings("manzil-journey", "manzil-store", Some("dev")), 1);
    }

    #[test]
    fn only_the_binary_names_a_store() {
        assert_eq!(findings("manzil-server", "manzil-store", None), 0);
        assert_eq!(findings("manzil-server", "manzil-store-sqlite", None), 1);
        assert_eq!(findings("manzil-server", "manzil-store-sqlite", Some("dev")), 0);
        assert_eq!(findings("manzil", "manzil-store-sqlite", None), 0);
    }

    #[test]
    fn an_unknown_crate_has_no_place() {
        assert_eq!(findings("manzil-attic", "manzil-fhir", None), 1);
    }

    #[test]
    fn the_outside_world_is_found_by_whole_name() {
        let listing = "manzil-journey v0.1.0 (/x)\ntokio-util v0.7.1\ngetrandom v0.4.3\n";
        assert_eq!(outside_world_in(listing), [("getrandom", "entropy")]);
    }

    #[test]
    fn lints_must_be_inherited() {
        let tree = Tree::of(&[("crates/a/Cargo.toml", "edition.workspace = true\n")]);
        assert_eq!(lints(&tree).len(), 2);
    }
}
