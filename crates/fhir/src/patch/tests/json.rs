use super::*;
use crate::patch::json_document;

fn text(document: &str, operations: Value) -> Result<String, PatchError> {
    let document: Value = serde_json::from_str(document).unwrap();
    json_document(&document, &operations).map(|patched| patched.to_string())
}

fn code(document: &str, operation: Value) -> Option<Code> {
    text(document, json!([operation])).err().map(|error| error.code)
}

#[test]
fn what_is_not_touched_stays_as_it_was_written() {
    let patched = text(
        r#"{"z":1.50,"b":{"x":1e2,"a":0},"a":[1.0,2.00],"m":"é"}"#,
        json!([
            {"op": "remove", "path": "/b/x"},
            {"op": "replace", "path": "/z", "value": "new"},
            {"op": "add", "path": "/a/1", "value": null},
        ]),
    );
    assert_eq!(patched.unwrap(), r#"{"z":"new","b":{"a":0},"a":[1.0,null,2.00],"m":"é"}"#);
}

#[test]
fn removing_a_member_keeps_the_order_of_the_others() {
    let patched = text(r#"{"a":1,"b":2,"c":3}"#, json!([{"op": "remove", "path": "/a"}]));
    assert_eq!(patched.unwrap(), r#"{"b":2,"c":3}"#);
}

#[test]
fn digits_of_values_survive() {
    let operations = crate::resource::parse_json(
        br#"[{"op":"add","path":"/v","value":1.500},{"op":"copy","from":"/v","path":"/w"}]"#,
    );
    assert_eq!(text("{}", operations.unwrap()).unwrap(), r#"{"v":1.500,"w":1.500}"#);
}

#[test]
fn tests_compare_values_and_not_digits() {
    let holds = |document: &str, expected: &str| {
        let operations = format!(r#"[{{"op":"test","path":"/v","value":{expected}}}]"#);
        let operations = serde_json::from_str(&operations).unwrap();
        text(&format!(r#"{{"v":{document}}}"#), operations).is_ok()
    };
    for (left, right) in [
        ("1", "1.0"),
        ("1.50", "15e-1"),
        ("100", "1E2"),
        ("0", "-0.00e7"),
        (r#"{"a":1,"b":[2.0]}"#, r#"{"b":[2],"a":1.0}"#),
        ("1e99999999999999999999", "1e99999999999999999999"),
    ] {
        assert!(holds(left, right) && holds(right, left), "{left} {right}");
    }
    for (left, right) in [
        ("1", "10"),
        ("1", "-1"),
        ("1", "\"1\""),
        ("[1,2]", "[2,1]"),
        (r#"{"a":1}"#, r#"{"a":1,"b":null}"#),
        ("1e99999999999999999999", "1e99999999999999999998"),
        ("1e99999999999999999999", "2e88888888888888888888"),
    ] {
        assert!(!holds(left, right) && !holds(right, left), "{left} {right}");
    }
}

#[test]
fn indexes_are_strict() {
    let add = |path: &str| code(r#"{"a":[1,2]}"#, json!({"op": "add", "path": path, "value": 0}));
    assert_eq!((add("/a/2"), add("/a/-"), add("/a/0")), (None, None, None));
    for path in ["/a/3", "/a/01", "/a/+1", "/a/-1", "/a/", "/a/x", "/a/99999999999999999999"] {
        assert_eq!(add(path), Some(Code::Index), "{path}");
    }
    let remove = |path: &str| code(r#"{"a":[1,2]}"#, json!({"op": "remove", "path": path}));
    assert_eq!(remove("/a/-"), Some(Code::Index));
    assert_eq!(remove("/a/2"), Some(Code::Index));
}

#[test]
fn pointers_are_read_as_rfc_6901_has_them() {
    let document = r#"{"":1,"a/b":2,"m~n":3,"~1":4," ":5,"é":6}"#;
    let test = |path: &str, value: i32| {
        code(document, json!({"op": "test", "path": path, "value": value}))
    };
    for (path, value) in [("/", 1), ("/a~1b", 2), ("/m~0n", 3), ("/~01", 4), ("/ ", 5), ("/é", 6)]
    {
        assert_eq!(test(path, value), None, "{path}");
    }
    for path in ["a", "/a~", "/a~2", "#/a"] {
        assert_eq!(test(path, 1), Some(Code::Path), "{path}");
    }
}

#[test]
fn moving_is_removing_and_adding() {
    let shift = |from: &str, path: &str| {
        text(r#"{"a":{"b":1},"c":[1,2,3]}"#, json!([{"op": "move", "from": from, "path": path}]))
    };
    assert_eq!(shift("/c/0", "/c/2").unwrap(), r#"{"a":{"b":1},"c":[2,3,1]}"#);
    assert_eq!(shift("/a/b", "/a").unwrap(), r#"{"a":1,"c":[1,2,3]}"#);
    assert_eq!(shift("/a", "/a").unwrap(), r#"{"a":{"b":1},"c":[1,2,3]}"#);
    assert_eq!(shift("/a", "/a/b").unwrap_err().code, Code::Value);
    assert_eq!(shift("/x", "/x").unwrap_err().code, Code::NoMatch);
    assert_eq!(shift("/x", "/a/b").unwrap_err().path, "/x");
    // The names only begin alike.
    assert!(
        text(r#"{"a":1,"ab":{}}"#, json!([{"op": "move", "from": "/a", "path": "/ab/c"}])).is_ok()
    );
}

#[test]
fn operations_that_cannot_be_read_are_named() {
    for operation in [
        json!({"op": "ad", "path": "/a", "value": 1}),
        json!({"path": "/a", "value": 1}),
        json!({"op": "add", "value": 1}),
        json!({"op": "add", "path": 1, "value": 1}),
        json!({"op": "add", "path": "/a"}),
        json!({"op": "copy", "path": "/a"}),
        json!(5),
    ] {
        assert_eq!(code("{}", operation.clone()), Some(Code::Document), "{operation}");
    }
    assert_eq!(text("{}", json!({})).unwrap_err().code, Code::Document);
}

#[test]
fn doubling_ends_at_a_limit() {
    let mut operations = vec![json!({"op": "add", "path": "/a", "value": ["0123456789"]})];
    for _ in 0..60 {
        operations.push(json!({"op": "copy", "from": "/a", "path": "/a/-"}));
    }
    assert_eq!(text("{}", operations.into()).unwrap_err().code, Code::Limit);
    let wide: Vec<Value> = (0..60)
        .flat_map(|_| {
            [
                json!({"op": "copy", "from": "", "path": "/b"}),
                json!({"op": "move", "from": "/b", "path": "/a/-"}),
            ]
        })
        .collect();
    assert_eq!(text(r#"{"a":["x"]}"#, wide.into()).unwrap_err().code, Code::Limit);
    let many = vec![json!({"op": "test", "path": "", "value": {}}); OPERATIONS_MAX + 1];
    assert_eq!(text("{}", many.into()).unwrap_err().code, Code::Limit);
}
