//! [`SqliteStore`]: the port over the writer and the readers.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use async_trait::async_trait;
use futures_channel::oneshot;
use manzil_journey::access::Access;
use manzil_store::archive::{Record, Source};
use manzil_store::change::{check_id, check_label};
use manzil_store::policy::{Reach, audit_lines};
use manzil_store::port::Statistics;
use manzil_store::query::search_in_words;
use manzil_store::{
    AuditEntry, AuditReport, ChangeSet, Committed, HistoryRequest, Key, Page, PageRequest,
    SearchPage, SearchRequest, Store, StoreError, Version, VersionMeta, finder,
};
use rusqlite::Connection;

use crate::checkpoint::Checkpoints;
use crate::commit::Prepared;
use crate::ledger::Ledger;
use crate::local::Document;
use crate::options::{Options, cores};
use crate::readers::{self, Desk, Question, Room};
use crate::records::Concerned;
use crate::shelf::SqliteShelf;
use crate::spool::Spool;
use crate::trail::Line;
use crate::writer::{self, Job, Writer};
use crate::{
    archive, file, local, migration, rebuild, records, snapshot, statistics, trail, verify,
};

/// Change sets up to this size are prepared where they are asked for; larger ones by a reader
/// thread, so that they do not hold up the caller's executor.
const PREPARED_AT_ONCE_MAX: usize = 16;

/// A store in one SQLite file. See the crate's documentation for what it promises.
pub struct SqliteStore {
    path: PathBuf,
    node: String,
    queues: RwLock<Option<Queues>>,
    threads: Mutex<Option<Threads>>,
}

/// Where work is handed in. Dropping them lets the threads finish and end.
struct Queues {
    room: Room,
    questions: SyncSender<Question>,
    /// For questions that are answered on the thread of whoever asks.
    spare: Mutex<Vec<Desk>>,
}

struct Threads {
    writer: JoinHandle<()>,
    readers: Vec<JoinHandle<()>>,
    closed: oneshot::Receiver<Result<(), StoreError>>,
}

