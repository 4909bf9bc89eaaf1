//! The public keys of registered software.

use serde::{Deserialize, Serialize};

/// One key of a JSON Web Key Set (RFC 7517), as it was registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// By which a signature names it.
    pub kid: String,
    #[serde(flatten)]
    pub numbers: Numbers,
}

/// The numbers of a key, in base64url without padding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kty")]
pub enum Numbers {
    /// For RS384.
    #[serde(rename = "RSA")]
    Rsa { n: String, e: String },
    /// A point on P-384, for ES384.
    #[serde(rename = "EC")]
    Ec { crv: String, x: String, y: String },
}
