//! What the index holds.

use std::cmp::Ordering;

/// One thing that a search for `parameter` finds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexEntry {
    /// The name of the search parameter: `birthdate`.
    pub parameter: &'static str,
    /// What is found.
    pub value: IndexValue,
}

/// A searchable value.
///
/// Values are in a total order, by kind and then by content, so that they can be kept in sorted
/// collections; it is not the order of `_sort`.
#[derive(Clone, Debug)]
pub enum IndexValue {
    /// A code, identifier, flag or contact. The system of a `code` is that of its value set.
    Token { system: Option<String>, code: String },
    /// A text, normalised with [`normalise_text`](super::normalise_text).
    Text(String),
    /// `Patient/1`, without a version; for a resource elsewhere, its URL; a canonical as
    /// written, and if it has a `|version` once more without.
    Reference(String),
    /// A URI as written; a canonical as in a reference.
    Uri(String),
    /// Milliseconds since 1970-01-01T00:00:00Z, the end excluded. A date without offset is read
    /// as UTC. An open side is `i64::MIN` or `i64::MAX`.
    Date { from: i64, to: i64 },
    /// A number, or a range with both ends included; an open side is infinite.
    Number { low: f64, high: f64 },
    /// A number with a unit, or a range of them.
    Quantity {
        /// As written, in the written unit; an open side is infinite.
        low: f64,
        high: f64,
        /// `http://unitsofmeasure.org`; `urn:iso:std:iso:4217` for money.
        system: Option<String>,
        code: Option<String>,
        /// As printed.
        unit: Option<String>,
        /// The same in base units, when the unit is one of UCUM that can be converted.
        canonical: Option<CanonicalQuantity>,
    },
    /// A value that no test of values passes, such as a concept that is only a text, or a
    /// reference by identifier. It makes the parameter present.
    Opaque,
}

/// A quantity in UCUM base units.
#[derive(Clone, Debug, PartialEq)]
pub struct CanonicalQuantity {
    pub low: f64,
    pub high: f64,
    /// `g.m-3`; `1` for a number without dimension.
    pub code: String,
}

/// What orders values: the kind, the texts, the numbers.
type Rank<'a> = (u8, [Option<&'a str>; 4], [i64; 4]);

impl IndexValue {
    fn rank(&self) -> Rank<'_> {
        match self {
            Self::Token { system, code } => {
                (0, [Some(code), system.as_deref(), None, None], [0; 4])
            }
            Self::Text(text) => (1, texts(text), [0; 4]),
            Self::Reference(text) => (2, texts(text), [0; 4]),
            Self::Uri(text) => (3, texts(text), [0; 4]),
            Self::Date { from, to } => (4, [None; 4], [*from, *to, 0, 0]),
            Self::Number { low, high } => (5, [None; 4], [bits(*low), bits(*high), 0, 0]),
            Self::Quantity { low, high, system, code, unit, canonical } => {
                let base = canonical.as_ref();
                let number = |value: Option<f64>| value.map_or(0, bits);
                (
                    6,
                    [
                        system.as_deref(),
                        code.as_deref(),
                        unit.as_deref(),
                        base.map(|base| base.code.as_str()),
                    ],
                    [
                        bits(*low),
                        bits(*high),
                        number(base.map(|base| base.low)),
                        number(base.map(|base| base.high)),
                    ],
                )
            }
            Self::Opaque => (7, [None; 4], [0; 4]),
        }
    }
}

fn texts(first: &str) -> [Option<&str>; 4] {
    [Some(first), None, None, None]
}

/// In the order of [`f64::total_cmp`].
fn bits(value: f64) -> i64 {
    let bits = value.to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

impl PartialEq for IndexValue {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for IndexValue {}

impl PartialOrd for IndexValue {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for IndexValue {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl IndexEntry {
    /// The texts under which an exact search finds this entry: `system|code` and `code` for a
    /// token with a system, `code` and `|code` for one without, `Patient/1` for a reference, the
    /// text of a URI. Empty for the other kinds.
    pub fn tokens(&self) -> Vec<String> {
        match &self.value {
            IndexValue::Token { system: Some(system), code } => {
                vec![format!("{system}|{code}"), code.clone()]
            }
            IndexValue::Token { system: None, code } => vec![code.clone(), format!("|{code}")],
            IndexValue::Reference(text) | IndexValue::Uri(text) => vec![text.clone()],
            _ => Vec::new(),
        }
    }
}
