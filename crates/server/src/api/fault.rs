//! What goes wrong at the interface itself, before or beside the store, with status and cure.

use axum::http::StatusCode;
use manzil_store::Key;
use thiserror::Error;

/// Why a request at `/fhir` is not done. Each says what is wrong and, behind the last
/// semicolon, what to do about it.
#[derive(Clone, Debug, Error)]
pub(crate) enum Fault {
    #[error("MZ-0630: there is nothing at /fhir{0}; the CapabilityStatement lists what there is")]
    NoPlace(String),
    #[error("MZ-0631: R4 has no resource type {name}; {}", advice(*nearest))]
    NoType { name: String, nearest: Option<&'static str> },
    #[error("MZ-0632: {0} cannot be given out; ask for application/fhir+json")]
    NotAcceptable(String),
    #[error("MZ-0633: {found} cannot be read here; send {wanted}")]
    WrongMedia { found: String, wanted: &'static str },
    #[error("MZ-0634: {method} is not possible here; {allowed} is")]
    WrongMethod { method: String, allowed: String },
    #[error("MZ-0635: there is no {0}; search for it, or check its id")]
    Missing(String),
    #[error("MZ-0636: {0} was deleted; its history can be read, and it may be written again")]
    Deleted(Key),
    #[error("MZ-0637: {key} is at version {current}, not at {asked}; read it again and repeat")]
    Stale { key: Key, current: String, asked: String },
    #[error("MZ-0638: {0} finds more than one resource; ask more narrowly, nothing was written")]
    Many(String),
    #[error("MZ-0639: {0}; write the same type and id in the address and in the resource")]
    Disagree(String),
    #[error("MZ-0640: a conditional interaction has no search; write what to look for after the ?")]
    NoCriteria,
    #[error("MZ-0641: the header {name} cannot be read: {reason}; correct it or leave it out")]
    Header { name: &'static str, reason: String },
    #[error("MZ-0642: {reason}; correct the Bundle, nothing of it was written")]
    Bundle { reason: String, at: String },
    #[error("MZ-0643: {key} is written twice in one transaction; write each resource once")]
    Twice { key: String, at: String },
    #[error("MZ-0644: the reference {text} {reason}; nothing was written")]
    Unresolved { text: String, reason: &'static str, at: String },
    #[error("MZ-0645: AuditEvents are made by Manzil itself and cannot be written; only read them")]
    AuditIsRead,
    #[error(
        "MZ-0646: there is no operation ${0} here; the CapabilityStatement lists those there are"
    )]
    NoOperation(String),
    #[error(
        "MZ-0695: the operation ${0} is not possible here; the CapabilityStatement says of what it is"
    )]
    OperationElsewhere(String),
    #[error("MZ-0647: more than {0} bytes were sent; send it in smaller parts")]
    TooLarge(usize),
    #[error("MZ-0648: the answer took too long; ask for less at once, or later again")]
    TimedOut,
    #[error("MZ-0649: an error inside the program; report this message to the operator")]
    Inside,
    #[error("MZ-0650: {0} is there already, and was to be written only if not; update it instead")]
    Exists(String),
    #[error("MZ-0651: {0}")]
    Argument(String),
    #[error("MZ-0652: there is no such export, or it is over; start it again")]
    NoExport,
    #[error("MZ-0653: too many exports are kept; end one, or wait until one is over")]
    TooManyExports,
    #[error("MZ-0654: the token does not reach this record; ask for a token with a wider scope")]
    Beyond,
    #[error("MZ-0655: nothing was sent; send a resource in the body")]
    NoBody,
    #[error(
        "MZ-0656: {0:?} is not an id; write 1 to 64 letters A to Z, digits, hyphens and points"
    )]
    NotAnId(String),
    #[error(
        "MZ-0657: what this was decided on kept changing while it was to be written; try again"
    )]
    Contended,
    #[error("MZ-0658: the body cannot be read: {0}; send it again")]
    Body(String),
    #[error("MZ-0659: {0}; nothing was written")]
    Unknown(String),
}

fn advice(nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!("write {nearest}, if that is meant"),
        None => "write a type such as Patient".to_owned(),
    }
}

impl Fault {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NoPlace(_)
            | Self::NoType { .. }
            | Self::Missing(_)
            | Self::NoOperation(_)
            | Self::NoExport => StatusCode::NOT_FOUND,
            Self::NotAcceptable(_) => StatusCode::NOT_ACCEPTABLE,
            Self::WrongMedia { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::WrongMethod { .. } | Self::AuditIsRead => StatusCode::METHOD_NOT_ALLOWED,
            Self::Deleted(_) => StatusCode::GONE,
            Self::Stale { .. } | Self::Many(_) | Self::Exists(_) | Self::NoCriteria => {
                StatusCode::PRECONDITION_FAILED
            }
            Self::Disagree(_)
            | Self::Header { .. }
            | Self::Bundle { .. }
            | Self::Twice { .. }
            | Self::Unresolved { .. }
            | Self::Argument(_)
            | Self::NoBody
            | Self::NotAnId(_)
            | Self::Unknown(_)
            | Self::OperationElsewhere(_)
            | Self::Body(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
            Self::Inside => StatusCode::INTERNAL_SERVER_ERROR,
            Self::TooManyExports => StatusCode::TOO_MANY_REQUESTS,
            Self::Beyond => StatusCode::FORBIDDEN,
            Self::Contended => StatusCode::CONFLICT,
        }
    }

    /// From the value set `issue-type` of R4.
    pub(crate) fn issue_type(&self) -> &'static str {
        match self {
            Self::NoPlace(_) | Self::Missing(_) | Self::NoExport => "not-found",
            Self::NoType { .. }
            | Self::NotAcceptable(_)
            | Self::WrongMedia { .. }
            | Self::WrongMethod { .. }
            | Self::AuditIsRead
            | Self::NoOperation(_)
            | Self::OperationElsewhere(_)
            | Self::Unknown(_) => "not-supported",
            Self::Deleted(_) => "deleted",
            Self::Stale { .. } | Self::Contended | Self::Exists(_) => "conflict",
            Self::Many(_) => "multiple-matches",
            Self::NoCriteria | Self::NoBody => "required",
            Self::Disagree(_)
            | Self::Header { .. }
            | Self::Bundle { .. }
            | Self::Twice { .. }
            | Self::Body(_) => "invalid",
            Self::Unresolved { .. } | Self::Argument(_) | Self::NotAnId(_) => "value",
            Self::TooLarge(_) => "too-long",
            Self::TimedOut => "timeout",
            Self::Inside => "exception",
            Self::TooManyExports => "throttled",
            Self::Beyond => "forbidden",
        }
    }

    /// Where in what was sent, as FHIRPath.
    pub(crate) fn expression(&self) -> Option<&str> {
        match self {
            Self::Bundle { at, .. } | Self::Twice { at, .. } | Self::Unresolved { at, .. } => {
                Some(at).filter(|at| !at.is_empty()).map(String::as_str)
            }
            _ => None,
        }
    }
}
