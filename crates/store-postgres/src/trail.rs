//! The audit trail: appending a line, and reading a page of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use manzil_journey::access::{Access, Purpose, Via};
use manzil_store::chain::{audit_link, hash_persons, hex};
use manzil_store::limits::PAGE_ROWS_MAX;
use manzil_store::{AuditEntry, Page, PageRequest, StoreError};
use tokio_postgres::Row;

use crate::batch::{Batch, EntryRow};
use crate::heads::{self, Heads};
use crate::session::{Session, get, text};
use crate::{code, ids, records};

/// A line to be written.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) access: Access,
    pub(crate) what: String,
    pub(crate) object: String,
    pub(crate) persons: BTreeSet<String>,
}

/// Appends a line to the chain.
pub(crate) fn append(
    batch: &mut Batch,
    heads: &mut Heads,
    line: &Line,
    (actor, at): (i32, Timestamp),
) {
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
    push(batch, &entry, &line.persons, (actor, hash));
    (heads.audit_seq, heads.audit) = (entry.seq, hash);
}

/// Gathers the rows of an entry.
pub(crate) fn push(
    batch: &mut Batch,
    entry: &AuditEntry,
    persons: &BTreeSet<String>,
    (actor, hash): (i32, [u8; 32]),
) {
    let seq = code::signed(entry.seq);
    for id in persons {
        let number = ids::person(id);
        batch.mention(number, id);
        batch.concerned.push((seq, number));
    }
    batch.entries.push(EntryRow {
        seq,
        at: entry.at.as_millisecond(),
        person: entry.person.as_deref().map(ids::person),
        actor,
        role: code::from_role(entry.role),
        purpose: code::from_purpose(entry.purpose),
        what: entry.what.clone(),
        object: entry.object.clone(),
        persons_hash: entry.persons_hash.clone(),
        hash,
        via: entry.via.clone(),
    });
}

/// The trail, newest first; about one person when one is named, and only what was done for
/// `purpose` when one is given.
pub(crate) fn page(
    session: &Session,
    person: Option<&str>,
    purpose: Option<Purpose>,
    request: &PageRequest,
) -> Result<Page<AuditEntry>, StoreError> {
    let (_, home) = heads::node(session)?;
    let rows_max = request.rows_max.min(PAGE_ROWS_MAX);
    let before = records::mark(request.after.as_deref())?.unwrap_or(i64::MAX);
    let purpose = purpose.map(code::from_purpose);
    let person = person.map(ids::person);
    let (count, list) = match (person, purpose) {
        (Some(_), _) => (sql::COUNT_OF_PERSON, sql::PAGE_OF_PERSON),
        (None, Some(_)) => (sql::COUNT_OF_PURPOSE, sql::PAGE),
        (None, None) => (sql::COUNT, sql::PAGE),
    };
    let total: i64 = session.one(count, &[&home, &purpose, &person])?;
    let rows = rows_max as i64 + 1;
    let found = session.query(list, &[&home, &purpose, &person, &before, &rows])?;
    let mut rows = found.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    let next = records::cut(&mut rows, rows_max, |entry: &AuditEntry| entry.seq.to_string());
    Ok(Page { rows, next, total: code::count(total) })
}

/// Reads an entry from the columns of [`sql::PAGE`].
pub(crate) fn entry(row: &Row) -> Result<AuditEntry, StoreError> {
    let person: Option<&[u8]> = get(row, 7)?;
    let (network, software): (Option<String>, _) = (get(row, 10)?, get(row, 11)?);
    Ok(AuditEntry {
        seq: code::count(get(row, 0)?),
        at: code::time(get(row, 1)?)?,
        actor: text(row, 2)?,
        role: code::role(get(row, 3)?)?,
        purpose: code::purpose(get(row, 4)?)?,
        via: network.map(|network| Via { network, software }),
        what: text(row, 5)?,
        object: text(row, 6)?,
        person: person.map(ids::read).transpose()?,
        persons_hash: get(row, 8)?,
        hash: hex(&code::hash(get(row, 9)?)?),
    })
}

/// Whom an entry of [`sql::WALK`] concerns, sorted.
pub(crate) fn persons(row: &Row) -> Result<BTreeSet<String>, StoreError> {
    let ids: Option<Vec<&[u8]>> = get(row, 12)?;
    ids.unwrap_or_default().into_iter().map(ids::read).collect()
}

fn only<T: Ord>(set: &BTreeSet<T>) -> Option<&T> {
    if set.len() == 1 { set.first() } else { None }
}

pub(crate) mod sql {
    macro_rules! select {
        ($more:literal, $from:literal, $rest:literal) => {
            concat!(
                "SELECT a.seq, a.at, w.name, a.role, a.purpose, a.what, a.object, p.id, \
                 a.persons_hash, a.hash, a.network, a.software",
                $more,
                " FROM ",
                $from,
                " JOIN actor w ON w.number = a.actor LEFT JOIN person p ON p.home = a.person ",
                $rest
            )
        };
    }

    pub(crate) const PAGE: &str = select!(
        "",
        "audit a",
        "WHERE a.home = $1 AND a.seq < $4 AND ($2::int2 IS NULL OR a.purpose = $2) \
         AND $3::int8 IS NULL ORDER BY a.seq DESC LIMIT $5"
    );
    pub(crate) const PAGE_OF_PERSON: &str = select!(
        "",
        "audit_person o JOIN audit a ON a.home = o.home AND a.seq = o.seq",
        "WHERE o.home = $1 AND o.person = $3 AND o.seq < $4 \
         AND ($2::int2 IS NULL OR a.purpose = $2) ORDER BY o.seq DESC LIMIT $5"
    );
    pub(crate) const COUNT: &str = "SELECT coalesce(max(seq), 0) FROM audit \
         WHERE home = $1 AND $2::int2 IS NULL AND $3::int8 IS NULL";
    pub(crate) const COUNT_OF_PURPOSE: &str = "SELECT count(*) FROM audit a \
         WHERE a.home = $1 AND a.purpose = $2::int2 AND $3::int8 IS NULL";
    pub(crate) const COUNT_OF_PERSON: &str = "SELECT count(*) FROM audit_person o \
         JOIN audit a ON a.home = o.home AND a.seq = o.seq \
         WHERE o.home = $1 AND o.person = $3::int8 AND ($2::int2 IS NULL OR a.purpose = $2)";
    /// The whole trail, oldest first, with whom each entry concerns.
    pub(crate) const WALK: &str = select!(
        ", (SELECT array_agg(i.id) FROM audit_person o JOIN person i ON i.home = o.person \
         WHERE o.home = a.home AND o.seq = a.seq)",
        "audit a",
        "WHERE a.home = $1 ORDER BY a.seq"
    );
    #[cfg(test)]
    pub(crate) const ALL: &[&str] =
        &[PAGE, PAGE_OF_PERSON, COUNT, COUNT_OF_PURPOSE, COUNT_OF_PERSON, WALK];
}
