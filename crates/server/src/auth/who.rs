//! Who is signed in, for handlers.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use manzil_journey::access::{Access, Purpose, Role, Via};

use super::account::Account;
use crate::page::Page;
use crate::problem::Problem;

/// The signed-in account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// What they type to sign in; the actor in the record.
    pub account: String,
    /// Their name as it stands on a certificate.
    pub name: String,
    pub role: Role,
    /// The physician's registration number.
    pub registration: Option<String>,
    pub must_change_password: bool,
    /// Where they are; none outside a request.
    pub via: Option<Via>,
}

impl Who {
    pub fn of(account: &Account) -> Self {
        Self {
            account: account.name.clone(),
            name: account.display_name.clone(),
            role: account.role,
            registration: account.registration.clone(),
            must_change_password: account.must_change_password,
            via: None,
        }
    }

    /// What they may do for a purpose: pass it to the store.
    pub fn access(&self, purpose: Purpose) -> Access {
        Access { via: self.via.clone(), ..Access::new(&self.account, self.role, purpose) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let page = Page::from_request_parts(parts, state).await?;
        page.who.ok_or(Problem::SignedOut)
    }
}

/// The access of this request: the signed-in account, for the purpose that the route table
/// gives the route.
#[derive(Clone, Debug)]
pub struct Acting(pub Access);

impl<S: Send + Sync> FromRequestParts<S> for Acting {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or(Problem::SignedOut)
    }
}
