//! What an operator or a test may choose about a store.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

/// Where the time comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How to open a store.
#[derive(Clone)]
pub struct Options {
    /// Stamps every version and audit entry.
    pub clock: Clock,
    /// The node's name, given to a store that is new. A store keeps its name, because its change
    /// log continues.
    pub node: String,
    /// The schema within the database: small letters, digits and underscores. One store each.
    pub schema: String,
    /// For an address that has none.
    pub password: Option<String>,
    /// Whether a database on another machine is used although the connection is not encrypted.
    pub may_be_plain: bool,
    pub limits: Limits,
}

impl Options {
    pub fn new(clock: Clock, node: impl Into<String>) -> Self {
        Self {
            clock,
            node: node.into(),
            schema: "manzil".into(),
            password: None,
            may_be_plain: false,
            limits: Limits::default(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Options")
            .field("node", &self.node)
            .field("schema", &self.schema)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The limits of this engine, beside those of [`manzil_store::limits`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections that read.
    pub reader_connections: usize,
    /// Calls that may wait for a reader; one more is turned away with MZ-0308.
    pub reads_waiting_max: usize,
    /// Calls that may wait for the writer; one more is turned away with MZ-0308.
    pub writes_waiting_max: usize,
    /// Jobs in one group, hence behind one commit.
    pub group_jobs_max: usize,
    /// Bytes of JSON in one group, so that nobody waits long behind an import.
    pub group_bytes_max: usize,
    /// How long the writer tries to come back after the connection was lost.
    pub reconnect_milliseconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            reader_connections: 8,
            reads_waiting_max: 4_096,
            writes_waiting_max: 4_096,
            group_jobs_max: 512,
            group_bytes_max: 8 * 1024 * 1024,
            reconnect_milliseconds: 15_000,
        }
    }
}
