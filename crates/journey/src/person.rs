//! Who the person is, with what is and is not known about them.
//!
//! A [`Person`] becomes a FHIR `Patient` with [`Person::write_to`] and comes back with
//! [`Person::read`]. Elements that Manzil does not know stay in the `Patient` untouched. The
//! migration variables are those of DESIGN section 4: each optional, none required for care.

use manzil_fhir::Resource;
use manzil_fhir::date::{AgeUnit, BirthDate, PartialDate, StatedAge};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::coding::{self, extension, extension_text, extensions};
use crate::country::Country;

/// Administrative sex, after the FHIR value set administrative-gender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    Male,
    Female,
    Other,
    Unknown,
}

impl Sex {
    pub fn code(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "male" | "m" => Some(Self::Male),
            "female" | "f" => Some(Self::Female),
            "other" | "x" => Some(Self::Other),
            "unknown" | "u" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// The code under which the record keeps how a birth date is known.
pub fn how_known(birth: BirthDate) -> &'static str {
    match birth {
        BirthDate::Document(_) => "document",
        BirthDate::Stated(_) => "stated",
        BirthDate::Estimated { .. } => "estimated",
    }
}

/// A number that somebody gave the person, and who gave it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identifier {
    pub system: String,
    pub value: String,
}

impl Identifier {
    pub fn new(system: impl Into<String>, value: impl Into<String>) -> Self {
        Self { system: system.into(), value: value.into() }
    }
}

/// The migration variables. All optional; none is ever required for care.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MigrationVariables {
    pub country_of_birth: Option<Country>,
    pub citizenships: Vec<Country>,
    pub stateless: Option<bool>,
    pub usual_residence: Option<Country>,
    pub country_of_departure: Option<Country>,
    pub transit_countries: Vec<Country>,
    /// Year or year and month of arrival, as written: `2023-05`.
    pub arrival: Option<String>,
    pub reason: Option<String>,
    /// A coarse group, never a document number.
    pub legal_status: Option<String>,
    pub journey_stage: Option<String>,
    pub interpreter_needed: Option<bool>,
    /// How long the person means to stay at the destination, in months.
    pub intended_stay_months: Option<u32>,
}

/// A person as the product works with them.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// The `Patient` id.
    pub id: String,
    pub identifiers: Vec<Identifier>,
    /// The name as the person writes it. Never split by the program.
    pub name: String,
    pub family: Option<String>,
    pub given: Option<String>,
    pub sex: Option<Sex>,
    pub birth: Option<BirthDate>,
    /// BCP 47 tag of the language to speak with the person.
    pub language: Option<String>,
    pub migration: MigrationVariables,
}

impl Person {
    /// Reads a `Patient`; none for another type or one without an id.
    pub fn read(resource: &Resource) -> Option<Self> {
        if resource.resource_type() != "Patient" {
            return None;
        }
        let value = resource.value();
        let name = value.get("name").and_then(|names| names.get(0));
        Some(Self {
            id: resource.id()?.to_owned(),
            identifiers: read_identifiers(value),
            name: name.map(read_name).unwrap_or_default(),
            family: name.and_then(|name| name.get("family")?.as_str()).map(str::to_owned),
            given: name.and_then(read_given),
            sex: value.get("gender").and_then(Value::as_str).and_then(Sex::parse),
            birth: read_birth(value),
            language: read_language(value),
            migration: read_migration(value),
        })
    }

    /// Writes the person into a `Patient`, keeping every element that Manzil does not know.
    pub fn write_to(&self, existing: Option<&Resource>) -> Resource {
        let mut patient = existing.map_or_else(
            || json!({ "resourceType": "Patient", "id": self.id }),
            |resource| resource.value().clone(),
        );
        let before = existing.and_then(Self::read);
        if let Some(members) = patient.as_object_mut() {
            self.write_members(members, before.as_ref());
        }
        crate::change::resource(patient)
    }

    /// Touches only what differs from what is there, so that second names, prefixes, validity
    /// periods and whatever else a sender wrote survive a correction.
    fn write_members(&self, members: &mut Map<String, Value>, before: Option<&Self>) {
        let differs = |same: fn(&Self, &Self) -> bool| before.is_none_or(|it| !same(it, self));
        if differs(|a, b| a.migration == b.migration) {
            let mut kept: Vec<Value> = foreign_extensions(members);
            kept.extend(self.migration.extensions());
            set(members, "extension", Value::Array(kept));
        }
        if differs(|a, b| a.identifiers == b.identifiers) {
            self.write_identifiers(members);
        }
        if differs(|a, b| (&a.name, &a.family, &a.given) == (&b.name, &b.family, &b.given)) {
            self.write_name(members);
        }
        if differs(|a, b| a.sex == b.sex) {
            set(members, "gender", self.sex.map_or(Value::Null, |sex| sex.code().into()));
        }
        if differs(|a, b| a.birth == b.birth) {
            self.write_birth(members);
        }
        if differs(|a, b| a.language == b.language) {
            self.write_language(members);
        }
    }

