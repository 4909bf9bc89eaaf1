//! The fields of the form about a person.

use manzil_fhir::date::{AgeUnit, BirthDate};
use manzil_journey::coding::PERSON_SYSTEM;
use manzil_journey::country::Country;
use manzil_journey::person::{Person, Sex};

use super::super::wording;
use super::{Countries, Form};
use crate::cookie::encode;
use crate::forms::{Choice, Control, Field, Posted};
use crate::messages::{Translator, key};
use crate::problem::Problem;
use crate::web::person::{LANGUAGES, language};

/// The `datalist` of countries.
const COUNTRY_LIST: &str = "countries";
/// The `datalist` of languages.
const LANGUAGE_LIST: &str = "languages";

pub(super) fn empty(t: &Translator) -> Form {
    of_posted(t, &Posted::default(), false, false)
}

/// The form with what was typed. `parts` shows the parts of the name, `signed` asks for a reason.
pub(super) fn of_posted(t: &Translator, posted: &Posted, parts: bool, signed: bool) -> Form {
    let mut fields = vec![
        Field::new("name", t.get(key("display-name")), Control::Text)
            .hint(t.get(key("person-name-hint"))),
    ];
    if parts {
        fields.push(text("family", t.get(key("name-family"))));
        fields.push(text("given", t.get(key("name-given"))));
    }
    fields.push(
        Field::new("number", t.get(key("number")), Control::Code)
            .hint(t.get(key("number-hint")))
            .optional(),
    );
    fields.push(Field::new("sex", t.get(key("sex")), Control::Radio(sexes(t))).optional());
    fields.extend(birth(t));
    fields.push(
        Field::new("language", t.get(key("speaks")), Control::Suggested(LANGUAGE_LIST))
            .hint(t.get(key("speaks-hint")))
            .optional(),
    );
    fields.push(yes_no(t, "interpreter", t.get(key("interpreter"))));
    let mut reason = Vec::new();
    if signed {
        reason.push(
            Field::new("reason", t.get(key("correction-reason")), Control::Area)
                .hint(t.get(key("correction-reason-hint"))),
        );
    }
    let mut form =
        Form { version: 0, fields, migration: migration(t), reason, refused: String::new() };
    let all = form.fields.iter_mut().chain(&mut form.migration).chain(&mut form.reason);
    for field in all {
        field.value = posted.text(&field.name).to_owned();
    }
    form
}

fn text(name: &str, label: String) -> Field {
    Field::new(name, label, Control::Text).optional()
}

fn sexes(t: &Translator) -> Vec<Choice> {
    let choice = |sex: Sex| Choice::new(sex.code(), wording::sex(t, Some(sex)));
    let mut all: Vec<Choice> = [Sex::Female, Sex::Male, Sex::Other].map(choice).into();
    all.push(Choice::new(Sex::Unknown.code(), t.get(key("not-known"))));
    all
}

fn birth(t: &Translator) -> Vec<Field> {
    let known = vec![
        Choice::new("document", t.get(key("birth-by-document"))),
        Choice::new("stated", t.get(key("birth-by-word"))),
        Choice::new("age", t.get(key("birth-by-age"))),
        Choice::new("unknown", t.get(key("not-known"))),
    ];
    let units = vec![
        Choice::new("years", t.get(key("unit-years"))),
        Choice::new("months", t.get(key("unit-months"))),
    ];
    vec![
        Field::new("birth_known", t.get(key("birth-known")), Control::Radio(known)),
        Field::new("birth_date", t.get(key("birth")), Control::Date)
            .hint(t.get(key("birth-hint")))
            .optional(),
        Field::new("age", t.get(key("age-completed")), Control::Number)
            .hint(t.get(key("age-hint")))
            .optional(),
        Field::new("age_unit", t.get(key("age-unit")), Control::Radio(units)).optional(),
        Field::new("age_on", t.get(key("age-on")), Control::Date)
            .hint(t.get(key("age-on-hint")))
            .optional(),
    ]
}

