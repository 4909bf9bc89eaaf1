//! Which servers are measured, read from TOML.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde::Deserialize;

/// One server: how to start it, where it listens, where its data lies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub name: String,
    /// What the reader must know to judge the figures: settings, when a write is durable.
    #[serde(default)]
    pub note: String,
    /// Commands that run to their end before the server starts on an empty folder. `{folder}` is
    /// that folder, here and in everything below.
    #[serde(default)]
    pub prepare: Vec<Vec<String>>,
    /// Program and arguments. It is ended with SIGTERM.
    pub start: Vec<String>,
    /// Added to the environment.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Where it listens; a loopback address.
    pub address: SocketAddr,
    /// The path of the FHIR interface, such as `/fhir`; empty when it is the root.
    #[serde(default)]
    pub base: String,
    /// Sent with every request.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// A command whose output becomes the bearer token of every request, run when it is up.
    #[serde(default)]
    pub token: Vec<String>,
    /// Commands that run to their end after the server has ended and before its data is weighed,
    /// such as the one that folds a write-ahead log into the file that it belongs to.
    #[serde(default)]
    pub settle: Vec<Vec<String>>,
    /// Commands that run to their end when everything is measured, or has failed, such as the one
    /// that stops a database.
    #[serde(default)]
    pub finish: Vec<Vec<String>>,
    /// File or folder whose size is the stored size.
    pub data: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    server: Vec<Server>,
}

impl Server {
    /// The same with the folder put in.
    pub fn at(&self, folder: &Path) -> Self {
        let folder = folder.to_string_lossy();
        let put = |text: &String| text.replace("{folder}", &folder);
        let put_all = |texts: &Vec<String>| texts.iter().map(put).collect::<Vec<_>>();
        Self {
            prepare: self.prepare.iter().map(put_all).collect(),
            start: put_all(&self.start),
            settle: self.settle.iter().map(put_all).collect(),
            finish: self.finish.iter().map(put_all).collect(),
            environment: self.environment.iter().map(|(k, v)| (k.clone(), put(v))).collect(),
            token: put_all(&self.token),
            data: put(&self.data),
            ..self.clone()
        }
    }
}

/// Reads the list from its files; with `only`, those of these names.
///
/// # Errors
///
/// A file that cannot be read, an address outside this machine, no server left.
pub fn read(files: &[PathBuf], only: &[String]) -> anyhow::Result<Vec<Server>> {
    let mut servers = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        servers.extend(parse(&text).with_context(|| format!("{} is wrong", path.display()))?);
    }
    servers.retain(|server| only.is_empty() || only.contains(&server.name));
    ensure!(!servers.is_empty(), "no server is left to measure; check --only and the files");
    Ok(servers)
}

fn parse(text: &str) -> anyhow::Result<Vec<Server>> {
    let file: File = toml::from_str(text)?;
    for server in &file.server {
        ensure!(
            server.address.ip().is_loopback(),
            "{} listens on {}: only loopback is measured, as a network would be measured with it",
            server.name,
            server.address
        );
        ensure!(!server.start.is_empty(), "{} has no command to start it", server.name);
    }
    Ok(file.server)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"
        [[server]]
        name = "a"
        start = ["a", "--data", "{folder}/a.db"]
        address = "127.0.0.1:18080"
        data = "{folder}"
    "#;

    #[test]
    fn the_folder_is_put_in() {
        let servers = parse(ONE).unwrap();
        let server = servers[0].at(Path::new("there"));
        assert_eq!(server.start[2], "there/a.db");
        assert_eq!(server.data, "there");
    }

    #[test]
    fn only_loopback_is_measured() {
        let away = ONE.replace("127.0.0.1", "192.0.2.1");
        assert!(parse(&away).unwrap_err().to_string().contains("only loopback"));
    }

    #[test]
    fn the_lists_in_the_repository_can_be_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers");
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            assert!(!read(&[path], &[]).unwrap().is_empty());
        }
    }
}
