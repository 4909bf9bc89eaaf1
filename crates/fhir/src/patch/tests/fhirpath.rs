use super::*;
use crate::patch::fhirpath;

fn operation(kind: &str, path: &str, parts: &[Value]) -> Value {
    let mut all = vec![
        json!({"name": "type", "valueCode": kind}),
        json!({"name": "path", "valueString": path}),
    ];
    all.extend_from_slice(parts);
    json!({"name": "operation", "part": all})
}

fn name(name: &str) -> Value {
    json!({"name": "name", "valueString": name})
}

fn value(member: &str, value: Value) -> Value {
    json!({"name": "value", member: value})
}

fn integer(name: &str, value: u32) -> Value {
    json!({"name": name, "valueInteger": value})
}

fn apply(before: Value, operations: &[Value]) -> Result<String, PatchError> {
    let parameters = json!({"resourceType": "Parameters", "parameter": operations});
    fhirpath(&resource(before), &resource(parameters)).map(|after| after.to_json())
}

fn code(before: Value, operation: Value) -> Code {
    apply(before, &[operation]).unwrap_err().code
}

fn patient() -> Value {
    json!({
        "resourceType": "Patient", "id": "p1",
        "name": [{"family": "A", "given": ["B", "C"]}, {"family": "D"}],
        "birthDate": "1990", "_birthDate": {"id": "x"},
        "deceasedBoolean": false, "active": true,
    })
}

