//! Stores in PostgreSQL as an operator has them: loading, moving there and back, serving.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test that cannot go on fails, in its helpers too"
)]

use cluster::Cluster;
use running::{Running, told};
use tempfile::TempDir;

#[path = "../../store-postgres/tests/support/cluster.rs"]
mod cluster;
#[path = "support/running.rs"]
mod running;

#[track_caller]
fn line<'a>(text: &'a str, beginning: &str) -> &'a str {
    text.lines().find(|line| line.starts_with(beginning)).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn a_store_moves_to_postgresql_and_back_unchanged() {
    let Some(cluster) = Cluster::start() else { return };
    let folder = TempDir::new().unwrap();
    let (folder, url) = (folder.path(), cluster.url.as_str());
    told(folder, &["demo-data", "--format", "fhir", "--people", "3", "-o", "bundles"], true);
    told(folder, &["load", "--data", "first.sqlite", "bundles"], true);
    let there = told(folder, &["migrate-store", "--from", "first.sqlite", "--to", url], true);
    let counted = told(folder, &["doctor", "--database", url], true);
    assert!(counted.contains("audit chain    whole"), "{counted}");
    let first = told(folder, &["doctor", "--data", "first.sqlite"], true);
    for of in ["change sets", "resources", "versions", "audit entries"] {
        assert_eq!(line(&first, of), line(&counted, of));
    }
    let back = told(folder, &["migrate-store", "--from", url, "--to", "second.sqlite"], true);
    assert_eq!(line(&there, "hash of all"), line(&back, "hash of all"));
    assert_eq!(line(&there, "records"), line(&back, "records"));
    let refused = told(folder, &["migrate-store", "--from", "first.sqlite", "--to", url], false);
    assert!(refused.contains("holds a store already"), "{refused}");
    let refused = told(folder, &["migrate-store", "--from", url, "--to", "first.sqlite"], false);
    assert!(refused.contains("exists already"), "{refused}");
    let refused = told(folder, &["migrate-store", "--from", "no.sqlite", "--to", url], false);
    assert!(refused.contains("MZ-0731"), "{refused}");
}

#[test]
fn a_server_keeps_its_records_in_postgresql() {
    let Some(cluster) = Cluster::start() else { return };
    let folder = TempDir::new().unwrap();
    let database = ["--database", cluster.url.as_str(), "--schema", "clinic"];
    told(folder.path(), &["demo-data", "--format", "fhir", "--people", "2", "-o", "b"], true);
    told(folder.path(), &[&["load"], &database[..], &["b"]].concat(), true);
    let server = Running::serve(folder.path(), &database, "Records: the schema clinic in ");
    let answer = server.ask("GET /fhir/metadata HTTP/1.1", "");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let second = told(folder.path(), &[&["doctor"], &database[..]].concat(), false);
    assert!(second.contains("MZ-0302") || second.contains("in use"), "{second}");
    drop(server);
    told(folder.path(), &[&["doctor"], &database[..]].concat(), true);
}

#[test]
fn a_database_elsewhere_is_not_used_unencrypted() {
    let folder = TempDir::new().unwrap();
    let url = "postgres://manzil:secret@database.example/manzil";
    let refused = told(folder.path(), &["doctor", "--database", url], false);
    assert!(refused.contains("--plain-database") && !refused.contains("secret"), "{refused}");
}

#[test]
fn a_server_outlives_its_database() {
    let Some(cluster) = Cluster::start() else { return };
    let folder = TempDir::new().unwrap();
    let arguments =
        ["--demo", "--demo-people", "0", "--open-fhir", "--database", cluster.url.as_str()];
    let server = Running::serve(folder.path(), &arguments, "Records: ");
    let put = "PUT /fhir/Patient/p HTTP/1.1\r\nContent-Type: application/fhir+json";
    let patient = r#"{"resourceType":"Patient","id":"p"}"#;
    let answer = server.ask(put, patient);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    cluster.run("crash");
    let away = server.ask("GET /fhir/Patient/p HTTP/1.1", "");
    assert!(away.starts_with("HTTP/1.1 503"), "{away}");
    for part in ["retry-after: 5", "OperationOutcome", "MZ-0315"] {
        assert!(away.contains(part), "{part}: {away}");
    }
    cluster.run("again");
    let back = server.ask("GET /fhir/Patient/p HTTP/1.1", "");
    assert!(back.starts_with("HTTP/1.1 200"), "{back}");
    let answer = server.ask(put, patient);
    assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
}
