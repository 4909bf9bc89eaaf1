//! Why software gets no token, in the words of OAuth 2 (RFC 6749, section 5.2).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use manzil_store::StoreError;
use serde_json::json;
use thiserror::Error;

use super::scope::ScopeError;
use crate::entropy::EntropyError;

#[derive(Clone, Debug, Error)]
pub(crate) enum Refused {
    /// One answer for all reasons: which ids exist is nobody's business.
    #[error(
        "MZ-0665: this software is not known here, is disabled, or did not prove who it is; check \
         its id, its secret or key, and the times in its assertion"
    )]
    Client,
    #[error(
        "MZ-0666: this code or refresh token counts for nothing: it was used, has expired, was \
         taken back, or belongs to another request; ask the person again"
    )]
    Grant,
    #[error("MZ-0667: the request cannot be answered: {0}")]
    Request(&'static str),
    #[error(
        "MZ-0669: there is no such grant type; use authorization_code, refresh_token or \
         client_credentials"
    )]
    GrantType,
    #[error("MZ-0670: this software is not registered for this grant type")]
    NotForIt,
    #[error("MZ-0671: none of the scopes asked for may be given to this software")]
    NoScope,
    #[error(transparent)]
    Scope(#[from] ScopeError),
    #[error("MZ-0672: too many failures from this address; wait {minutes} minutes")]
    TooMany { minutes: i64 },
    #[error(
        "MZ-0673: the address of this server is not known, so that only software on this machine \
         can be let in; the operator sets the public address"
    )]
    NoAddress,
    /// The database or the operating system failed.
    #[error("{0}")]
    Inside(String),
}

impl Refused {
    /// The `error` of RFC 6749.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Client => "invalid_client",
            Self::Grant => "invalid_grant",
            Self::Request(_) | Self::NoAddress => "invalid_request",
            Self::GrantType => "unsupported_grant_type",
            Self::NotForIt => "unauthorized_client",
            Self::NoScope | Self::Scope(_) => "invalid_scope",
            Self::TooMany { .. } => "temporarily_unavailable",
            Self::Inside(_) => "server_error",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Client => StatusCode::UNAUTHORIZED,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Inside(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let text = match &self {
            Self::Inside(error) => {
                tracing::error!(%error, "a token could not be given");
                "an error inside the program; try again".to_owned()
            }
            other => other.to_string(),
        };
        let body = Json(json!({"error": self.code(), "error_description": text}));
        let mut response = (self.status(), body).into_response();
        if let Self::Client = self {
            let basic = HeaderValue::from_static("Basic realm=\"Manzil\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
        }
        response
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Inside(error.to_string())
    }
}

impl From<EntropyError> for Refused {
    fn from(error: EntropyError) -> Self {
        Self::Inside(error.to_string())
    }
}
