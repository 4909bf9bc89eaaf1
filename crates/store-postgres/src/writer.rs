//! The one thread that writes: many queued jobs, one transaction, one commit.
//!
//! The writer takes whatever waits in its queue, up to the limits of a group, decides it from
//! memory, sends everything with the commit in one go and answers when PostgreSQL has it on the
//! disk (`synchronous_commit` is on). While it waits the next group gathers, so the more callers
//! there are, the more share a commit.
//!
//! The connection holds an advisory lock for as long as it lives: a second writer of the same
//! schema is refused. When the connection is lost, the writer comes back and reads the heads of
//! the logs again. If it was lost while committing, the hash of the last line tells whether the
//! group had been committed.

use std::sync::mpsc::{Receiver, TryRecvError};
use std::thread;
use std::time::Duration;

use deadpool_postgres::Pool;
use futures_channel::oneshot;
use manzil_store::{Committed, StoreError};
use tokio::runtime::Handle;

use crate::commit;
use crate::heads::Heads;
use crate::ids;
use crate::ledger::Ledger;
use crate::local::Document;
use crate::options::{Clock, Limits};
use crate::prepared::Prepared;
use crate::session::Session;
use crate::trail::Line;

/// Where the answer to a job goes. Whoever asked may have stopped waiting.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// What is done when the line of a read is committed, or when it could not be written.
pub(crate) type Then = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Something to write.
pub(crate) enum Job {
    Commit(Box<Prepared>, Reply<Committed>),
    Audit(Box<Line>, Then),
    Local(Document, Reply<()>),
}

/// What is left to do for a job when its group is committed, or could not be.
type Answer = Box<dyn FnOnce(Option<StoreError>)>;

/// How long to wait before trying to come back again.
const PAUSE: Duration = Duration::from_millis(100);

/// How the writer comes to its connection.
pub(crate) struct Door {
    pub(crate) pool: Pool,
    pub(crate) handle: Handle,
    pub(crate) schema: String,
    pub(crate) clock: Clock,
}

impl Door {
    /// A connection that holds the lock.
    pub(crate) fn open(&self) -> Result<Session, StoreError> {
        let session = Session::open(&self.pool, &self.handle)?;
        let lock = ids::lock(&self.schema, "writer");
        if session.one(sql::LOCK, &[&lock])? {
            return Ok(session);
        }
        Err(StoreError::InUse(format!("the schema {}", self.schema)))
    }
}

/// The writer's thread.
pub(crate) struct Writer {
    ledger: Ledger,
    door: Door,
    jobs: Receiver<Job>,
    limits: Limits,
}

impl Writer {
    pub(crate) fn new(ledger: Ledger, door: Door, jobs: Receiver<Job>, limits: Limits) -> Self {
        Self { ledger, door, jobs, limits }
    }

    /// Works until every sender is gone.
    pub(crate) fn run(mut self) {
        while let Ok(first) = self.jobs.recv() {
            let jobs = self.gather(first);
            self.work(jobs);
        }
        let unlocked = self.ledger.session.batch(sql::UNLOCK);
        if let Err(error) = unlocked {
            tracing::warn!(%error, "the lock could not be given back");
        }
    }

