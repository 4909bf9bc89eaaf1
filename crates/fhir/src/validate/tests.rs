use super::*;

/// `code path: reason` of each error.
fn errors(json: &str) -> Vec<String> {
    let issues = validate(&Resource::parse(json).unwrap());
    let shown = issues.iter().filter(|i| i.severity == Severity::Error).map(|i| {
        format!("{} {}: {}", i.code.as_str().trim_start_matches("MZ-0"), i.path, i.reason)
    });
    shown.collect()
}

/// A Patient with these members.
fn patient(members: &str) -> Vec<String> {
    errors(&format!(r#"{{"resourceType":"Patient",{members}}}"#))
}

#[test]
fn a_good_patient_has_no_issue() {
    let good = r##""id":"p","meta":{"versionId":"1","lastUpdated":"2024-05-01T10:00:00Z"},
        "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">A &amp; B<br/></div>"},
        "contained":[{"resourceType":"Organization","id":"o","name":"Clinic"}],
        "name":[{"family":"Ali","given":["Amina",null],"_given":[null,{"extension":[{"url":"http://a","valueCode":"x"}]}]}],
        "birthDate":"1990","_birthDate":{"extension":[{"url":"http://a","extension":[{"url":"b","valueBoolean":true}]}]},
        "deceasedBoolean":false,"managingOrganization":{"reference":"#o"},
        "maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M"}]}"##;
    assert_eq!(patient(good), [""; 0]);
}

