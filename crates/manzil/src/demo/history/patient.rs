//! The person themselves, and the course that their history takes.

use jiff::ToSpan as _;
use jiff::civil::Date;
use manzil_fhir::date::{AgeUnit, BirthDate, StatedAge};
use manzil_journey::coding::{CASE_SYSTEM, PERSON_SYSTEM};
use manzil_journey::country::Country;
use manzil_journey::person::{Identifier, MigrationVariables, Person, Sex};
use serde_json::{Value, json};

use super::super::caseload::DemoPerson;
use super::draft::{Draft, Link, hl7};
use super::place::Staff;

/// What is true of a person through all their years.
#[derive(Clone, Debug)]
pub struct Course {
    pub patient: Link,
    pub staff: Staff,
    /// The day from which ages are counted. The record itself may know less.
    pub born: Date,
    pub female: bool,
    pub smoker: bool,
    pub hypertension: bool,
    pub diabetes: bool,
    pub asthma: bool,
    /// Final height in centimetres.
    pub height: i64,
    /// Weight for height: body mass index as an adult, in tenths.
    pub mass_index: i64,
}

impl Course {
    /// Completed years on a day; 0 before the birth.
    pub fn years(&self, on: Date) -> i64 {
        let years = i64::from(on.year()) - i64::from(self.born.year());
        let early = (on.month(), on.day()) < (self.born.month(), self.born.day());
        (years - i64::from(early)).max(0)
    }
}

/// Writes the `Patient` and draws the course of their health.
pub fn write(draft: &mut Draft, person: &DemoPerson, staff: &Staff) -> Course {
    let born = born(draft, person);
    let female = person.sex == "female";
    let uuid = draft.uuid();
    let members = members(draft, person, staff, born, &uuid);
    let mut patient = draft.push_as("Patient", uuid, members);
    patient.display = Some(person.name.clone());
    let random = &mut draft.random;
    let years = i64::from(draft.how.today.year()) - i64::from(born.year());
    let mut likely = |young: u64, old: u64| random.chance(if years < 40 { young } else { old });
    Course {
        patient,
        staff: staff.clone(),
        born,
        female,
        smoker: years > 16 && likely(12, 18),
        hypertension: years > 25 && likely(6, 40),
        diabetes: years > 30 && likely(3, 16),
        asthma: likely(7, 5),
        height: random.between(if female { 150 } else { 160 }, if female { 175 } else { 188 }),
        mass_index: random.between(190, 320),
    }
}

/// A day that agrees with whatever is known of the birth.
fn born(draft: &mut Draft, person: &DemoPerson) -> Date {
    if let Ok(day) = person.birth_date.parse::<Date>() {
        return day;
    }
    let today = draft.how.today;
    let mut parts = person.birth_date.splitn(2, '-').map(str::parse::<i16>);
    let within = draft.random.between(1, 28) as i8;
    match (parts.next(), parts.next()) {
        (Some(Ok(year)), Some(Ok(month))) => Date::new(year, month as i8, within).unwrap_or(today),
        (Some(Ok(year)), _) => {
            let month = draft.random.between(1, 12) as i8;
            Date::new(year, month, within).map_or(today, |day| day.min(today))
        }
        _ => {
            let years: i16 = person.age.parse().unwrap_or(30);
            today.saturating_sub(years.years()).saturating_sub(i64::from(within).days())
        }
    }
}

fn members(draft: &mut Draft, person: &DemoPerson, staff: &Staff, born: Date, uuid: &str) -> Value {
    let as_person = as_person(draft, person, uuid);
    let Value::Object(mut all) = as_person.write_to(None).into_value() else { return Value::Null };
    for written_elsewhere in ["resourceType", "id", "meta"] {
        all.shift_remove(written_elsewhere);
    }
    all.insert("active".into(), true.into());
    let house = draft.random.between(1, 240);
    let address = json!([{
        "use": "home",
        "line": [format!("{house} Invented Road")],
        "city": staff.town,
        "country": person.usual_residence,
    }]);
    all.insert("address".into(), address);
    let phone = format!("+000 5550 {:06}", draft.random.below(1_000_000));
    all.insert("telecom".into(), json!([{ "system": "phone", "value": phone, "use": "mobile" }]));
    if draft.how.today.year() - born.year() > 17 {
        let married = draft.random.chance(60);
        let (code, display) = if married { ("M", "Married") } else { ("S", "Never Married") };
        all.insert("maritalStatus".into(), hl7("v3-MaritalStatus", code, display));
    }
    all.insert("generalPractitioner".into(), json!([draft.reference(&staff.physician)]));
    all.insert("managingOrganization".into(), draft.reference(&staff.organization));
    Value::Object(all)
}

/// The demonstration's person as the product works with them, migration variables included.
fn as_person(draft: &mut Draft, person: &DemoPerson, uuid: &str) -> Person {
    let (given, family) = person.name.rsplit_once(' ').unwrap_or(("", &person.name));
    let arrival = draft.how.today.saturating_sub(draft.random.between(100, 2500).days());
    Person {
        id: uuid.to_owned(),
        identifiers: vec![
            Identifier::new(PERSON_SYSTEM, person.person_number.as_str()),
            Identifier::new(CASE_SYSTEM, person.case_number.as_str()),
        ],
        name: person.name.clone(),
        family: Some(family.to_owned()),
        given: Some(given.to_owned()),
        sex: Sex::parse(person.sex),
        birth: birth(person, draft.how.today),
        language: Some(person.language.to_owned()),
        migration: MigrationVariables {
            country_of_birth: Country::parse(person.country_of_birth),
            citizenships: Country::parse(person.citizenship).into_iter().collect(),
            stateless: Some(person.stateless == "yes"),
            usual_residence: Country::parse(person.usual_residence),
            country_of_departure: Country::parse(person.country_of_departure),
            transit_countries: Vec::new(),
            arrival: Some(format!("{:04}-{:02}", arrival.year(), arrival.month())),
            reason: None,
            legal_status: Some(person.population.to_owned()),
            journey_stage: Some("transit".to_owned()),
            interpreter_needed: Some(person.interpreter == "yes"),
            intended_stay_months: person.intended_stay_months.parse().ok(),
        },
    }
}

fn birth(person: &DemoPerson, today: Date) -> Option<BirthDate> {
    if let Ok(date) = person.birth_date.parse() {
        return Some(BirthDate::Stated(date));
    }
    let completed = person.age.parse().ok()?;
    let on = person.exam_date.parse().unwrap_or(today);
    Some(BirthDate::Estimated { age: StatedAge { completed, unit: AgeUnit::Years }, on })
}
