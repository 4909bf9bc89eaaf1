//! Where records are kept: a data file, or a schema of a PostgreSQL database.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;
use manzil_store::archive::{Record, Source};
use manzil_store::{Store, StoreError};
use manzil_store_postgres::PostgresStore;
use manzil_store_sqlite::SqliteStore;

use crate::ids;

/// The name of a node that is new.
const NODE: &str = "node";

/// How a command line names it.
#[derive(Args, Clone, Debug)]
pub struct PlaceOptions {
    /// The data file, made when it is not there; manzil.sqlite when nothing is named.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Keep the records in PostgreSQL instead: postgres://user@host/database. The password may
    /// stand in the environment variable PGPASSWORD.
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    database: Option<String>,
    /// The schema within the database; made when it is not there.
    #[arg(long, value_name = "NAME", default_value = "manzil", requires = "database")]
    schema: String,
    /// Let records go unencrypted to a database on another machine, as through a tunnel.
    #[arg(long, requires = "database")]
    plain_database: bool,
}

/// A place for records.
#[derive(Clone)]
pub enum Place {
    File(PathBuf),
    Schema { url: String, options: manzil_store_postgres::Options },
}

/// An engine with what only engines can do.
pub enum Engine {
    Sqlite(Arc<SqliteStore>),
    Postgres(Arc<PostgresStore>),
}

impl PlaceOptions {
    pub fn place(&self) -> Place {
        self.named().unwrap_or_else(|| Place::File("manzil.sqlite".into()))
    }

    /// None when the command line names none.
    pub fn named(&self) -> Option<Place> {
        match &self.database {
            None => self.data.clone().map(Place::File),
            Some(url) => Some(Place::schema(url, &self.schema, self.plain_database)),
        }
    }
}

impl Place {
    /// A file, or an address of a database.
    pub fn named(name: &str, schema: &str, plain: bool) -> Self {
        if name.starts_with("postgres://") || name.starts_with("postgresql://") {
            return Self::schema(name, schema, plain);
        }
        Self::File(name.into())
    }

    fn schema(url: &str, schema: &str, plain: bool) -> Self {
        let options = manzil_store_postgres::Options {
            schema: schema.to_owned(),
            password: std::env::var("PGPASSWORD").ok(),
            may_be_plain: plain,
            ..manzil_store_postgres::Options::new(ids::clock(), NODE)
        };
        Self::Schema { url: url.to_owned(), options }
    }

    /// Refuses a data file that is not there, so that a mistyped name makes no empty one.
    pub fn require(&self) -> anyhow::Result<()> {
        match self {
            Self::File(path) if !path.is_file() => {
                bail!("MZ-0731: there is no data file {}; name it with --data", path.display())
            }
            _ => Ok(()),
        }
    }

    /// Opens it, making it when it is not there.
    pub fn open(&self) -> anyhow::Result<Engine> {
        match self {
            Self::File(path) => {
                check_folder(path)?;
                let options = manzil_store_sqlite::Options::new(ids::clock(), NODE);
                let store = SqliteStore::open(path, options);
                let store = store.with_context(|| format!("cannot open the data file {self}"))?;
                Ok(Engine::Sqlite(Arc::new(store)))
            }
            Self::Schema { url, options } => {
                let store = off_the_executor(|| PostgresStore::open(url, options.clone()));
                let store = store.with_context(|| format!("cannot open {self}"))?;
                Ok(Engine::Postgres(Arc::new(store)))
            }
        }
    }

    /// Makes a new store there from the records of another. Blocks.
    pub fn take(&self, source: Source<'_>) -> anyhow::Result<()> {
        let taken = match self {
            Self::File(path) => {
                check_folder(path)?;
                let options = manzil_store_sqlite::Options::new(ids::clock(), NODE);
                SqliteStore::take(path, options, source)
            }
            Self::Schema { url, options } => {
                off_the_executor(|| PostgresStore::take(url, options.clone(), source))
            }
        };
        taken.with_context(|| format!("cannot make {self}"))
    }
}

impl Engine {
    pub fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(store) => Arc::clone(store) as Arc<dyn Store>,
            Self::Postgres(store) => Arc::clone(store) as Arc<dyn Store>,
        }
    }

    /// Gives all records, as they stand at one moment.
    pub async fn give(
        &self,
        sink: impl FnMut(Record) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(store) => store.give(sink).await,
            Self::Postgres(store) => store.give(sink).await,
        }
    }
}

/// Never shows a password.
impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Schema { url, options } => {
                let host = url.rsplit_once('@').map_or(url.as_str(), |(_, host)| host);
                let host = host.split('?').next().unwrap_or(host);
                let host = host.split_once("://").map_or(host, |(_, host)| host);
                write!(formatter, "the schema {} in {host}", options.schema)
            }
        }
    }
}

fn check_folder(path: &Path) -> anyhow::Result<()> {
    if let Some(folder) = path.parent()
        && !folder.as_os_str().is_empty()
        && !folder.is_dir()
    {
        bail!("MZ-0730: the folder {} does not exist; make it first", folder.display());
    }
    Ok(())
}

/// Runs what waits for threads of its own on a thread where it may.
fn off_the_executor<T: Send>(
    work: impl FnOnce() -> Result<T, StoreError> + Send,
) -> Result<T, StoreError> {
    std::thread::scope(|scope| scope.spawn(work).join()).unwrap_or(Err(StoreError::Closed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        for (url, shown) in [
            ("postgres://u:secret@h:1/d", "the schema s in h:1/d"),
            ("postgresql://h/d?user=u&password=secret", "the schema s in h/d"),
            ("clinic.sqlite", "clinic.sqlite"),
        ] {
            let place = Place::named(url, "s", false);
            assert_eq!(place.to_string(), shown);
        }
    }
}
