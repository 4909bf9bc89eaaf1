//! What an operator or a test may choose about a store.

use std::fmt;
use std::sync::Arc;
use std::thread;

use jiff::Timestamp;

/// Where the time comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How to open a store.
#[derive(Clone)]
pub struct Options {
    /// Stamps every version and audit entry.
    pub clock: Clock,
    /// The node's name, given to a file that is new. A file keeps its name when it is moved to
    /// another machine, because its change log continues.
    pub node: String,
    pub limits: Limits,
}

impl Options {
    pub fn new(clock: Clock, node: impl Into<String>) -> Self {
        Self { clock, node: node.into(), limits: Limits::default() }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Options")
            .field("node", &self.node)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The limits of this engine, beside those of [`manzil_store::limits`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Threads with a read-only connection each. One more than there are cores: a slow question
    /// waits for the disk at times, and each thread holds memory.
    pub reader_threads: usize,
    /// Calls that may wait for a reader; one more is turned away with MZ-0308.
    pub reads_waiting_max: usize,
    /// Calls that may wait for the writer; one more is turned away with MZ-0308.
    pub writes_waiting_max: usize,
    /// Jobs in one group, hence behind one fsync.
    pub group_jobs_max: usize,
    /// Bytes of JSON in one group, so that nobody waits long behind an import.
    pub group_bytes_max: usize,
    /// Audit entries of reads that a power cut may take, at most (see the crate's documentation).
    pub unsealed_entries_max: usize,
    /// Time without work after which the audit entries of reads go into the data file.
    pub seal_after_milliseconds: u64,
    /// Pages of 4,096 bytes at which the log is written back into the file.
    pub log_pages_max: u32,
    /// Pages of 4,096 bytes that the file may grow to; none means as far as the disk goes.
    pub file_pages_max: Option<u32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            reader_threads: cores() + 1,
            reads_waiting_max: 4_096,
            writes_waiting_max: 4_096,
            group_jobs_max: 512,
            group_bytes_max: 8 * 1024 * 1024,
            unsealed_entries_max: 2_000,
            seal_after_milliseconds: 200,
            log_pages_max: 8_000,
            file_pages_max: None,
        }
    }
}

/// Cores of the machine that are put to use.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 8))
}
