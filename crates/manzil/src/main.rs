//! Manzil: a health system for people on the move, in one binary and one file.
#![allow(
    unreachable_pub,
    reason = "nothing outside a program reaches it; pub marks what other modules use"
)]

mod cli;
mod command;
mod content;
mod demo;
mod ids;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => code,
        Err(error) => {
            cli::complain(&error);
            ExitCode::FAILURE
        }
    }
}
