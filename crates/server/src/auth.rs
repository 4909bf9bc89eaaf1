//! Who is using the program: accounts, passwords, sessions, and the checks on every form.
//!
//! Start with [`session`], which turns a cookie into a [`Who`]; [`accounts`] keeps the accounts.

pub mod account;
pub mod accounts;
pub mod password;
pub mod rate;
pub mod session;
pub mod token;
pub mod who;

pub use account::Account;
pub use who::Who;
