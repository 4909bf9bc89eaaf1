//! The one thread that writes: many queued jobs, one transaction, one fsync.
//!
//! The writer takes whatever waits in its queue, up to the limits of a group, runs it in one
//! transaction and answers after the commit. While it waits for the disk the next group gathers,
//! so the more callers there are, the more share an fsync.
//!
//! The audit lines of reads wait beside the data file (see [`crate::spool`]). They go into it with
//! the next group, after `unsealed_entries_max` of them, or when nothing has come for
//! `seal_after_milliseconds`. Every transaction is forced to the disk.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

use futures_channel::oneshot;
use manzil_store::{Committed, StoreError};

use crate::checkpoint::Checkpoints;
use crate::commit::{self, Prepared};
use crate::index::{self, WordChange};
use crate::ledger::Ledger;
use crate::local::Document;
use crate::options::Limits;
use crate::spool::{Lines, Spool};
use crate::{fault, file};

/// Where the answer to a job goes. Whoever asked may have stopped waiting.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// Something to write.
pub(crate) enum Job {
    Commit(Box<Prepared>, Reply<Committed>),
    Local(Document, Reply<()>),
    /// Everything that was read so far is in the trail when this is answered.
    Settle(Reply<()>),
    /// There are audit lines of reads: the first ones, or many.
    Wake,
}

/// What is left to do for a job when its group is committed, or could not be.
type Answer = Box<dyn FnOnce(Option<StoreError>)>;

/// A group that is being written.
#[derive(Default)]
struct Group {
    answers: Vec<Answer>,
    words: Vec<WordChange>,
}

/// The writer's thread.
pub(crate) struct Writer {
    ledger: Ledger,
    log: Checkpoints,
    jobs: Receiver<Job>,
    limits: Limits,
    spool: Arc<Spool>,
    /// The lines of reads that were taken from there and are not in the data file yet.
    taken: Lines,
    /// Whether the lines of reads could not be written last time, as on a full disk.
    is_stuck: bool,
}

impl Writer {
    pub(crate) fn new(
        (ledger, log): (Ledger, Checkpoints),
        spool: Arc<Spool>,
        jobs: Receiver<Job>,
        limits: Limits,
    ) -> Self {
        Self { ledger, log, jobs, limits, spool, taken: Lines::new(), is_stuck: false }
    }

    /// Works until every sender is gone, then writes the log back into the file and closes it.
    pub(crate) fn run(mut self) -> Result<(), StoreError> {
        while let Some(first) = self.wait() {
            self.work(first);
            self.log.tend(&self.ledger.connection);
        }
        self.settle();
        self.spool.close();
        self.log.stop();
        let closed = self.ledger.connection.execute_batch(sql::CHECKPOINT);
        closed.map_err(fault::of_sqlite)
    }

    fn wait(&mut self) -> Option<Job> {
        loop {
            // A full disk must not make the writer spin.
            if self.is_settled() || self.is_stuck {
                return self.jobs.recv().ok();
            }
            let pause = Duration::from_millis(self.limits.seal_after_milliseconds);
            match self.jobs.recv_timeout(pause) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => self.settle(),
            }
        }
    }

    /// Whether every line of a read is in the data file.
    fn is_settled(&self) -> bool {
        self.taken.is_empty() && self.spool.len() == 0
    }

    /// Writes the audit lines of reads into the data file: those that a failure left behind, then
    /// those that wait. What comes meanwhile waits for its own turn, or readers in a row would
    /// make each handful of lines a state of the data file.
    fn settle(&mut self) {
        for _ in 0..=usize::from(!self.taken.is_empty()) {
            if self.is_settled() {
                return;
            }
            let done = self.transaction(|_| Ok(()));
            self.is_stuck = done.is_err();
            if let Err(error) = done {
                return tracing::error!(%error, "audit entries of reads could not be written");
            }
        }
    }

    /// Runs `work` in one transaction, behind the audit lines of reads.
    fn transaction(
        &mut self,
        work: impl FnOnce(&mut Ledger) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if self.taken.is_empty() {
            self.taken = self.spool.take(self.ledger.heads.audit_seq)?;
        }
        transaction(&mut self.ledger, |ledger| {
            ledger.audit_all(&self.taken)?;
            work(ledger)
        })?;
        self.is_stuck = false;
        if !self.taken.is_empty() {
            self.taken.clear();
            self.spool.forget();
        }
        Ok(())
    }

    fn work(&mut self, first: Job) {
        let jobs = self.gather(first);
        if jobs.iter().all(|job| matches!(job, Job::Wake)) {
            if self.spool.len() >= self.limits.unsealed_entries_max {
                self.settle();
            }
            return;
        }
        if self.is_stuck {
            self.settle();
        }
        let mut group = Group::default();
        let mut jobs = jobs.into_iter();
        let done = self.transaction(|ledger| {
            for job in jobs.by_ref() {
                group.run(ledger, job)?;
            }
            index::write_words(&ledger.connection, &group.words)
        });
        if let Err(error) = &done {
            tracing::error!(%error, "a group of writes was rolled back");
        }
        let failure = done.err();
        group.answers.into_iter().for_each(|answer| answer(failure.clone()));
        jobs.for_each(|job| job.fail(failure.clone().unwrap_or(StoreError::Closed)));
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
}

