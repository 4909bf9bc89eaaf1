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

/// Answers are texts that are made and thrown away by the thousand; the allocator of the C library
/// was the hottest part of a search.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => code,
        Err(error) => {
            cli::complain(&error);
            ExitCode::FAILURE
        }
    }
}
