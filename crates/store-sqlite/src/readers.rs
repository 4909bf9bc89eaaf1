//! The threads that read, each with a read-only connection.
//!
//! A question runs in one read transaction, so that it sees one moment. Its audit line then goes
//! to the writer together with the answer, and the writer lets the answer go when the line is in
//! the log file: the reader is free for the next question meanwhile.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use manzil_store::StoreError;
use rusqlite::{Connection, TransactionBehavior};

use crate::records::Concerned;
use crate::trail::Line;
use crate::writer::{Job, Reply};
use crate::{fault, file};

/// Work for a reader.
pub(crate) type Question = Box<dyn FnOnce(&mut Desk) + Send>;

/// What a reader has at hand.
pub(crate) struct Desk {
    connection: Connection,
    writer: SyncSender<Job>,
}

impl Desk {
    pub(crate) fn new(path: &std::path::Path, writer: SyncSender<Job>) -> Result<Self, StoreError> {
        Ok(Self { connection: file::open_reader(path)?, writer })
    }

    /// The connection, for work that needs no single moment or makes its own.
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Hands a job to the writer, waiting while its queue is full.
    pub(crate) fn pass_on(&self, job: Job) {
        // When the writer is gone the job is dropped, and its asker learns that we are closing.
        drop(self.writer.send(job));
    }

    /// Runs a question at one moment.
    pub(crate) fn look<T>(
        &mut self,
        question: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let moment = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Deferred)
            .map_err(fault::of_sqlite)?;
        question(&moment)
    }

    /// Answers a question of somebody, after its audit line. `line` says what is asked; whom it
    /// concerns is found while answering.
    pub(crate) fn answer<T: Send + 'static>(
        &mut self,
        mut line: Line,
        question: impl FnOnce(&Connection, &mut Concerned) -> Result<T, StoreError>,
        reply: Reply<T>,
    ) {
        let mut concerned = std::mem::take(&mut line.persons);
        let outcome = self.look(|connection| question(connection, &mut concerned));
        line.persons = concerned;
        match &outcome {
            Ok(_) => {}
            Err(StoreError::Refused { .. }) => {
                line.object = format!("{} {}", line.what, line.object);
                line.what = "refused".into();
            }
            Err(_) => return drop(reply.send(outcome)),
        }
        let then = move |written: Result<(), StoreError>| {
            drop(reply.send(written.and(outcome)));
        };
        self.pass_on(Job::Audit(Box::new(line), Box::new(then)));
    }
}

/// Starts the readers. They end when every sender of questions is gone.
pub(crate) fn start(
    threads: usize,
    path: &std::path::Path,
    writer: &SyncSender<Job>,
    questions: Receiver<Question>,
) -> Result<Vec<JoinHandle<()>>, StoreError> {
    let questions = Arc::new(Mutex::new(questions));
    let mut handles = Vec::with_capacity(threads);
    for number in 0..threads.max(1) {
        let mut desk = Desk::new(path, writer.clone())?;
        let questions = Arc::clone(&questions);
        let handle = thread::Builder::new()
            .name(format!("store-reader-{number}"))
            .spawn(move || {
                while let Some(question) = next(&questions) {
                    question(&mut desk);
                }
            })
            .map_err(|error| StoreError::Database(format!("a thread cannot start: {error}")))?;
        handles.push(handle);
    }
    Ok(handles)
}

/// Runs one long piece of work (a copy, a check) beside the readers.
pub(crate) fn start_long<T: Send + 'static>(
    path: PathBuf,
    writer: SyncSender<Job>,
    work: impl FnOnce(&mut Desk) -> Result<T, StoreError> + Send + 'static,
    reply: Reply<T>,
) -> Result<(), StoreError> {
    let run = move || {
        let outcome = Desk::new(&path, writer).and_then(|mut desk| work(&mut desk));
        drop(reply.send(outcome));
    };
    thread::Builder::new()
        .name("store-long".into())
        .spawn(run)
        .map(|_| ())
        .map_err(|error| StoreError::Database(format!("a thread cannot start: {error}")))
}

fn next(questions: &Mutex<Receiver<Question>>) -> Option<Question> {
    questions.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}
