//! The rows of the search index: the difference between two cards of a resource.

use std::collections::BTreeSet;

use manzil_fhir::search;
use manzil_store::StoreError;
use manzil_store::card::Card;
use manzil_store::chain::{Hash, hash_text};
use manzil_store::finder::span;
use manzil_store::terms::FORMAT;
use rusqlite::{CachedStatement, Connection, params};

use crate::fault;

/// Tells whether a type was indexed by the same search parameters and the same normalisation.
pub(crate) fn fingerprint(resource_type: &str) -> Hash {
    const SAMPLE: &str = "Ní Bhriain-Müller, João ὈΔΥΣΣΕΎΣ Łukasz ЁЛКИН أَحْمَد علی አበበ 王小明 ๑٣";
    hash_text(&format!(
        "{FORMAT} {:?} {:?} {:?} {:?}",
        search::parameters(resource_type),
        search::parameters("Resource"),
        search::words(SAMPLE),
        search::normalise_text(SAMPLE),
    ))
}

/// The words of one resource as the text index stores them: each with its type in front.
pub(crate) fn typed_words(type_number: i64, words: &[String]) -> String {
    let mark = type_mark(type_number);
    words.iter().map(|word| format!("{mark}{word}")).collect::<Vec<_>>().join(" ")
}

/// The query that finds resources of a type which have a word for each beginning.
pub(crate) fn match_words(type_number: i64, beginnings: &[String]) -> String {
    let mark = type_mark(type_number);
    let terms = beginnings.iter().map(|word| format!("\"{mark}{}\"*", word.replace('"', "\"\"")));
    terms.collect::<Vec<_>>().join(" AND ")
}

/// One private-use character for each resource type.
fn type_mark(type_number: i64) -> char {
    u32::try_from(type_number)
        .ok()
        .and_then(|number| char::from_u32(0xE000 + number % 0x1000))
        .unwrap_or('\u{E000}')
}

/// A change to the text index. It is applied once at the end of a group of change sets, because
/// the text index writes a segment of its own at each savepoint.
#[derive(Clone, Debug)]
pub(crate) struct WordChange {
    pub(crate) resource: i64,
    pub(crate) words: Option<String>,
}

/// Writes the difference between two cards of one resource.
pub(crate) fn write(
    connection: &Connection,
    resource: i64,
    old: &Card,
    new: &Card,
) -> Result<(), StoreError> {
    write_tokens(connection, resource, (old, sql::DELETE_TOKEN), new)?;
    write_tokens(connection, resource, (new, sql::INSERT_TOKEN), old)?;
    write_links(connection, resource, (old, sql::DELETE_LINK), new)?;
    write_links(connection, resource, (new, sql::INSERT_LINK), old)?;
    write_periods(connection, resource, (old, sql::DELETE_PERIOD), new)?;
    write_periods(connection, resource, (new, sql::INSERT_PERIOD), old)?;
    write_amounts(connection, resource, (old, sql::DELETE_AMOUNT), new)?;
    write_amounts(connection, resource, (new, sql::INSERT_AMOUNT), old)?;
    write_phrases(connection, resource, (old, sql::DELETE_PHRASE), new)?;
    write_phrases(connection, resource, (new, sql::INSERT_PHRASE), old)
}

/// A card and the statement for its rows that another card does not have.
type Rows<'a> = (&'a Card, &'static str);

