//! Laboratory panels: the results, the report over them, and the order they answer.
//!
//! The bounds are round figures for demonstration. Each range says so in its text, and nobody
//! may judge a person by them.

use serde_json::{Value, json};

use super::codes::{self, Code};
use super::draft::{Draft, Link, concept, hl7};
use super::finding::{Measure, Visit, result};
use super::patient::Course;

/// What is measured together.
#[derive(Debug)]
pub struct Panel {
    code: &'static Code,
    measures: &'static [Measure],
}

const fn measure(
    code: &'static Code,
    unit: &'static str,
    places: usize,
    (low, high): (i64, i64),
) -> Measure {
    Measure { code, unit, places, low, high }
}

pub const BLOOD_COUNT: Panel = Panel {
    code: &codes::BLOOD_COUNT,
    measures: &[
        measure(&codes::LEUKOCYTES, "10*3/uL", 1, (40, 110)),
        measure(&codes::ERYTHROCYTES, "10*6/uL", 2, (390, 570)),
        measure(&codes::HEMOGLOBIN, "g/dL", 1, (120, 170)),
        measure(&codes::HEMATOCRIT, "%", 1, (360, 500)),
        measure(&codes::MEAN_VOLUME, "fL", 1, (800, 980)),
        measure(&codes::MEAN_HEMOGLOBIN, "pg", 1, (270, 330)),
        measure(&codes::MEAN_CONCENTRATION, "g/dL", 1, (320, 360)),
        measure(&codes::WIDTH, "%", 1, (115, 150)),
        measure(&codes::PLATELETS, "10*3/uL", 0, (150, 400)),
    ],
};

pub const METABOLIC: Panel = Panel {
    code: &codes::METABOLIC_PANEL,
    measures: &[
        measure(&codes::GLUCOSE, "mg/dL", 1, (700, 1000)),
        measure(&codes::UREA_NITROGEN, "mg/dL", 1, (70, 200)),
        measure(&codes::CREATININE, "mg/dL", 2, (60, 120)),
        measure(&codes::CALCIUM, "mg/dL", 2, (850, 1020)),
        measure(&codes::SODIUM, "mmol/L", 1, (1360, 1440)),
        measure(&codes::POTASSIUM, "mmol/L", 2, (370, 520)),
        measure(&codes::CHLORIDE, "mmol/L", 1, (1010, 1110)),
        measure(&codes::CARBON_DIOXIDE, "mmol/L", 1, (200, 290)),
    ],
};

pub const LIPIDS: Panel = Panel {
    code: &codes::LIPID_PANEL,
    measures: &[
        measure(&codes::CHOLESTEROL, "mg/dL", 1, (1400, 2000)),
        measure(&codes::TRIGLYCERIDE, "mg/dL", 1, (600, 1500)),
        measure(&codes::LDL, "mg/dL", 1, (500, 1300)),
        measure(&codes::HDL, "mg/dL", 1, (400, 800)),
    ],
};

pub const HBA1C: Measure = measure(&codes::HBA1C, "%", 1, (40, 57));

/// Writes order, results and report of a panel; `shift` as in [`result`].
pub fn panel(draft: &mut Draft, course: &Course, visit: &Visit, panel: &Panel, shift: i64) {
    let order = order(draft, course, visit, panel.code, "Laboratory procedure");
    let results: Vec<Link> =
        panel.measures.iter().map(|measure| result(draft, course, visit, measure, shift)).collect();
    let results: Vec<Value> = results.iter().map(|link| draft.reference(link)).collect();
    let at = visit.start.after(90);
    let members = json!({
        "basedOn": [draft.reference(&order)],
        "status": "final",
        "category": [hl7("v2-0074", "LAB", "Laboratory")],
        "code": concept(panel.code),
        "subject": draft.reference(&course.patient),
        "encounter": draft.reference(&visit.encounter),
        "effectiveDateTime": visit.start.date_time(),
        "issued": at.instant(),
        "performer": [draft.reference(&course.staff.organization)],
        "result": results,
    });
    draft.push("DiagnosticReport", members);
}

/// Writes the order of something.
pub fn order(
    draft: &mut Draft,
    course: &Course,
    visit: &Visit,
    code: &Code,
    category: &str,
) -> Link {
    let members = json!({
        "status": "completed",
        "intent": "order",
        "category": [{ "text": category }],
        "priority": "routine",
        "code": concept(code),
        "subject": draft.reference(&course.patient),
        "encounter": draft.reference(&visit.encounter),
        "authoredOn": visit.start.date_time(),
        "requester": draft.reference(&course.staff.physician),
        "performer": [draft.reference(&course.staff.organization)],
    });
    draft.push("ServiceRequest", members)
}
