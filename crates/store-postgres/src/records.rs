//! Reading versions: by key, by person, and along the change log.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use manzil_store::body::BodyText;
use manzil_store::chain::hex;
use manzil_store::limits::{KEYS_MAX, PAGE_BYTES_MAX, PAGE_ROWS_MAX, PERSON_ROWS_MAX, TOTAL_MAX};
use manzil_store::policy::Reach;
use manzil_store::{HistoryRequest, Key, Page, Scope, StoreError, Version, VersionMeta};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::dictionary::Words;
use crate::session::{Session, get, text};
use crate::shelf;
use crate::{code, ids};

/// The people whom an answer or an attempt concerns, for its audit line.
pub(crate) type Concerned = BTreeSet<String>;

/// What the store knows of the current state of a resource.
struct Current {
    home: i64,
    number: i64,
    version: u64,
}

/// The current version, unless it is a deletion.
pub(crate) fn read(
    session: &Session,
    reach: &Reach,
    key: &Key,
    concerned: &mut Concerned,
) -> Result<Option<Version>, StoreError> {
    let mut all = read_many(session, reach, std::slice::from_ref(key), concerned)?;
    Ok(all.pop().flatten())
}

/// The current versions of many resources.
pub(crate) fn read_many(
    session: &Session,
    reach: &Reach,
    keys: &[Key],
    concerned: &mut Concerned,
) -> Result<Vec<Option<Version>>, StoreError> {
    if keys.len() > KEYS_MAX {
        return Err(StoreError::Limit(format!(
            "{} resources are asked for at once, {KEYS_MAX} are allowed; ask in parts",
            keys.len()
        )));
    }
    let numbers: Vec<i64> = keys.iter().map(ids::number).collect();
    let mut found = BTreeMap::new();
    for row in session.query(sql::READ, &[&numbers])? {
        let version = version(&row)?;
        found.insert(version.meta.key.clone(), version);
    }
    let mut all = Vec::with_capacity(keys.len());
    for key in keys {
        let version = found.get(key);
        if let Some(version) = version {
            concerned.extend(version.meta.person.clone());
            reach.check(version.meta.compartment, version.meta.person.as_deref())?;
        }
        all.push(version.filter(|version| !version.meta.deleted).cloned());
    }
    Ok(all)
}

/// One version of the past. Both it and the current version must be within reach: a record that
/// was moved behind the wall takes its past along.
pub(crate) fn read_version(
    session: &Session,
    reach: &Reach,
    key: &Key,
    version: u64,
    concerned: &mut Concerned,
) -> Result<Option<Version>, StoreError> {
    let Some(current) = current(session, reach, key, concerned)? else { return Ok(None) };
    if version == 0 || version > current.version {
        return Ok(None);
    }
    let values: [&(dyn ToSql + Sync); 3] = [&current.home, &current.number, &code::signed(version)];
    let found = session.first(sql::READ_VERSION, &values)?;
    let found = found.map(|row| self::version(&row)).transpose()?;
    if let Some(found) = &found {
        concerned.extend(found.meta.person.clone());
        reach.check(found.meta.compartment, found.meta.person.as_deref())?;
    }
    Ok(found)
}

/// The versions of one resource, of a type or of everything that are within reach, newest first.
pub(crate) fn history(
    session: &Session,
    words: &Words,
    reach: &Reach,
    request: &HistoryRequest,
    concerned: &mut Concerned,
) -> Result<Page<Version>, StoreError> {
    let before = mark(request.page.after.as_deref())?.unwrap_or(i64::MAX);
    let empty = Page { rows: Vec::new(), next: None, total: 0 };
    let (count, list, of, home) = match &request.scope {
        Scope::Resource(key) => match current(session, reach, key, concerned)? {
            Some(it) => (sql::COUNT_HISTORY, sql::HISTORY, it.number, it.home),
            None => return Ok(empty),
        },
        Scope::Type(name) => match words.resource_type(session, name)? {
            Some(number) => (sql::COUNT_OF_TYPE, sql::HISTORY_OF_TYPE, number.into(), 0),
            None => return Ok(empty),
        },
        Scope::Everything => (sql::COUNT_OF_TYPE, sql::HISTORY_OF_TYPE, -1, 0),
    };
    let Bounds { mask, own, after, until, stood } = Bounds::of(session, reach, request)?;
    let most = code::signed(TOTAL_MAX);
    let values: [&(dyn ToSql + Sync); 8] = [&of, &mask, &own, &after, &until, &most, &home, &stood];
    let total: i64 = session.one(count, &values)?;
    let rows_max = request.page.rows_max.min(PAGE_ROWS_MAX);
    let until = until.min(before.saturating_sub(1));
    let limit = rows_max as i64 + 1;
    let values: [&(dyn ToSql + Sync); 8] =
        [&of, &mask, &own, &after, &until, &limit, &home, &stood];
    let (mut rows, full) = page_rows(session, list, &values)?;
    concerned.extend(rows.iter().filter_map(|row| row.1.meta.person.clone()));
    let rows_max = if full { rows.len() - 1 } else { rows_max };
    let next = cut(&mut rows, rows_max, |row| row.0.to_string());
    Ok(Page { rows: rows.into_iter().map(|row| row.1).collect(), next, total: code::count(total) })
}

