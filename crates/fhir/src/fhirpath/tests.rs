mod functions;
mod language;
mod limits;
mod records;

use serde_json::{Value, json};

use super::*;

/// Evaluates at half past ten on 15 June 2026 and compares the items as text; an error is
/// compared by its code.
fn check(input: &Value, expression: &str, expected: &str) {
    assert_eq!(answer(input, expression), expected, "{expression}");
}

/// As `check`, without a record.
fn is(expression: &str, expected: &str) {
    check(&json!({}), expression, expected);
}

fn answer(input: &Value, expression: &str) -> String {
    let now = "2026-06-15T10:30:00.123+05:30[+05:30]".parse().unwrap();
    let context = Context::new().at(&now);
    let found = Expression::compile(expression);
    let found = found.and_then(|expression| Ok(shown(&expression.evaluate(&context, input)?)));
    found.unwrap_or_else(|error| match error.unsupported() {
        Some(what) => format!("refused {what}"),
        None => error.code().to_owned(),
    })
}

fn shown(items: &[Item<'_>]) -> String {
    let text = |item: &Item<'_>| match item.system() {
        Ok(Some(system)) => system.to_string(),
        _ => item.type_info().name.to_owned(),
    };
    items.iter().map(text).collect::<Vec<_>>().join(", ")
}

fn patient() -> Value {
    json!({
        "resourceType": "Patient",
        "id": "p1",
        "name": [
            {"use": "official", "family": "Haddad", "given": ["Rana", "Lina"]},
            {"use": "usual", "given": [null, "Rano"],
             "_given": [{"extension": [{"url": "http://a.example/u", "valueCode": "asked"}]}]}
        ],
        "birthDate": "1980-05",
        "_birthDate": {"id": "b", "extension": [{"url": "http://a.example/how", "valueCode": "stated"}]},
        "deceasedBoolean": false,
        "contained": [{"resourceType": "Organization", "id": "o1", "name": "Clinic"}],
        "managingOrganization": {"reference": "#o1"},
        "generalPractitioner": [{"reference": "Practitioner/7"}],
        "multipleBirthInteger": 2
    })
}

fn observation(value: &str) -> Value {
    let text = format!(
        r#"{{"resourceType":"Observation","status":"final","valueQuantity":{{"value":{value},
        "unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}}}"#
    );
    serde_json::from_str(&text).unwrap()
}
