//! What has to be done, by whom, in which order, and how a station asks for it.

use serde::{Deserialize, Serialize};

use crate::{Citation, Condition, Decimal, Name, Period, ProtocolRef, Span, Status, Text};

/// One thing to be done for a person.
#[derive(Clone, Debug)]
pub struct Step {
    pub id: Name,
    pub label: Text,
    pub station: Station,
    /// For whom it is required.
    pub when: Condition,
    /// Steps that come first.
    pub after: Vec<Name>,
    /// The facts that it finds out, in the order in which it asks them.
    pub asks: Vec<Name>,
    /// A result older than this on the exam date asks again.
    pub valid_for: Option<Period>,
    /// From collection to result.
    pub takes: Option<Period>,
    /// What must have passed before it can be done.
    pub wait: Vec<Wait>,
    pub because: Text,
    pub citation: Citation,
    pub status: Status,
    /// The protocol or library that wrote it.
    pub home: ProtocolRef,
    pub span: Span,
}

/// Where a step is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Station {
    Reception,
    Nurse,
    Laboratory,
    XRay,
    Physician,
    Treatment,
}

impl Station {
    /// All stations in the order in which a person passes them.
    pub const ALL: [Self; 6] = [
        Self::Reception,
        Self::Nurse,
        Self::Laboratory,
        Self::XRay,
        Self::Physician,
        Self::Treatment,
    ];

    /// The word in a protocol file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reception => "reception",
            Self::Nurse => "nurse",
            Self::Laboratory => "laboratory",
            Self::XRay => "x-ray",
            Self::Physician => "physician",
            Self::Treatment => "treatment",
        }
    }
}

/// A step waits until a numeric fact has reached a value.
#[derive(Clone, Debug)]
pub struct Wait {
    /// For whom the wait holds; everybody unless it says otherwise.
    pub when: Condition,
    pub fact: Name,
    /// In the fact's unit.
    pub at_least: Decimal,
    pub because: Text,
    pub span: Span,
}

/// How a station asks the facts of a step.
#[derive(Clone, Debug)]
pub struct Form {
    pub step: Name,
    pub items: Vec<FormItem>,
    pub span: Span,
}

/// One question of a form.
#[derive(Clone, Debug)]
pub struct FormItem {
    pub fact: Name,
    /// When it is asked; always unless it says otherwise.
    pub when: Condition,
    pub span: Span,
}
