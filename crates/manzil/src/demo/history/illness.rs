//! Illnesses and what is done about them.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::codes::{self, Code};
use super::draft::{Draft, Link, concept, hl7, later};
use super::finding::Visit;
use super::patient::Course;

/// Illnesses that pass.
pub const PASSING: &[&Code] =
    &[&codes::PHARYNGITIS, &codes::BRONCHITIS, &codes::SINUSITIS, &codes::ANEMIA];

/// Writes an illness, with the day on which it ended if it did.
pub fn condition(
    draft: &mut Draft,
    course: &Course,
    visit: &Visit,
    code: &Code,
    ended: Option<Date>,
) -> Link {
    let (status, display) = match ended {
        Some(_) => ("resolved", "Resolved"),
        None => ("active", "Active"),
    };
    let members = json!({
        "clinicalStatus": hl7("condition-clinical", status, display),
        "verificationStatus": hl7("condition-ver-status", "confirmed", "Confirmed"),
        "category": [hl7("condition-category", "encounter-diagnosis", "Encounter Diagnosis")],
        "code": concept(code),
        "subject": draft.reference(&course.patient),
        "encounter": draft.reference(&visit.encounter),
        "onsetDateTime": visit.start.date_time(),
        "abatementDateTime": ended.map(|day| day.to_string()),
        "recordedDate": visit.start.date_time(),
        "recorder": draft.reference(&course.staff.physician),
    });
    draft.push("Condition", members)
}

/// Writes a prescription because of an illness.
pub fn prescription(
    draft: &mut Draft,
    course: &Course,
    visit: &Visit,
    medicine: &Code,
    because: &Link,
    is_running: bool,
) {
    let members = json!({
        "status": if is_running { "active" } else { "completed" },
        "intent": "order",
        "medicationCodeableConcept": concept(medicine),
        "subject": draft.reference(&course.patient),
        "encounter": draft.reference(&visit.encounter),
        "authoredOn": visit.start.date_time(),
        "requester": draft.reference(&course.staff.physician),
        "reasonReference": [draft.reference(because)],
        "dosageInstruction": [{
            "sequence": 1,
            "text": "Fictional order: one tablet a day",
            "timing": { "repeat": { "frequency": 1, "period": 1, "periodUnit": "d" } },
            "asNeededBoolean": !is_running,
            "doseAndRate": [{
                "type": hl7("dose-rate-type", "ordered", "Ordered"),
                "doseQuantity": { "value": 1 },
            }],
        }],
    });
    draft.push("MedicationRequest", members);
}

/// Writes a plan with the team that carries it.
pub fn care_plan(draft: &mut Draft, course: &Course, visit: &Visit, plan: &Code, because: &Link) {
    let since = json!({ "start": visit.start.date_time() });
    let member = |draft: &Draft, link: &Link, role: &str| json!({ "role": [{ "text": role }], "member": draft.reference(link) });
    let team = json!({
        "status": "active",
        "name": "Team of the clinic",
        "subject": draft.reference(&course.patient),
        "encounter": draft.reference(&visit.encounter),
        "period": since,
        "participant": [
            member(draft, &course.patient, "Person"),
            member(draft, &course.staff.physician, "Physician"),
            member(draft, &course.staff.nurse, "Nurse"),
        ],
        "reasonReference": [draft.reference(because)],
        "managingOrganization": [draft.reference(&course.staff.organization)],
    });
    let team = draft.push("CareTeam", team);
    let activity = |code: &Code| -> Value {
        json!({ "detail": {
            "code": concept(code),
            "status": "in-progress",
            "location": draft.reference(&course.staff.location),
        } })
    };
    let members = json!({
        "status": "active",
        "intent": "order",
        "category": [concept(plan)],
        "subject": draft.reference(&course.patient),
        "encounter": draft.reference(&visit.encounter),
        "period": since,
        "careTeam": [draft.reference(&team)],
        "addresses": [draft.reference(because)],
        "activity": [activity(&codes::EXERCISE_EDUCATION), activity(&codes::SMOKING_EDUCATION)],
    });
    draft.push("CarePlan", members);
}

/// Writes an allergy.
pub fn allergy(draft: &mut Draft, course: &Course, visit: &Visit) {
    let members = json!({
        "clinicalStatus": hl7("allergyintolerance-clinical", "active", "Active"),
        "verificationStatus": hl7("allergyintolerance-verification", "confirmed", "Confirmed"),
        "type": "allergy",
        "category": ["medication"],
        "criticality": "low",
        "code": concept(&codes::PENICILLIN_ALLERGY),
        "patient": draft.reference(&course.patient),
        "encounter": draft.reference(&visit.encounter),
        "recordedDate": visit.start.date_time(),
        "recorder": draft.reference(&course.staff.physician),
    });
    draft.push("AllergyIntolerance", members);
}

/// A passing illness with what is taken for it.
pub fn passing(draft: &mut Draft, course: &Course, visit: &Visit) -> &'static str {
    let code = draft.random.pick(PASSING).copied().unwrap_or(&codes::PHARYNGITIS);
    let days = draft.random.between(5, 30);
    let ended = later(visit.start.day, days).min(draft.how.today);
    let illness = condition(draft, course, visit, code, Some(ended));
    if draft.random.chance(60) {
        prescription(draft, course, visit, &codes::ACETAMINOPHEN, &illness, false);
    }
    code.display
}
