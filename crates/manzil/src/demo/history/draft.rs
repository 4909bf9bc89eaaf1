//! A history in the making, and the pieces of JSON of which it is made.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Map, Number, Value, json};

use super::super::random::Random;
use super::codes::{Code, UCUM};
use super::{Entry, Histories, Naming};

/// Where a resource is, so that others can name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub kind: &'static str,
    pub uuid: String,
    pub display: Option<String>,
}

/// The entries written so far, with the chance that decides what comes next.
#[derive(Debug)]
pub struct Draft {
    pub random: Random,
    pub how: Histories,
    pub entries: Vec<Entry>,
}

impl Draft {
    pub fn new(random: Random, how: Histories) -> Self {
        Self { random, how, entries: Vec::new() }
    }

    /// A new UUID (RFC 9562 version 4) out of this history's own chance.
    pub fn uuid(&mut self) -> String {
        let (high, low) = (self.random.next(), self.random.next());
        let bits = (u128::from(high) << 64) | u128::from(low);
        uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid().to_string()
    }

    /// Adds a resource and says how to name it. `members` are everything but type, id and labels.
    pub fn push(&mut self, kind: &'static str, members: Value) -> Link {
        let uuid = self.uuid();
        self.push_as(kind, uuid, members)
    }

    /// Adds a resource under a UUID that is known already.
    pub fn push_as(&mut self, kind: &'static str, uuid: String, members: Value) -> Link {
        let mut resource = Map::new();
        resource.insert("resourceType".into(), kind.into());
        if self.how.naming == Naming::ById {
            resource.insert("id".into(), uuid.as_str().into());
        }
        resource.insert("meta".into(), labels());
        if let Value::Object(members) = members {
            resource.extend(members.into_iter().filter(|(_, value)| !value.is_null()));
        }
        let resource = Value::Object(resource);
        self.entries.push(Entry { uuid: uuid.clone(), resource, if_none_exist: None });
        Link { kind, uuid, display: None }
    }

    /// A `Reference` to a resource of this history.
    pub fn reference(&self, link: &Link) -> Value {
        let reference = match self.how.naming {
            Naming::InBundle => format!("urn:uuid:{}", link.uuid),
            Naming::ById => format!("{}/{}", link.kind, link.uuid),
        };
        match &link.display {
            Some(display) => json!({ "reference": reference, "display": display }),
            None => json!({ "reference": reference }),
        }
    }
}

/// What says that nothing of this happened: HL7's label for test data and a tag of our own.
fn labels() -> Value {
    json!({
        "security": [{
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
            "code": "HTEST",
            "display": "test health data",
        }],
        "tag": [{ "system": "urn:manzil:label", "code": "fictional", "display": "Invented by Manzil" }],
    })
}

/// A `CodeableConcept` of one of the codes, with its display as text.
pub fn concept(code: &Code) -> Value {
    json!({ "coding": [coding(code)], "text": code.display })
}

/// A `Coding` of one of the codes.
pub fn coding(code: &Code) -> Value {
    json!({ "system": code.system, "code": code.symbol, "display": code.display })
}

/// A `CodeableConcept` of a code system of HL7 terminology.
pub fn hl7(system: &str, code: &str, display: &str) -> Value {
    let system = format!("http://terminology.hl7.org/CodeSystem/{system}");
    json!({ "coding": [{ "system": system, "code": code, "display": display }] })
}

/// A decimal with as many places as it was measured with: `decimal(135, 1)` is 13.5.
pub fn decimal(scaled: i64, places: usize) -> Value {
    let digits = format!("{:0width$}", scaled.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let sign = if scaled < 0 { "-" } else { "" };
    let text = if places == 0 { digits.clone() } else { format!("{sign}{whole}.{fraction}") };
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

/// A `Quantity` in a UCUM unit.
pub fn quantity(scaled: i64, places: usize, unit: &str) -> Value {
    json!({ "value": decimal(scaled, places), "unit": unit, "system": UCUM, "code": unit })
}

/// Moments of one visit: the day and the minutes since it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub day: Date,
    /// Minutes after midnight UTC.
    pub minutes: i64,
}

impl Moment {
    /// As a FHIR dateTime: `2024-05-03T09:12:00Z`.
    pub fn date_time(self) -> String {
        format!("{}T{:02}:{:02}:00Z", self.day, self.minutes / 60, self.minutes % 60)
    }

    /// As a FHIR instant, to the millisecond.
    pub fn instant(self) -> String {
        format!("{}T{:02}:{:02}:00.000Z", self.day, self.minutes / 60, self.minutes % 60)
    }

    /// So many minutes later on the same day.
    pub fn after(self, minutes: i64) -> Self {
        Self { minutes: (self.minutes + minutes).min(24 * 60 - 1), ..self }
    }
}

/// A day so many days later, or the last day there is.
pub fn later(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}
