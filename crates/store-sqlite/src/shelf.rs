//! The index as the shared search sees it: ranges in order, rows, bodies, and the past.

use std::cell::RefCell;
use std::collections::BTreeMap;

use manzil_store::body::BodyText;
use manzil_store::card::Card;
use manzil_store::finder::{Mark, Range, Row, Shelf, SortValue, Walk};
use manzil_store::limits::MOMENT_CHANGES_MAX;
use manzil_store::terms::{Numbers, Terms, Unit};
use manzil_store::{Body, Key, StoreError};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use crate::dictionary::{self, find, small};
use crate::{code, fault, ids, index, records};

/// One moment of the file.
pub(crate) struct SqliteShelf<'c> {
    connection: &'c Connection,
    type_names: RefCell<BTreeMap<u32, String>>,
    person_ids: RefCell<BTreeMap<i64, Option<String>>>,
}

impl<'c> SqliteShelf<'c> {
    pub(crate) fn new(connection: &'c Connection) -> Self {
        Self { connection, type_names: RefCell::default(), person_ids: RefCell::default() }
    }

    fn type_name(&self, number: u32) -> Result<String, StoreError> {
        if let Some(name) = self.type_names.borrow().get(&number) {
            return Ok(name.clone());
        }
        let name: String = self.one(sql::TYPE_NAME, &[&number])?;
        self.type_names.borrow_mut().insert(number, name.clone());
        Ok(name)
    }

