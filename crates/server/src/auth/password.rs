//! Passwords: rules, Argon2id hashes and their verification, off the request threads.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::{PasswordHasher, PasswordVerifier};
use thiserror::Error;
use tokio::sync::Semaphore;

use crate::entropy::{Entropy, EntropyError};
use crate::limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, PASSWORD_HASHES_AT_ONCE_MAX};

/// Hashes and verifies, a few at a time so that memory stays bounded.
#[derive(Debug)]
pub struct Passwords {
    places: Arc<Semaphore>,
}

/// Why a password could not be hashed.
#[derive(Debug, Error)]
pub enum PasswordError {
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    #[error("MZ-0613: the password could not be hashed: {0}")]
    Hash(String),
}

/// Why a new password is not good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    TooShort,
    TooLong,
    SameAsAccount,
    OneCharacter,
}

/// Checks a new password against the rules.
pub fn weakness(account: &str, password: &str) -> Option<Weakness> {
    let length = password.chars().count();
    let first = password.chars().next();
    if length < PASSWORD_CHARS_MIN {
        Some(Weakness::TooShort)
    } else if length > PASSWORD_CHARS_MAX {
        Some(Weakness::TooLong)
    } else if password.to_lowercase().contains(&account.to_lowercase()) && !account.is_empty() {
        Some(Weakness::SameAsAccount)
    } else if password.chars().all(|c| Some(c) == first) {
        Some(Weakness::OneCharacter)
    } else {
        None
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(PASSWORD_HASHES_AT_ONCE_MAX)) }
    }
}

impl Passwords {
    /// Hashes `password` with a new salt.
    pub async fn hash(
        &self,
        entropy: &dyn Entropy,
        password: String,
    ) -> Result<String, PasswordError> {
        let mut salt = [0; 16];
        entropy.fill(&mut salt)?;
        self.on_blocking_thread(move || {
            let hash: Result<PasswordHash, _> =
                Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(|e| PasswordError::Hash(e.to_string()))
        })
        .await?
    }

    /// Whether `password` is the one behind `hash`. Without a hash (no such account) it does the
    /// same work and says no, so that the time taken does not tell which accounts exist.
    pub async fn verify(
        &self,
        hash: Option<String>,
        password: String,
    ) -> Result<bool, PasswordError> {
        self.on_blocking_thread(move || {
            let argon2 = Argon2::default();
            let Some(hash) = hash else {
                let spent: Result<PasswordHash, _> =
                    argon2.hash_password_with_salt(password.as_bytes(), &[0; 16]);
                drop(spent);
                return false;
            };
            PasswordHash::new(&hash)
                .is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
    }

    async fn on_blocking_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let stopped = |error: &dyn std::fmt::Display| PasswordError::Hash(error.to_string());
        let place =
            Arc::clone(&self.places).acquire_owned().await.map_err(|error| stopped(&error))?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(place);
            result
        });
        done.await.map_err(|error| stopped(&error))
    }
}
