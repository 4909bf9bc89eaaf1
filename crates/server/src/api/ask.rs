//! What one request asks, read from its head: preferences, conditions, form of the answer.

use axum::http::{HeaderMap, HeaderName, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use manzil_fhir::search::Handling;

use super::fault::Fault;
use super::outcome::Refusal;
use crate::App;
use crate::smart::FhirAccess;

/// `If-None-Exist`, which FHIR adds to HTTP.
pub(crate) const IF_NONE_EXIST: HeaderName = HeaderName::from_static("if-none-exist");
const PREFER: HeaderName = HeaderName::from_static("prefer");

/// Names and values of a query, decoded, in their order.
pub(crate) type Pairs = Vec<(String, String)>;

/// Everything that holds for a whole request, also for each entry of a Bundle in it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) app: App,
    /// What whoever asks may do.
    pub(crate) door: FhirAccess,
    /// `https://clinic.example/fhir`, without a slash at its end.
    pub(crate) base: String,
    pub(crate) prefer: Prefer,
}

/// What the client would like (`Prefer`).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Prefer {
    pub(crate) content: Option<Wanted>,
    pub(crate) handling: Handling,
    /// Whether lenient handling was asked for by name.
    pub(crate) lenient: bool,
    pub(crate) asynchronous: bool,
}

/// What the answer to a write is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Nothing,
    Resource,
    Outcome,
}

/// On what condition a request is to be done.
#[expect(clippy::struct_field_names, reason = "they are the names of the headers")]
#[derive(Clone, Debug, Default)]
pub(crate) struct Conditions {
    /// The version that must be current.
    pub(crate) if_match: Option<String>,
    /// `*`, or versions that the client has.
    pub(crate) if_none_match: Option<String>,
    pub(crate) if_modified_since: Option<Timestamp>,
    /// A search that must find nothing.
    pub(crate) if_none_exist: Option<String>,
}

impl Prefer {
    /// Reads `Prefer`. What is not known is passed over, as RFC 7240 wants; handling is lenient
    /// unless strict is asked for.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut prefer = Self { handling: Handling::Lenient, ..Self::default() };
        for line in headers.get_all(PREFER).iter().filter_map(|line| line.to_str().ok()) {
            for word in line.split([',', ';']).map(str::trim) {
                match word {
                    "return=minimal" => prefer.content = Some(Wanted::Nothing),
                    "return=representation" => prefer.content = Some(Wanted::Resource),
                    "return=OperationOutcome" => prefer.content = Some(Wanted::Outcome),
                    "handling=strict" => prefer.handling = Handling::Strict,
                    "handling=lenient" => {
                        prefer.handling = Handling::Lenient;
                        prefer.lenient = true;
                    }
                    "respond-async" => prefer.asynchronous = true,
                    _ => {}
                }
            }
        }
        prefer
    }
}

impl Conditions {
    /// Reads the headers that make a request conditional.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Fault> {
        let since = text(headers, &header::IF_MODIFIED_SINCE, "If-Modified-Since")?;
        Ok(Self {
            if_match: text(headers, &header::IF_MATCH, "If-Match")?,
            if_none_match: text(headers, &header::IF_NONE_MATCH, "If-None-Match")?,
            // RFC 9110, section 13.1.3: a date that cannot be read is no condition.
            if_modified_since: since
                .and_then(|text| rfc2822::DateTimeParser::new().parse_timestamp(text).ok()),
            if_none_exist: text(headers, &IF_NONE_EXIST, "If-None-Exist")?,
        })
    }
}

fn text(
    headers: &HeaderMap,
    header: &HeaderName,
    name: &'static str,
) -> Result<Option<String>, Fault> {
    let Some(value) = headers.get(header) else { return Ok(None) };
    let unreadable = || Fault::Header { name, reason: "it is not plain text".to_owned() };
    value.to_str().map(|text| Some(text.to_owned())).map_err(|_| unreadable())
}

/// The version that an entity tag names: 3 of `W/"3"`, also of `"3"` and `3`.
pub(crate) fn version_of(tag: &str) -> Option<u64> {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"').parse().ok()
}

/// Reads a query, percent-decoded.
pub(crate) fn pairs(query: &str) -> Result<Pairs, Fault> {
    crate::forms::form_fields(query.as_bytes()).ok_or_else(|| {
        Fault::Argument("the query is not UTF-8 in percent encoding; mend it".into())
    })
}

/// The value of a parameter that stands in the query.
pub(crate) fn value<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
}

