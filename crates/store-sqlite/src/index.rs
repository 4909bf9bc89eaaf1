//! The search index of a resource as rows: what is found under which parameter.
//!
//! The terms come from [`manzil_fhir::search`]; here they become numbers. Rows are never listed
//! by resource: when a resource changes, the terms of its former version are computed again and
//! the difference is written. That is why a type is indexed again when the program's search
//! parameters differ from those it was indexed with ([`fingerprint`]).

use std::collections::BTreeSet;

use manzil_fhir::Resource;
use manzil_fhir::search::{self, IndexValue, ParameterKind};
use manzil_store::StoreError;
use manzil_store::chain::{Hash, hash_text};
use rusqlite::{Connection, params};

use crate::dictionary::Dictionary;
use crate::fault;

/// Characters of a text that are kept for a search by its beginning.
pub(crate) const PHRASE_CHARACTERS_MAX: usize = 64;
/// Bytes of one word.
const WORD_BYTES_MAX: usize = 64;
/// Raised when this file makes other rows of the same terms.
const FORMAT: u32 = 1;

/// Everything under which one version of a resource is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Terms {
    tokens: BTreeSet<(&'static str, i64)>,
    phrases: BTreeSet<(&'static str, String)>,
    periods: BTreeSet<(&'static str, i64, i64)>,
    words: Vec<String>,
}

impl Terms {
    pub(crate) fn of(resource: &Resource) -> Self {
        let mut terms = Self { words: search::text_words(resource), ..Self::default() };
        terms.words.retain(|word| word.len() <= WORD_BYTES_MAX);
        terms.words.sort();
        for entry in search::index(resource) {
            // These two are columns, and the second is not known before the write.
            if matches!(entry.parameter, "_id" | "_lastUpdated") {
                continue;
            }
            for text in entry.tokens() {
                terms.tokens.insert((entry.parameter, token(&text)));
            }
            match entry.value {
                IndexValue::Text(text) => {
                    terms.phrases.insert((entry.parameter, phrase(&text)));
                }
                IndexValue::Date { from, to } => {
                    terms.periods.insert((entry.parameter, seconds(from), seconds(to)));
                }
                _ => {}
            }
        }
        terms
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = &'static str> + '_ {
        let tokens = self.tokens.iter().map(|each| each.0);
        let phrases = self.phrases.iter().map(|each| each.0);
        tokens.chain(phrases).chain(self.periods.iter().map(|each| each.0))
    }
}

/// An open side stays open.
fn seconds(milliseconds: i64) -> i64 {
    match milliseconds {
        i64::MIN | i64::MAX => milliseconds,
        _ => milliseconds.div_euclid(1000),
    }
}

/// The name under which a parameter of a type is stored.
pub(crate) fn stored<'a>(resource_type: &str, parameter: &'a str) -> &'a str {
    search::parameter(resource_type, parameter).map_or(parameter, |found| found.stored().0)
}

/// The number under which an exact token is stored.
pub(crate) fn token(text: &str) -> i64 {
    let hash = hash_text(text);
    hash.first_chunk().map_or(0, |first| i64::from_le_bytes(*first))
}

/// The part of a normalised text that is stored.
pub(crate) fn phrase(text: &str) -> String {
    text.chars().take(PHRASE_CHARACTERS_MAX).collect()
}

/// The smallest text after all that begin with `beginning`.
pub(crate) fn after_beginning(beginning: &str) -> String {
    format!("{beginning}\u{10FFFF}")
}

/// What kind a parameter of a type is, or none when the type does not have it.
pub(crate) fn kind(resource_type: &str, parameter: &str) -> Option<ParameterKind> {
    [resource_type, "Resource"]
        .iter()
        .flat_map(|of| search::parameters(of))
        .find(|each| each.name == parameter)
        .map(|each| each.kind)
}

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
    resource: i64,
    words: Option<String>,
}

/// Writes the difference between the terms of two versions of one resource.
pub(crate) fn write(
    connection: &Connection,
    dictionary: &mut Dictionary,
    (type_number, resource): (i64, i64),
    old: &Terms,
    new: &Terms,
) -> Result<Option<WordChange>, StoreError> {
    let mut run = |statement: &str, name, values: &[&dyn rusqlite::ToSql]| {
        let parameter = dictionary.parameter(connection, type_number, name)?;
        let mut statement = connection.prepare_cached(statement).map_err(fault::of_sqlite)?;
        let all: Vec<&dyn rusqlite::ToSql> = [&parameter as &dyn rusqlite::ToSql, &resource]
            .into_iter()
            .chain(values.iter().copied())
            .collect();
        statement.execute(all.as_slice()).map_err(fault::of_sqlite)
    };
    for (name, hash) in old.tokens.difference(&new.tokens) {
        run(sql::DELETE_TOKEN, name, &[hash])?;
    }
    for (name, hash) in new.tokens.difference(&old.tokens) {
        run(sql::INSERT_TOKEN, name, &[hash])?;
    }
    for (name, text) in old.phrases.difference(&new.phrases) {
        run(sql::DELETE_PHRASE, name, &[text])?;
    }
    for (name, text) in new.phrases.difference(&old.phrases) {
        run(sql::INSERT_PHRASE, name, &[text])?;
    }
    for (name, from, to) in old.periods.difference(&new.periods) {
        run(sql::DELETE_PERIOD, name, &[from, to])?;
    }
    for (name, from, to) in new.periods.difference(&old.periods) {
        run(sql::INSERT_PERIOD, name, &[from, to])?;
    }
    let words = match new.words.as_slice() {
        words if words == old.words.as_slice() => return Ok(None),
        [] => None,
        words => Some(typed_words(type_number, words)),
    };
    Ok(Some(WordChange { resource, words }))
}

/// Applies the changes to the text index, in order.
pub(crate) fn write_words(
    connection: &Connection,
    changes: &[WordChange],
) -> Result<(), StoreError> {
    for change in changes {
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
    pub(crate) const INSERT_TOKEN: &str =
        "INSERT OR IGNORE INTO token (parameter, resource, hash) VALUES (?1, ?2, ?3)";
    pub(crate) const DELETE_TOKEN: &str =
        "DELETE FROM token WHERE parameter = ?1 AND resource = ?2 AND hash = ?3";
    pub(crate) const INSERT_PHRASE: &str =
        "INSERT OR IGNORE INTO phrase (parameter, resource, text) VALUES (?1, ?2, ?3)";
    pub(crate) const DELETE_PHRASE: &str =
        "DELETE FROM phrase WHERE parameter = ?1 AND resource = ?2 AND text = ?3";
    pub(crate) const INSERT_PERIOD: &str =
        "INSERT OR IGNORE INTO period (parameter, resource, starts, ends) VALUES (?1, ?2, ?3, ?4)";
    pub(crate) const DELETE_PERIOD: &str =
        "DELETE FROM period WHERE parameter = ?1 AND resource = ?2 AND starts = ?3 AND ends = ?4";
    pub(crate) const REPLACE_WORDS: &str =
        "INSERT OR REPLACE INTO word (rowid, words) VALUES (?1, ?2)";
    pub(crate) const DELETE_WORDS: &str = "DELETE FROM word WHERE rowid = ?1";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[
        INSERT_TOKEN,
        DELETE_TOKEN,
        INSERT_PHRASE,
        DELETE_PHRASE,
        INSERT_PERIOD,
        DELETE_PERIOD,
        REPLACE_WORDS,
        DELETE_WORDS,
    ];
}
