//! The writer's side of the database: its connection, what it remembers, what it has gathered.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use manzil_store::{Committed, StoreError};

use crate::batch::Batch;
use crate::dictionary::Dictionary;
use crate::heads::Heads;
use crate::options::Clock;
use crate::session::Session;
use crate::trail::{self, Line};

/// The only thing that writes.
pub(crate) struct Ledger {
    pub(crate) session: Session,
    pub(crate) heads: Heads,
    pub(crate) dictionary: Dictionary,
    pub(crate) batch: Batch,
    /// What was committed under an idempotency key within this group.
    pub(crate) repeated: BTreeMap<String, Committed>,
    clock: Clock,
}

impl Ledger {
    pub(crate) fn new(session: Session, clock: Clock) -> Result<Self, StoreError> {
        let heads = Heads::read(&session)?;
        let (dictionary, batch, repeated) = Default::default();
        Ok(Self { session, heads, dictionary, batch, repeated, clock })
    }

    /// The time of the next line.
    pub(crate) fn stamp(&mut self) -> Timestamp {
        let now = (self.clock)();
        self.heads.stamp(now)
    }

    pub(crate) fn audit(&mut self, line: &Line, at: Timestamp) -> Result<(), StoreError> {
        let actor = self.dictionary.actor(&self.session, &line.access.actor)?;
        trail::append(&mut self.batch, &mut self.heads, line, (actor, at));
        Ok(())
    }

    /// Sends what was gathered, within the transaction.
    pub(crate) fn flush(&mut self) -> Result<(), StoreError> {
        self.batch.flush(&self.session, self.heads.home)
    }

    /// Forgets what was gathered, and what the transaction that is lost gave numbers to.
    pub(crate) fn forget(&mut self, heads: Heads) {
        self.heads = heads;
        self.dictionary.forget();
        self.clear();
    }

    /// Forgets what was gathered.
    pub(crate) fn clear(&mut self) {
        self.batch = Batch::default();
        self.repeated.clear();
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Ledger").field("heads", &self.heads).finish_non_exhaustive()
    }
}
