//! The index card of a resource: every value under which it is found, in a few bytes.
//!
//! An engine keeps the card in the row of the current version. Its index tables answer where to
//! begin (which resources have this token, lie in this period ...); everything else that a search
//! asks of a candidate is read from its card. The same card tells which rows of the index belong
//! to a resource, so that they can be taken away when it changes, without reading its body.
//!
//! Words are numbers here: parameters, code systems, units and the resources pointed to have a
//! number in each engine; the codes of tokens are the first 64 bits of their SHA-256.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::varint;

/// Every value under which one version of a resource is found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Card {
    pub tokens: BTreeSet<Token>,
    pub links: BTreeSet<Link>,
    pub periods: BTreeSet<Period>,
    pub amounts: Vec<Amount>,
    pub phrases: BTreeSet<Phrase>,
}

/// A code under a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Token {
    pub parameter: u32,
    pub code: i64,
    /// The number of the code system; 0 for none.
    pub system: u32,
}

/// A reference to a resource of this store, which need not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    pub parameter: u32,
    pub target: i64,
}

/// A half-open period in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    pub parameter: u32,
    pub from: i64,
    pub until: i64,
}

/// A number or quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amount {
    pub parameter: u32,
    /// The number of the unit; 0 for a number without one.
    pub unit: u32,
    pub low: f64,
    /// The same as `low` unless it is a range.
    pub high: f64,
}

/// A text: normalised, or a URI as written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Phrase {
    pub parameter: u32,
    pub text: String,
}

impl Card {
    /// As it is stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(128);
        varint::put(&mut bytes, self.tokens.len() as u64);
        for token in &self.tokens {
            varint::put(&mut bytes, token.parameter.into());
            varint::put(&mut bytes, token.system.into());
            bytes.extend(token.code.to_le_bytes());
        }
        varint::put(&mut bytes, self.links.len() as u64);
        for link in &self.links {
            varint::put(&mut bytes, link.parameter.into());
            varint::put_signed(&mut bytes, link.target);
        }
        varint::put(&mut bytes, self.periods.len() as u64);
        for period in &self.periods {
            varint::put(&mut bytes, period.parameter.into());
            varint::put_signed(&mut bytes, period.from);
            varint::put_signed(&mut bytes, period.until.wrapping_sub(period.from));
        }
        varint::put(&mut bytes, self.amounts.len() as u64);
        for amount in &self.amounts {
            let is_range = amount.high.to_bits() != amount.low.to_bits();
            varint::put(&mut bytes, amount.parameter.into());
            varint::put(&mut bytes, u64::from(amount.unit) * 2 + u64::from(is_range));
            bytes.extend(amount.low.to_le_bytes());
            if is_range {
                bytes.extend(amount.high.to_le_bytes());
            }
        }
        varint::put(&mut bytes, self.phrases.len() as u64);
        for phrase in &self.phrases {
            varint::put(&mut bytes, phrase.parameter.into());
            varint::put(&mut bytes, phrase.text.len() as u64);
            bytes.extend(phrase.text.as_bytes());
        }
        bytes
    }

    /// Reads a stored card; none when it is damaged.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let card = Self {
            tokens: reader.list(Reader::token)?.into_iter().collect(),
            links: reader.list(Reader::link)?.into_iter().collect(),
            periods: reader.list(Reader::period)?.into_iter().collect(),
            amounts: reader.list(Reader::amount)?,
            phrases: reader.list(Reader::phrase)?.into_iter().collect(),
        };
        reader.0.is_empty().then_some(card)
    }

    /// The targets of the references under a parameter.
    pub fn targets(&self, parameter: u32) -> impl Iterator<Item = i64> + '_ {
        let from = Link { parameter, target: i64::MIN };
        let links = self.links.range(from..).take_while(move |link| link.parameter == parameter);
        links.map(|link| link.target)
    }

    /// The tokens under a parameter with this code.
    pub fn tokens_of(&self, parameter: u32, code: i64) -> impl Iterator<Item = &Token> {
        let range: Range<Token> = Token { parameter, code, system: 0 }..Token {
            parameter: parameter + u32::from(code == i64::MAX),
            code: code.wrapping_add(1),
            system: 0,
        };
        self.tokens.range(range)
    }

    /// Whether there is any value under a parameter.
    pub fn has(&self, parameter: u32) -> bool {
        let period = Period { parameter, from: i64::MIN, until: i64::MIN };
        self.has_token(parameter)
            || self.targets(parameter).next().is_some()
            || self.periods.range(period..).next().is_some_and(|it| it.parameter == parameter)
            || self.amounts.iter().any(|it| it.parameter == parameter)
            || self.phrases_of(parameter).next().is_some()
    }

    /// Whether there is any code, URL or unreadable value under a parameter.
    pub fn has_token(&self, parameter: u32) -> bool {
        let from = Token { parameter, code: i64::MIN, system: 0 };
        self.tokens.range(from..).next().is_some_and(|token| token.parameter == parameter)
    }

    /// The texts under a parameter, sorted.
    pub fn phrases_of(&self, parameter: u32) -> impl Iterator<Item = &str> {
        let from = Phrase { parameter, text: String::new() };
        let all = self.phrases.range(from..).take_while(move |it| it.parameter == parameter);
        all.map(|phrase| phrase.text.as_str())
    }

    /// The periods under a parameter, by their beginning.
    pub fn periods_of(&self, parameter: u32) -> impl Iterator<Item = &Period> {
        let from = Period { parameter, from: i64::MIN, until: i64::MIN };
        self.periods.range(from..).take_while(move |it| it.parameter == parameter)
    }

    /// The amounts under a parameter.
    pub fn amounts_of(&self, parameter: u32) -> impl Iterator<Item = &Amount> {
        self.amounts.iter().filter(move |it| it.parameter == parameter)
    }
}

