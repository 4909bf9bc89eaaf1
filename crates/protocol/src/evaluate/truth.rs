//! Kleene's three values.

use serde::{Deserialize, Serialize};

/// True, false, or not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truth {
    False,
    Unknown,
    True,
}

impl Truth {
    /// `false and unknown` is false.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// `true or unknown` is true.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// `not unknown` is unknown.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "the connective, beside `and` and `or`")]
    pub fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }

    /// Whether it is true or false.
    pub fn is_known(self) -> bool {
        self != Self::Unknown
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}
