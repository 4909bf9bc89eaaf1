//! Reading versions: by key, by number, by person, and along the change log.

use std::collections::BTreeSet;

use manzil_store::body::BodyText;
use manzil_store::chain::hex;
use manzil_store::limits::{KEYS_MAX, PAGE_BYTES_MAX, PAGE_ROWS_MAX, PERSON_ROWS_MAX};
use manzil_store::policy::Reach;
use manzil_store::{Key, StoreError, Version, VersionMeta};
use rusqlite::{Connection, Params, Row, params};

use crate::ids::Id;
use crate::{code, dictionary, fault, ids};

/// The columns that [`meta`], [`body`] and [`page_rows`] read, after `$from`.
macro_rules! select {
    ($body:literal, $from:literal, $rest:literal) => {
        concat!(
            "SELECT t.name, r.id, v.version, v.seq, c.at, a.name, c.role, c.purpose, p.id, \
             v.compartment, v.hash, ",
            $body,
            ", v.place, r.number, length(v.body) = 0 FROM ",
            $from,
            " CROSS JOIN resource_type t ON t.number = r.type \
             CROSS JOIN change_set c ON c.seq = v.seq \
             CROSS JOIN actor a ON a.number = c.actor \
             LEFT JOIN resource p ON p.number = v.person ",
            $rest
        )
    };
}

pub(crate) mod history;

/// The people whom an answer or an attempt concerns, for its audit line.
pub(crate) type Concerned = BTreeSet<String>;

/// What the store knows of the current state of a resource.
struct Current {
    number: i64,
    version: u64,
    place: i64,
    person: Option<String>,
    compartment: manzil_journey::access::Compartment,
}

/// The current version, unless it is a deletion.
pub(crate) fn read(
    connection: &Connection,
    reach: &Reach,
    key: &Key,
    concerned: &mut Concerned,
) -> Result<Option<Version>, StoreError> {
    let found = one(connection, sql::READ, params![key.resource_type, Id(&key.id)])?;
    let Some(version) = found else { return Ok(None) };
    concerned.extend(version.meta.person.clone());
    reach.check(version.meta.compartment, version.meta.person.as_deref())?;
    Ok(Some(version).filter(|version| !version.meta.deleted))
}

/// The current versions of many resources.
pub(crate) fn read_many(
    connection: &Connection,
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
    keys.iter().map(|key| read(connection, reach, key, concerned)).collect()
}

/// One version of the past. Both it and the current version must be within reach: a record that
/// was moved behind the wall takes its past along.
pub(crate) fn read_version(
    connection: &Connection,
    reach: &Reach,
    key: &Key,
    version: u64,
    concerned: &mut Concerned,
) -> Result<Option<Version>, StoreError> {
    let Some(current) = current(connection, reach, key, concerned)? else { return Ok(None) };
    if version == 0 || version > current.version {
        return Ok(None);
    }
    let found = one(connection, sql::READ_VERSION, params![current.place, code::signed(version)])?;
    if let Some(found) = &found {
        concerned.extend(found.meta.person.clone());
        reach.check(found.meta.compartment, found.meta.person.as_deref())?;
    }
    Ok(found)
}

/// Every current record about one person that is within reach.
pub(crate) fn person(
    connection: &Connection,
    reach: &Reach,
    person: &str,
) -> Result<Vec<Version>, StoreError> {
    reach.check_person(person)?;
    let Some(number) = dictionary::find_person(connection, person)? else {
        return Ok(Vec::new());
    };
    let mask = code::mask(reach.compartments());
    let mut statement = connection.prepare_cached(sql::OF_PERSON).map_err(fault::of_sqlite)?;
    let mut found = statement
        .query(params![number, mask, PERSON_ROWS_MAX as i64 + 1])
        .map_err(fault::of_sqlite)?;
    let mut versions = Vec::new();
    while let Some(row) = found.next().map_err(fault::of_sqlite)? {
        versions.push(version(row)?);
    }
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
    connection: &Connection,
    reach: &Reach,
    after_seq: u64,
    rows_max: usize,
) -> Result<Vec<VersionMeta>, StoreError> {
    let Ok(after) = i64::try_from(after_seq) else { return Ok(Vec::new()) };
    let mask = code::mask(reach.compartments());
    let own = own_number(connection, reach)?;
    let mut statement = connection.prepare_cached(sql::CHANGES).map_err(fault::of_sqlite)?;
    let mut found = statement.query(params![after, mask, own]).map_err(fault::of_sqlite)?;
    let mut metas: Vec<VersionMeta> = Vec::new();
    while let Some(row) = found.next().map_err(fault::of_sqlite)? {
        let meta = meta(row)?;
        let begins = metas.last().is_none_or(|last| last.seq != meta.seq);
        if begins && metas.len() >= rows_max.min(PAGE_ROWS_MAX) {
            break;
        }
        metas.push(meta);
    }
    Ok(metas)
}

