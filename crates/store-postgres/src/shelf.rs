//! The index as the shared search sees it: ranges in order, rows, bodies, and the past.

pub(crate) mod walk;

use std::cell::RefCell;
use std::collections::BTreeMap;

use manzil_store::body::BodyText;
use manzil_store::card::Card;
use manzil_store::finder::{Mark, Range, Row, Shelf, Walk};
use manzil_store::limits::MOMENT_CHANGES_MAX;
use manzil_store::terms::{Numbers, Terms, Unit};
use manzil_store::{Body, Key, StoreError};

use crate::dictionary::{self, Words, small};
use crate::session::{Session, get, text};
use crate::{code, fault, heads, ids};

/// Bodies that are fetched together with one that is asked for.
const BODIES_AHEAD: usize = 64;

/// One moment of the store.
pub(crate) struct PostgresShelf<'c> {
    session: &'c Session,
    words: &'c Words,
    person_ids: RefCell<BTreeMap<i64, Option<String>>>,
    /// The rows that were given last, or will be read: their bodies may be asked for next.
    given: RefCell<Vec<i64>>,
    bodies: RefCell<BTreeMap<(i64, u64), Vec<u8>>>,
}

impl<'c> PostgresShelf<'c> {
    pub(crate) fn new(session: &'c Session, words: &'c Words) -> Self {
        let (person_ids, given, bodies) = Default::default();
        Self { session, words, person_ids, given, bodies }
    }

    /// Reads the columns of [`sql::CURRENT_ROW`].
    fn row(&self, row: &tokio_postgres::Row) -> Result<Row, StoreError> {
        let person: Option<i64> = get(row, 4)?;
        if let Some(person) = person {
            let id: Option<&[u8]> = get(row, 10)?;
            let id = id.map(ids::read).transpose()?;
            self.person_ids.borrow_mut().insert(person, id);
        }
        Ok(Row {
            number: get(row, 0)?,
            of_type: small(get(row, 1)?)?,
            key: Key::new(text(row, 2)?, ids::read(get(row, 3)?)?),
            person,
            compartment: code::compartment(get(row, 5)?)?,
            version: code::count(get(row, 6)?),
            place: get(row, 7)?,
            at: get(row, 8)?,
            card: get(row, 9)?,
        })
    }

    /// A row of the past, whose packed body stands for its card; none when it was deleted then.
    fn past(&self, columns: &tokio_postgres::Row) -> Result<Option<(Row, Body)>, StoreError> {
        let mut row = self.row(columns)?;
        let packed = std::mem::take(&mut row.card);
        if packed.is_empty() {
            return Ok(None);
        }
        let body = BodyText::unpack(&packed)?.at(row.version, code::time(row.at)?);
        row.card = self.card(&body, row.of_type)?.to_bytes();
        Ok(Some((row, body)))
    }

    fn card(&self, body: &Body, of_type: u32) -> Result<Card, StoreError> {
        Terms::of(&body.resource()?).card(&mut Known { shelf: self, of_type })
    }

    /// Fetches the body of a row, and those of the rows that were given after it.
    fn fetch(&self, row: &Row) -> Result<(), StoreError> {
        let numbers: Vec<i64> = {
            let given = self.given.borrow();
            let at = given.iter().position(|number| *number == row.number);
            let ahead = given.iter().skip(at.unwrap_or(given.len())).take(BODIES_AHEAD);
            std::iter::once(row.number).chain(ahead.copied()).collect()
        };
        let mut bodies = self.bodies.borrow_mut();
        bodies.clear();
        for found in self.session.query(sql::BODIES, &[&numbers])? {
            bodies.insert((get(&found, 0)?, code::count(get(&found, 1)?)), get(&found, 2)?);
        }
        Ok(())
    }
}

