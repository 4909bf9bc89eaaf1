//! The store in one SQLite file: for a clinic, a laptop, a box in a camp.
//!
//! [`SqliteStore::open`] is where to start; it implements the port of [`manzil_store`].
//!
//! # What is promised, and when
//!
//! - **A change set is durable before it is acknowledged.** One writer thread takes what waits in
//!   its queue, writes it in one transaction with a savepoint for each change set, and answers
//!   after the fsync. What was acknowledged survives a power cut; what was not is there whole or
//!   not at all.
//! - **A read is answered after its audit line is in a file.** It is the file `<file>-reads`
//!   beside the data file: the end of the process, however sudden, cannot take the line of a read
//!   that was answered. Waiting for the disk as well would cost an fsync for each glance at a
//!   record, so lines of reads go into the data file, and are forced to the disk, with the next
//!   change set, after 2,000 of them, or after 200 ms without work, whichever comes first: this much
//!   of the trail of *reads* a power cut may take. Lines of writes are as durable as the writes,
//!   because they are in the same transaction. Refusals and notes are kept like lines of reads,
//!   except refused writes, which are durable.
//! - **Nothing can be altered without a trace.** The hash chains of [`manzil_store::chain`] run
//!   over the audit trail and over the change log with every body; `verify` walks both.
//! - **One process at a time.** `<file>.lock` is locked while the file is open; the kernel
//!   releases it, even after `kill -9`.
//!
//! # Where things are
//!
//! `store` is the port, over `writer` (the queue and its groups, with `commit`, `ledger`, `trail`,
//! `spool`, `index` and `checkpoint`) and `readers` (with `records`, `shelf`, `trail` and
//! `local`). `file` and `migration` open, `rebuild` refreshes the search index, `verify` and
//! `snapshot` check and copy, `archive` gives everything to another engine and takes it from one,
//! `statistics` counts. Each keeps its SQL in a module `sql`, and a test prepares every statement.

mod archive;
mod checkpoint;
mod code;
mod commit;
mod dictionary;
mod fault;
mod file;
mod heads;
mod ids;
mod index;
mod ledger;
mod local;
mod migration;
mod options;
mod readers;
mod rebuild;
mod records;
mod shelf;
mod snapshot;
mod spool;
mod statistics;
mod store;
mod trail;
mod verify;
mod writer;

pub use options::{Clock, Limits, Options};
pub use store::SqliteStore;

#[cfg(test)]
mod tests;
