//! [`PostgresStore`]: the port over the writer and the readers.

use std::fmt;
use std::path::Path;
use std::sync::atomic::AtomicUsize;
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
use tokio::runtime::Runtime;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::dictionary::Words;
use crate::ledger::Ledger;
use crate::local::{self, Document};
use crate::options::Options;
use crate::prepared::Prepared;
use crate::readers::Desk;
use crate::records::Concerned;
use crate::session::{self, Session, get};
use crate::shelf::PostgresShelf;
use crate::trail::Line;
use crate::writer::{Door, Job, Writer};
use crate::{archive, code, migration, rebuild, records, trail, verify};

/// Change sets up to this size are prepared where they are asked for; larger ones on a thread
/// that may block, so that they do not hold up the caller's executor.
const PREPARED_AT_ONCE_MAX: usize = 16;

/// A store in one schema of a PostgreSQL database. See the crate's documentation for what it
/// promises.
pub struct PostgresStore {
    node: String,
    schema: String,
    reads_waiting_max: usize,
    desk: RwLock<Option<Desk>>,
    closed: Mutex<Option<oneshot::Receiver<()>>>,
    writer: Option<JoinHandle<()>>,
    runtime: Option<Runtime>,
}

impl PostgresStore {
    /// Connects to `url` (`postgres://user@host/database`), makes the schema when it is missing,
    /// and brings it to that of this program. Blocks; call it outside of an executor.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] when another process writes to it, [`StoreError::Newer`] when a
    /// newer program wrote it, [`StoreError::Lost`] when the database cannot be reached,
    /// [`StoreError::Malformed`] when `url` or the schema's name cannot be right, and
    /// [`StoreError::Damaged`] when the schema is none of this program.
    pub fn open(url: &str, options: Options) -> Result<Self, StoreError> {
        migration::check_name(&options.schema)?;
        let runtime = runtime()?;
        let handle = runtime.handle().clone();
        let door = door(url, &runtime, &options)?;
        let config = config(url, &options)?;
        let Options { node, schema, limits, .. } = options;
        let session = door.open()?;
        migration::run(&session, &schema, &node)?;
        rebuild::run(&session)?;
        let ledger = Ledger::new(session, door.clock.clone())?;
        let node = ledger.heads.node.clone();
        let (writer, jobs) = sync_channel(limits.writes_waiting_max);
        let pool = session::pool(&config, &schema, "", limits.reader_connections)?;
        let waiting = Arc::new(AtomicUsize::new(0));
        let desk = Desk { pool, handle, words: Arc::new(Words::default()), writer, waiting };
        let (done, closed) = oneshot::channel();
        let reads_waiting_max = limits.reads_waiting_max;
        let writer = thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || {
                Writer::new(ledger, door, jobs, limits).run();
                let _ = done.send(());
            })
            .map_err(|error| StoreError::Database(format!("a thread cannot start: {error}")))?;
        Ok(Self {
            node,
            schema,
            reads_waiting_max,
            desk: RwLock::new(Some(desk)),
            closed: Mutex::new(Some(closed)),
            writer: Some(writer),
            runtime: Some(runtime),
        })
    }

    /// Makes a new store in the schema from the records of another. Blocks; call it outside of an
    /// executor.
    ///
    /// # Errors
    ///
    /// As [`PostgresStore::open`], and [`StoreError::Malformed`] when the schema holds a store,
    /// [`StoreError::Damaged`] when a record was altered. Nothing is taken then.
    pub fn take(url: &str, options: Options, source: Source<'_>) -> Result<(), StoreError> {
        migration::check_name(&options.schema)?;
        let runtime = runtime()?;
        let node = manzil_store::archive::node(source)?;
        let door = door(url, &runtime, &options)?;
        let session = door.open()?;
        migration::run(&session, &options.schema, &node)?;
        let mut ledger = Ledger::new(session, options.clock)?;
        let taken = archive::take(&mut ledger, &node, source);
        drop(ledger.session.batch(crate::writer::sql::UNLOCK));
        drop(ledger);
        runtime.shutdown_background();
        taken
    }

    /// Gives all records, as they stand at one moment.
    ///
    /// # Errors
    ///
    /// What the sink or the database says.
    pub async fn give(
        &self,
        mut sink: impl FnMut(Record) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StoreError> {
        self.look(move |session| archive::give(session, &mut sink)).await
    }

    /// The name of the node whose change log this schema holds.
    pub fn node(&self) -> &str {
        &self.node
    }

    fn desk(&self) -> Result<Desk, StoreError> {
        let desk = self.desk.read().unwrap_or_else(PoisonError::into_inner);
        desk.clone().ok_or(StoreError::Closed)
    }

    fn hand_in(&self, job: Job) -> Result<(), StoreError> {
        let desk = self.desk.read().unwrap_or_else(PoisonError::into_inner);
        let desk = desk.as_ref().ok_or(StoreError::Closed)?;
        let writer: &SyncSender<Job> = &desk.writer;
        writer.try_send(job).map_err(|full| turned_away(&full))
    }

    /// A question of somebody, answered after its audit line.
    async fn ask<T: Send + 'static>(
        &self,
        access: &Access,
        (what, object): (&str, String),
        question: impl FnOnce(&Session, &Words, &mut Concerned) -> Result<T, StoreError>
        + Send
        + 'static,
    ) -> Result<T, StoreError> {
        check_label(&access.actor, "the name of an account")?;
        check_label(&object, "what is asked for")?;
        let (access, what) = (access.clone(), what.to_owned());
        let line = Line { access, what, object, persons: Concerned::new() };
        let (reply, answer) = oneshot::channel();
        self.desk()?.with_session(self.reads_waiting_max, move |desk, session| {
            desk.answer(session, line, question, reply);
        })?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// A question that is nobody's in particular and leaves no audit line.
    async fn look<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Session) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.desk()?.with_session(self.reads_waiting_max, move |_, session| {
            let outcome = session.and_then(|session| session.at_one_moment(question));
            drop(reply.send(outcome));
        })?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    async fn put_local(&self, document: Document) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.hand_in(Job::Local(document, reply))?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn commit(&self, access: &Access, changes: ChangeSet) -> Result<Committed, StoreError> {
        check_label(&access.actor, "the name of an account")?;
        let (reply, answer) = oneshot::channel();
        if changes.writes.len() <= PREPARED_AT_ONCE_MAX {
            let prepared = Prepared::new(access, changes)?;
            self.hand_in(Job::Commit(Box::new(prepared), reply))?;
        } else {
            let (access, desk) = (access.clone(), self.desk()?);
            let handle = desk.handle.clone();
            handle.spawn_blocking(move || match Prepared::new(&access, changes) {
                Ok(prepared) => desk.pass_on(Job::Commit(Box::new(prepared), reply)),
                Err(error) => drop(reply.send(Err(error))),
            });
        }
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    async fn read(&self, access: &Access, key: &Key) -> Result<Option<Version>, StoreError> {
        let (asker, key) = (access.clone(), key.clone());
        self.ask(access, ("read", key.to_string()), move |session, _, concerned| {
            records::read(session, &Reach::of(&asker)?, &key, concerned)
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
        self.ask(access, ("read", object), move |session, _, concerned| {
            records::read_version(session, &Reach::of(&asker)?, &key, version, concerned)
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
        self.ask(access, ("read", object), move |session, _, concerned| {
            records::read_many(session, &Reach::of(&asker)?, &keys, concerned)
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
        self.ask(access, ("history", object), move |session, words, concerned| {
            records::history(session, words, &Reach::of(&asker)?, &request, concerned)
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
        self.ask(access, ("search", object), move |session, words, concerned| {
            let page = finder::search(&PostgresShelf::new(session, words), &asker, &request)?;
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
        self.ask(access, ("read", object), move |session, _, concerned| {
            concerned.insert(person.clone());
            records::person(session, &Reach::of(&asker)?, &person)
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
        self.ask(access, ("read", object), move |session, _, _| {
            records::changes(session, &Reach::of(&asker)?, after_seq, rows_max)
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
        let (reply, answer) = oneshot::channel();
        let then = move |written| drop(reply.send(written));
        self.hand_in(Job::Audit(Box::new(line), Box::new(then)))?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    async fn audit(
        &self,
        access: &Access,
        person: Option<&str>,
        page: PageRequest,
    ) -> Result<Page<AuditEntry>, StoreError> {
        person.map_or(Ok(()), check_id)?;
        let (asker, person) = (access.clone(), person.map(str::to_owned));
        self.ask(access, ("read", "audit trail".into()), move |session, _, concerned| {
            concerned.extend(person.clone());
            let purpose = audit_lines(&asker, person.as_deref())?;
            trail::page(session, person.as_deref(), purpose, &page)
        })
        .await
    }

    async fn verify(&self) -> Result<AuditReport, StoreError> {
        self.look(verify::verify).await
    }

    async fn local_get(&self, kind: &str, key: &str) -> Result<Option<String>, StoreError> {
        let (kind, key) = (kind.to_owned(), key.to_owned());
        self.look(move |session| local::get(session, &kind, &key)).await
    }

    async fn local_put(&self, kind: &str, key: &str, value: &str) -> Result<(), StoreError> {
        self.put_local(Document::new(kind, key, Some(value))?).await
    }

    async fn local_delete(&self, kind: &str, key: &str) -> Result<(), StoreError> {
        self.put_local(Document::new(kind, key, None)?).await
    }

    async fn local_list(&self, kind: &str) -> Result<Vec<(String, String)>, StoreError> {
        let kind = kind.to_owned();
        self.look(move |session| local::list(session, &kind)).await
    }

    async fn snapshot(&self, path: &Path) -> Result<(), StoreError> {
        let path = path.to_owned();
        self.look(move |session| {
            manzil_store::archive::write(&path, |sink| archive::give(session, sink))
        })
        .await
    }

    async fn statistics(&self) -> Result<Statistics, StoreError> {
        let schema = self.schema.clone();
        self.look(move |session| statistics(session, &schema)).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.desk.write().unwrap_or_else(PoisonError::into_inner).take();
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner).take();
        match closed {
            Some(closed) => closed.await.map_err(|_| StoreError::Closed),
            None => Ok(()),
        }
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.desk.write().unwrap_or_else(PoisonError::into_inner).take();
        if self.writer.take().is_some_and(|writer| writer.join().is_err()) {
            tracing::error!("the writer of the store ended in a panic");
        }
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PostgresStore")
            .field("node", &self.node)
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

/// The store's own threads: it works under any executor, and under none.
fn runtime() -> Result<Runtime, StoreError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("store-postgres")
        .enable_all()
        .build()
        .map_err(|error| StoreError::Database(format!("no threads for the database: {error}")))
}

fn config(url: &str, options: &Options) -> Result<Config, StoreError> {
    let mut config: Config = url.parse().map_err(|error| {
        StoreError::Malformed(format!("the address of the database cannot be read: {error}"))
    })?;
    if config.get_password().is_none()
        && let Some(password) = &options.password
    {
        config.password(password);
    }
    if options.may_be_plain || config.get_hosts().iter().all(is_here) {
        return Ok(config);
    }
    Err(StoreError::Malformed(
        "the database is on another machine, and the connection would not be encrypted; lay it \
         through a tunnel that is (ssh, stunnel, a virtual private network) and say --plain-database"
            .into(),
    ))
}

/// Whether a host is this machine.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            let address = name.parse::<std::net::IpAddr>();
            name == "localhost" || address.is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// How the writer comes to its connection.
fn door(url: &str, runtime: &Runtime, options: &Options) -> Result<Door, StoreError> {
    let settings = "-c synchronous_commit=on";
    // Two, because the one that broke is still held while the next is opened.
    let pool = session::pool(&config(url, options)?, &options.schema, settings, 2)?;
    let (handle, clock) = (runtime.handle().clone(), Arc::clone(&options.clock));
    Ok(Door { pool, handle, schema: options.schema.clone(), clock })
}

fn statistics(session: &Session, schema: &str) -> Result<Statistics, StoreError> {
    let row = session.first(sql::COUNTS, &[])?;
    let row = row.ok_or_else(|| crate::fault::damaged("no counts"))?;
    let count = |column| get::<i64>(&row, column).map(code::count);
    Ok(Statistics {
        change_sets: count(0)?,
        resources: count(1)?,
        versions: count(2)?,
        audit_entries: count(3)?,
        bytes: code::count(session.one(sql::BYTES, &[&schema])?),
        schema: migration::number(session, schema)?,
    })
}

fn turned_away<T>(full: &TrySendError<T>) -> StoreError {
    match full {
        TrySendError::Full(_) => {
            StoreError::Limit("too much is waiting for the database; try again in a moment".into())
        }
        TrySendError::Disconnected(_) => StoreError::Closed,
    }
}

pub(crate) mod sql {
    /// All but the current resources are numbered from 1 without a gap, and never removed.
    pub(crate) const COUNTS: &str = "SELECT (SELECT coalesce(max(seq), 0) FROM change_set), \
         (SELECT count(*) FROM resource WHERE state = 1), \
         (SELECT coalesce(max(place), 0) FROM version), \
         (SELECT coalesce(max(seq), 0) FROM audit)";
    /// Of the tables of the schema with their indexes.
    pub(crate) const BYTES: &str = "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::int8 \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = $1::text AND c.relkind = 'r'";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[COUNTS, BYTES];
}