impl SqliteStore {
    /// Opens the file, makes it when it is missing, and brings it to this program's schema.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] when another process has it open, [`StoreError::Newer`] when a
    /// newer program wrote it, [`StoreError::Disk`] when it cannot be made or written, and
    /// [`StoreError::Damaged`] when it is no data file of this program.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        Self::open_with(path.as_ref(), options, migration::ALL)
    }

    pub(crate) fn open_with(
        path: &Path,
        options: Options,
        migrations: &[&str],
    ) -> Result<Self, StoreError> {
        let lock = file::lock(path)?;
        let mut connection = file::open_writer(path, &options, migrations)?;
        rebuild::run(&mut connection)?;
        let mut ledger = Ledger::new(connection, Arc::clone(&options.clock))?;
        let limits = options.limits;
        let parts = (options.clock, limits.unsealed_entries_max);
        let spool = Spool::open(path, &mut ledger, parts, |ledger, lines| {
            writer::transaction(ledger, |ledger| ledger.audit_all(lines))
        })?;
        let (node, spool) = (ledger.heads.node.clone(), Arc::new(spool));
        let (jobs, waiting_jobs) = sync_channel(limits.writes_waiting_max);
        let (questions, waiting_questions) = sync_channel(limits.reads_waiting_max);
        let room = Room { path: path.to_owned(), writer: jobs, spool: Arc::clone(&spool) };
        let readers = readers::start(limits.reader_threads, &room, waiting_questions)?;
        // A question that is answered on the thread of whoever asks waits for nothing.
        let spare = (0..cores()).map(|_| room.desk()).collect::<Result<_, _>>()?;
        let queues = Queues { room, questions, spare: Mutex::new(spare) };
        let (done, closed) = oneshot::channel();
        let log = Checkpoints::start(&mut ledger.connection, path, limits.log_pages_max)?;
        let writer = Writer::new((ledger, log), spool, waiting_jobs, limits);
        let writer = thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || {
                let outcome = writer.run();
                drop(lock);
                drop(done.send(outcome));
            })
            .map_err(|error| StoreError::Database(format!("a thread cannot start: {error}")))?;
        Ok(Self {
            path: path.to_owned(),
            node,
            queues: RwLock::new(Some(queues)),
            threads: Mutex::new(Some(Threads { writer, readers, closed })),
        })
    }

    /// Makes a new data file from the records of another store.
    ///
    /// # Errors
    ///
    /// [`StoreError::Disk`] when there is a file already or it cannot be written, and
    /// [`StoreError::Damaged`] when a record was altered. No file is left then.
    pub fn take(
        path: impl AsRef<Path>,
        options: Options,
        source: Source<'_>,
    ) -> Result<(), StoreError> {
        archive::take(path.as_ref(), options, source)
    }

    /// Gives all records, as they stand at one moment.
    ///
    /// # Errors
    ///
    /// What the sink or the file says.
    pub async fn give(
        &self,
        mut sink: impl FnMut(Record) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StoreError> {
        self.settle().await?;
        self.work(move |desk| desk.look(|connection| archive::give(connection, &mut sink))).await
    }

    /// The name of the node whose change log this file holds.
    pub fn node(&self) -> &str {
        &self.node
    }

    fn with_queues<T>(
        &self,
        act: impl FnOnce(&Queues) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let queues = self.queues.read().unwrap_or_else(PoisonError::into_inner);
        queues.as_ref().map_or(Err(StoreError::Closed), act)
    }

    fn hand_in(&self, job: Job) -> Result<(), StoreError> {
        self.with_queues(|queues| {
            queues.room.writer.try_send(job).map_err(|full| turned_away(&full))
        })
    }

    fn put_question(&self, question: Question) -> Result<(), StoreError> {
        self.with_queues(|queues| {
            queues.questions.try_send(question).map_err(|full| turned_away(&full))
        })
    }

    /// A question of somebody, answered after its audit line.
    async fn ask<T: Send + 'static>(
        &self,
        access: &Access,
        (what, object): (&str, String),
        question: impl FnOnce(&Connection, &mut Concerned) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        check_label(&access.actor, "the name of an account")?;
        check_label(&object, "what is asked for")?;
        let (access, what) = (access.clone(), what.to_owned());
        let line = Line { access, what, object, persons: Concerned::new() };
        let (reply, answer) = oneshot::channel();
        self.put_question(Box::new(move |desk| drop(reply.send(desk.answer(line, question)))))?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// A question that is nobody's in particular and leaves no audit line.
    async fn look<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.put_question(Box::new(move |desk| drop(reply.send(desk.look(question)))))?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Long work, on a thread of its own.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let room = self.with_queues(|queues| Ok(queues.room.clone()))?;
        readers::start_long(room, work, reply)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Answers on this thread, when a connection is to spare: for what is found by its key, which
    /// takes less time than handing it to another thread.
    fn at_once<T>(
        &self,
        answer: impl FnOnce(&mut Desk) -> Result<T, StoreError>,
    ) -> Option<Result<T, StoreError>> {
        let queues = self.queues.read().unwrap_or_else(PoisonError::into_inner);
        let spare = &queues.as_ref()?.spare;
        let take = || spare.lock().unwrap_or_else(PoisonError::into_inner);
        let mut desk = take().pop()?;
        let outcome = answer(&mut desk);
        take().push(desk);
        Some(outcome)
    }

    async fn put_local(&self, document: Document) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.hand_in(Job::Local(document, reply))?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Waits until the trail in the data file has every line of a read that was answered.
    async fn settle(&self) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.hand_in(Job::Settle(reply))?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Lets the threads finish; none when that was done before.
    fn stop(&self) -> Option<Threads> {
        self.queues.write().unwrap_or_else(PoisonError::into_inner).take();
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, access: &Access, changes: ChangeSet) -> Result<Committed, StoreError> {
        check_label(&access.actor, "the name of an account")?;
        let (reply, answer) = oneshot::channel();
        if changes.writes.len() <= PREPARED_AT_ONCE_MAX {
            let prepared = Prepared::new(access, changes)?;
            self.hand_in(Job::Commit(Box::new(prepared), reply))?;
        } else {
            let access = access.clone();
            self.put_question(Box::new(move |desk| match Prepared::new(&access, changes) {
                Ok(prepared) => desk.pass_on(Job::Commit(Box::new(prepared), reply)),
                Err(error) => drop(reply.send(Err(error))),
            }))?;
        }
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    async fn read(&self, access: &Access, key: &Key) -> Result<Option<Version>, StoreError> {
        check_label(&access.actor, "the name of an account")?;
        let answered = self.at_once(|desk| {
            let (asker, what, object) = (access, "read".to_owned(), key.to_string());
            let line = Line { access: access.clone(), what, object, persons: Concerned::new() };
            desk.answer_one(line, |connection, concerned| {
                records::read(connection, &Reach::of(asker)?, key, concerned)
            })
        });
        if let Some(answered) = answered {
            return answered;
        }
        let (asker, key) = (access.clone(), key.clone());
        self.ask(access, ("read", key.to_string()), move |connection, concerned| {
            records::read(connection, &Reach::of(&asker)?, &key, concerned)
        })
        .await
    }

    async fn read_version(
        &self,
        access: &Access,
        key: &Key,
        version: u64,
    ) -> Result<Option<Version>, StoreError> {
        let (asker, key) = (access.clone(), key.clone());
        let object = format!("{key}, version {version}");
        self.ask(access, ("read", object), move |connection, concerned| {
            records::read_version(connection, &Reach::of(&asker)?, &key, version, concerned)
        })
        .await
    }

    async fn read_many(
        &self,
        access: &Access,
        keys: &[Key],
    ) -> Result<Vec<Option<Version>>, StoreError> {
        let (asker, keys) = (access.clone(), keys.to_vec());
        let object = match keys.as_slice() {
            [key] => key.to_string(),
            keys => format!("{} records", keys.len()),
        };
        self.ask(access, ("read", object), move |connection, concerned| {
            records::read_many(connection, &Reach::of(&asker)?, &keys, concerned)
        })
        .await
    }

    async fn history(
        &self,
        access: &Access,
        request: &HistoryRequest,
    ) -> Result<Page<Version>, StoreError> {
        let (asker, request) = (access.clone(), request.clone());
        let object = request.scope.to_string();
        self.ask(access, ("history", object), move |connection, concerned| {
            records::history::page(connection, &Reach::of(&asker)?, &request, concerned)
        })
        .await
    }

    async fn search(
        &self,
        access: &Access,
        request: &SearchRequest,
    ) -> Result<SearchPage, StoreError> {
        let (asker, request) = (access.clone(), request.clone());
        let object = search_in_words(&request.search);
        self.ask(access, ("search", object), move |connection, concerned| {
            let page = finder::search(&SqliteShelf::new(connection), &asker, &request)?;
            let found = page.matches.iter().chain(&page.included);
            concerned.extend(found.filter_map(|each| each.person.clone()));
            Ok(page)
        })
        .await
    }

    async fn person(&self, access: &Access, person: &str) -> Result<Vec<Version>, StoreError> {
        check_id(person)?;
        let (asker, person) = (access.clone(), person.to_owned());
        let object = format!("all about Patient/{person}");
        self.ask(access, ("read", object), move |connection, concerned| {
            concerned.insert(person.clone());
            records::person(connection, &Reach::of(&asker)?, &person)
        })
        .await
    }

    async fn changes(
        &self,
        access: &Access,
        after_seq: u64,
        rows_max: usize,
    ) -> Result<Vec<VersionMeta>, StoreError> {
        let asker = access.clone();
        let object = format!("change log after {after_seq}");
        self.ask(access, ("read", object), move |connection, _| {
            records::changes(connection, &Reach::of(&asker)?, after_seq, rows_max)
        })
        .await
    }

    async fn note(
        &self,
        access: &Access,
        what: &str,
        object: &str,
        person: Option<&str>,
    ) -> Result<(), StoreError> {
        check_label(&access.actor, "the name of an account")?;
        check_label(what, "what was done")?;
        check_label(object, "what it was done to")?;
        person.map_or(Ok(()), check_id)?;
        let line = Line {
            access: access.clone(),
            what: what.into(),
            object: object.into(),
            persons: person.into_iter().map(str::to_owned).collect(),
        };
        self.with_queues(|queues| queues.room.hold(line))
    }

    async fn audit(
        &self,
        access: &Access,
        person: Option<&str>,
        page: PageRequest,
    ) -> Result<Page<AuditEntry>, StoreError> {
        person.map_or(Ok(()), check_id)?;
        let (asker, person) = (access.clone(), person.map(str::to_owned));
        self.settle().await?;
        self.ask(access, ("read", "audit trail".into()), move |connection, concerned| {
            concerned.extend(person.clone());
            let purpose = audit_lines(&asker, person.as_deref())?;
            trail::page(connection, person.as_deref(), purpose, &page)
        })
        .await
    }

    async fn verify(&self) -> Result<AuditReport, StoreError> {
        self.settle().await?;
        self.work(|desk| desk.look(verify::verify)).await
    }

    async fn local_get(&self, kind: &str, key: &str) -> Result<Option<String>, StoreError> {
        let found = self.at_once(|desk| desk.look(|connection| local::get(connection, kind, key)));
        if let Some(found) = found {
            return found;
        }
        let (kind, key) = (kind.to_owned(), key.to_owned());
        self.look(move |connection| local::get(connection, &kind, &key)).await
    }

    async fn local_put(&self, kind: &str, key: &str, value: &str) -> Result<(), StoreError> {
        self.put_local(Document::new(kind, key, Some(value))?).await
    }

    async fn local_delete(&self, kind: &str, key: &str) -> Result<(), StoreError> {
        self.put_local(Document::new(kind, key, None)?).await
    }

    async fn local_list(&self, kind: &str) -> Result<Vec<(String, String)>, StoreError> {
        let kind = kind.to_owned();
        self.look(move |connection| local::list(connection, &kind)).await
    }

    async fn snapshot(&self, path: &Path) -> Result<(), StoreError> {
        let path = path.to_owned();
        self.settle().await?;
        self.work(move |desk| snapshot::write(desk.connection(), &path)).await
    }

    async fn statistics(&self) -> Result<Statistics, StoreError> {
        let path = self.path.clone();
        self.settle().await?;
        self.look(move |connection| statistics::of(connection, &path)).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        match self.stop() {
            Some(threads) => threads.closed.await.unwrap_or(Err(StoreError::Closed)),
            None => Ok(()),
        }
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        let Some(threads) = self.stop() else { return };
        for thread in threads.readers.into_iter().chain([threads.writer]) {
            if thread.join().is_err() {
                tracing::error!("a thread of the store ended in a panic");
            }
        }
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SqliteStore")
            .field("path", &self.path)
            .field("node", &self.node)
            .finish_non_exhaustive()
    }
}

fn turned_away<T>(full: &TrySendError<T>) -> StoreError {
    match full {
        TrySendError::Full(_) => {
            StoreError::Limit("too much is waiting for the data file; try again in a moment".into())
        }
        TrySendError::Disconnected(_) => StoreError::Closed,
    }
}
