//! One module for each command.

pub mod assess;
pub mod demo_data;
pub mod doctor;
pub mod import;
pub mod load;
pub mod migrate_store;
mod open;
mod place;
pub mod protocol;
pub mod serve;
pub mod software;

/// Writes a result to standard output. A closed pipe (`| head`) is nobody's mistake.
pub(crate) fn print(text: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Warnings and errors go to standard error; `RUST_LOG` asks for more. Never a name or a date of
/// birth: what is logged names records by id.
pub(crate) fn log_to_stderr() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let _already_set =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
