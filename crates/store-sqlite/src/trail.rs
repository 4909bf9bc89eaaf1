//! The audit trail: appending a line, and reading a page of it.

use std::collections::BTreeSet;
use std::iter::Peekable;

use jiff::Timestamp;
use manzil_journey::access::{Access, Purpose, Via};
use manzil_store::chain::{Hash, audit_link, hash_persons, hex};
use manzil_store::limits::PAGE_ROWS_MAX;
use manzil_store::{AuditEntry, Page, PageRequest, StoreError};
use rusqlite::{Connection, Row, params};

use crate::dictionary::{self, Dictionary};
use crate::heads::Heads;
use crate::{code, fault, ids, records};

/// A line to be written.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) access: Access,
    pub(crate) what: String,
    pub(crate) object: String,
    pub(crate) persons: BTreeSet<String>,
}

/// Appends a line to the chain, within the writer's transaction.
pub(crate) fn append(
    connection: &Connection,
    dictionary: &mut Dictionary,
    heads: &mut Heads,
    line: &Line,
    at: Timestamp,
) -> Result<(), StoreError> {
    let entry = AuditEntry {
        seq: heads.audit_seq + 1,
        at,
        actor: line.access.actor.clone(),
        role: line.access.role,
        purpose: line.access.purpose,
        via: line.access.via.clone(),
        what: line.what.clone(),
        object: line.object.clone(),
        person: only(&line.persons).cloned(),
        persons_hash: (line.persons.len() > 1)
            .then(|| hex(&hash_persons(line.persons.iter().map(String::as_str)))),
        hash: String::new(),
    };
    let hash = audit_link(&heads.audit, &entry);
    write(connection, dictionary, &entry, &line.persons, hash)?;
    heads.audit_seq = entry.seq;
    heads.audit = hash;
    Ok(())
}

/// Writes the rows of an entry.
pub(crate) fn write(
    connection: &Connection,
    dictionary: &mut Dictionary,
    entry: &AuditEntry,
    persons: &BTreeSet<String>,
    hash: Hash,
) -> Result<(), StoreError> {
    let actor = dictionary.actor(connection, &entry.actor)?;
    let mut person = None;
    for id in persons {
        let number = dictionary.person(connection, id)?;
        connection
            .prepare_cached(sql::INSERT_PERSON)
            .and_then(|mut statement| statement.execute(params![number, code::signed(entry.seq)]))
            .map_err(fault::of_sqlite)?;
        person = Some(number);
    }
    connection
        .prepare_cached(sql::INSERT)
        .and_then(|mut statement| {
            statement.execute(params![
                code::signed(entry.seq),
                entry.at.as_millisecond(),
                actor,
                code::from_role(entry.role),
                code::from_purpose(entry.purpose),
                entry.what,
                entry.object,
                entry.person.as_ref().and(person),
                entry.persons_hash,
                hash,
                entry.via.as_ref().map(|via| &via.network),
                entry.via.as_ref().and_then(|via| via.software.as_ref()),
            ])
        })
        .map(drop)
        .map_err(fault::of_sqlite)
}

/// Gives each entry, oldest first, with whom it concerns. False when there are persons of entries
/// that are not there.
pub(crate) fn each(
    connection: &Connection,
    mut take: impl FnMut(AuditEntry, Vec<String>) -> Result<(), StoreError>,
) -> Result<bool, StoreError> {
    let mut statement = connection.prepare(sql::WALK).map_err(fault::of_sqlite)?;
    let mut of_persons = connection.prepare(sql::WALK_PERSONS).map_err(fault::of_sqlite)?;
    let columns = |row: &Row<'_>| {
        let seq = code::count(row.get(0)?);
        Ok(ids::id(row, 1).map(|id| (seq, id)))
    };
    let persons = of_persons.query_map([], columns).map_err(fault::of_sqlite)?;
    let mut persons = persons.map(|each| each.map_err(fault::of_sqlite)?).peekable();
    let mut rows = statement.query([]).map_err(fault::of_sqlite)?;
    while let Some(row) = rows.next().map_err(fault::of_sqlite)? {
        let entry = entry(row)?;
        let concerned = take_persons(&mut persons, entry.seq)?;
        take(entry, concerned)?;
    }
    Ok(persons.next().is_none())
}

/// The persons of entry `seq`; those of entries that are missing before it count to it.
fn take_persons(
    persons: &mut Peekable<impl Iterator<Item = Result<(u64, String), StoreError>>>,
    seq: u64,
) -> Result<Vec<String>, StoreError> {
    let mut concerned = Vec::new();
    while let Some(next) = persons.next_if(|next| next.as_ref().is_ok_and(|next| next.0 <= seq)) {
        concerned.push(next?.1);
    }
    concerned.sort();
    Ok(concerned)
}

