//! The checks that a change must pass.
//!
//! [`steps`] runs them all one after another and prints a table; [`tidy`] holds the rules about
//! the house itself (which crate may use which, how long a file may be, what a document must
//! say). The tidy rules are ordinary tests too, so a plain test run finds what they find.

pub mod steps;
pub mod tidy;
pub mod workspace;