    /// An identifier that was there keeps its type, period and issuer.
    fn write_identifiers(&self, members: &mut Map<String, Value>) {
        let before = members.get("identifier").and_then(Value::as_array).cloned();
        let before = before.unwrap_or_default();
        let written = self.identifiers.iter().map(|identifier| {
            let same = |each: &&Value| read_identifier(each).as_ref() == Some(identifier);
            before.iter().find(same).cloned().unwrap_or_else(|| identifier_json(identifier))
        });
        set(members, "identifier", written.collect());
    }

    /// The first name is the one that Manzil shows; the others stay.
    fn write_name(&self, members: &mut Map<String, Value>) {
        let mut names = members.get("name").and_then(Value::as_array).cloned().unwrap_or_default();
        if names.is_empty() {
            names.push(json!({ "use": "official" }));
        }
        if let Some(name) = names.first_mut().and_then(Value::as_object_mut) {
            name.insert("text".into(), self.name.as_str().into());
            set(name, "family", self.family.as_deref().map_or(Value::Null, Value::from));
            if read_given(&Value::Object(name.clone())) != self.given {
                set(name, "given", self.given.iter().map(String::as_str).collect());
            }
        }
        set(members, "name", Value::Array(names));
    }

    /// The first language is the one to speak; the others stay.
    fn write_language(&self, members: &mut Map<String, Value>) {
        let mut all =
            members.get("communication").and_then(Value::as_array).cloned().unwrap_or_default();
        if !all.is_empty() {
            all.remove(0);
        }
        if let Some(language) = &self.language {
            let coded = coding::concept("urn:ietf:bcp:47", language);
            all.insert(0, json!({ "language": coded, "preferred": true }));
        }
        set(members, "communication", Value::Array(all));
    }

    fn write_birth(&self, members: &mut Map<String, Value>) {
        members.shift_remove("birthDate");
        members.shift_remove("_birthDate");
        let Some(birth) = self.birth else { return };
        let mut about = vec![extension("birth-date-known", "valueCode", how_known(birth))];
        if let Some(date) = birth.written() {
            members.insert("birthDate".into(), date.to_string().into());
        }
        if let BirthDate::Estimated { age, on } = birth {
            about.push(extension("age-stated", "valueAge", age_json(age)));
            about.push(extension("age-stated-on", "valueDate", on.to_string()));
            about.push(extension("birth-range", "valuePeriod", period_json(birth)));
        }
        members.insert("_birthDate".into(), json!({ "extension": about }));
    }
}

/// The possible birth days as a FHIR `Period`, whose end is included.
fn period_json(birth: BirthDate) -> Value {
    let range = birth.range();
    let last = range.end.yesterday().unwrap_or(range.end);
    json!({ "start": range.start.to_string(), "end": last.to_string() })
}

fn age_json(age: StatedAge) -> Value {
    let (unit, code) = match age.unit {
        AgeUnit::Years => ("years", "a"),
        AgeUnit::Months => ("months", "mo"),
    };
    json!({
        "value": age.completed,
        "unit": unit,
        "system": "http://unitsofmeasure.org",
        "code": code,
    })
}