impl Shelf for PostgresShelf<'_> {
    fn type_number(&self, name: &str) -> Result<Option<u32>, StoreError> {
        self.words.resource_type(self.session, name)
    }

    fn types(&self) -> Result<Vec<(u32, String)>, StoreError> {
        let rows = self.session.query(sql::TYPES, &[])?;
        rows.iter().map(|row| Ok((small(get(row, 0)?)?, text(row, 1)?))).collect()
    }

    fn parameter_number(&self, of_type: u32, name: &str) -> Result<Option<u32>, StoreError> {
        let of_type = dictionary::column(of_type);
        self.words.find(self.session, dictionary::sql::FIND_PARAMETER, of_type, name.as_bytes())
    }

    fn system_number(&self, uri: &str) -> Result<Option<u32>, StoreError> {
        self.words.find(self.session, dictionary::sql::FIND_SYSTEM, 0, uri.as_bytes())
    }

    fn systems_of(&self, parameter: u32, code: i64) -> Result<Vec<u32>, StoreError> {
        let word = ids::word(parameter, code);
        let rows = self.session.query(sql::SYSTEMS, &[&word])?;
        rows.iter().map(|row| small(get(row, 0)?)).collect()
    }

    fn units(&self) -> Result<Vec<(u32, Unit)>, StoreError> {
        let rows = self.session.query(sql::UNITS, &[])?;
        rows.iter()
            .map(|row| Ok((small(get(row, 0)?)?, dictionary::unit(&text(row, 1)?)?)))
            .collect()
    }

    fn number_of(&self, key: &Key) -> Result<Option<i64>, StoreError> {
        Ok(Some(ids::number(key)))
    }

    fn count(&self, range: &Range, rows_max: usize) -> Result<usize, StoreError> {
        let asked = walk::counted(range, rows_max);
        let rows: i64 = self.session.one(&asked.statement, &asked.values())?;
        Ok(usize::try_from(rows).unwrap_or_default())
    }

    fn walk(&self, walk: &Walk<'_>) -> Result<Vec<Mark>, StoreError> {
        let asked = walk::walked(walk);
        let rows = self.session.query(&asked.statement, &asked.values())?;
        rows.iter().map(|row| asked.mark(row)).collect()
    }

    fn among(&self, range: &Range, numbers: &[i64]) -> Result<Vec<i64>, StoreError> {
        let asked = walk::among(range, numbers);
        let rows = self.session.query(&asked.statement, &asked.values())?;
        rows.iter().map(|row| get(row, 0)).collect()
    }

    fn rows(&self, numbers: &[i64]) -> Result<Vec<Row>, StoreError> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = BTreeMap::new();
        for row in self.session.query(sql::CURRENT_ROW, &[&numbers])? {
            let row = self.row(&row)?;
            found.insert(row.number, row);
        }
        let rows: Vec<Row> =
            numbers.iter().filter_map(|number| found.get(number).cloned()).collect();
        *self.given.borrow_mut() = rows.iter().map(|row| row.number).collect();
        Ok(rows)
    }

    fn body(&self, row: &Row) -> Result<Body, StoreError> {
        let key = (row.number, row.version);
        if !self.bodies.borrow().contains_key(&key) {
            self.fetch(row)?;
        }
        let bodies = self.bodies.borrow();
        let packed = bodies.get(&key);
        let packed = packed.ok_or_else(|| fault::damaged(format!("{} has no body", row.key)))?;
        Ok(BodyText::unpack(packed)?.at(row.version, code::time(row.at)?))
    }

    fn will_read(&self, numbers: &[i64]) {
        *self.given.borrow_mut() = numbers.to_vec();
    }

    fn person_id(&self, person: i64) -> Result<Option<String>, StoreError> {
        if let Some(id) = self.person_ids.borrow().get(&person) {
            return Ok(id.clone());
        }
        let row = self.session.first(sql::PERSON_ID, &[&person])?;
        let id = row.map(|row| get(&row, 0).and_then(ids::read)).transpose()?;
        self.person_ids.borrow_mut().insert(person, id.clone());
        Ok(id)
    }

    fn last_place(&self) -> Result<i64, StoreError> {
        self.session.one(heads::sql::LAST_PLACE, &[])
    }

    fn place_before(&self, milliseconds: i64) -> Result<i64, StoreError> {
        place_before(self.session, milliseconds)
    }

    fn changed_since(&self, place: i64) -> Result<Vec<(Row, Body)>, StoreError> {
        let since = self.last_place()?.saturating_sub(place);
        if code::count(since) > MOMENT_CHANGES_MAX {
            return Err(StoreError::Expired);
        }
        let found = self.session.query(sql::CHANGED_SINCE, &[&place])?;
        let mut rows = Vec::new();
        for row in &found {
            rows.extend(self.past(row)?);
        }
        Ok(rows)
    }
}

