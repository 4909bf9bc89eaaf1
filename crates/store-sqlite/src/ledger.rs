//! The writer's side of the file: its connection and what it remembers of it.

use std::fmt;

use jiff::Timestamp;
use manzil_store::StoreError;
use rusqlite::Connection;

use crate::dictionary::Dictionary;
use crate::heads::Heads;
use crate::options::Clock;
use crate::spool::Lines;
use crate::trail::{self, Line};

/// The only thing that writes to the file.
pub(crate) struct Ledger {
    pub(crate) connection: Connection,
    pub(crate) heads: Heads,
    pub(crate) dictionary: Dictionary,
    clock: Clock,
}

impl Ledger {
    pub(crate) fn new(connection: Connection, clock: Clock) -> Result<Self, StoreError> {
        let heads = Heads::read(&connection)?;
        Ok(Self { connection, heads, dictionary: Dictionary::default(), clock })
    }

    /// The time of the next line.
    pub(crate) fn stamp(&mut self) -> Timestamp {
        let now = (self.clock)();
        self.heads.stamp(now)
    }

    /// Writes lines of reads, within the writer's transaction.
    pub(crate) fn audit_all(&mut self, lines: &Lines) -> Result<(), StoreError> {
        for (line, at) in lines {
            self.audit(line, *at)?;
            self.heads.at = self.heads.at.max(*at);
        }
        Ok(())
    }

    pub(crate) fn audit(&mut self, line: &Line, at: Timestamp) -> Result<(), StoreError> {
        trail::append(&self.connection, &mut self.dictionary, &mut self.heads, line, at)
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Ledger").field("heads", &self.heads).finish_non_exhaustive()
    }
}