impl MigrationVariables {
    const EXTENSIONS: &'static [&'static str] = &[
        "country-of-birth",
        "citizenship",
        "stateless",
        "usual-residence",
        "country-of-departure",
        "transit-country",
        "arrival-month",
        "reason-for-migration",
        "legal-status",
        "journey-stage",
        "interpreter-need",
        "intended-stay-months",
    ];

    fn extensions(&self) -> Vec<Value> {
        let country = |name: &str, country: &Country| extension(name, "valueCode", country.code());
        let text = |name: &str, text: &String| extension(name, "valueCode", text.as_str());
        let mut all = Vec::new();
        all.extend(self.country_of_birth.iter().map(|each| country("country-of-birth", each)));
        all.extend(self.citizenships.iter().map(|each| country("citizenship", each)));
        all.extend(self.stateless.map(|yes| extension("stateless", "valueBoolean", yes)));
        all.extend(self.usual_residence.iter().map(|each| country("usual-residence", each)));
        all.extend(
            self.country_of_departure.iter().map(|each| country("country-of-departure", each)),
        );
        all.extend(self.transit_countries.iter().map(|each| country("transit-country", each)));
        all.extend(
            self.arrival
                .iter()
                .map(|month| extension("arrival-month", "valueDateTime", month.as_str())),
        );
        all.extend(self.reason.iter().map(|each| text("reason-for-migration", each)));
        all.extend(self.legal_status.iter().map(|each| text("legal-status", each)));
        all.extend(self.journey_stage.iter().map(|each| text("journey-stage", each)));
        all.extend(
            self.interpreter_needed.map(|yes| extension("interpreter-need", "valueBoolean", yes)),
        );
        all.extend(
            self.intended_stay_months
                .map(|months| extension("intended-stay-months", "valueInteger", months)),
        );
        all
    }
}

fn read_migration(patient: &Value) -> MigrationVariables {
    let country = |name: &str| extension_text(patient, name).and_then(Country::parse);
    let countries = |name: &str| {
        extensions(patient, name)
            .filter_map(|each| each.get("valueCode")?.as_str())
            .filter_map(Country::parse)
            .collect()
    };
    let text = |name: &str| extension_text(patient, name).map(str::to_owned);
    let yes_no =
        |name: &str| extensions(patient, name).find_map(|each| each.get("valueBoolean")?.as_bool());
    MigrationVariables {
        country_of_birth: country("country-of-birth"),
        citizenships: countries("citizenship"),
        stateless: yes_no("stateless"),
        usual_residence: country("usual-residence"),
        country_of_departure: country("country-of-departure"),
        transit_countries: countries("transit-country"),
        arrival: text("arrival-month"),
        reason: text("reason-for-migration"),
        legal_status: text("legal-status"),
        journey_stage: text("journey-stage"),
        interpreter_needed: yes_no("interpreter-need"),
        intended_stay_months: extensions(patient, "intended-stay-months")
            .find_map(|each| each.get("valueInteger")?.as_u64())
            .and_then(|months| u32::try_from(months).ok()),
    }
}

fn read_identifiers(patient: &Value) -> Vec<Identifier> {
    let all = patient.get("identifier").and_then(Value::as_array).into_iter().flatten();
    all.filter_map(read_identifier).collect()
}

fn read_identifier(each: &Value) -> Option<Identifier> {
    let system = each.get("system").and_then(Value::as_str).unwrap_or_default();
    Some(Identifier::new(system, each.get("value")?.as_str()?))
}

fn identifier_json(identifier: &Identifier) -> Value {
    if identifier.system.is_empty() {
        json!({ "value": identifier.value })
    } else {
        json!({ "system": identifier.system, "value": identifier.value })
    }
}

fn read_name(name: &Value) -> String {
    if let Some(text) = name.get("text").and_then(Value::as_str) {
        return text.to_owned();
    }
    let family = name.get("family").and_then(Value::as_str);
    read_given(name).into_iter().chain(family.map(str::to_owned)).collect::<Vec<_>>().join(" ")
}

fn read_given(name: &Value) -> Option<String> {
    let given = name.get("given")?.as_array()?.iter().filter_map(Value::as_str);
    let joined = given.collect::<Vec<_>>().join(" ");
    (!joined.is_empty()).then_some(joined)
}

fn read_language(patient: &Value) -> Option<String> {
    let first = patient.get("communication")?.get(0)?;
    coding::code_in(first, "language", "urn:ietf:bcp:47").map(str::to_owned)
}

fn read_birth(patient: &Value) -> Option<BirthDate> {
    let about = patient.get("_birthDate").unwrap_or(&Value::Null);
    let written = || patient.get("birthDate")?.as_str()?.parse::<PartialDate>().ok();
    match extension_text(about, "birth-date-known") {
        Some("estimated") => read_estimate(about),
        Some("document") => written().map(BirthDate::Document),
        _ => written().map(BirthDate::Stated),
    }
}

fn read_estimate(about: &Value) -> Option<BirthDate> {
    let age = extensions(about, "age-stated").next()?.get("valueAge")?;
    let unit = match age.get("code")?.as_str()? {
        "a" => AgeUnit::Years,
        "mo" => AgeUnit::Months,
        _ => return None,
    };
    let completed = u16::try_from(age.get("value")?.as_u64()?).ok()?;
    let on = extension_text(about, "age-stated-on")?.parse().ok()?;
    Some(BirthDate::Estimated { age: StatedAge { completed, unit }, on })
}

