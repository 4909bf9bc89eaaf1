//! Whether the browser tests can run, and how to make it so on Debian.
//!
//! They are the integration tests of the binary whose file starts with `browser`, and drive a
//! real chromium. A machine without one skips them and says so.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::run;
use crate::tidy::rust_source::{Function, functions};

const FOLDER: &str = "crates/manzil/tests";
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome"];
const DRIVER: &str = "chromedriver";

/// `Ok` when the browser tests can run or there are none; otherwise why they are skipped.
pub fn ready(root: &Path, install: bool) -> anyhow::Result<Result<(), String>> {
    if tests(root).is_empty() || present() {
        return Ok(Ok(()));
    }
    let reason = if !install {
        "installing was turned off"
    } else if !on_path("apt-get") {
        "there is no apt-get to install them with"
    } else if !is_root() {
        "only root may install them"
    } else {
        install_packages()?;
        if present() {
            return Ok(Ok(()));
        }
        "installing the packages chromium and chromium-driver failed"
    };
    Ok(Err(format!("browser tests skipped: no chromium with chromedriver, and {reason}")))
}

/// The names of the browser tests.
pub fn tests(root: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for file in files(&root.join(FOLDER)) {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let tests = functions(&text).into_iter().filter(Function::is_test);
        names.extend(tests.map(|function| function.name.to_owned()));
    }
    names
}

/// `browser*.rs` and everything in folders `browser*/`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if !entry.file_name().to_string_lossy().starts_with("browser") {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            let inside = std::fs::read_dir(path).into_iter().flatten().flatten();
            found.extend(inside.map(|entry| entry.path()));
        } else {
            found.push(path);
        }
    }
    found.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    found
}

fn present() -> bool {
    on_path(DRIVER) && BROWSERS.iter().any(|browser| on_path(browser))
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[expect(clippy::print_stdout, reason = "this is a command for people")]
fn install_packages() -> anyhow::Result<()> {
    println!("installing the Debian packages chromium and chromium-driver for the browser tests");
    if !install_once()? {
        // The package lists of a fresh container are empty.
        run::shown(Command::new("apt-get").args(["update", "--quiet"]))?;
        install_once()?;
    }
    Ok(())
}

fn install_once() -> anyhow::Result<bool> {
    let run = run::shown(
        Command::new("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["install", "--yes", "--quiet", "--no-install-recommends"])
            .args(["chromium", "chromium-driver"]),
    )?;
    Ok(run.success)
}
