use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Reply, Software};

#[tokio::test]
async fn who_read_whom_can_be_asked() {
    let software = Software::new();
    software.patient("a", "Ali").await;
    software.patient("b", "Bashir").await;
    software.get("/Patient/a").await.has(StatusCode::OK);
    let found = software.get("/AuditEvent?patient=Patient/a&action=R").await.has(StatusCode::OK);
    let event = &found.json["entry"][0]["resource"];
    assert_eq!(event["entity"][0]["what"]["reference"], "Patient/a");
    assert_eq!(event["subtype"][0]["code"], "read");
    assert_eq!(event["agent"].as_array().map(Vec::len), Some(2), "no user: {event}");
    assert_eq!(event["agent"][0]["who"]["identifier"]["value"], "open");
    assert_eq!(event["agent"][0]["network"], json!({"address": "192.0.2.7", "type": "2"}));
    let judged = software.post("/AuditEvent/$validate", event.clone()).await;
    assert_eq!(judged.json["issue"][0]["severity"], "information", "{}", judged.json);

    let path = format!("/AuditEvent/{}", event["id"].as_str().unwrap());
    assert_eq!(&software.get(&path).await.has(StatusCode::OK).json, event);
    software.get("/AuditEvent/999999").await.refused(StatusCode::NOT_FOUND, "MZ-0635");

    let first = software.get("/AuditEvent?_count=2").await.has(StatusCode::OK);
    assert_eq!(first.matches().len(), 2);
    let next = software.get(&first.link("next").unwrap()).await.has(StatusCode::OK);
    assert_ne!(first.matches(), next.matches());
    assert!(software.get("/AuditEvent?date=lt2001").await.matches().is_empty());
    assert!(!software.get("/AuditEvent?date=gt2001").await.matches().is_empty());
    let strict = software.with("prefer", "handling=strict");
    let refused = strict.get("/AuditEvent?site=x").await;
    refused.refused(StatusCode::BAD_REQUEST, "MZ-0659");
    let put = json!({"resourceType": "AuditEvent", "id": "1"});
    let refused = software.put("/AuditEvent/1", put).await;
    refused.refused(StatusCode::METHOD_NOT_ALLOWED, "MZ-0645");
}

/// What the patterns of IHE want of an element that differs between them.
struct Pattern {
    name: &'static str,
    action: &'static str,
    subtypes: &'static [&'static str],
    client: &'static str,
    server: &'static str,
}

const PATTERNS: [Pattern; 5] = [
    Pattern {
        name: "Read",
        action: "R",
        subtypes: &["read", "vread"],
        client: "110152",
        server: "110153",
    },
    Pattern {
        name: "Query",
        action: "E",
        subtypes: &["search"],
        client: "110153",
        server: "110152",
    },
    Pattern {
        name: "Create",
        action: "C",
        subtypes: &["create"],
        client: "110153",
        server: "110152",
    },
    Pattern {
        name: "Update",
        action: "U",
        subtypes: &["update"],
        client: "110153",
        server: "110152",
    },
    Pattern {
        name: "Delete",
        action: "D",
        subtypes: &["delete"],
        client: "110150",
        server: "custodian",
    },
];

const PROFILES: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";

#[tokio::test]
async fn an_event_fits_the_pattern_that_it_names() {
    let software = Software::new();
    software.patient("a", "Ali").await;
    let mut ali = software.get("/Patient/a").await.has(StatusCode::OK).json.clone();
    ali["gender"] = "male".into();
    software.put("/Patient/a", ali).await.has(StatusCode::OK);
    software.get("/Patient/a/_history/1").await.has(StatusCode::OK);
    software.get("/Patient?family=Ali").await.has(StatusCode::OK);
    let body = json!({"resourceType": "Organization", "name": "Clinic"});
    let made = software.post("/Organization", body.clone()).await.has(StatusCode::CREATED);
    let path = format!("/Organization/{}", made.json["id"].as_str().unwrap());
    let mut changed = made.json.clone();
    changed["name"] = "Another".into();
    software.put(&path, changed).await.has(StatusCode::OK);
    software.get("/Organization?name=Another").await.has(StatusCode::OK);
    software.delete(&path).await;
    software.delete("/Patient/a").await;

    let all = software.get("/AuditEvent?_count=100").await.has(StatusCode::OK);
    let named = fits(&all);
    for pattern in PATTERNS.map(|it| it.name) {
        assert!(named.contains(&pattern.to_owned()), "no event names {pattern}: {named:?}");
    }
    let about = software.get("/AuditEvent?_count=100&patient=a").await.has(StatusCode::OK);
    let named = fits(&about);
    for pattern in
        ["PatientRead", "PatientQuery", "PatientCreate", "PatientUpdate", "PatientDelete"]
    {
        assert!(named.contains(&pattern.to_owned()), "no event names {pattern}: {named:?}");
    }
}

/// The patterns that the events of a searchset name, after each event was held against its own.
fn fits(found: &Reply) -> Vec<String> {
    let events = found.json["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]);
    let named = events.filter_map(|event| Some((event, event["meta"]["profile"][0].as_str()?)));
    named
        .map(|(event, profile)| {
            let name = profile.strip_prefix(PROFILES).unwrap();
            fits_one(event, name);
            name.to_owned()
        })
        .collect()
}

fn fits_one(event: &Value, name: &str) {
    let of_patient = name.strip_prefix("Patient");
    let pattern = PATTERNS.iter().find(|it| it.name == of_patient.unwrap_or(name)).unwrap();
    assert_eq!(event["type"]["code"], "rest");
    assert_eq!(event["action"], pattern.action);
    assert_eq!(event["outcome"], "0");
    let subtype = &event["subtype"][0];
    assert!(pattern.subtypes.contains(&subtype["code"].as_str().unwrap()), "{event}");
    assert_eq!(subtype["display"], subtype["code"]);
    let agent = |code: &str| {
        let agents = event["agent"].as_array().unwrap().iter();
        let mut found = agents.filter(|it| it["type"]["coding"][0]["code"] == code);
        let (one, more) = (found.next(), found.next());
        assert!(more.is_none(), "{code} stands twice: {event}");
        one.unwrap_or_else(|| panic!("no agent {code}: {event}")).clone()
    };
    for each in [agent(pattern.client), agent(pattern.server)] {
        assert!(each["who"].is_object() && each["network"]["address"].is_string(), "{event}");
    }
    let entity = |code: &str| {
        let entities = event["entity"].as_array().unwrap().iter();
        let found = entities.filter(|it| it["type"]["code"] == code).collect::<Vec<_>>();
        assert!(found.len() < 2, "{code} stands twice: {event}");
        found.first().map(|it| (*it).clone())
    };
    let object = entity("2").unwrap();
    if pattern.name == "Query" {
        assert_eq!(object["role"]["code"], "24");
        assert!(object["query"].is_string() && object["what"].is_null(), "{event}");
    } else {
        assert_eq!(object["role"]["code"], "4");
        assert!(object["what"]["reference"].is_string() && object["query"].is_null(), "{event}");
    }
    let person = entity("1");
    assert_eq!(person.is_some(), of_patient.is_some(), "{event}");
    if let Some(person) = person {
        assert_eq!(person["role"]["code"], "1");
        let reference = person["what"]["reference"].as_str().unwrap();
        assert!(reference.starts_with("Patient/"), "{event}");
    }
}
