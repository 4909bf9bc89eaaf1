//! Where the two logs stand: the writer's memory of the last line of each.

use jiff::{SignedDuration, Timestamp};
use manzil_store::StoreError;
use manzil_store::chain::{Hash, START};
use rusqlite::{Connection, OptionalExtension};

use crate::{code, fault};

/// A clock that is set back by less than this does not turn the order of the log around.
const CLOCK_STEP_MAX: SignedDuration = SignedDuration::from_mins(5);

/// The last line of the change log, of the audit trail and of the versions.
#[derive(Clone, Debug)]
pub(crate) struct Heads {
    pub(crate) node: String,
    pub(crate) seq: u64,
    pub(crate) change: Hash,
    pub(crate) audit_seq: u64,
    pub(crate) audit: Hash,
    pub(crate) place: i64,
    pub(crate) at: Timestamp,
}

impl Heads {
    pub(crate) fn read(connection: &Connection) -> Result<Self, StoreError> {
        let one = |statement| connection.query_row(statement, [], |row| row.get(0));
        let (seq, change, changed_at) = last(connection, sql::LAST_CHANGE)?;
        let (audit_seq, audit, audited_at) = last(connection, sql::LAST_AUDIT)?;
        Ok(Self {
            node: connection
                .query_row(sql::NODE, [], |row| row.get(0))
                .map_err(fault::of_sqlite)?,
            seq,
            change,
            audit_seq,
            audit,
            place: one(sql::LAST_PLACE).map_err(fault::of_sqlite)?,
            at: changed_at.max(audited_at),
        })
    }

    /// The time of the next line; see [`follow`].
    pub(crate) fn stamp(&mut self, clock: Timestamp) -> Timestamp {
        self.at = follow(self.at, clock);
        self.at
    }
}

/// The time of a line behind one of the time `last`, to the millisecond. A small step back of the
/// clock is held up, so that times follow the order of the log. A large one is believed: otherwise
/// a clock that once ran years ahead would date every record wrongly until then.
pub(crate) fn follow(last: Timestamp, clock: Timestamp) -> Timestamp {
    let now = Timestamp::from_millisecond(clock.as_millisecond()).unwrap_or(clock);
    let ahead = last.duration_since(now);
    if ahead <= SignedDuration::ZERO || ahead > CLOCK_STEP_MAX { now } else { last }
}

fn last(connection: &Connection, statement: &str) -> Result<(u64, Hash, Timestamp), StoreError> {
    let row = connection
        .query_row(statement, [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, i64>(2)?))
        })
        .optional()
        .map_err(fault::of_sqlite)?;
    match row {
        Some((seq, hash, at)) => Ok((code::count(seq), code::hash(&hash)?, code::time(at)?)),
        None => Ok((0, START, Timestamp::MIN)),
    }
}

pub(crate) mod sql {
    pub(crate) const NODE: &str = "SELECT name FROM node";
    pub(crate) const LAST_CHANGE: &str =
        "SELECT seq, hash, at FROM change_set ORDER BY seq DESC LIMIT 1";
    pub(crate) const LAST_AUDIT: &str = "SELECT seq, hash, at FROM audit ORDER BY seq DESC LIMIT 1";
    pub(crate) const LAST_PLACE: &str = "SELECT coalesce(max(place), 0) FROM version";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[NODE, LAST_CHANGE, LAST_AUDIT, LAST_PLACE];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_follow_the_log_unless_the_clock_was_plainly_wrong() {
        let at = |seconds: i64| Timestamp::from_second(seconds).unwrap();
        let mut heads = Heads {
            node: String::new(),
            seq: 0,
            change: START,
            audit_seq: 0,
            audit: START,
            place: 0,
            at: Timestamp::MIN,
        };
        assert_eq!(heads.stamp(at(1_000_000)), at(1_000_000));
        assert_eq!(heads.stamp(at(999_990)), at(1_000_000), "ten seconds back are held up");
        assert_eq!(heads.stamp(at(990_000)), at(990_000), "hours back are believed");
        assert_eq!(heads.stamp(at(1_000_001)), at(1_000_001));
    }
}
