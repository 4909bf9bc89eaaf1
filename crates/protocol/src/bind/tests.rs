use jiff::civil::date;
use manzil_fhir::Resource;

use super::*;
use crate::Library;

const FACTS: &str = r#"
[[fact]]
id = "age"
type = "age"
label = "Age"
bind = { resource = "Patient", value = "birthDate", as = "age" }

[[fact]]
id = "incidence"
type = "quantity"
unit = "10*-5"
min = "0"
max = "5000"
label = "Incidence"
bind = { resource = "Patient", value = "extension.where(url = 'urn:x').value", as = "lookup:rates" }

[[fact]]
id = "cough"
type = "boolean"
label = "Cough"

[[fact]]
id = "film"
type = "codes"
label = "Film"
values = [{ id = "cavity", label = "Cavity" }, { id = "miliary", label = "Miliary" }]

[[fact]]
id = "weight"
type = "quantity"
unit = "kg"
min = "0.3"
max = "300"
label = "Weight"
bind = { resource = "Observation", where = "code.coding.exists(code = '29463-7')", value = "value", look_back = "6 months" }
"#;

const RATES: &str = r#"
[table]
id = "rates"
title = "Rates"
source = "a test"
status = "verified"

[values]
KE = "223"
"#;

const PROTOCOL: &str = r#"
[protocol]
id = "p"
edition = "1"
title = "P"
jurisdiction = "US"
populations = ["refugee"]
from = 2020-01-01
status = "verified"

[[source]]
id = "s"
title = "S"

[[table]]
id = "t"
kind = "one"
title = "T"
[[table.outcome]]
id = "yes"
label = "Yes"
[[table.rule]]
id = "r"
when = "always"
then = "yes"
because = "B"
source = "s"
status = "verified"

[[step]]
id = "ask"
label = "Ask"
station = "nurse"
when = "always"
asks = ["age", "incidence", "cough", "film", "weight"]
because = "B"
source = "s"
status = "verified"
"#;

fn library() -> Library {
    let files = [
        ("facts/f.toml", FACTS),
        ("reference/rates.toml", RATES),
        ("protocols/us/p/1/protocol.toml", PROTOCOL),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    Library::load(files).unwrap_or_else(|wrong| {
        panic!("{}", wrong.iter().map(Diagnostic::line).collect::<Vec<_>>().join("\n"))
    })
}

/// What is known of `fact` in a record, or the first problem.
fn check(fact: &str, resources: &[&str], expected: &str) {
    let library = library();
    let resources: Vec<Resource> =
        resources.iter().map(|text| Resource::parse(text).unwrap()).collect();
    let records: Vec<Record<'_>> =
        resources.iter().map(|resource| Record { resource, version: 1 }).collect();
    let protocol = library.protocol("p", "1").unwrap();
    let (facts, problems) = facts_from_record(&library, protocol, &records, date(2023, 5, 1));
    let told = match (facts.value(fact), problems.first()) {
        (_, Some(problem)) => problem.to_string(),
        (None, None) => "unknown".to_owned(),
        (Some(Value::Boolean(yes)), None) => yes.to_string(),
        (Some(Value::Codes(codes)), None) => format!("{codes:?}"),
        (Some(Value::Code(code)), None) => code.to_string(),
        (Some(Value::Number { lo, hi }), None) => format!("{lo}..{hi}"),
    };
    assert!(told.contains(expected), "{fact}: {told}, not {expected}");
}

fn observation(fact: &str, day: &str, rest: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"o{day}","status":"final","code":{{"coding":[{{"system":"urn:manzil:fact","code":"{fact}"}}]}},"effectiveDateTime":"{day}",{rest}}}"#
    )
}

#[test]
fn a_birth_year_gives_a_range_of_ages() {
    check("age", &[r#"{"resourceType":"Patient","id":"p","birthDate":"2014"}"#], "100..112");
    check("age", &[r#"{"resourceType":"Patient","id":"p"}"#], "unknown");
    check("age", &[r#"{"resourceType":"Patient","id":"p","birthDate":"2024"}"#], "MZ-0260");
}

#[test]
fn a_country_is_looked_up_and_an_unlisted_one_is_asked() {
    let patient = |country: &str| {
        format!(
            r#"{{"resourceType":"Patient","id":"p","extension":[{{"url":"urn:x","valueCode":"{country}"}}]}}"#
        )
    };
    check("incidence", &[&patient("KE")], "223..223");
    check("incidence", &[&patient("XX")], "unknown");
    let told =
        observation("incidence", "2023-05-01", r#""valueQuantity":{"value":90,"code":"10*-5"}"#);
    check("incidence", &[&patient("KE"), &told], "90..90");
}

#[test]
fn the_latest_usable_observation_counts() {
    let no = observation("cough", "2023-04-01", r#""valueBoolean":false"#);
    let yes = observation("cough", "2023-04-20", r#""valueBoolean":true"#);
    let unsaid = observation(
        "cough",
        "2023-04-25",
        r#""dataAbsentReason":{"coding":[{"code":"asked-unknown"}]}"#,
    );
    check("cough", &[&no, &yes], "true");
    check("cough", &[&yes, &no, &unsaid], "true");
    check("cough", &[&unsaid], "unknown");
    check("cough", &[&yes.replace("final", "entered-in-error")], "unknown");
}

#[test]
fn a_set_may_be_empty_and_known() {
    let none =
        r#""valueCodeableConcept":{"coding":[{"system":"urn:manzil:value:film","code":"none"}]}"#;
    check("film", &[&observation("film", "2023-05-01", none)], "{}");
    let cavity = r#""component":[{"code":{"coding":[{"code":"cavity"}]},"valueBoolean":true}]"#;
    check("film", &[&observation("film", "2023-05-01", cavity)], r#"{"cavity"}"#);
    let strange = r#""component":[{"code":{"coding":[{"code":"blob"}]},"valueBoolean":true}]"#;
    check("film", &[&observation("film", "2023-05-01", strange)], "`blob` is none of its values");
}

#[test]
fn quantities_convert_exactly_and_must_be_plausible_and_recent() {
    let weight = |day: &str, value: &str, unit: &str| {
        format!(
            r#"{{"resourceType":"Observation","id":"w","status":"final","code":{{"coding":[{{"code":"29463-7"}}]}},"effectiveDateTime":"{day}","valueQuantity":{{"value":{value},"code":"{unit}"}}}}"#
        )
    };
    check("weight", &[&weight("2023-04-30", "12.50", "kg")], "12.50..12.50");
    check("weight", &[&weight("2023-04-30", "12500", "g")], "12.5");
    check("weight", &[&weight("2023-04-30", "27", "[lb_av]")], "does not convert to kg");
    check("weight", &[&weight("2023-04-30", "700", "kg")], "not plausible");
    check("weight", &[&weight("2022-04-30", "12", "kg")], "unknown");
    check("weight", &[&weight("2023-07-01", "12", "kg")], "12..12");
}
