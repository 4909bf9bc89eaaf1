//! What is measured and asked at a visit: vital signs, questions, a radiograph, the notes.

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};

use super::codes::{self, Code};
use super::draft::{Draft, Link, concept, hl7};
use super::finding::{Category, Visit, component, measured, write};
use super::laboratory::order;
use super::patient::Course;

/// Height in tenths of a centimetre and weight in tenths of a kilogram at an age, roughly.
fn size(course: &Course, years: i64) -> (i64, i64) {
    let grown = if years >= 18 { 100 } else { 32 + years * 68 / 18 };
    let height = course.height * 10 * grown / 100;
    let index = if years >= 18 { course.mass_index } else { 155 + years * 3 };
    (height, index * height * height / 1_000_000)
}

/// Writes the vital signs of a visit; a short visit has only those that an illness asks for.
pub fn vital_signs(draft: &mut Draft, course: &Course, visit: &Visit, whole: bool) {
    let years = course.years(visit.start.day);
    let sign = |draft: &mut Draft, code: &Code, value| {
        write(draft, course, visit, Category::VitalSign, code, value);
    };
    if whole {
        let (height, weight) = size(course, years);
        let weight = weight + draft.random.between(-15, 15);
        sign(draft, &codes::HEIGHT, measured(height, 1, "cm"));
        sign(draft, &codes::WEIGHT, measured(weight.max(25), 1, "kg"));
        if years >= 2 {
            let index = weight * 10_000_000 / (height * height).max(1);
            sign(draft, &codes::BODY_MASS_INDEX, measured(index, 2, "kg/m2"));
        } else {
            let around = draft.random.between(340, 480);
            sign(draft, &codes::HEAD_CIRCUMFERENCE, measured(around, 1, "cm"));
        }
        let breaths = draft.random.between(12, 24);
        sign(draft, &codes::RESPIRATORY_RATE, measured(breaths, 0, "/min"));
    }
    if years >= 3 {
        let raised = if course.hypertension { 18 } else { 0 };
        let systolic = draft.random.between(100, 132) + raised;
        let diastolic = draft.random.between(62, 84) + raised / 2;
        let parts = [
            component(&codes::SYSTOLIC, systolic, "mm[Hg]"),
            component(&codes::DIASTOLIC, diastolic, "mm[Hg]"),
        ];
        sign(draft, &codes::BLOOD_PRESSURE, json!({ "component": parts }));
    }
    let beats = draft.random.between(58, 104);
    sign(draft, &codes::HEART_RATE, measured(beats, 0, "/min"));
    let warmth = draft.random.between(362, if whole { 373 } else { 392 });
    sign(draft, &codes::TEMPERATURE, measured(warmth, 1, "Cel"));
    let saturation = draft.random.between(950, 999);
    sign(draft, &codes::OXYGEN_SATURATION, measured(saturation, 1, "%"));
}

/// Writes what is asked: pain, smoking, two screening scores.
pub fn questions(draft: &mut Draft, course: &Course, visit: &Visit) {
    let pain = draft.random.between(0, 5);
    write(draft, course, visit, Category::Survey, &codes::PAIN, measured(pain, 0, "{score}"));
    if course.years(visit.start.day) < 15 {
        return;
    }
    let status = match (course.smoker, draft.random.chance(15)) {
        (true, _) => &codes::DAILY_SMOKER,
        (false, true) => &codes::EX_SMOKER,
        (false, false) => &codes::NEVER_SMOKED,
    };
    let status = json!({ "valueCodeableConcept": concept(status) });
    write(draft, course, visit, Category::SocialHistory, &codes::SMOKING, status);
    if draft.random.chance(55) {
        let score = draft.random.between(0, 4);
        let score = measured(score, 0, "{score}");
        write(draft, course, visit, Category::Survey, &codes::PHQ_2, score);
        procedure(draft, course, visit, &codes::DEPRESSION_SCREENING);
    }
    if draft.random.chance(35) {
        let score = draft.random.between(0, 12);
        let score = measured(score, 0, "{score}");
        write(draft, course, visit, Category::Survey, &codes::GAD_7, score);
    }
}

/// Writes something that was done.
pub fn procedure(draft: &mut Draft, course: &Course, visit: &Visit, code: &Code) -> Link {
    let members = json!({
        "status": "completed",
        "code": concept(code),
        "subject": draft.reference(&course.patient),
        "encounter": draft.reference(&visit.encounter),
        "performedPeriod": {
            "start": visit.start.after(10).date_time(),
            "end": visit.start.after(25).date_time(),
        },
        "performer": [{ "actor": draft.reference(&course.staff.nurse) }],
        "location": draft.reference(&course.staff.location),
    });
    draft.push("Procedure", members)
}

