//! Reading versions: by key, by number, by person, and along the change log.

use std::collections::BTreeSet;

use manzil_fhir::Resource;
use manzil_store::chain::hex;
use manzil_store::limits::{PAGE_BYTES_MAX, PAGE_ROWS_MAX, PERSON_ROWS_MAX};
use manzil_store::policy::Reach;
use manzil_store::{Key, Page, PageRequest, StoreError, Version, VersionMeta};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use crate::{code, dictionary, fault};

/// The people whom an answer or an attempt concerns, for its audit line.
pub(crate) type Concerned = BTreeSet<String>;

/// What the store knows of the current state of a resource.
struct Current {
    number: i64,
    person: Option<String>,
    compartment: manzil_journey::access::Compartment,
}

/// The current version.
pub(crate) fn read(
    connection: &Connection,
    reach: &Reach,
    key: &Key,
    concerned: &mut Concerned,
) -> Result<Option<Version>, StoreError> {
    let found = one(connection, sql::READ, params![key.resource_type, key.id])?;
    let Some(version) = found else { return Ok(None) };
    concerned.extend(version.meta.person.clone());
    reach.check(version.meta.compartment, version.meta.person.as_deref())?;
    Ok(Some(version))
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
    let Ok(version) = i64::try_from(version) else { return Ok(None) };
    let found = one(connection, sql::READ_VERSION, params![current.number, version])?;
    if let Some(found) = &found {
        concerned.extend(found.meta.person.clone());
        reach.check(found.meta.compartment, found.meta.person.as_deref())?;
    }
    Ok(found)
}

/// The versions of one resource that are within reach, newest first.
pub(crate) fn history(
    connection: &Connection,
    reach: &Reach,
    key: &Key,
    request: &PageRequest,
    concerned: &mut Concerned,
) -> Result<Page<Version>, StoreError> {
    let before = mark(request.after.as_deref())?.unwrap_or(i64::MAX);
    let Some(current) = current(connection, reach, key, concerned)? else {
        return Ok(Page { rows: Vec::new(), next: None, total: 0 });
    };
    let mask = code::mask(reach.compartments());
    let own = own_number(connection, reach)?;
    let total: i64 = connection
        .prepare_cached(sql::COUNT_HISTORY)
        .and_then(|mut found| found.query_row(params![current.number, mask, own], |row| row.get(0)))
        .map_err(fault::of_sqlite)?;
    let rows_max = request.rows_max.min(PAGE_ROWS_MAX);
    let values = params![current.number, mask, own, before, rows_max as i64 + 1];
    let (mut rows, full) = page_rows(connection, sql::HISTORY, values)?;
    concerned.extend(rows.iter().filter_map(|row| row.1.meta.person.clone()));
    let rows_max = if full { rows.len() - 1 } else { rows_max };
    let next = cut(&mut rows, rows_max, |row| row.1.meta.version.to_string());
    Ok(Page { rows: rows.into_iter().map(|row| row.1).collect(), next, total: code::count(total) })
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
        rows.push((row.get(13).map_err(fault::of_sqlite)?, version(row)?));
        bytes += body(row)?.len();
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

/// Reads the columns of `sql::columns!` without the body.
pub(crate) fn meta(row: &Row<'_>) -> Result<VersionMeta, StoreError> {
    let columns = || -> rusqlite::Result<_> {
        Ok((
            (row.get::<_, String>(0)?, row.get::<_, String>(1)?),
            (row.get::<_, i64>(2)?, row.get::<_, i64>(3)?, row.get::<_, i64>(4)?),
            (row.get(5)?, row.get::<_, i64>(6)?, row.get::<_, i64>(7)?),
            (row.get(8)?, row.get::<_, i64>(9)?, row.get::<_, Vec<u8>>(10)?),
        ))
    };
    let (key, (version, seq, at), (actor, role, purpose), (person, compartment, hash)) =
        columns().map_err(fault::of_sqlite)?;
    Ok(VersionMeta {
        key: Key::new(key.0, key.1),
        version: code::count(version),
        seq: code::count(seq),
        at: code::time(at)?,
        actor,
        role: code::role(role)?,
        purpose: code::purpose(purpose)?,
        person,
        compartment: code::compartment(compartment)?,
        hash: hex(&code::hash(&hash)?),
    })
}

/// The stored JSON text.
pub(crate) fn body<'a>(row: &'a Row<'_>) -> Result<&'a str, StoreError> {
    row.get_ref(11)
        .map_err(fault::of_sqlite)?
        .as_str()
        .map_err(|_| fault::damaged("a stored body is not text"))
}

/// Reads a stored JSON text.
pub(crate) fn parse(body: &str) -> Result<Resource, StoreError> {
    Resource::parse(body)
        .map_err(|error| fault::damaged(format!("a stored body cannot be read: {error}")))
}

fn version(row: &Row<'_>) -> Result<Version, StoreError> {
    Ok(Version { meta: meta(row)?, resource: parse(body(row)?)? })
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
    let found = connection
        .prepare_cached(sql::CURRENT)
        .and_then(|mut statement| {
            let columns = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?, row.get(2)?));
            statement.query_row(params![key.resource_type, key.id], columns).optional()
        })
        .map_err(fault::of_sqlite)?;
    let Some((number, compartment, person)) = found else { return Ok(None) };
    let current = Current { number, person, compartment: code::compartment(compartment)? };
    concerned.extend(current.person.clone());
    reach.check(current.compartment, current.person.as_deref())?;
    Ok(Some(current))
}