/// Within which places of the log, and which rows, a history lies.
struct Bounds {
    mask: i32,
    own: Option<i64>,
    /// Excluded.
    after: i64,
    /// Included.
    until: i64,
    /// Of what lies up to here, only the last version of each resource; 0 for all.
    stood: i64,
}

impl Bounds {
    fn of(session: &Session, reach: &Reach, request: &HistoryRequest) -> Result<Self, StoreError> {
        let place = |milliseconds| shelf::place_before(session, milliseconds);
        let up_to = |at: Timestamp| place(at.as_millisecond().saturating_add(1));
        let after = request.since.map(|since| place(since.as_millisecond()));
        let until = request.at.map(|period| up_to(period.last));
        let stood = request.at.map(|period| up_to(period.first));
        Ok(Self {
            mask: code::mask(reach.compartments()),
            own: own_number(reach),
            after: after.transpose()?.unwrap_or(0),
            until: until.transpose()?.unwrap_or(i64::MAX),
            stood: stood.transpose()?.unwrap_or(0),
        })
    }
}

/// Every current record about one person that is within reach.
pub(crate) fn person(
    session: &Session,
    reach: &Reach,
    person: &str,
) -> Result<Vec<Version>, StoreError> {
    reach.check_person(person)?;
    let mask = code::mask(reach.compartments());
    let limit = PERSON_ROWS_MAX as i64 + 1;
    let mut versions = Vec::new();
    session.each(sql::OF_PERSON, &[&ids::person(person), &mask, &limit], |row| {
        versions.push(version(row)?);
        Ok(true)
    })?;
    if versions.len() > PERSON_ROWS_MAX {
        return Err(StoreError::Limit(format!(
            "there are more than {PERSON_ROWS_MAX} records about this person; search for them by \
             type"
        )));
    }
    versions.sort_by(|a, b| a.meta.key.cmp(&b.meta.key));
    Ok(versions)
}

/// The change log after `seq`, to the end of the change set in which `rows_max` is reached.
pub(crate) fn changes(
    session: &Session,
    reach: &Reach,
    after_seq: u64,
    rows_max: usize,
) -> Result<Vec<VersionMeta>, StoreError> {
    let Ok(after) = i64::try_from(after_seq) else { return Ok(Vec::new()) };
    let mask = code::mask(reach.compartments());
    let own = own_number(reach);
    let limit = rows_max.min(PAGE_ROWS_MAX) as i64;
    let last: Option<i64> = session.one(sql::LAST_OF_PAGE, &[&after, &mask, &own, &limit])?;
    let Some(last) = last else { return Ok(Vec::new()) };
    session.query(sql::CHANGES, &[&after, &mask, &own, &last])?.iter().map(meta).collect()
}

/// The versions of one change set, in the order written.
pub(crate) fn of_change(
    session: &Session,
    home: i64,
    seq: i64,
) -> Result<Vec<VersionMeta>, StoreError> {
    session.query(sql::OF_CHANGE, &[&home, &seq])?.iter().map(meta).collect()
}

/// Rows with their place in front, as far as the bytes of a page allow; true when they did not
/// allow all.
fn page_rows(
    session: &Session,
    statement: &str,
    values: &[&(dyn ToSql + Sync)],
) -> Result<(Vec<(i64, Version)>, bool), StoreError> {
    let (mut rows, mut bytes, mut full) = (Vec::new(), 0, false);
    session.each(statement, values, |row| {
        let read = version(row)?;
        bytes += read.body.json().len();
        rows.push((get(row, 12)?, read));
        full = bytes > PAGE_BYTES_MAX && rows.len() > 1;
        Ok(!full)
    })?;
    Ok((rows, full))
}

