use axum::http::StatusCode;
use manzil_server::settings::Settings;
use serde_json::{Value, json};

use super::Software;
use crate::browser::{Clinic, demo_settings};

fn bundle(kind: &str, entries: Vec<Value>) -> Value {
    json!({"resourceType": "Bundle", "type": kind, "entry": entries})
}

fn write(url: &str, method: &str, path: &str, resource: Value) -> Value {
    json!({"fullUrl": url, "resource": resource, "request": {"method": method, "url": path}})
}

const AMINA: &str = "urn:uuid:0f6d3b5e-7f1e-4d1c-9a3f-3c8d2b1a0e9f";

#[tokio::test]
async fn entries_point_to_each_other_and_to_what_is_found() {
    let software = Software::new();
    let doctor =
        json!({"resourceType": "Practitioner", "id": "d", "identifier": [{"value": "d7"}]});
    software.put("/Practitioner/d", doctor).await.has(StatusCode::CREATED);
    let div =
        format!("<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"{AMINA}\">x</a></div>");
    let weight = json!({"resourceType": "Observation", "status": "final", "code": {"text": "w"},
        "text": {"status": "generated", "div": div},
        "extension": [{"url": "http://a.example/e", "valueReference": {"reference": AMINA}},
            {"url": "http://a.example/u", "valueUri": AMINA}],
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": AMINA}],
        "performer": [{"reference": "Practitioner?identifier=d7"}],
        "subject": {"reference": AMINA}});
    let sent = bundle(
        "transaction",
        vec![
            write("urn:uuid:1", "POST", "Observation", weight),
            write(AMINA, "POST", "Patient", json!({"resourceType": "Patient"})),
        ],
    );
    let done = software.post("/", sent).await.has(StatusCode::OK);
    assert_eq!(done.json["type"], "transaction-response");
    let response = &done.json["entry"][1]["response"];
    assert_eq!(
        (&response["status"], &response["etag"]),
        (&json!("201 Created"), &json!("W/\"1\""))
    );
    let amina = format!("Patient/{}", done.json["entry"][1]["resource"]["id"].as_str().unwrap());
    let written = &done.json["entry"][0]["resource"];
    assert_eq!(written["subject"]["reference"], amina);
    assert_eq!(written["extension"][0]["valueReference"]["reference"], amina);
    assert_eq!(written["extension"][1]["valueUri"], amina);
    assert_eq!(written["performer"][0]["reference"], "Practitioner/d");
    assert!(written["text"]["div"].as_str().unwrap().contains(&format!("href=\"{amina}\"")));
    assert_eq!(written["identifier"][0]["value"], AMINA, "an identifier is no reference");
    assert_eq!(software.get(&format!("/{amina}/Observation")).await.matches().len(), 1);
}

#[tokio::test]
async fn all_or_nothing_is_written() {
    let software = Software::new();
    let good =
        || write("urn:uuid:1", "PUT", "Patient/1", json!({"resourceType": "Patient", "id": "1"}));
    for (bad, status, code) in [
        (
            write("", "POST", "Patient", json!({"resourceType": "Patient", "gender": "blue"})),
            StatusCode::UNPROCESSABLE_ENTITY,
            "MZ-0135",
        ),
        (good(), StatusCode::BAD_REQUEST, "MZ-0643"),
        (
            json!({"request": {"method": "DELETE", "url": "Patient/1"}}),
            StatusCode::BAD_REQUEST,
            "MZ-0643",
        ),
        (
            write(
                "",
                "POST",
                "Patient",
                json!({"resourceType": "Patient",
                "generalPractitioner": [{"reference": "urn:uuid:nobody"}]}),
            ),
            StatusCode::BAD_REQUEST,
            "MZ-0644",
        ),
        (
            write(
                "",
                "POST",
                "Patient",
                json!({"resourceType": "Patient",
                "generalPractitioner": [{"reference": "Practitioner?identifier=none"}]}),
            ),
            StatusCode::PRECONDITION_FAILED,
            "MZ-0644",
        ),
        (json!({"resource": {"resourceType": "Patient"}}), StatusCode::BAD_REQUEST, "MZ-0642"),
    ] {
        let reply = software.post("/", bundle("transaction", vec![good(), bad])).await;
        reply.refused(status, code);
        let place = reply.json["issue"][0]["expression"][0].as_str().unwrap();
        assert!(place.starts_with("Bundle.entry["), "{place}");
        software.get("/Patient/1").await.refused(StatusCode::NOT_FOUND, "MZ-0635");
    }
}

