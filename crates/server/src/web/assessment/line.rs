//! The route line of an assessment: where the person comes from, the examination, where they go.

use jiff::civil::Date;
use manzil_journey::assessment::Status;

use crate::messages::{Translator, key};
use crate::web::case::Case;
use crate::web::components::{Progress, Stop};
use crate::web::wording;

/// The stops from origin to destination; the person is at the assessment.
pub(super) fn stops(t: &Translator, case: &Case, site: &str, today: Date) -> Vec<Stop> {
    let migration = &case.file.person.migration;
    let assessment = &case.assessment;
    let origin =
        migration.country_of_birth.or(migration.usual_residence).or(migration.country_of_departure);
    let country = |country: manzil_journey::country::Country| wording::country(t, country.code());
    let mut stops = vec![Stop {
        label: t.get(key("stop-origin")),
        name: origin.map_or_else(|| t.get(key("not-known")), country),
        detail: String::new(),
        progress: Progress::Passed,
    }];
    stops.extend(migration.transit_countries.iter().map(|each| Stop {
        label: t.get(key("stop-transit")),
        name: country(*each),
        detail: String::new(),
        progress: Progress::Passed,
    }));
    let here = if assessment.exam > today || assessment.status == Status::Planned {
        t.with(key("exam-on"), &[("date", &t.date(assessment.exam))])
    } else {
        wording::status(t, assessment.status)
    };
    stops.push(Stop {
        label: t.get(key("stop-assessment")),
        name: if site.is_empty() { t.get(key("stop-clinic")) } else { site.to_owned() },
        detail: here,
        progress: Progress::Here,
    });
    stops.push(Stop {
        label: t.get(key("stop-destination")),
        name: country(assessment.destination),
        detail: wording::population(t, &assessment.population),
        progress: Progress::Ahead,
    });
    stops
}
