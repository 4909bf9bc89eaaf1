//! Everything under which one version of a resource is found, in words.
//!
//! [`Terms::of`] can be made before a write's turn comes; an engine then turns the words into its
//! own numbers ([`Terms::card`]) and keeps the resulting [`Card`].

use manzil_fhir::Resource;
use manzil_fhir::reference::Reference;
use manzil_fhir::search::{self, IndexValue};

use crate::card::{Amount, Card, Link, Period, Phrase, Token};
use crate::chain::hash_text;
use crate::change::Key;
use crate::error::StoreError;

/// Characters of a text that the index keeps. What is asked of a longer one is decided by its
/// body.
pub const PHRASE_CHARACTERS_MAX: usize = 128;
/// Bytes of one word of the text index.
pub const WORD_BYTES_MAX: usize = 64;
/// Raised when the same resource gets other rows than before; engines then build their index
/// again.
pub const FORMAT: u32 = 3;

/// Everything under which a resource is found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    tokens: Vec<(&'static str, Option<String>, i64)>,
    links: Vec<(&'static str, Key)>,
    periods: Vec<(&'static str, i64, i64)>,
    amounts: Vec<(&'static str, Option<Unit>, f64, f64)>,
    phrases: Vec<(&'static str, String)>,
    /// The words by which it is found while typing, sorted.
    pub words: Vec<String>,
}

/// A unit as it is written on quantities.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit {
    pub system: Option<String>,
    pub code: Option<String>,
    /// As printed.
    pub printed: Option<String>,
    /// Of the same quantity in UCUM base units, whose code is `code`.
    pub canonical: bool,
}

/// The numbers that an engine gives to words.
pub trait Numbers {
    /// The number of a search parameter of the type that is being written.
    fn parameter(&mut self, name: &'static str) -> Result<u32, StoreError>;
    /// The number of a code system, not 0.
    fn system(&mut self, uri: &str) -> Result<u32, StoreError>;
    /// The number of a unit, not 0.
    fn unit(&mut self, unit: &Unit) -> Result<u32, StoreError>;
    /// The number of a resource that is pointed to, which need not exist.
    fn target(&mut self, key: &Key) -> Result<i64, StoreError>;
}

impl Terms {
    /// What the search parameters of R4 find of a resource.
    pub fn of(resource: &Resource) -> Self {
        let mut terms = Self { words: search::text_words(resource), ..Self::default() };
        terms.words.retain(|word| word.len() <= WORD_BYTES_MAX);
        terms.words.sort();
        for entry in search::index(resource) {
            terms.add(entry.parameter, entry.value);
        }
        terms
    }

    fn add(&mut self, parameter: &'static str, value: IndexValue) {
        match value {
            IndexValue::Token { system, code } => {
                self.tokens.push((parameter, system, code_number(&code)));
            }
            IndexValue::Text(text) | IndexValue::Uri(text) => {
                self.phrases.push((parameter, shortened(&text)));
            }
            IndexValue::Reference(text) => match local(&text) {
                Some(key) => self.links.push((parameter, key)),
                None => self.tokens.push((parameter, None, code_number(&text))),
            },
            IndexValue::Date { from, to } => self.periods.push((parameter, from, to)),
            IndexValue::Number { low, high } => self.amounts.push((parameter, None, low, high)),
            IndexValue::Quantity { low, high, system, code, unit, canonical } => {
                let written = Unit { system, code, printed: unit, canonical: false };
                self.amounts.push((parameter, Some(written), low, high));
                if let Some(base) = canonical {
                    let unit = Unit { code: Some(base.code), canonical: true, ..Unit::default() };
                    self.amounts.push((parameter, Some(unit), base.low, base.high));
                }
            }
            IndexValue::Opaque => self.tokens.push((parameter, None, opaque())),
        }
    }

    /// The resources pointed to.
    pub fn targets(&self) -> impl Iterator<Item = &Key> {
        self.links.iter().map(|link| &link.1)
    }

    /// The same in an engine's numbers.
    ///
    /// # Errors
    ///
    /// What the engine says when it cannot give a number.
    pub fn card(&self, numbers: &mut dyn Numbers) -> Result<Card, StoreError> {
        let mut card = Card::default();
        for (name, system, code) in &self.tokens {
            let system = system.as_deref().map_or(Ok(0), |uri| numbers.system(uri))?;
            card.tokens.insert(Token { parameter: numbers.parameter(name)?, code: *code, system });
        }
        for (name, key) in &self.links {
            let target = numbers.target(key)?;
            card.links.insert(Link { parameter: numbers.parameter(name)?, target });
        }
        for &(name, from, until) in &self.periods {
            card.periods.insert(Period { parameter: numbers.parameter(name)?, from, until });
        }
        for (name, unit, low, high) in &self.amounts {
            let unit = unit.as_ref().map_or(Ok(0), |unit| numbers.unit(unit))?;
            let amount =
                Amount { parameter: numbers.parameter(name)?, unit, low: *low, high: *high };
            if !card.amounts.contains(&amount) {
                card.amounts.push(amount);
            }
        }
        for (name, text) in &self.phrases {
            card.phrases.insert(Phrase { parameter: numbers.parameter(name)?, text: text.clone() });
        }
        Ok(card)
    }
}

/// The number under which a code is indexed: the first 64 bits of its SHA-256.
pub fn code_number(code: &str) -> i64 {
    hash_text(code).first_chunk().map_or(0, |first| i64::from_le_bytes(*first))
}

/// The code of a value that makes its parameter present and matches nothing: no code is empty.
pub(crate) fn opaque() -> i64 {
    code_number("")
}

/// The key of a reference within this store.
pub(crate) fn local(text: &str) -> Option<Key> {
    match Reference::parse(text)? {
        Reference::Relative(target) => Some(Key::new(target.resource_type, target.id)),
        _ => None,
    }
}

/// The part of a text that the index keeps.
pub fn shortened(text: &str) -> String {
    text.chars().take(PHRASE_CHARACTERS_MAX).collect()
}

/// Whether a kept text may have been longer.
pub(crate) fn may_be_short(text: &str) -> bool {
    text.len() >= PHRASE_CHARACTERS_MAX && text.chars().count() >= PHRASE_CHARACTERS_MAX
}
