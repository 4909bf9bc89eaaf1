//! `manzil software`: connected software, for an operator without a browser.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use manzil_journey::access::{Access, Purpose, Role};
use manzil_server::App;
use manzil_server::auth::account::{role_code, role_from_code};
use manzil_server::entropy::SystemEntropy;
use manzil_server::messages::Translator;
use manzil_server::settings::Settings;
use manzil_server::smart::client::{
    self, BACKEND_ROLES, Client, Kind, PURPOSES, Proof, purpose_code, purpose_from_code,
};
use manzil_server::smart::registration::{
    Manner, Registration, RegistrationError, Wrong, register,
};
use manzil_store::Store;

use super::place::PlaceOptions;
use super::{open, print};
use crate::{content, ids};

/// Who the trail says it was.
const COMMAND_LINE: &str = "command-line";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Let software in: a program of its own (--backend) or an app for people (--redirect).
    Register(Box<Register>),
    /// Show what is registered.
    List(Listed),
    /// Keep software out; what it was given ends.
    SwitchOff(Switched),
    /// Let software in again.
    SwitchOn(Switched),
}

#[derive(Args, Debug)]
pub struct Register {
    /// The `client_id`: small letters, digits, points and hyphens.
    #[arg(long)]
    id: String,
    /// What people call it.
    #[arg(long)]
    name: String,
    /// A program that acts in its own name, in this role: clerk, nurse, laboratory, radiology,
    /// surveillance or authority.
    #[arg(
        long, value_name = "ROLE", value_parser = role,
        conflicts_with = "redirect", requires = "keys"
    )]
    backend: Option<Role>,
    /// An app that acts in the name of who signs in, with an address that answers may go to.
    #[arg(long, value_name = "URL", required_unless_present = "backend")]
    redirect: Vec<String>,
    /// Its public keys: a file with a JSON Web Key Set.
    #[arg(long, value_name = "FILE", conflicts_with = "secret")]
    keys: Option<PathBuf>,
    /// Make a secret for the app, and show it once.
    #[arg(long, requires = "redirect")]
    secret: bool,
    /// The most that it is given, such as "system/Observation.crs system/Patient.rs".
    #[arg(long)]
    scopes: String,
    /// What it is for: care, assessment, public-health, administration, research or person. A
    /// program that acts in its own name has one.
    #[arg(long, value_name = "PURPOSE", value_parser = purpose, required = true)]
    purpose: Vec<Purpose>,
    #[command(flatten)]
    place: PlaceOptions,
}

#[derive(Args, Debug)]
pub struct Listed {
    #[command(flatten)]
    place: PlaceOptions,
}

#[derive(Args, Debug)]
pub struct Switched {
    /// Its `client_id`.
    id: String,
    #[command(flatten)]
    place: PlaceOptions,
}

pub fn run(command: Command, content_folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    super::log_to_stderr();
    let content = content::files(content_folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        let place = match &command {
            Command::Register(options) => &options.place,
            Command::List(options) => &options.place,
            Command::SwitchOff(options) | Command::SwitchOn(options) => &options.place,
        };
        let place = place.place();
        if !matches!(command, Command::Register(_)) {
            place.require()?;
        }
        let app = app(place.open()?.store(), &content)?;
        let done = match command {
            Command::Register(options) => registered(&app, *options).await,
            Command::List(_) => list(&app).await,
            Command::SwitchOff(options) => switch(&app, &options.id, true).await,
            Command::SwitchOn(options) => switch(&app, &options.id, false).await,
        };
        app.store.close().await?;
        print(&done?);
        Ok(ExitCode::SUCCESS)
    })
}

fn app(store: Arc<dyn Store>, content: &[content::File]) -> anyhow::Result<App> {
    let (library, messages) = (open::library(content)?, open::messages(content)?);
    let (entropy, settings) = (Arc::new(SystemEntropy), Settings::default());
    Ok(App::new(store, Arc::new(messages), Arc::new(library), ids::clock(), entropy, settings))
}

async fn registered(app: &App, options: Register) -> anyhow::Result<String> {
    let asked = asked(options)?;
    let (client, secret) = match register(app, COMMAND_LINE, asked).await {
        Ok(made) => made,
        Err(RegistrationError::Wrong(wrong)) => bail!("{}", why(app, &wrong)),
        Err(RegistrationError::Store(error)) => return Err(error.into()),
        Err(RegistrationError::Entropy(error)) => bail!("no secret could be made: {}", error.0),
    };
    note(app, "software-registered", &format!("Client/{}", client.id)).await?;
    let mut text = format!("Registered:\n{}", row(&client));
    if let Some(secret) = secret {
        writeln!(text, "Its secret, which is shown only now: {secret}")?;
    }
    Ok(text)
}

