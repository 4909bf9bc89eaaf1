//! Clinical things in the reader's words: ages, values, units, periods, sources, countries.

use jiff::civil::Date;
use manzil_journey::assessment::Status;
use manzil_journey::decision::Signatory;
use manzil_journey::person::{Person, Sex};
use manzil_protocol::number::plain;
use manzil_protocol::{Decimal, FactKind, Period, Source, Station, Unit, Value};

use crate::messages::{Translator, key};

/// Below this age in months people are spoken of in months.
const MONTHS_SPOKEN_MAX: i32 = 24;

/// The age on a day: `9 years`, `8 to 9 years` when the birth date is vague; empty when nothing
/// is known.
pub(super) fn age(t: &Translator, person: &Person, on: Date) -> String {
    let months = person.birth.and_then(|birth| birth.age_in_completed_months(on));
    months.map_or_else(String::new, |(low, high)| months_range(t, low, high))
}

/// A span of ages in completed months.
fn months_range(t: &Translator, low: i32, high: i32) -> String {
    let (low, high, one, range) = if high < MONTHS_SPOKEN_MAX {
        (low, high, key("age-months"), key("age-months-range"))
    } else {
        (low / 12, high / 12, key("age-years"), key("age-years-range"))
    };
    if low == high {
        return t.with(one, &[("age", &high)]);
    }
    t.with(range, &[("low", &low), ("high", &high)])
}

/// Administrative sex; empty when it is not known.
pub(super) fn sex(t: &Translator, sex: Option<Sex>) -> String {
    match sex {
        Some(Sex::Female) => t.get(key("sex-female")),
        Some(Sex::Male) => t.get(key("sex-male")),
        Some(Sex::Other) => t.get(key("sex-other")),
        Some(Sex::Unknown) | None => String::new(),
    }
}

/// The name of a country by its ISO 3166-1 alpha-2 code.
pub(super) fn country(t: &Translator, code: &str) -> String {
    t.get(&format!("country-{}", code.to_ascii_lowercase()))
}

/// The name of a population; one that the messages do not know is shown as the protocol writes it.
pub(super) fn population(t: &Translator, code: &str) -> String {
    match code {
        "refugee" => t.get(key("population-refugee")),
        "immigrant" => t.get(key("population-immigrant")),
        "student" => t.get(key("population-student")),
        "worker" => t.get(key("population-worker")),
        "visitor" => t.get(key("population-visitor")),
        other => other.replace('-', " "),
    }
}

/// Where an assessment stands.
pub(super) fn status(t: &Translator, status: Status) -> String {
    t.get(match status {
        Status::Planned => key("assessment-planned"),
        Status::Active => key("assessment-active"),
        Status::Signed => key("assessment-signed"),
        Status::UnderReview => key("assessment-under-review"),
        Status::Cancelled => key("assessment-cancelled"),
    })
}

/// Who signed, with the number under which they practise.
pub(super) fn signatory(t: &Translator, signatory: &Signatory) -> String {
    let Signatory { name, registration, .. } = signatory;
    t.with(key("certificate-signatory"), &[("name", name), ("registration", registration)])
}

/// The name of a station.
pub(super) fn station(t: &Translator, station: Station) -> String {
    t.get(match station {
        Station::Reception => key("at-reception"),
        Station::Nurse => key("at-nurse"),
        Station::Laboratory => key("at-laboratory"),
        Station::XRay => key("at-x-ray"),
        Station::Physician => key("at-physician"),
        Station::Treatment => key("at-treatment"),
    })
}

/// A value in the words of its fact.
pub(super) fn value(t: &Translator, kind: &FactKind, value: &Value) -> String {
    match value {
        Value::Boolean(true) => t.get(key("answer-yes")),
        Value::Boolean(false) => t.get(key("answer-no")),
        Value::Code(code) => code_label(t, kind, code),
        Value::Codes(codes) if codes.is_empty() => t.get(key("answer-none")),
        Value::Codes(codes) => {
            let labels: Vec<String> = codes.iter().map(|code| code_label(t, kind, code)).collect();
            labels.join(&t.get(key("list-comma")))
        }
        Value::Number { lo, hi } => number(t, kind, *lo, *hi),
    }
}

/// The label of one code of a fact.
pub(super) fn code_label(t: &Translator, kind: &FactKind, code: &str) -> String {
    let found = kind.values().iter().find(|each| each.id == *code);
    found.map_or_else(|| code.to_owned(), |each| each.label.get(t.tag()).to_owned())
}

fn number(t: &Translator, kind: &FactKind, lo: Decimal, hi: Decimal) -> String {
    if let FactKind::Age = kind {
        let months = |number: Decimal| i32::try_from(number.trunc()).unwrap_or(i32::MAX);
        return months_range(t, months(lo), months(hi));
    }
    let digits = if lo == hi { plain(lo) } else { format!("{} – {}", plain(lo), plain(hi)) };
    match kind.unit().map(|unit| unit_words(t, &unit)) {
        Some(unit) if !unit.is_empty() => format!("{digits} {unit}"),
        _ => digits,
    }
}

/// A unit as people write it; empty for counts.
pub(super) fn unit_words(t: &Translator, unit: &Unit) -> String {
    match unit.code() {
        "1" => String::new(),
        "10*-5" => t.get(key("unit-per-100000")),
        "d" => t.get(key("unit-days")),
        "mo" => t.get(key("unit-months")),
        "[iU]/mL" => "IU/mL".to_owned(),
        "umol/L" => "µmol/L".to_owned(),
        "Cel" => "°C".to_owned(),
        "mm[Hg]" => "mmHg".to_owned(),
        code => code.to_owned(),
    }
}

/// A span of time: `6 months`, `28 days`.
pub(super) fn period(t: &Translator, period: Period) -> String {
    let days = (period.days > 0).then(|| t.with(key("period-days"), &[("days", &period.days)]));
    let months = match period.months {
        0 => None,
        months if months % 12 == 0 => {
            Some(t.with(key("period-years"), &[("years", &(months / 12))]))
        }
        months => Some(t.with(key("period-months"), &[("months", &months)])),
    };
    [months, days].into_iter().flatten().collect::<Vec<_>>().join(&t.get(key("list-comma")))
}

/// A source with the place in it, as a footnote has it.
pub(super) fn citation(t: &Translator, source: &Source, place: Option<&str>) -> String {
    let parts = [Some(source.title.as_str()), source.publisher.as_deref(), source.date.as_deref()];
    let mut text: Vec<&str> = parts.into_iter().flatten().collect();
    text.extend(place);
    text.join(&t.get(key("list-comma")))
}
