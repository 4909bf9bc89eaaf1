//! The FHIR interface as other software sees it: real routes over a real store.

mod audit;
mod bad_input;
mod conditional;
mod crud;
mod door;
mod export;
mod search;
mod terminology;
mod transaction;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use manzil_server::settings::Settings;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::browser::{Clinic, demo_settings};

/// Where the other software is: an address for documentation (RFC 5737).
const FROM: ([u8; 4], u16) = ([192, 0, 2, 7], 40_000);

/// Another piece of software, let in by an open demonstration.
pub(crate) struct Software {
    router: Router,
    /// Kept for its temporary folder.
    pub(crate) clinic: Arc<Clinic>,
    pub(crate) headers: Vec<(String, String)>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
}

impl Software {
    pub(crate) fn new() -> Self {
        Self::of(Clinic::new(Settings { open_fhir: true, ..demo_settings() }))
    }

    pub(crate) fn of(clinic: Clinic) -> Self {
        let router = manzil_server::router(clinic.app.clone());
        Self { router, clinic: Arc::new(clinic), headers: Vec::new() }
    }

    /// The same with one more header on every request.
    pub(crate) fn with(&self, name: &str, value: &str) -> Software {
        let mut headers = self.headers.clone();
        headers.push((name.to_owned(), value.to_owned()));
        let clinic = Arc::clone(&self.clinic);
        Self { router: self.router.clone(), clinic, headers }
    }

    pub(crate) async fn send(&self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Reply {
        let (status, headers, bytes) = self.bytes(method, path, kind, body).await;
        let json = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes)
                .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&bytes)))
        };
        Reply { status, headers, json }
    }

    /// The text of what is no JSON.
    pub(crate) async fn text(&self, path: &str) -> String {
        String::from_utf8(self.bytes("GET", path, "", Vec::new()).await.2.to_vec()).unwrap()
    }

    async fn bytes(
        &self,
        method: &str,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> (StatusCode, HeaderMap, Bytes) {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = Request::builder().method(method).uri(format!("/fhir{path}"));
        request = request.header("host", "clinic.example");
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(FROM)));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, headers, bytes)
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "", Vec::new()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, "", Vec::new()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.json("POST", path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.json("PUT", path, body).await
    }

    pub(crate) async fn json(&self, method: &str, path: &str, body: Value) -> Reply {
        self.send(method, path, "application/fhir+json", body.to_string().into_bytes()).await
    }

    /// Writes a fictional person with this id and family name.
    pub(crate) async fn patient(&self, id: &str, family: &str) -> Reply {
        let patient = json!({"resourceType": "Patient", "id": id, "name": [{"family": family}]});
        self.put(&format!("/Patient/{id}"), patient).await.has(StatusCode::CREATED)
    }
}

impl Reply {
    #[track_caller]
    pub(crate) fn has(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", self.json);
        self
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Refused with an OperationOutcome of this status and code.
    #[track_caller]
    pub(crate) fn refused(&self, status: StatusCode, code: &str) -> String {
        assert_eq!(self.status, status, "{}", self.json);
        assert_eq!(self.json["resourceType"], "OperationOutcome");
        let issue = &self.json["issue"][0];
        let text = issue["diagnostics"].as_str().unwrap();
        assert!(text.starts_with(code), "{text}");
        assert!(issue["details"]["text"].as_str().unwrap().starts_with(code));
        text.to_owned()
    }

    /// The ids of the matches of a searchset.
    pub(crate) fn matches(&self) -> Vec<&str> {
        self.modes("match")
    }

    pub(crate) fn modes(&self, mode: &str) -> Vec<&str> {
        let entries = self.json["entry"].as_array().map_or(&[][..], Vec::as_slice);
        let of_mode = entries.iter().filter(|entry| entry["search"]["mode"] == mode);
        of_mode.map(|entry| entry["resource"]["id"].as_str().unwrap_or_default()).collect()
    }

    /// The address of a page, from `/fhir` on.
    pub(crate) fn link(&self, relation: &str) -> Option<String> {
        let links = self.json["link"].as_array()?;
        let url = links.iter().find(|link| link["relation"] == relation)?["url"].as_str()?;
        Some(url.strip_prefix("http://clinic.example/fhir")?.to_owned())
    }
}
