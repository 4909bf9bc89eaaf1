//! A private PostgreSQL for one test, by `tools/postgres/cluster`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// It is stopped and removed when it is dropped.
pub struct Cluster {
    pub url: String,
    folder: PathBuf,
    schemas: AtomicU32,
}

impl Cluster {
    /// None, with a message, when PostgreSQL cannot be had on this machine.
    pub fn start() -> Option<Self> {
        let output = script().arg("start").stderr(Stdio::inherit()).output().unwrap();
        if output.status.code() == Some(3) {
            println!("skipped: there is no PostgreSQL here, and it cannot be installed");
            return None;
        }
        assert!(output.status.success(), "a PostgreSQL for tests does not start");
        let said = String::from_utf8(output.stdout).unwrap();
        let mut lines = said.lines();
        let url = lines.next().unwrap().to_owned();
        let folder = PathBuf::from(lines.next().unwrap());
        Some(Self { url, folder, schemas: AtomicU32::new(0) })
    }

    /// The name of a schema that is not there yet.
    #[allow(dead_code, reason = "some tests name theirs")]
    pub fn schema(&self) -> String {
        format!("store_{}", self.schemas.fetch_add(1, Ordering::Relaxed))
    }

    /// Runs another command of the script on this one.
    #[allow(dead_code, reason = "not every test crashes it")]
    pub fn run(&self, command: &str) {
        let status = script().arg(command).arg(&self.folder).status().unwrap();
        assert!(status.success(), "cluster {command}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = script().arg("stop").arg(&self.folder).status();
    }
}

fn script() -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Command::new(root.join("tools/postgres/cluster"))
}
