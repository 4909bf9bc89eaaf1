//! One server from its start on an empty folder to its end: what is done, in which order.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::bundles::{self, Bundle, Bundles};
use crate::http::{Answer, Connection, Requests};
use crate::load::{Load, Measured, send};
use crate::server::{self, Running};
use crate::{config, queries};

/// Answers of one kind of search that are read and counted before the clock starts.
const CHECKED: usize = 16;
/// People whose ids are asked of the server, to search and to write for.
const PEOPLE_MAX: usize = 200;

/// How much is done.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    pub import_clients: usize,
    pub clients: usize,
    pub creates: usize,
    pub reads: usize,
    pub searches: usize,
    pub transactions: usize,
    /// Longest time of one step.
    pub step: Duration,
}

/// A step that was measured.
#[derive(Clone, Debug)]
pub struct Step {
    pub name: String,
    pub measured: Measured,
    /// What is counted in a second: requests, or the resources in them.
    pub unit: &'static str,
    /// How many of that unit were done well.
    pub done: usize,
    /// Entries in an answer, in the mean; for searches, to see that both found the same.
    pub entries: Option<f64>,
}

impl Step {
    /// Units in a second.
    pub fn rate(&self) -> f64 {
        let seconds = self.measured.elapsed.as_secs_f64();
        if seconds > 0.0 { self.done as f64 / seconds } else { 0.0 }
    }
}

/// Everything that was measured of one server.
#[derive(Clone, Debug)]
pub struct Session {
    pub name: String,
    pub note: String,
    pub steps: Vec<Step>,
    /// How many programs wanted a core before it began, in the mean of a minute (Linux): what else
    /// the machine was busy with.
    pub load_before: Option<String>,
    pub start: Duration,
    pub peak_memory: Option<u64>,
    /// Resources that the server has said that it took in.
    pub resources: usize,
    /// Observations that it has said that it took in.
    pub observations: usize,
    /// Observations that it counts when all is done, when it does.
    pub observations_counted: Option<u64>,
    /// Bytes on the disk after a start and an end with nothing in between.
    pub bytes_empty: u64,
    /// Bytes on the disk after the end.
    pub bytes: u64,
}

impl Session {
    /// Stored bytes a resource, without what an empty server stores.
    pub fn bytes_each(&self) -> f64 {
        self.bytes.saturating_sub(self.bytes_empty) as f64 / self.resources.max(1) as f64
    }
}

/// Measures one server. Its data lies in a new folder below `work` and is removed at the end.
///
/// # Errors
///
/// A server that does not start, or takes nothing in.
pub async fn run(
    config: &config::Server,
    bundles: &Bundles,
    limits: &Limits,
    work: &Path,
    say: fn(&str),
) -> anyhow::Result<Session> {
    let load_before = server::load_average();
    std::fs::create_dir_all(work)?;
    let work = work.canonicalize()?;
    let mut folder = tempfile::Builder::new();
    // A database may run as another user.
    #[cfg(unix)]
    folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755));
    let folder = folder.prefix(&config.name).tempdir_in(&work)?;
    let config = config.at(folder.path());
    let session = measure(&config, bundles, limits, folder.path(), say, load_before).await;
    let finished = server::run_all(&config, &config.finish);
    let session = session?;
    finished?;
    Ok(session)
}

async fn measure(
    config: &config::Server,
    bundles: &Bundles,
    limits: &Limits,
    folder: &Path,
    say: fn(&str),
    load_before: Option<String>,
) -> anyhow::Result<Session> {
    server::run_all(config, &config.prepare)?;
    Running::start(config, folder).await?.stop().await?;
    let bytes_empty = server::weigh(config)?;
    let running = Running::start(config, folder).await?;
    let start = running.start;
    let mut tour = Tour::new(running.requests.clone(), limits, say);
    tour.go(bundles).await?;
    let observations_counted = tour.count_observations().await;
    let peak_memory = running.peak_memory();
    running.stop().await?;
    Ok(Session {
        name: config.name.clone(),
        note: config.note.clone(),
        steps: tour.steps,
        load_before,
        start,
        peak_memory,
        resources: tour.resources,
        observations: tour.observations,
        observations_counted,
        bytes_empty,
        bytes: server::weigh(config)?,
    })
}

