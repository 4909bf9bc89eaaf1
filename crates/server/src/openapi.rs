//! `/openapi.json`: every route beside the FHIR interface, for other software (OpenAPI 3.1).
//!
//! Made from the route table, so that it names what there is and nothing else. What software uses
//! is described in full; a page is named with who may open it. The FHIR interface describes itself
//! by its CapabilityStatement at `/fhir/metadata`.

use axum::Json;
use axum::routing::get;
use manzil_journey::access::Purpose;
use serde_json::{Map, Value, json};

use crate::auth::account::role_code;
use crate::routes::{self, Admit, Route, Verb};

pub const ROUTES: &[Route] =
    &[Route::get("/openapi.json", Admit::Anyone, Purpose::Administration, || {
        get(|| async { Json(document()) })
    })];

const FORM: &str = "application/x-www-form-urlencoded";

/// How a route is described that software uses.
struct Described {
    path: &'static str,
    verb: Verb,
    summary: &'static str,
    /// Fields of the form, or of the query of a GET: name, whether it is always needed, what it is.
    fields: &'static [(&'static str, bool, &'static str)],
    /// Media type of a good answer and the schema that it has.
    answer: (&'static str, &'static str),
    /// The answers that say no: status, and when.
    refusals: &'static [(&'static str, &'static str)],
}

const DESCRIBED: &[Described] = &[
    Described {
        path: "/fhir/.well-known/smart-configuration",
        verb: Verb::Get,
        summary: "How software gets in (SMART App Launch 2.2, Conformance).",
        fields: &[],
        answer: ("application/json", "Object"),
        refusals: &[(
            "404",
            "The server has no public address, and was not asked on this machine.",
        )],
    },
    Described {
        path: "/oauth/authorize",
        verb: Verb::Get,
        summary: "The page on which somebody lets an app in (RFC 6749, 4.1.1; PKCE, RFC 7636).",
        fields: &[
            ("response_type", true, "code"),
            ("client_id", true, "The registered id."),
            ("redirect_uri", true, "One of the registered addresses, letter by letter."),
            ("scope", true, "Scopes of SMART App Launch, between blanks."),
            ("state", true, "Comes back as it is."),
            ("aud", true, "The address of the FHIR interface."),
            ("code_challenge", true, "SHA-256 of the verifier, in base64url."),
            ("code_challenge_method", true, "S256"),
        ],
        answer: ("text/html", "Text"),
        refusals: &[
            ("303", "Nobody is signed in: to the sign-in page, and then back."),
            ("400", "The software is not known here, or the address is none of its own."),
        ],
    },
    Described {
        path: "/oauth/token",
        verb: Verb::Post,
        summary: "Access tokens (RFC 6749; SMART App Launch 2.2, Backend Services).",
        fields: &[
            ("grant_type", true, "authorization_code, refresh_token or client_credentials"),
            ("code", false, "For authorization_code: what the page gave."),
            ("redirect_uri", false, "For authorization_code: as it was asked with."),
            ("code_verifier", false, "For authorization_code: what the challenge was made of."),
            ("refresh_token", false, "For refresh_token; counts once."),
            ("scope", false, "For client_credentials."),
            ("client_id", false, "For software without a secret or a key."),
            (
                "client_assertion_type",
                false,
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", false, "A JSON Web Token, signed with RS384 or ES384."),
        ],
        answer: ("application/json", "Token"),
        refusals: &[
            ("400", "The request or the grant does not count."),
            ("401", "The software did not show that it is itself."),
            ("429", "Too many failed attempts from this address; try again later."),
        ],
    },
    Described {
        path: "/oauth/revoke",
        verb: Verb::Post,
        summary: "Ends what a token was given for (RFC 7009).",
        fields: &[
            ("token", true, "An access or a refresh token."),
            ("client_id", false, "For software without a secret or a key."),
            ("client_assertion_type", false, "As for a token."),
            ("client_assertion", false, "As for a token."),
        ],
        answer: ("text/plain", "Text"),
        refusals: &[
            ("400", "The request cannot be read."),
            ("401", "The software did not show that it is itself."),
        ],
    },
    Described {
        path: "/health",
        verb: Verb::Get,
        summary: "Whether the server is alive, for a watchdog.",
        fields: &[],
        answer: ("text/plain", "Text"),
        refusals: &[],
    },
    Described {
        path: "/openapi.json",
        verb: Verb::Get,
        summary: "This description.",
        fields: &[],
        answer: ("application/json", "Object"),
        refusals: &[],
    },
];

/// The whole description.
pub fn document() -> Value {
    let mut paths = Map::new();
    for route in routes::all() {
        let operations = paths.entry(route.path.to_owned()).or_insert_with(|| json!({}));
        if let Some(operations) = operations.as_object_mut() {
            operations.insert(verb(route.verb).to_owned(), operation(route));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Manzil, beside its FHIR interface",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Tokens for other software, and the pages. The record itself is at \
                /fhir, described by /fhir/metadata.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "manzil",
                    "description": "Given by the sign-in page; __Host-manzil over TLS.",
                },
                "client": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The id and the secret of software that has one.",
                },
            },
            "schemas": schemas(),
        },
    })
}

