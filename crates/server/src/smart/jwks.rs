//! The public keys of registered software.

use base64ct::{Base64UrlUnpadded, Encoding};
use p384::ecdsa::signature::Verifier;
use rsa::{BoxedUint, PublicKey as RsaKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha384;
use thiserror::Error;

use crate::limits::{CLIENT_KEYS_MAX, RSA_BITS_MAX, RSA_BITS_MIN};

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

/// The ways of signing that are accepted: those that SMART names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Algorithm {
    #[serde(rename = "RS384")]
    Rs384,
    #[serde(rename = "ES384")]
    Es384,
}

/// Why a key set was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    #[error(
        "MZ-0674: this is not a JSON Web Key Set with 1 to {CLIENT_KEYS_MAX} keys and a kid in each"
    )]
    Unreadable,
    #[error(
        "MZ-0675: a private key stands in this key set; it is no longer secret, make a new one"
    )]
    Private,
    #[error(
        "MZ-0676: a key is not RSA of {RSA_BITS_MIN} to {RSA_BITS_MAX} bits, nor a point on P-384"
    )]
    Unfit,
}

/// Reads a key set (`{"keys": [...]}`) that may be registered.
///
/// # Errors
///
/// One that cannot be read, that holds a private key, or whose keys are not fit for signing.
pub fn read(text: &str) -> Result<Vec<PublicKey>, KeyError> {
    let set: Value = serde_json::from_str(text).map_err(|_| KeyError::Unreadable)?;
    let keys = set.get("keys").and_then(Value::as_array).ok_or(KeyError::Unreadable)?;
    if keys.iter().any(|key| key.get("d").is_some() || key.get("k").is_some()) {
        return Err(KeyError::Private);
    }
    let keys: Vec<PublicKey> = keys
        .iter()
        .map(|key| serde_json::from_value(key.clone()).map_err(|_| KeyError::Unreadable))
        .collect::<Result<_, _>>()?;
    if keys.is_empty() || keys.len() > CLIENT_KEYS_MAX {
        return Err(KeyError::Unreadable);
    }
    let fit = keys.iter().all(|key| key.numbers.is_fit());
    if fit { Ok(keys) } else { Err(KeyError::Unfit) }
}

impl Numbers {
    /// Whether `signature` is this key's over `text`. A key is good for one algorithm alone.
    pub(crate) fn verifies(&self, algorithm: Algorithm, text: &[u8], signature: &[u8]) -> bool {
        let verified = match algorithm {
            Algorithm::Rs384 => self.rsa().and_then(|key| {
                let key = rsa::pkcs1v15::VerifyingKey::<Sha384>::new(key);
                let signature = rsa::pkcs1v15::Signature::try_from(signature).ok()?;
                key.verify(text, &signature).ok()
            }),
            Algorithm::Es384 => self.p384().and_then(|key| {
                let signature = p384::ecdsa::Signature::from_slice(signature).ok()?;
                key.verify(text, &signature).ok()
            }),
        };
        verified.is_some()
    }

    fn is_fit(&self) -> bool {
        self.rsa().is_some() || self.p384().is_some()
    }

    fn rsa(&self) -> Option<RsaKey> {
        let Self::Rsa { n, e } = self else { return None };
        let n = Base64UrlUnpadded::decode_vec(n).ok()?;
        let e = Base64UrlUnpadded::decode_vec(e).ok()?;
        let n: Vec<u8> = n.into_iter().skip_while(|byte| *byte == 0).collect();
        if !(RSA_BITS_MIN / 8..=RSA_BITS_MAX / 8).contains(&n.len()) {
            return None;
        }
        let number = |bytes: &[u8]| BoxedUint::from_be_slice_vartime(bytes);
        RsaKey::new(number(&n), number(&e)).ok()
    }

    fn p384(&self) -> Option<p384::ecdsa::VerifyingKey> {
        let Self::Ec { crv, x, y } = self else { return None };
        let x = Base64UrlUnpadded::decode_vec(x).ok()?;
        let y = Base64UrlUnpadded::decode_vec(y).ok()?;
        if crv != "P-384" || x.len() != 48 || y.len() != 48 {
            return None;
        }
        p384::ecdsa::VerifyingKey::from_sec1_bytes(&[vec![4], x, y].concat()).ok()
    }
}