/// The versions of one change set, in the order written.
pub(crate) fn of_change(connection: &Connection, seq: i64) -> Result<Vec<VersionMeta>, StoreError> {
    let mut statement = connection.prepare_cached(sql::OF_CHANGE).map_err(fault::of_sqlite)?;
    let mut found = statement.query([seq]).map_err(fault::of_sqlite)?;
    let mut metas = Vec::new();
    while let Some(row) = found.next().map_err(fault::of_sqlite)? {
        metas.push(meta(row)?);
    }
    Ok(metas)
}

/// Whether the text index has words of a resource.
pub(crate) fn has_words(connection: &Connection, number: i64) -> Result<bool, StoreError> {
    connection
        .prepare_cached(sql::HAS_WORDS)
        .and_then(|mut found| found.exists([number]))
        .map_err(fault::of_sqlite)
}

/// Rows with a number in front, as far as the bytes of a page allow; true when they did not
/// allow all.
pub(crate) fn page_rows(
    connection: &Connection,
    statement: &str,
    values: impl Params,
) -> Result<(Vec<(i64, Version)>, bool), StoreError> {
    let mut statement = connection.prepare_cached(statement).map_err(fault::of_sqlite)?;
    let mut found = statement.query(values).map_err(fault::of_sqlite)?;
    let mut rows = Vec::new();
    let mut bytes = 0;
    while let Some(row) = found.next().map_err(fault::of_sqlite)? {
        let read = version(row)?;
        bytes += read.body.json().len();
        rows.push((row.get(12).map_err(fault::of_sqlite)?, read));
        if bytes > PAGE_BYTES_MAX && rows.len() > 1 {
            return Ok((rows, true));
        }
    }
    Ok((rows, false))
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

/// The number of the only person who is within reach; -1 (nobody) when that person is unknown;
/// none when everybody is.
pub(crate) fn own_number(
    connection: &Connection,
    reach: &Reach,
) -> Result<Option<i64>, StoreError> {
    match reach.only_person() {
        Some(id) => Ok(Some(dictionary::find_person(connection, id)?.unwrap_or(-1))),
        None => Ok(None),
    }
}

/// Reads the columns of `sql::select!` without the body.
pub(crate) fn meta(row: &Row<'_>) -> Result<VersionMeta, StoreError> {
    let columns = || -> rusqlite::Result<_> {
        Ok((
            row.get::<_, String>(0)?,
            (row.get::<_, i64>(2)?, row.get::<_, i64>(3)?, row.get::<_, i64>(4)?),
            (row.get(5)?, row.get::<_, i64>(6)?, row.get::<_, i64>(7)?),
            (row.get::<_, i64>(9)?, row.get::<_, Vec<u8>>(10)?, row.get(14)?),
        ))
    };
    let (of_type, (version, seq, at), (actor, role, purpose), (compartment, hash, deleted)) =
        columns().map_err(fault::of_sqlite)?;
    Ok(VersionMeta {
        key: Key::new(of_type, ids::id(row, 1)?),
        version: code::count(version),
        seq: code::count(seq),
        at: code::time(at)?,
        actor,
        role: code::role(role)?,
        purpose: code::purpose(purpose)?,
        person: ids::optional(row, 8)?,
        compartment: code::compartment(compartment)?,
        hash: hex(&code::hash(&hash)?),
        deleted,
    })
}

/// The stored text, without version and time.
pub(crate) fn body(row: &Row<'_>) -> Result<BodyText, StoreError> {
    let packed = row.get_ref(11).map_err(fault::of_sqlite)?;
    BodyText::unpack(packed.as_blob().map_err(|_| fault::damaged("a stored body is no blob"))?)
}

pub(crate) fn version(row: &Row<'_>) -> Result<Version, StoreError> {
    let meta = meta(row)?;
    let body = body(row)?.at(meta.version, meta.at);
    Ok(Version { meta, body })
}

fn one(
    connection: &Connection,
    statement: &str,
    values: impl Params,
) -> Result<Option<Version>, StoreError> {
    let mut statement = connection.prepare_cached(statement).map_err(fault::of_sqlite)?;
    let mut found = statement.query(values).map_err(fault::of_sqlite)?;
    match found.next().map_err(fault::of_sqlite)? {
        Some(row) => version(row).map(Some),
        None => Ok(None),
    }
}

fn current(
    connection: &Connection,
    reach: &Reach,
    key: &Key,
    concerned: &mut Concerned,
) -> Result<Option<Current>, StoreError> {
    let mut statement = connection.prepare_cached(sql::CURRENT).map_err(fault::of_sqlite)?;
    let mut found =
        statement.query(params![key.resource_type, Id(&key.id)]).map_err(fault::of_sqlite)?;
    let Some(row) = found.next().map_err(fault::of_sqlite)? else { return Ok(None) };
    let columns = || -> rusqlite::Result<(i64, i64, i64, i64)> {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    };
    let (number, compartment, version, place) = columns().map_err(fault::of_sqlite)?;
    let current = Current {
        number,
        version: code::count(version),
        place,
        person: ids::optional(row, 4)?,
        compartment: code::compartment(compartment)?,
    };
    concerned.extend(current.person.clone());
    reach.check(current.compartment, current.person.as_deref())?;
    Ok(Some(current))
}

pub(crate) mod sql {
    pub(crate) const READ: &str = select!(
        "v.body",
        "resource r CROSS JOIN version v ON v.place = r.place",
        "WHERE r.type = (SELECT number FROM resource_type WHERE name = ?1) AND r.id = ?2"
    );
    pub(crate) const CURRENT: &str = "SELECT r.number, r.compartment, r.version, r.place, p.id \
         FROM resource r LEFT JOIN resource p ON p.number = r.person \
         WHERE r.type = (SELECT number FROM resource_type WHERE name = ?1) AND r.id = ?2 \
         AND r.state > 0";
    pub(crate) const BODY: &str = "SELECT body FROM version WHERE place = ?1";
    /// From the current version back to the one asked for.
    pub(crate) const READ_VERSION: &str = select!(
        "v.body",
        "(WITH RECURSIVE past (place, version, former) AS ( \
             SELECT place, version, former FROM version WHERE place = ?1 \
             UNION ALL SELECT v.place, v.version, v.former FROM past \
             JOIN version v ON v.place = past.former WHERE past.version > ?2) \
             SELECT place FROM past WHERE version = ?2) AS found \
         CROSS JOIN version v ON v.place = found.place \
         CROSS JOIN resource r ON r.number = v.resource",
        ""
    );
    pub(crate) const OF_PERSON: &str = select!(
        "v.body",
        "resource r INDEXED BY resource_of_person CROSS JOIN version v ON v.place = r.place",
        "WHERE r.state = 1 AND r.person IS NOT NULL AND r.person = ?1 \
         AND (1 << r.compartment) & ?2 LIMIT ?3"
    );
    pub(crate) const CHANGES: &str = select!(
        "NULL",
        "version v CROSS JOIN resource r ON r.number = v.resource",
        "WHERE v.place > coalesce((SELECT last_place FROM change_set \
             WHERE seq <= ?1 ORDER BY seq DESC LIMIT 1), 0) \
         AND (1 << v.compartment) & ?2 AND (1 << r.compartment) & ?2 \
         AND (?3 IS NULL OR v.compartment = 0 OR v.person = ?3) \
         AND (?3 IS NULL OR r.compartment = 0 OR r.person = ?3) ORDER BY v.place"
    );
    pub(crate) const OF_CHANGE: &str = select!(
        "NULL",
        "version v CROSS JOIN resource r ON r.number = v.resource",
        "WHERE v.place <= (SELECT last_place FROM change_set WHERE seq = ?1) \
         AND v.place > coalesce((SELECT last_place FROM change_set WHERE seq = ?1 - 1), 0) \
         ORDER BY v.place"
    );
    /// The whole change log with bodies, in the order of writing.
    pub(crate) const WALK: &str = select!(
        "v.body",
        "version v CROSS JOIN resource r ON r.number = v.resource",
        "ORDER BY v.place"
    );
    pub(crate) const HAS_WORDS: &str = "SELECT 1 FROM word WHERE rowid = ?1";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] =
        &[READ, CURRENT, BODY, READ_VERSION, OF_PERSON, CHANGES, OF_CHANGE, WALK, HAS_WORDS];
}
