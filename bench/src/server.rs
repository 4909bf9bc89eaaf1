//! A server under measurement: started on an empty folder, waited for, weighed and stopped.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use crate::clock::Stopwatch;
use crate::config;
use crate::http::{Connection, Requests};

const START_MAX: Duration = Duration::from_mins(2);
const STOP_MAX: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(50);

/// A server that runs. It is killed when this is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    log: PathBuf,
    pub requests: Requests,
    /// From the start of the program to its first good answer.
    pub start: Duration,
}

impl Running {
    /// Starts a server and waits until it answers `/metadata`.
    ///
    /// # Errors
    ///
    /// A command that fails or ends early, or no good answer within two minutes. The message
    /// names the file with what the server said.
    pub async fn start(config: &config::Server, folder: &Path) -> anyhow::Result<Self> {
        let mut requests = Requests {
            address: config.address,
            base: config.base.trim_end_matches('/').to_owned(),
            headers: config.headers.iter().map(header).collect::<Vec<_>>().concat(),
        };
        ensure!(
            Connection::new(config.address).exchange(&requests.get("/metadata")).await.is_err(),
            "something answers on {} already; stop it first",
            config.address
        );
        let log = folder.with_extension("log");
        let watch = Stopwatch::start();
        let child = spawn(config, &log)?;
        let mut running = Self { child, log, requests: requests.clone(), start: Duration::ZERO };
        running.wait().await?;
        running.start = watch.elapsed();
        if !config.token.is_empty() {
            let token = output(config, &config.token)?;
            let bearer = format!("Bearer {}", token.trim());
            requests.headers.push_str(&header((&"Authorization".to_owned(), &bearer)));
            running.requests = requests;
        }
        Ok(running)
    }

    async fn wait(&mut self) -> anyhow::Result<()> {
        let watch = Stopwatch::start();
        let request = self.requests.get("/metadata");
        while watch.elapsed() < START_MAX {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended at once ({status}); see {}", self.log.display());
            }
            let mut connection = Connection::new(self.requests.address);
            if connection.exchange(&request).await.is_ok_and(|answer| answer.is_good()) {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("no good answer to /metadata in {START_MAX:?}; see {}", self.log.display())
    }

    /// The most memory that the program has used so far, in bytes (VmHWM of Linux).
    pub fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kilobytes * 1024)
    }

    /// Asks it to end, and waits until it has written what it holds.
    ///
    /// # Errors
    ///
    /// A server that does not end within a minute; it is killed then.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.context("a process without a number")?, Signal::TERM)?;
        let watch = Stopwatch::start();
        while watch.elapsed() < STOP_MAX {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("the server did not end within {STOP_MAX:?} of SIGTERM")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _already_gone = self.child.kill();
            let _already_reaped = self.child.wait();
        }
    }
}

/// Runs commands one after the other, each to its end.
///
/// # Errors
///
/// One that cannot be run or fails.
pub fn run_all(config: &config::Server, commands: &[Vec<String>]) -> anyhow::Result<()> {
    commands.iter().try_for_each(|command| output(config, command).map(|_| ()))
}

/// What the server's data weighs now that it has ended, in bytes.
///
/// # Errors
///
/// A command that settles the data and fails.
pub fn weigh(config: &config::Server) -> anyhow::Result<u64> {
    run_all(config, &config.settle)?;
    Ok(size(Path::new(&config.data)))
}

/// The load of the last minute, as Linux tells it.
pub fn load_average() -> Option<String> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next().map(str::to_owned)
}

/// Bytes of a file, or of all files below a folder.
fn size(path: &Path) -> u64 {
    let Ok(metadata) = std::fs::symlink_metadata(path) else { return 0 };
    if !metadata.is_dir() {
        return metadata.len();
    }
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size(&entry.path())).sum()
}

fn header((name, value): (&String, &String)) -> String {
    format!("{name}: {value}\r\n")
}

fn command(config: &config::Server, words: &[String]) -> anyhow::Result<Command> {
    let (program, arguments) = words.split_first().context("an empty command")?;
    let mut command = Command::new(program);
    command.args(arguments).envs(&config.environment).stdin(Stdio::null());
    Ok(command)
}

fn spawn(config: &config::Server, log: &Path) -> anyhow::Result<Child> {
    let said = File::options().create(true).append(true).open(log)?;
    let complained = said.try_clone()?;
    command(config, &config.start)?
        .stdout(said)
        .stderr(complained)
        .spawn()
        .with_context(|| format!("cannot start {:?}", config.start))
}

fn output(config: &config::Server, words: &[String]) -> anyhow::Result<String> {
    let output =
        command(config, words)?.output().with_context(|| format!("cannot run {words:?}"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{words:?} failed: {complaint}");
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_as_large_as_its_files() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("b")).unwrap();
        std::fs::write(folder.path().join("a"), "123").unwrap();
        std::fs::write(folder.path().join("b/c"), "12345").unwrap();
        assert_eq!(size(folder.path()), 8);
        assert_eq!(size(&folder.path().join("nothing")), 0);
    }

    #[tokio::test]
    async fn a_server_that_ends_at_once_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let config: config::Server = toml::from_str(
            "name = 'a'\nstart = ['false']\naddress = '127.0.0.1:1'\ndata = '{folder}'",
        )
        .unwrap();
        let error = Running::start(&config, &folder.path().join("a")).await.unwrap_err();
        assert!(error.to_string().contains("ended at once"), "{error:#}");
    }
}
