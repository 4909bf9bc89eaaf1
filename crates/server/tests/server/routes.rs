use std::collections::BTreeSet;

use axum::http::StatusCode;
use manzil_journey::access::Role;
use manzil_server::auth::account::ROLES;
use manzil_server::routes::{self, Admit, Route, Verb};

use crate::browser::{Browser, Clinic};

/// A path that the route answers.
fn example(route: &Route) -> String {
    let parts = route.path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

async fn call(browser: &mut Browser, route: &Route) -> StatusCode {
    match route.verb {
        Verb::Get => browser.get(&example(route)).await.status,
        Verb::Post => browser.fill("/me", &example(route), &[]).await.status,
    }
}

#[tokio::test]
async fn every_role_is_kept_out_of_what_is_not_for_it() {
    let clinic = Clinic::with_accounts().await;
    for role in ROLES {
        let mut browser = clinic.signed_in(*role).await;
        for route in routes::all().filter(|route| !route.path.starts_with("/sign-out")) {
            let admitted = route.admit.admits(Some(*role), false);
            let status = call(&mut browser, route).await;
            let refused = status == StatusCode::FORBIDDEN;
            assert_eq!(refused, !admitted, "{role:?} {:?} {}: {status}", route.verb, route.path);
        }
    }
}

#[tokio::test]
async fn nobody_gets_past_sign_in_without_an_account() {
    let clinic = Clinic::with_accounts().await;
    for route in routes::all() {
        if matches!(route.admit, Admit::Anyone | Admit::Visitor) {
            continue;
        }
        let mut browser = clinic.browser();
        let answer = match route.verb {
            Verb::Get => browser.get(&example(route)).await,
            Verb::Post => browser.fill("/sign-in", &example(route), &[]).await,
        };
        assert!(answer.location().starts_with("/sign-in?back="), "{}", route.path);
    }
}

#[tokio::test]
async fn who_is_turned_away_learns_why_and_whom_to_ask() {
    let clinic = Clinic::with_accounts().await;
    let answer = clinic.signed_in(Role::Nurse).await.get("/accounts").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    for words in
        ["MZ-0603", "It is for: Administrator", "signed in as: Nurse", "Administrator Sample"]
    {
        answer.shows(words);
    }
}

#[test]
fn no_route_is_in_the_table_twice() {
    let mut seen = BTreeSet::new();
    for route in routes::all() {
        assert!(seen.insert((route.path, route.verb == Verb::Get)), "{}", route.path);
    }
}

/// Every `POST` needs a session or is one of the few that make one.
#[test]
fn what_visitors_may_send_is_a_short_list() {
    let open: Vec<_> = routes::all()
        .filter(|route| route.verb == Verb::Post)
        .filter(|route| matches!(route.admit, Admit::Anyone | Admit::Visitor))
        .map(|route| route.path)
        .collect();
    assert_eq!(
        open,
        ["/sign-in", "/sign-out", "/set-up", "/language", "/oauth/token", "/oauth/revoke"]
    );
}

/// The router is built in one place, so a route outside the table cannot exist.
#[test]
fn only_the_table_makes_routes() {
    let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    visit(&src, &mut |path, text| {
        for call in [".route(", ".nest(", ".route_service(", ".nest_service("] {
            found.extend(text.matches(call).map(|_| path.to_owned()));
        }
    });
    // The FHIR interface has one way in, and a table of its own behind it.
    let pages = src.join("lib.rs").display().to_string();
    let interface = src.join("api.rs").display().to_string();
    assert_eq!(found, [pages.clone(), interface.clone(), interface.clone(), interface]);
}

pub(crate) fn visit(folder: &std::path::Path, look: &mut impl FnMut(&str, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, look);
        } else {
            look(&path.display().to_string(), &std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[tokio::test]
async fn every_route_is_in_the_description_for_software() {
    let clinic = Clinic::with_accounts().await;
    let answer = clinic.browser().get("/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    let document: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    let mut operations = BTreeSet::new();
    for route in routes::all() {
        let verb = if route.verb == Verb::Get { "get" } else { "post" };
        let operation = &document["paths"][route.path][verb];
        assert!(operation["responses"].is_object(), "{verb} {}", route.path);
        assert!(operations.insert(operation["operationId"].as_str().unwrap().to_owned()));
        let named = route.path.matches('{').count();
        let parameters = operation["parameters"].as_array().map_or(0, |all| {
            all.iter().filter(|it| it["in"] == "path" && it["required"] == true).count()
        });
        assert_eq!(parameters, named, "{}", route.path);
        let is_open = matches!(route.admit, Admit::Anyone | Admit::Visitor);
        let asks = operation["security"].as_array().unwrap();
        assert!(is_open || !asks.is_empty(), "{} asks for nothing", route.path);
    }
    let token = &document["paths"]["/oauth/token"]["post"]["requestBody"]["content"];
    let fields = &token["application/x-www-form-urlencoded"]["schema"]["properties"];
    assert!(fields["client_assertion"].is_object(), "{fields}");
}
