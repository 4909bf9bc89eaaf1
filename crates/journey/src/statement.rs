//! Putting into words what a certificate states.

use jiff::civil::Date;
use manzil_protocol::evaluate::TableResult;
use manzil_protocol::model::{Certificate as CertificateRule, Effect};
use manzil_protocol::number::plain;
use manzil_protocol::{Decimal, FactKind, Outcome, Table, Text, Unit, Value};

use crate::assessment::Assessment;
use crate::certificate::{Stated, StatedFact, StatedResult, Statement};
use crate::change::Refusal;
use crate::command::Context;
use crate::decision::Decision;
use crate::file::{Examined, PersonFile};
use crate::person::Person;

/// The statement of a certificate: the outcome, and of the facts only those that the protocol
/// discloses.
pub fn state(
    file: &PersonFile,
    assessment: &Assessment,
    examined: &Examined<'_>,
    decision: &Decision,
    context: &Context<'_>,
) -> Result<Statement, Refusal> {
    let protocol = examined.protocol;
    let Some(certificate) = &protocol.certificate else { return Err(no_certificate()) };
    let class = outcomes(examined, &certificate.class);
    let clearance = outcomes(examined, &certificate.clearance);
    let may_travel = !blocks_travel(examined, certificate);
    let disclosure = protocol.disclosure.as_ref();
    Ok(Statement {
        title: certificate.title.clone(),
        authority: disclosure.map(|to| to.authority.clone()).unwrap_or_default(),
        name: file.person.name.clone(),
        sex: file.person.sex.map(|sex| sex.code().to_owned()),
        birth: birth_words(&file.person),
        identifiers: file
            .person
            .identifiers
            .iter()
            .filter(|identifier| identifier.system == crate::coding::PERSON_SYSTEM)
            .map(|identifier| identifier.value.clone())
            .collect(),
        destination: assessment.destination.code().to_owned(),
        population: assessment.population.clone(),
        exam: assessment.exam,
        class: class.into_iter().map(stated).collect(),
        clearance: clearance.into_iter().map(stated).collect(),
        may_travel,
        results: disclosed_results(examined, certificate),
        facts: disclosed_facts(examined, context),
        protocol: protocol.stamp(),
        unverified: examined.evaluation.is_unverified(),
        issued_on: context.today,
        expires_on: expiry(examined).filter(|_| may_travel),
        signatory: decision.signatory.clone(),
    })
}

/// Whether the clearance that is known keeps the person from travelling.
pub fn blocks_travel(examined: &Examined<'_>, certificate: &CertificateRule) -> bool {
    outcomes(examined, &certificate.clearance)
        .iter()
        .any(|outcome| outcome.effect == Effect::BlocksTravel)
}

fn no_certificate() -> Refusal {
    Refusal::new(
        "MZ-0426",
        "protocol",
        "it issues no certificate",
        "the signed decision stands by itself",
    )
}

fn stated(outcome: &Outcome) -> Stated {
    Stated { code: outcome.id.to_string(), label: outcome.label.clone() }
}

/// The decided outcomes of a table, in the order in which the table lists them.
pub fn outcomes<'a>(examined: &'a Examined<'_>, table: &str) -> Vec<&'a Outcome> {
    let Some(TableResult::Known(known)) =
        examined.evaluation.table(table).map(|evaluated| &evaluated.result)
    else {
        return Vec::new();
    };
    let all = examined.protocol.table(table).map_or(&[][..], |table: &Table| &table.outcomes);
    all.iter().filter(|outcome| known.contains(&outcome.id)).collect()
}

/// The decided tables of the disclosure that the certificate does not state in their own place.
fn disclosed_results(examined: &Examined<'_>, certificate: &CertificateRule) -> Vec<StatedResult> {
    let own =
        [Some(&certificate.class), Some(&certificate.clearance), certificate.validity.as_ref()];
    let disclosed = examined.protocol.disclosure.as_ref().map_or(&[][..], |to| &to.tables);
    let others = disclosed.iter().filter(|id| !own.contains(&Some(*id)));
    let results = others.filter_map(|id| {
        let title = examined.protocol.table(id)?.title.clone();
        let outcomes: Vec<Stated> = outcomes(examined, id).into_iter().map(stated).collect();
        (!outcomes.is_empty()).then(|| StatedResult { table: id.to_string(), title, outcomes })
    });
    results.collect()
}

