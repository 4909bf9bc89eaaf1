//! Measures FHIR servers side by side on this machine, over loopback, one after the other.
//!
//! ```text
//! manzil demo-data --format fhir --people 400 -o bundles
//! cargo run -p manzil-bench -- --servers bench/servers/helios.toml bundles
//! ```
//!
//! Each server of the list is started on an empty folder, loaded, asked and stopped; `README.md`
//! beside this crate says what is measured and what is not. Start reading with [`session`].
#![allow(
    unreachable_pub,
    reason = "nothing outside a program reaches it; pub marks what other modules use"
)]

mod bundles;
mod clock;
mod config;
mod http;
mod load;
mod queries;
mod report;
mod server;
mod session;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Parser;

/// Measures FHIR servers side by side, over loopback. The first is what the others are held to.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Options {
    /// Folder with transaction Bundles, one a file, as `manzil demo-data --format fhir` writes it.
    bundles: PathBuf,
    /// Which servers, in TOML; several files are one list.
    #[arg(long, required = true, value_name = "FILE")]
    servers: Vec<PathBuf>,
    /// Only the servers of these names.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// At most so many Bundles.
    #[arg(long, default_value_t = 400)]
    bundles_max: usize,
    /// Connections that import at once.
    #[arg(long, default_value_t = 4)]
    import_clients: usize,
    /// Connections that create, read and search at once.
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// Observations to create.
    #[arg(long, default_value_t = 4_000)]
    creates: usize,
    /// Reads by id.
    #[arg(long, default_value_t = 20_000)]
    reads: usize,
    /// Searches of each kind.
    #[arg(long, default_value_t = 1_000)]
    searches: usize,
    /// Transactions sent one after the other.
    #[arg(long, default_value_t = 40)]
    transactions: usize,
    /// Longest time of one step, in seconds; what is done by then counts.
    #[arg(long, default_value_t = 60)]
    step_seconds_max: u64,
    /// Folder for the data of the servers; it should be on the disk to be measured.
    #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
    work: PathBuf,
    /// Also writes the report as Markdown.
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let servers = config::read(&options.servers, &options.only)?;
    let limits = session::Limits {
        import_clients: options.import_clients,
        clients: options.clients,
        creates: options.creates,
        reads: options.reads,
        searches: options.searches,
        transactions: options.transactions,
        step: Duration::from_secs(options.step_seconds_max),
    };
    let bundles = bundles::read(&options.bundles, options.bundles_max, &limits)?;
    say(&format!("{bundles}"));
    // One thread: the client must leave the machine to the server.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut sessions = Vec::new();
    let mut failed = Vec::new();
    for config in &servers {
        say(&format!("{}: {}", config.name, config.note));
        match runtime.block_on(session::run(config, &bundles, &limits, &options.work, say)) {
            Ok(session) => sessions.push(session),
            // What was measured of the others is worth its hour.
            Err(error) => {
                say(&format!("  could not be measured: {error:#}"));
                failed.push(config.name.as_str());
            }
        }
    }
    say(&report::table(&sessions));
    if let Some(path) = options.markdown.as_ref().filter(|_| !sessions.is_empty()) {
        let text = report::markdown(&sessions, &bundles, &limits);
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    ensure!(failed.is_empty(), "not measured: {}", failed.join(", "));
    Ok(())
}

/// Writes to standard output. A closed pipe (`| head`) is nobody's mistake, and no reason to leave
/// a server running.
fn say(text: &str) {
    use std::io::Write as _;
    let _closed = writeln!(std::io::stdout(), "{text}");
}
