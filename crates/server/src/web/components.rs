//! What the shared parts of pages are made of. Each type here is the argument of a macro in
//! `templates/components.html`; `/style` shows them all.

use crate::messages::key;

/// How far a step, a document or a person is. Shown as a shape and a word, never as colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Asked for, nothing done yet.
    Required,
    /// Can and should be done now.
    Due,
    /// Cannot go on until something else is done.
    Blocked,
    /// Under way: a culture grows, an answer is expected.
    Waiting,
    Done,
    /// Was done, and counts no more.
    Expired,
    NotRequired,
    /// A fact is missing, so nobody can say.
    Undetermined,
}

impl State {
    pub const ALL: [Self; 8] = [
        Self::Required,
        Self::Due,
        Self::Blocked,
        Self::Waiting,
        Self::Done,
        Self::Expired,
        Self::NotRequired,
        Self::Undetermined,
    ];

    /// The class and the name of the shape.
    pub fn code(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Due => "due",
            Self::Blocked => "blocked",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Expired => "expired",
            Self::NotRequired => "not-required",
            Self::Undetermined => "undetermined",
        }
    }

    /// The message with the word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Required => key("state-required"),
            Self::Due => key("state-due"),
            Self::Blocked => key("state-blocked"),
            Self::Waiting => key("state-waiting"),
            Self::Done => key("state-done"),
            Self::Expired => key("state-expired"),
            Self::NotRequired => key("state-not-required"),
            Self::Undetermined => key("state-undetermined"),
        }
    }
}

/// One stop of the route line, from origin to destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Origin, transit or destination, in the reader's language.
    pub label: String,
    /// The place or the event.
    pub name: String,
    /// A date or a remark; empty for none.
    pub detail: String,
    pub progress: Progress,
}

/// Where a stop lies relative to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Passed,
    Here,
    Ahead,
}

impl Progress {
    pub fn code(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Here => "here",
            Self::Ahead => "ahead",
        }
    }

    /// Said to a screen reader, which cannot see the line.
    pub fn key(self) -> &'static str {
        match self {
            Self::Passed => key("stop-passed"),
            Self::Here => key("stop-here"),
            Self::Ahead => key("stop-ahead"),
        }
    }
}

/// One step of an assessment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub state: State,
    pub title: String,
    /// What is there, or what it waits for: `Result expected 3 May 2023`. Empty for none.
    pub detail: String,
    /// Why it is asked for, in one sentence. Empty for none.
    pub because: String,
    /// The source of the rule. Empty for none.
    pub citation: String,
    /// Nobody has checked the rule against its source yet.
    pub unverified: bool,
    /// What to do about it now.
    pub action: Option<Link>,
}

/// A link with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub path: String,
    pub label: String,
}

impl Link {
    pub fn new(path: impl Into<String>, label: impl Into<String>) -> Self {
        Self { path: path.into(), label: label.into() }
    }
}

/// One person waiting at a station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueRow {
    pub path: String,
    pub name: String,
    /// Age, sex and identifier, as far as known.
    pub about: String,
    /// What is done or looked at next.
    pub next: String,
    pub state: State,
    /// How long or until when, in words.
    pub since: String,
}

/// A fact about somebody, with its name: one line of a summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub label: String,
    /// Empty when it is not known; the page then says so.
    pub value: String,
}

impl Fact {
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into() }
    }
}
