//! Runs the server's tests once more, with every record in a private PostgreSQL.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;

use super::{Outcome, counts, run};
use crate::workspace;

/// Ends with 3 when PostgreSQL cannot be had.
const SCRIPT: &str = "tools/postgres/cluster";
const CANNOT_BE_HAD: i32 = 3;

/// Runs what is built, by `cargo test`.
pub fn product_tests(root: &Path, install: bool, built: bool) -> anyhow::Result<Outcome> {
    if !built {
        return Ok(Outcome::of(false, "not run: the build failed"));
    }
    let Some(cluster) = Cluster::start(root, install)? else {
        return Ok(Outcome::skipped("there is no PostgreSQL here (Debian: postgresql)"));
    };
    let mut command = workspace::cargo(root);
    // With the workspace's features, so that nothing is compiled again.
    command.args(["test", "--workspace", "--no-fail-fast", "--test", "server"]);
    command.env("MANZIL_TEST_DATABASE", &cluster.url);
    let run = run::shown(&mut command)?;
    let tests = counts::of_cargo(&run.text);
    Ok(Outcome { tests, ..Outcome::of(run.success, "") })
}

/// A PostgreSQL of its own, which ends with the value.
struct Cluster {
    url: String,
    folder: PathBuf,
    script: PathBuf,
}

impl Cluster {
    fn start(root: &Path, install: bool) -> anyhow::Result<Option<Self>> {
        let script = root.join(SCRIPT);
        let mut command = Command::new(&script);
        if !install {
            command.env("MANZIL_NO_INSTALL", "1");
        }
        let output = command
            .arg("start")
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("{SCRIPT} does not start"))?;
        if output.status.code() == Some(CANNOT_BE_HAD) {
            return Ok(None);
        }
        anyhow::ensure!(output.status.success(), "{SCRIPT}: PostgreSQL does not start");
        let said = String::from_utf8(output.stdout)?;
        let mut lines = said.lines();
        let mut next = || lines.next().with_context(|| format!("{SCRIPT} says too little"));
        let (url, folder) = (next()?.to_owned(), PathBuf::from(next()?));
        Ok(Some(Self { url, folder, script }))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // A cluster that is left behind lies in the folder for temporary files.
        drop(Command::new(&self.script).arg("stop").arg(&self.folder).status());
    }
}
