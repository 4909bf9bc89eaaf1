//! The table of the FHIR interface: every kind of path, what may be done there, and who may come.
//!
//! A request is answered only by what stands here; a batch asks the same table for its entries.
//! Who may do it to which type is asked of the scopes of the token, and of the store beneath.

use axum::http::Method;

use super::fault::Fault;
use super::place::Place;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Capabilities,
    /// A batch or a transaction.
    Bundle,
    Read,
    ReadVersion,
    History,
    Create,
    /// With an id, or by a search.
    Update,
    Patch,
    Delete,
    Search,
    Operation,
    /// The state of an export, or one of its files.
    Export,
    /// Ends an export.
    EndExport,
}

/// Who may come through the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Anybody.
    Open,
    /// Whoever bears a token.
    Token,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub method: &'static str,
    /// In the notation of the specification.
    pub path: &'static str,
    pub action: Action,
    pub door: Door,
}

const fn row(method: &'static str, path: &'static str, action: Action) -> Row {
    Row { method, path, action, door: Door::Token }
}

/// Every row. A `HEAD` is answered as the `GET` of its path, `OPTIONS` on every path.
pub const TABLE: &[Row] = &[
    Row { door: Door::Open, ..row("GET", "/metadata", Action::Capabilities) },
    row("POST", "/", Action::Bundle),
    row("GET", "/", Action::Search),
    row("GET", "/_search", Action::Search),
    row("POST", "/_search", Action::Search),
    row("GET", "/_history", Action::History),
    row("GET", "/[type]", Action::Search),
    row("POST", "/[type]", Action::Create),
    row("PUT", "/[type]", Action::Update),
    row("PATCH", "/[type]", Action::Patch),
    row("DELETE", "/[type]", Action::Delete),
    row("GET", "/[type]/_search", Action::Search),
    row("POST", "/[type]/_search", Action::Search),
    row("GET", "/[type]/_history", Action::History),
    row("GET", "/[type]/[id]", Action::Read),
    row("PUT", "/[type]/[id]", Action::Update),
    row("PATCH", "/[type]/[id]", Action::Patch),
    row("DELETE", "/[type]/[id]", Action::Delete),
    row("GET", "/[type]/[id]/_history", Action::History),
    row("GET", "/[type]/[id]/_history/[vid]", Action::ReadVersion),
    row("GET", "/[type]/[id]/[type]", Action::Search),
    row("GET", "/[type]/[id]/[type]/_search", Action::Search),
    row("POST", "/[type]/[id]/[type]/_search", Action::Search),
    row("GET", "/$[operation]", Action::Operation),
    row("POST", "/$[operation]", Action::Operation),
    row("GET", "/_export/[job]", Action::Export),
    row("DELETE", "/_export/[job]", Action::EndExport),
];

/// The path of a place in the notation of the table.
fn kind(place: &Place) -> &'static str {
    match place {
        Place::System => "/",
        Place::SystemSearch => "/_search",
        Place::SystemHistory => "/_history",
        Place::Metadata => "/metadata",
        Place::Type(_) => "/[type]",
        Place::TypeSearch(_) => "/[type]/_search",
        Place::TypeHistory(_) => "/[type]/_history",
        Place::Instance(..) => "/[type]/[id]",
        Place::InstanceHistory(..) => "/[type]/[id]/_history",
        Place::Version(..) => "/[type]/[id]/_history/[vid]",
        Place::Compartment(..) => "/[type]/[id]/[type]",
        Place::CompartmentSearch(..) => "/[type]/[id]/[type]/_search",
        Place::Operation(..) => "/$[operation]",
        Place::Export(..) => "/_export/[job]",
    }
}

/// The row for a method at a place.
///
/// # Errors
///
/// A method that the place does not have, with those that it has.
pub(crate) fn find(method: &Method, place: &Place) -> Result<&'static Row, Fault> {
    let asked = if *method == Method::HEAD { "GET" } else { method.as_str() };
    let path = kind(place);
    let found = TABLE.iter().find(|row| row.path == path && row.method == asked);
    found.ok_or_else(|| Fault::WrongMethod {
        method: method.as_str().chars().take(16).collect(),
        allowed: allowed(place),
    })
}

/// The methods of a place, as the header `Allow` has them.
pub(crate) fn allowed(place: &Place) -> String {
    let path = kind(place);
    let own = TABLE.iter().filter(|row| row.path == path).map(|row| row.method);
    let mut methods: Vec<&str> = own.collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.push("OPTIONS");
    methods.join(", ")
}