/// The address under which the client reached us, so that its links lead back the same way.
pub(crate) fn base(app: &App, headers: &HeaderMap) -> String {
    if let Some(url) = &app.settings.public_url {
        return format!("{url}/fhir");
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let scheme = if app.settings.tls { "https" } else { "http" };
    format!("{scheme}://{}/fhir", host.unwrap_or("localhost"))
}

/// The forms in which resources are sent and given out.
const JSON: &[&str] = &["application/fhir+json", "application/json", "text/json", "json"];

/// Refuses an answer in a form that is not made here. `_format` goes before `Accept`.
pub(crate) fn check_accept(headers: &HeaderMap, pairs: &Pairs) -> Result<(), Fault> {
    if let Some(format) = value(pairs, "_format") {
        // A plus sign in a query is a space when it is decoded.
        let format = format.replace(' ', "+");
        return is_json(&format).then_some(()).ok_or_else(|| Fault::NotAcceptable(shown(&format)));
    }
    let mut lines = headers.get_all(header::ACCEPT).iter().peekable();
    if lines.peek().is_none() {
        return Ok(());
    }
    let text: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
    let accepts = |line: &&str| line.split(',').any(accepts_json);
    if text.iter().any(accepts) {
        return Ok(());
    }
    Err(Fault::NotAcceptable(shown(&text.join(", "))))
}

fn accepts_json(range: &str) -> bool {
    let (essence, parameters) = range.split_once(';').unwrap_or((range, ""));
    let refused = parameters.split(';').any(|it| matches!(it.trim(), "q=0" | "q=0.0"));
    let essence = essence.trim();
    let any = essence.is_empty()
        || ["*/*", "application/*", "text/*", "application/fhir+ndjson"].contains(&essence);
    !refused && (any || is_json(range))
}

/// Refuses a body that is not a resource as JSON.
pub(crate) fn check_content_type(headers: &HeaderMap) -> Result<(), Fault> {
    let kind = content_type(headers);
    if is_json(kind) && kind != "json" {
        return Ok(());
    }
    Err(Fault::WrongMedia { found: media(kind), wanted: "application/fhir+json" })
}

/// `Content-Type` as it was sent, or nothing.
pub(crate) fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

/// How a media type is named in a refusal.
pub(crate) fn media(kind: &str) -> String {
    if kind.is_empty() { "a body without Content-Type".to_owned() } else { shown(kind) }
}

fn is_json(media_type: &str) -> bool {
    let mut parts = media_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let r4 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.eq_ignore_ascii_case("fhirVersion") => {
            value.trim_matches('"').starts_with("4.0")
        }
        Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
            value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    });
    r4 && JSON.contains(&essence.as_str())
}

fn shown(text: &str) -> String {
    text.chars().take(120).collect()
}

impl Call {
    /// `https://clinic.example/fhir/Patient/1`.
    pub(crate) fn url(&self, resource_type: &str, id: &str) -> String {
        format!("{}/{resource_type}/{id}", self.base)
    }

    pub(crate) fn new_id(&self) -> Result<String, Refusal> {
        Ok(self.app.entropy.id(self.app.now())?.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(accept: &str, query: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        check_accept(&headers, &pairs(query).unwrap()).is_ok()
    }

    #[test]
    fn json_is_given_out_and_nothing_else() {
        for accept in [
            "application/fhir+json",
            "application/fhir+json; fhirVersion=4.0",
            "text/html,application/xhtml+xml,*/*;q=0.8",
            "application/fhir+xml;q=0.9, application/json",
        ] {
            assert!(accepts(accept, ""), "{accept}");
        }
        for accept in [
            "application/fhir+xml",
            "text/turtle",
            "application/fhir+json; fhirVersion=5.0",
            "application/json;q=0",
        ] {
            assert!(!accepts(accept, ""), "{accept}");
        }
        assert!(accepts("application/fhir+xml", "_format=application/fhir+json"));
        assert!(accepts("application/fhir+xml", "_format=json"));
        assert!(!accepts("application/fhir+json", "_format=xml"));
    }

    #[test]
    fn preferences_are_read_from_any_line() {
        let mut headers = HeaderMap::new();
        headers.append("prefer", "return=minimal; handling=strict".parse().unwrap());
        headers.append("prefer", "wait=10, respond-async".parse().unwrap());
        let prefer = Prefer::of(&headers);
        assert_eq!(prefer.content, Some(Wanted::Nothing));
        assert_eq!(prefer.handling, Handling::Strict);
        assert!(prefer.asynchronous);
    }

    #[test]
    fn entity_tags_name_versions() {
        for tag in ["W/\"3\"", "\"3\"", "3", " W/\"3\" "] {
            assert_eq!(version_of(tag), Some(3), "{tag}");
        }
        assert_eq!(version_of("W/\"abc\""), None);
    }
}
