//! The rows of the search index: the difference between two cards of a resource.

use manzil_fhir::search;
use manzil_store::card::{Amount, Card, Period};
use manzil_store::chain::{Hash, hash_text};
use manzil_store::finder::span;
use manzil_store::terms::FORMAT;

use crate::batch::column;
use crate::dictionary;
use crate::ids;
use crate::session::{Call, value};

/// The system of a reference.
pub(crate) const REFERENCE: i32 = -1;
/// The system of the beginning of a word.
pub(crate) const BEGINNING: i32 = -2;
/// Characters of a beginning that the index keeps; what is typed beyond is compared with the
/// record.
pub(crate) const BEGINNING_CHARACTERS_MAX: usize = 8;

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

/// The beginnings of the words of one resource, as they stand in the index.
pub(crate) fn beginnings(of_type: i32, words: &[String]) -> Vec<i64> {
    let of_type = u32::try_from(of_type).unwrap_or_default();
    let mut all = Vec::new();
    for word in words {
        let mut beginning = String::new();
        for letter in word.chars().take(BEGINNING_CHARACTERS_MAX) {
            beginning.push(letter);
            all.push(ids::beginning(of_type, &beginning));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// A row leads from a value to a resource in its home.
type Row<T> = (i64, i64, T);

/// Rows to be added or taken away.
#[derive(Debug, Default)]
struct Rows {
    tokens: Vec<Row<(i64, i32)>>,
    periods: Vec<Row<Period>>,
    amounts: Vec<Row<Amount>>,
    phrases: Vec<Row<(i32, Vec<u8>)>>,
}

/// What changes in the index.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    gone: Rows,
    new: Rows,
    /// Resources whose words are replaced.
    replaced: Vec<(i64, i64)>,
}

impl Changes {
    /// Adds the difference between two cards of one resource.
    pub(crate) fn card(&mut self, (home, resource): (i64, i64), old: &Card, new: &Card) {
        self.gone.card((home, resource), old, new);
        self.new.card((home, resource), new, old);
    }

    /// Adds the beginnings of words; `replaces` when there may be others already.
    pub(crate) fn words(&mut self, (home, resource): (i64, i64), words: &[i64], replaces: bool) {
        if replaces {
            self.replaced.push((home, resource));
        }
        self.new.tokens.extend(words.iter().map(|&word| (home, resource, (word, BEGINNING))));
    }

    /// The statements, what goes first.
    pub(crate) fn calls(&self, calls: &mut Vec<Call>) {
        if !self.replaced.is_empty() {
            calls.push(Call {
                statement: sql::DELETE_WORDS,
                values: vec![
                    column(&self.replaced, |it| it.0),
                    column(&self.replaced, |it| it.1),
                    value(BEGINNING),
                ],
            });
        }
        self.gone.calls(calls, sql::DELETE);
        self.new.calls(calls, sql::INSERT);
    }
}

impl Rows {
    /// What `of` has and `other` has not.
    fn card(&mut self, (home, resource): (i64, i64), of: &Card, other: &Card) {
        let tokens = of
            .tokens
            .difference(&other.tokens)
            .map(|it| (ids::word(it.parameter, it.code), dictionary::column(it.system)));
        let links = of.links.difference(&other.links);
        let links = links.map(|it| (ids::word(it.parameter, it.target), REFERENCE));
        self.tokens.extend(tokens.chain(links).map(|it| (home, resource, it)));
        let periods = of.periods.difference(&other.periods);
        self.periods.extend(periods.map(|it| (home, resource, *it)));
        let amounts = of.amounts.iter().filter(|it| !other.amounts.contains(it));
        self.amounts.extend(amounts.map(|it| (home, resource, *it)));
        let phrases = of
            .phrases
            .difference(&other.phrases)
            .map(|it| (dictionary::column(it.parameter), it.text.clone().into_bytes()));
        self.phrases.extend(phrases.map(|it| (home, resource, it)));
    }

    fn calls(&self, calls: &mut Vec<Call>, statements: [&'static str; 4]) {
        let [token, period, amount, phrase] = statements;
        if !self.tokens.is_empty() {
            let values = vec![
                column(&self.tokens, |it| it.0),
                column(&self.tokens, |it| it.1),
                column(&self.tokens, |it| it.2.0),
                column(&self.tokens, |it| it.2.1),
            ];
            calls.push(Call { statement: token, values });
        }
        if !self.periods.is_empty() {
            let values = vec![
                column(&self.periods, |it| it.0),
                column(&self.periods, |it| it.1),
                column(&self.periods, |it| dictionary::column(it.2.parameter)),
                column(&self.periods, |it| i16::from(span(it.2.from, it.2.until))),
                column(&self.periods, |it| it.2.from),
                column(&self.periods, |it| it.2.until),
            ];
            calls.push(Call { statement: period, values });
        }
        if !self.amounts.is_empty() {
            let wide = |it: &Amount| it.low.to_bits() != it.high.to_bits();
            let values = vec![
                column(&self.amounts, |it| it.0),
                column(&self.amounts, |it| it.1),
                column(&self.amounts, |it| dictionary::column(it.2.parameter)),
                column(&self.amounts, |it| dictionary::column(it.2.unit)),
                column(&self.amounts, |it| wide(&it.2)),
                column(&self.amounts, |it| it.2.low),
                column(&self.amounts, |it| it.2.high),
            ];
            calls.push(Call { statement: amount, values });
        }
        if !self.phrases.is_empty() {
            let values = vec![
                column(&self.phrases, |it| it.0),
                column(&self.phrases, |it| it.1),
                column(&self.phrases, |it| it.2.0),
                column(&self.phrases, |it| it.2.1.clone()),
            ];
            calls.push(Call { statement: phrase, values });
        }
    }
}

pub(crate) mod sql {
    pub(crate) const DELETE_WORDS: &str = "DELETE FROM token t \
         USING unnest($1::int8[], $2::int8[]) AS d (home, resource) \
         WHERE t.home = d.home AND t.resource = d.resource AND t.system = $3";
    const INSERT_TOKEN: &str = "INSERT INTO token (home, resource, word, system) \
         SELECT * FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::int4[]) \
         ON CONFLICT DO NOTHING";
    const DELETE_TOKEN: &str = "DELETE FROM token t \
         USING unnest($1::int8[], $2::int8[], $3::int8[], $4::int4[]) \
         AS d (home, resource, word, system) WHERE t.home = d.home \
         AND t.resource = d.resource AND t.word = d.word AND t.system = d.system";
    const INSERT_PERIOD: &str = "INSERT INTO period \
         (home, resource, parameter, span, starts, ends) SELECT * FROM unnest($1::int8[], \
         $2::int8[], $3::int4[], $4::int2[], $5::int8[], $6::int8[]) ON CONFLICT DO NOTHING";
    const DELETE_PERIOD: &str = "DELETE FROM period t USING unnest($1::int8[], \
         $2::int8[], $3::int4[], $4::int2[], $5::int8[], $6::int8[]) \
         AS d (home, resource, parameter, span, starts, ends) WHERE t.home = d.home \
         AND t.resource = d.resource AND t.parameter = d.parameter AND t.starts = d.starts \
         AND t.ends = d.ends";
    const INSERT_AMOUNT: &str = "INSERT INTO amount \
         (home, resource, parameter, unit, wide, low, high) SELECT * FROM unnest($1::int8[], \
         $2::int8[], $3::int4[], $4::int4[], $5::bool[], $6::float8[], $7::float8[]) \
         ON CONFLICT DO NOTHING";
    const DELETE_AMOUNT: &str = "DELETE FROM amount t USING unnest($1::int8[], \
         $2::int8[], $3::int4[], $4::int4[], $5::bool[], $6::float8[], $7::float8[]) \
         AS d (home, resource, parameter, unit, wide, low, high) WHERE t.home = d.home \
         AND t.resource = d.resource AND t.parameter = d.parameter AND t.unit = d.unit \
         AND t.low = d.low AND t.high = d.high";
    const INSERT_PHRASE: &str = "INSERT INTO phrase (home, resource, parameter, text) \
         SELECT * FROM unnest($1::int8[], $2::int8[], $3::int4[], $4::bytea[]) \
         ON CONFLICT DO NOTHING";
    const DELETE_PHRASE: &str = "DELETE FROM phrase t \
         USING unnest($1::int8[], $2::int8[], $3::int4[], $4::bytea[]) \
         AS d (home, resource, parameter, text) WHERE t.home = d.home \
         AND t.resource = d.resource AND t.parameter = d.parameter AND t.text = d.text";
    pub(crate) const INSERT: [&str; 4] =
        [INSERT_TOKEN, INSERT_PERIOD, INSERT_AMOUNT, INSERT_PHRASE];
    pub(crate) const DELETE: [&str; 4] =
        [DELETE_TOKEN, DELETE_PERIOD, DELETE_AMOUNT, DELETE_PHRASE];
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[DELETE_WORDS];
}
