//! The visits of a person, year by year.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::json;

use super::codes::{self, Code};
use super::draft::{Draft, Link, Moment, coding, concept, hl7, later};
use super::finding::{Visit, result};
use super::patient::Course;
use super::{examination, illness, laboratory};

/// Years of visits before today that are on record, as in Synthea.
const YEARS: i16 = 10;

/// What lasts through the visits, once it is found.
#[derive(Default)]
struct Lasting {
    hypertension: Option<Link>,
    diabetes: Option<Link>,
    asthma: Option<Link>,
}

/// Writes all visits with everything that is found at them.
pub fn write_all(draft: &mut Draft, course: &Course) {
    let today = draft.how.today;
    let mut day = course.born.max(today.saturating_sub(YEARS.years()));
    day = later(day, draft.random.between(10, 300));
    let mut lasting = Lasting::default();
    let mut first = true;
    while day < today {
        examination(draft, course, day, first, &mut lasting);
        first = false;
        let ill = later(day, draft.random.between(20, 200));
        if ill < today && draft.random.chance(45) {
            symptom(draft, course, ill);
        }
        day = later(day, gap(draft, course, day));
    }
}

/// Days until the next examination: infants and the chronically ill come more often.
fn gap(draft: &mut Draft, course: &Course, day: Date) -> i64 {
    match course.years(day) {
        0..=1 => draft.random.between(80, 150),
        _ if course.hypertension || course.diabetes => draft.random.between(340, 560),
        2..=17 => draft.random.between(600, 1000),
        _ => draft.random.between(540, 980),
    }
}

/// A whole examination.
fn examination(draft: &mut Draft, course: &Course, day: Date, first: bool, lasting: &mut Lasting) {
    let chronic = course.hypertension || course.diabetes;
    let reason = if first || !chronic { &codes::EXAMINATION } else { &codes::CHECK_UP };
    let visit = encounter(draft, course, day, reason, None);
    examination::vital_signs(draft, course, &visit, true);
    examination::questions(draft, course, &visit);
    let years = course.years(day);
    if years >= 2 && draft.random.chance(if chronic { 70 } else { 45 }) {
        laboratory::panel(draft, course, &visit, &laboratory::BLOOD_COUNT, 0);
    }
    if years >= 18 && (chronic || draft.random.chance(35)) {
        let shift = if course.diabetes { 60 } else { 0 };
        laboratory::panel(draft, course, &visit, &laboratory::METABOLIC, shift);
    }
    if years >= 30 && draft.random.chance(40) {
        laboratory::panel(draft, course, &visit, &laboratory::LIPIDS, 15);
    }
    if course.diabetes {
        result(draft, course, &visit, &laboratory::HBA1C, 70);
    }
    if years >= 15 && (first || draft.random.chance(12)) {
        examination::chest_radiograph(draft, course, &visit);
    }
    if first && draft.random.chance(9) {
        illness::allergy(draft, course, &visit);
    }
    find_lasting(draft, course, &visit, lasting);
    treat_lasting(draft, course, &visit, lasting);
    let told: &[&str] = if first { &["first visit"] } else { &[] };
    examination::notes(draft, course, &visit, told);
}

/// A visit because of a passing illness.
fn symptom(draft: &mut Draft, course: &Course, day: Date) {
    let visit = encounter(draft, course, day, &codes::SYMPTOM, Some("complaint of a few days"));
    examination::vital_signs(draft, course, &visit, false);
    let told = illness::passing(draft, course, &visit);
    examination::notes(draft, course, &visit, &[told]);
}

fn encounter(
    draft: &mut Draft,
    course: &Course,
    day: Date,
    reason: &Code,
    because: Option<&str>,
) -> Visit {
    let start = Moment { day, minutes: draft.random.between(7 * 60, 16 * 60) };
    let end = start.after(draft.random.between(20, 60));
    let period = json!({ "start": start.date_time(), "end": end.date_time() });
    let part = hl7("v3-ParticipationType", "PPRF", "primary performer");
    let number = draft.uuid();
    let members = json!({
        "identifier": [{ "system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{number}") }],
        "status": "finished",
        "class": {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "code": "AMB",
            "display": "ambulatory",
        },
        "type": [concept(reason)],
        "subject": draft.reference(&course.patient),
        "participant": [{
            "type": [part],
            "period": period,
            "individual": draft.reference(&course.staff.physician),
        }],
        "period": period,
        "reasonCode": because.map(|text| json!([{ "text": text, "coding": [coding(reason)] }])),
        "location": [{ "location": draft.reference(&course.staff.location) }],
        "serviceProvider": draft.reference(&course.staff.organization),
    });
    Visit { encounter: draft.push("Encounter", members), start }
}

/// Finds what lasts, at the first visit at which the person is old enough.
fn find_lasting(draft: &mut Draft, course: &Course, visit: &Visit, lasting: &mut Lasting) {
    let years = course.years(visit.start.day);
    if course.hypertension && years >= 25 && lasting.hypertension.is_none() {
        let link = illness::condition(draft, course, visit, &codes::HYPERTENSION, None);
        illness::care_plan(draft, course, visit, &codes::HYPERTENSION_EDUCATION, &link);
        lasting.hypertension = Some(link);
    }
    if course.diabetes && years >= 30 && lasting.diabetes.is_none() {
        let link = illness::condition(draft, course, visit, &codes::DIABETES, None);
        illness::care_plan(draft, course, visit, &codes::DIABETES_PLAN, &link);
        lasting.diabetes = Some(link);
    }
    if course.asthma && lasting.asthma.is_none() {
        lasting.asthma = Some(illness::condition(draft, course, visit, &codes::ASTHMA, None));
    }
}

fn treat_lasting(draft: &mut Draft, course: &Course, visit: &Visit, lasting: &Lasting) {
    if let Some(because) = &lasting.hypertension {
        let other = draft.random.chance(30);
        let medicine = if other { &codes::AMLODIPINE } else { &codes::LISINOPRIL };
        illness::prescription(draft, course, visit, medicine, because, true);
    }
    if let Some(because) = &lasting.diabetes {
        illness::prescription(draft, course, visit, &codes::METFORMIN, because, true);
    }
    if lasting.hypertension.is_some() || lasting.diabetes.is_some() {
        examination::procedure(draft, course, visit, &codes::RECONCILIATION);
    }
}