    fn one<T: rusqlite::types::FromSql>(
        &self,
        statement: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<T, StoreError> {
        self.connection
            .prepare_cached(statement)
            .and_then(|mut found| found.query_row(values, |row| row.get(0)))
            .map_err(fault::of_sqlite)
    }

    fn list<T>(
        &self,
        statement: &str,
        values: Vec<Value>,
        mut read: impl FnMut(&rusqlite::Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(statement).map_err(fault::of_sqlite)?;
        let mut found = statement.query(params_from_iter(values)).map_err(fault::of_sqlite)?;
        let mut all = Vec::new();
        while let Some(row) = found.next().map_err(fault::of_sqlite)? {
            all.push(read(row)?);
        }
        Ok(all)
    }

    /// Reads the columns of [`sql::ROW`].
    fn row(&self, row: &rusqlite::Row<'_>) -> Result<Row, StoreError> {
        let columns = || -> rusqlite::Result<_> {
            Ok((
                (row.get::<_, i64>(0)?, row.get::<_, u32>(1)?, row.get(3)?),
                (row.get::<_, i64>(4)?, row.get::<_, i64>(5)?, row.get(6)?),
                (row.get(7)?, row.get(8)?),
            ))
        };
        let ((number, of_type, person), (compartment, version, place), (at, card)) =
            columns().map_err(fault::of_sqlite)?;
        Ok(Row {
            number,
            of_type,
            key: Key::new(self.type_name(of_type)?, ids::id(row, 2)?),
            person,
            compartment: code::compartment(compartment)?,
            version: code::count(version),
            place,
            at,
            card,
        })
    }

    /// The version of a resource that was current at a place, unless it was deleted then.
    fn at_place(&self, number: i64, place: i64) -> Result<Option<(Row, Body)>, StoreError> {
        let mut statement =
            self.connection.prepare_cached(sql::VERSION_AT).map_err(fault::of_sqlite)?;
        let mut found =
            statement.query(rusqlite::params![number, place]).map_err(fault::of_sqlite)?;
        let Some(columns) = found.next().map_err(fault::of_sqlite)? else { return Ok(None) };
        let mut row = self.row(columns)?;
        let packed: Vec<u8> = std::mem::take(&mut row.card);
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
}

impl Shelf for SqliteShelf<'_> {
    fn type_number(&self, name: &str) -> Result<Option<u32>, StoreError> {
        dictionary::find_type(self.connection, name)?.map(small).transpose()
    }

    fn types(&self) -> Result<Vec<(u32, String)>, StoreError> {
        self.list(sql::TYPES, Vec::new(), |row| {
            Ok((row.get(0).map_err(fault::of_sqlite)?, row.get(1).map_err(fault::of_sqlite)?))
        })
    }

    fn parameter_number(&self, of_type: u32, name: &str) -> Result<Option<u32>, StoreError> {
        let found = find(self.connection, dictionary::sql::FIND_PARAMETER, &[&of_type, &name])?;
        found.map(small).transpose()
    }

    fn system_number(&self, uri: &str) -> Result<Option<u32>, StoreError> {
        find(self.connection, dictionary::sql::FIND_SYSTEM, &[&uri])?.map(small).transpose()
    }

    fn systems_of(&self, parameter: u32, code: i64) -> Result<Vec<u32>, StoreError> {
        let mut systems = Vec::new();
        let mut after = -1_i64;
        while let Some(next) =
            find(self.connection, sql::NEXT_SYSTEM, &[&parameter, &code, &after])?
        {
            systems.push(small(next)?);
            after = next;
        }
        Ok(systems)
    }

    fn units(&self) -> Result<Vec<(u32, Unit)>, StoreError> {
        self.list(sql::UNITS, Vec::new(), |row| {
            let name: String = row.get(1).map_err(fault::of_sqlite)?;
            Ok((row.get(0).map_err(fault::of_sqlite)?, dictionary::unit(&name)?))
        })
    }

    fn number_of(&self, key: &Key) -> Result<Option<i64>, StoreError> {
        dictionary::find_resource(self.connection, key)
    }

    fn count(&self, range: &Range, rows_max: usize) -> Result<usize, StoreError> {
        let (clause, mut values) = clause(range);
        values.push(limit(rows_max));
        let statement = format!("SELECT count(*) FROM (SELECT 1 FROM {clause} LIMIT ?)");
        let mut found = self.connection.prepare_cached(&statement).map_err(fault::of_sqlite)?;
        let rows: i64 = found
            .query_row(params_from_iter(values), |row| row.get(0))
            .map_err(fault::of_sqlite)?;
        Ok(usize::try_from(rows).unwrap_or_default())
    }

    fn walk(&self, walk: &Walk<'_>) -> Result<Vec<Mark>, StoreError> {
        let (statement, values, keyed) = walked(walk);
        self.list(&statement, values, |row| {
            let number = row.get(0).map_err(fault::of_sqlite)?;
            let key = match keyed {
                Keyed::Not => None,
                Keyed::Integer => Some(SortValue::Integer(row.get(1).map_err(fault::of_sqlite)?)),
                Keyed::Real => Some(SortValue::Real(row.get(1).map_err(fault::of_sqlite)?)),
                Keyed::Text => Some(SortValue::Text(row.get(1).map_err(fault::of_sqlite)?)),
            };
            Ok(Mark { key, number })
        })
    }

    fn among(&self, range: &Range, numbers: &[i64]) -> Result<Vec<i64>, StoreError> {
        let (clause, values) = clause(range);
        let (number, ..) = columns(range);
        let statement = format!("SELECT 1 FROM {clause} AND {number} = ?");
        let mut statement = self.connection.prepare_cached(&statement).map_err(fault::of_sqlite)?;
        let mut found = Vec::with_capacity(numbers.len());
        for number in numbers {
            let number_too = Value::Integer(*number);
            let values = values.iter().chain(std::iter::once(&number_too));
            if statement.exists(params_from_iter(values)).map_err(fault::of_sqlite)? {
                found.push(*number);
            }
        }
        Ok(found)
    }

    fn rows(&self, numbers: &[i64]) -> Result<Vec<Row>, StoreError> {
        let mut statement =
            self.connection.prepare_cached(sql::CURRENT_ROW).map_err(fault::of_sqlite)?;
        let mut rows = Vec::with_capacity(numbers.len());
        for number in numbers {
            let mut found = statement.query([number]).map_err(fault::of_sqlite)?;
            if let Some(row) = found.next().map_err(fault::of_sqlite)? {
                rows.push(self.row(row)?);
            }
        }
        Ok(rows)
    }

    fn body(&self, row: &Row) -> Result<Body, StoreError> {
        let packed: Vec<u8> = self.one(records::sql::BODY, &[&row.place])?;
        Ok(BodyText::unpack(&packed)?.at(row.version, code::time(row.at)?))
    }

    /// Reading one after the other costs the same here.
    fn will_read(&self, _: &[i64]) {}

    fn person_id(&self, person: i64) -> Result<Option<String>, StoreError> {
        if let Some(id) = self.person_ids.borrow().get(&person) {
            return Ok(id.clone());
        }
        let mut statement =
            self.connection.prepare_cached(sql::RESOURCE_ID).map_err(fault::of_sqlite)?;
        let mut found = statement.query([person]).map_err(fault::of_sqlite)?;
        let id = match found.next().map_err(fault::of_sqlite)? {
            Some(row) => Some(ids::id(row, 0)?),
            None => None,
        };
        self.person_ids.borrow_mut().insert(person, id.clone());
        Ok(id)
    }

    fn last_place(&self) -> Result<i64, StoreError> {
        self.one(crate::heads::sql::LAST_PLACE, &[])
    }

    fn place_before(&self, milliseconds: i64) -> Result<i64, StoreError> {
        self.connection
            .prepare_cached(sql::PLACE_BEFORE)
            .and_then(|mut found| found.query_row([milliseconds], |row| row.get(0)).optional())
            .map(Option::unwrap_or_default)
            .map_err(fault::of_sqlite)
    }

    fn changed_since(&self, place: i64) -> Result<Vec<(Row, Body)>, StoreError> {
        let since = self.last_place()?.saturating_sub(place);
        if code::count(since) > MOMENT_CHANGES_MAX {
            return Err(StoreError::Expired);
        }
        let number = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0).map_err(fault::of_sqlite);
        let numbers = self.list(sql::CHANGED_SINCE, vec![place.into()], number)?;
        let mut rows = Vec::new();
        for number in numbers {
            rows.extend(self.at_place(number, place)?);
        }
        Ok(rows)
    }
}

/// Numbers of words that the index has; others get the number 0, which nothing asks for.
struct Known<'a, 'c> {
    shelf: &'a SqliteShelf<'c>,
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
        Ok(self.shelf.number_of(key)?.unwrap_or(-1))
    }
}