pub(crate) mod sql {
    /// The columns that [`super::meta`], [`super::body`] and `page_rows` read, after `$from`.
    macro_rules! select {
        ($body:literal, $from:literal, $rest:literal) => {
            concat!(
                "SELECT t.name, r.id, v.version, v.seq, c.at, a.name, c.role, c.purpose, p.id, \
                 v.compartment, v.hash, ",
                $body,
                ", v.place, r.number FROM ",
                $from,
                " CROSS JOIN resource_type t ON t.number = r.type \
                 CROSS JOIN change_set c ON c.seq = v.seq \
                 CROSS JOIN actor a ON a.number = c.actor \
                 LEFT JOIN person p ON p.number = v.person ",
                $rest
            )
        };
    }
    pub(crate) use select;

    pub(crate) const READ: &str = select!(
        "v.body",
        "resource r CROSS JOIN version v ON v.place = r.place",
        "WHERE r.type = (SELECT number FROM resource_type WHERE name = ?1) AND r.id = ?2"
    );
    pub(crate) const CURRENT: &str = "SELECT r.number, r.compartment, p.id FROM resource r \
         LEFT JOIN person p ON p.number = r.person \
         WHERE r.type = (SELECT number FROM resource_type WHERE name = ?1) AND r.id = ?2";
    pub(crate) const READ_VERSION: &str = select!(
        "v.body",
        "version v CROSS JOIN resource r ON r.number = v.resource",
        "WHERE v.resource = ?1 AND v.version = ?2"
    );
    pub(crate) const COUNT_HISTORY: &str = "SELECT count(*) FROM version v WHERE v.resource = ?1 \
         AND (1 << v.compartment) & ?2 AND (?3 IS NULL OR v.compartment = 0 OR v.person = ?3)";
    /// Column 13 is the number of the resource, as everywhere; the mark is the version.
    pub(crate) const HISTORY: &str = select!(
        "v.body",
        "version v CROSS JOIN resource r ON r.number = v.resource",
        "WHERE v.resource = ?1 AND (1 << v.compartment) & ?2 \
         AND (?3 IS NULL OR v.compartment = 0 OR v.person = ?3) AND v.version < ?4 \
         ORDER BY v.version DESC LIMIT ?5"
    );
    pub(crate) const OF_PERSON: &str = select!(
        "v.body",
        "resource r INDEXED BY resource_of_person CROSS JOIN version v ON v.place = r.place",
        "WHERE r.person = ?1 AND (1 << r.compartment) & ?2 ORDER BY t.name, r.id LIMIT ?3"
    );
    pub(crate) const CHANGES: &str = select!(
        "NULL",
        "version v INDEXED BY version_of_change CROSS JOIN resource r ON r.number = v.resource",
        "WHERE v.seq > ?1 AND (1 << v.compartment) & ?2 AND (1 << r.compartment) & ?2 \
         AND (?3 IS NULL OR v.compartment = 0 OR v.person = ?3) \
         AND (?3 IS NULL OR r.compartment = 0 OR r.person = ?3) ORDER BY v.seq, v.place"
    );
    pub(crate) const OF_CHANGE: &str = select!(
        "NULL",
        "version v INDEXED BY version_of_change CROSS JOIN resource r ON r.number = v.resource",
        "WHERE v.seq = ?1 ORDER BY v.place"
    );
    /// The whole change log with bodies, in the order of writing.
    pub(crate) const WALK: &str = select!(
        "v.body",
        "version v CROSS JOIN resource r ON r.number = v.resource",
        "ORDER BY v.place"
    );
    #[cfg(test)]
    pub(crate) const ALL: &[&str] =
        &[READ, CURRENT, READ_VERSION, COUNT_HISTORY, HISTORY, OF_PERSON, CHANGES, OF_CHANGE, WALK];
}