/// Runs one statement for each of the rows; it is fetched when there is a first one.
fn each_row<T>(
    connection: &Connection,
    statement: &str,
    mut rows: impl Iterator<Item = T>,
    run: impl Fn(&mut CachedStatement<'_>, T) -> rusqlite::Result<usize>,
) -> Result<(), StoreError> {
    let Some(first) = rows.next() else { return Ok(()) };
    let mut statement = connection.prepare_cached(statement).map_err(fault::of_sqlite)?;
    for row in std::iter::once(first).chain(rows) {
        run(&mut statement, row).map_err(fault::of_sqlite)?;
    }
    Ok(())
}

fn write_tokens(
    connection: &Connection,
    resource: i64,
    (card, statement): Rows<'_>,
    other: &Card,
) -> Result<(), StoreError> {
    let rows = card.tokens.difference(&other.tokens);
    each_row(connection, statement, rows, |statement, each| {
        statement.execute((each.parameter, each.code, each.system, resource))
    })
}

fn write_links(
    connection: &Connection,
    resource: i64,
    (card, statement): Rows<'_>,
    other: &Card,
) -> Result<(), StoreError> {
    let rows = card.links.difference(&other.links);
    each_row(connection, statement, rows, |statement, each| {
        statement.execute((each.parameter, each.target, resource))
    })
}

fn write_periods(
    connection: &Connection,
    resource: i64,
    (card, statement): Rows<'_>,
    other: &Card,
) -> Result<(), StoreError> {
    let rows = card.periods.difference(&other.periods);
    each_row(connection, statement, rows, |statement, each| {
        let span = span(each.from, each.until);
        statement.execute((each.parameter, span, each.from, resource, each.until))
    })
}

fn write_amounts(
    connection: &Connection,
    resource: i64,
    (card, statement): Rows<'_>,
    other: &Card,
) -> Result<(), StoreError> {
    let rows = card.amounts.iter().filter(|each| !other.amounts.contains(each));
    each_row(connection, statement, rows, |statement, each| {
        let wide = each.low.to_bits() != each.high.to_bits();
        statement.execute((each.parameter, each.unit, wide, each.low, resource, each.high))
    })
}

fn write_phrases(
    connection: &Connection,
    resource: i64,
    (card, statement): Rows<'_>,
    other: &Card,
) -> Result<(), StoreError> {
    let rows = card.phrases.difference(&other.phrases);
    each_row(connection, statement, rows, |statement, each| {
        statement.execute((each.parameter, &each.text, resource))
    })
}

/// Applies the changes to the text index, in order.
pub(crate) fn write_words(
    connection: &Connection,
    changes: &[WordChange],
) -> Result<(), StoreError> {
    // Of several changes to one resource the last one counts.
    let mut done = BTreeSet::new();
    for change in changes.iter().rev().filter(|change| done.insert(change.resource)) {
        let done = match &change.words {
            Some(words) => connection
                .prepare_cached(sql::REPLACE_WORDS)
                .and_then(|mut statement| statement.execute(params![change.resource, words])),
            None => connection
                .prepare_cached(sql::DELETE_WORDS)
                .and_then(|mut statement| statement.execute([change.resource])),
        };
        done.map_err(fault::of_sqlite)?;
    }
    Ok(())
}

pub(crate) mod sql {
    pub(crate) const INSERT_TOKEN: &str = "INSERT OR IGNORE INTO token VALUES (?1, ?2, ?3, ?4)";
    pub(crate) const DELETE_TOKEN: &str = "DELETE FROM token \
         WHERE parameter = ?1 AND code = ?2 AND system = ?3 AND resource = ?4";
    pub(crate) const INSERT_LINK: &str = "INSERT OR IGNORE INTO link VALUES (?1, ?2, ?3)";
    pub(crate) const DELETE_LINK: &str =
        "DELETE FROM link WHERE parameter = ?1 AND target = ?2 AND resource = ?3";
    pub(crate) const INSERT_PERIOD: &str =
        "INSERT OR IGNORE INTO period VALUES (?1, ?2, ?3, ?4, ?5)";
    pub(crate) const DELETE_PERIOD: &str = "DELETE FROM period WHERE parameter = ?1 \
         AND span = ?2 AND starts = ?3 AND resource = ?4 AND ends = ?5";
    pub(crate) const INSERT_AMOUNT: &str =
        "INSERT OR IGNORE INTO amount VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    pub(crate) const DELETE_AMOUNT: &str = "DELETE FROM amount WHERE parameter = ?1 \
         AND unit = ?2 AND wide = ?3 AND low = ?4 AND resource = ?5 AND high = ?6";
    pub(crate) const INSERT_PHRASE: &str = "INSERT OR IGNORE INTO phrase VALUES (?1, ?2, ?3)";
    pub(crate) const DELETE_PHRASE: &str =
        "DELETE FROM phrase WHERE parameter = ?1 AND text = ?2 AND resource = ?3";
    pub(crate) const REPLACE_WORDS: &str =
        "INSERT OR REPLACE INTO word (rowid, words) VALUES (?1, ?2)";
    pub(crate) const DELETE_WORDS: &str = "DELETE FROM word WHERE rowid = ?1";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[
        INSERT_TOKEN,
        DELETE_TOKEN,
        INSERT_LINK,
        DELETE_LINK,
        INSERT_PERIOD,
        DELETE_PERIOD,
        INSERT_AMOUNT,
        DELETE_AMOUNT,
        INSERT_PHRASE,
        DELETE_PHRASE,
        REPLACE_WORDS,
        DELETE_WORDS,
    ];
}