/// Everything after `FROM`, with its values in order.
fn clause(range: &Range) -> (&'static str, Vec<Value>) {
    match range {
        Range::Token { parameter, code, system } => {
            (sql::OF_TOKEN, vec![(*parameter).into(), (*code).into(), (*system).into()])
        }
        Range::Link { parameter, target } => {
            (sql::OF_LINK, vec![(*parameter).into(), (*target).into()])
        }
        Range::Type { of } => (sql::OF_TYPE, vec![(*of).into()]),
        Range::Everything => (sql::OF_ALL, Vec::new()),
        Range::Person { person } => (sql::OF_PERSON, vec![(*person).into()]),
        Range::Words { of, beginnings } => {
            (sql::OF_WORDS, vec![index::match_words((*of).into(), beginnings).into()])
        }
        Range::Period { parameter, span, from, before } => (
            sql::OF_PERIOD,
            vec![(*parameter).into(), (*span).into(), (*from).into(), (*before).into()],
        ),
        Range::Amount { parameter, unit, wide, from, to } => (
            sql::OF_AMOUNT,
            vec![(*parameter).into(), (*unit).into(), (*wide).into(), (*from).into(), (*to).into()],
        ),
        Range::Phrase { parameter, from, before } => match before {
            Some(before) => (
                sql::OF_PHRASE,
                vec![(*parameter).into(), from.clone().into(), before.clone().into()],
            ),
            None => (sql::OF_PHRASE_FROM, vec![(*parameter).into(), from.clone().into()]),
        },
        Range::Written { of: Some(of), after } => {
            (sql::OF_WRITTEN_TYPE, vec![(*after).into(), (*of).into()])
        }
        Range::Written { of: None, after } => (sql::OF_WRITTEN, vec![(*after).into()]),
    }
}

/// What the key of a mark is.
#[derive(Clone, Copy)]
enum Keyed {
    Not,
    Integer,
    Real,
    Text,
}

/// The statement of a walk: the number, and the key if there is one.
fn walked(walk: &Walk<'_>) -> (String, Vec<Value>, Keyed) {
    let (clause, mut values) = clause(walk.range);
    let (number, key, keyed) = columns(walk.range);
    let Some(key) = key else {
        values.push(walk.after.map_or(i64::MIN, |after| after.number).into());
        values.push(limit(walk.rows_max));
        let statement =
            format!("SELECT {number} FROM {clause} AND {number} > ? ORDER BY {number} LIMIT ?");
        return (statement, values, keyed);
    };
    let (sign, order) = if walk.descending { ("<", "DESC") } else { (">", "ASC") };
    let mut after = String::new();
    if let Some(mark) = walk.after {
        after = format!("AND ({key}, {number}) {sign} (?, ?)");
        values.push(match &mark.key {
            Some(SortValue::Integer(number)) => (*number).into(),
            Some(SortValue::Real(number)) => (*number).into(),
            Some(SortValue::Text(text)) => text.clone().into(),
            Some(SortValue::Last) | None => Value::Null,
        });
        values.push(mark.number.into());
    }
    values.push(limit(walk.rows_max));
    let statement = format!(
        "SELECT {number}, {key} FROM {clause} {after} ORDER BY {key} {order}, {number} {order} \
         LIMIT ?"
    );
    (statement, values, keyed)
}

/// The columns of the number and of the key.
fn columns(range: &Range) -> (&'static str, Option<&'static str>, Keyed) {
    match range {
        Range::Token { .. } | Range::Link { .. } => ("k.resource", None, Keyed::Not),
        Range::Type { .. } | Range::Everything | Range::Person { .. } => {
            ("k.number", None, Keyed::Not)
        }
        Range::Words { .. } => ("k.rowid", None, Keyed::Not),
        Range::Period { .. } => ("k.resource", Some("k.starts"), Keyed::Integer),
        Range::Amount { .. } => ("k.resource", Some("k.low"), Keyed::Real),
        Range::Phrase { .. } => ("k.resource", Some("k.text"), Keyed::Text),
        Range::Written { .. } => ("k.resource", Some("k.place"), Keyed::Integer),
    }
}