fn asked(options: Register) -> anyhow::Result<Registration> {
    let keys = options.keys.as_deref().map(|path| {
        std::fs::read_to_string(path)
            .with_context(|| format!("MZ-0733: cannot read {}", path.display()))
    });
    let keys = keys.transpose()?;
    let manner = match (options.backend, options.secret, &keys) {
        (Some(role), ..) => Manner::Backend(Some(role)),
        (None, true, _) => Manner::Secret(options.redirect),
        (None, false, Some(_)) => Manner::Keys(options.redirect),
        (None, false, None) => Manner::Public(options.redirect),
    };
    Ok(Registration {
        id: options.id,
        name: options.name,
        manner,
        keys: keys.unwrap_or_default(),
        scopes: options.scopes,
        purposes: options.purpose.into_iter().collect(),
    })
}

fn role(code: &str) -> Result<Role, String> {
    let role = role_from_code(code).filter(|role| BACKEND_ROLES.contains(role));
    let able = || BACKEND_ROLES.iter().map(|role| role_code(*role)).collect::<Vec<_>>();
    role.ok_or_else(|| format!("choose one of {}", able().join(", ")))
}

fn purpose(code: &str) -> Result<Purpose, String> {
    let all = || PURPOSES.iter().map(|it| purpose_code(*it)).collect::<Vec<_>>();
    purpose_from_code(code).ok_or_else(|| format!("choose from {}", all().join(", ")))
}

/// What has to be written otherwise, one line for each option.
fn why(app: &App, wrong: &[Wrong]) -> String {
    let t = Translator::new(Arc::clone(&app.messages), "en", TimeZone::UTC);
    let line = |each: &Wrong| {
        let option = match each {
            Wrong::Id => "--id",
            Wrong::Name => "--name",
            Wrong::Redirects => "--redirect",
            Wrong::Role => "--backend",
            Wrong::Keys => "--keys",
            Wrong::Scopes => "--scopes",
            Wrong::Purposes => "--purpose",
        };
        format!("\n  {option}: {}", t.get(each.message()))
    };
    "MZ-0754: nothing is registered".to_owned() + &wrong.iter().map(line).collect::<String>()
}

async fn list(app: &App) -> anyhow::Result<String> {
    let clients = client::list(&*app.store).await?;
    note(app, "software-listed", "Client").await?;
    if clients.is_empty() {
        return Ok("No software is registered.\n".into());
    }
    Ok(clients.iter().map(row).collect())
}

async fn switch(app: &App, id: &str, disabled: bool) -> anyhow::Result<String> {
    let found = client::find(&*app.store, id).await?;
    let mut client = found.with_context(|| {
        format!("MZ-0755: no software {id} is registered; see manzil software list")
    })?;
    client.disabled = disabled;
    client::put(&*app.store, &client).await?;
    let what = if disabled { "software-disabled" } else { "software-enabled" };
    note(app, what, &format!("Client/{id}")).await?;
    Ok(row(&client))
}

async fn note(app: &App, what: &str, object: &str) -> anyhow::Result<()> {
    let access = Access::new(COMMAND_LINE, Role::System, Purpose::Administration);
    Ok(app.store.note(&access, what, object, None).await?)
}

/// A client in a few lines.
fn row(client: &Client) -> String {
    let manner = match &client.kind {
        Kind::Backend { role } => format!("in its own name, as {}", role_code(*role)),
        Kind::App { redirect_uris, .. } => {
            let uris: Vec<&str> = redirect_uris.iter().map(String::as_str).collect();
            format!("in the name of who signs in; answers to {}", uris.join(" "))
        }
    };
    let proof = match &client.proof {
        Proof::Public => "none".to_owned(),
        Proof::Secret { .. } => "a secret".to_owned(),
        Proof::Keys { keys } => {
            let names: Vec<&str> = keys.iter().map(|key| key.kid.as_str()).collect();
            format!("a signature by {}", names.join(", "))
        }
    };
    let purposes: Vec<String> = client.purposes.iter().map(|it| purpose_code(*it)).collect();
    let off = if client.disabled { " (switched off)" } else { "" };
    format!(
        "{}{off}\n  name      {}\n  acts      {manner}\n  proof     {proof}\n  scopes    {}\n  \
         purposes  {}\n",
        client.id,
        client.name,
        client.scopes,
        purposes.join(", ")
    )
}
