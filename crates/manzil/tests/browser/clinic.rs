//! A clinic in demonstration: the real server in a temporary folder, stopped when it is dropped.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

pub(crate) struct Clinic {
    /// Such as `http://127.0.0.1:40123`.
    pub(crate) address: String,
    server: Child,
    // Open as long as the server runs, so that it can go on printing.
    _said: BufReader<ChildStdout>,
    // The server's own temporary files lie in it and go with it.
    _folder: TempDir,
}

impl Clinic {
    /// Starts the server on a free port and waits until it says that it is ready. Its log goes
    /// beside the screenshots.
    pub(crate) fn open(name: &str) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let log = File::create(crate::screenshots().join(format!("{name}.log")))?;
        let mut server = Command::new(env!("CARGO_BIN_EXE_manzil"))
            .args(["serve", "--demo", "--port", "0"])
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("cannot start the server")?;
        let mut said = BufReader::new(server.stdout.take().context("no standard output")?);
        let address = ready_at(&mut said);
        // From here on a failure must stop the server too, so the guard exists first.
        let mut clinic = Self { address: String::new(), server, _said: said, _folder: folder };
        clinic.address = address?;
        Ok(clinic)
    }
}

impl Drop for Clinic {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

/// The address in the line that the server prints when it listens.
fn ready_at(said: &mut impl BufRead) -> anyhow::Result<String> {
    let mut line = String::new();
    said.read_line(&mut line)?;
    let Some(address) = line.trim().strip_prefix("Manzil is ready at ") else {
        bail!("the server said {line:?} in place of its address");
    };
    Ok(address.to_owned())
}