/// Reads the mark that a page gave as its `next`.
pub(crate) fn mark(after: Option<&str>) -> Result<Option<i64>, StoreError> {
    let Some(text) = after else { return Ok(None) };
    text.parse()
        .map(Some)
        .map_err(|_| StoreError::Malformed("the page mark is not one that this store gave".into()))
}

/// Cuts rows to a page; the mark of its last row when something follows.
pub(crate) fn cut<T>(
    rows: &mut Vec<T>,
    rows_max: usize,
    mark: impl Fn(&T) -> String,
) -> Option<String> {
    if rows.len() <= rows_max {
        return None;
    }
    rows.truncate(rows_max);
    rows.last().map(mark)
}

/// The number of the only person who is within reach; none when everybody is.
fn own_number(reach: &Reach) -> Option<i64> {
    reach.only_person().map(ids::person)
}

/// Reads the columns of `sql::select!` without the body.
pub(crate) fn meta(row: &Row) -> Result<VersionMeta, StoreError> {
    let person: Option<&[u8]> = get(row, 8)?;
    Ok(VersionMeta {
        key: Key::new(text(row, 0)?, ids::read(get(row, 1)?)?),
        version: code::count(get(row, 2)?),
        seq: code::count(get(row, 3)?),
        at: code::time(get(row, 4)?)?,
        actor: text(row, 5)?,
        role: code::role(get(row, 6)?)?,
        purpose: code::purpose(get(row, 7)?)?,
        person: person.map(ids::read).transpose()?,
        compartment: code::compartment(get(row, 9)?)?,
        hash: hex(&code::hash(get(row, 10)?)?),
        deleted: get(row, 14)?,
    })
}

/// The stored text, without version and time.
pub(crate) fn body(row: &Row) -> Result<BodyText, StoreError> {
    BodyText::unpack(get(row, 11)?)
}

pub(crate) fn version(row: &Row) -> Result<Version, StoreError> {
    let meta = meta(row)?;
    let body = body(row)?.at(meta.version, meta.at);
    Ok(Version { meta, body })
}

fn current(
    session: &Session,
    reach: &Reach,
    key: &Key,
    concerned: &mut Concerned,
) -> Result<Option<Current>, StoreError> {
    let number = ids::number(key);
    let row = session.first(sql::CURRENT, &[&number, &ids::to_bytes(&key.id)])?;
    let Some(row) = row else { return Ok(None) };
    let person: Option<&[u8]> = get(&row, 3)?;
    let person = person.map(ids::read).transpose()?;
    concerned.extend(person.clone());
    reach.check(code::compartment(get(&row, 1)?)?, person.as_deref())?;
    Ok(Some(Current { home: get(&row, 0)?, number, version: code::count(get(&row, 2)?) }))
}

pub(crate) mod sql {
    /// The columns that [`super::meta`], [`super::body`] and `page_rows` read, after `$from`.
    macro_rules! select {
        ($body:literal, $from:literal, $rest:literal) => {
            concat!(
                "SELECT t.name, r.id, v.version, v.seq, v.at, a.name, v.role, v.purpose, p.id, \
                 v.compartment, v.hash, ",
                $body,
                ", v.place, r.number, length(v.body) = 0 FROM ",
                $from,
                " JOIN resource_type t ON t.number = r.type JOIN actor a ON a.number = v.actor \
                 LEFT JOIN person p ON p.home = v.person ",
                $rest
            )
        };
    }
    /// Both the version and the current one are within reach.
    macro_rules! within_reach {
        ($rest:literal) => {
            concat!(
                "(1 << v.compartment) & $2 <> 0 AND (1 << r.compartment) & $2 <> 0 \
                 AND ($3::int8 IS NULL OR (v.compartment = 0 OR v.person = $3) \
                 AND (r.compartment = 0 OR r.person = $3)) ",
                $rest
            )
        };
    }

