//! Deciding one change set, and gathering what it leaves behind.

use std::collections::BTreeMap;

use jiff::Timestamp;
use manzil_store::archive;
use manzil_store::audit::written;
use manzil_store::card::Card;
use manzil_store::chain::{ChangeHead, Hash, change_link, hex};
use manzil_store::finder::check_guard;
use manzil_store::policy::check_write;
use manzil_store::{Committed, Expect, Key, StoreError, VersionMeta};

use crate::batch::{CURRENT, ChangeRow, DELETED, Stored, VersionRow};
use crate::dictionary::{OfType, Words};
use crate::ledger::Ledger;
use crate::prepared::{Prepared, PreparedWrite};
use crate::session::get;
use crate::shelf::PostgresShelf;
use crate::{code, ids, index, records};

/// What stands in the rows of one write, in numbers.
struct Numbers {
    of_type: i32,
    card: Card,
}

/// What an accepted change set writes.
struct Staged {
    resources: BTreeMap<i64, Stored>,
    versions: Vec<VersionRow>,
    metas: Vec<VersionMeta>,
}

/// Gathers the change set, or leaves everything as it was.
pub(crate) fn apply(ledger: &mut Ledger, change: &Prepared) -> Result<Committed, StoreError> {
    for write in &change.writes {
        check_write(&change.access, write.compartment)?;
    }
    if let Some(first) = committed_before(ledger, change)? {
        let at = ledger.stamp();
        ledger.audit(&change.line("write-again"), at)?;
        return Ok(first);
    }
    if !change.guards.is_empty() {
        ledger.flush()?;
        // Numbers that this transaction gave must not be kept by others.
        let words = Words::default();
        let shelf = PostgresShelf::new(&ledger.session, &words);
        for guard in &change.guards {
            check_guard(&shelf, &change.access, guard)?;
        }
    }
    let numbers = numbers(ledger, change)?;
    let actor = ledger.dictionary.actor(&ledger.session, &change.access.actor)?;
    let heads = ledger.heads.clone();
    let at = ledger.stamp();
    match stage(ledger, change, &numbers, (actor, at)) {
        Ok(staged) => accept(ledger, change, staged, (actor, at)),
        Err(refused) => {
            ledger.heads = heads;
            Err(refused)
        }
    }
}

/// Decides from memory alone.
fn stage(
    ledger: &mut Ledger,
    change: &Prepared,
    numbers: &[Numbers],
    (actor, at): (i32, Timestamp),
) -> Result<Staged, StoreError> {
    let mut staged = Staged { resources: BTreeMap::new(), versions: Vec::new(), metas: Vec::new() };
    for (write, numbers) in change.writes.iter().zip(numbers) {
        let current = staged.resources.get(&write.number);
        let current = current.or_else(|| ledger.batch.current(write.number));
        check(change, write, current)?;
        let person = write.person.as_deref().map(ids::person);
        ledger.heads.place += 1;
        let stored = Stored {
            // What was first written in a home stays there.
            home: current.map_or(person.unwrap_or(write.number), |current| current.home),
            number: write.number,
            of_type: numbers.of_type,
            key: write.key.clone(),
            person,
            compartment: write.compartment,
            state: if write.body.is_empty() { DELETED } else { CURRENT },
            version: current.map_or(0, |current| current.version) + 1,
            place: ledger.heads.place,
            at: at.as_millisecond(),
            card: numbers.card.clone(),
            beginnings: index::beginnings(numbers.of_type, &write.terms.words),
        };
        let meta = meta(change, write, stored.version, (ledger.heads.seq + 1, at));
        staged.versions.push(version_row(&stored, &meta, write, actor));
        staged.metas.push(meta);
        staged.resources.insert(write.number, stored);
    }
    Ok(staged)
}

