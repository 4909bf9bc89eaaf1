//! The route table: every path of the server, who may use it, and for which purpose.
//!
//! The router is built from this table and from nothing else, so a route that is not in it does
//! not exist, and a test can walk it. To add a page: write its handler in a module under `web/`,
//! give that module a `pub const ROUTES: &[Route]`, and name it in [`TABLES`].

use axum::routing::MethodRouter;
use manzil_journey::access::{Purpose, Role};

use crate::App;
use crate::limits::{FORM_BYTES_MAX, UPLOAD_BYTES_MAX};
use crate::{openapi, smart, web};

/// The tables of all parts of the server. Menu items appear in this order.
const TABLES: &[&[Route]] = &[
    web::today::ROUTES,
    web::people::ROUTES,
    web::person_form::ROUTES,
    web::person::ROUTES,
    web::assessment_new::ROUTES,
    web::trail::ROUTES,
    web::import::ROUTES,
    web::assessment::ROUTES,
    web::station::ROUTES,
    web::finding::ROUTES,
    web::decision::ROUTES,
    web::certificates::ROUTES,
    web::certificate::ROUTES,
    web::rules::ROUTES,
    web::accounts::ROUTES,
    web::account_form::ROUTES,
    web::software::ROUTES,
    web::me::ROUTES,
    web::sign_in::ROUTES,
    web::set_up::ROUTES,
    web::language::ROUTES,
    web::style::ROUTES,
    web::assets::ROUTES,
    web::health::ROUTES,
    openapi::ROUTES,
    web::authorize::ROUTES,
    smart::configuration::ROUTES,
    smart::token::ROUTES,
];

/// Every route of the server.
pub fn all() -> impl Iterator<Item = &'static Route> {
    TABLES.iter().copied().flatten()
}

/// One route.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    pub verb: Verb,
    /// In axum's notation: `/people/{id}`.
    pub path: &'static str,
    pub admit: Admit,
    /// The purpose of every store call that this route makes.
    pub purpose: Purpose,
    pub body_bytes_max: usize,
    /// The message that names it in the menu, if it is there.
    pub menu: Option<&'static str>,
    /// May be used although the password must be changed first.
    pub before_password: bool,
    pub handler: fn() -> MethodRouter<App>,
}

/// The HTTP methods in use. A form can do no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
}

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admit {
    /// Anybody, also before the first account was made; the route looks nobody up.
    Anyone,
    /// Anybody, once the product is set up.
    Visitor,
    /// Everybody who is signed in.
    SignedIn,
    /// Accounts in one of these roles.
    Roles(&'static [Role]),
    /// As `Roles`, and anybody in a demonstration.
    RolesOrDemo(&'static [Role]),
}

impl Route {
    pub const fn get(
        path: &'static str,
        admit: Admit,
        purpose: Purpose,
        handler: fn() -> MethodRouter<App>,
    ) -> Self {
        Self {
            verb: Verb::Get,
            path,
            admit,
            purpose,
            body_bytes_max: FORM_BYTES_MAX,
            menu: None,
            before_password: false,
            handler,
        }
    }

    pub const fn post(
        path: &'static str,
        admit: Admit,
        purpose: Purpose,
        handler: fn() -> MethodRouter<App>,
    ) -> Self {
        Self { verb: Verb::Post, ..Self::get(path, admit, purpose, handler) }
    }

    /// Shows the route in the menu of those who may use it, under this message.
    #[must_use]
    pub const fn in_menu(self, key: &'static str) -> Self {
        Self { menu: Some(key), ..self }
    }

    /// Accepts a file.
    #[must_use]
    pub const fn with_upload(self) -> Self {
        Self { body_bytes_max: UPLOAD_BYTES_MAX, ..self }
    }

    /// Stays open to an account that must choose a password first.
    #[must_use]
    pub const fn before_password(self) -> Self {
        Self { before_password: true, ..self }
    }
}

impl Admit {
    /// Whether somebody in this role (none: not signed in) may pass.
    pub fn admits(self, role: Option<Role>, demo: bool) -> bool {
        match self {
            Self::Anyone | Self::Visitor => true,
            Self::SignedIn => role.is_some(),
            Self::Roles(roles) => role.is_some_and(|role| roles.contains(&role)),
            Self::RolesOrDemo(roles) => demo || role.is_some_and(|role| roles.contains(&role)),
        }
    }

    /// The roles to name when somebody is turned away.
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::Roles(roles) | Self::RolesOrDemo(roles) => roles,
            Self::Anyone | Self::Visitor | Self::SignedIn => crate::auth::account::ROLES,
        }
    }
}
