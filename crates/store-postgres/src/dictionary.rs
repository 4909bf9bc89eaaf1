//! Short numbers for the words that recur in every row: types, parameters, code systems, units
//! and actors.
//!
//! The writer keeps what it used lately in memory. What it made is forgotten again
//! ([`Dictionary::forget`]) when the transaction in which it was made is rolled back. Readers
//! keep what they have read ([`Words`]): a number is never given to another word.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use manzil_store::terms::{Numbers, Unit};
use manzil_store::{Key, StoreError};
use tokio_postgres::types::ToSql;

use crate::session::{Session, get};
use crate::{fault, ids, index};

/// The tables that have no home because every machine needs them whole. On Citus they are
/// reference tables.
#[cfg(test)]
pub(crate) const TABLES: &[&str] = &["resource_type", "actor", "parameter", "system", "unit"];

/// Words of each kind kept in memory; whoever invents words must not fill it.
const WORDS_MAX: usize = 20_000;

/// The writer's numbers.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    types: BTreeMap<String, i32>,
    parameters: BTreeMap<(i32, &'static str), i32>,
    actors: BTreeMap<String, i32>,
    systems: BTreeMap<String, i32>,
    units: BTreeMap<Unit, i32>,
}

impl Dictionary {
    pub(crate) fn resource_type(
        &mut self,
        session: &Session,
        name: &str,
    ) -> Result<i32, StoreError> {
        let fingerprint = index::fingerprint(name);
        number(&mut self.types, name.to_owned(), || {
            let found = (sql::FIND_TYPE, sql::INSERT_TYPE);
            let bytes = name.as_bytes();
            given(session, found, &[&bytes], &[&bytes, &fingerprint.as_slice()])
        })
    }

    pub(crate) fn actor(&mut self, session: &Session, name: &str) -> Result<i32, StoreError> {
        number(&mut self.actors, name.to_owned(), || {
            let bytes = name.as_bytes();
            given(session, (sql::FIND_ACTOR, sql::INSERT_ACTOR), &[&bytes], &[&bytes])
        })
    }

    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// The number in memory, or the one that `ask` gives.
fn number<K: Ord>(
    words: &mut BTreeMap<K, i32>,
    word: K,
    ask: impl FnOnce() -> Result<i32, StoreError>,
) -> Result<i32, StoreError> {
    if let Some(&number) = words.get(&word) {
        return Ok(number);
    }
    let number = ask()?;
    if words.len() >= WORDS_MAX {
        words.clear();
    }
    words.insert(word, number);
    Ok(number)
}

/// The number of a word, given when it is new.
fn given(
    session: &Session,
    (find, insert): (&str, &str),
    asked: &[&(dyn ToSql + Sync)],
    written: &[&(dyn ToSql + Sync)],
) -> Result<i32, StoreError> {
    match session.first(find, asked)? {
        Some(row) => get(&row, 0),
        None => session.one(insert, written),
    }
}

/// The numbers for the index card of a resource of one type.
pub(crate) struct OfType<'a> {
    pub(crate) session: &'a Session,
    pub(crate) dictionary: &'a mut Dictionary,
    pub(crate) type_number: i32,
}

impl Numbers for OfType<'_> {
    fn parameter(&mut self, name: &'static str) -> Result<u32, StoreError> {
        let (session, of_type) = (self.session, self.type_number);
        let found = number(&mut self.dictionary.parameters, (of_type, name), || {
            let bytes = name.as_bytes();
            let values: [&(dyn ToSql + Sync); 2] = [&of_type, &bytes];
            given(session, (sql::FIND_PARAMETER, sql::INSERT_PARAMETER), &values, &values)
        })?;
        small(found)
    }

    fn system(&mut self, uri: &str) -> Result<u32, StoreError> {
        let session = self.session;
        let found = number(&mut self.dictionary.systems, uri.to_owned(), || {
            let bytes = uri.as_bytes();
            given(session, (sql::FIND_SYSTEM, sql::INSERT_SYSTEM), &[&bytes], &[&bytes])
        })?;
        small(found)
    }

    fn unit(&mut self, unit: &Unit) -> Result<u32, StoreError> {
        let session = self.session;
        let found = number(&mut self.dictionary.units, unit.clone(), || {
            let name = unit_name(unit).into_bytes();
            given(session, (sql::FIND_UNIT, sql::INSERT_UNIT), &[&name], &[&name])
        })?;
        small(found)
    }

    fn target(&mut self, key: &Key) -> Result<i64, StoreError> {
        Ok(ids::number(key))
    }
}

