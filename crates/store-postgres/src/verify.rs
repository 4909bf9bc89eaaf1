//! Proving that nothing was altered: walking both chains and hashing every body again.

use manzil_journey::access::Access;
use manzil_store::chain::{ChangeHead, Hash, START, audit_link, change_link, hash_persons, hex};
use manzil_store::{AuditReport, StoreError, VersionMeta};
use tokio_postgres::Row;

use crate::session::{Session, get, optional_text, text};
use crate::{code, heads, records, trail};

/// Walks the audit trail and the change log.
pub(crate) fn verify(session: &Session) -> Result<AuditReport, StoreError> {
    let (node, home) = heads::node(session)?;
    let (entries, broken_at, head) = walk_trail(session, home)?;
    let (change_sets, changes_broken_at) = walk_changes(session, &node, home)?;
    Ok(AuditReport { entries, broken_at, head: hex(&head), change_sets, changes_broken_at })
}

/// How many entries there are, the first that does not fit, and the last hash.
fn walk_trail(session: &Session, home: i64) -> Result<(u64, Option<u64>, Hash), StoreError> {
    let (mut entries, mut broken_at, mut head) = (0, None, START);
    session.each(trail::sql::WALK, &[&home], |row| {
        entries += 1;
        let entry = trail::entry(row)?;
        let concerned: Vec<String> = trail::persons(row)?.into_iter().collect();
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
        Ok(true)
    })?;
    // Lines that concern somebody but are not in the trail were cut off its end; lines whose
    // actor is missing are not walked.
    let last: i64 = session.one(sql::LAST_ENTRY, &[&home])?;
    if broken_at.is_none() && code::count(last) != entries {
        broken_at = Some(entries + 1);
    }
    Ok((entries, broken_at, head))
}

/// How many change sets there are, and the first that was altered.
fn walk_changes(
    session: &Session,
    node: &str,
    home: i64,
) -> Result<(u64, Option<u64>), StoreError> {
    let mut walk = ChangeWalk::new(node);
    let mut place: i64 = 0;
    session.each(sql::WALK, &[&home], |row| {
        place += 1;
        let meta = records::meta(row)?;
        let sits = get::<i64>(row, 12)? == place && get(row, 18)?;
        if hex(&records::body(row)?.hash()) != meta.hash || !sits {
            walk.broken_at(meta.seq);
        }
        walk.add(meta, Stored::read(row)?);
        Ok(true)
    })?;
    walk.close();
    let last: i64 = session.one(sql::LAST_CHANGE, &[&home])?;
    // Versions whose change set, resource or actor is missing are not walked.
    let versions: i64 = session.one(sql::VERSIONS, &[])?;
    if code::count(last) != walk.change_sets || versions != place {
        walk.broken_at(walk.change_sets + 1);
    }
    if walk.broken.is_none() {
        let wrong: Option<i64> = session.one(sql::WRONG_POINTER, &[&home])?;
        walk.broken = wrong.map(code::count);
    }
    Ok((walk.change_sets, walk.broken))
}

/// What the change log says of a version's change set.
pub(crate) struct Stored {
    pub(crate) what: String,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) hash: Hash,
}

impl Stored {
    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        let (what, idempotency_key) = (text(row, 15)?, optional_text(row, 16)?);
        Ok(Self { what, idempotency_key, hash: code::hash(get(row, 17)?)? })
    }
}

/// Gathers the versions of one change set after the other.
struct ChangeWalk<'a> {
    node: &'a str,
    head: Hash,
    change_sets: u64,
    gathered: Vec<VersionMeta>,
    stored: Option<Stored>,
    broken: Option<u64>,
}

impl<'a> ChangeWalk<'a> {
    fn new(node: &'a str) -> Self {
        let (gathered, stored, broken) = Default::default();
        Self { node, head: START, change_sets: 0, gathered, stored, broken }
    }

    fn add(&mut self, meta: VersionMeta, stored: Stored) {
        if self.gathered.last().is_some_and(|last| last.seq != meta.seq) {
            self.close();
        }
        self.stored = Some(stored);
        self.gathered.push(meta);
    }

    /// Checks the change set that was gathered against its place in the chain.
    fn close(&mut self) {
        let gathered = std::mem::take(&mut self.gathered);
        let (Some(first), Some(stored)) = (gathered.first(), self.stored.take()) else { return };
        self.change_sets += 1;
        let access = Access::new(first.actor.clone(), first.role, first.purpose);
        let head = ChangeHead {
            node: self.node,
            seq: first.seq,
            at: first.at,
            access: &access,
            what: &stored.what,
            idempotency_key: stored.idempotency_key.as_deref(),
        };
        let link = change_link(&self.head, &head, &gathered);
        if first.seq != self.change_sets || stored.hash != link {
            self.broken_at(self.change_sets);
        }
        self.head = link;
    }

    /// Remembers the first.
    fn broken_at(&mut self, seq: u64) {
        self.broken = Some(self.broken.map_or(seq, |first| first.min(seq)));
    }
}

pub(crate) mod sql {
    pub(crate) const LAST_ENTRY: &str = "SELECT coalesce(max(seq), 0) FROM ( \
         SELECT seq FROM audit WHERE home = $1 \
         UNION ALL SELECT seq FROM audit_person WHERE home = $1) AS lines";
    pub(crate) const VERSIONS: &str = "SELECT count(*) FROM version";
    pub(crate) const LAST_CHANGE: &str =
        "SELECT coalesce(max(seq), 0) FROM change_set WHERE home = $1";
    /// The whole change log with bodies, in the order of writing; the last column tells whether
    /// the version repeats what its change set says.
    pub(crate) const WALK: &str = "SELECT t.name, r.id, v.version, v.seq, v.at, a.name, v.role, \
         v.purpose, p.id, v.compartment, v.hash, v.body, v.place, r.number, length(v.body) = 0, \
         c.what, c.idempotency_key, c.hash, \
         (v.at, v.actor, v.role, v.purpose) = (c.at, c.actor, c.role, c.purpose) \
         FROM version v JOIN resource r ON r.home = v.home AND r.number = v.resource \
         JOIN change_set c ON c.home = $1 AND c.seq = v.seq \
         JOIN resource_type t ON t.number = r.type JOIN actor a ON a.number = v.actor \
         LEFT JOIN person p ON p.home = v.person ORDER BY v.place";
    /// Versions of a resource follow each other from 1 without a gap, the last one is what the
    /// resource points to, in all columns, and there are as many as it says; each change set
    /// ends where it says.
    pub(crate) const WRONG_POINTER: &str = "SELECT min(seq) FROM ( \
         SELECT v.seq FROM resource r JOIN version v ON v.home = r.home \
             AND v.resource = r.number AND v.version = r.version \
         WHERE NOT (r.place = v.place AND r.at = v.at AND r.compartment = v.compartment \
             AND r.person IS NOT DISTINCT FROM v.person AND (r.state = 2) = (length(v.body) = 0)) \
         UNION ALL SELECT v.seq FROM version v \
             JOIN resource r ON r.home = v.home AND r.number = v.resource \
         WHERE v.version > r.version \
         UNION ALL SELECT v.seq FROM version v JOIN version f ON f.home = v.home \
             AND f.resource = v.resource AND f.version = v.version - 1 \
         WHERE f.place >= v.place \
         UNION ALL SELECT max(seq) FROM change_set WHERE home = $1 AND \
             (SELECT count(*) FROM version) \
             <> (SELECT coalesce(sum(version), 0) FROM resource)) AS wrong";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[LAST_ENTRY, VERSIONS, LAST_CHANGE, WALK, WRONG_POINTER];
}