fn migration(t: &Translator) -> Vec<Field> {
    let country = |name: &str, label: &str| {
        Field::new(name, t.get(label), Control::Suggested(COUNTRY_LIST)).optional()
    };
    let several = t.get(key("countries-hint"));
    vec![
        country("country_of_birth", key("country-of-birth")),
        country("citizenship", key("citizenship")).hint(several.clone()),
        yes_no(t, "stateless", t.get(key("is-stateless"))),
        country("usual_residence", key("usual-residence")),
        country("country_of_departure", key("country-of-departure")),
        country("transit_countries", key("transit-countries")).hint(several),
        Field::new("arrival", t.get(key("arrival-month")), Control::Date)
            .hint(t.get(key("arrival-hint")))
            .optional(),
        text("migration_reason", t.get(key("migration-reason"))),
        text("legal_status", t.get(key("legal-status"))).hint(t.get(key("legal-status-hint"))),
        text("journey_stage", t.get(key("journey-stage"))),
        Field::new("intended_stay", t.get(key("intended-stay")), Control::Number)
            .unit(t.get(key("unit-months")))
            .optional(),
    ]
}

fn yes_no(t: &Translator, name: &str, label: String) -> Field {
    let choices = vec![
        Choice::new("yes", t.get(key("answer-yes"))),
        Choice::new("no", t.get(key("answer-no"))),
        Choice::new("unknown", t.get(key("not-known"))),
    ];
    Field::new(name, label, Control::Radio(choices)).optional()
}

/// A person as the form that would make them.
pub(super) fn posted_from(
    t: &Translator,
    person: &Person,
    countries: &Countries,
) -> Result<Posted, Problem> {
    let migration = &person.migration;
    let one = |country: Option<Country>| country.map(|it| countries.name(it).to_owned());
    let many = |all: &[Country]| {
        let names: Vec<&str> = all.iter().map(|country| countries.name(*country)).collect();
        Some(names.join("; "))
    };
    let answer = |yes: Option<bool>| {
        Some(match yes {
            Some(true) => "yes".to_owned(),
            Some(false) => "no".to_owned(),
            None => "unknown".to_owned(),
        })
    };
    let number = person.identifiers.iter().find(|each| each.system == PERSON_SYSTEM);
    let mut pairs = vec![
        ("name", Some(person.name.clone())),
        ("family", person.family.clone()),
        ("given", person.given.clone()),
        ("number", number.map(|number| number.value.clone())),
        ("sex", person.sex.map(|sex| sex.code().to_owned())),
        ("language", person.language.as_deref().map(|tag| language(t, tag))),
        ("interpreter", answer(migration.interpreter_needed)),
        ("country_of_birth", one(migration.country_of_birth)),
        ("citizenship", many(&migration.citizenships)),
        ("stateless", answer(migration.stateless)),
        ("usual_residence", one(migration.usual_residence)),
        ("country_of_departure", one(migration.country_of_departure)),
        ("transit_countries", many(&migration.transit_countries)),
        ("arrival", migration.arrival.clone()),
        ("migration_reason", migration.reason.clone()),
        ("legal_status", migration.legal_status.clone()),
        ("journey_stage", migration.journey_stage.clone()),
        ("intended_stay", migration.intended_stay_months.map(|months| months.to_string())),
    ];
    pairs.extend(birth_pairs(person.birth));
    let form: Vec<String> = pairs
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", encode(&value?))))
        .collect();
    Posted::parse(form.join("&").as_bytes())
}

fn birth_pairs(birth: Option<BirthDate>) -> Vec<(&'static str, Option<String>)> {
    let known = |text: &str| ("birth_known", Some(text.to_owned()));
    match birth {
        None => vec![known("unknown")],
        Some(BirthDate::Document(date)) => {
            vec![known("document"), ("birth_date", Some(date.to_string()))]
        }
        Some(BirthDate::Stated(date)) => {
            vec![known("stated"), ("birth_date", Some(date.to_string()))]
        }
        Some(BirthDate::Estimated { age, on }) => {
            let unit = if age.unit == AgeUnit::Months { "months" } else { "years" };
            vec![
                known("age"),
                ("age", Some(age.completed.to_string())),
                ("age_unit", Some(unit.to_owned())),
                ("age_on", Some(on.to_string())),
            ]
        }
    }
}

/// The languages that are offered by name, as `(tag, name)`.
pub(super) fn languages(t: &Translator) -> Vec<(String, String)> {
    LANGUAGES.iter().map(|(tag, key)| ((*tag).to_owned(), t.get(key))).collect()
}
