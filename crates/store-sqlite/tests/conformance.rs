//! The conformance suite of the port on SQLite.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use manzil_store::conformance::{CHECKS, Engine, block_on};
use manzil_store::{Store, StoreError};
use manzil_store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

/// Stores in one folder that is removed at the end.
struct Sqlite {
    folder: TempDir,
    made: AtomicU32,
    clock: Arc<Mutex<jiff::Timestamp>>,
}

impl Sqlite {
    fn new() -> Self {
        let clock = Arc::new(Mutex::new(jiff::Timestamp::from_second(1_750_000_000).unwrap()));
        Self { folder: TempDir::new().unwrap(), made: AtomicU32::new(0), clock }
    }

    fn open(&self, path: &Path) -> Result<Arc<dyn Store>, StoreError> {
        let clock = Arc::clone(&self.clock);
        let tick = move || {
            let mut now = clock.lock().unwrap();
            *now += jiff::SignedDuration::from_millis(7);
            *now
        };
        Ok(Arc::new(SqliteStore::open(path, Options::new(Arc::new(tick), "node-1"))?))
    }
}

#[async_trait]
impl Engine for Sqlite {
    async fn fresh(&self) -> Result<Arc<dyn Store>, StoreError> {
        self.open(&self.copy_path())
    }

    async fn open_copy(&self, path: &Path) -> Result<Arc<dyn Store>, StoreError> {
        self.open(path)
    }

    fn copy_path(&self) -> PathBuf {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        self.folder.path().join(format!("store-{number}.db"))
    }
}

#[test]
fn sqlite_keeps_every_promise_of_the_port() {
    let engine = Sqlite::new();
    let mut failures = Vec::new();
    for check in CHECKS {
        if let Err(failure) = block_on((check.run)(&engine)) {
            failures.push(format!("{}: {failure}", check.name));
        }
    }
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}
