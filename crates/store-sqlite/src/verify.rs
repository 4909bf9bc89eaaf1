//! Proving that nothing was altered: walking both chains and hashing every body again.

use manzil_journey::access::Access;
use manzil_store::chain::{ChangeHead, Hash, START, audit_link, change_link, hash_persons, hex};
use manzil_store::{AuditReport, StoreError, VersionMeta};
use rusqlite::{Connection, Row};

use crate::{code, fault, records, trail};

/// Walks the audit trail and the change log.
pub(crate) fn verify(connection: &Connection) -> Result<AuditReport, StoreError> {
    let (entries, broken_at, head) = walk_trail(connection)?;
    let (change_sets, changes_broken_at) = walk_changes(connection)?;
    Ok(AuditReport { entries, broken_at, head: hex(&head), change_sets, changes_broken_at })
}

/// How many entries there are, the first that does not fit, and the last hash.
fn walk_trail(connection: &Connection) -> Result<(u64, Option<u64>, Hash), StoreError> {
    let (mut entries, mut broken_at, mut head) = (0, None, START);
    let all_taken = trail::each(connection, |entry, concerned| {
        entries += 1;
        let persons_fit = match concerned.as_slice() {
            [] => entry.person.is_none() && entry.persons_hash.is_none(),
            [one] => entry.person.as_ref() == Some(one) && entry.persons_hash.is_none(),
            many => {
                let hash = hex(&hash_persons(many.iter().map(String::as_str)));
                entry.person.is_none() && entry.persons_hash == Some(hash)
            }
        };
        let link = audit_link(&head, &entry);
        if entry.seq != entries || hex(&link) != entry.hash || !persons_fit {
            broken_at = broken_at.or(Some(entries));
        }
        head = link;
        Ok(())
    })?;
    // Lines that concern somebody but are not in the trail were cut off its end; lines whose
    // actor is missing are not walked.
    let last = count(connection, sql::LAST_ENTRY)?;
    if broken_at.is_none() && (!all_taken || last != entries) {
        broken_at = Some(entries + 1);
    }
    Ok((entries, broken_at, head))
}

/// How many change sets there are, and the first that was altered.
fn walk_changes(connection: &Connection) -> Result<(u64, Option<u64>), StoreError> {
    let mut statement = connection.prepare(records::sql::WALK).map_err(fault::of_sqlite)?;
    let mut rows = statement.query([]).map_err(fault::of_sqlite)?;
    let mut walk = ChangeWalk::new(connection)?;
    let mut place = 0;
    while let Some(row) = rows.next().map_err(fault::of_sqlite)? {
        place += 1;
        let meta = records::meta(row)?;
        if hex(&records::body(row)?.hash()) != meta.hash
            || row.get::<_, i64>(12).map_err(fault::of_sqlite)? != place
        {
            walk.broken_at(meta.seq);
        }
        walk.add(meta)?;
    }
    walk.end()?;
    // Versions whose change set, resource or actor is missing are not walked.
    if count(connection, sql::VERSIONS)? != code::count(place) {
        walk.broken_at(walk.change_sets + 1);
    }
    if walk.broken.is_none() {
        walk.broken = first_wrong_pointer(connection)?;
    }
    Ok((walk.change_sets, walk.broken))
}

/// Gathers the versions of one change set after the other.
struct ChangeWalk<'a> {
    connection: &'a Connection,
    node: String,
    head: Hash,
    change_sets: u64,
    gathered: Vec<VersionMeta>,
    broken: Option<u64>,
}

impl<'a> ChangeWalk<'a> {
    fn new(connection: &'a Connection) -> Result<Self, StoreError> {
        let node = connection
            .query_row(crate::heads::sql::NODE, [], |row| row.get(0))
            .map_err(fault::of_sqlite)?;
        Ok(Self { connection, node, head: START, change_sets: 0, gathered: vec![], broken: None })
    }

    fn add(&mut self, meta: VersionMeta) -> Result<(), StoreError> {
        if self.gathered.last().is_some_and(|last| last.seq != meta.seq) {
            self.close()?;
        }
        self.gathered.push(meta);
        Ok(())
    }