fn operation(route: &Route) -> Value {
    let is_this = |it: &&Described| it.path == route.path && it.verb == route.verb;
    let described = DESCRIBED.iter().find(is_this);
    let mut parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": text("")}))
        .collect();
    let mut operation = match described {
        Some(described) => software(described, &mut parameters),
        None => page(route),
    };
    if let Some(members) = operation.as_object_mut() {
        members.insert("operationId".into(), operation_id(route).into());
        members.insert("security".into(), security(route));
        if !parameters.is_empty() {
            members.insert("parameters".into(), parameters.into());
        }
    }
    operation
}

fn software(described: &Described, parameters: &mut Vec<Value>) -> Value {
    let (kind, schema) = described.answer;
    let answer = json!({"schema": {"$ref": format!("#/components/schemas/{schema}")}});
    let good = json!({"description": "As asked.", "content": {kind: answer}});
    let mut responses = Map::from_iter([("200".to_owned(), good)]);
    for (status, when) in described.refusals {
        let mut refusal = json!({"description": when});
        if kind == "application/json" && schema == "Token" {
            let error = json!({"schema": {"$ref": "#/components/schemas/Error"}});
            refusal = json!({"description": when, "content": {"application/json": error}});
        }
        responses.insert((*status).to_owned(), refusal);
    }
    let mut operation =
        json!({"tags": ["software"], "summary": described.summary, "responses": responses});
    if described.verb == Verb::Get {
        parameters.extend(described.fields.iter().map(|(name, required, what)| {
            json!({"name": name, "in": "query", "required": required, "schema": text(what)})
        }));
        return operation;
    }
    let properties: Map<String, Value> =
        described.fields.iter().map(|(name, _, what)| ((*name).to_owned(), text(what))).collect();
    let required: Vec<&str> =
        described.fields.iter().filter(|field| field.1).map(|field| field.0).collect();
    let schema = json!({"type": "object", "properties": properties, "required": required});
    if let Some(members) = operation.as_object_mut() {
        let body = json!({"required": true, "content": {FORM: {"schema": schema}}});
        members.insert("requestBody".into(), body);
    }
    operation
}

/// A page or a form of one: for people, so its fields are not promised.
fn page(route: &Route) -> Value {
    let who = match route.admit {
        Admit::Anyone | Admit::Visitor => "anybody".to_owned(),
        Admit::SignedIn => "everybody who is signed in".to_owned(),
        Admit::Roles(roles) | Admit::RolesOrDemo(roles) => {
            roles.iter().map(|role| role_code(*role)).collect::<Vec<_>>().join(", ")
        }
    };
    let what = if route.verb == Verb::Get { "A page or file" } else { "A form of a page" };
    json!({
        "tags": ["pages"],
        "summary": format!("{what} for {who}."),
        "responses": {"default": {"description": "A page in the reader's language."}},
    })
}

fn security(route: &Route) -> Value {
    match (route.path, route.admit) {
        ("/oauth/token" | "/oauth/revoke", _) => json!([{}, {"client": []}]),
        (_, Admit::Anyone | Admit::Visitor) => json!([]),
        _ => json!([{"session": []}]),
    }
}

fn schemas() -> Value {
    json!({
        "Object": {"type": "object"},
        "Text": {"type": "string"},
        "Token": {
            "type": "object",
            "required": ["access_token", "token_type", "expires_in", "scope"],
            "properties": {
                "access_token": text("Sent as a bearer token to the FHIR interface."),
                "token_type": text("Bearer"),
                "expires_in": {"type": "integer", "description": "Seconds."},
                "scope": text("What was given."),
                "patient": text("The id of the person who was chosen."),
                "refresh_token": text("When offline_access was given; counts once."),
            },
        },
        "Error": {
            "type": "object",
            "required": ["error"],
            "properties": {
                "error": text("A code of RFC 6749, section 5.2."),
                "error_description": text("What to do."),
            },
        },
    })
}

fn text(description: &str) -> Value {
    if description.is_empty() {
        return json!({"type": "string"});
    }
    json!({"type": "string", "description": description})
}

fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "get",
        Verb::Post => "post",
    }
}

/// Unique: the verb and the path in letters.
fn operation_id(route: &Route) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    format!("{}{}", verb(route.verb), route.path.chars().map(plain).collect::<String>())
}