#[test]
fn a_choice_takes_its_name_from_the_value_and_stays_in_its_place() {
    let date = value("valueDateTime", json!("2020-01"));
    let patched = apply(patient(), &[operation("replace", "Patient.deceased", &[date])]).unwrap();
    assert!(patched.ends_with(r#""deceasedDateTime":"2020-01","active":true}"#), "{patched}");

    let observation = json!({"resourceType": "Observation", "status": "final"});
    let quantity = value("valueQuantity", serde_json::from_str(r#"{"value":1.50}"#).unwrap());
    let added = apply(observation, &[operation("add", "Observation", &[name("value"), quantity])]);
    assert!(added.unwrap().ends_with(r#""valueQuantity":{"value":1.50}}"#));
}

#[test]
fn a_choice_is_refused_twice_by_its_json_name_and_by_another_type() {
    let add = |name_of: &str, member: &str, given: Value| {
        let parts = [name(name_of), value(member, given)];
        code(patient(), operation("add", "Patient", &parts))
    };
    assert_eq!(add("deceased", "valueDateTime", json!("2020")), Code::Value);
    assert_eq!(add("multipleBirthBoolean", "valueBoolean", json!(true)), Code::Value);
    assert_eq!(add("multipleBirth", "valueString", json!("x")), Code::Value);
}

#[test]
fn primitives_keep_the_ids_and_extensions_of_others() {
    let before = json!({"resourceType": "Patient", "name": [
        {"given": ["A", null, "C"], "_given": [null, {"id": "b"}, null]}
    ]});
    let given = "Patient.name[0].given";
    let after = |operations: &[Value]| {
        let patched: Value =
            serde_json::from_str(&apply(before.clone(), operations).unwrap()).unwrap();
        patched["name"][0].clone()
    };
    let insert =
        operation("insert", given, &[integer("index", 1), value("valueString", json!("X"))]);
    assert_eq!(
        after(&[insert]),
        json!({"given": ["A", "X", null, "C"], "_given": [null, null, {"id": "b"}, null]})
    );
    let shift = operation("move", given, &[integer("source", 1), integer("destination", 0)]);
    assert_eq!(
        after(&[shift]),
        json!({"given": [null, "A", "C"], "_given": [{"id": "b"}, null, null]})
    );
    let delete = operation("delete", "Patient.name.given[1]", &[]);
    assert_eq!(after(&[delete]), json!({"given": ["A", "C"]}));
    let replace =
        operation("replace", "Patient.name.given[1]", &[value("valueString", json!("B"))]);
    assert_eq!(after(&[replace]), json!({"given": ["A", "B", "C"]}));
}

#[test]
fn a_primitive_gets_an_extension() {
    let extension = json!({"url": "http://example.org/e", "valueCode": "x"});
    let add = operation(
        "add",
        "Patient.birthDate",
        &[name("extension"), value("valueExtension", extension.clone())],
    );
    // R4 has no valueExtension; an extension is given by its parts.
    assert_eq!(code(patient(), add), Code::Document);
    let parts = json!({"name": "value", "part": [
        {"name": "url", "valueUri": "http://example.org/e"},
        {"name": "value", "valueCode": "x"},
    ]});
    let add = operation("add", "Patient.birthDate", &[name("extension"), parts.clone()]);
    let patched: Value = serde_json::from_str(&apply(patient(), &[add]).unwrap()).unwrap();
    assert_eq!(patched["_birthDate"], json!({"id": "x", "extension": [extension.clone()]}));
    let add = operation("add", "Patient.name[0].given[1]", &[name("extension"), parts]);
    let patched: Value = serde_json::from_str(&apply(patient(), &[add]).unwrap()).unwrap();
    assert_eq!(patched["name"][0]["_given"], json!([null, {"extension": [extension]}]));
    assert_eq!(patched["name"][0]["given"], json!(["B", "C"]));
}

#[test]
fn a_replaced_primitive_takes_its_extensions_from_the_value() {
    let plain = operation("replace", "Patient.birthDate", &[value("valueDate", json!("1991"))]);
    assert!(!apply(patient(), &[plain]).unwrap().contains("_birthDate"));
    let both = json!({"name": "value", "valueDate": "1991", "_valueDate": {"id": "y"}});
    let patched = apply(patient(), &[operation("replace", "Patient.birthDate", &[both])]).unwrap();
    assert!(patched.contains(r#""birthDate":"1991","_birthDate":{"id":"y"},"#), "{patched}");
}

#[test]
fn paths_must_lead_to_one_element_of_the_resource() {
    let replace = |path: &str| {
        code(patient(), operation("replace", path, &[value("valueString", json!("x"))]))
    };
    assert_eq!(replace("Patient.name.family"), Code::Many);
    assert_eq!(replace("Patient.name[2].family"), Code::NoMatch);
    assert_eq!(replace("Patient.maritalStatus"), Code::NoMatch);
    assert_eq!(replace("'literal'"), Code::Path);
    assert_eq!(replace("Patient.name.count()"), Code::Path);
    assert_eq!(replace("Patient..name"), Code::Path);
    assert_eq!(replace("Patient"), Code::Value);
    let family = operation(
        "replace",
        "Patient.name.where(family='D').family",
        &[value("valueString", json!("E"))],
    );
    assert!(apply(patient(), &[family]).unwrap().contains(r#"{"family":"E"}"#));
}

#[test]
fn deleting_what_is_not_there_is_no_error() {
    let delete = |path: &str| apply(patient(), &[operation("delete", path, &[])]);
    assert_eq!(delete("Patient.photo[0]").unwrap(), resource(patient()).to_json());
    assert_eq!(delete("Patient.name").unwrap_err().code, Code::Many);
    assert_eq!(delete("Patient").unwrap_err().code, Code::Value);
}

#[test]
fn lists_come_and_go() {
    let both =
        [operation("delete", "Patient.name[0]", &[]), operation("delete", "Patient.name[0]", &[])];
    assert!(!apply(patient(), &both).unwrap().contains("name"));
    let email = json!({"system": "email", "value": "a@example.org"});
    let insert = |index: u32| {
        let parts = [integer("index", index), value("valueContactPoint", email.clone())];
        apply(patient(), &[operation("insert", "Patient.telecom", &parts)])
    };
    assert!(
        insert(0).unwrap().ends_with(r#""telecom":[{"system":"email","value":"a@example.org"}]}"#)
    );
    assert_eq!(insert(1).unwrap_err().code, Code::Index);
}

#[test]
fn what_is_emptied_may_be_filled_again() {
    let before = json!({"resourceType": "Patient", "contact": [
        {"name": {"text": "A"}}, {"gender": "male"}
    ]});
    let empty = operation("delete", "Patient.contact[0].name.text", &[]);
    assert_eq!(
        apply(before.clone(), std::slice::from_ref(&empty)).unwrap(),
        r#"{"resourceType":"Patient","contact":[{"gender":"male"}]}"#
    );
    let parts = [name("family"), value("valueString", json!("B"))];
    let fill = operation("add", "Patient.contact[0].name", &parts);
    assert_eq!(
        apply(before, &[empty, fill]).unwrap(),
        r#"{"resourceType":"Patient","contact":[{"name":{"family":"B"}},{"gender":"male"}]}"#
    );
}

#[test]
fn lists_are_named_as_a_whole() {
    let shift = |path: &str, source: u32, destination: u32| {
        let parts = [integer("source", source), integer("destination", destination)];
        apply(patient(), &[operation("move", path, &parts)]).map_err(|error| error.code)
    };
    assert!(shift("Patient.name", 0, 1).unwrap().contains(r#"[{"family":"D"},{"family":"A","#));
    assert_eq!(shift("Patient.name", 2, 0), Err(Code::Index));
    assert_eq!(shift("Patient.name", 0, 2), Err(Code::Index));
    assert_eq!(shift("Patient.name[0]", 0, 0), Err(Code::Path));
    assert_eq!(shift("Patient.name.where(family='D')", 0, 0), Err(Code::Path));
    assert_eq!(shift("Patient.birthDate", 0, 0), Err(Code::Path));
    assert_eq!(shift("Patient.photo", 0, 0), Err(Code::Index));
    assert_eq!(shift("Patient.maritalStatus", 0, 0), Err(Code::NoMatch));
}

#[test]
fn values_have_the_type_of_their_element() {
    let add = |name_of: &str, given: Value| {
        apply(
            json!({"resourceType": "Patient"}),
            &[operation("add", "Patient", &[name(name_of), given])],
        )
        .map_err(|error| error.code)
    };
    assert!(add("gender", value("valueString", json!("female"))).is_ok());
    assert_eq!(add("gender", value("valueString", json!("two  spaces"))), Err(Code::Value));
    assert_eq!(add("birthDate", value("valueString", json!("1990"))), Err(Code::Value));
    assert_eq!(add("birthDate", value("valueDate", json!("1990-13"))), Err(Code::Value));
    assert_eq!(add("name", value("valueAddress", json!({"city": "x"}))), Err(Code::Value));
    assert_eq!(add("nam", value("valueHumanName", json!({"text": "x"}))), Err(Code::Value));
    assert_eq!(add("contact", value("valueHumanName", json!({"text": "x"}))), Err(Code::Value));
    assert_eq!(add("birthDate", json!({"name": "value", "part": []})), Err(Code::Value));
    let organization =
        json!({"name": "value", "resource": {"resourceType": "Organization", "id": "o"}});
    assert!(add("contained", organization.clone()).unwrap().contains("Organization"));
    assert_eq!(add("name", organization), Err(Code::Value));
}

#[test]
fn backbone_elements_are_given_by_parts() {
    let contact = json!({"name": "value", "part": [
        {"name": "relationship", "valueCodeableConcept": {"text": "mother"}},
        {"name": "relationship", "valueCodeableConcept": {"text": "guardian"}},
        {"name": "name", "part": [
            {"name": "given", "valueString": "A"}, {"name": "given", "valueString": "B"},
        ]},
        {"name": "gender", "valueCode": "female"},
    ]});
    let add = operation("add", "Patient", &[name("contact"), contact]);
    assert_eq!(
        apply(json!({"resourceType": "Patient"}), &[add]).unwrap(),
        r#"{"resourceType":"Patient","contact":[{"relationship":[{"text":"mother"},{"text":"guardian"}],"name":{"given":["A","B"]},"gender":"female"}]}"#
    );
    let twice = json!({"name": "value", "part": [
        {"name": "gender", "valueCode": "female"}, {"name": "gender", "valueCode": "male"},
    ]});
    let add = operation("add", "Patient", &[name("contact"), twice]);
    assert_eq!(code(json!({"resourceType": "Patient"}), add), Code::Value);
}

#[test]
fn contained_resources_are_part_of_the_resource() {
    let before = json!({"resourceType": "Patient", "contained": [
        {"resourceType": "Organization", "id": "o", "name": "A"}
    ], "managingOrganization": {"reference": "#o"}});
    let path = "Patient.managingOrganization.resolve().name";
    let replace = operation("replace", path, &[value("valueString", json!("B"))]);
    assert!(apply(before.clone(), &[replace]).unwrap().contains(r#""name":"B""#));
    let alias = [name("alias"), value("valueString", json!("C"))];
    let add = operation("add", "Patient.contained[0]", &alias);
    assert!(apply(before, &[add]).unwrap().contains(r#""name":"A","alias":["C"]"#));
}

#[test]
fn patches_that_cannot_be_read_are_refused() {
    let flag = value("valueBoolean", json!(true));
    for wrong in [
        json!({"name": "operatoin", "part": []}),
        json!({"part": []}),
        operation("upsert", "Patient", &[]),
        operation("add", "Patient", std::slice::from_ref(&flag)),
        operation("add", "Patient", &[name("active")]),
        operation("replace", "Patient.active", &[flag.clone(), flag.clone()]),
        operation("replace", "Patient.active", &[name("active"), flag.clone()]),
        operation("delete", "Patient.active", std::slice::from_ref(&flag)),
        operation("replace", "Patient.active", &[json!({"name": "value"})]),
        operation(
            "replace",
            "Patient.active",
            &[json!({"name": "value", "valueBoolean": true, "valueString": "x"})],
        ),
        operation("insert", "Patient.name", &[json!({"name": "index", "valueInteger": -1}), flag]),
    ] {
        assert_eq!(code(patient(), wrong.clone()), Code::Document, "{wrong}");
    }
    let error = fhirpath(&resource(patient()), &resource(patient())).unwrap_err();
    assert_eq!(error.code, Code::Document);
    assert_eq!(code(patient(), operation("delete", "Patient.id", &[])), Code::Identity);
    let many = vec![operation("delete", "Patient.active", &[]); OPERATIONS_MAX + 1];
    assert_eq!(apply(patient(), &many).unwrap_err().code, Code::Limit);
}

#[test]
fn an_empty_patch_changes_nothing() {
    assert_eq!(apply(patient(), &[]).unwrap(), resource(patient()).to_json());
}

#[test]
fn a_path_that_takes_too_long_is_refused() {
    let given: Vec<String> = (0..400).map(|number| number.to_string()).collect();
    let before = json!({"resourceType": "Patient", "name": [{"given": given}]});
    let slow = "Patient.name.given.select(%resource.name.given.count())";
    let error = apply(before, &[operation("delete", slow, &[])]).unwrap_err();
    assert_eq!(error.code, Code::Path);
    assert!(error.reason.contains("steps"), "{error}");
}
