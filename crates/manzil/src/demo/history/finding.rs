//! Observations: what was measured or asked, when, by whom, at which visit.

use serde_json::{Value, json};

use super::codes::Code;
use super::draft::{Draft, Link, Moment, concept, decimal, hl7, quantity};
use super::patient::Course;

/// The visit at which something happens.
#[derive(Clone, Debug)]
pub struct Visit {
    pub encounter: Link,
    pub start: Moment,
}

/// The kind of finding, after the code system observation-category.
#[derive(Clone, Copy, Debug)]
pub enum Category {
    VitalSign,
    Laboratory,
    Survey,
    SocialHistory,
}

impl Category {
    fn concept(self) -> Value {
        let (code, display) = match self {
            Self::VitalSign => ("vital-signs", "Vital Signs"),
            Self::Laboratory => ("laboratory", "Laboratory"),
            Self::Survey => ("survey", "Survey"),
            Self::SocialHistory => ("social-history", "Social History"),
        };
        hl7("observation-category", code, display)
    }
}

/// What a laboratory measures: the unit, and the bounds of an ordinary result.
#[derive(Debug)]
pub struct Measure {
    pub code: &'static Code,
    /// In UCUM.
    pub unit: &'static str,
    /// Digits behind the point; `low` and `high` are counted in the last one.
    pub places: usize,
    pub low: i64,
    pub high: i64,
}

/// Writes one finding; `value` is its `value[x]` and whatever else only it has.
pub fn write(
    draft: &mut Draft,
    course: &Course,
    visit: &Visit,
    category: Category,
    code: &Code,
    value: Value,
) -> Link {
    let at = visit.start.after(draft.random.between(2, 14));
    let by = match category {
        Category::Laboratory => &course.staff.organization,
        _ => &course.staff.nurse,
    };
    let mut members = json!({
        "status": "final",
        "category": [category.concept()],
        "code": concept(code),
        "subject": draft.reference(&course.patient),
        "encounter": draft.reference(&visit.encounter),
        "effectiveDateTime": at.date_time(),
        "issued": at.after(30).instant(),
        "performer": [draft.reference(by)],
    });
    if let (Some(members), Value::Object(value)) = (members.as_object_mut(), value) {
        members.extend(value);
    }
    draft.push("Observation", members)
}

/// A measured quantity without bounds.
pub fn measured(scaled: i64, places: usize, unit: &str) -> Value {
    json!({ "valueQuantity": quantity(scaled, places, unit) })
}

/// A part of a finding with several: blood pressure.
pub fn component(code: &Code, scaled: i64, unit: &str) -> Value {
    json!({ "code": concept(code), "valueQuantity": quantity(scaled, 0, unit) })
}

/// A laboratory result with its bounds and how it stands to them. `shift` moves the whole
/// distribution, in percent of the width between the bounds.
pub fn result(
    draft: &mut Draft,
    course: &Course,
    visit: &Visit,
    measure: &Measure,
    shift: i64,
) -> Link {
    let width = measure.high - measure.low;
    let slack = width / 8;
    let drawn = draft.random.between(measure.low - slack, measure.high + slack);
    let scaled = (drawn + width * shift / 100).max(0);
    let (code, display) = if scaled < measure.low {
        ("L", "Low")
    } else if scaled > measure.high {
        ("H", "High")
    } else {
        ("N", "Normal")
    };
    let bound = |scaled| quantity(scaled, measure.places, measure.unit);
    let value = json!({
        "valueQuantity": quantity(scaled, measure.places, measure.unit),
        "interpretation": [hl7("v3-ObservationInterpretation", code, display)],
        "referenceRange": [{
            "low": bound(measure.low),
            "high": bound(measure.high),
            "text": format!(
                "{} to {} {} (made up for demonstration)",
                decimal(measure.low, measure.places),
                decimal(measure.high, measure.places),
                measure.unit,
            ),
        }],
    });
    write(draft, course, visit, Category::Laboratory, measure.code, value)
}