    /// Checks the change set that was gathered against its place in the chain.
    fn close(&mut self) -> Result<(), StoreError> {
        let Some(first) = self.gathered.first() else { return Ok(()) };
        self.change_sets += 1;
        let seq = first.seq;
        let access = Access::new(first.actor.clone(), first.role, first.purpose);
        let (what, idempotency_key, stored) = logged(self.connection, seq)?;
        let head = ChangeHead {
            node: &self.node,
            seq,
            at: first.at,
            access: &access,
            what: &what,
            idempotency_key: idempotency_key.as_deref(),
        };
        let link = change_link(&self.head, &head, &self.gathered);
        if seq != self.change_sets || stored != hex(&link) {
            self.broken_at(self.change_sets);
        }
        self.head = link;
        self.gathered.clear();
        Ok(())
    }

    /// Remembers the first.
    fn broken_at(&mut self, seq: u64) {
        self.broken = Some(self.broken.map_or(seq, |first| first.min(seq)));
    }

    fn end(&mut self) -> Result<(), StoreError> {
        self.close()?;
        if count(self.connection, sql::LAST_CHANGE)? != self.change_sets {
            self.broken_at(self.change_sets + 1);
        }
        Ok(())
    }
}

/// What the change log says of a change set: what was done, its key, and its hash.
pub(crate) fn logged(
    connection: &Connection,
    seq: u64,
) -> Result<(String, Option<String>, String), StoreError> {
    let columns = |row: &Row<'_>| {
        let columns: (String, Option<String>, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(columns)
    };
    let (what, idempotency_key, hash) = connection
        .prepare_cached(sql::CHANGE)
        .and_then(|mut change| change.query_row([code::signed(seq)], columns))
        .map_err(fault::of_sqlite)?;
    Ok((what, idempotency_key, hex(&code::hash(&hash)?)))
}

fn count(connection: &Connection, statement: &str) -> Result<u64, StoreError> {
    connection.query_row(statement, [], |row| row.get(0)).map(code::count).map_err(fault::of_sqlite)
}

/// The change set of the newest version that its resource does not point to, if any.
fn first_wrong_pointer(connection: &Connection) -> Result<Option<u64>, StoreError> {
    let seq: Option<i64> =
        connection.query_row(sql::WRONG_POINTER, [], |row| row.get(0)).map_err(fault::of_sqlite)?;
    Ok(seq.map(code::count))
}

pub(crate) mod sql {
    pub(crate) const CHANGE: &str =
        "SELECT what, idempotency_key, hash FROM change_set WHERE seq = ?1";
    pub(crate) const LAST_ENTRY: &str = "SELECT coalesce(max(seq), 0) FROM audit";
    pub(crate) const VERSIONS: &str = "SELECT count(*) FROM version";
    pub(crate) const LAST_CHANGE: &str = "SELECT coalesce(max(seq), 0) FROM change_set";
    /// Versions of a resource follow each other from 1 without a gap, the last one is what the
    /// resource points to, in all columns, and there are as many as it says.
    pub(crate) const WRONG_POINTER: &str = "SELECT min(seq) FROM ( \
         SELECT v.seq FROM version v LEFT JOIN version f ON f.place = v.former \
         WHERE NOT CASE WHEN v.version = 1 THEN v.former IS NULL \
             ELSE f.resource IS v.resource AND f.version IS v.version - 1 END \
         UNION ALL SELECT v.seq FROM resource r CROSS JOIN version v ON v.place = r.place \
         WHERE r.state > 0 AND NOT (r.number = v.resource AND r.version = v.version \
             AND r.compartment = v.compartment AND r.person IS v.person \
             AND (r.state = 2) = (length(v.body) = 0)) \
         UNION ALL SELECT v.seq FROM version v CROSS JOIN resource r ON r.number = v.resource \
         WHERE v.place > r.place \
         UNION ALL SELECT max(seq) FROM change_set WHERE (SELECT count(*) FROM version) \
             != (SELECT coalesce(sum(version), 0) FROM resource WHERE state > 0))";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[CHANGE, LAST_ENTRY, VERSIONS, LAST_CHANGE, WRONG_POINTER];
}
