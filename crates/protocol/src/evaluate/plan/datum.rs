//! Values as small numbers.

use std::sync::Arc;

use super::{FactSlot, SumSlot};
use crate::interval::Range;
use crate::{Decimal, Name, Value};

/// A code that the fact does not have.
const STRANGER: u32 = u32::MAX;

/// What is known of one fact.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Datum {
    Unknown,
    Flag(bool),
    /// A place among the fact's codes.
    Code(u32),
    /// A bit for each of the fact's codes.
    Codes {
        bits: Arc<[u64]>,
        empty: bool,
    },
    Number(Reading),
}

impl Datum {
    /// Whether nothing that becomes known can make it different.
    pub(crate) fn is_settled(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Number(reading) => reading.exact,
            _ => true,
        }
    }
}

/// A range, and where its ends lie among the constants with which it is compared: twice the number
/// of smaller constants, and one more for an end that is a constant itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reading {
    pub(crate) lo: Decimal,
    pub(crate) hi: Decimal,
    pub(super) from: u32,
    pub(super) to: u32,
    /// Whether it is one number.
    pub(crate) exact: bool,
}

impl Reading {
    pub(super) fn new((lo, hi): Range, marks: &[Decimal]) -> Self {
        let exact = lo == hi;
        let from = place(lo, marks);
        let to = if exact { from } else { place(hi, marks) };
        Self { lo, hi, from, to, exact }
    }

    pub(in crate::evaluate) fn from(&self) -> u32 {
        self.from
    }

    pub(in crate::evaluate) fn to(&self) -> u32 {
        self.to
    }
}

fn place(number: Decimal, marks: &[Decimal]) -> u32 {
    match marks.binary_search(&number) {
        Ok(at) => 2 * at as u32 + 1,
        Err(at) => 2 * at as u32,
    }
}

impl FactSlot {
    /// A value of this fact.
    pub(crate) fn datum(&self, value: &Value) -> Datum {
        match value {
            Value::Boolean(value) => Datum::Flag(*value),
            Value::Code(code) => Datum::Code(self.code(code).unwrap_or(STRANGER)),
            Value::Codes(codes) => {
                let known = codes.iter().filter_map(|code| self.code(code));
                Datum::Codes { bits: bits(known, self.codes.len()).into(), empty: codes.is_empty() }
            }
            Value::Number { lo, hi } => Datum::Number(Reading::new((*lo, *hi), &self.marks)),
        }
    }

    /// The place of a code.
    pub(super) fn code(&self, code: &Name) -> Option<u32> {
        self.codes.binary_search(code).ok().map(|at| at as u32)
    }
}

impl SumSlot {
    /// Where a range lies among the constants with which the sum is compared.
    pub(in crate::evaluate) fn reading(&self, range: Range) -> Reading {
        Reading::new(range, &self.marks)
    }
}

/// A bit for each of some places out of `count`.
pub(super) fn bits(places: impl Iterator<Item = u32>, count: usize) -> Vec<u64> {
    let mut words = vec![0; count.div_ceil(64)];
    for place in places {
        if let Some(word) = words.get_mut(place as usize / 64) {
            *word |= 1 << (place % 64);
        }
    }
    words
}

/// Whether a place is among the bits.
pub(in crate::evaluate) fn has(words: &[u64], place: u32) -> bool {
    words.get(place as usize / 64).is_some_and(|word| word & (1 << (place % 64)) != 0)
}
