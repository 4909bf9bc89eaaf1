//! What this server says about how software gets in: `/fhir/.well-known/smart-configuration`
//! (SMART App Launch 2.2, "Conformance") and the security part of the CapabilityStatement.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, http::uri::Authority};
use manzil_journey::access::Purpose;
use serde_json::{Value, json};

use crate::App;
use crate::routes::{Admit, Route};

pub const ROUTES: &[Route] = &[Route::get(
    "/fhir/.well-known/smart-configuration",
    Admit::Anyone,
    Purpose::Administration,
    || get(show),
)];

const OAUTH_URIS: &str = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";
const SERVICES: &str = "http://terminology.hl7.org/CodeSystem/restful-security-service";

/// The address of this server without a slash at the end. One that nobody configured is believed
/// of this machine only: a `Host` that a stranger chose must decide nothing.
pub(crate) fn issuer(app: &App, headers: &HeaderMap) -> Option<String> {
    if let Some(url) = &app.settings.public_url {
        return Some(url.clone());
    }
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let authority: Authority = host.parse().ok()?;
    let here = matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]");
    let scheme = if app.settings.tls { "https" } else { "http" };
    here.then(|| format!("{scheme}://{host}"))
}

/// Where tokens are asked for.
pub(crate) fn token_endpoint(issuer: &str) -> String {
    format!("{issuer}/oauth/token")
}

async fn show(State(app): State<App>, headers: HeaderMap) -> Response {
    let Some(issuer) = issuer(&app, &headers) else {
        return (StatusCode::NOT_FOUND, Json(json!({"error": "MZ-0673"}))).into_response();
    };
    let everybody = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (everybody, Json(configuration(&issuer))).into_response()
}

fn configuration(issuer: &str) -> Value {
    json!({
        "authorization_endpoint": format!("{issuer}/oauth/authorize"),
        "token_endpoint": token_endpoint(issuer),
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported":
            ["launch/patient", "offline_access", "patient/*.cruds", "user/*.cruds", "system/*.cruds"],
        "capabilities": [
            "launch-standalone",
            "authorize-post",
            "client-public",
            "client-confidential-symmetric",
            "client-confidential-asymmetric",
            "context-standalone-patient",
            "permission-offline",
            "permission-patient",
            "permission-user",
            "permission-v1",
            "permission-v2",
        ],
    })
}

/// The member `rest.security` of the CapabilityStatement.
pub(crate) fn security(app: &App, base: &str) -> Value {
    if app.settings.open_fhir && app.settings.demo.is_some() {
        let text = "An open demonstration: whoever reaches it may do everything. The people are \
            fictional.";
        return json!({"cors": true, "description": text});
    }
    let issuer = base.trim_end_matches("/fhir");
    let uri = |name: &str| json!({"url": name, "valueUri": format!("{issuer}/oauth/{name}")});
    json!({
        "extension": [{
            "url": OAUTH_URIS,
            "extension": [uri("authorize"), uri("token"), uri("revoke")],
        }],
        "cors": true,
        "service": [{"coding": [{
            "system": SERVICES,
            "code": "SMART-on-FHIR",
            "display": "SMART-on-FHIR",
        }]}],
        "description": "A bearer token is needed; .well-known/smart-configuration says where to \
            ask for one. A scope only narrows what the role and purpose of a token may do.",
    })
}
