use proptest::prelude::*;
use serde_json::json;

use super::*;

fn refused(text: &str) -> String {
    match Resource::parse(text) {
        Ok(_) => "read".into(),
        Err(e) => format!("{} {}:{} {}", e.code, e.line, e.column, e.reason),
    }
}

#[test]
fn what_cannot_be_trusted_is_refused_with_its_place() {
    for (text, expected) in [
        (
            "{\"resourceType\":\"Patient\",\n  \"id\":\"a\",\n \"id\":\"b\"}",
            "MZ-0105 3:2 the member \"id\" is written twice in one object",
        ),
        (
            "{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"a\",\"t\\u0065xt\":\"b\"}]}",
            "MZ-0105 1:47 the member \"text\" is written twice in one object",
        ),
        (
            "{\"resourceType\":\"Patient\",\"x\":{\"$serde_json::private::Number\":\"1\"}}",
            "MZ-0110 1:32 the member name \"$serde_json::private::Number\" is reserved",
        ),
        ("{\"resourceType\":\"Pateint\"}", "MZ-0103 1:2 R4 has no type \"Pateint\""),
        ("{\"resourceType\":\"Resource\"}", "MZ-0103 1:2 R4 has no type \"Resource\""),
        ("{\"resourceType\":\"Patient\",\n\"id\":\"a b\"}", "MZ-0104 2:1 \"a b\" is not an id"),
        ("{\"resourceType\":\"Patient\",\"id\":null}", "MZ-0104 1:27 null is not an id"),
        ("{\"resourceType\":\"Patient\",\"id\":\"\"}", "MZ-0104 1:27 \"\" is not an id"),
        ("{}", "MZ-0102 1:1 no resourceType"),
        ("[]", "MZ-0102 1:1 a resource is a JSON object"),
        ("{\"resourceType\":3}", "MZ-0102 1:1 no resourceType"),
        ("{\"resourceType\":\"Patient\"", "MZ-0101 1:25 not JSON: EOF while parsing an object"),
        ("{\"resourceType\":\"Patient\"}}", "MZ-0101 1:27 not JSON: trailing characters"),
        ("", "MZ-0101 1:0 not JSON: EOF while parsing a value"),
        (
            "{\"resourceType\":\"Patient\",\"x\":\"a",
            "MZ-0101 1:32 not JSON: EOF while parsing a string",
        ),
        ("\u{feff}{\"resourceType\":\"Patient\"}", "read"),
        ("{\"resourceType\":\"Patient\",\"a\":{\"id\":\"x\"},\"b\":{\"id\":\"x\"}}", "read"),
    ] {
        assert_eq!(refused(text), expected, "{text}");
    }
}

#[test]
fn nesting_has_a_limit_and_never_crashes() {
    let nested = |open: &str, close: &str, times: usize| {
        format!(r#"{{"resourceType":"Patient","x":{}{}}}"#, open.repeat(times), close.repeat(times))
    };
    assert_eq!(refused(&nested("[", "]", DEPTH_MAX - 1)), "read");
    for text in [
        nested("[", "]", DEPTH_MAX),
        nested("[", "]", 10_000),
        nested("[", "", 1_000_000),
        nested("{\"a\":", "", 1_000_000),
    ] {
        assert!(refused(&text).starts_with("MZ-0106 1:"), "{}", refused(&text));
    }
    let mut value = json!(1);
    for _ in 0..10_000 {
        value = Value::Array(vec![value]);
    }
    let resource = json!({"resourceType": "Patient", "x": 1});
    let mut resource = resource.as_object().unwrap().clone();
    resource.insert("x".into(), value);
    let value = Value::Object(resource);
    assert!(is_deeper(&value, DEPTH_MAX));
    // Dropping so deep a value is what must never happen on a small stack.
    std::mem::forget(value);
}

#[test]
fn sizes_have_limits() {
    let long = format!(r#"{{"resourceType":"Patient","x":1{}}}"#, "0".repeat(64));
    assert!(refused(&long).starts_with("MZ-0107 1:31"), "{}", refused(&long));
    assert!(refused(&" ".repeat(BODY_BYTES_MAX + 1)).starts_with("MZ-0108"));
    let latin =
        Resource::parse_bytes(b"{\"resourceType\":\"Patient\",\n\"x\":\"\xe9\"}").unwrap_err();
    assert_eq!((latin.code, latin.line, latin.column), ("MZ-0109", 2, 6));
}

#[test]
fn decimals_keep_their_digits() {
    let text = r#"{"resourceType":"Observation","valueQuantity":{"value":1.00},"x":[0.0,-0,1e-5,1.5e+10,123456789012345678901234567890.1]}"#;
    assert_eq!(Resource::parse(text).unwrap().to_json(), text);
    let exponent = Resource::parse(r#"{"resourceType":"Observation","x":1e5}"#).unwrap();
    assert!(exponent.to_json().ends_with(r#""x":1e+5}"#));
}

#[test]
fn id_and_version_come_first() {
    let mut patient = Resource::parse(
        r#"{"resourceType":"Patient","active":true,"meta":{"profile":["http://a"],"versionId":"1"}}"#,
    )
    .unwrap();
    patient.set_id("p1").unwrap();
    patient.set_version("2", "2024-05-01T10:00:00.123456Z".parse().unwrap());
    assert_eq!(
        patient.to_json(),
        r#"{"resourceType":"Patient","id":"p1","active":true,"meta":{"lastUpdated":"2024-05-01T10:00:00.123Z","profile":["http://a"],"versionId":"2"}}"#
    );
    assert_eq!(patient.local_reference().as_deref(), Some("Patient/p1"));
    assert_eq!(patient.last_updated().unwrap().to_string(), "2024-05-01T10:00:00.123Z");
    assert!(patient.set_id("a b").is_err());
    let mut bare = Resource::parse(r#"{"active":true,"resourceType":"Patient"}"#).unwrap();
    bare.set_version("1", Timestamp::UNIX_EPOCH);
    bare.set_id("x").unwrap();
    assert!(bare.to_json().starts_with(r#"{"id":"x","meta":{"versionId":"1","lastUpdated":"#));
}

fn any_json() -> impl Strategy<Value = String> {
    let number = "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,12})?(e[+-][0-9]{1,3})?";
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        number.prop_map(|digits| digits),
        "\\PC{0,8}".prop_map(|text| Value::from(text).to_string()),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        let members = prop::collection::btree_map("[a-zA-Z_]{1,6}", inner.clone(), 0..5);
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(|items| format!("[{}]", items.join(","))),
            members.prop_map(|members| {
                // Backwards, so that order is not the alphabet's.
                let members = members.into_iter().rev().map(|(k, v)| format!("\"{k}\":{v}"));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_read_is_written_back(value in any_json()) {
        let text = format!(r#"{{"resourceType":"Patient","zzzzzzz":{value},"active":true}}"#);
        prop_assert_eq!(Resource::parse(&text).unwrap().to_json(), text);
    }

    #[test]
    fn nothing_panics(text in "[\\[\\]{}\",:\\\\a1e.-]{0,60}") {
        let _ = Resource::parse(&text);
    }
}
