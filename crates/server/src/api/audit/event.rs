//! One line of the trail as an AuditEvent in the patterns of IHE Basic Audit Log Patterns 1.1
//! (<https://profiles.ihe.net/ITI/BALP/>). `meta.profile` names the pattern that a line fits in
//! every element; a line that wants one, such as an old one without the address of the client,
//! names none.

use base64ct::{Base64, Encoding as _};
use manzil_fhir::reference::Reference;
use manzil_journey::access::{Purpose, Role};
use manzil_store::AuditEntry;
use serde_json::{Value, json};

use crate::api::ask::Call;

const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
const SOURCE_TYPE: &str = "http://terminology.hl7.org/CodeSystem/security-source-type";
const PARTICIPANT: &str = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
const PROFILES: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";
/// Codes of DICOM: what data flows from, what it flows to, and a program.
const SOURCE: &str = "110153";
const DESTINATION: &str = "110152";
const APPLICATION: &str = "110150";
/// Codes of `http://hl7.org/fhir/network-type`.
const IP_ADDRESS: &str = "2";
const URI: &str = "5";

/// What a line is about.
struct Line<'a> {
    entry: &'a AuditEntry,
    /// `Observation/1`, or with its version when the line names one.
    record: Option<String>,
    has_version: bool,
    /// Whom it concerns: the one person, or the one whose lines were asked for.
    person: Option<&'a str>,
}

impl<'a> Line<'a> {
    fn new(entry: &'a AuditEntry, about: Option<&'a str>) -> Self {
        let mut parts = entry.object.split(", ");
        let key = parts.next().and_then(Reference::parse);
        let version = parts.next().and_then(|part| part.strip_prefix("version "));
        let record = match key {
            Some(Reference::Relative(key)) => {
                let history = version.map(|number| format!("/_history/{number}"));
                Some(format!("{}/{}{}", key.resource_type, key.id, history.unwrap_or_default()))
            }
            _ => None,
        };
        let person = entry.person.as_deref().or(about);
        Self { entry, record, has_version: version.is_some(), person }
    }

    /// The pattern that this line fits, by the last part of its address; none when something that
    /// it wants was not kept.
    fn pattern(&self) -> Option<String> {
        let of_one = match self.entry.what.as_str() {
            "search" => Some("Query").filter(|_| self.is_of_one_or_none()),
            what => {
                let known = [
                    ("read", "Read"),
                    ("create", "Create"),
                    ("update", "Update"),
                    ("delete", "Delete"),
                ];
                let known = known.iter().find(|(word, _)| *word == what).map(|(_, name)| *name);
                known.filter(|_| self.record.is_some())
            }
        }?;
        self.entry.via.as_ref()?;
        let patient = if self.person.is_some() { "Patient" } else { "" };
        Some(format!("{PROFILES}{patient}{of_one}"))
    }

    /// A search that showed several people has a line for each of them, and a pattern only there.
    fn is_of_one_or_none(&self) -> bool {
        self.person.is_some() || self.entry.persons_hash.is_none()
    }
}

/// The AuditEvent for a line; `about` is the person whose lines were asked for.
pub(super) fn of(call: &Call, entry: &AuditEntry, about: Option<&str>) -> Value {
    let line = Line::new(entry, about);
    let refused = matches!(entry.what.as_str(), "refused" | "sign-in-failed");
    let mut event = json!({
        "resourceType": "AuditEvent",
        "id": entry.seq.to_string(),
        "meta": {"lastUpdated": format!("{:.3}", entry.at)},
        "type": kind(&entry.what),
        "subtype": subtype(&line),
        "action": action(&entry.what),
        "recorded": format!("{:.3}", entry.at),
        "outcome": if refused { "4" } else { "0" },
        "purposeOfEvent": [purpose(entry.purpose)],
        "agent": agents(entry, &call.base),
        "source": {
            "site": call.app.settings.site,
            "observer": {"display": "Manzil"},
            "type": [coding(SOURCE_TYPE, "4", "Application Server")],
        },
        "entity": entities(&line),
    });
    if let Some(pattern) = line.pattern() {
        put(&mut event, "/meta", "profile", json!([pattern]));
    }
    if event.get("subtype").is_some_and(Value::is_null) {
        drop(event.as_object_mut().map(|members| members.shift_remove("subtype")));
    }
    if call.app.settings.site.is_empty()
        && let Some(source) = event.get_mut("source").and_then(Value::as_object_mut)
    {
        source.shift_remove("site");
    }
    event
}