/// The steps, and what they have come to so far.
struct Tour<'a> {
    requests: Requests,
    limits: &'a Limits,
    /// Told how far it is.
    say: fn(&str),
    steps: Vec<Step>,
    /// Resources that the server has taken in.
    resources: usize,
    observations: usize,
}

impl<'a> Tour<'a> {
    fn new(requests: Requests, limits: &'a Limits, say: fn(&str)) -> Self {
        Self { requests, limits, say, steps: Vec::new(), resources: 0, observations: 0 }
    }

    async fn go(&mut self, bundles: &Bundles) -> anyhow::Result<()> {
        for (loaded, clients) in [(&bundles.shared, 1), (&bundles.warm, self.limits.import_clients)]
        {
            let step = self.transactions("", loaded, clients).await;
            let why = step.measured.first_error.unwrap_or_default();
            ensure!(step.measured.errors == 0, "it refuses what it is given: {why}");
        }
        let import = format!("import, {} connections", self.limits.import_clients);
        let step = self.transactions(&import, &bundles.import, self.limits.import_clients).await;
        self.note(step);
        let step = self.transactions("one transaction at a time", &bundles.single, 1).await;
        self.note(step);
        let patients = self.patients().await?;
        let ids = self.create(bundles, &patients).await;
        self.read(&ids).await;
        for query in queries::all(&self.requests, &patients, &bundles.samples) {
            self.search(query).await;
        }
        Ok(())
    }

    fn note(&mut self, step: Step) {
        let rate = step.rate();
        (self.say)(&format!("  {}: {rate:.0} {}/s", step.name, step.unit));
        if let Some(error) = &step.measured.first_error {
            (self.say)(&format!("    {} errors, first: {error}", step.measured.errors));
        }
        self.steps.push(step);
    }

    fn load(&self, requests: Vec<Vec<u8>>, count: usize, clients: usize) -> Load {
        Load { requests: Arc::new(requests), count, clients, limit: self.limits.step }
    }

    async fn transactions(&mut self, name: &str, bundles: &[Bundle], clients: usize) -> Step {
        let requests = bundles.iter().map(|each| self.requests.post("", &each.body)).collect();
        let load = self.load(requests, bundles.len(), clients);
        let (measured, places) = send(self.requests.address, &load, |place, _| Some(place)).await;
        let taken = || places.iter().filter_map(|place| bundles.get(*place));
        let done = taken().map(|bundle| bundle.resources).sum();
        self.resources += done;
        self.observations += taken().map(|bundle| bundle.observations).sum::<usize>();
        Step { name: name.to_owned(), measured, unit: "resources", done, entries: None }
    }

    /// The ids of some people, asked of the server.
    async fn patients(&self) -> anyhow::Result<Vec<String>> {
        let mut connection = Connection::new(self.requests.address);
        let request = self.requests.get(&format!("/Patient?_count={PEOPLE_MAX}"));
        let answer = connection.exchange(&request).await?;
        let bundle: Value = serde_json::from_slice(answer.body)
            .with_context(|| format!("Patient?_count was answered with {}", answer.status))?;
        let ids: Vec<String> = entries(&bundle)
            .filter_map(|entry| Some(entry.pointer("/resource/id")?.as_str()?.to_owned()))
            .collect();
        ensure!(!ids.is_empty(), "the server has no Patient after the import");
        Ok(ids)
    }

