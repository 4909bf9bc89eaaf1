//! Building the search index of a type again, when this program indexes it differently from
//! the one that wrote the file.

use jiff::Timestamp;
use manzil_store::StoreError;
use manzil_store::body::BodyText;
use manzil_store::card::Card;
use manzil_store::terms::Terms;
use rusqlite::Connection;

use crate::dictionary::{Dictionary, OfType};
use crate::fault;
use crate::index::{self, WordChange};

/// Brings the index of every stored type to the search parameters of this program.
pub(crate) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    for (number, name) in stale(connection)? {
        tracing::info!(resource_type = name, "building the search index again");
        let transaction = connection.transaction().map_err(fault::of_sqlite)?;
        rebuild(&transaction, number, &name)?;
        transaction.commit().map_err(fault::of_sqlite)?;
    }
    Ok(())
}

fn stale(connection: &Connection) -> Result<Vec<(i64, String)>, StoreError> {
    let mut statement = connection.prepare(sql::TYPES).map_err(fault::of_sqlite)?;
    let mut rows = statement.query([]).map_err(fault::of_sqlite)?;
    let mut stale = Vec::new();
    while let Some(row) = rows.next().map_err(fault::of_sqlite)? {
        let name: String = row.get(1).map_err(fault::of_sqlite)?;
        let indexed_with: Vec<u8> = row.get(2).map_err(fault::of_sqlite)?;
        if indexed_with != index::fingerprint(&name) {
            stale.push((row.get(0).map_err(fault::of_sqlite)?, name));
        }
    }
    Ok(stale)
}

fn rebuild(connection: &Connection, number: i64, name: &str) -> Result<(), StoreError> {
    for statement in sql::CLEAR {
        connection.execute(statement, [number]).map_err(fault::of_sqlite)?;
    }
    let mut dictionary = Dictionary::default();
    let mut statement = connection.prepare(sql::BODIES).map_err(fault::of_sqlite)?;
    let mut rows = statement.query([number]).map_err(fault::of_sqlite)?;
    while let Some(row) = rows.next().map_err(fault::of_sqlite)? {
        let resource: i64 = row.get(0).map_err(fault::of_sqlite)?;
        let packed: Vec<u8> = row.get(1).map_err(fault::of_sqlite)?;
        let body = BodyText::unpack(&packed)?.at(1, Timestamp::UNIX_EPOCH);
        let terms = Terms::of(&body.resource()?);
        let mut numbers = OfType { connection, dictionary: &mut dictionary, type_number: number };
        let card = terms.card(&mut numbers)?;
        index::write(connection, resource, &Card::default(), &card)?;
        connection
            .prepare_cached(sql::SET_CARD)
            .and_then(|mut set| set.execute(rusqlite::params![resource, card.to_bytes()]))
            .map_err(fault::of_sqlite)?;
        if !terms.words.is_empty() {
            let words = Some(index::typed_words(number, &terms.words));
            index::write_words(connection, &[WordChange { resource, words }])?;
        }
    }
    connection
        .execute(sql::MARK, rusqlite::params![number, index::fingerprint(name)])
        .map(|_| ())
        .map_err(fault::of_sqlite)
}

pub(crate) mod sql {
    pub(crate) const TYPES: &str = "SELECT number, name, indexed_with FROM resource_type";
    pub(crate) const CLEAR: [&str; 6] = [
        "DELETE FROM token WHERE parameter IN (SELECT number FROM parameter WHERE type = ?1)",
        "DELETE FROM link WHERE parameter IN (SELECT number FROM parameter WHERE type = ?1)",
        "DELETE FROM period WHERE parameter IN (SELECT number FROM parameter WHERE type = ?1)",
        "DELETE FROM amount WHERE parameter IN (SELECT number FROM parameter WHERE type = ?1)",
        "DELETE FROM phrase WHERE parameter IN (SELECT number FROM parameter WHERE type = ?1)",
        "DELETE FROM word WHERE rowid IN (SELECT number FROM resource WHERE type = ?1)",
    ];
    pub(crate) const BODIES: &str = "SELECT r.number, v.body FROM resource r \
         CROSS JOIN version v ON v.place = r.place WHERE r.type = ?1 AND r.state = 1 \
         ORDER BY r.number";
    pub(crate) const SET_CARD: &str = "UPDATE resource SET card = ?2 WHERE number = ?1";
    pub(crate) const MARK: &str = "UPDATE resource_type SET indexed_with = ?2 WHERE number = ?1";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[TYPES, BODIES, SET_CARD, MARK];
}