/// Whether a write may replace what is there.
fn check(
    change: &Prepared,
    write: &PreparedWrite,
    current: Option<&Stored>,
) -> Result<(), StoreError> {
    if let Some(current) = current {
        if current.key != write.key {
            return Err(StoreError::Limit(format!(
                "{} and {} have the same number here; give the new record another id",
                write.key, current.key
            )));
        }
        check_write(&change.access, current.compartment)?;
    }
    let found = current.map(|current| current.version);
    let is_there = current.is_some_and(|current| current.state == CURRENT);
    check_expected(write, found, is_there)
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

fn meta(
    change: &Prepared,
    write: &PreparedWrite,
    version: u64,
    (seq, at): (u64, Timestamp),
) -> VersionMeta {
    VersionMeta {
        key: write.key.clone(),
        version,
        seq,
        at,
        actor: change.access.actor.clone(),
        role: change.access.role,
        purpose: change.access.purpose,
        person: write.person.clone(),
        compartment: write.compartment,
        hash: hex(&write.hash),
        deleted: write.body.is_empty(),
    }
}

fn version_row(
    stored: &Stored,
    meta: &VersionMeta,
    write: &PreparedWrite,
    actor: i32,
) -> VersionRow {
    VersionRow {
        home: stored.home,
        resource: stored.number,
        version: code::signed(meta.version),
        place: stored.place,
        seq: code::signed(meta.seq),
        at: stored.at,
        person: stored.person,
        actor,
        role: code::from_role(meta.role),
        purpose: code::from_purpose(meta.purpose),
        compartment: code::from_compartment(meta.compartment),
        hash: write.hash,
        body: write.body.clone(),
    }
}

/// Gathers what a change set writes, and its line in each log.
fn accept(
    ledger: &mut Ledger,
    change: &Prepared,
    staged: Staged,
    (actor, at): (i32, Timestamp),
) -> Result<Committed, StoreError> {
    let hash = link(ledger, change, &staged.metas, at);
    let versions = record(ledger, change, staged, (actor, at, hash));
    let seq = ledger.heads.seq;
    let mut line = change.line("write");
    let (word, object) = written(&line.object, seq, &versions);
    (line.what, line.object) = (word.to_owned(), object);
    ledger.audit(&line, at)?;
    let committed = Committed { seq, versions, replayed: false };
    if let Some(key) = &change.idempotency_key {
        ledger.repeated.insert(key.clone(), committed.clone());
    }
    Ok(committed)
}

/// The hash of the next line of the change log.
fn link(ledger: &Ledger, change: &Prepared, versions: &[VersionMeta], at: Timestamp) -> Hash {
    let head = ChangeHead {
        node: &ledger.heads.node,
        seq: ledger.heads.seq + 1,
        at,
        access: &change.access,
        what: &change.what,
        idempotency_key: change.idempotency_key.as_deref(),
    };
    change_link(&ledger.heads.change, &head, versions)
}

/// Gathers the rows of the next change set.
fn record(
    ledger: &mut Ledger,
    change: &Prepared,
    staged: Staged,
    (actor, at, hash): (i32, Timestamp, Hash),
) -> Vec<VersionMeta> {
    let seq = ledger.heads.seq + 1;
    ledger.batch.changes.push(change_row(change, (seq, at), (actor, ledger.heads.place), hash));
    for write in &change.writes {
        if let Some(id) = &write.person {
            ledger.batch.mention(ids::person(id), id);
        }
    }
    ledger.batch.versions.extend(staged.versions);
    staged.resources.into_values().for_each(|stored| ledger.batch.put(stored));
    (ledger.heads.seq, ledger.heads.change) = (seq, hash);
    staged.metas
}

/// Gathers a change set of another store as it was there.
pub(crate) fn restore(ledger: &mut Ledger, kept: &archive::Change) -> Result<(), StoreError> {
    let change = Prepared::kept(kept)?;
    let wanted: Vec<i64> = change.numbers().collect();
    ledger.batch.load(&ledger.session, &wanted)?;
    let numbers = numbers(ledger, &change)?;
    let actor = ledger.dictionary.actor(&ledger.session, &change.access.actor)?;
    let staged = stage(ledger, &change, &numbers, (actor, kept.at))?;
    let hash = link(ledger, &change, &staged.metas, kept.at);
    kept.check(ledger.heads.seq, &hash, &staged.metas)?;
    record(ledger, &change, staged, (actor, kept.at, hash));
    ledger.heads.at = ledger.heads.at.max(kept.at);
    Ok(())
}

fn change_row(
    change: &Prepared,
    (seq, at): (u64, Timestamp),
    (actor, last_place): (i32, i64),
    hash: Hash,
) -> ChangeRow {
    ChangeRow {
        seq: code::signed(seq),
        at: at.as_millisecond(),
        last_place,
        actor,
        role: code::from_role(change.access.role),
        purpose: code::from_purpose(change.access.purpose),
        what: change.what.clone(),
        idempotency_key: change.idempotency_key.clone(),
        hash,
    }
}

fn numbers(ledger: &mut Ledger, change: &Prepared) -> Result<Vec<Numbers>, StoreError> {
    let Ledger { session, dictionary, .. } = ledger;
    let mut all = Vec::with_capacity(change.writes.len());
    for write in &change.writes {
        let Key { resource_type, .. } = &write.key;
        let of_type = dictionary.resource_type(session, resource_type)?;
        let card = write.terms.card(&mut OfType { session, dictionary, type_number: of_type })?;
        all.push(Numbers { of_type, card });
    }
    Ok(all)
}

/// The first commit under the same idempotency key, if it may be told to this access.
fn committed_before(ledger: &Ledger, change: &Prepared) -> Result<Option<Committed>, StoreError> {
    let Some(key) = change.idempotency_key.as_deref() else { return Ok(None) };
    let first = if let Some(first) = ledger.repeated.get(key) {
        Committed { replayed: true, ..first.clone() }
    } else {
        let values = (ledger.heads.home, key.as_bytes());
        let Some(row) = ledger.session.first(sql::FIND_CHANGE, &[&values.0, &values.1])? else {
            return Ok(None);
        };
        let seq: i64 = get(&row, 0)?;
        let versions = records::of_change(&ledger.session, ledger.heads.home, seq)?;
        Committed { seq: code::count(seq), versions, replayed: true }
    };
    for meta in &first.versions {
        check_write(&change.access, meta.compartment)?;
    }
    Ok(Some(first))
}

pub(crate) mod sql {
    pub(crate) const FIND_CHANGE: &str =
        "SELECT seq FROM change_set WHERE home = $1 AND idempotency_key = $2";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[FIND_CHANGE];
}
