//! One line of the trail as an AuditEvent in the pattern of IHE Basic Audit Log Patterns 1.1
//! (<https://profiles.ihe.net/ITI/BALP/>). No profile is claimed in `meta`: the patterns want
//! the network address of the client, which the trail does not keep.

use manzil_journey::access::{Purpose, Role};
use manzil_store::AuditEntry;
use serde_json::{Value, json};

use crate::api::ask::Call;

const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
const SOURCE: &str = "110153";
const DESTINATION: &str = "110152";

/// The AuditEvent for a line.
pub(super) fn of(call: &Call, entry: &AuditEntry) -> Value {
    let refused = matches!(entry.what.as_str(), "refused" | "sign-in-failed");
    let mut event = json!({
        "resourceType": "AuditEvent",
        "id": entry.seq.to_string(),
        "meta": {"lastUpdated": format!("{:.3}", entry.at)},
        "type": kind(&entry.what),
        "action": action(&entry.what),
        "recorded": format!("{:.3}", entry.at),
        "outcome": if refused { "4" } else { "0" },
        "purposeOfEvent": [purpose(entry.purpose)],
        "agent": agents(entry),
        "source": {
            "site": call.app.settings.site,
            "observer": {"display": "Manzil"},
            "type": [{
                "system": "http://terminology.hl7.org/CodeSystem/security-source-type",
                "code": "4",
                "display": "Application Server",
            }],
        },
        "entity": entities(entry),
    });
    let Some(members) = event.as_object_mut() else { return event };
    if let Some(subtype) = subtype(&entry.what) {
        members.insert("subtype".into(), json!([subtype]));
    }
    if call.app.settings.site.is_empty()
        && let Some(source) = members.get_mut("source").and_then(Value::as_object_mut)
    {
        source.shift_remove("site");
    }
    event
}

/// `AuditEvent.action`. The trail does not tell a creation from an update, so a write is `U`.
pub(super) fn action(what: &str) -> &'static str {
    match what {
        "read" | "history" => "R",
        "write" => "U",
        _ => "E",
    }
}

fn kind(what: &str) -> Value {
    if is_sign_in(what) {
        return json!({"system": DCM, "code": "110114", "display": "User Authentication"});
    }
    json!({
        "system": "http://terminology.hl7.org/CodeSystem/audit-event-type",
        "code": "rest",
        "display": "RESTful Operation",
    })
}

fn is_sign_in(what: &str) -> bool {
    what.starts_with("sign-")
}

fn subtype(what: &str) -> Option<Value> {
    let rest =
        |code: &str| json!({"system": "http://hl7.org/fhir/restful-interaction", "code": code});
    Some(match what {
        "read" => rest("read"),
        "history" => rest("history"),
        "search" => rest("search"),
        "write" => rest("update"),
        "sign-in" | "sign-in-failed" => {
            json!({"system": DCM, "code": "110122", "display": "Login"})
        }
        "sign-out" => json!({"system": DCM, "code": "110123", "display": "Logout"}),
        _ => return None,
    })
}

/// Client, server and user. What is read flows from the server; what is asked or written, to it.
fn agents(entry: &AuditEntry) -> Value {
    let reads = action(&entry.what) == "R";
    let (client, server) = if reads { (DESTINATION, SOURCE) } else { (SOURCE, DESTINATION) };
    let role = |code: &str| json!({"coding": [{"system": DCM, "code": code}]});
    let who = |name: &str| json!({"identifier": {"value": name}, "display": name});
    let user = match entry.actor.strip_prefix("Patient/") {
        Some(_) => json!({"reference": entry.actor}),
        None => who(&entry.actor),
    };
    let participation = json!({"coding": [{
        "system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
        "code": "IRCP",
        "display": "information recipient",
    }]});
    json!([
        {"type": role(client), "who": who(&entry.actor), "requestor": false},
        {"type": role(server), "who": {"display": "Manzil"}, "requestor": false},
        {
            "type": participation,
            "role": [{"text": word_of_role(entry.role)}],
            "who": user,
            "requestor": true,
        },
    ])
}

fn entities(entry: &AuditEntry) -> Value {
    let mut entities = Vec::new();
    if let Some(person) = &entry.person {
        entities.push(json!({
            "what": {"reference": format!("Patient/{person}")},
            "type": {"system": ENTITY_TYPE, "code": "1", "display": "Person"},
            "role": {"system": OBJECT_ROLE, "code": "1", "display": "Patient"},
        }));
    }
    let (role, display) =
        if entry.what == "search" { ("24", "Query") } else { ("4", "Domain Resource") };
    let mut object = json!({
        "type": {"system": ENTITY_TYPE, "code": "2", "display": "System Object"},
        "role": {"system": OBJECT_ROLE, "code": role, "display": display},
        "description": entry.object,
    });
    let is_key = manzil_fhir::reference::Reference::parse(&entry.object);
    if let (Some(members), Some(manzil_fhir::reference::Reference::Relative(target))) =
        (object.as_object_mut(), is_key)
    {
        let reference = format!("{}/{}", target.resource_type, target.id);
        members.insert("what".into(), json!({"reference": reference}));
    }
    entities.push(object);
    Value::Array(entities)
}

fn purpose(purpose: Purpose) -> Value {
    let (code, text) = match purpose {
        Purpose::Care => (Some("TREAT"), "care"),
        Purpose::Assessment => (None, "assessment"),
        Purpose::PublicHealth => (Some("PUBHLTH"), "public health"),
        Purpose::Administration => (None, "administration"),
        Purpose::Research => (Some("HRESCH"), "research"),
        Purpose::Person => (Some("PATRQT"), "the person's own use"),
    };
    let system = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
    match code {
        Some(code) => json!({"coding": [{"system": system, "code": code}], "text": text}),
        None => json!({"text": text}),
    }
}

fn word_of_role(role: Role) -> Value {
    serde_json::to_value(role).unwrap_or_default()
}