fn unit_name(unit: &Unit) -> String {
    serde_json::json!([unit.system, unit.code, unit.printed, unit.canonical]).to_string()
}

/// Reads the name of a unit.
pub(crate) fn unit(name: &str) -> Result<Unit, StoreError> {
    serde_json::from_str(name)
        .map(|(system, code, printed, canonical)| Unit { system, code, printed, canonical })
        .map_err(|_| fault::damaged(format!("the name of a unit: {name}")))
}

pub(crate) fn small(number: i32) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| fault::damaged(format!("the number of a word: {number}")))
}

/// A number as it stands in a column.
pub(crate) fn column(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// What readers have read of the dictionaries.
#[derive(Debug, Default)]
pub(crate) struct Words(RwLock<BTreeMap<Asked, u32>>);

/// A statement, the type of a parameter, and a word.
type Asked = (&'static str, i32, Vec<u8>);

impl Words {
    /// The number of a word; `of` is the type of a parameter, and 0 otherwise.
    pub(crate) fn find(
        &self,
        session: &Session,
        statement: &'static str,
        of: i32,
        word: &[u8],
    ) -> Result<Option<u32>, StoreError> {
        let key = (statement, of, word.to_vec());
        if let Some(&number) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Some(number));
        }
        let row = if of == 0 {
            session.first(statement, &[&word])?
        } else {
            session.first(statement, &[&of, &word])?
        };
        let Some(row) = row else { return Ok(None) };
        let number = small(get(&row, 0)?)?;
        let mut words = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if words.len() >= WORDS_MAX {
            words.clear();
        }
        words.insert(key, number);
        Ok(Some(number))
    }

    pub(crate) fn resource_type(
        &self,
        session: &Session,
        name: &str,
    ) -> Result<Option<u32>, StoreError> {
        self.find(session, sql::FIND_TYPE, 0, name.as_bytes())
    }
}

pub(crate) mod sql {
    pub(crate) const FIND_TYPE: &str = "SELECT number FROM resource_type WHERE name = $1";
    pub(crate) const INSERT_TYPE: &str = "INSERT INTO resource_type (number, name, indexed_with) \
         SELECT coalesce(max(number), 0) + 1, $1, $2 FROM resource_type RETURNING number";
    pub(crate) const FIND_PARAMETER: &str =
        "SELECT number FROM parameter WHERE type = $1 AND name = $2";
    pub(crate) const INSERT_PARAMETER: &str = "INSERT INTO parameter (number, type, name) \
         SELECT coalesce(max(number), 0) + 1, $1, $2 FROM parameter RETURNING number";
    pub(crate) const FIND_SYSTEM: &str =
        "SELECT number FROM system WHERE sha256(uri) = sha256($1) AND uri = $1";
    pub(crate) const INSERT_SYSTEM: &str = "INSERT INTO system (number, uri) \
         SELECT coalesce(max(number), 0) + 1, $1 FROM system RETURNING number";
    pub(crate) const FIND_UNIT: &str =
        "SELECT number FROM unit WHERE sha256(name) = sha256($1) AND name = $1";
    pub(crate) const INSERT_UNIT: &str = "INSERT INTO unit (number, name) \
         SELECT coalesce(max(number), 0) + 1, $1 FROM unit RETURNING number";
    pub(crate) const FIND_ACTOR: &str = "SELECT number FROM actor WHERE name = $1";
    pub(crate) const INSERT_ACTOR: &str = "INSERT INTO actor (number, name) \
         SELECT coalesce(max(number), 0) + 1, $1 FROM actor RETURNING number";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[
        FIND_TYPE,
        INSERT_TYPE,
        FIND_PARAMETER,
        INSERT_PARAMETER,
        FIND_SYSTEM,
        INSERT_SYSTEM,
        FIND_UNIT,
        INSERT_UNIT,
        FIND_ACTOR,
        INSERT_ACTOR,
    ];
}
