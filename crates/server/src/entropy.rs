//! Where random bytes and new identifiers come from. Passed in, so that a run can be replayed.

use jiff::Timestamp;
use thiserror::Error;
use uuid::Uuid;

/// A source of unpredictable bytes.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes` with bytes that nobody can guess.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError>;

    /// A new UUIDv7 for a resource made at `now`.
    fn id(&self, now: Timestamp) -> Result<Uuid, EntropyError> {
        let mut random = [0; 10];
        self.fill(&mut random)?;
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }
}

/// The operating system had no random bytes to give.
#[derive(Clone, Debug, Error)]
#[error("MZ-0612: the operating system gives no random bytes: {0}")]
pub struct EntropyError(pub String);

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(bytes).map_err(|error| EntropyError(error.to_string()))
    }
}