fn put(value: &mut Value, place: &str, name: &str, member: Value) {
    if let Some(members) = value.pointer_mut(place).and_then(Value::as_object_mut) {
        members.insert(name.into(), member);
    }
}

fn coding(system: &str, code: &str, display: &str) -> Value {
    json!({"system": system, "code": code, "display": display})
}

/// `AuditEvent.action`. What is neither of these is executed; several records are written so.
pub(super) fn action(what: &str) -> &'static str {
    match what {
        "read" | "history" => "R",
        "create" => "C",
        "update" => "U",
        "delete" => "D",
        _ => "E",
    }
}

fn kind(what: &str) -> Value {
    if what.starts_with("sign-") {
        return coding(DCM, "110114", "User Authentication");
    }
    coding("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "RESTful Operation")
}

fn subtype(line: &Line<'_>) -> Value {
    let rest = |code: &str| coding("http://hl7.org/fhir/restful-interaction", code, code);
    let subtype = match line.entry.what.as_str() {
        "read" if line.has_version => rest("vread"),
        "read" if line.record.is_none() => rest("operation"),
        what @ ("read" | "history" | "search" | "create" | "update" | "delete") => rest(what),
        "write" => rest("transaction"),
        "sign-in" | "sign-in-failed" => coding(DCM, "110122", "Login"),
        "sign-out" => coding(DCM, "110123", "Logout"),
        _ => return Value::Null,
    };
    json!([subtype])
}

/// Client, server and user. What is read flows from the server; what is asked or written, to it.
fn agents(entry: &AuditEntry, base: &str) -> Value {
    let role = |system: &str, code: &str| json!({"coding": [{"system": system, "code": code}]});
    let (client, server) = match action(&entry.what) {
        "R" => (role(DCM, DESTINATION), role(DCM, SOURCE)),
        "D" => (role(DCM, APPLICATION), role(PARTICIPANT, "custodian")),
        _ => (role(DCM, SOURCE), role(DCM, DESTINATION)),
    };
    let who = |id: &str| json!({"identifier": {"value": id}, "display": id});
    let via = entry.via.as_ref();
    let is_software = entry.actor.starts_with("Client/");
    let software = match via.and_then(|via| via.software.as_deref()) {
        Some(id) => who(id),
        None if is_software => who(&entry.actor),
        None => json!({"display": if via.is_some() { "Pages of Manzil" } else { "Manzil" }}),
    };
    let mut client = json!({"type": client, "who": software, "requestor": is_software});
    if let Some(via) = via {
        put(&mut client, "", "network", json!({"address": via.network, "type": IP_ADDRESS}));
    }
    let server = json!({
        "type": server,
        "who": {"display": "Manzil"},
        "requestor": false,
        "network": {"address": base, "type": URI},
    });
    if is_software {
        return json!([client, server]);
    }
    let user = match entry.actor.strip_prefix("Patient/") {
        Some(_) => json!({"reference": entry.actor}),
        None => who(&entry.actor),
    };
    json!([client, server, {
        "type": {"coding": [part_of_user(&entry.what)]},
        "role": [{"text": word_of_role(entry.role)}],
        "who": user,
        "requestor": true,
        "purposeOfUse": [purpose(entry.purpose)],
    }])
}

/// Who writes is the author of it, who reads gets it.
fn part_of_user(what: &str) -> Value {
    let system = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
    match what {
        "create" | "update" | "delete" | "write" => coding(system, "AUT", "author (originator)"),
        _ => coding(system, "IRCP", "information recipient"),
    }
}

/// The person and the record, or the question. The trail keeps which parameters were asked, and
/// not for what: a name that was searched does not stand there, and cannot stand here.
fn entities(line: &Line<'_>) -> Value {
    let mut entities = Vec::new();
    if let Some(person) = line.person {
        entities.push(json!({
            "what": {"reference": format!("Patient/{person}")},
            "type": coding(ENTITY_TYPE, "1", "Person"),
            "role": coding(OBJECT_ROLE, "1", "Patient"),
        }));
    }
    let object = &line.entry.object;
    let is_search = line.entry.what == "search";
    let (role, display) = if is_search { ("24", "Query") } else { ("4", "Domain Resource") };
    let mut entity = json!({
        "type": coding(ENTITY_TYPE, "2", "System Object"),
        "role": coding(OBJECT_ROLE, role, display),
        "description": object,
    });
    if is_search {
        put(&mut entity, "", "query", Base64::encode_string(object.as_bytes()).into());
    } else if let Some(record) = &line.record {
        put(&mut entity, "", "what", json!({"reference": record}));
    }
    entities.push(entity);
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
