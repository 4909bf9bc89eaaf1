//! What a page can answer instead of what was asked for.
//!
//! A handler returns a [`Problem`]; [`crate::frame`] turns it into a page in the reader's
//! language. Every problem has a status, a stable code, a reason and a cure.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use manzil_journey::access::Role;
use manzil_store::StoreError;
use thiserror::Error;

use crate::auth::account::role_key;
use crate::auth::password::PasswordError;
use crate::entropy::EntropyError;
use crate::messages::{Translator, key};

/// Why a request was not done. Nothing was changed when one is answered.
#[derive(Clone, Debug, Error)]
pub enum Problem {
    #[error("MZ-0601: there is no such page")]
    NotFound,
    #[error("MZ-0602: this page cannot be asked for in this way")]
    WrongMethod,
    #[error("MZ-0603: this page is for other roles")]
    WrongRole { needed: &'static [Role] },
    #[error("MZ-0604: the form was not made by this session")]
    StaleForm,
    #[error("MZ-0605: more than {bytes_max} bytes were sent")]
    TooLarge { bytes_max: usize },
    #[error("MZ-0606: the form could not be read: {0}")]
    Unreadable(String),
    #[error("MZ-0607: too many failed sign-ins; wait {minutes} minutes")]
    TooManySignIns { minutes: i64 },
    #[error("MZ-0608: the answer took too long")]
    TimedOut,
    #[error("MZ-0609: an error inside the program: {0}")]
    Internal(String),
    #[error("MZ-0611: nobody is signed in")]
    SignedOut,
    /// The access policy said no: `StoreError::Refused`.
    #[error("{0}")]
    Wall(String),
    /// Somebody else changed the same record in the meantime.
    #[error("{0}")]
    Conflict(String),
    /// The domain refused; the text carries its own code, reason and cure.
    #[error("{code}: {reason}")]
    Refused { code: String, reason: String },
    /// The database failed.
    #[error("{0}")]
    Store(String),
}

/// The words of a problem page.
#[derive(Clone, Debug)]
pub struct Words {
    pub title: String,
    pub reason: String,
    pub cure: String,
}

impl Problem {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::WrongRole { .. } | Self::StaleForm | Self::Wall(_) => StatusCode::FORBIDDEN,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::TooManySignIns { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Refused { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TimedOut | Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable code: `MZ-0603`.
    pub fn code(&self) -> String {
        let text = self.to_string();
        let code = text.split(':').next().unwrap_or_default();
        if code.starts_with("MZ-") { code.to_owned() } else { "MZ-0609".to_owned() }
    }

    /// Title, reason and cure in the reader's language.
    pub fn words(&self, t: &Translator, who: Option<Role>) -> Words {
        let say = |title, reason, cure| Words {
            title: t.get(title),
            reason: t.get(reason),
            cure: t.get(cure),
        };
        match self {
            Self::NotFound => say(key("missing-title"), key("missing-reason"), key("missing-cure")),
            Self::WrongMethod => say(key("method-title"), key("method-reason"), key("method-cure")),
            Self::WrongRole { needed } => wrong_role(t, who, needed),
            Self::StaleForm => say(key("stale-title"), key("stale-reason"), key("stale-cure")),
            Self::TooLarge { bytes_max } => Words {
                title: t.get(key("large-title")),
                reason: t.with(key("large-reason"), &[("kilobytes", &(bytes_max / 1024))]),
                cure: t.get(key("large-cure")),
            },
            Self::Unreadable(_) => {
                say(key("unreadable-title"), key("unreadable-reason"), key("unreadable-cure"))
            }
            Self::TooManySignIns { minutes } => Words {
                title: t.get(key("rate-title")),
                reason: t.get(key("rate-reason")),
                cure: t.with(key("rate-cure"), &[("minutes", minutes)]),
            },
            Self::TimedOut => say(key("slow-title"), key("slow-reason"), key("slow-cure")),
            Self::SignedOut => {
                say(key("signed-out-title"), key("signed-out-reason"), key("signed-out-cure"))
            }
            Self::Wall(_) => say(key("wall-title"), key("wall-reason"), key("wall-cure")),
            Self::Conflict(_) => {
                say(key("conflict-title"), key("conflict-reason"), key("conflict-cure"))
            }
            Self::Refused { reason, .. } => Words {
                title: t.get(key("refused-title")),
                reason: reason.clone(),
                cure: t.get(key("refused-cure")),
            },
            Self::Store(_) => say(key("store-title"), key("store-reason"), key("store-cure")),
            Self::Internal(_) => {
                say(key("internal-title"), key("internal-reason"), key("internal-cure"))
            }
        }
    }
}

fn wrong_role(t: &Translator, who: Option<Role>, needed: &[Role]) -> Words {
    let needed: Vec<String> = needed.iter().map(|role| t.get(role_key(*role))).collect();
    let yours = who.map_or_else(String::new, |role| t.get(role_key(role)));
    Words {
        title: t.get(key("role-title")),
        reason: t.with(
            key("role-reason"),
            &[("needed", &needed.join(&t.get(key("list-comma")))), ("yours", &yours)],
        ),
        cure: t.get(key("role-cure")),
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let text = error.to_string();
        match error {
            StoreError::Refused { .. } => Self::Wall(text),
            StoreError::Conflict { .. } => Self::Conflict(text),
            _ => Self::Store(text),
        }
    }
}

impl From<EntropyError> for Problem {
    fn from(error: EntropyError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Self {
        Self::Internal(format!("MZ-0610: a page could not be drawn: {error}"))
    }
}

impl IntoResponse for Problem {
    /// Only the status and the problem itself; the page around it is drawn by the frame.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
