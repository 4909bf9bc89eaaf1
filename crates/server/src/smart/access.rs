//! The door of `/fhir`: what the bearer of a token may do, or why not.
//!
//! The interface calls [`bearer`] once for each request, [`FhirAccess::require`] for the type and
//! interaction, asks the store with [`FhirAccess::access`], and gives out or writes only what
//! [`FhirAccess::reaches`]. For a search, [`FhirAccess::only_person`] says whose records to
//! search.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use manzil_journey::access::{Access, Compartment, Purpose, Role};
use manzil_store::StoreError;
use thiserror::Error;

use super::grant::{self, Worth};
use super::scope::{Interaction, Level, ResourceScope, Scope, Scopes};
use crate::App;
use crate::auth::token::Token;
use crate::network::Network;

/// What a request at `/fhir` may do.
#[derive(Clone, Debug)]
pub struct FhirAccess {
    /// Who asks, in which role and why: pass it to the store, which holds the wall.
    pub access: Access,
    /// What the software was given; they narrow what `access` may do and never widen it.
    pub scopes: Scopes,
    /// The `Patient` id that patient-level scopes are about.
    pub patient: Option<String>,
    /// The client's id; `open` in an open demonstration.
    pub client: String,
}

/// Why a request at `/fhir` is not answered.
#[derive(Clone, Debug, Error)]
pub enum Denied {
    #[error("MZ-0660: this needs a token; get one as .well-known/smart-configuration says")]
    NoToken,
    #[error(
        "MZ-0661: this token counts for nothing here: another clinic issued it, or it was taken \
         back, or the software or the account may no longer come in; ask for a new one"
    )]
    UnknownToken,
    #[error("MZ-0662: the token has expired; refresh it or ask for a new one")]
    Expired,
    #[error("MZ-0663: the Authorization header is not one `Bearer` and one token")]
    Malformed,
    #[error("MZ-0664: the token does not cover this; it needs the scope {needed}")]
    Scope {
        /// One scope that would do.
        needed: String,
    },
    /// The database failed.
    #[error("{0}")]
    Store(String),
}

impl FhirAccess {
    /// What the program itself may do with the interface: what the policy lets this access do,
    /// without a token.
    pub(crate) fn of_program(access: Access) -> Self {
        let all = ResourceScope {
            level: Level::System,
            resource_type: None,
            interactions: Interaction::ALL.into(),
        };
        let scopes = [Scope::Resource(all)].into_iter().collect();
        Self { access, scopes, patient: None, client: "program".to_owned() }
    }

    /// Whether a scope covers this interaction with resources of this type, for some person.
    pub fn permits(&self, resource_type: &str, interaction: Interaction) -> bool {
        self.widely(resource_type, interaction) || self.narrowly(resource_type, interaction)
    }

    /// As [`Self::permits`], with the refusal.
    pub fn require(&self, resource_type: &str, interaction: Interaction) -> Result<(), Denied> {
        if self.permits(resource_type, interaction) {
            return Ok(());
        }
        let level = match (&self.patient, self.access.actor.starts_with("Client/")) {
            (Some(_), _) => Level::Patient,
            (None, true) => Level::System,
            (None, false) => Level::User,
        };
        let resource_type = Some(resource_type.to_owned());
        let scope = ResourceScope { level, resource_type, interactions: [interaction].into() };
        Err(Denied::Scope { needed: Scope::Resource(scope).to_string() })
    }

    /// Whether a record in this compartment and about this person (as in `VersionMeta`) is within
    /// the scopes. Ask it for each record that is given out, and before a write for the version
    /// that is written and for the one that it replaces. A patient-level scope reaches the
    /// records of its one person; of the directory it reads.
    pub fn reaches(
        &self,
        resource_type: &str,
        interaction: Interaction,
        compartment: Compartment,
        person: Option<&str>,
    ) -> bool {
        let about_them = person.is_some() && person == self.patient.as_deref();
        let directory =
            compartment == Compartment::Directory && person.is_none() && !interaction.writes();
        self.widely(resource_type, interaction)
            || (self.narrowly(resource_type, interaction) && (about_them || directory))
    }

    /// The `Patient` id to which this interaction is confined; none when it is not.
    pub fn only_person(&self, resource_type: &str, interaction: Interaction) -> Option<&str> {
        let widely = self.widely(resource_type, interaction);
        self.patient.as_deref().filter(|_| !widely)
    }

    fn widely(&self, resource_type: &str, interaction: Interaction) -> bool {
        let covers = |level| self.scopes.covers(level, resource_type, interaction);
        covers(Level::User) || covers(Level::System)
    }

    fn narrowly(&self, resource_type: &str, interaction: Interaction) -> bool {
        self.patient.is_some() && self.scopes.covers(Level::Patient, resource_type, interaction)
    }
}

/// What the bearer of this request's token may do. Without a token nobody may do anything, but
/// for a demonstration that was opened on purpose.
pub(crate) async fn bearer(
    app: &App,
    headers: &HeaderMap,
    from: Network,
) -> Result<FhirAccess, Denied> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let line = match (lines.next(), lines.next()) {
        (None, _) if app.settings.open_fhir && app.settings.demo.is_some() => {
            return Ok(open(from));
        }
        (None, _) => return Err(Denied::NoToken),
        (Some(line), None) => line.to_str().map_err(|_| Denied::Malformed)?,
        (Some(_), Some(_)) => return Err(Denied::Malformed),
    };
    let (scheme, token) = line.split_once(' ').ok_or(Denied::Malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Denied::Malformed);
    }
    let token = Token::parse(token.trim()).ok_or(Denied::UnknownToken)?;
    match grant::find(&*app.store, &token, app.now()).await? {
        Worth::Standing(standing) => Ok(FhirAccess {
            access: standing.access(from),
            scopes: standing.scopes,
            patient: standing.grant.patient,
            client: standing.client.id,
        }),
        Worth::Expired => Err(Denied::Expired),
        Worth::Nothing => Err(Denied::UnknownToken),
    }
}

/// Everything, for a demonstration whose people are fictional.
fn open(from: Network) -> FhirAccess {
    let access = Access::new("Client/open", Role::System, Purpose::Administration);
    let access = Access { via: from.via(Some("open")), ..access };
    FhirAccess { client: "open".to_owned(), ..FhirAccess::of_program(access) }
}

impl Denied {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoToken | Self::UnknownToken | Self::Expired => StatusCode::UNAUTHORIZED,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Scope { .. } => StatusCode::FORBIDDEN,
            Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The value of `WWW-Authenticate` (RFC 6750, section 3); none when the fault is ours.
    pub fn www_authenticate(&self) -> Option<HeaderValue> {
        let error = match self {
            Self::NoToken => String::new(),
            Self::UnknownToken | Self::Expired => ", error=\"invalid_token\"".to_owned(),
            Self::Malformed => ", error=\"invalid_request\"".to_owned(),
            Self::Scope { needed } => format!(", error=\"insufficient_scope\", scope=\"{needed}\""),
            Self::Store(_) => return None,
        };
        HeaderValue::from_str(&format!("Bearer realm=\"Manzil\"{error}")).ok()
    }

    /// The code of an `OperationOutcome.issue` that says so.
    pub fn issue_code(&self) -> &'static str {
        match self {
            Self::NoToken => "login",
            Self::UnknownToken => "unknown",
            Self::Expired => "expired",
            Self::Malformed => "invalid",
            Self::Scope { .. } => "forbidden",
            Self::Store(_) => "transient",
        }
    }
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}