/// The last place that was written before a time in milliseconds.
pub(crate) fn place_before(session: &Session, milliseconds: i64) -> Result<i64, StoreError> {
    match session.first(sql::PLACE_BEFORE, &[&milliseconds])? {
        Some(row) => get(&row, 0),
        None => Ok(0),
    }
}

/// Numbers of words that the index has; others get the number 0, which nothing asks for.
struct Known<'a, 'c> {
    shelf: &'a PostgresShelf<'c>,
    of_type: u32,
}

impl Numbers for Known<'_, '_> {
    fn parameter(&mut self, name: &'static str) -> Result<u32, StoreError> {
        Ok(self.shelf.parameter_number(self.of_type, name)?.unwrap_or_default())
    }

    fn system(&mut self, uri: &str) -> Result<u32, StoreError> {
        Ok(self.shelf.system_number(uri)?.unwrap_or_default())
    }

    fn unit(&mut self, unit: &Unit) -> Result<u32, StoreError> {
        let all = self.shelf.units()?;
        Ok(all.into_iter().find(|each| each.1 == *unit).map_or(0, |each| each.0))
    }

    fn target(&mut self, key: &Key) -> Result<i64, StoreError> {
        Ok(ids::number(key))
    }
}

pub(crate) mod sql {
    /// The limit within keeps the plan to one jump for each number: without statistics PostgreSQL
    /// expects that a number stands for hundreds of rows, and walks all of an index instead.
    pub(crate) const CURRENT_ROW: &str = "SELECT r.number, r.type, t.name, r.id, r.person, \
         r.compartment, r.version, r.place, r.at, r.card, p.id \
         FROM unnest($1::int8[]) AS asked (number) CROSS JOIN LATERAL \
             (SELECT * FROM resource f WHERE f.number = asked.number LIMIT 4) r \
         JOIN resource_type t ON t.number = r.type LEFT JOIN person p ON p.home = r.person \
         WHERE r.state = 1";
    pub(crate) const BODIES: &str = "SELECT r.number, v.version, v.body \
         FROM unnest($1::int8[]) AS asked (number) CROSS JOIN LATERAL \
             (SELECT * FROM resource f WHERE f.number = asked.number LIMIT 4) r \
         JOIN version v ON v.home = r.home AND v.resource = r.number AND v.version = r.version";
    /// The versions that were current at a place and are not any more.
    pub(crate) const CHANGED_SINCE: &str = "SELECT r.number, r.type, t.name, r.id, v.person, \
         v.compartment, v.version, v.place, v.at, v.body, p.id \
         FROM (SELECT DISTINCT home, resource FROM version WHERE place > $1 AND version > 1) c \
         CROSS JOIN LATERAL (SELECT * FROM version f WHERE f.home = c.home \
             AND f.resource = c.resource AND f.place <= $1 ORDER BY f.version DESC LIMIT 1) v \
         JOIN resource r ON r.home = v.home AND r.number = v.resource \
         JOIN resource_type t ON t.number = r.type LEFT JOIN person p ON p.home = v.person";
    pub(crate) const PLACE_BEFORE: &str = "SELECT last_place FROM change_set \
         WHERE home = (SELECT home FROM node) AND at < $1 ORDER BY at DESC, seq DESC LIMIT 1";
    pub(crate) const TYPES: &str = "SELECT number, name FROM resource_type";
    pub(crate) const UNITS: &str = "SELECT number, name FROM unit";
    pub(crate) const PERSON_ID: &str = "SELECT id FROM person WHERE home = $1";
    /// One jump for each system, however many resources have the code.
    pub(crate) const SYSTEMS: &str = "WITH RECURSIVE s (system) AS ( \
         (SELECT system FROM token WHERE word = $1 AND system > -1 ORDER BY system LIMIT 1) \
         UNION ALL SELECT (SELECT k.system FROM token k WHERE k.word = $1 AND k.system > s.system \
             ORDER BY k.system LIMIT 1) FROM s WHERE s.system IS NOT NULL) \
         SELECT system FROM s WHERE system IS NOT NULL";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] =
        &[CURRENT_ROW, BODIES, CHANGED_SINCE, PLACE_BEFORE, TYPES, UNITS, PERSON_ID, SYSTEMS];
}
