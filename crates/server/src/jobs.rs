//! Exports that run behind a request: what there is, how far it is, and where its files are.
//!
//! Nothing of it outlives the program. The files lie in a temporary folder of their own, which
//! goes with the job: when it is cancelled, when it is too old, or when the program ends.

mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tempfile::TempDir;
use tokio::sync::Semaphore;

use crate::limits::{EXPORT_AGE_MAX, EXPORTS_KEPT_MAX, EXPORTS_RUNNING_MAX};

pub(crate) use run::run;

/// What is to be exported.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// The address that was asked.
    pub(crate) request: String,
    pub(crate) types: Vec<&'static str>,
    /// Only what changed at this moment or later.
    pub(crate) since: Option<Timestamp>,
    pub(crate) people: People,
}

/// Whose records are exported.
#[derive(Clone, Debug)]
pub(crate) enum People {
    /// Everybody's, and what is about nobody.
    System,
    /// Everybody's.
    All,
    /// Those of these `Patient` ids.
    Some(BTreeSet<String>),
}

/// All exports of this program.
#[derive(Debug)]
pub(crate) struct Exports {
    jobs: Mutex<BTreeMap<String, Arc<Job>>>,
    /// Whoever is not among those that run waits for its turn.
    turns: Semaphore,
}

/// One export.
pub(crate) struct Job {
    pub(crate) order: Order,
    pub(crate) started: Timestamp,
    owner: String,
    folder: TempDir,
    cancelled: AtomicBool,
    state: Mutex<State>,
}

/// How far an export is.
#[derive(Clone, Debug)]
pub(crate) enum State {
    Running {
        resources: usize,
    },
    Done(Vec<File>),
    /// In words.
    Failed(String),
}

/// One file of an export: resources of one type, one on a line.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) resource_type: &'static str,
    pub(crate) resources: usize,
}

/// Why an export is not begun.
#[derive(Debug)]
pub(crate) enum NotBegun {
    TooMany,
    Disk(io::Error),
}

impl Default for Exports {
    fn default() -> Self {
        Self { jobs: Mutex::default(), turns: Semaphore::new(EXPORTS_RUNNING_MAX) }
    }
}

impl Exports {
    /// Begins an export in the books; [`run`] does it.
    pub(crate) fn begin(
        &self,
        id: &str,
        owner: &str,
        order: Order,
        now: Timestamp,
    ) -> Result<Arc<Job>, NotBegun> {
        let mut jobs = self.jobs();
        jobs.retain(|_, job| !job.is_over(now));
        if jobs.len() >= EXPORTS_KEPT_MAX {
            return Err(NotBegun::TooMany);
        }
        let job = Arc::new(Job {
            order,
            started: now,
            owner: owner.to_owned(),
            folder: tempfile::Builder::new()
                .prefix("manzil-export-")
                .tempdir()
                .map_err(NotBegun::Disk)?,
            cancelled: AtomicBool::new(false),
            state: Mutex::new(State::Running { resources: 0 }),
        });
        jobs.insert(id.to_owned(), Arc::clone(&job));
        Ok(job)
    }

    /// An export of this owner that is not over.
    pub(crate) fn find(&self, id: &str, owner: &str, now: Timestamp) -> Option<Arc<Job>> {
        let jobs = self.jobs();
        let job = jobs.get(id).filter(|job| job.owner == owner && !job.is_over(now))?;
        Some(Arc::clone(job))
    }

    /// Ends an export; its files go when the last request that reads them ends.
    pub(crate) fn end(&self, id: &str) {
        if let Some(job) = self.jobs().remove(id) {
            job.cancelled.store(true, Ordering::Release);
        }
    }

    fn jobs(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    pub(crate) fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The path of a file that is finished.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        let State::Done(files) = self.state() else { return None };
        files.iter().any(|file| file.name == name).then(|| self.folder.path().join(name))
    }

    /// When its files are removed.
    pub(crate) fn ends(&self) -> Timestamp {
        self.started.checked_add(EXPORT_AGE_MAX).unwrap_or(Timestamp::MAX)
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn is_over(&self, now: Timestamp) -> bool {
        now >= self.ends()
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("order", &self.order).finish_non_exhaustive()
    }
}