    pub(crate) const READ: &str = select!(
        "v.body",
        "unnest($1::int8[]) AS asked (number) CROSS JOIN LATERAL \
             (SELECT * FROM resource f WHERE f.number = asked.number LIMIT 4) r JOIN version v \
         ON v.home = r.home AND v.resource = r.number AND v.version = r.version",
        ""
    );
    pub(crate) const CURRENT: &str = "SELECT r.home, r.compartment, r.version, p.id \
         FROM resource r LEFT JOIN person p ON p.home = r.person \
         WHERE r.number = $1 AND r.id = $2";
    pub(crate) const READ_VERSION: &str = select!(
        "v.body",
        "version v JOIN resource r ON r.home = v.home AND r.number = v.resource",
        "WHERE v.home = $1 AND v.resource = $2 AND v.version = $3"
    );
    /// Whether a version was not replaced yet at the place $8.
    macro_rules! stood {
        () => {
            "AND (v.place > $8 OR NOT EXISTS (SELECT 1 FROM version later \
             WHERE later.home = v.home AND later.resource = v.resource \
             AND later.version = v.version + 1 AND later.place <= $8)) "
        };
    }
    pub(crate) const COUNT_HISTORY: &str = concat!(
        "SELECT count(*) FROM version v \
         WHERE v.home = $7 AND v.resource = $1::int8 AND (1 << v.compartment) & $2 <> 0 \
         AND ($3::int8 IS NULL OR v.compartment = 0 OR v.person = $3) \
         AND v.place > $4 AND v.place <= $5 AND $6::int8 IS NOT NULL ",
        stood!()
    );
    pub(crate) const HISTORY: &str = concat!(
        select!(
            "v.body",
            "version v JOIN resource r ON r.home = v.home AND r.number = v.resource",
            "WHERE v.home = $7 AND v.resource = $1::int8 AND (1 << v.compartment) & $2 <> 0 \
         AND ($3::int8 IS NULL OR v.compartment = 0 OR v.person = $3) \
         AND v.place > $4 AND v.place <= $5 "
        ),
        stood!(),
        "ORDER BY v.version DESC LIMIT $6"
    );
    /// Of a type, or of everything (-1).
    pub(crate) const COUNT_OF_TYPE: &str = concat!(
        "SELECT count(*) FROM (SELECT 1 FROM version v \
         JOIN resource r ON r.home = v.home AND r.number = v.resource \
         WHERE ($1::int8 = -1 OR r.type = $1) AND ",
        within_reach!("AND v.place > $4 AND v.place <= $5 AND $7::int8 IS NOT NULL "),
        stood!(),
        "LIMIT $6) AS found"
    );
    pub(crate) const HISTORY_OF_TYPE: &str = concat!(
        select!(
            "v.body",
            "version v JOIN resource r ON r.home = v.home AND r.number = v.resource",
            "WHERE ($1::int8 = -1 OR r.type = $1) AND "
        ),
        within_reach!("AND v.place > $4 AND v.place <= $5 AND $7::int8 IS NOT NULL "),
        stood!(),
        "ORDER BY v.place DESC LIMIT $6"
    );
    pub(crate) const OF_PERSON: &str = select!(
        "v.body",
        "resource r JOIN version v \
         ON v.home = r.home AND v.resource = r.number AND v.version = r.version",
        "WHERE r.state = 1 AND r.person IS NOT NULL AND r.person = $1 \
         AND (1 << r.compartment) & $2 <> 0 LIMIT $3"
    );
    macro_rules! after_change {
        () => {
            "v.place > coalesce((SELECT last_place FROM change_set \
             WHERE home = (SELECT home FROM node) AND seq <= $1 \
             ORDER BY seq DESC LIMIT 1), 0) AND "
        };
    }
    pub(crate) const LAST_OF_PAGE: &str = concat!(
        "SELECT max(seq) FROM (SELECT v.seq FROM version v \
         JOIN resource r ON r.home = v.home AND r.number = v.resource WHERE ",
        after_change!(),
        within_reach!("ORDER BY v.place LIMIT $4) AS found")
    );
    pub(crate) const CHANGES: &str = concat!(
        select!(
            "NULL::bytea",
            "version v JOIN resource r ON r.home = v.home AND r.number = v.resource",
            "WHERE "
        ),
        after_change!(),
        within_reach!(
            "AND v.place <= (SELECT last_place FROM change_set \
             WHERE home = (SELECT home FROM node) AND seq = $4) ORDER BY v.place"
        )
    );
    pub(crate) const OF_CHANGE: &str = select!(
        "NULL::bytea",
        "version v JOIN resource r ON r.home = v.home AND r.number = v.resource",
        "WHERE v.place <= (SELECT last_place FROM change_set WHERE home = $1 AND seq = $2) \
         AND v.place > coalesce((SELECT last_place FROM change_set \
             WHERE home = $1 AND seq = $2 - 1), 0) ORDER BY v.place"
    );
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[
        READ,
        CURRENT,
        READ_VERSION,
        COUNT_HISTORY,
        HISTORY,
        COUNT_OF_TYPE,
        HISTORY_OF_TYPE,
        OF_PERSON,
        LAST_OF_PAGE,
        CHANGES,
        OF_CHANGE,
    ];
}