#[tokio::test]
async fn deletes_go_first_and_reads_last() {
    let software = Software::new();
    software.patient("old", "Ali").await;
    let sent = bundle(
        "transaction",
        vec![
            json!({"request": {"method": "GET", "url": "Patient?family=new"}}),
            write(
                "",
                "PUT",
                "Patient/new",
                json!({"resourceType": "Patient", "id": "new", "name": [{"family": "New"}]}),
            ),
            json!({"request": {"method": "DELETE", "url": "Patient/old"}}),
        ],
    );
    let done = software.post("/", sent).await.has(StatusCode::OK);
    let status = |n: usize| done.json["entry"][n]["response"]["status"].as_str().unwrap();
    assert_eq!((status(0), status(1), status(2)), ("200 OK", "201 Created", "200 OK"));
    assert_eq!(done.json["entry"][0]["resource"]["entry"][0]["resource"]["id"], "new");
    software.get("/Patient/old").await.refused(StatusCode::GONE, "MZ-0636");
}

#[tokio::test]
async fn a_create_in_a_transaction_is_done_once() {
    let software = Software::new();
    let sent = || {
        let mut person = write(
            AMINA,
            "POST",
            "Patient",
            json!({"resourceType": "Patient",
            "identifier": [{"value": "n7"}]}),
        );
        person["request"]["ifNoneExist"] = json!("identifier=n7");
        let weight = json!({"resourceType": "Observation", "status": "final",
            "code": {"text": "w"}, "subject": {"reference": AMINA}});
        bundle("transaction", vec![person, write("", "POST", "Observation", weight)])
    };
    let first = software.post("/", sent()).await.has(StatusCode::OK);
    let second = software.post("/", sent()).await.has(StatusCode::OK);
    let subject = |reply: &super::Reply| {
        reply.json["entry"][1]["resource"]["subject"]["reference"].as_str().unwrap().to_owned()
    };
    assert_eq!(subject(&first), subject(&second));
    assert_eq!(second.json["entry"][0]["response"]["status"], "200 OK");
}

#[tokio::test]
async fn a_batch_fails_entry_by_entry() {
    let software = Software::new();
    let sent = bundle(
        "batch",
        vec![
            write("", "PUT", "Patient/1", json!({"resourceType": "Patient", "id": "1"})),
            write("", "PUT", "Patient/2", json!({"resourceType": "Patient", "id": "3"})),
            json!({"request": {"method": "GET", "url": "Patient/none"}}),
            json!({"request": {"method": "GET", "url": "http://clinic.example/fhir/Patient/1"}}),
            json!({"request": {"method": "BREW", "url": "Patient/1"}}),
            json!("nothing"),
            json!({"request": {"method": "GET", "url": "metadata"}}),
        ],
    );
    let done = software.post("/", sent).await.has(StatusCode::OK);
    let entries = done.json["entry"].as_array().unwrap();
    let statuses: Vec<&str> =
        entries.iter().map(|it| &it["response"]["status"].as_str().unwrap()[..3]).collect();
    assert_eq!(statuses, ["201", "400", "404", "200", "405", "400", "200"]);
    let outcome = &entries[1]["response"]["outcome"];
    assert_eq!(outcome["issue"][0]["expression"], json!(["Bundle.entry[1]"]));
    assert_eq!(entries[3]["resource"]["id"], "1");
}

#[tokio::test]
async fn a_disk_that_fills_leaves_nothing_half_written() {
    let settings = Settings { open_fhir: true, ..demo_settings() };
    let software = Software::of(Clinic::on_a_small_disk(settings, 300));
    let mut done = 0;
    let refused = loop {
        let observation = |number: u32| {
            // Packs badly.
            let letter =
                |it: u32| char::from(b'a' + (it.wrapping_mul(2_654_435_761) >> 20) as u8 % 26);
            let text: String = (0..20_000).map(|it| letter(it + number)).collect();
            json!({"resourceType": "Observation", "status": "final", "code": {"text": text}})
        };
        let entries = (0..2).map(|number| {
            write(&format!("urn:uuid:{number}"), "POST", "Observation", observation(done + number))
        });
        let reply = software.post("/", bundle("transaction", entries.collect())).await;
        if reply.status != StatusCode::OK {
            break reply;
        }
        done += 2;
        assert!(done < 1_000, "the disk never fills");
    };
    refused.refused(StatusCode::INSUFFICIENT_STORAGE, "MZ-0306");
    assert!(done > 2);
    let found = software.get("/Observation?_summary=count").await.has(StatusCode::OK);
    assert_eq!(found.json["total"], done);
}
