//! Software that an administrator has registered, and what it may ask for.

use std::collections::BTreeSet;

use jiff::Timestamp;
use manzil_journey::access::{Action, Compartment, Purpose, Role};
use manzil_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

use super::jwks::PublicKey;
use super::kept;
use super::scope::{Level, Scopes};

/// One piece of software that is known here. Stored as JSON under its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// The `client_id`; lower case, unique.
    pub id: String,
    /// What people read on the consent page.
    pub name: String,
    pub kind: Kind,
    pub proof: Proof,
    /// The most that it is ever given.
    pub scopes: Scopes,
    /// The purposes for which it may be used; exactly one for a backend.
    pub purposes: BTreeSet<Purpose>,
    pub disabled: bool,
    pub made_at: Timestamp,
    /// The administrator's account.
    pub made_by: String,
}

/// In whose name it acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// In the name of whoever signs in and agrees.
    App {
        /// Where an answer may be sent, compared letter by letter.
        redirect_uris: BTreeSet<String>,
        /// Where it is started from a person's page; none when it cannot be.
        launch_uri: Option<String>,
    },
    /// In its own name, in a role, with nobody present.
    Backend { role: Role },
}

/// How it shows that it is itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// Not at all: software on a phone or in a browser keeps no secret. PKCE ties the code to it.
    Public,
    /// A secret, of which a hash is kept.
    Secret { hash: String },
    /// A signature with one of these keys.
    Keys { keys: Vec<PublicKey> },
}

/// The roles that software can have for itself. A physician signs, a person is somebody, an
/// administrator answers for accounts and the system may do everything: none of them is lent.
pub const BACKEND_ROLES: &[Role] = &[
    Role::Clerk,
    Role::Nurse,
    Role::Laboratory,
    Role::Radiology,
    Role::Surveillance,
    Role::Authority,
];

/// Every purpose, in the order in which they are shown.
pub const PURPOSES: &[Purpose] = &[
    Purpose::Care,
    Purpose::Assessment,
    Purpose::PublicHealth,
    Purpose::Administration,
    Purpose::Research,
    Purpose::Person,
];

impl Client {
    /// The levels that its scopes may have.
    pub fn levels(&self) -> &'static [Level] {
        match self.kind {
            Kind::App { .. } => &[Level::Patient, Level::User],
            Kind::Backend { .. } => &[Level::System],
        }
    }

    /// Whether an answer may be sent to this address.
    pub fn sends_to(&self, redirect_uri: &str) -> bool {
        match &self.kind {
            Kind::App { redirect_uris, .. } => redirect_uris.contains(redirect_uri),
            Kind::Backend { .. } => false,
        }
    }

    /// The purposes under which somebody in this role may use it, in the order shown.
    pub fn purposes_for(&self, role: Role) -> Vec<Purpose> {
        let able = purposes_of(role);
        able.into_iter().filter(|purpose| self.purposes.contains(purpose)).collect()
    }
}

/// The purposes under which a role reads anything of the record at all.
pub fn purposes_of(role: Role) -> Vec<Purpose> {
    const COMPARTMENTS: [Compartment; 5] = [
        Compartment::Directory,
        Compartment::Identity,
        Compartment::Assessment,
        Compartment::Care,
        Compartment::Disclosed,
    ];
    let reads = |purpose: Purpose| {
        let permits = manzil_journey::access::permits;
        COMPARTMENTS.into_iter().any(|each| permits(role, purpose, Action::Read, each))
    };
    PURPOSES.iter().copied().filter(|purpose| reads(*purpose)).collect()
}

/// The word that stands for a purpose in a form and on the command line.
pub fn purpose_code(purpose: Purpose) -> String {
    let text = serde_json::to_value(purpose).ok();
    text.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

/// The purpose that a word stands for.
pub fn purpose_from_code(code: &str) -> Option<Purpose> {
    PURPOSES.iter().copied().find(|purpose| purpose_code(*purpose) == code)
}

/// The hash under which a secret is kept.
pub fn secret_hash(id: &str, secret: &str) -> String {
    crate::auth::token::digest("smart client secret", &format!("{id} {secret}"))
}

/// The client of this id.
pub async fn find(store: &dyn Store, id: &str) -> Result<Option<Client>, StoreError> {
    kept::get(store, kept::CLIENT, id).await
}

/// All clients, ordered by name.
pub async fn list(store: &dyn Store) -> Result<Vec<Client>, StoreError> {
    let rows = kept::list(store, kept::CLIENT).await?;
    let mut clients: Vec<Client> = rows.into_iter().map(|(_, client)| client).collect();
    clients.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    Ok(clients)
}

/// Writes a client, new or changed.
pub async fn put(store: &dyn Store, client: &Client) -> Result<(), StoreError> {
    kept::put(store, kept::CLIENT, &client.id, client).await
}
