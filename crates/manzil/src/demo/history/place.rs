//! The clinics where fictional people are seen, and who works there.

use serde_json::json;

use super::super::random::Random;
use super::Naming;
use super::draft::{Draft, Link, hl7};

/// A clinic, by country and town; its staff is invented with it.
#[derive(Debug)]
pub struct Clinic {
    country: &'static str,
    town: &'static str,
}

/// Places where assessments are done, without a claim that such a clinic stands there.
pub const CLINICS: &[Clinic] = &[
    Clinic { country: "KE", town: "Nairobi" },
    Clinic { country: "JO", town: "Amman" },
    Clinic { country: "UG", town: "Kampala" },
    Clinic { country: "PK", town: "Islamabad" },
    Clinic { country: "TH", town: "Mae Sot" },
    Clinic { country: "TR", town: "Istanbul" },
    Clinic { country: "PL", town: "Warsaw" },
    Clinic { country: "PH", town: "Manila" },
];

const FAMILIES: &[&str] = &["Achieng", "Berg", "Castillo", "Demir", "Eriksen", "Farouk", "Grau"];
const GIVEN: &[&str] = &["Ada", "Bilal", "Chipo", "Dana", "Emil", "Farida", "Goran", "Hana"];

/// Those who see a person.
#[derive(Clone, Debug)]
pub struct Staff {
    pub organization: Link,
    pub location: Link,
    pub physician: Link,
    pub nurse: Link,
    pub town: &'static str,
    pub country: &'static str,
}

/// The staff of a clinic, for those who name what another part of the output holds.
pub fn staff(draft: &mut Draft, clinic: usize) -> Staff {
    let place = CLINICS.get(clinic).unwrap_or(&Clinic { country: "KE", town: "Nairobi" });
    // Everybody who goes to a clinic must invent the same people there.
    let mut random = Random::new(draft.how.seed).branch(u64::MAX - clinic as u64);
    let mut link = |kind, display: String| {
        // In a Bundle the clinic is a copy, found again by its number; elsewhere it is one.
        let bits = match draft.how.naming {
            Naming::ById => (random.next(), random.next()),
            Naming::InBundle => (draft.random.next(), draft.random.next()),
        };
        let bits = (u128::from(bits.0) << 64) | u128::from(bits.1);
        let uuid = uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid().to_string();
        Link { kind, uuid, display: Some(display) }
    };
    let name = format!("{} Migration Health Clinic (fictional)", place.town);
    let person = |nth: usize| {
        let given = GIVEN.get((clinic + nth) % GIVEN.len()).unwrap_or(&"Ada");
        let family = FAMILIES.get((clinic * 3 + nth) % FAMILIES.len()).unwrap_or(&"Berg");
        format!("{given} {family}")
    };
    Staff {
        organization: link("Organization", name.clone()),
        location: link("Location", name),
        physician: link("Practitioner", format!("Dr {}", person(0))),
        nurse: link("Practitioner", person(1)),
        town: place.town,
        country: place.country,
    }
}

/// Writes a clinic with its staff, each to be created only where it is not known yet.
pub fn write(draft: &mut Draft, clinic: usize) -> Staff {
    let staff = staff(draft, clinic);
    let address = json!({ "city": staff.town, "country": staff.country });
    let telecom = json!([{ "system": "email", "value": format!("clinic{clinic}@example.org"), "use": "work" }]);
    let organization = json!({
        "identifier": [number(clinic, "organization")],
        "active": true,
        "type": [hl7("organization-type", "prov", "Healthcare Provider")],
        "name": staff.organization.display,
        "telecom": telecom,
        "address": [address],
    });
    push(draft, &staff.organization, organization, clinic, "organization");
    let location = json!({
        "identifier": [number(clinic, "location")],
        "status": "active",
        "name": staff.location.display,
        "telecom": telecom,
        "address": address,
        "managingOrganization": draft.reference(&staff.organization),
    });
    push(draft, &staff.location, location, clinic, "location");
    for (link, what) in [(&staff.physician, "physician"), (&staff.nurse, "nurse")] {
        let name = link.display.as_deref().unwrap_or_default();
        let practitioner = json!({
            "identifier": [number(clinic, what)],
            "active": true,
            "name": [{ "text": format!("{name} (fictional)"), "family": name.rsplit(' ').next() }],
            "telecom": telecom,
            "address": [address],
        });
        push(draft, link, practitioner, clinic, what);
    }
    staff
}

fn push(draft: &mut Draft, link: &Link, members: serde_json::Value, clinic: usize, what: &str) {
    draft.push_as(link.kind, link.uuid.clone(), members);
    if let Some(entry) = draft.entries.last_mut() {
        entry.if_none_exist = Some(format!("identifier={SYSTEM}|{}", value(clinic, what)));
    }
}

const SYSTEM: &str = "urn:manzil:demo-clinic";

fn number(clinic: usize, what: &str) -> serde_json::Value {
    json!({ "system": SYSTEM, "value": value(clinic, what) })
}

fn value(clinic: usize, what: &str) -> String {
    format!("DEMO-{clinic}-{what}")
}
