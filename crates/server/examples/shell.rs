//! Serves the pages in demonstration mode on a data file, to look at them while changing them:
//! `cargo run -p manzil-server --example shell -- data.sqlite 8080`.

use std::sync::Arc;

use anyhow::Context;
use manzil_journey::access::Role;
use manzil_server::entropy::SystemEntropy;
use manzil_server::messages::{MessageFile, Messages};
use manzil_server::settings::{DemoAccount, Settings};
use manzil_server::{App, Clock};
use manzil_store_sqlite::{Options, SqliteStore};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().context("name a data file")?;
    let port: u16 = arguments.next().context("name a port")?.parse()?;
    let clock = system_clock();
    let store = SqliteStore::open(file, Options::new(clock.clone(), "shell"))?;
    let messages = Arc::new(read_messages()?);
    let settings = Settings {
        site: "Sample City assessment centre".to_owned(),
        demo: Some(demo_accounts()),
        ..Settings::default()
    };
    let library = Arc::new(manzil_protocol::Library::default());
    let entropy = Arc::new(SystemEntropy);
    let app = App::new(Arc::new(store), messages, library, clock, entropy, settings);
    app.make_demo_accounts().await?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let stop = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    manzil_server::serve(listener, app, stop).await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the outermost program is where time comes from")]
fn system_clock() -> Clock {
    Arc::new(jiff::Timestamp::now)
}

fn demo_accounts() -> Vec<DemoAccount> {
    let account = |name: &str, display_name: &str, role, registration: Option<&str>| DemoAccount {
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        role,
        registration: registration.map(str::to_owned),
        password: format!("sample-{name}-1"),
    };
    vec![
        account("nurse", "Noor Sample", Role::Nurse, None),
        account("physician", "Dr Pat Sample", Role::Physician, Some("REG-0000")),
        account("admin", "Ada Sample", Role::Administrator, None),
    ]
}

/// Reads every message file of the repository.
fn read_messages() -> anyhow::Result<Messages> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../content/messages");
    let mut files = Vec::new();
    for language in std::fs::read_dir(root)? {
        let language = language?;
        let tag = language.file_name().to_string_lossy().into_owned();
        for file in std::fs::read_dir(language.path())? {
            let path = file?.path();
            let text = std::fs::read_to_string(&path)?;
            files.push((tag.clone(), path.display().to_string(), text));
        }
    }
    let files = files.iter().map(|(language, name, text)| MessageFile { language, name, text });
    Ok(Messages::load(files)?)
}
