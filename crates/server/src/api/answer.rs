//! What one interaction answers, before it becomes a response or an entry of a Bundle.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use manzil_store::VersionMeta;
use serde_json::Value;

use super::outcome::Refusal;

/// The media type of every answer with a resource.
pub(crate) const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

/// What one interaction answers.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// The JSON text of a resource.
    pub(crate) body: Option<String>,
    /// The version that the answer is about.
    pub(crate) version: Option<u64>,
    pub(crate) at: Option<Timestamp>,
    /// The address of that version.
    pub(crate) location: Option<String>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Answer {
    pub(crate) fn new(status: StatusCode) -> Self {
        let (body, version, at, location) = (None, None, None, None);
        Self { status, body, version, at, location, headers: Vec::new() }
    }

    pub(crate) fn json(body: impl Into<String>) -> Self {
        Self { body: Some(body.into()), ..Self::new(StatusCode::OK) }
    }

    /// About one version of a resource.
    #[must_use]
    pub(crate) fn about(self, meta: &VersionMeta) -> Self {
        Self { version: Some(meta.version), at: Some(meta.at), ..self }
    }

    #[must_use]
    pub(crate) fn with_body(self, body: impl Into<String>) -> Self {
        Self { body: Some(body.into()), ..self }
    }

    /// `W/"3"`.
    pub(crate) fn tag(&self) -> Option<String> {
        self.version.map(|version| format!("W/\"{version}\""))
    }

    pub(crate) fn into_response(self, pretty: bool) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        let tag = self.tag();
        let headers = response.headers_mut();
        put(headers, header::ETAG, tag);
        put(headers, header::LAST_MODIFIED, self.at.and_then(http_date));
        put(headers, header::LOCATION, self.location);
        headers.extend(self.headers);
        if let Some(body) = self.body {
            let body = if pretty { prettily(body) } else { body };
            headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static(FHIR_JSON));
            *response.body_mut() = Body::from(body);
        }
        response
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let body = Some(refusal.json());
        Self { body, headers: refusal.headers, ..Self::new(refusal.status) }
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, text: Option<String>) {
    if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
        headers.insert(name, value);
    }
}

/// `Thu, 26 Nov 2026 08:00:00 GMT`.
pub(crate) fn http_date(at: Timestamp) -> Option<String> {
    rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok()
}

/// The same JSON on many lines.
fn prettily(body: String) -> String {
    let read = serde_json::from_str::<Value>(&body).ok();
    read.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or(body)
}