/// What is left of a stored card.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn list<T>(&mut self, one: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = usize::try_from(self.number()?).ok()?;
        // Nothing takes less than two bytes: a damaged count must not reserve memory.
        let mut all = Vec::with_capacity(count.min(self.0.len() / 2));
        for _ in 0..count {
            all.push(one(self)?);
        }
        Some(all)
    }

    fn token(&mut self) -> Option<Token> {
        let (parameter, system) = (self.small()?, self.small()?);
        Some(Token { parameter, code: i64::from_le_bytes(self.bytes()?), system })
    }

    fn link(&mut self) -> Option<Link> {
        Some(Link { parameter: self.small()?, target: self.signed()? })
    }

    fn period(&mut self) -> Option<Period> {
        let (parameter, from) = (self.small()?, self.signed()?);
        Some(Period { parameter, from, until: from.wrapping_add(self.signed()?) })
    }

    fn amount(&mut self) -> Option<Amount> {
        let (parameter, unit) = (self.small()?, self.number()?);
        let low = f64::from_le_bytes(self.bytes()?);
        let high = if unit % 2 == 1 { f64::from_le_bytes(self.bytes()?) } else { low };
        Some(Amount { parameter, unit: u32::try_from(unit / 2).ok()?, low, high })
    }

    fn phrase(&mut self) -> Option<Phrase> {
        let (parameter, length) = (self.small()?, usize::try_from(self.number()?).ok()?);
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(Phrase { parameter, text: std::str::from_utf8(text).ok()?.to_owned() })
    }

    fn number(&mut self) -> Option<u64> {
        let (number, rest) = varint::take(self.0)?;
        self.0 = rest;
        Some(number)
    }

    fn signed(&mut self) -> Option<i64> {
        let (number, rest) = varint::take_signed(self.0)?;
        self.0 = rest;
        Some(number)
    }

    fn small(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    fn bytes(&mut self) -> Option<[u8; 8]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Card {
        Card {
            tokens: [
                Token { parameter: 1, code: -5, system: 0 },
                Token { parameter: 1, code: -5, system: 3 },
                Token { parameter: 1, code: i64::MAX, system: 2 },
                Token { parameter: 2, code: i64::MIN, system: 9 },
            ]
            .into(),
            links: [Link { parameter: 4, target: 77 }, Link { parameter: 4, target: -1 }].into(),
            periods: [
                Period { parameter: 5, from: i64::MIN, until: 12 },
                Period { parameter: 5, from: 0, until: i64::MAX },
            ]
            .into(),
            amounts: vec![
                Amount { parameter: 6, unit: 1, low: 5.4, high: 5.4 },
                Amount { parameter: 6, unit: 0, low: f64::NEG_INFINITY, high: 2.0 },
            ],
            phrases: [Phrase { parameter: 7, text: "ní bhriain".into() }].into(),
        }
    }

    #[test]
    fn a_card_is_read_as_it_was_written() {
        for card in [sample(), Card::default()] {
            assert_eq!(Card::read(&card.to_bytes()), Some(card));
        }
    }

    #[test]
    fn a_damaged_card_is_none() {
        let whole = sample().to_bytes();
        for length in 0..whole.len() {
            assert_eq!(Card::read(&whole[..length]), None, "cut at {length}");
        }
        assert_eq!(Card::read(&[0xff; 40]), None);
    }

    #[test]
    fn values_are_found_under_their_parameter() {
        let card = sample();
        let systems = |parameter, code| {
            card.tokens_of(parameter, code).map(|token| token.system).collect::<Vec<_>>()
        };
        assert_eq!(systems(1, -5), [0, 3]);
        assert_eq!(systems(1, i64::MAX), [2]);
        assert_eq!(systems(2, i64::MIN), [9]);
        assert_eq!(systems(2, -5), Vec::<u32>::new());
        assert_eq!(card.targets(4).collect::<Vec<_>>(), [-1, 77]);
        assert_eq!(card.periods_of(5).count(), 2);
        let present = (0..9).filter(|parameter| card.has(*parameter)).collect::<Vec<_>>();
        assert_eq!(present, [1, 2, 4, 5, 6, 7]);
    }
}
