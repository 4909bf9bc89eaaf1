//! The conformance suite of the port on PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test may stop and speak"
)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cluster::Cluster;
use manzil_store::conformance::{CHECKS, Engine, block_on};
use manzil_store::{Store, StoreError, archive};
use manzil_store_postgres::{Options, PostgresStore};
use tempfile::TempDir;

#[path = "support/cluster.rs"]
mod cluster;

/// Stores in one database, each in a schema of its own.
struct Postgres {
    cluster: Cluster,
    folder: TempDir,
    made: AtomicU32,
    clock: Arc<Mutex<jiff::Timestamp>>,
}

impl Postgres {
    fn options(&self) -> Options {
        let clock = Arc::clone(&self.clock);
        let tick = move || {
            let mut now = clock.lock().unwrap();
            *now += jiff::SignedDuration::from_millis(7);
            *now
        };
        Options { schema: self.cluster.schema(), ..Options::new(Arc::new(tick), "node-1") }
    }
}

#[async_trait]
impl Engine for Postgres {
    async fn fresh(&self) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::new(PostgresStore::open(&self.cluster.url, self.options())?))
    }

    async fn open_copy(&self, path: &Path) -> Result<Arc<dyn Store>, StoreError> {
        let options = self.options();
        let mut records = archive::read(path)?;
        PostgresStore::take(&self.cluster.url, options.clone(), &mut records)?;
        Ok(Arc::new(PostgresStore::open(&self.cluster.url, options)?))
    }

    fn copy_path(&self) -> PathBuf {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        self.folder.path().join(format!("copy-{number}"))
    }
}

#[test]
fn postgres_keeps_every_promise_of_the_port() {
    let Some(cluster) = Cluster::start() else { return };
    let clock = Arc::new(Mutex::new(jiff::Timestamp::from_second(1_750_000_000).unwrap()));
    let (folder, made) = (TempDir::new().unwrap(), AtomicU32::new(0));
    let engine = Postgres { cluster, folder, made, clock };
    let only = std::env::var("MANZIL_CHECK").unwrap_or_default();
    let mut failures = Vec::new();
    for check in CHECKS.iter().filter(|check| check.name.contains(&only)) {
        if let Err(failure) = block_on((check.run)(&engine)) {
            failures.push(format!("{}: {failure}", check.name));
        }
    }
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}
