//! OperationOutcomes: what every refusal below `/fhir` looks like.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use manzil_fhir::patch::{self, PatchError};
use manzil_fhir::search::SearchError;
use manzil_fhir::validate::{self, Severity};
use manzil_fhir::{ParseError, resource};
use manzil_store::StoreError;
use serde_json::{Value, json};

use super::fault::Fault;
use crate::entropy::EntropyError;
use crate::smart::Denied;

/// One issue of an OperationOutcome.
#[derive(Clone, Debug)]
pub(crate) struct Issue {
    pub(crate) severity: &'static str,
    /// From the value set `issue-type` of R4.
    pub(crate) code: &'static str,
    /// Our code, what is wrong and what to do about it.
    pub(crate) text: String,
    /// Where in what was sent, as FHIRPath or as the name of a parameter.
    pub(crate) expression: Option<String>,
    /// Where in the text: `line 3, column 14`.
    pub(crate) location: Option<String>,
}

/// A request that is not done: its status and why.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) issues: Vec<Issue>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Issue {
    pub(crate) fn error(code: &'static str, text: impl Into<String>) -> Self {
        Self { severity: "error", code, text: text.into(), expression: None, location: None }
    }

    pub(crate) fn warning(code: &'static str, text: impl Into<String>) -> Self {
        Self { severity: "warning", ..Self::error(code, text) }
    }

    pub(crate) fn note(text: impl Into<String>) -> Self {
        Self { severity: "information", ..Self::error("informational", text) }
    }

    #[must_use]
    pub(crate) fn at(self, expression: impl Into<String>) -> Self {
        Self { expression: Some(expression.into()), ..self }
    }

    /// An issue of validation, found in a resource that stands at `place` (empty: by itself).
    pub(crate) fn of_validation(issue: &validate::Issue, place: &str) -> Self {
        let path = match issue.path.split_once('.') {
            _ if place.is_empty() => issue.path.clone(),
            Some((_, inner)) => format!("{place}.{inner}"),
            None => place.to_owned(),
        };
        Self {
            severity: issue.severity.as_str(),
            code: issue.issue_type(),
            text: format!("{}: {}; {}", issue.code.as_str(), issue.reason, issue.cure),
            expression: Some(path),
            location: None,
        }
    }

    fn json(&self) -> Value {
        let short = self.text.rsplit_once(';').map_or(self.text.as_str(), |(reason, _)| reason);
        let mut issue = json!({
            "severity": self.severity,
            "code": self.code,
            "details": {"text": short},
            "diagnostics": self.text,
        });
        if let Some(members) = issue.as_object_mut() {
            let mut add = |name: &str, text: &Option<String>| {
                if let Some(text) = text {
                    members.insert(name.to_owned(), json!([text]));
                }
            };
            add("location", &self.location);
            add("expression", &self.expression);
        }
        issue
    }
}

/// Whether an issue forbids storing: what is against the structure or the rules of R4 does. A
/// code system that is no absolute URI is bad style that comes from real senders, and what they
/// found is worth more than its name; it is kept, and said.
pub(crate) fn is_refused(issue: &validate::Issue) -> bool {
    issue.severity == Severity::Error && issue.code != validate::Code::System
}

