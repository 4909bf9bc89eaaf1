//! The journey of a person: the route line, and the migration variables with what is not known.

use manzil_journey::country::Country;
use manzil_journey::file::PersonFile;
use manzil_journey::person::Person;

use super::super::components::{Fact, Progress, Stop};
use super::super::wording;
use crate::messages::{Translator, key};

/// Origin, transit, where the person is now, and the destination of each open assessment.
pub(super) fn stops(t: &Translator, file: &PersonFile) -> Vec<Stop> {
    let migration = &file.person.migration;
    let mut stops = Vec::new();
    let mut stop = |label: &str, country: Option<Country>, detail: String, progress| {
        let name =
            country.map_or_else(|| t.get(key("not-known")), |it| wording::country(t, it.code()));
        stops.push(Stop { label: t.get(label), name, detail, progress });
    };
    let origin = migration.country_of_birth.or(migration.citizenships.first().copied());
    stop(key("stop-origin"), origin, String::new(), Progress::Passed);
    for country in &migration.transit_countries {
        stop(key("stop-transit"), Some(*country), String::new(), Progress::Passed);
    }
    let arrival = migration
        .arrival
        .as_deref()
        .map(|month| t.with(key("since-date"), &[("date", &t.partial_date(month))]));
    let present = migration.country_of_departure.or(migration.usual_residence);
    stop(key("stop-present"), present, arrival.unwrap_or_default(), Progress::Here);
    let assessments = file.assessments();
    let mut destinations: Vec<Country> = Vec::new();
    for held in &assessments {
        if !destinations.contains(&held.item.destination) {
            destinations.push(held.item.destination);
        }
    }
    for country in &destinations {
        stop(key("stop-destination"), Some(*country), String::new(), Progress::Ahead);
    }
    if destinations.is_empty() {
        stop(key("stop-destination"), None, String::new(), Progress::Ahead);
    }
    stops
}

/// Every migration variable; an empty value is shown as not known.
pub(super) fn facts(t: &Translator, person: &Person) -> Vec<Fact> {
    let migration = &person.migration;
    let country = |country: Option<Country>| {
        country.map(|it| wording::country(t, it.code())).unwrap_or_default()
    };
    let countries = |all: &[Country]| {
        let names: Vec<String> = all.iter().map(|it| wording::country(t, it.code())).collect();
        names.join(&t.get(key("list-comma")))
    };
    let citizenship = match migration.stateless {
        Some(true) => t.get(key("stateless")),
        _ => countries(&migration.citizenships),
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let arrival = migration.arrival.as_deref().map(|it| t.partial_date(it)).unwrap_or_default();
    let stay = migration
        .intended_stay_months
        .map(|months| t.with(key("period-months"), &[("months", &months)]))
        .unwrap_or_default();
    vec![
        Fact::new(t.get(key("country-of-birth")), country(migration.country_of_birth)),
        Fact::new(t.get(key("citizenship")), citizenship),
        Fact::new(t.get(key("usual-residence")), country(migration.usual_residence)),
        Fact::new(t.get(key("country-of-departure")), country(migration.country_of_departure)),
        Fact::new(t.get(key("transit-countries")), countries(&migration.transit_countries)),
        Fact::new(t.get(key("arrival-month")), arrival),
        Fact::new(t.get(key("migration-reason")), text(&migration.reason)),
        Fact::new(t.get(key("legal-status")), text(&migration.legal_status)),
        Fact::new(t.get(key("journey-stage")), text(&migration.journey_stage)),
        Fact::new(t.get(key("intended-stay")), stay),
    ]
}

/// The name of a language; a tag without a name is shown as it is.
pub(crate) fn language(t: &Translator, tag: &str) -> String {
    let known = LANGUAGES.iter().find(|(known, _)| *known == tag);
    known.map_or_else(|| tag.to_owned(), |(_, key)| t.get(key))
}

/// The languages that are offered by name; any other is written as its tag.
pub(crate) const LANGUAGES: &[(&str, &str)] = &[
    ("am", key("speaks-am")),
    ("ar", key("speaks-ar")),
    ("bn", key("speaks-bn")),
    ("my", key("speaks-my")),
    ("en", key("speaks-en")),
    ("fr", key("speaks-fr")),
    ("ha", key("speaks-ha")),
    ("kmr", key("speaks-kmr")),
    ("rw", key("speaks-rw")),
    ("ln", key("speaks-ln")),
    ("ne", key("speaks-ne")),
    ("om", key("speaks-om")),
    ("ps", key("speaks-ps")),
    ("fa", key("speaks-fa")),
    ("prs", key("speaks-prs")),
    ("pt", key("speaks-pt")),
    ("rhg", key("speaks-rhg")),
    ("ru", key("speaks-ru")),
    ("so", key("speaks-so")),
    ("es", key("speaks-es")),
    ("sw", key("speaks-sw")),
    ("ti", key("speaks-ti")),
    ("tr", key("speaks-tr")),
    ("uk", key("speaks-uk")),
    ("ur", key("speaks-ur")),
    ("vi", key("speaks-vi")),
];