/// Members of a Patient, and the one error in them.
const MISTAKES: &[(&str, &str)] = &[
    (r#""nmae":[]"#, r#"130 Patient: R4 has no element "nmae" here"#),
    (r#""deceasedString":"x""#, r#"130 Patient: R4 has no element "deceasedString" here"#),
    (r#""name":[{"middle":"x"}]"#, r#"130 Patient.name[0]: R4 has no element "middle" here"#),
    (r#""_name":[{}]"#, r#"130 Patient: R4 has no element "_name" here"#),
    (r#""name":{"text":"x"}"#, "131 Patient.name: this must be an array"),
    (r#""gender":["male"]"#, "131 Patient.gender: this must not be an array"),
    (r#""active":"true""#, "131 Patient.active: this has the wrong JSON type"),
    (r#""active":null"#, "131 Patient.active: null is not a value in FHIR"),
    (
        r#""name":["Amina"]"#,
        "131 Patient.name[0]: this must be an object, because it is a HumanName",
    ),
    (r#""name":[]"#, "137 Patient.name: an empty array says nothing"),
    (r#""name":[{}]"#, "137 Patient.name[0]: an empty object says nothing"),
    (r#""birthDate":"""#, "137 Patient.birthDate: an empty text says nothing"),
    (
        r#""birthDate":"1990-02-30""#,
        "134 Patient.birthDate: \"1990-02-30\" is not a day: 1990-02 has days 01 to 28",
    ),
    (
        r#""deceasedDateTime":"2024-05-01T10:00:00""#,
        "134 Patient.deceased: \"2024-05-01T10:00:00\" has a time without its offset from UTC",
    ),
    (
        r#""multipleBirthInteger":1.5"#,
        "134 Patient.multipleBirth: \"1.5\" is not of the type integer",
    ),
    (
        r#""telecom":[{"rank":0}]"#,
        "134 Patient.telecom[0].rank: \"0\" is not of the type positiveInt",
    ),
    (
        r#""gender":"Female""#,
        "135 Patient.gender: \"Female\" is not a code of administrative-gender",
    ),
    (
        r#""deceasedBoolean":true,"deceasedDateTime":"2024""#,
        "136 Patient: deceased[x] is given as deceasedBoolean and as deceasedDateTime",
    ),
    (r#""link":[{"type":"seealso"}]"#, "132 Patient.link[0]: other is missing"),
    (
        r#""managingOrganization":{"reference":"Patient/1"}"#,
        "139 Patient.managingOrganization: this may not refer to a Patient",
    ),
    (
        r#""managingOrganization":{"reference":"Clinic 1"}"#,
        "138 Patient.managingOrganization: \"Clinic 1\" is not a reference",
    ),
    (
        r##""managingOrganization":{"reference":"#o"}"##,
        "138 Patient.managingOrganization: no contained resource has the id \"o\"",
    ),
    (
        r#""managingOrganization":{"reference":"Organization/1","type":"Patient"}"#,
        "139 Patient.managingOrganization: the type is stated as Patient, but the reference names a Organization",
    ),
    (
        r#""contained":[{"resourceType":"Organization","id":"o","name":"O"}]"#,
        "140 Patient.contained[0]: nothing refers to the contained resource \"o\"",
    ),
    (
        r##""contained":[{"resourceType":"Organization","id":"o","name":"O"},{"resourceType":"Organization","id":"o","name":"P"}],"managingOrganization":{"reference":"#o"}"##,
        "144 Patient.contained[1]: the id \"o\" is that of another contained one",
    ),
    (
        r#""contained":[{"resourceType":"Clinic"}]"#,
        "130 Patient.contained[0]: R4 has no resource type \"Clinic\"",
    ),
    (r#""extension":[{"url":"http://a"}]"#, "141 Patient.extension[0]: the extension has no value"),
    (
        r#""extension":[{"url":"a","valueCode":"x"}]"#,
        "141 Patient.extension[0]: the url \"a\" is not absolute",
    ),
    (r#""extension":[{"valueCode":"x"}]"#, "132 Patient.extension[0]: url is missing"),
    (
        r#""name":[{"id":"x","text":"a"},{"id":"x","text":"b"}]"#,
        "144 Patient.name[1]: the id \"x\" is already that of Patient.name[0]",
    ),
    (
        r#""photo":[{"contentType":"text/plain","data":"aGVsbG8=","size":9}]"#,
        "146 Patient.photo[0]: the size is stated as 9, but the data has 5 bytes",
    ),
    (
        r#""photo":[{"contentType":"text/plain","data":"aGVsbG8"}]"#,
        "134 Patient.photo[0].data: \"aGVsbG8\" is not of the type base64Binary",
    ),
    (
        r#""identifier":[{"system":"unhcr"}]"#,
        "147 Patient.identifier[0].system: \"unhcr\" is not an absolute URI",
    ),
    (
        r#""name":[{"period":{"start":"2024","end":"2023-05-01"}}]"#,
        "148 Patient.name[0].period: the end is before the start: 2024 to 2023-05-01",
    ),
    (
        r#""_gender":{"extension":[{"url":"http://a","valueCode":"x"}]}"#,
        "135 Patient.gender: a code of administrative-gender is required",
    ),
    (
        r#""name":[{"period":{"start":"2024-05-01","end":"2024-05-01T10:00:00Z"}}]"#,
        "148 Patient.name[0].period: it cannot be told whether the end is before the start: 2024-05-01 to 2024-05-01T10:00:00Z",
    ),
    (
        r#""meta":{"profile":["my-profile"]}"#,
        "134 Patient.meta.profile[0]: \"my-profile\" is not of the type canonical",
    ),
    (
        r#""implicitRules":"urn:uuid:123""#,
        "134 Patient.implicitRules: \"urn:uuid:123\" is not of the type uri",
    ),
];

#[test]
fn each_mistake_is_found_where_it_is() {
    for (members, expected) in MISTAKES {
        assert_eq!(patient(members), [*expected], "{members}");
    }
}

#[test]
fn narratives_are_safe_and_well_formed() {
    for (div, expected) in [
        ("<div>a</div>", None),
        ("<div><p class='x'>a &#160; <b>b</b></p><!-- <script> --></div> ", None),
        ("a", Some("the narrative does not start with <div")),
        ("<div>a", Some("div is not closed in the narrative")),
        ("<div>a</div>b", Some("there is text outside the div")),
        ("<div><p>a</div></p>", Some("</div> closes <p>")),
        ("<div><script>a</script></div>", Some("a narrative may not have the element \"script\"")),
        ("<div onclick='a()'>a</div>", Some("the attribute \"onclick\" acts")),
        ("<div><a href=' JavaScript:a()'>a</a></div>", Some("the attribute \"href\" acts")),
        ("<div>&reg;</div>", Some("\"&reg;\" is not an entity of XML")),
        ("<div>a & b</div>", Some("\"&;\" is not an entity of XML")),
        ("<div title=x>a</div>", Some("the attribute \"title\" has no quotes")),
        ("<div title='>'>a</div>", None),
    ] {
        let div = serde_json::Value::from(div);
        let found = patient(&format!(r#""text":{{"status":"generated","div":{div}}}"#));
        let expected = expected.map(|e| format!("143 Patient.text.div: {e}"));
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{div}");
    }
}

#[test]
fn required_concepts_need_their_code() {
    let condition = |status: &str| {
        errors(&format!(
            r#"{{"resourceType":"Condition","subject":{{"reference":"Patient/1"}},"clinicalStatus":{status}}}"#
        ))
    };
    let system = "http://terminology.hl7.org/CodeSystem/condition-clinical";
    assert!(
        condition(&format!(r#"{{"coding":[{{"system":"{system}","code":"active"}}]}}"#)).is_empty()
    );
    for wrong in [
        format!(r#"{{"coding":[{{"system":"{system}","code":"actve"}}]}}"#),
        r#"{"coding":[{"code":"active"}]}"#.into(),
        r#"{"text":"active"}"#.into(),
    ] {
        let found = condition(&wrong);
        assert!(found[0].starts_with("135 Condition.clinicalStatus: "), "{wrong} {found:?}");
    }
}

#[test]
fn bundles_are_walked() {
    let bundle = r#"{"resourceType":"Bundle","type":"collection","entry":[
        {"fullUrl":"Patient/1","resource":{"resourceType":"Patient","gender":"f"}},
        {"fullUrl":"http://a/Patient/1","resource":{"resourceType":"Patient","id":"2"}}]}"#;
    assert_eq!(
        errors(bundle),
        [
            "135 Bundle.entry[0].resource.gender: \"f\" is not a code of administrative-gender",
            "145 Bundle.entry[0]: the fullUrl \"Patient/1\" is not absolute",
            "145 Bundle.entry[1]: the fullUrl ends in Patient/1, but the resource is Patient/2",
        ]
    );
}

#[test]
fn issues_have_a_limit() {
    let names = vec!["{}"; 2_000].join(",");
    assert_eq!(patient(&format!(r#""name":[{names}]"#)).len(), ISSUES_MAX);
}

#[test]
fn siblings_of_another_length_are_doubtful() {
    let resource = Resource::parse(
        r#"{"resourceType":"Patient","name":[{"given":["A"],"_given":[null,{"id":"x"}]}]}"#,
    )
    .unwrap();
    let issues = validate(&resource);
    assert_eq!((issues[0].severity, issues[0].code), (Severity::Warning, Code::Sibling));
    assert!(!has_error(&issues));
}

#[test]
fn code_systems_define_each_property_once_and_with_its_type() {
    let code_system = |members: &str| {
        errors(&format!(
            r#"{{"resourceType":"CodeSystem","status":"draft","content":"complete",{members}}}"#
        ))
    };
    let property = r#""property":[{"code":"a","type":"code"}],
        "concept":[{"code":"1","concept":[{"code":"2","property":[{"code":"a","valueCode":"x"}]}]}]"#;
    assert_eq!(code_system(property), [""; 0]);
    assert_eq!(
        code_system(&property.replace("valueCode", "valueString")),
        [
            "148 CodeSystem.concept[0].concept[0].property[0]: the value is a string, but is defined as code"
        ]
    );
    assert_eq!(
        code_system(r#""property":[{"code":"a","type":"code"},{"code":"a","type":"code"}]"#),
        [r#"148 CodeSystem.property[1]: the property "a" is defined twice"#]
    );
    assert_eq!(
        code_system(
            r#""property":[{"code":"a","uri":"http://hl7.org/fhir/concept-properties#inactive","type":"code"}]"#
        ),
        ["148 CodeSystem.property[0]: the property inactive of FHIR is a boolean, and not a code"]
    );
    assert_eq!(
        code_system(r#""supplements":"http://a""#),
        [
            "148 CodeSystem: a code system that supplements another has other content than supplement"
        ]
    );
}

#[test]
fn search_parameters_keep_to_the_one_they_derive_from() {
    let parameter = |members: &str| {
        errors(&format!(
            r#"{{"resourceType":"SearchParameter","url":"http://a","name":"A","status":"draft",
            "description":"a","code":"a","base":["Patient"],{members}}}"#
        ))
    };
    let derived = |id: &str, kind: &str| {
        parameter(&format!(
            r#""type":"{kind}","derivedFrom":"http://hl7.org/fhir/SearchParameter/{id}""#
        ))
    };
    assert_eq!(derived("Patient-identifier|4.0.1", "token"), [""; 0]);
    assert_eq!(derived("individual-name", "token"), [""; 0]);
    assert_eq!(
        derived("Patient-identifier", "string"),
        ["148 SearchParameter: the type is string, but Patient-identifier of R4 is a token"]
    );
    assert_eq!(
        derived("Organization-name", "string"),
        ["148 SearchParameter: the base Patient is none of Organization-name of R4"]
    );
    assert_eq!(
        parameter(r#""type":"composite","component":[{"definition":"http://b","expression":"c"}]"#),
        ["148 SearchParameter: a composite search parameter has 1 components"]
    );
    assert_eq!(parameter(r#""type":"token","expression":"name.. given""#).len(), 1);
    assert_eq!(parameter(r#""type":"token","expression":"Patient.name.notYetKnown()""#), [""; 0]);
}

#[test]
fn issues_have_what_an_operation_outcome_asks_for() {
    let observation = r#"{"resourceType":"Observation","status":"finl","code":{"text":"a"},
        "valueQuantity":{"value":"1","unt":"x"},"component":[{"code":{"coding":5}}]}"#;
    let resource = Resource::parse(observation).unwrap();
    let issues = validate(&resource);
    let types = crate::table::code_set("issue-type").unwrap();
    for issue in &issues {
        assert!(types.contains(issue.issue_type()), "{issue}");
        assert_eq!(issue.severity.as_str(), "error");
        let path = crate::fhirpath::Expression::compile(&issue.path).unwrap();
        let found = path.evaluate(&crate::fhirpath::Context::new(), resource.value()).unwrap();
        assert!(!found.is_empty(), "{issue}");
    }
    let paths: Vec<&str> = issues.iter().map(|issue| issue.path.as_str()).collect();
    assert!(paths.contains(&"Observation.value.value"), "{paths:?}");
}
