//! Whose assessment a page is about: the lines under its title.

use manzil_protocol::Protocol;

use super::case::Case;
use super::wording;
use crate::messages::{Translator, key};

/// The head of every page of an assessment.
pub(super) struct Subject {
    pub(super) name: String,
    /// Age, sex and number, as far as known.
    pub(super) about: Vec<String>,
    /// Destination, population, exam date.
    pub(super) journey: Vec<String>,
    pub(super) status: String,
    pub(super) person_path: String,
    pub(super) path: String,
}

impl Subject {
    pub(super) fn of(t: &Translator, case: &Case) -> Self {
        let (person, assessment) = (&case.file.person, &case.assessment);
        let known =
            |text: String, unknown: &str| if text.is_empty() { t.get(unknown) } else { text };
        let mut about = vec![
            known(wording::age(t, person, assessment.exam), key("age-unknown")),
            known(wording::sex(t, person.sex), key("sex-unknown")),
        ];
        let numbers = person.identifiers.iter();
        about.extend(
            numbers
                .filter(|each| each.system != manzil_journey::coding::ROW_SYSTEM)
                .map(|each| each.value.clone()),
        );
        Self {
            name: person.name.clone(),
            about,
            journey: vec![
                wording::country(t, assessment.destination.code()),
                wording::population(t, &assessment.population),
                t.with(key("exam-on"), &[("date", &t.date(assessment.exam))]),
            ],
            status: wording::status(t, assessment.status),
            person_path: case.person_path(),
            path: case.path(),
        }
    }
}

/// An edition as a heading names it, and whether its whole has been checked.
pub(super) struct Edition {
    pub(super) title: String,
    /// `us-tb@2018#…`.
    pub(super) stamp: String,
    pub(super) path: String,
    pub(super) unverified: bool,
}

impl Edition {
    pub(super) fn of(t: &Translator, protocol: &Protocol) -> Self {
        Self {
            title: protocol.title.get(t.tag()).to_owned(),
            stamp: protocol.stamp(),
            path: format!("/rules/{}/{}", protocol.id, protocol.edition),
            unverified: protocol.status == manzil_protocol::Status::Unverified,
        }
    }
}
