//! What software asked for when it sent somebody here, read and cut down to what it may have.

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use manzil_journey::access::Purpose;

use crate::App;
use crate::auth::Who;
use crate::cookie::encode;
use crate::forms::Posted;
use crate::limits::STATE_CHARS_MAX;
use crate::messages::{Translator, key};
use crate::problem::Problem;
use crate::smart::client::{self, Client};
use crate::smart::scope::{Level, Scope, Scopes};
use crate::smart::{code, configuration, token};

/// The parameters of a request, which the page sends back with the answer.
const PARAMETERS: [&str; 8] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "aud",
    "code_challenge",
    "code_challenge_method",
];

/// A request that may be put before somebody.
pub(super) struct Wish {
    pub(super) client: Client,
    pub(super) redirect_uri: String,
    pub(super) state: String,
    pub(super) challenge: String,
    pub(super) scopes: Scopes,
    /// Those for which this account may use the software; never empty.
    pub(super) purposes: Vec<Purpose>,
    pub(super) request: Vec<(&'static str, String)>,
}

/// Why not.
pub(super) enum Flaw {
    /// Nothing may be sent to where it came from: it is not known.
    Here(Problem),
    /// The software is told.
    There(String),
}

impl Flaw {
    pub(super) fn answer(self) -> Result<Response, Problem> {
        match self {
            Self::Here(problem) => Err(problem),
            Self::There(address) => Ok(Redirect::to(&address).into_response()),
        }
    }
}

impl Wish {
    pub(super) async fn read(
        app: &App,
        t: &Translator,
        headers: &HeaderMap,
        who: &Who,
        asked: &Posted,
    ) -> Result<Self, Flaw> {
        let unknown = |code: &str, reason| {
            Flaw::Here(Problem::Refused { code: code.to_owned(), reason: t.get(reason) })
        };
        if token::repeats(asked) {
            return Err(unknown("MZ-0677", key("authorize-unclear")));
        }
        let found = client::find(&*app.store, asked.exact("client_id")).await;
        let found = found.map_err(|error| Flaw::Here(error.into()))?;
        let client = found.filter(|client| !client.disabled);
        let client = client.filter(|client| client.sends_to(asked.exact("redirect_uri")));
        let client = client.ok_or_else(|| unknown("MZ-0678", key("authorize-unknown")))?;
        let place = configuration::issuer(app, headers)
            .ok_or_else(|| unknown("MZ-0679", key("authorize-no-address")))?;
        let redirect_uri = asked.exact("redirect_uri").to_owned();
        let state = asked.exact("state").to_owned();
        let back = |(error, text): (&str, &str)| there(&redirect_uri, &state, error, text);
        check(asked, &place).map_err(back)?;
        let scopes = Scopes::parse(asked.exact("scope"))
            .map_err(|error| back(("invalid_scope", &error.to_string())))?;
        let scopes = scopes.within(&client.scopes).of_levels(client.levels());
        let scopes = scopes.keeping(|scope| *scope != Scope::Launch);
        if scopes.resources().next().is_none() {
            return Err(back(("invalid_scope", "none of these scopes may be given")));
        }
        let purposes = client.purposes_for(who.role);
        if purposes.is_empty() {
            return Err(back(("access_denied", "it may not be used in the role of this account")));
        }
        let request = PARAMETERS.map(|name| (name, asked.exact(name).to_owned())).to_vec();
        let challenge = asked.exact("code_challenge").to_owned();
        Ok(Self { client, redirect_uri, state, challenge, scopes, purposes, request })
    }

    /// Whether one person must be chosen.
    pub(super) fn is_about_one(&self) -> bool {
        self.scopes.has_level(Level::Patient) || self.scopes.has(&Scope::LaunchPatient)
    }

    pub(super) fn refused(&self, error: &str, text: &str) -> Flaw {
        there(&self.redirect_uri, &self.state, error, text)
    }
}

/// The error of RFC 6749, section 4.1.2.1, with its text.
fn check(asked: &Posted, place: &str) -> Result<(), (&'static str, &'static str)> {
    let state = asked.exact("state");
    if asked.exact("response_type") != "code" {
        return Err(("unsupported_response_type", "ask with response_type=code"));
    }
    if state.is_empty() || state.len() > STATE_CHARS_MAX {
        return Err(("invalid_request", "send a state that cannot be guessed"));
    }
    if asked.exact("aud").trim_end_matches('/') != format!("{place}/fhir") {
        return Err(("invalid_request", "aud is not the FHIR address of this server"));
    }
    let challenged = asked.exact("code_challenge_method") == "S256"
        && code::is_challenge(asked.exact("code_challenge"));
    if !challenged {
        return Err(("invalid_request", "PKCE is needed, with code_challenge_method=S256"));
    }
    if !asked.exact("launch").is_empty() {
        return Err(("invalid_request", "a launch from a person's page is not supported"));
    }
    Ok(())
}

fn there(redirect_uri: &str, state: &str, error: &str, text: &str) -> Flaw {
    let fields = [("error", error), ("error_description", text), ("state", state)];
    Flaw::There(address(redirect_uri, &fields))
}

/// A return address with these fields added to its query.
pub(super) fn address(redirect_uri: &str, fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let mark = if redirect_uri.contains('?') { '&' } else { '?' };
    format!("{redirect_uri}{mark}{}", pairs.join("&"))
}

/// Where a return address leads: scheme and host, or the scheme alone of an app on a phone.
pub(super) fn origin(redirect_uri: &str) -> String {
    match redirect_uri.split_once("://") {
        Some((scheme @ ("http" | "https"), rest)) => {
            let host = rest.split(['/', '?']).next().unwrap_or_default();
            format!("{scheme}://{host}")
        }
        _ => redirect_uri
            .split_once(':')
            .map_or_else(String::new, |(scheme, _)| format!("{scheme}:")),
    }
}
