//! The mark of a page: at which moment the search began, in which order it goes, and what stood
//! last on the page before.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};

use super::SortValue;
use crate::error::StoreError;

/// Where a page begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Position {
    /// The last place in the log when the first page was made.
    pub(super) moment: i64,
    pub(super) order: Order,
    /// What the last row of the page before was ordered by.
    pub(super) keys: Vec<SortValue>,
    pub(super) number: i64,
}

/// In which order the pages go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Order {
    /// By the number of the resource.
    Number,
    /// As the search asks.
    Sorted,
    /// By what the range of this leader is ordered by.
    Range(usize),
}

/// As it is written: numbers of 64 bits survive, and so do all texts.
#[derive(Serialize, Deserialize)]
struct Written(i64, Order, Vec<WrittenValue>, i64);

#[derive(Serialize, Deserialize)]
enum WrittenValue {
    I(i64),
    R(u64),
    T(String),
    L,
}

impl Position {
    pub(super) fn to_mark(&self) -> String {
        let values = self.keys.iter().map(|key| match key {
            SortValue::Integer(number) => WrittenValue::I(*number),
            SortValue::Real(number) => WrittenValue::R(number.to_bits()),
            SortValue::Text(text) => WrittenValue::T(text.clone()),
            SortValue::Last => WrittenValue::L,
        });
        let written = Written(self.moment, self.order, values.collect(), self.number);
        // Only maps with odd keys and failing writers make this fail.
        let json = serde_json::to_vec(&written).unwrap_or_default();
        Base64UrlUnpadded::encode_string(&json)
    }

    pub(super) fn read(mark: &str) -> Result<Self, StoreError> {
        let wrong =
            || StoreError::Malformed("the page mark is not one that this store gave".into());
        let json = Base64UrlUnpadded::decode_vec(mark).map_err(|_| wrong())?;
        let Written(moment, order, values, number) =
            serde_json::from_slice(&json).map_err(|_| wrong())?;
        let keys = values.into_iter().map(|value| match value {
            WrittenValue::I(number) => SortValue::Integer(number),
            WrittenValue::R(bits) => SortValue::Real(f64::from_bits(bits)),
            WrittenValue::T(text) => SortValue::Text(text),
            WrittenValue::L => SortValue::Last,
        });
        Ok(Self { moment, order, keys: keys.collect(), number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let position = Position {
            moment: i64::MAX,
            order: Order::Range(3),
            keys: vec![
                SortValue::Integer(i64::MIN),
                SortValue::Real(-0.1),
                SortValue::Text("ní".into()),
                SortValue::Last,
            ],
            number: -7,
        };
        assert_eq!(Position::read(&position.to_mark()).unwrap(), position);
        for wrong in ["", "1", "bm9uc2Vuc2U", "ü"] {
            assert!(Position::read(wrong).is_err(), "{wrong}");
        }
    }
}
