//! Where the two logs stand: the writer's memory of the last line of each.

use jiff::{SignedDuration, Timestamp};
use manzil_store::StoreError;
use manzil_store::chain::{Hash, START};

use crate::session::{Session, get, text};
use crate::{code, fault};

/// A clock that is set back by less than this does not turn the order of the log around.
const CLOCK_STEP_MAX: SignedDuration = SignedDuration::from_mins(5);

/// The last line of the change log, of the audit trail and of the versions.
#[derive(Clone, Debug)]
pub(crate) struct Heads {
    pub(crate) node: String,
    pub(crate) home: i64,
    pub(crate) seq: u64,
    pub(crate) change: Hash,
    pub(crate) audit_seq: u64,
    pub(crate) audit: Hash,
    pub(crate) place: i64,
    pub(crate) at: Timestamp,
}

impl Heads {
    pub(crate) fn read(session: &Session) -> Result<Self, StoreError> {
        let (node, home) = node(session)?;
        let (seq, change, changed_at) = last(session, sql::LAST_CHANGE, home)?;
        let (audit_seq, audit, audited_at) = last(session, sql::LAST_AUDIT, home)?;
        let at = changed_at.max(audited_at);
        let place = session.one(sql::LAST_PLACE, &[])?;
        Ok(Self { node, home, seq, change, audit_seq, audit, place, at })
    }

    /// The time of the next line, to the millisecond. A small step back of the clock is held
    /// up, so that times follow the order of the log. A large one is believed: otherwise a clock
    /// that once ran years ahead would date every record wrongly until then.
    pub(crate) fn stamp(&mut self, clock: Timestamp) -> Timestamp {
        let now = Timestamp::from_millisecond(clock.as_millisecond()).unwrap_or(clock);
        let ahead = self.at.duration_since(now);
        if ahead <= SignedDuration::ZERO || ahead > CLOCK_STEP_MAX {
            self.at = now;
        }
        self.at
    }
}

/// The name of the node and its home.
pub(crate) fn node(session: &Session) -> Result<(String, i64), StoreError> {
    let row = session.first(sql::NODE, &[])?;
    let row = row.ok_or_else(|| fault::damaged("the schema has no node"))?;
    Ok((text(&row, 0)?, get(&row, 1)?))
}

fn last(
    session: &Session,
    statement: &str,
    home: i64,
) -> Result<(u64, Hash, Timestamp), StoreError> {
    match session.first(statement, &[&home])? {
        Some(row) => {
            Ok((code::count(get(&row, 0)?), code::hash(get(&row, 1)?)?, code::time(get(&row, 2)?)?))
        }
        None => Ok((0, START, Timestamp::MIN)),
    }
}

pub(crate) mod sql {
    pub(crate) const NODE: &str = "SELECT name, home FROM node";
    pub(crate) const LAST_CHANGE: &str =
        "SELECT seq, hash, at FROM change_set WHERE home = $1 ORDER BY seq DESC LIMIT 1";
    pub(crate) const LAST_AUDIT: &str =
        "SELECT seq, hash, at FROM audit WHERE home = $1 ORDER BY seq DESC LIMIT 1";
    pub(crate) const LAST_PLACE: &str = "SELECT coalesce(max(place), 0) FROM version";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[NODE, LAST_CHANGE, LAST_AUDIT, LAST_PLACE];
}
