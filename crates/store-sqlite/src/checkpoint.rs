//! Writing the log back into the data file while the writer goes on.
//!
//! SQLite would do it within the commit that makes the log too long, and everybody would wait for
//! some thousand pages and an fsync of the data file. So a thread does it beside the writer. What
//! comes into the log meanwhile is a small rest, which the writer writes back itself between two
//! groups: only then can the log start again from its beginning.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use manzil_store::StoreError;
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, MAIN_DB};

use crate::{fault, file};

/// Rounds of the thread; each leaves what came while it worked, a fraction of the one before.
const ROUNDS: usize = 2;

/// The writer's side: when the log is to be written back.
pub(crate) struct Checkpoints {
    /// Pages in the log after the last commit.
    pages: Arc<AtomicU32>,
    pages_max: u32,
    /// Pages at which the thread is called next. More than `pages_max` when the log could not
    /// start again, because somebody still reads from it.
    due: u32,
    is_called: bool,
    calls: SyncSender<()>,
    done: Receiver<()>,
    thread: JoinHandle<()>,
}

impl Checkpoints {
    /// Starts the thread for the data file that `writer` writes.
    pub(crate) fn start(
        writer: &mut Connection,
        path: &Path,
        pages_max: u32,
    ) -> Result<Self, StoreError> {
        let pages = Arc::new(AtomicU32::new(0));
        let seen = Arc::clone(&pages);
        // In the place of SQLite's own hook, which would write the log back within a commit.
        let hook = move |_: &mut rusqlite::hooks::Wal, pages: i32| {
            seen.store(pages.unsigned_abs(), Ordering::Relaxed);
            Ok(())
        };
        writer.wal_hook(Some(hook)).map_err(fault::of_sqlite)?;
        let (calls, called) = sync_channel(1);
        let (tell, done) = sync_channel(1);
        let helper = Helper::open(path)?;
        let thread = thread::Builder::new()
            .name("store-checkpoint".into())
            .spawn(move || helper.run(&called, &tell))
            .map_err(|error| StoreError::Database(format!("a thread cannot start: {error}")))?;
        Ok(Self { pages, pages_max, due: pages_max, is_called: false, calls, done, thread })
    }

    /// Does what is due between two groups of the writer.
    pub(crate) fn tend(&mut self, writer: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < self.pages_max {
            self.due = self.pages_max;
        }
        if !self.is_called {
            self.is_called = pages >= self.due && self.calls.try_send(()).is_ok();
        } else if self.done.try_recv().is_ok() {
            write_back(writer);
            self.is_called = false;
            self.due = self.pages_max.max(pages + self.pages_max / 4);
        }
    }

    /// Waits until the thread has ended.
    pub(crate) fn stop(self) {
        drop(self.calls);
        if self.thread.join().is_err() {
            tracing::error!("the thread that writes the log back ended in a panic");
        }
    }
}

/// The thread's side.
struct Helper {
    connection: Connection,
    /// SQLite forces the data file to the disk only when nothing is left in the log, which it does
    /// not see while the writer goes on. It stays open to the end, because closing it gives up
    /// every POSIX lock of this process on the file.
    file: File,
}

impl Helper {
    fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = file::open_helper(path)?;
        let file = File::options().write(true).open(path);
        Ok(Self { connection, file: file.map_err(|error| fault::of_file(path, &error))? })
    }

    fn run(&self, called: &Receiver<()>, tell: &SyncSender<()>) {
        while called.recv().is_ok() {
            for _ in 0..ROUNDS {
                write_back(&self.connection);
                if let Err(error) = self.file.sync_data() {
                    tracing::warn!(%error, "the data file could not be forced to the disk");
                }
            }
            if tell.send(()).is_err() {
                return;
            }
        }
    }
}

/// Writes back what no reader holds up. What fails is tried again when the log has grown.
fn write_back(connection: &Connection) {
    if let Err(error) = connection.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::PASSIVE) {
        tracing::warn!(%error, "the log could not be written back into the data file");
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::tests::empty_file;

    const PAGES_MAX: u32 = 40;

    /// Writes about a page, and does what is due after it.
    fn write(connection: &Connection, checkpoints: &mut Checkpoints) {
        let value = "x".repeat(4_000);
        let values = [checkpoints.pages.load(Ordering::Relaxed).to_string(), value];
        connection
            .execute("INSERT OR REPLACE INTO local VALUES ('a test', ?1, ?2)", values)
            .unwrap();
        checkpoints.tend(connection);
    }

    /// Writes until something is so.
    fn write_until(
        connection: &Connection,
        checkpoints: &mut Checkpoints,
        is_so: impl Fn(&Checkpoints) -> bool,
    ) {
        for _ in 0..100_000 {
            if is_so(checkpoints) {
                return;
            }
            write(connection, checkpoints);
        }
        panic!("after many writes the log has {:?} pages", checkpoints.pages);
    }

    fn started() -> (tempfile::TempDir, PathBuf, Connection, Checkpoints) {
        let (folder, mut connection) = empty_file();
        let path = PathBuf::from(connection.path().unwrap());
        let checkpoints = Checkpoints::start(&mut connection, &path, PAGES_MAX).unwrap();
        (folder, path, connection, checkpoints)
    }

    #[test]
    fn the_log_starts_again_while_the_writer_goes_on() {
        let (_folder, _path, connection, mut checkpoints) = started();
        let (mut restarts, mut before) = (0, 0);
        for _ in 0..100_000 {
            write(&connection, &mut checkpoints);
            let pages = checkpoints.pages.load(Ordering::Relaxed);
            restarts += usize::from(pages < before);
            before = pages;
            if restarts == 3 {
                return checkpoints.stop();
            }
        }
        panic!("the log has {before} pages and started again {restarts} times");
    }

    #[test]
    fn a_reader_that_stays_holds_the_log_but_not_the_writer() {
        let (_folder, path, connection, mut checkpoints) = started();
        let reader = file::open_reader(&path).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM local").unwrap();
        write_until(&connection, &mut checkpoints, |now| now.due > PAGES_MAX);
        let held = checkpoints.pages.load(Ordering::Relaxed);
        write(&connection, &mut checkpoints);
        assert!(checkpoints.pages.load(Ordering::Relaxed) > held, "what is read was overwritten");
        reader.execute_batch("COMMIT").unwrap();
        write_until(&connection, &mut checkpoints, |now| {
            now.pages.load(Ordering::Relaxed) < PAGES_MAX && now.due == PAGES_MAX
        });
        checkpoints.stop();
    }
}
