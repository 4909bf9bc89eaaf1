//! The past of one resource, of a type or of everything.

use jiff::Timestamp;
use manzil_store::finder::Shelf as _;
use manzil_store::limits::{PAGE_ROWS_MAX, TOTAL_MAX};
use manzil_store::policy::Reach;
use manzil_store::{HistoryRequest, Page, Scope, StoreError, Version};
use rusqlite::{Connection, params};

use super::{Concerned, current, cut, mark, own_number, page_rows};
use crate::shelf::SqliteShelf;
use crate::{code, dictionary, fault};

/// The versions of one resource, of a type or of everything that are within reach, newest first.
pub(crate) fn page(
    connection: &Connection,
    reach: &Reach,
    request: &HistoryRequest,
    concerned: &mut Concerned,
) -> Result<Page<Version>, StoreError> {
    let before = mark(request.page.after.as_deref())?.unwrap_or(i64::MAX);
    let bounds = Bounds::of(connection, reach, request)?;
    let empty = Page { rows: Vec::new(), next: None, total: 0 };
    let (count, list, of) = match &request.scope {
        Scope::Resource(key) => match current(connection, reach, key, concerned)? {
            Some(current) => (sql::COUNT_HISTORY, sql::HISTORY, current.number),
            None => return Ok(empty),
        },
        Scope::Type(name) => match dictionary::find_type(connection, name)? {
            Some(number) => (sql::COUNT_OF_TYPE, sql::HISTORY_OF_TYPE, number),
            None => return Ok(empty),
        },
        Scope::Everything => (sql::COUNT_OF_TYPE, sql::HISTORY_OF_TYPE, -1),
    };
    let Bounds { mask, own, after, until, stood } = bounds;
    let most = code::signed(TOTAL_MAX);
    let total: i64 = connection
        .prepare_cached(count)
        .and_then(|mut found| {
            found.query_row(params![of, mask, own, after, until, most, stood], |row| row.get(0))
        })
        .map_err(fault::of_sqlite)?;
    let rows_max = request.page.rows_max.min(PAGE_ROWS_MAX);
    let until = until.min(before.saturating_sub(1));
    let values = params![of, mask, own, after, until, rows_max as i64 + 1, stood];
    let (mut rows, full) = page_rows(connection, list, values)?;
    concerned.extend(rows.iter().filter_map(|row| row.1.meta.person.clone()));
    let rows_max = if full { rows.len() - 1 } else { rows_max };
    let next = cut(&mut rows, rows_max, |row| row.0.to_string());
    Ok(Page { rows: rows.into_iter().map(|row| row.1).collect(), next, total: code::count(total) })
}

/// Within which places of the log, and which rows, a history lies.
struct Bounds {
    mask: i64,
    own: Option<i64>,
    /// Excluded.
    after: i64,
    /// Included.
    until: i64,
    /// Of what lies up to here, only the last version of each resource; 0 for all.
    stood: i64,
}

impl Bounds {
    fn of(
        connection: &Connection,
        reach: &Reach,
        request: &HistoryRequest,
    ) -> Result<Self, StoreError> {
        let shelf = SqliteShelf::new(connection);
        let up_to = |at: Timestamp| shelf.place_before(at.as_millisecond().saturating_add(1));
        let after = request.since.map(|since| shelf.place_before(since.as_millisecond()));
        let until = request.at.map(|period| up_to(period.last));
        let stood = request.at.map(|period| up_to(period.first));
        Ok(Self {
            mask: code::mask(reach.compartments()),
            own: own_number(connection, reach)?,
            after: after.transpose()?.unwrap_or(0),
            until: until.transpose()?.unwrap_or(i64::MAX),
            stood: stood.transpose()?.unwrap_or(0),
        })
    }
}

pub(crate) mod sql {
    macro_rules! past {
        ($what:literal, $rest:literal) => {
            concat!(
                "WITH RECURSIVE past (place, former) AS ( \
                 SELECT v.place, v.former FROM resource r JOIN version v ON v.place = r.place \
                 WHERE r.number = ?1 \
                 UNION ALL SELECT v.place, v.former FROM past \
                 JOIN version v ON v.place = past.former) ",
                $what,
                $rest
            )
        };
    }
    pub(crate) const COUNT_HISTORY: &str = past!(
        "SELECT count(*) FROM past CROSS JOIN version v ON v.place = past.place ",
        "WHERE (1 << v.compartment) & ?2 AND (?3 IS NULL OR v.compartment = 0 OR v.person = ?3) \
         AND v.place > ?4 AND v.place <= ?5 AND ?6 IS NOT NULL \
         AND (v.place > ?7 OR v.place = (SELECT max(place) FROM past WHERE place <= ?7))"
    );
    pub(crate) const HISTORY: &str = select!(
        "v.body",
        "(WITH RECURSIVE past (place, former) AS ( \
             SELECT v.place, v.former FROM resource r JOIN version v ON v.place = r.place \
             WHERE r.number = ?1 \
             UNION ALL SELECT v.place, v.former FROM past \
             JOIN version v ON v.place = past.former WHERE past.place > ?4) \
             SELECT place FROM past WHERE place > ?7 \
                 OR place = (SELECT max(place) FROM past WHERE place <= ?7)) AS found \
         CROSS JOIN version v ON v.place = found.place \
         CROSS JOIN resource r ON r.number = v.resource",
        "WHERE (1 << v.compartment) & ?2 AND (?3 IS NULL OR v.compartment = 0 OR v.person = ?3) \
         AND v.place > ?4 AND v.place <= ?5 ORDER BY v.place DESC LIMIT ?6"
    );
    /// Whether a version was not replaced yet at the place ?7.
    macro_rules! stood {
        () => {
            "AND (v.place > ?7 OR v.place = ( \
             WITH RECURSIVE later (place, former) AS ( \
                 SELECT place, former FROM version WHERE place = r.place \
                 UNION ALL SELECT f.place, f.former FROM later \
                 JOIN version f ON f.place = later.former WHERE later.place > ?7) \
             SELECT place FROM later WHERE place <= ?7)) "
        };
    }
    /// Of a type, or of everything (-1). Both the version and the current one are within reach.
    pub(crate) const COUNT_OF_TYPE: &str = concat!(
        "SELECT count(*) FROM (SELECT 1 FROM version v \
         CROSS JOIN resource r ON r.number = v.resource \
         WHERE (?1 = -1 OR r.type = ?1) \
         AND (1 << v.compartment) & ?2 AND (1 << r.compartment) & ?2 \
         AND (?3 IS NULL OR (v.compartment = 0 OR v.person = ?3) \
             AND (r.compartment = 0 OR r.person = ?3)) \
         AND v.place > ?4 AND v.place <= ?5 ",
        stood!(),
        "LIMIT ?6)"
    );
    pub(crate) const HISTORY_OF_TYPE: &str = concat!(
        select!(
            "v.body",
            "version v CROSS JOIN resource r ON r.number = v.resource",
            "WHERE (?1 = -1 OR r.type = ?1) \
             AND (1 << v.compartment) & ?2 AND (1 << r.compartment) & ?2 \
             AND (?3 IS NULL OR (v.compartment = 0 OR v.person = ?3) \
                 AND (r.compartment = 0 OR r.person = ?3)) \
             AND v.place > ?4 AND v.place <= ?5 "
        ),
        stood!(),
        "ORDER BY v.place DESC LIMIT ?6"
    );
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[COUNT_HISTORY, HISTORY, COUNT_OF_TYPE, HISTORY_OF_TYPE];
}