/// The trail, newest first; about one person when one is named, and only what was done for
/// `purpose` when one is given.
pub(crate) fn page(
    connection: &Connection,
    person: Option<&str>,
    purpose: Option<Purpose>,
    request: &PageRequest,
) -> Result<Page<AuditEntry>, StoreError> {
    let rows_max = request.rows_max.min(PAGE_ROWS_MAX);
    let before = records::mark(request.after.as_deref())?.unwrap_or(i64::MAX);
    let purpose = purpose.map(code::from_purpose);
    let person = match person {
        Some(id) => match dictionary::find_person(connection, id)? {
            Some(number) => Some(number),
            None => return Ok(Page { rows: Vec::new(), next: None, total: 0 }),
        },
        None => None,
    };
    let (count, list) = match (person, purpose) {
        (Some(_), _) => (sql::COUNT_OF_PERSON, sql::PAGE_OF_PERSON),
        (None, Some(_)) => (sql::COUNT_OF_PURPOSE, sql::PAGE),
        (None, None) => (sql::COUNT, sql::PAGE),
    };
    let total: i64 = connection
        .prepare_cached(count)
        .and_then(|mut statement| statement.query_row(params![purpose, person], |row| row.get(0)))
        .map_err(fault::of_sqlite)?;
    let mut statement = connection.prepare_cached(list).map_err(fault::of_sqlite)?;
    let mut found = statement
        .query(params![purpose, person, before, rows_max as i64 + 1])
        .map_err(fault::of_sqlite)?;
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(fault::of_sqlite)? {
        rows.push(entry(row)?);
    }
    let next = records::cut(&mut rows, rows_max, |entry: &AuditEntry| entry.seq.to_string());
    Ok(Page { rows, next, total: code::count(total) })
}

/// Reads an entry from the columns of [`sql::PAGE`].
pub(crate) fn entry(row: &Row<'_>) -> Result<AuditEntry, StoreError> {
    let columns = || -> rusqlite::Result<_> {
        Ok((
            (row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get(2)?),
            (row.get::<_, i64>(3)?, row.get::<_, i64>(4)?),
            (row.get(5)?, row.get(6)?, row.get(8)?, row.get::<_, Vec<u8>>(9)?),
            (row.get::<_, Option<String>>(10)?, row.get(11)?),
        ))
    };
    let ((seq, at, actor), (role, purpose), (what, object, persons_hash, hash), via) =
        columns().map_err(fault::of_sqlite)?;
    let (network, software) = via;
    Ok(AuditEntry {
        seq: code::count(seq),
        at: code::time(at)?,
        actor,
        role: code::role(role)?,
        purpose: code::purpose(purpose)?,
        via: network.map(|network| Via { network, software }),
        what,
        object,
        person: ids::optional(row, 7)?,
        persons_hash,
        hash: hex(&code::hash(&hash)?),
    })
}

fn only<T: Ord>(set: &BTreeSet<T>) -> Option<&T> {
    if set.len() == 1 { set.first() } else { None }
}

pub(crate) mod sql {
    macro_rules! select {
        ($from:literal, $rest:literal) => {
            concat!(
                "SELECT a.seq, a.at, w.name, a.role, a.purpose, a.what, a.object, p.id, \
                 a.persons_hash, a.hash, a.network, a.software FROM ",
                $from,
                " JOIN actor w ON w.number = a.actor LEFT JOIN resource p ON p.number = a.person ",
                $rest
            )
        };
    }

    pub(crate) const INSERT: &str = "INSERT INTO audit (seq, at, actor, role, purpose, what, \
         object, person, persons_hash, hash, network, software) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    pub(crate) const INSERT_PERSON: &str = "INSERT INTO audit_person (person, seq) VALUES (?1, ?2)";
    pub(crate) const PAGE: &str = select!(
        "audit a",
        "WHERE a.seq < ?3 AND (?1 IS NULL OR a.purpose = ?1) AND ?2 IS NULL \
         ORDER BY a.seq DESC LIMIT ?4"
    );
    pub(crate) const PAGE_OF_PERSON: &str = select!(
        "audit_person o CROSS JOIN audit a ON a.seq = o.seq",
        "WHERE o.person = ?2 AND o.seq < ?3 AND (?1 IS NULL OR a.purpose = ?1) \
         ORDER BY o.seq DESC LIMIT ?4"
    );
    pub(crate) const COUNT: &str =
        "SELECT coalesce(max(seq), 0) FROM audit WHERE ?1 IS NULL AND ?2 IS NULL";
    pub(crate) const COUNT_OF_PURPOSE: &str =
        "SELECT count(*) FROM audit a WHERE a.purpose = ?1 AND ?2 IS NULL";
    pub(crate) const COUNT_OF_PERSON: &str = "SELECT count(*) FROM audit_person o \
         CROSS JOIN audit a ON a.seq = o.seq WHERE o.person = ?2 AND (?1 IS NULL OR a.purpose = ?1)";
    /// The whole trail, oldest first.
    pub(crate) const WALK: &str = select!("audit a", "ORDER BY a.seq");
    /// Whom each entry concerns, in the order of the trail.
    pub(crate) const WALK_PERSONS: &str = "SELECT o.seq, p.id FROM audit_person o \
         JOIN resource p ON p.number = o.person ORDER BY o.seq";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[
        INSERT,
        INSERT_PERSON,
        PAGE,
        PAGE_OF_PERSON,
        COUNT,
        COUNT_OF_PURPOSE,
        COUNT_OF_PERSON,
        WALK,
        WALK_PERSONS,
    ];
}