    fn gather(&self, first: Job) -> Vec<Job> {
        let mut bytes = first.bytes();
        let mut jobs = vec![first];
        while jobs.len() < self.limits.group_jobs_max && bytes < self.limits.group_bytes_max {
            match self.jobs.try_recv() {
                Ok(job) => {
                    bytes += job.bytes();
                    jobs.push(job);
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        jobs
    }

    fn work(&mut self, jobs: Vec<Job>) {
        if self.ledger.session.is_closed()
            && let Err(error) = self.come_back()
        {
            return jobs.into_iter().for_each(|job| job.fail(error.clone()));
        }
        let before = self.ledger.heads.clone();
        let mut answers = Vec::with_capacity(jobs.len());
        let mut jobs = jobs.into_iter();
        let mut done = self.ledger.begin(jobs.as_slice());
        while done.is_ok()
            && let Some(job) = jobs.next()
        {
            done = self.ledger.run(job, &mut answers);
        }
        let done = done.and_then(|()| self.ledger.flush_and_commit());
        let failure = match done {
            Ok(()) => {
                self.ledger.clear();
                None
            }
            Err(error) => self.undo(before, error),
        };
        for answer in answers {
            answer(failure.clone());
        }
        jobs.for_each(|job| job.fail(failure.clone().unwrap_or(StoreError::Closed)));
    }

    /// Puts memory back to what PostgreSQL has; the failure, unless the group turns out to be
    /// committed.
    fn undo(&mut self, before: Heads, error: StoreError) -> Option<StoreError> {
        tracing::error!(%error, "a group of writes was rolled back");
        let hoped = self.ledger.heads.clone();
        self.ledger.forget(before.clone());
        if !self.ledger.session.is_closed() && self.ledger.session.batch(sql::ROLLBACK).is_ok() {
            return Some(error);
        }
        match self.come_back() {
            Ok(()) if hoped.audit != before.audit && hoped.audit == self.ledger.heads.audit => None,
            Ok(()) => Some(error),
            Err(lost) => {
                tracing::error!(%lost, "the writer has no connection");
                Some(error)
            }
        }
    }

    /// Connects again and reads where the logs stand.
    fn come_back(&mut self) -> Result<(), StoreError> {
        let mut tries = self.limits.reconnect_milliseconds / PAUSE.as_millis() as u64;
        loop {
            let opened =
                self.door.open().and_then(|session| Ledger::new(session, self.door.clock.clone()));
            match opened {
                Ok(ledger) => {
                    self.ledger = ledger;
                    return Ok(());
                }
                Err(error) if tries == 0 => return Err(error),
                Err(_) => tries -= 1,
            }
            thread::sleep(PAUSE);
        }
    }
}

impl Job {
    fn bytes(&self) -> usize {
        match self {
            Self::Commit(change, _) => change.bytes,
            Self::Audit(..) | Self::Local(..) => 0,
        }
    }

    /// Tells whoever asked that it was not done.
    fn fail(self, error: StoreError) {
        match self {
            Self::Commit(_, reply) => drop(reply.send(Err(error))),
            Self::Audit(_, then) => then(Err(error)),
            Self::Local(_, reply) => drop(reply.send(Err(error))),
        }
    }
}

impl Ledger {
    /// Begins the transaction and reads what the jobs write over.
    fn begin(&mut self, jobs: &[Job]) -> Result<(), StoreError> {
        self.session.batch(sql::BEGIN)?;
        let mut numbers = Vec::new();
        for job in jobs {
            if let Job::Commit(change, _) = job {
                numbers.extend(change.numbers());
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        self.batch.load(&self.session, &numbers)
    }

    /// Runs one job within the group's transaction. An error means that the whole transaction
    /// is lost; a change set that is refused is not an error of the group.
    fn run(&mut self, job: Job, answers: &mut Vec<Answer>) -> Result<(), StoreError> {
        match job {
            Job::Commit(change, reply) => self.commit(&change, reply, answers),
            Job::Audit(line, then) => {
                answers.push(Box::new(move |failure| then(failure.map_or(Ok(()), Err))));
                let at = self.stamp();
                self.audit(&line, at)
            }
            Job::Local(document, reply) => {
                answers.push(answer(reply, Ok(())));
                let Document { kind, key, value } = document;
                self.batch.documents.insert((kind, key), value);
                Ok(())
            }
        }
    }

    fn commit(
        &mut self,
        change: &Prepared,
        reply: Reply<Committed>,
        answers: &mut Vec<Answer>,
    ) -> Result<(), StoreError> {
        let outcome = commit::apply(self, change);
        let refused = matches!(outcome, Err(StoreError::Refused { .. }));
        let lost = match &outcome {
            Err(error @ (StoreError::Database(_) | StoreError::Disk(_) | StoreError::Lost(_))) => {
                Some(error.clone())
            }
            _ => None,
        };
        answers.push(answer(reply, outcome));
        if let Some(error) = lost {
            return Err(error);
        }
        if refused {
            let mut line = change.line("refused");
            line.object = format!("write {}", line.object);
            let at = self.stamp();
            self.audit(&line, at)?;
        }
        Ok(())
    }

    fn flush_and_commit(&mut self) -> Result<(), StoreError> {
        self.flush()?;
        self.session.batch(sql::COMMIT)
    }
}

/// Answers with the outcome, or with the group's failure.
fn answer<T: 'static>(reply: Reply<T>, outcome: Result<T, StoreError>) -> Answer {
    Box::new(move |failure| drop(reply.send(failure.map_or(outcome, Err))))
}

pub(crate) mod sql {
    pub(crate) const LOCK: &str = "SELECT pg_try_advisory_lock($1)";
    pub(crate) const UNLOCK: &str = "SELECT pg_advisory_unlock_all()";
    pub(crate) const BEGIN: &str = "BEGIN";
    pub(crate) const COMMIT: &str = "COMMIT";
    pub(crate) const ROLLBACK: &str = "ROLLBACK";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[LOCK, UNLOCK, BEGIN, COMMIT, ROLLBACK];
}