    /// How many Observations the server says that it has. A transaction that is answered with 200
    /// and stored in part would show here.
    async fn count_observations(&self) -> Option<u64> {
        let mut connection = Connection::new(self.requests.address);
        let request = self.requests.get("/Observation?_summary=count");
        let answer = connection.exchange(&request).await.ok()?;
        let bundle: Value = serde_json::from_slice(answer.body).ok()?;
        bundle.get("total")?.as_u64()
    }

    async fn create(&mut self, bundles: &Bundles, patients: &[String]) -> Vec<String> {
        let about = bundles.observations.iter().cycle().zip(patients.iter().cycle());
        let requests: Vec<Vec<u8>> = about
            .take(self.limits.creates)
            .map(|(one, whose)| self.requests.post("/Observation", &bundles::about(one, whose)))
            .collect();
        let load = self.load(requests, self.limits.creates, self.limits.clients);
        let (measured, ids) =
            send(self.requests.address, &load, |_, answer| created_id(answer)).await;
        self.resources += measured.good();
        self.observations += measured.good();
        self.note_requests(format!("create, {} connections", self.limits.clients), measured, None);
        ids
    }

    async fn read(&mut self, ids: &[String]) {
        // Not in the order in which they were written.
        let stride = ids.len() / 3 + 1;
        let mixed = (0..stride).flat_map(|first| ids.iter().skip(first).step_by(stride));
        let requests =
            mixed.map(|id| self.requests.get(&format!("/Observation/{id}"))).collect::<Vec<_>>();
        self.warm(&requests).await;
        let load = self.load(requests, self.limits.reads, self.limits.clients);
        let (measured, _) = send(self.requests.address, &load, |_, _| None::<()>).await;
        let name = format!("read by id, {} connections", self.limits.clients);
        self.note_requests(name, measured, None);
    }

    async fn search(&mut self, query: queries::Query) {
        let counts = self.warm(&query.requests).await;
        let entries =
            (!counts.is_empty()).then(|| counts.iter().sum::<usize>() as f64 / counts.len() as f64);
        let load = self.load(query.requests, self.limits.searches, self.limits.clients);
        let (measured, _) = send(self.requests.address, &load, |_, _| None::<()>).await;
        self.note_requests(query.name.to_owned(), measured, entries);
    }

    /// Sends the first requests without a clock; how many entries each answer had.
    async fn warm(&self, requests: &[Vec<u8>]) -> Vec<usize> {
        let first: Vec<Vec<u8>> = requests.iter().take(CHECKED).cloned().collect();
        let count = first.len();
        let load = self.load(first, count, 1);
        let counted = |_, answer: &Answer<'_>| {
            let bundle: Value = serde_json::from_slice(answer.body).ok()?;
            Some(entries(&bundle).filter(|entry| is_found(entry)).count())
        };
        send(self.requests.address, &load, counted).await.1
    }

    fn note_requests(&mut self, name: String, measured: Measured, entries: Option<f64>) {
        let done = measured.good();
        self.note(Step { name, measured, unit: "requests", done, entries });
    }
}

fn entries(bundle: &Value) -> impl Iterator<Item = &Value> {
    bundle.get("entry").and_then(Value::as_array).into_iter().flatten()
}

/// Whether an entry is what was searched for or what came with it, not a remark of the server.
fn is_found(entry: &Value) -> bool {
    entry.pointer("/resource/resourceType").and_then(Value::as_str) != Some("OperationOutcome")
}

/// The id in `Location: .../Observation/7/_history/1`, or in the body.
fn created_id(answer: &Answer<'_>) -> Option<String> {
    let from_location = answer.header("location").and_then(|location| {
        let (_, after) = location.rsplit_once("/Observation/").or_else(|| {
            // Some answer with a relative address.
            location.strip_prefix("Observation/").map(|after| ("", after))
        })?;
        after.split('/').next().map(str::to_owned)
    });
    from_location.or_else(|| {
        let body: Value = serde_json::from_slice(answer.body).ok()?;
        body.get("id")?.as_str().map(str::to_owned)
    })
}

#[cfg(test)]
mod tests;
