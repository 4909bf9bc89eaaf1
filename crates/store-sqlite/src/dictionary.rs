//! Short numbers for the words that recur in every row: types, parameters, code systems, units,
//! actors, and the resources that others point to.
//!
//! The writer keeps what it used lately in memory. What it made is forgotten again
//! ([`Dictionary::forget`]) when the transaction in which it was made is rolled back.

use std::collections::BTreeMap;

use manzil_store::terms::{Numbers, Unit};
use manzil_store::{Key, StoreError};
use rusqlite::{Connection, OptionalExtension, ToSql};

use crate::ids::Id;
use crate::{fault, index};

/// The writer's numbers.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    types: BTreeMap<String, i64>,
    parameters: BTreeMap<(i64, &'static str), u32>,
    actors: BTreeMap<String, i64>,
    systems: BTreeMap<String, u32>,
    units: BTreeMap<Unit, u32>,
    resources: BTreeMap<Key, i64>,
}

/// Words of each kind kept in memory; whoever invents words must not fill it.
const WORDS_MAX: usize = 20_000;

impl Dictionary {
    pub(crate) fn resource_type(
        &mut self,
        connection: &Connection,
        name: &str,
    ) -> Result<i64, StoreError> {
        if let Some(&number) = self.types.get(name) {
            return Ok(number);
        }
        let number = match find_type(connection, name)? {
            Some(number) => number,
            None => insert(connection, sql::INSERT_TYPE, &[&name, &index::fingerprint(name)])?,
        };
        self.types.insert(name.to_owned(), number);
        Ok(number)
    }

    pub(crate) fn actor(&mut self, connection: &Connection, name: &str) -> Result<i64, StoreError> {
        if let Some(&number) = self.actors.get(name) {
            return Ok(number);
        }
        let number = match find(connection, sql::FIND_ACTOR, &[&name])? {
            Some(number) => number,
            None => insert(connection, sql::INSERT_ACTOR, &[&name])?,
        };
        keep(&mut self.actors, name.to_owned(), number);
        Ok(number)
    }

    /// The number of a resource, given when it is first mentioned.
    pub(crate) fn resource(
        &mut self,
        connection: &Connection,
        key: &Key,
    ) -> Result<i64, StoreError> {
        if let Some(&number) = self.resources.get(key) {
            return Ok(number);
        }
        let of_type = self.resource_type(connection, &key.resource_type)?;
        let id = Id(&key.id);
        let number = match find(connection, sql::FIND_RESOURCE, &[&of_type, &id])? {
            Some(number) => number,
            None => insert(connection, sql::INSERT_MENTIONED, &[&of_type, &id])?,
        };
        keep(&mut self.resources, key.clone(), number);
        Ok(number)
    }

    /// The number of a person.
    pub(crate) fn person(&mut self, connection: &Connection, id: &str) -> Result<i64, StoreError> {
        self.resource(connection, &Key::new("Patient", id))
    }

    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

fn keep<K: Ord, V>(words: &mut BTreeMap<K, V>, word: K, number: V) {
    if words.len() >= WORDS_MAX {
        words.clear();
    }
    words.insert(word, number);
}

/// The numbers for the index card of a resource of one type.
pub(crate) struct OfType<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) dictionary: &'a mut Dictionary,
    pub(crate) type_number: i64,
}