fn limit(rows_max: usize) -> Value {
    i64::try_from(rows_max).unwrap_or(i64::MAX).into()
}

pub(crate) mod sql {
    /// The columns that `SqliteShelf::row` reads.
    macro_rules! row {
        ($person:literal, $compartment:literal, $version:literal, $place:literal, $at:literal,
         $card:literal, $rest:literal) => {
            concat!(
                "SELECT r.number, r.type, r.id, ",
                $person,
                ", ",
                $compartment,
                ", ",
                $version,
                ", ",
                $place,
                ", ",
                $at,
                ", ",
                $card,
                " FROM ",
                $rest
            )
        };
    }

    pub(crate) const CURRENT_ROW: &str = row!(
        "r.person",
        "r.compartment",
        "r.version",
        "r.place",
        "r.at",
        "r.card",
        "resource r WHERE r.number = ?1 AND r.state = 1"
    );
    /// The version of a resource that was current at a place; its body stands for its card.
    pub(crate) const VERSION_AT: &str = row!(
        "v.person",
        "v.compartment",
        "v.version",
        "v.place",
        "c.at",
        "v.body",
        "(WITH RECURSIVE past (place, former) AS ( \
             SELECT v.place, v.former FROM resource r JOIN version v ON v.place = r.place \
             WHERE r.number = ?1 \
             UNION ALL SELECT v.place, v.former FROM past JOIN version v ON v.place = past.former \
             WHERE past.place > ?2) \
             SELECT place FROM past WHERE place <= ?2 LIMIT 1) AS found \
         CROSS JOIN version v ON v.place = found.place \
         CROSS JOIN resource r ON r.number = v.resource \
         CROSS JOIN change_set c ON c.seq = v.seq"
    );
    pub(crate) const CHANGED_SINCE: &str =
        "SELECT DISTINCT resource FROM version WHERE place > ?1 AND version > 1";
    pub(crate) const PLACE_BEFORE: &str = "SELECT last_place FROM change_set \
         WHERE at < ?1 ORDER BY at DESC, seq DESC LIMIT 1";
    pub(crate) const TYPE_NAME: &str = "SELECT name FROM resource_type WHERE number = ?1";
    pub(crate) const TYPES: &str = "SELECT number, name FROM resource_type";
    pub(crate) const UNITS: &str = "SELECT number, name FROM unit";
    pub(crate) const RESOURCE_ID: &str = "SELECT id FROM resource WHERE number = ?1";
    pub(crate) const NEXT_SYSTEM: &str = "SELECT system FROM token \
         WHERE parameter = ?1 AND code = ?2 AND system > ?3 ORDER BY system LIMIT 1";
    pub(super) const OF_TOKEN: &str =
        "token k WHERE k.parameter = ? AND k.code = ? AND k.system = ?";
    pub(super) const OF_LINK: &str = "link k WHERE k.parameter = ? AND k.target = ?";
    pub(super) const OF_TYPE: &str =
        "resource k INDEXED BY resource_of_type WHERE k.state = 1 AND k.type = ?";
    pub(super) const OF_ALL: &str = "resource k NOT INDEXED WHERE k.state = 1";
    pub(super) const OF_PERSON: &str = "resource k INDEXED BY resource_of_person \
         WHERE k.state = 1 AND k.person IS NOT NULL AND k.person = ?";
    pub(super) const OF_WORDS: &str = "word k WHERE k.word MATCH ?";
    pub(super) const OF_PERIOD: &str = "period k \
         WHERE k.parameter = ? AND k.span = ? AND k.starts >= ? AND k.starts < ?";
    pub(super) const OF_AMOUNT: &str = "amount k WHERE k.parameter = ? AND k.unit = ? \
         AND k.wide = ? AND k.low >= ? AND k.low <= ?";
    pub(super) const OF_PHRASE: &str =
        "phrase k WHERE k.parameter = ? AND k.text >= ? AND k.text < ?";
    pub(super) const OF_PHRASE_FROM: &str = "phrase k WHERE k.parameter = ? AND k.text >= ?";
    pub(super) const OF_WRITTEN: &str = "version k CROSS JOIN resource r \
         ON r.number = k.resource WHERE k.place > ? AND r.place = k.place AND r.state = 1";
    pub(super) const OF_WRITTEN_TYPE: &str = "version k CROSS JOIN resource r \
         ON r.number = k.resource WHERE k.place > ? AND r.place = k.place AND r.state = 1 \
         AND r.type = ?";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[
        CURRENT_ROW,
        VERSION_AT,
        CHANGED_SINCE,
        PLACE_BEFORE,
        TYPE_NAME,
        TYPES,
        UNITS,
        RESOURCE_ID,
        NEXT_SYSTEM,
    ];
}

#[cfg(test)]
mod tests;
