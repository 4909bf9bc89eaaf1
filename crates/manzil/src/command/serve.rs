//! `manzil serve`: the server, on a data file or as a demonstration.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;
use jiff::tz::TimeZone;
use manzil_server::App;
use manzil_server::entropy::{Entropy as _, SystemEntropy};
use manzil_server::settings::Settings;
use manzil_store::Store;
use tokio::net::TcpListener;

use super::open;
use super::place::{Place, PlaceOptions};
use crate::demo::mark::Found;
use crate::{content, demo, ids};

#[derive(Debug, Args)]
pub struct Options {
    /// The port to listen on.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The address to listen on: 127.0.0.1 for this machine only, 0.0.0.0 for the local network.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    #[command(flatten)]
    place: PlaceOptions,
    /// The name of the clinic, shown on every page.
    #[arg(long, value_name = "NAME", default_value = "")]
    site: String,
    /// Time zone in which days begin, such as Africa/Nairobi; this machine's when left out.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// A demonstration with fictional people: in a temporary folder, gone when the server stops,
    /// or kept in a place of its own that --data or --database names.
    #[arg(long)]
    demo: bool,
    /// How many fictional people a new demonstration begins with.
    #[arg(long, value_name = "COUNT", requires = "demo", default_value_t = demo::PEOPLE)]
    demo_people: usize,
    /// Lets other software on this machine read and write everything at /fhir without a token.
    /// Only with --demo.
    #[arg(long)]
    open_fhir: bool,
}

pub fn run(options: Options, content_folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    super::log_to_stderr();
    check_open(&options)?;
    let files = content::files(content_folder)?;
    let library = open::library(&files)?;
    if content_folder.is_some() {
        open::require_proof(&library)?;
    }
    let messages = open::messages(&files)?;
    let zone = zone(options.zone.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        let passing = options.demo && options.place.named().is_none();
        let folder = if passing { Some(tempfile::tempdir()?) } else { None };
        let place = folder.as_ref().map_or_else(
            || options.place.place(),
            |folder| Place::File(folder.path().join("demo.sqlite")),
        );
        let store = place.open()?.store();
        let found = if options.demo {
            demo::mark::begin(&*store, &place).await?
        } else {
            demo::mark::refuse(&*store, &place).await?;
            Found::New
        };
        let code = set_up_code(&options)?;
        if let Some(code) = &code {
            super::print(&format!(
                "To set up a new clinic, the first page asks for this code: {code}\n"
            ));
        }
        let settings = Settings {
            set_up_code: code,
            site: options.site.clone(),
            demo: options.demo.then(demo::accounts),
            zone: zone.clone(),
            open_fhir: options.open_fhir,
            ..Settings::default()
        };
        let app = App::new(
            Arc::clone(&store),
            Arc::new(messages),
            Arc::new(library),
            ids::clock(),
            Arc::new(SystemEntropy),
            settings,
        );
        if options.demo {
            demo::make_accounts(&app).await?;
        }
        if options.demo && found == Found::New {
            demo::fill(&app, options.demo_people).await?;
        }
        listen(&options, app, &store, (!passing).then_some(&place)).await
    })
}

/// An open interface is for trying things out, never for records of real people or a network.
fn check_open(options: &Options) -> anyhow::Result<()> {
    if options.open_fhir && !(options.demo && options.address.is_loopback()) {
        bail!(
            "MZ-0723: --open-fhir lets anybody read and write every record; it is for a \
             demonstration on this machine alone: give --demo, and leave --address out"
        );
    }
    Ok(())
}

fn zone(name: Option<&str>) -> anyhow::Result<TimeZone> {
    let Some(name) = name else { return Ok(TimeZone::system()) };
    TimeZone::get(name).map_err(|_| {
        anyhow::anyhow!("MZ-0720: {name} is no time zone; write one such as Africa/Nairobi")
    })
}

/// On the open network the first visitor must not become the administrator: whoever can read
/// this terminal has the code that the set-up page asks for.
fn set_up_code(options: &Options) -> anyhow::Result<Option<String>> {
    if options.demo || options.address.is_loopback() {
        return Ok(None);
    }
    let mut bytes = [0; 5];
    SystemEntropy.fill(&mut bytes)?;
    let number = bytes.iter().fold(0_u64, |number, byte| number * 256 + u64::from(*byte));
    Ok(Some(format!("{:010}", number % 10_000_000_000)))
}

async fn listen(
    options: &Options,
    app: App,
    store: &Arc<dyn Store>,
    kept: Option<&Place>,
) -> anyhow::Result<ExitCode> {
    let address = SocketAddr::new(options.address, options.port);
    let listener = match TcpListener::bind(address).await {
        Ok(listener) => listener,
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!(
                "MZ-0721: port {} is in use; stop the other program or choose another with --port",
                options.port
            )
        }
        Err(error) => {
            return Err(error).with_context(|| format!("MZ-0722: cannot listen on {address}"));
        }
    };
    let address = listener.local_addr()?;
    super::print(&format!("Manzil is ready at http://{address}\n"));
    if options.demo {
        let until = if kept.is_some() { "" } else { ", gone when the server stops" };
        super::print(&format!(
            "Demonstration: fictional people{until}. Sign in with an account shown on the page.\n"
        ));
        if options.open_fhir {
            super::print(&format!(
                "The FHIR interface at http://{address}/fhir is OPEN: no token is asked for.\n"
            ));
        }
    }
    if let Some(place) = kept {
        super::print(&format!("Records: {place}\n"));
    }
    manzil_server::serve(listener, app, stop_signal()).await?;
    store.close().await?;
    super::print("Stopped; everything is saved.\n");
    Ok(ExitCode::SUCCESS)
}

/// Resolves on Ctrl-C and, on Unix, when the system asks the service to stop.
pub(super) async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            },
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}
