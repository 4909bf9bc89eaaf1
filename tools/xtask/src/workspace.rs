//! Where the workspace lies and what `cargo metadata` says of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

/// The repository's root: two folders above this crate.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// A `cargo` command in the repository's root.
///
/// The variables that `cargo run` sets for the program it starts are taken out: a build script
/// that watches one of them would otherwise run again in the inner build.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    for (name, _) in std::env::vars_os() {
        let of_outer_run = name.to_str().is_some_and(|name| {
            ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"]
                .iter()
                .any(|prefix| name.starts_with(prefix))
        });
        if of_outer_run {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a cargo command quietly and returns what it wrote, or its own words on failure.
pub fn cargo_output(root: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = cargo(root).args(arguments).output().context("cargo does not start")?;
    if !output.status.success() {
        bail!(
            "`cargo {}` failed: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs another tool of the workspace in the caller's own folder, so that paths mean what the
/// caller means, and says whether it succeeded. A tool that stands on the product's crates is
/// not built for the other checks.
pub fn run_tool(root: &Path, package: &str, arguments: &[&str]) -> anyhow::Result<bool> {
    let mut command = cargo(root);
    command.current_dir(std::env::current_dir().context("there is no current folder")?);
    command.args(["run", "--quiet", "--package", package, "--manifest-path"]);
    command.arg(root.join("Cargo.toml")).arg("--").args(arguments);
    Ok(command.status().context("cargo does not start")?.success())
}

/// `cargo metadata` of the workspace's own packages (needs no network and no lock file).
pub fn metadata(root: &Path) -> anyhow::Result<Value> {
    let text = cargo_output(root, &["metadata", "--no-deps", "--format-version", "1"])?;
    serde_json::from_str(&text).context("cargo metadata did not answer with JSON")
}

/// Where builds land.
pub fn target_directory(root: &Path) -> anyhow::Result<PathBuf> {
    metadata(root)?
        .get("target_directory")
        .and_then(Value::as_str)
        .map(PathBuf::from)
        .context("cargo metadata names no target_directory")
}

/// The names of all integration-test targets of the workspace.
pub fn integration_tests(root: &Path) -> anyhow::Result<Vec<String>> {
    let metadata = metadata(root)?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let targets = packages
        .into_iter()
        .flatten()
        .filter_map(|package| package.get("targets").and_then(Value::as_array))
        .flatten();
    let mut names: Vec<String> = targets
        .filter(|target| has_kind(target, "test"))
        .filter_map(|target| target.get("name").and_then(Value::as_str))
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}

fn has_kind(target: &Value, kind: &str) -> bool {
    target
        .get("kind")
        .and_then(Value::as_array)
        .is_some_and(|kinds| kinds.iter().any(|one| one.as_str() == Some(kind)))
}
