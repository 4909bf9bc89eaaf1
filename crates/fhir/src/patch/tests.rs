use serde_json::{Value, json};

use super::{Code, Format, OPERATIONS_MAX, PatchError};
use crate::Resource;

mod fhirpath;
mod json;

fn resource(value: Value) -> Resource {
    Resource::from_value(value).unwrap()
}

#[test]
fn the_media_type_says_the_form() {
    let of = |media_type| Format::of_media_type(media_type);
    assert_eq!(of("application/json-patch+json"), Ok(Format::Json));
    assert_eq!(of("Application/FHIR+JSON; fhirVersion=4.0"), Ok(Format::FhirPath));
    let xml = of("application/xml-patch+xml").unwrap_err();
    assert_eq!((xml.code, xml.reason.as_str()), (Code::Format, "XML Patch is not supported"));
    assert_eq!(of("text/plain").unwrap_err().code, Code::Format);
}

#[test]
fn identity_stays() {
    let patient = resource(json!({"resourceType": "Patient", "id": "p1", "active": true}));
    for operation in [
        json!({"op": "replace", "path": "/id", "value": "p2"}),
        json!({"op": "remove", "path": "/id"}),
        json!({"op": "replace", "path": "/resourceType", "value": "Person"}),
        json!({"op": "remove", "path": "/resourceType"}),
        json!({"op": "add", "path": "", "value": 5}),
    ] {
        let error = super::json(&patient, &json!([operation])).unwrap_err();
        assert_eq!(error.code, Code::Identity, "{error}");
    }
    let back = json!([
        {"op": "move", "from": "/id", "path": "/was"},
        {"op": "move", "from": "/was", "path": "/id"},
    ]);
    assert!(super::json(&patient, &back).is_ok());
}

#[test]
fn errors_say_which_operation() {
    let patient = resource(json!({"resourceType": "Patient"}));
    let operations = json!([
        {"op": "add", "path": "/active", "value": true},
        {"op": "add", "path": "/name/0/family", "value": "x"},
    ]);
    let error = super::json(&patient, &operations).unwrap_err();
    assert_eq!((error.operation, error.path.as_str()), (Some(1), "/name/0/family"));
    assert!(error.to_string().starts_with("MZ-0162 in operation 1 at /name/0/family: "), "{error}");
}

#[test]
fn a_result_that_could_not_be_read_again_is_refused() {
    let patient = resource(json!({"resourceType": "Patient", "name": [{"text": "A"}]}));
    let path = "/name/0/$serde_json::private::Number";
    let add = json!([{"op": "add", "path": path, "value": "1"}]);
    assert_eq!(super::json(&patient, &add).unwrap_err().code, Code::Value);
}
