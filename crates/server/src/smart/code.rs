//! Authorisation codes: what somebody agreed to, until the software fetches its token.
//!
//! A code is bound to its client, its return address and a PKCE challenge (RFC 7636, S256 only).

use base64ct::{Base64UrlUnpadded, Encoding};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::client::Client;
use super::grant::{self, Grant, Standing};
use super::kept;
use super::refused::Refused;
use crate::App;
use crate::auth::token::{Token, same};
use crate::forms::Posted;
use crate::limits::CODE_AGE_MAX;

/// What a code stands for. A spent one is kept until it expires, so that its reuse is seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Code {
    redirect_uri: String,
    challenge: String,
    grant: Grant,
    expires_at: Timestamp,
    spent: bool,
}

/// Writes a code for a grant that somebody agreed to. The grant itself is written when the code
/// is exchanged.
pub(crate) async fn issue(
    app: &App,
    grant: Grant,
    redirect_uri: &str,
    challenge: &str,
) -> Result<Token, Refused> {
    kept::clear(&*app.store, app.now()).await?;
    let token = Token::new(&*app.entropy)?;
    let code = Code {
        redirect_uri: redirect_uri.to_owned(),
        challenge: challenge.to_owned(),
        expires_at: app.now().checked_add(CODE_AGE_MAX).unwrap_or(grant.expires_at),
        grant,
        spent: false,
    };
    kept::put(&*app.store, kept::CODE, &kept::name(kept::CODE, &token), &code).await?;
    Ok(token)
}

/// Exchanges the code of a request for its grant. Whatever is wrong with the request, the code
/// is spent; a second use also ends what the first one got. Call it with `grants` held.
pub(crate) async fn redeem(app: &App, client: &Client, form: &Posted) -> Result<Standing, Refused> {
    let token = Token::parse(form.exact("code")).ok_or(Refused::Grant)?;
    let name = kept::name(kept::CODE, &token);
    let found = kept::get::<Code>(&*app.store, kept::CODE, &name).await?;
    let mut code = found.ok_or(Refused::Grant)?;
    if code.spent {
        grant::revoke(&*app.store, &code.grant.id).await?;
        return Err(Refused::Grant);
    }
    code.spent = true;
    kept::put(&*app.store, kept::CODE, &name, &code).await?;
    let fits = code.expires_at > app.now()
        && code.grant.client == client.id
        && code.redirect_uri == form.exact("redirect_uri")
        && answers(&code.challenge, form.exact("code_verifier"));
    if !fits {
        return Err(Refused::Grant);
    }
    kept::put(&*app.store, kept::GRANT, &code.grant.id, &code.grant).await?;
    let standing = grant::standing(&*app.store, &code.grant.id, app.now()).await?;
    standing.ok_or(Refused::Grant)
}

/// Whether this is a challenge as S256 makes it: 32 bytes in base64url.
pub(crate) fn is_challenge(text: &str) -> bool {
    text.len() == 43 && Base64UrlUnpadded::decode_vec(text).is_ok()
}

/// Whether the verifier is the one behind the challenge. RFC 7636, section 4.1 gives its shape.
fn answers(challenge: &str, verifier: &str) -> bool {
    let shaped = (43..=128).contains(&verifier.len())
        && verifier.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
    let hash = Sha256::digest(verifier.as_bytes());
    shaped && same(&Base64UrlUnpadded::encode_string(&hash), challenge)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pair of RFC 7636, appendix B.
    #[test]
    fn the_verifier_answers_its_challenge() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(is_challenge(challenge) && answers(challenge, verifier));
        assert!(!answers(challenge, challenge));
        assert!(!answers(verifier, verifier));
        assert!(!answers("", ""));
    }
}
