//! Manzil: a health system for people on the move, in one binary and one file.

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