/// Runs `work` in one transaction. When it fails, the file and the memory of it are as before.
pub(crate) fn transaction(
    ledger: &mut Ledger,
    work: impl FnOnce(&mut Ledger) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let heads = ledger.heads.clone();
    let begun = file::run(&ledger.connection, sql::BEGIN);
    let done = begun.and_then(|()| {
        work(ledger)?;
        file::run(&ledger.connection, sql::COMMIT)
    });
    if done.is_err() {
        ledger.heads = heads;
        ledger.dictionary.forget();
        if !ledger.connection.is_autocommit() {
            let undone = ledger.connection.execute_batch(sql::ROLLBACK);
            if let Err(error) = undone {
                tracing::error!(%error, "a transaction could not be rolled back");
            }
        }
    }
    done
}

impl Job {
    fn bytes(&self) -> usize {
        match self {
            Self::Commit(change, _) => change.bytes,
            Self::Local(..) | Self::Settle(_) | Self::Wake => 0,
        }
    }

    /// Tells whoever asked that it was not done.
    fn fail(self, error: StoreError) {
        match self {
            Self::Commit(_, reply) => drop(reply.send(Err(error))),
            Self::Local(_, reply) | Self::Settle(reply) => drop(reply.send(Err(error))),
            Self::Wake => {}
        }
    }
}

impl Group {
    /// Runs one job within the group's transaction. An error means that the whole transaction
    /// is lost; a change set that is refused is not an error of the group.
    fn run(&mut self, ledger: &mut Ledger, job: Job) -> Result<(), StoreError> {
        match job {
            Job::Commit(change, reply) => self.commit(ledger, &change, reply),
            Job::Local(document, reply) => {
                self.answers.push(answer(reply, Ok(())));
                document.write(&ledger.connection)
            }
            Job::Settle(reply) => {
                self.answers.push(answer(reply, Ok(())));
                Ok(())
            }
            Job::Wake => Ok(()),
        }
    }

    fn commit(
        &mut self,
        ledger: &mut Ledger,
        change: &Prepared,
        reply: Reply<Committed>,
    ) -> Result<(), StoreError> {
        let outcome = commit::apply(ledger, change, &mut self.words);
        let refused = matches!(outcome, Err(StoreError::Refused { .. }));
        // After some errors (a full disk) SQLite has rolled the whole transaction back.
        let lost = match &outcome {
            Err(error) if ledger.connection.is_autocommit() => Some(error.clone()),
            _ => None,
        };
        self.answers.push(answer(reply, outcome));
        if let Some(error) = lost {
            return Err(error);
        }
        if refused {
            let mut line = change.line("refused");
            line.object = format!("write {}", line.object);
            let at = ledger.stamp();
            ledger.audit(&line, at)?;
        }
        Ok(())
    }
}

/// Answers with the outcome, or with the group's failure.
fn answer<T: 'static>(reply: Reply<T>, outcome: Result<T, StoreError>) -> Answer {
    Box::new(move |failure| drop(reply.send(failure.map_or(outcome, Err))))
}

pub(crate) mod sql {
    pub(crate) const BEGIN: &str = "BEGIN IMMEDIATE";
    pub(crate) const COMMIT: &str = "COMMIT";
    pub(crate) const ROLLBACK: &str = "ROLLBACK";
    pub(crate) const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[BEGIN, COMMIT, ROLLBACK, CHECKPOINT];
}
