//! The threads that read, each with a read-only connection.
//!
//! A question runs in one read transaction, so that it sees one moment. Its audit line is kept
//! beside the data file before the answer is given (see [`crate::spool`]).

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use manzil_store::StoreError;
use rusqlite::Connection;

use crate::file;
use crate::records::Concerned;
use crate::spool::Spool;
use crate::trail::Line;
use crate::writer::{Job, Reply};

/// Work for a reader.
pub(crate) type Question = Box<dyn FnOnce(&mut Desk) + Send>;

/// What a reader has at hand.
pub(crate) struct Desk {
    connection: Connection,
    writer: SyncSender<Job>,
    spool: Arc<Spool>,
}

/// How a reader comes to what it has at hand.
#[derive(Clone)]
pub(crate) struct Room {
    pub(crate) path: PathBuf,
    pub(crate) writer: SyncSender<Job>,
    pub(crate) spool: Arc<Spool>,
}

impl Room {
    pub(crate) fn desk(&self) -> Result<Desk, StoreError> {
        let Self { path, writer, spool } = self.clone();
        Ok(Desk { connection: file::open_reader(&path)?, writer, spool })
    }

    /// Keeps an audit line beside the data file.
    pub(crate) fn hold(&self, line: Line) -> Result<(), StoreError> {
        hold(&self.spool, &self.writer, line)
    }
}

impl Desk {
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
        file::run(&self.connection, sql::MOMENT)?;
        let outcome = question(&self.connection);
        file::run(&self.connection, sql::END)?;
        outcome
    }

    /// Answers a question of somebody, after its audit line. `line` says what is asked; whom it
    /// concerns is found while answering.
    pub(crate) fn answer<T>(
        &mut self,
        mut line: Line,
        question: impl FnOnce(&Connection, &mut Concerned) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let outcome = self.look(|connection| question(connection, &mut line.persons));
        self.after_its_line(line, outcome)
    }

    /// The same for a question of one statement, which sees one moment by itself.
    pub(crate) fn answer_one<T>(
        &mut self,
        mut line: Line,
        question: impl FnOnce(&Connection, &mut Concerned) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let outcome = question(&self.connection, &mut line.persons);
        self.after_its_line(line, outcome)
    }

    fn after_its_line<T>(
        &self,
        mut line: Line,
        outcome: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match &outcome {
            Ok(_) => {}
            Err(StoreError::Refused { .. }) => {
                line.object = format!("{} {}", line.what, line.object);
                line.what = "refused".into();
            }
            Err(_) => return outcome,
        }
        hold(&self.spool, &self.writer, line).and(outcome)
    }
}

fn hold(spool: &Spool, writer: &SyncSender<Job>, line: Line) -> Result<(), StoreError> {
    if spool.hold(line)? {
        // A writer whose queue is full is awake.
        drop(writer.try_send(Job::Wake));
    }
    Ok(())
}

/// Starts the readers. They end when every sender of questions is gone.
pub(crate) fn start(
    threads: usize,
    room: &Room,
    questions: Receiver<Question>,
) -> Result<Vec<JoinHandle<()>>, StoreError> {
    let questions = Arc::new(Mutex::new(questions));
    let mut handles = Vec::with_capacity(threads);
    for number in 0..threads.max(1) {
        let mut desk = room.desk()?;
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
    room: Room,
    work: impl FnOnce(&mut Desk) -> Result<T, StoreError> + Send + 'static,
    reply: Reply<T>,
) -> Result<(), StoreError> {
    let run = move || {
        let outcome = room.desk().and_then(|mut desk| work(&mut desk));
        drop(room);
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

pub(crate) mod sql {
    pub(crate) const MOMENT: &str = "BEGIN";
    pub(crate) const END: &str = "COMMIT";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[MOMENT, END];
}