/// The extensions already there that are not migration variables of ours.
fn foreign_extensions(members: &Map<String, Value>) -> Vec<Value> {
    let ours: Vec<String> =
        MigrationVariables::EXTENSIONS.iter().map(|name| coding::extension_url(name)).collect();
    let all = members.get("extension").and_then(Value::as_array).into_iter().flatten();
    all.filter(|each| {
        let url = each.get("url").and_then(Value::as_str).unwrap_or_default();
        !ours.iter().any(|ours| ours == url)
    })
    .cloned()
    .collect()
}

/// Sets a member, or takes it out when there is nothing to say: FHIR has no empty values.
fn set(members: &mut Map<String, Value>, name: &str, value: Value) {
    let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    if empty {
        members.shift_remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(birth: Option<BirthDate>) -> Person {
        Person {
            id: "p1".into(),
            identifiers: vec![Identifier::new("urn:manzil:person", "7")],
            name: "Amina Hassan Ali (fictional)".into(),
            family: None,
            given: None,
            sex: Some(Sex::Female),
            birth,
            language: Some("so".into()),
            migration: MigrationVariables {
                country_of_birth: Country::parse("SO"),
                citizenships: Country::parse("SO").into_iter().collect(),
                transit_countries: ["ET", "KE"].into_iter().filter_map(Country::parse).collect(),
                stateless: Some(false),
                intended_stay_months: Some(24),
                ..MigrationVariables::default()
            },
        }
    }

    fn round_trip(birth: Option<BirthDate>) {
        let before = person(birth);
        assert_eq!(Person::read(&before.write_to(None)), Some(before));
    }

    #[test]
    fn a_person_comes_back_as_written() {
        round_trip(None);
        round_trip(Some(BirthDate::Document("1990-02-03".parse().unwrap())));
        round_trip(Some(BirthDate::Stated("1990".parse().unwrap())));
        let age = StatedAge { completed: 34, unit: AgeUnit::Years };
        round_trip(Some(BirthDate::Estimated { age, on: jiff::civil::date(2023, 5, 1) }));
    }

    #[test]
    fn an_age_never_becomes_a_birthday() {
        let age = StatedAge { completed: 34, unit: AgeUnit::Years };
        let birth = BirthDate::Estimated { age, on: jiff::civil::date(2023, 5, 1) };
        let patient = person(Some(birth)).write_to(None);
        assert_eq!(patient.value().get("birthDate"), None);
    }

    #[test]
    fn what_manzil_does_not_know_stays() {
        let foreign = Resource::parse(
            r#"{"resourceType":"Patient","id":"p1","extension":[{"url":"urn:other","valueString":"x"}],"photo":[{"title":"y"}]}"#,
        )
        .unwrap();
        let written = person(None).write_to(Some(&foreign));
        assert_eq!(written.value()["photo"][0]["title"], "y");
        assert_eq!(written.value()["extension"][0]["url"], "urn:other");
    }

    #[test]
    fn a_correction_loses_nothing_that_a_sender_wrote() {
        let sent = Resource::parse(
            r#"{"resourceType":"Patient","id":"p1",
            "identifier":[{"use":"usual","system":"urn:manzil:person","value":"7","period":{"start":"2020"}},{"system":"urn:camp","value":"C-9"}],
            "name":[{"prefix":["Hajja"],"text":"Amina Ali","given":["Amina","Hassan"]},{"text":"أمينة علي"}],
            "birthDate":"1990","communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"so"}]}},{"language":{"text":"Arabic"}}]}"#,
        )
        .unwrap();
        let before = Person::read(&sent).unwrap();
        let same = before.write_to(Some(&sent));
        assert_eq!(same.value(), sent.value());
        let after = Person {
            name: "Amina Aly".into(),
            sex: Some(Sex::Female),
            language: Some("ar".into()),
            ..before
        };
        let written = after.write_to(Some(&sent));
        let value = written.value();
        assert_eq!(value["name"][0]["prefix"][0], "Hajja");
        assert_eq!(value["name"][0]["given"][1], "Hassan");
        assert_eq!(value["name"][1]["text"], "أمينة علي");
        assert_eq!(value["identifier"][0]["period"]["start"], "2020");
        assert_eq!(value["identifier"][1]["value"], "C-9");
        assert_eq!(value["communication"][1]["language"]["text"], "Arabic");
        assert_eq!(Person::read(&written), Some(after));
    }
}
