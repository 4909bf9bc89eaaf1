//! Questions, each on a connection of its own at one moment.
//!
//! The audit line of a question goes to the writer together with the answer, and the writer lets
//! the answer go when the line is committed: the connection is free for the next question
//! meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;

use deadpool_postgres::{Object, Pool};
use manzil_store::StoreError;
use tokio::runtime::Handle;

use crate::dictionary::Words;
use crate::fault;
use crate::records::Concerned;
use crate::session::Session;
use crate::trail::Line;
use crate::writer::{Job, Reply};

/// What is needed to answer.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) pool: Pool,
    pub(crate) handle: Handle,
    pub(crate) words: Arc<Words>,
    pub(crate) writer: SyncSender<Job>,
    pub(crate) waiting: Arc<AtomicUsize>,
}

/// Counts one that waits, while it lives.
struct Ticket(Arc<AtomicUsize>);

impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Desk {
    /// Gives `work` a connection as soon as there is one, on a thread that may block.
    pub(crate) fn with_session(
        self,
        waiting_max: usize,
        work: impl FnOnce(Self, Result<Session, StoreError>) + Send + 'static,
    ) -> Result<(), StoreError> {
        let ticket = Ticket(Arc::clone(&self.waiting));
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= waiting_max {
            return Err(StoreError::Limit(
                "too much is waiting for the database; try again in a moment".into(),
            ));
        }
        let handle = self.handle.clone();
        handle.spawn(async move {
            let client: Result<Object, _> = self.pool.get().await;
            let handle = self.handle.clone();
            let done = handle.clone().spawn_blocking(move || {
                let session = client
                    .map(|client| Session::new(client, handle))
                    .map_err(|error| fault::of_pool(&error));
                work(self, session);
                drop(ticket);
            });
            if done.await.is_err() {
                tracing::error!("a question ended in a panic");
            }
        });
        Ok(())
    }

    /// Hands a job to the writer, waiting while its queue is full.
    pub(crate) fn pass_on(&self, job: Job) {
        // When the writer is gone the job is dropped, and its asker learns that we are closing.
        drop(self.writer.send(job));
    }

    /// Answers a question of somebody, after its audit line. `line` says what is asked; whom it
    /// concerns is found while answering.
    pub(crate) fn answer<T: Send + 'static>(
        &self,
        session: Result<Session, StoreError>,
        mut line: Line,
        question: impl FnOnce(&Session, &Words, &mut Concerned) -> Result<T, StoreError>,
        reply: Reply<T>,
    ) {
        let mut concerned = std::mem::take(&mut line.persons);
        let outcome = session.and_then(|session| {
            session.at_one_moment(|session| question(session, &self.words, &mut concerned))
        });
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