/// The OperationOutcome with these issues.
pub(crate) fn outcome(issues: &[Issue]) -> Value {
    let issues: Vec<Value> = issues.iter().map(Issue::json).collect();
    json!({"resourceType": "OperationOutcome", "issue": issues})
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, issue: Issue) -> Self {
        Self { status, issues: vec![issue], headers: Vec::new() }
    }

    /// What is wrong in a resource that stands at `place`; none when it may be stored. See
    /// [`is_refused`].
    pub(crate) fn of_validation(issues: &[validate::Issue], place: &str) -> Option<Self> {
        let errors = issues.iter().filter(|issue| is_refused(issue));
        let issues: Vec<Issue> = errors.map(|issue| Issue::of_validation(issue, place)).collect();
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        (!issues.is_empty()).then(|| Self { status, issues, headers: Vec::new() })
    }

    /// Says where in a Bundle it happened, unless that is known.
    #[must_use]
    pub(crate) fn within(mut self, place: &str) -> Self {
        for issue in &mut self.issues {
            issue.expression.get_or_insert_with(|| place.to_owned());
        }
        self
    }

    pub(crate) fn json(&self) -> String {
        outcome(&self.issues).to_string()
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        let mut issue = Issue::error(fault.issue_type(), fault.to_string());
        issue.expression = fault.expression().map(str::to_owned);
        if fault.status().is_server_error() {
            issue.severity = "fatal";
        }
        let mut refusal = Self::new(fault.status(), issue);
        if let Fault::WrongMethod { allowed, .. } = &fault
            && let Ok(value) = HeaderValue::from_str(allowed)
        {
            refusal.headers.push((header::ALLOW, value));
        }
        refusal
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        let issue = Issue::error(denied.issue_code(), denied.to_string());
        let mut refusal = Self::new(denied.status(), issue);
        refusal.headers.extend(denied.www_authenticate().map(|it| (header::WWW_AUTHENTICATE, it)));
        refusal
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let (status, code) = match &error {
            StoreError::Refused { .. } => (StatusCode::FORBIDDEN, "forbidden"),
            StoreError::Conflict { .. } => (StatusCode::PRECONDITION_FAILED, "conflict"),
            StoreError::Moved(_) => (StatusCode::CONFLICT, "conflict"),
            StoreError::BadId(_) => (StatusCode::BAD_REQUEST, "value"),
            StoreError::Malformed(_) => (StatusCode::BAD_REQUEST, "invalid"),
            StoreError::Limit(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too-long"),
            StoreError::Costly(_) => (StatusCode::UNPROCESSABLE_ENTITY, "too-costly"),
            StoreError::Expired => (StatusCode::GONE, "expired"),
            StoreError::Disk(_) => (StatusCode::INSUFFICIENT_STORAGE, "no-store"),
            StoreError::Closed | StoreError::InUse(_) | StoreError::Lost(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "transient")
            }
            StoreError::Newer { .. } | StoreError::Damaged(_) | StoreError::Database(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "exception")
            }
        };
        let mut refusal = Self::new(status, Issue::error(code, error.to_string()));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            refusal.headers.push((header::RETRY_AFTER, HeaderValue::from_static("5")));
        }
        refusal
    }
}

impl From<ParseError> for Refusal {
    fn from(error: ParseError) -> Self {
        let (status, code) = match error.code {
            "MZ-0108" => (StatusCode::PAYLOAD_TOO_LARGE, "too-long"),
            "MZ-0103" | "MZ-0102" | "MZ-0104" => (StatusCode::BAD_REQUEST, "invalid"),
            _ => (StatusCode::BAD_REQUEST, "structure"),
        };
        let text = format!("{}: {}; {}", error.code, error.reason, error.cure);
        let mut issue = Issue::error(code, text);
        issue.location = Some(format!("line {}, column {}", error.line, error.column));
        Self::new(status, issue)
    }
}

impl From<SearchError> for Refusal {
    fn from(error: SearchError) -> Self {
        let code = match error.code {
            "MZ-0170" | "MZ-0177" | "MZ-0179" => "not-supported",
            "MZ-0175" => "too-costly",
            _ => "value",
        };
        let text = format!("{}: {} {}; {}", error.code, error.parameter, error.reason, error.cure);
        Self::new(StatusCode::BAD_REQUEST, Issue::error(code, text).at(error.parameter))
    }
}

impl From<PatchError> for Refusal {
    fn from(error: PatchError) -> Self {
        let (status, code) = match error.code {
            patch::Code::Document => (StatusCode::BAD_REQUEST, "structure"),
            patch::Code::Test => (StatusCode::UNPROCESSABLE_ENTITY, "conflict"),
            patch::Code::Format => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-supported"),
            patch::Code::Limit => (StatusCode::PAYLOAD_TOO_LARGE, "too-long"),
            patch::Code::Identity => (StatusCode::BAD_REQUEST, "business-rule"),
            _ => (StatusCode::BAD_REQUEST, "value"),
        };
        let place = match error.operation {
            Some(operation) => format!("operation {operation} {}", error.path),
            None => error.path.clone(),
        };
        let text = format!("{}: {}; {}", error.code.as_str(), error.reason, error.cure);
        let mut issue = Issue::error(code, text);
        issue.expression = Some(place.trim().to_owned()).filter(|place| !place.is_empty());
        Self::new(status, issue)
    }
}

impl From<EntropyError> for Refusal {
    fn from(error: EntropyError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, Issue::error("transient", error.to_string()))
    }
}

/// The largest resource Bundle that can be read.
pub(crate) const BUNDLE_BYTES_MAX: usize = resource::BODY_BYTES_MAX;
