//! Drives clients that others wrote through journeys against a demonstration of the server that
//! was just built. See `tools/foreign-clients`.
//!
//! A machine without npm or Python, or without a network, skips them and says so; a client that
//! is installed and fails is a failure.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context;

use super::counts::Counts;
use super::{Outcome, run};
use crate::workspace;

const FOLDER: &str = "tools/foreign-clients";

/// A journey, and what has to be installed for it.
struct Journey {
    /// In [`FOLDER`].
    script: &'static str,
    language: Language,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    JavaScript,
    Python,
}

const JOURNEYS: &[Journey] = &[
    Journey { script: "kit.mjs", language: Language::JavaScript },
    Journey { script: "fhirpy_journey.py", language: Language::Python },
    Journey { script: "strict.py", language: Language::Python },
];

/// Runs every journey whose client can be had.
pub fn journeys(root: &Path, built: bool) -> anyhow::Result<Outcome> {
    if !built {
        return Ok(Outcome::of(false, "not run: the build failed"));
    }
    let target = workspace::target_directory(root)?;
    let clients = target.join("foreign-clients");
    fs::create_dir_all(&clients)?;
    let installed = [
        (Language::JavaScript, install_javascript(root, &clients)?),
        (Language::Python, install_python(root, &clients)?),
    ];
    let server = Server::start(&target)?;
    let (mut tests, mut passed) = (Counts::default(), true);
    let mut notes = Vec::new();
    for (language, missing) in installed {
        let own = JOURNEYS.iter().filter(|journey| journey.language == language);
        if let Some(reason) = missing {
            tests.skipped += own.count();
            notes.push(reason);
            continue;
        }
        for journey in own {
            let script = root.join(FOLDER).join(journey.script);
            let mut command = match language {
                Language::JavaScript => Command::new("node"),
                Language::Python => Command::new(python(&clients)),
            };
            command.current_dir(&clients).arg(script).arg(&server.base);
            let success = run::shown(&mut command)?.success;
            passed &= success;
            if success { tests.passed += 1 } else { tests.failed += 1 }
        }
    }
    let note = notes.join("; ");
    if tests.passed + tests.failed == 0 {
        return Ok(Outcome { tests, ..Outcome::skipped(note) });
    }
    Ok(Outcome { tests, ..Outcome::of(passed, note) })
}

/// Installs what `package.json` names; otherwise says why not.
fn install_javascript(root: &Path, clients: &Path) -> anyhow::Result<Option<String>> {
    if !run::succeeds(Command::new("node").arg("--version"))
        || !run::succeeds(Command::new("npm").arg("--version"))
    {
        return Ok(Some("no Node.js with npm: its client is skipped".into()));
    }
    fs::copy(root.join(FOLDER).join("package.json"), clients.join("package.json"))?;
    let mut command = Command::new("npm");
    command.current_dir(clients).args(["install", "--no-package-lock", "--no-audit", "--no-fund"]);
    let installed = run::shown(command.arg("--silent"))?.success;
    Ok((!installed).then(|| "npm cannot install the JavaScript client: it is skipped".into()))
}

/// Installs what `requirements.txt` names into an environment of its own; otherwise says why not.
fn install_python(root: &Path, clients: &Path) -> anyhow::Result<Option<String>> {
    let python = python(clients);
    if !run::succeeds(Command::new(&python).arg("--version")) {
        let mut made = Command::new("python3");
        made.current_dir(clients).args(["-m", "venv", "python"]);
        if !run::succeeds(&mut made) {
            return Ok(Some("no Python 3 with venv: its clients are skipped".into()));
        }
    }
    let mut command = Command::new(python);
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    let list = root.join(FOLDER).join("requirements.txt");
    let installed = run::shown(command.arg("--requirement").arg(list))?.success;
    Ok((!installed).then(|| "pip cannot install the Python clients: they are skipped".into()))
}

fn python(clients: &Path) -> PathBuf {
    clients.join("python/bin/python")
}

/// An open demonstration on a free port, which ends with the value.
struct Server {
    child: Child,
    base: String,
}

impl Server {
    fn start(target: &Path) -> anyhow::Result<Self> {
        let name = format!("manzil{}", std::env::consts::EXE_SUFFIX);
        let mut child = Command::new(target.join("debug").join(name))
            .args(["serve", "--demo", "--open-fhir", "--port", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("the server does not start")?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let address = line.strip_prefix("Manzil is ready at ")?;
            Some(address.trim().to_owned())
        });
        // Whatever else it says is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let address = address.context("the server ended before it was ready")?;
        Ok(Self { child, base: format!("{address}/fhir") })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which its journeys have noticed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
