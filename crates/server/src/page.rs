//! What every page knows: the reader, their language, and what the frame around it shows.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use manzil_journey::access::Role;

use crate::auth::account::role_key;
use crate::auth::{Account, Who};
use crate::messages::{Translator, key};
use crate::problem::Problem;

/// The frame of one request. Handlers take it as an argument, templates as the field `page`.
#[derive(Clone, Debug)]
pub struct Page {
    pub t: Translator,
    pub who: Option<Who>,
    /// Goes into the hidden field `csrf` of every form.
    pub csrf: String,
    /// Path and query of this request; where the language switch returns to.
    pub here: String,
    /// A line about what was just done.
    pub notice: Option<String>,
    /// A session was here and ran out.
    pub expired: bool,
    pub request_id: String,
    /// Shown as a banner: nothing here is about real people.
    pub demo: bool,
    /// Added to the banner: other software gets in without a token.
    pub open_fhir: bool,
    /// The clinic's name.
    pub site: String,
    pub menu: Vec<MenuItem>,
    pub languages: Vec<LanguageChoice>,
}

/// One place in the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuItem {
    pub path: &'static str,
    pub label: String,
    pub here: bool,
}

/// One language in the switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageChoice {
    pub tag: String,
    pub name: String,
    pub chosen: bool,
}

impl Page {
    /// Draws a template that was filled with this page.
    pub fn draw(template: &impl Template) -> Result<Response, Problem> {
        Self::draw_as(StatusCode::OK, template)
    }

    /// Draws a template with another status, such as 422 for a form with mistakes.
    pub fn draw_as(status: StatusCode, template: &impl Template) -> Result<Response, Problem> {
        Ok((status, Html(template.render()?)).into_response())
    }

    /// The role of whoever is signed in.
    pub fn role(&self) -> Option<Role> {
        self.who.as_ref().map(|who| who.role)
    }

    /// The name of the reader's role.
    pub fn role_name(&self) -> String {
        self.role().map_or_else(String::new, |role| self.t.get(role_key(role)))
    }

    /// Where the style sheet is, with the hash of its content.
    pub fn css(&self) -> &'static str {
        crate::web::assets::css_path()
    }

    /// Where the script is, with the hash of its content.
    pub fn js(&self) -> &'static str {
        crate::web::assets::js_path()
    }

    /// Where the icon is, with the hash of its content.
    pub fn icon(&self) -> &'static str {
        crate::web::assets::icon_path()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let missing = || Problem::Internal("the request went past the frame".to_owned());
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }
}

/// The message for a `notice` that a redirect named. Only these can be shown.
pub fn notice_key(name: &str) -> Option<&'static str> {
    const NOTICES: &[&str] = &[
        key("notice-account-made"),
        key("notice-account-changed"),
        key("notice-password-changed"),
        key("notice-choose-password"),
        key("notice-signed-out"),
        key("notice-session-ended"),
        key("notice-welcome"),
        key("notice-person-registered"),
        key("notice-person-corrected"),
        key("notice-assessment-opened"),
        key("notice-recorded"),
        key("notice-collected"),
        key("notice-signed"),
    ];
    NOTICES.iter().copied().find(|key| *key == name)
}

/// The signed-in account and where it came from, before a page is made of it.
#[derive(Debug, Default)]
pub struct Visitor {
    pub account: Option<Account>,
    pub expired: bool,
}