impl Numbers for OfType<'_> {
    fn parameter(&mut self, name: &'static str) -> Result<u32, StoreError> {
        let word = (self.type_number, name);
        if let Some(&number) = self.dictionary.parameters.get(&word) {
            return Ok(number);
        }
        let number = match find(self.connection, sql::FIND_PARAMETER, &[&self.type_number, &name])?
        {
            Some(number) => number,
            None => insert(self.connection, sql::INSERT_PARAMETER, &[&self.type_number, &name])?,
        };
        let number = small(number)?;
        self.dictionary.parameters.insert(word, number);
        Ok(number)
    }

    fn system(&mut self, uri: &str) -> Result<u32, StoreError> {
        if let Some(&number) = self.dictionary.systems.get(uri) {
            return Ok(number);
        }
        let number = match find(self.connection, sql::FIND_SYSTEM, &[&uri])? {
            Some(number) => number,
            None => insert(self.connection, sql::INSERT_SYSTEM, &[&uri])?,
        };
        let number = small(number)?;
        keep(&mut self.dictionary.systems, uri.to_owned(), number);
        Ok(number)
    }

    fn unit(&mut self, unit: &Unit) -> Result<u32, StoreError> {
        if let Some(&number) = self.dictionary.units.get(unit) {
            return Ok(number);
        }
        let name = unit_name(unit);
        let number = match find(self.connection, sql::FIND_UNIT, &[&name])? {
            Some(number) => number,
            None => insert(self.connection, sql::INSERT_UNIT, &[&name])?,
        };
        let number = small(number)?;
        keep(&mut self.dictionary.units, unit.clone(), number);
        Ok(number)
    }

    fn target(&mut self, key: &Key) -> Result<i64, StoreError> {
        self.dictionary.resource(self.connection, key)
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

pub(crate) fn small(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| fault::damaged(format!("the number of a word: {number}")))
}

pub(crate) fn find_resource(connection: &Connection, key: &Key) -> Result<Option<i64>, StoreError> {
    let Some(of_type) = find_type(connection, &key.resource_type)? else { return Ok(None) };
    find(connection, sql::FIND_RESOURCE, &[&of_type, &Id(&key.id)])
}

pub(crate) fn find_person(connection: &Connection, id: &str) -> Result<Option<i64>, StoreError> {
    find_resource(connection, &Key::new("Patient", id))
}

pub(crate) fn find_type(connection: &Connection, name: &str) -> Result<Option<i64>, StoreError> {
    find(connection, sql::FIND_TYPE, &[&name])
}

pub(crate) fn find(
    connection: &Connection,
    statement: &str,
    values: &[&dyn ToSql],
) -> Result<Option<i64>, StoreError> {
    connection
        .prepare_cached(statement)
        .and_then(|mut statement| statement.query_row(values, |row| row.get(0)).optional())
        .map_err(fault::of_sqlite)
}

fn insert(
    connection: &Connection,
    statement: &str,
    values: &[&dyn ToSql],
) -> Result<i64, StoreError> {
    connection
        .prepare_cached(statement)
        .and_then(|mut statement| statement.insert(values))
        .map_err(fault::of_sqlite)
}

pub(crate) mod sql {
    pub(crate) const FIND_TYPE: &str = "SELECT number FROM resource_type WHERE name = ?1";
    pub(crate) const INSERT_TYPE: &str =
        "INSERT INTO resource_type (name, indexed_with) VALUES (?1, ?2)";
    pub(crate) const FIND_PARAMETER: &str =
        "SELECT number FROM parameter WHERE type = ?1 AND name = ?2";
    pub(crate) const INSERT_PARAMETER: &str = "INSERT INTO parameter (type, name) VALUES (?1, ?2)";
    pub(crate) const FIND_SYSTEM: &str = "SELECT number FROM system WHERE uri = ?1";
    pub(crate) const INSERT_SYSTEM: &str = "INSERT INTO system (uri) VALUES (?1)";
    pub(crate) const FIND_UNIT: &str = "SELECT number FROM unit WHERE name = ?1";
    pub(crate) const INSERT_UNIT: &str = "INSERT INTO unit (name) VALUES (?1)";
    pub(crate) const FIND_RESOURCE: &str =
        "SELECT number FROM resource WHERE type = ?1 AND id = ?2";
    pub(crate) const INSERT_MENTIONED: &str = "INSERT INTO resource \
         (type, id, compartment, state, version, place, at, card) \
         VALUES (?1, ?2, 0, 0, 0, 0, 0, x'')";
    pub(crate) const FIND_ACTOR: &str = "SELECT number FROM actor WHERE name = ?1";
    pub(crate) const INSERT_ACTOR: &str = "INSERT INTO actor (name) VALUES (?1)";
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
        FIND_RESOURCE,
        INSERT_MENTIONED,
        FIND_ACTOR,
        INSERT_ACTOR,
    ];
}
