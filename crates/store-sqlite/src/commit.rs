//! Applying one change set within the writer's transaction.
//!
//! A change set stands within a savepoint of its own, so that the others of its group are not
//! touched when it is refused. Words that recur get their numbers before the savepoint: a
//! number without a record does no harm, and the dictionary in memory stays true.

use jiff::Timestamp;
use manzil_journey::access::{Access, Compartment};
use manzil_store::archive::{self, Kept};
use manzil_store::audit::written;
use manzil_store::body::BodyText;
use manzil_store::card::Card;
use manzil_store::chain::{ChangeHead, Hash, change_link, hex};
use manzil_store::finder::check_guard;
use manzil_store::policy::check_write;
use manzil_store::terms::Terms;
use manzil_store::{
    ChangeSet, Committed, Content, Expect, Guard, Key, StoreError, VersionMeta, Write,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::dictionary::OfType;
use crate::ids::Id;
use crate::index::{self, WordChange};
use crate::ledger::Ledger;
use crate::shelf::SqliteShelf;
use crate::{code, fault, file, records, trail};

/// Where a resource stands: pointed to only, current, deleted.
const MENTIONED: i64 = 0;
const CURRENT: i64 = 1;
const DELETED: i64 = 2;

/// A change set with everything that can be worked out before its turn comes.
#[derive(Debug)]
pub(crate) struct Prepared {
    access: Access,
    what: String,
    idempotency_key: Option<String>,
    writes: Vec<PreparedWrite>,
    guards: Vec<Guard>,
    pub(crate) bytes: usize,
}

#[derive(Debug)]
struct PreparedWrite {
    key: Key,
    person: Option<String>,
    compartment: Compartment,
    expect: Expect,
    /// Packed; empty for a deletion.
    body: Vec<u8>,
    hash: Hash,
    terms: Terms,
}

/// The row of a resource that is written over, or was mentioned before.
struct Current {
    number: i64,
    state: i64,
    version: u64,
    compartment: Compartment,
    place: i64,
    card: Vec<u8>,
}

/// What stands in the rows of one write, in numbers.
struct Numbers {
    of_type: i64,
    person: Option<i64>,
    card: Card,
}

impl Prepared {
    pub(crate) fn new(access: &Access, changes: ChangeSet) -> Result<Self, StoreError> {
        changes.check()?;
        let mut bytes = 0;
        let mut writes = Vec::with_capacity(changes.writes.len());
        for write in changes.writes {
            let write = PreparedWrite::new(&write)?;
            bytes += write.body.len();
            writes.push(write);
        }
        let ChangeSet { what, idempotency_key, guards, .. } = changes;
        Ok(Self { access: access.clone(), what, idempotency_key, writes, guards, bytes })
    }

    /// A change set of another store.
    fn kept(change: &archive::Change) -> Result<Self, StoreError> {
        let writes: Result<Vec<_>, _> = change.versions.iter().map(PreparedWrite::kept).collect();
        let writes = writes?;
        Ok(Self {
            access: change.access(),
            what: change.what.clone(),
            idempotency_key: change.idempotency_key.clone(),
            bytes: writes.iter().map(|write| write.body.len()).sum(),
            writes,
            guards: Vec::new(),
        })
    }

    /// The audit line of this change set.
    pub(crate) fn line(&self, what: &str) -> trail::Line {
        let object = match self.writes.as_slice() {
            [write] => write.key.to_string(),
            writes => format!("{} records", writes.len()),
        };
        let persons = self.writes.iter().filter_map(|write| write.person.clone()).collect();
        trail::Line { access: self.access.clone(), what: what.to_owned(), object, persons }
    }
}

impl PreparedWrite {
    fn kept(kept: &Kept) -> Result<Self, StoreError> {
        let (body, terms) = match kept.resource()? {
            Some((resource, body)) => (body, Terms::of(&resource)),
            None => (BodyText::default(), Terms::default()),
        };
        Ok(Self {
            key: kept.meta.key.clone(),
            person: kept.meta.person.clone(),
            compartment: kept.meta.compartment,
            expect: Expect::Any,
            body: body.pack(),
            hash: body.hash(),
            terms,
        })
    }

    fn new(write: &Write) -> Result<Self, StoreError> {
        let (body, terms) = match &write.content {
            Content::Put(resource) => (BodyText::new(resource)?, Terms::of(resource)),
            Content::Delete(_) => (BodyText::default(), Terms::default()),
        };
        Ok(Self {
            key: write.key()?,
            person: write.about().map(str::to_owned),
            compartment: write.compartment,
            expect: write.expect,
            body: body.pack(),
            hash: body.hash(),
            terms,
        })
    }
}

/// Writes the change set, or leaves everything as it was.
pub(crate) fn apply(
    ledger: &mut Ledger,
    change: &Prepared,
    words: &mut Vec<WordChange>,
) -> Result<Committed, StoreError> {
    for write in &change.writes {
        check_write(&change.access, write.compartment)?;
    }
    if let Some(first) = committed_before(ledger, change)? {
        let at = ledger.stamp();
        ledger.audit(&change.line("write-again"), at)?;
        return Ok(first);
    }
    for guard in &change.guards {
        check_guard(&SqliteShelf::new(&ledger.connection), &change.access, guard)?;
    }
    let numbers = numbers(ledger, change)?;
    let heads = ledger.heads.clone();
    let words_before = words.len();
    file::run(&ledger.connection, sql::BEGIN)?;
    let written = write_all(ledger, change, &numbers, words);
    if written.is_err() {
        ledger.heads = heads;
        words.truncate(words_before);
        // After some errors (a full disk) SQLite has rolled everything back by itself.
        if ledger.connection.is_autocommit() {
            return written;
        }
        file::run(&ledger.connection, sql::UNDO)?;
    }
    file::run(&ledger.connection, sql::END)?;
    written
}

/// Writes a change set of another store as it was there.
pub(crate) fn restore(
    ledger: &mut Ledger,
    kept: &archive::Change,
    words: &mut Vec<WordChange>,
) -> Result<(), StoreError> {
    let change = Prepared::kept(kept)?;
    let numbers = numbers(ledger, &change)?;
    let line = (ledger.heads.seq + 1, kept.at);
    let versions = write_versions(ledger, &change, &numbers, (line, words))?;
    let hash = link(ledger, &change, &versions, line);
    kept.check(ledger.heads.seq, &hash, &versions)?;
    insert_change(ledger, &change, line, hash)?;
    (ledger.heads.seq, ledger.heads.change) = (kept.seq, hash);
    ledger.heads.at = ledger.heads.at.max(kept.at);
    Ok(())
}

fn write_all(
    ledger: &mut Ledger,
    change: &Prepared,
    numbers: &[Numbers],
    words: &mut Vec<WordChange>,
) -> Result<Committed, StoreError> {
    let line = (ledger.heads.seq + 1, ledger.stamp());
    let (seq, at) = line;
    let versions = write_versions(ledger, change, numbers, (line, words))?;
    let hash = link(ledger, change, &versions, line);
    insert_change(ledger, change, line, hash)?;
    (ledger.heads.seq, ledger.heads.change) = (seq, hash);
    let mut line = change.line("write");
    let (word, object) = written(&line.object, seq, &versions);
    (line.what, line.object) = (word.to_owned(), object);
    ledger.audit(&line, at)?;
    Ok(Committed { seq, versions, replayed: false })
}

/// The number and the time of a change set.
type LogLine = (u64, Timestamp);

fn write_versions(
    ledger: &mut Ledger,
    change: &Prepared,
    numbers: &[Numbers],
    ((seq, at), words): (LogLine, &mut Vec<WordChange>),
) -> Result<Vec<VersionMeta>, StoreError> {
    let mut versions = Vec::with_capacity(change.writes.len());
    for (write, numbers) in change.writes.iter().zip(numbers) {
        let meta = VersionMeta {
            key: write.key.clone(),
            version: 0,
            seq,
            at,
            actor: change.access.actor.clone(),
            role: change.access.role,
            purpose: change.access.purpose,
            person: write.person.clone(),
            compartment: write.compartment,
            hash: hex(&write.hash),
            deleted: write.body.is_empty(),
        };
        let (meta, word_change) = write_one(ledger, &change.access, write, numbers, meta)?;
        versions.push(meta);
        words.extend(word_change);
    }
    Ok(versions)
}

/// The hash of a change set behind the last one.
fn link(ledger: &Ledger, change: &Prepared, versions: &[VersionMeta], (seq, at): LogLine) -> Hash {
    let head = ChangeHead {
        node: &ledger.heads.node,
        seq,
        at,
        access: &change.access,
        what: &change.what,
        idempotency_key: change.idempotency_key.as_deref(),
    };
    change_link(&ledger.heads.change, &head, versions)
}

fn write_one(
    ledger: &mut Ledger,
    access: &Access,
    write: &PreparedWrite,
    numbers: &Numbers,
    mut meta: VersionMeta,
) -> Result<(VersionMeta, Option<WordChange>), StoreError> {
    let current = current(&ledger.connection, numbers.of_type, &write.key.id)?;
    let written = current.as_ref().filter(|current| current.state != MENTIONED);
    if let Some(written) = written {
        check_write(access, written.compartment)?;
    }
    let found = written.map(|written| written.version);
    let is_there = written.is_some_and(|written| written.state == CURRENT);
    check_expected(write, found, is_there)?;
    meta.version = found.unwrap_or(0) + 1;
    ledger.heads.place += 1;
    let place = ledger.heads.place;
    let number = point(&ledger.connection, write, numbers, current.as_ref(), (&meta, place))?;
    let values = params![
        place,
        number,
        code::signed(meta.version),
        written.map(|written| written.place),
        code::signed(meta.seq),
        numbers.person,
        code::from_compartment(write.compartment),
        write.hash,
        write.body,
    ];
    execute(&ledger.connection, sql::INSERT_VERSION, values)?;
    let old = match current.as_ref().filter(|current| current.state == CURRENT) {
        Some(current) => Card::read(&current.card)
            .ok_or_else(|| fault::damaged(format!("the index card of {}", write.key)))?,
        None => Card::default(),
    };
    index::write(&ledger.connection, number, &old, &numbers.card)?;
    let had_words = is_there && records::has_words(&ledger.connection, number)?;
    let words = match write.terms.words.as_slice() {
        [] if !had_words => None,
        [] => Some(WordChange { resource: number, words: None }),
        words => {
            let words = Some(index::typed_words(numbers.of_type, words));
            Some(WordChange { resource: number, words })
        }
    };
    Ok((meta, words))
}

/// Points to the new version as the current one; the resource's number.
fn point(
    connection: &Connection,
    write: &PreparedWrite,
    numbers: &Numbers,
    current: Option<&Current>,
    (meta, place): (&VersionMeta, i64),
) -> Result<i64, StoreError> {
    let compartment = code::from_compartment(write.compartment);
    let state = if meta.deleted { DELETED } else { CURRENT };
    let version = code::signed(meta.version);
    let (at, card) = (meta.at.as_millisecond(), numbers.card.to_bytes());
    if let Some(current) = current {
        let values =
            params![current.number, numbers.person, compartment, state, version, place, at, card];
        execute(connection, sql::UPDATE_RESOURCE, values)?;
        return Ok(current.number);
    }
    let values = params![
        numbers.of_type,
        Id(&write.key.id),
        numbers.person,
        compartment,
        state,
        version,
        place,
        at,
        card
    ];
    execute(connection, sql::INSERT_RESOURCE, values)?;
    Ok(connection.last_insert_rowid())
}

fn insert_change(
    ledger: &mut Ledger,
    change: &Prepared,
    (seq, at): (u64, Timestamp),
    hash: [u8; 32],
) -> Result<(), StoreError> {
    let actor = ledger.dictionary.actor(&ledger.connection, &change.access.actor)?;
    let values = params![
        code::signed(seq),
        at.as_millisecond(),
        actor,
        code::from_role(change.access.role),
        code::from_purpose(change.access.purpose),
        change.what,
        change.idempotency_key,
        ledger.heads.place,
        hash,
    ];
    execute(&ledger.connection, sql::INSERT_CHANGE, values)
}

fn numbers(ledger: &mut Ledger, change: &Prepared) -> Result<Vec<Numbers>, StoreError> {
    let Ledger { connection, dictionary, .. } = ledger;
    dictionary.actor(connection, &change.access.actor)?;
    let mut all = Vec::with_capacity(change.writes.len());
    for write in &change.writes {
        let of_type = dictionary.resource_type(connection, &write.key.resource_type)?;
        let person = match write.person.as_deref() {
            Some(id) => Some(dictionary.person(connection, id)?),
            None => None,
        };
        let card =
            write.terms.card(&mut OfType { connection, dictionary, type_number: of_type })?;
        all.push(Numbers { of_type, person, card });
    }
    Ok(all)
}

/// The first commit under the same idempotency key, if it may be told to this access.
fn committed_before(ledger: &Ledger, change: &Prepared) -> Result<Option<Committed>, StoreError> {
    let Some(key) = change.idempotency_key.as_deref() else { return Ok(None) };
    let seq = ledger
        .connection
        .prepare_cached(sql::FIND_CHANGE)
        .and_then(|mut found| found.query_row([key], |row| row.get::<_, i64>(0)).optional())
        .map_err(fault::of_sqlite)?;
    let Some(seq) = seq else { return Ok(None) };
    let versions = records::of_change(&ledger.connection, seq)?;
    for meta in &versions {
        check_write(&change.access, meta.compartment)?;
    }
    Ok(Some(Committed { seq: code::count(seq), versions, replayed: true }))
}

fn check_expected(
    write: &PreparedWrite,
    found: Option<u64>,
    is_there: bool,
) -> Result<(), StoreError> {
    let (holds, expected) = match write.expect {
        Expect::Any if write.body.is_empty() => (is_there, "presence".to_owned()),
        Expect::Any => (true, String::new()),
        Expect::Absent => (!is_there, "absence".to_owned()),
        Expect::Version(version) => (found == Some(version), format!("version {version}")),
    };
    if holds {
        return Ok(());
    }
    Err(StoreError::Conflict { key: write.key.clone(), expected, found })
}

fn current(connection: &Connection, of_type: i64, id: &str) -> Result<Option<Current>, StoreError> {
    let columns = |row: &Row<'_>| {
        let numbers: (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((numbers, row.get::<_, i64>(3)?, row.get(4)?, row.get(5)?))
    };
    let found = connection
        .prepare_cached(sql::CURRENT)
        .and_then(|mut found| found.query_row(params![of_type, Id(id)], columns).optional())
        .map_err(fault::of_sqlite)?;
    let Some(((number, state, version), compartment, place, card)) = found else {
        return Ok(None);
    };
    let compartment = code::compartment(compartment)?;
    Ok(Some(Current { number, state, version: code::count(version), compartment, place, card }))
}

fn execute(
    connection: &Connection,
    statement: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<(), StoreError> {
    connection
        .prepare_cached(statement)
        .and_then(|mut statement| statement.execute(values))
        .map(|_| ())
        .map_err(fault::of_sqlite)
}

pub(crate) mod sql {
    pub(crate) const BEGIN: &str = "SAVEPOINT change_set";
    pub(crate) const UNDO: &str = "ROLLBACK TO change_set";
    pub(crate) const END: &str = "RELEASE change_set";
    pub(crate) const CURRENT: &str = "SELECT number, state, version, compartment, place, card \
         FROM resource WHERE type = ?1 AND id = ?2";
    pub(crate) const INSERT_RESOURCE: &str = "INSERT INTO resource \
         (type, id, person, compartment, state, version, place, at, card) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    pub(crate) const UPDATE_RESOURCE: &str = "UPDATE resource SET person = ?2, \
         compartment = ?3, state = ?4, version = ?5, place = ?6, at = ?7, card = ?8 \
         WHERE number = ?1";
    pub(crate) const INSERT_VERSION: &str = "INSERT INTO version \
         (place, resource, version, former, seq, person, compartment, hash, body) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    pub(crate) const INSERT_CHANGE: &str = "INSERT INTO change_set \
         (seq, at, actor, role, purpose, what, idempotency_key, last_place, hash) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    pub(crate) const FIND_CHANGE: &str = "SELECT seq FROM change_set WHERE idempotency_key = ?1";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[
        BEGIN,
        UNDO,
        END,
        CURRENT,
        INSERT_RESOURCE,
        UPDATE_RESOURCE,
        INSERT_VERSION,
        INSERT_CHANGE,
        FIND_CHANGE,
    ];
}
