//! Whatever JSON stands in a resource, nothing panics and every answer is bounded.

use manzil_fhir::validate::{ISSUES_MAX, validate};
use manzil_fhir::{Resource, reference, search};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A resource with something of most kinds.
fn observation() -> Value {
    json!({
        "resourceType": "Observation", "id": "o1",
        "meta": {"versionId": "1", "lastUpdated": "2024-05-01T10:00:00Z", "profile": ["http://a"]},
        "text": {"status": "generated", "div": "<div>a <b>b</b> &amp; c</div>"},
        "contained": [{"resourceType": "Patient", "id": "p", "name": [{"given": ["A"], "_given": [{"id": "x"}]}]}],
        "extension": [{"url": "http://a", "extension": [{"url": "b", "valuePeriod": {"start": "2024"}}]}],
        "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": "1-8"}]},
        "subject": {"reference": "#p"}, "effectiveDateTime": "2024-05",
        "valueQuantity": {"value": 1.50, "unit": "mm"},
        "note": [{"text": "n", "authorString": "me"}],
        "component": [{"code": {"text": "c"}, "valueRange": {"low": {"value": 1}}}],
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[#<>&;/:a1 .-]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let name = prop_oneof![
            Just("resourceType"),
            Just("reference"),
            Just("extension"),
            Just("contained"),
            Just("coding"),
            Just("_value"),
            Just("value"),
            Just("id"),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..3).prop_map(|members| {
                Value::Object(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
            }),
        ]
    })
}

/// Puts a value at the place that the numbers lead to.
fn put(value: &mut Value, way: &[usize], new: Value) {
    let Some((step, rest)) = way.split_first() else {
        *value = new;
        return;
    };
    let child = match value {
        Value::Array(items) if !items.is_empty() => {
            let length = items.len();
            items.get_mut(step % length)
        }
        Value::Object(members) if !members.is_empty() => {
            let length = members.len();
            members.values_mut().nth(step % length)
        }
        _ => None,
    };
    match child {
        Some(child) => put(child, rest, new),
        None => *value = new,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(
        changes in prop::collection::vec((prop::collection::vec(0_usize..16, 1..6), any_json()), 1..4)
    ) {
        let mut value = observation();
        for (way, new) in changes {
            put(&mut value, &way, new);
        }
        if let Ok(resource) = Resource::from_value(value) {
            prop_assert!(validate(&resource).len() <= ISSUES_MAX);
            let _ = (search::index(&resource), search::text_words(&resource));
            let _ = reference::references(&resource);
        }
    }
}

#[test]
fn the_unchanged_resource_is_right() {
    assert_eq!(validate(&Resource::from_value(observation()).unwrap()), []);
}

#[test]
fn many_contained_resources_take_no_longer_each() {
    let organization =
        |n: usize| json!({"resourceType": "Organization", "id": format!("o{n}"), "name": "x"});
    let contained: Vec<Value> = (0..20_000).map(organization).collect();
    let entity = |n: usize| json!({"reference": format!("#o{n}")});
    let members: Vec<Value> = (0..20_000).map(entity).collect();
    let list =
        json!({"resourceType": "Patient", "contained": contained, "generalPractitioner": members});
    assert_eq!(validate(&Resource::from_value(list).unwrap()), []);
}
