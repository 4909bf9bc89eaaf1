//! Vaccinations: those of childhood as reported, those of adults as given in the clinic.
//!
//! The ages in months are those of `immunization_schedule` in Synthea (Apache-2.0). Many doses
//! are missing on purpose; this is no schedule of any country.

use jiff::ToSpan as _;
use serde_json::json;

use super::codes::{Code, cvx};
use super::draft::Draft;
use super::patient::Course;

/// One vaccine and the ages in months at which its doses are due.
struct Series(Code, &'static [i64]);

const SERIES: &[Series] = &[
    Series(cvx("08", "Hep B, adolescent or pediatric"), &[0, 1, 6]),
    Series(cvx("119", "rotavirus, monovalent"), &[2, 4]),
    Series(cvx("20", "DTaP"), &[2, 4, 6, 15, 48]),
    Series(cvx("49", "Hib (PRP-OMP)"), &[2, 4, 12]),
    Series(cvx("133", "Pneumococcal conjugate PCV 13"), &[2, 4, 6, 12]),
    Series(cvx("10", "IPV"), &[2, 4, 6, 48]),
    Series(cvx("03", "MMR"), &[12, 48]),
    Series(cvx("21", "varicella"), &[12, 48]),
    Series(cvx("83", "Hep A, ped/adol, 2 dose"), &[12, 24]),
    Series(cvx("115", "Tdap"), &[132]),
    Series(cvx("62", "HPV, quadrivalent"), &[132, 134, 138]),
    Series(cvx("43", "Hep B, adult"), &[240, 241, 246]),
    Series(
        cvx("113", "Td (adult), 5 Lf tetanus toxoid, preservative free, adsorbed"),
        &[252, 372, 492, 612, 732],
    ),
];

/// Years before today from which childhood doses are still on paper.
const REMEMBERED_YEARS: i16 = 25;

/// Writes the doses that a person has had.
pub fn write(draft: &mut Draft, course: &Course) {
    let first = draft.how.today.saturating_sub(REMEMBERED_YEARS.years());
    for Series(vaccine, months) in SERIES {
        for (dose, month) in (1..).zip(*months) {
            let late = draft.random.between(0, 25);
            let day = course.born.saturating_add(month.months()).saturating_add(late.days());
            if day >= first && day <= draft.how.today && draft.random.chance(82) {
                one(draft, course, vaccine, dose, &day.to_string());
            }
        }
    }
}

fn one(draft: &mut Draft, course: &Course, vaccine: &Code, dose: u64, day: &str) {
    let given_here = draft.random.chance(30);
    let lot = format!("DEMO-{:05}", draft.random.below(100_000));
    let origin = json!({ "text": "vaccination card shown by the person" });
    let performer = json!([{ "actor": draft.reference(&course.staff.nurse) }]);
    let members = json!({
        "status": "completed",
        "vaccineCode": super::draft::concept(vaccine),
        "patient": draft.reference(&course.patient),
        "occurrenceDateTime": day,
        "primarySource": given_here,
        "reportOrigin": if given_here { None } else { Some(origin) },
        "location": if given_here { Some(draft.reference(&course.staff.location)) } else { None },
        "lotNumber": lot,
        "performer": if given_here { Some(performer) } else { None },
        "protocolApplied": [{ "doseNumberPositiveInt": dose }],
    });
    draft.push("Immunization", members);
}