/// Writes a chest radiograph: the order, the taking and the reading of it.
pub fn chest_radiograph(draft: &mut Draft, course: &Course, visit: &Visit) {
    let order = order(draft, course, visit, &codes::CHEST_RADIOGRAPH, "Imaging");
    procedure(draft, course, visit, &codes::CHEST_RADIOGRAPH);
    let members = json!({
        "basedOn": [draft.reference(&order)],
        "status": "final",
        "category": [hl7("v2-0074", "RAD", "Radiology")],
        "code": concept(&codes::CHEST_RADIOGRAPH),
        "subject": draft.reference(&course.patient),
        "encounter": draft.reference(&visit.encounter),
        "effectiveDateTime": visit.start.date_time(),
        "issued": visit.start.after(60).instant(),
        "performer": [draft.reference(&course.staff.organization)],
        "resultsInterpreter": [draft.reference(&course.staff.physician)],
        "conclusion": "Fictional reading: no sign of active tuberculosis.",
    });
    draft.push("DiagnosticReport", members);
}

/// Writes the note of a visit twice, as others do: as a report and as a document.
pub fn notes(draft: &mut Draft, course: &Course, visit: &Visit, told: &[&str]) {
    let text = note(course, visit, told);
    let data = Base64::encode_string(text.as_bytes());
    let attachment =
        json!({ "contentType": "text/plain; charset=utf-8", "data": data, "size": text.len() });
    let categories =
        json!([{ "coding": [coding(&codes::HISTORY_NOTE), coding(&codes::PLAN_NOTE)] }]);
    let report = json!({
        "status": "final",
        "category": categories,
        "code": categories.get(0),
        "subject": draft.reference(&course.patient),
        "encounter": draft.reference(&visit.encounter),
        "effectiveDateTime": visit.start.date_time(),
        "issued": visit.start.after(40).instant(),
        "performer": [draft.reference(&course.staff.physician)],
        "presentedForm": [attachment],
    });
    draft.push("DiagnosticReport", report);
    let uuid = draft.uuid();
    let document = json!({
        "masterIdentifier": { "system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{uuid}") },
        "status": "current",
        "type": concept(&codes::HISTORY_NOTE),
        "category": categories,
        "subject": draft.reference(&course.patient),
        "date": visit.start.after(40).instant(),
        "author": [draft.reference(&course.staff.physician)],
        "custodian": draft.reference(&course.staff.organization),
        "content": [{ "attachment": attachment }],
        "context": {
            "encounter": [draft.reference(&visit.encounter)],
            "period": {
                "start": visit.start.date_time(),
                "end": visit.start.after(30).date_time(),
            },
        },
    });
    draft.push_as("DocumentReference", uuid, document);
}

fn coding(code: &Code) -> Value {
    super::draft::coding(code)
}

fn note(course: &Course, visit: &Visit, told: &[&str]) -> String {
    let name = course.patient.display.as_deref().unwrap_or("The person");
    let years = course.years(visit.start.day);
    let sex = if course.female { "female" } else { "male" };
    let physician = course.staff.physician.display.as_deref().unwrap_or_default();
    let known = [
        (course.hypertension, "high blood pressure"),
        (course.diabetes, "type 2 diabetes"),
        (course.asthma, "asthma"),
        (course.smoker, "daily smoking"),
    ];
    let known: Vec<&str> =
        known.into_iter().filter(|(has, _)| *has).map(|(_, what)| what).collect();
    let known = if known.is_empty() { "nothing of note".to_owned() } else { known.join(", ") };
    let told = if told.is_empty() { "no complaint".to_owned() } else { told.join(", ") };
    format!(
        "FICTIONAL RECORD. Nobody of this name was examined.\n\n{day}\n\n# Reason\n{name} is a \
         {years} year old {sex} seen at {town}. Today: {told}.\n\n# History\nKnown: {known}. \
         Lives in {town} with the family and waits for the journey.\n\n# Findings\nVital signs \
         and results of the day stand in the record.\n\n# Plan\nGo on as before, come back when \
         anything changes, bring every paper to the next visit. Seen by {physician}.\n",
        day = visit.start.day,
        town = course.staff.town,
    )
}
