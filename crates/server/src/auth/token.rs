//! Session tokens and what is derived from them.
//!
//! The cookie holds 256 random bits. The store keeps only their hash, and forms carry another
//! hash of them, so that neither a copy of the database nor a page's text gives a session away.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::entropy::{Entropy, EntropyError};

/// The secret in the cookie: 64 hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(secret)")
    }
}

impl Token {
    pub fn new(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes)?;
        Ok(Self(hexadecimal(&bytes)))
    }

    /// A token as a browser sent it; none when it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let looks_right = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        looks_right.then(|| Self(text.to_owned()))
    }

    /// For the cookie, and nothing else.
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// The name under which the store knows the session.
    pub fn stored(&self) -> String {
        self.derive("manzil session")
    }

    /// What every form of this session must carry.
    pub fn form(&self) -> String {
        self.derive("manzil form")
    }

    /// The name under which the store knows this secret as one of another kind.
    pub fn stored_as(&self, kind: &str) -> String {
        self.derive(kind)
    }

    fn derive(&self, what: &str) -> String {
        digest(what, &self.0)
    }
}

/// SHA-256 of a text for one use, in hexadecimal.
pub fn digest(what: &str, text: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(what.as_bytes());
    hash.update([0]);
    hash.update(text.as_bytes());
    hexadecimal(&hash.finalize())
}

/// Compares without telling by its time where the first difference is.
pub fn same(a: &str, b: &str) -> bool {
    let differs = a.bytes().zip(b.bytes()).fold(0, |sum, (x, y)| sum | (x ^ y));
    a.len() == b.len() && differs == 0
}

/// Lower-case hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
