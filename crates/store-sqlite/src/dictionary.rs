//! Short numbers for the words that recur in every row: types, parameters, persons, actors.
//!
//! The writer keeps the small dictionaries in memory. What it made is forgotten again
//! ([`Dictionary::forget`]) when the transaction in which it was made is rolled back.

use std::collections::BTreeMap;

use manzil_store::StoreError;
use rusqlite::{Connection, OptionalExtension, ToSql};

use crate::{fault, index};

/// The writer's numbers.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    types: BTreeMap<String, i64>,
    parameters: BTreeMap<(i64, &'static str), i64>,
    actors: BTreeMap<String, i64>,
}

/// Actors kept in memory; somebody who guesses account names must not fill it.
const ACTORS_MAX: usize = 10_000;

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

    pub(crate) fn parameter(
        &mut self,
        connection: &Connection,
        type_number: i64,
        name: &'static str,
    ) -> Result<i64, StoreError> {
        if let Some(&number) = self.parameters.get(&(type_number, name)) {
            return Ok(number);
        }
        let number = match find_parameter(connection, type_number, name)? {
            Some(number) => number,
            None => insert(connection, sql::INSERT_PARAMETER, &[&type_number, &name])?,
        };
        self.parameters.insert((type_number, name), number);
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
        if self.actors.len() >= ACTORS_MAX {
            self.actors.clear();
        }
        self.actors.insert(name.to_owned(), number);
        Ok(number)
    }

    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// A person's number, made when it is missing.
pub(crate) fn person(connection: &Connection, id: &str) -> Result<i64, StoreError> {
    match find_person(connection, id)? {
        Some(number) => Ok(number),
        None => insert(connection, sql::INSERT_PERSON, &[&id]),
    }
}

pub(crate) fn find_person(connection: &Connection, id: &str) -> Result<Option<i64>, StoreError> {
    find(connection, sql::FIND_PERSON, &[&id])
}

pub(crate) fn find_type(connection: &Connection, name: &str) -> Result<Option<i64>, StoreError> {
    find(connection, sql::FIND_TYPE, &[&name])
}

pub(crate) fn find_parameter(
    connection: &Connection,
    type_number: i64,
    name: &str,
) -> Result<Option<i64>, StoreError> {
    find(connection, sql::FIND_PARAMETER, &[&type_number, &name])
}

fn find(
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
    pub(crate) const FIND_PERSON: &str = "SELECT number FROM person WHERE id = ?1";
    pub(crate) const INSERT_PERSON: &str = "INSERT INTO person (id) VALUES (?1)";
    pub(crate) const FIND_ACTOR: &str = "SELECT number FROM actor WHERE name = ?1";
    pub(crate) const INSERT_ACTOR: &str = "INSERT INTO actor (name) VALUES (?1)";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[
        FIND_TYPE,
        INSERT_TYPE,
        FIND_PARAMETER,
        INSERT_PARAMETER,
        FIND_PERSON,
        INSERT_PERSON,
        FIND_ACTOR,
        INSERT_ACTOR,
    ];
}