fn disclosed_facts(examined: &Examined<'_>, context: &Context<'_>) -> Vec<StatedFact> {
    let disclosed = examined.protocol.disclosure.as_ref().map_or(&[][..], |to| &to.facts);
    let known = disclosed.iter().filter_map(|id| {
        let fact = context.library.fact(id)?;
        let value = examined.facts.value(id)?;
        let value = value_words(&fact.kind, value);
        Some(StatedFact { fact: id.to_string(), label: fact.label.clone(), value })
    });
    known.collect()
}

/// A value in the words of its fact, in every language that the vocabulary has.
pub fn value_words(kind: &FactKind, value: &Value) -> Text {
    let label = |code: &str| {
        let found = kind.values().iter().find(|each| each.id.as_str() == code);
        found.map_or_else(|| Text::english(code), |each| each.label.clone())
    };
    match value {
        Value::Boolean(true) => both("Yes", "نعم"),
        Value::Boolean(false) => both("No", "لا"),
        Value::Code(code) => label(code.as_str()),
        Value::Codes(codes) if codes.is_empty() => both("None of these", "لا شيء من هذه"),
        Value::Codes(codes) => joined(codes.iter().map(|code| label(code.as_str())).collect()),
        Value::Number { lo, hi } => number_words(kind, *lo, *hi),
    }
}

fn both(english: &str, arabic: &str) -> Text {
    Text::new([("en".into(), english.into()), ("ar".into(), arabic.into())])
}

fn joined(labels: Vec<Text>) -> Text {
    let languages: std::collections::BTreeSet<String> = labels
        .iter()
        .flat_map(|label| label.iter().map(|(language, _)| language.to_owned()))
        .collect();
    Text::new(languages.into_iter().map(|language| {
        let comma = if language == "ar" { "، " } else { ", " };
        let words: Vec<&str> = labels.iter().map(|label| label.get(&language)).collect();
        let text = words.join(comma);
        (language, text)
    }))
}

/// A number with its unit as people write it, as the pages of the clinic have it.
fn number_words(kind: &FactKind, lo: Decimal, hi: Decimal) -> Text {
    let digits = if lo == hi { plain(lo) } else { format!("{} – {}", plain(lo), plain(hi)) };
    let unit = kind.unit();
    let (english, arabic) = unit_words(unit.as_ref().map_or("1", Unit::code));
    if english.is_empty() {
        return Text::english(digits);
    }
    both(&format!("{digits} {english}"), &format!("{digits} {arabic}"))
}

/// A UCUM code in English and Arabic words; empty for counts.
fn unit_words(code: &str) -> (&str, &str) {
    match code {
        "1" => ("", ""),
        "10*-5" => ("per 100,000", "لكل 100,000"),
        "d" => ("days", "أيام"),
        "mo" => ("months", "أشهر"),
        "[iU]/mL" => ("IU/mL", "IU/mL"),
        "umol/L" => ("µmol/L", "µmol/L"),
        "Cel" => ("°C", "°C"),
        "mm[Hg]" => ("mmHg", "mmHg"),
        code => (code, code),
    }
}

/// The birth date as it is known.
pub fn birth_words(person: &Person) -> Option<String> {
    use manzil_fhir::date::BirthDate;
    Some(match person.birth? {
        BirthDate::Document(date) | BirthDate::Stated(date) => date.to_string(),
        estimated @ BirthDate::Estimated { .. } => {
            let range = estimated.range();
            let last = range.end.yesterday().unwrap_or(range.end);
            format!("{} – {last}", range.start)
        }
    })
}

/// The last day of validity, as the protocol counts it.
fn expiry(examined: &Examined<'_>) -> Option<Date> {
    examined.evaluation.certificate.as_ref()?.expires
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(value: &str, unit: FactKind, language: &str) -> String {
        let number = value.parse().unwrap();
        number_words(&unit, number, number).get(language).to_owned()
    }

    #[test]
    fn numbers_have_their_unit_as_people_write_it() {
        let count = || FactKind::Count { min: Decimal::ZERO, max: Decimal::ONE_HUNDRED };
        assert_eq!(words("3", count(), "en"), "3");
        assert_eq!(words("30", FactKind::Age, "en"), "30 months");
        assert_eq!(words("30", FactKind::Age, "ar"), "30 أشهر");
        assert_eq!(unit_words("[iU]/mL"), ("IU/mL", "IU/mL"));
        assert_eq!(unit_words("mm"), ("mm", "mm"));
    }

    #[test]
    fn an_answer_of_none_is_said_as_in_the_question() {
        let kind = FactKind::Codes { values: Vec::new() };
        let none = value_words(&kind, &Value::Codes(std::collections::BTreeSet::new()));
        assert_eq!(none.get("en"), "None of these");
        assert_eq!(none.get("ar"), "لا شيء من هذه");
    }
}
