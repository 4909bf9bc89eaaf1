//! The store in PostgreSQL: for a country, or where a database server is kept anyway.
//!
//! [`PostgresStore::open`] is where to start; it implements the port of [`manzil_store`].
//!
//! # What is promised, and when
//!
//! - **A change set is durable before it is acknowledged.** One writer takes what waits in its
//!   queue, writes it in one transaction and answers after PostgreSQL has committed it with
//!   `synchronous_commit` on.
//! - **A read is answered after its audit line is committed**, with the writer's next group.
//! - **A read sees one moment**: a transaction `REPEATABLE READ READ ONLY`.
//! - **Nothing can be altered without a trace**: the hash chains of [`manzil_store::chain`].
//! - **One writer at a time**: its connection holds an advisory lock, which PostgreSQL gives
//!   back when the connection ends.
//! - **The schema distributes.** Every key begins with the home of a person; see the migration.
//!
//! # Where things are
//!
//! `store` is the port, over `writer` (the queue and its groups, with `commit`, `batch`, `ledger`,
//! `trail` and `index`) and `readers` (with `records`, `shelf`, `trail` and `local`). `session` is
//! a connection as the synchronous parts see it. Each keeps its SQL in a module `sql`, and a test
//! prepares every statement.

mod archive;
mod batch;
mod code;
mod commit;
mod dictionary;
mod fault;
mod heads;
mod ids;
mod index;
mod ledger;
mod local;
mod migration;
mod options;
mod prepared;
mod readers;
mod rebuild;
mod records;
mod session;
mod shelf;
mod store;
mod trail;
mod verify;
mod writer;

pub use options::{Clock, Limits, Options};
pub use store::PostgresStore;

#[cfg(test)]
mod tests;
