use super::*;

fn found(json: &str) -> Vec<String> {
    let entries = index(&Resource::parse(json).unwrap());
    let shown = entries.iter().map(|entry| format!("{}={}", entry.parameter, shown(&entry.value)));
    shown.collect()
}

fn shown(value: &IndexValue) -> String {
    let is_one = |low: f64, high: f64| low.total_cmp(&high).is_eq();
    let number = |low: f64, high: f64| {
        if is_one(low, high) { low.to_string() } else { format!("{low}..{high}") }
    };
    match value {
        IndexValue::Token { system, code } => {
            format!("{}|{code}", system.as_deref().unwrap_or_default())
        }
        IndexValue::Text(text) | IndexValue::Reference(text) | IndexValue::Uri(text) => {
            text.to_owned()
        }
        IndexValue::Date { from, to } => format!("{from}..{to}"),
        IndexValue::Number { low, high } => number(*low, *high),
        IndexValue::Quantity { low, high, system, code, unit, canonical } => {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let base = canonical.as_ref();
            let base = base.map(|base| format!(" = {} {}", number(base.low, base.high), base.code));
            let (system, code, unit) = (text(system), text(code), text(unit));
            format!("{}|{system}|{code}|{unit}{}", number(*low, *high), text(&base))
        }
        IndexValue::Opaque => "*".to_owned(),
    }
}

#[test]
fn a_patient_is_indexed() {
    let patient = r#"{"resourceType":"Patient","identifier":[{"system":"urn:unhcr","value":"A-1"}],
        "name":[{"family":"Al-Ḥasan","given":["Ṣāliḥ"]}],"gender":"male","birthDate":"1990-02",
        "telecom":[{"system":"phone","value":"+49 1"}],"deceasedBoolean":false,
        "managingOrganization":{"reference":"Organization/o1"}}"#;
    assert_eq!(
        found(patient),
        [
            "birthdate=633830400000..636249600000",
            "deceased=|false",
            "family=al hasan",
            "gender=http://hl7.org/fhir/administrative-gender|male",
            "given=salih",
            "identifier=urn:unhcr|A-1",
            "name=al hasan",
            "name=salih",
            "organization=Organization/o1",
            "phone=|+49 1",
            "telecom=|+49 1",
        ]
    );
}

#[test]
fn an_observation_is_indexed() {
    let observation = r##"{"resourceType":"Observation","status":"final",
        "code":{"coding":[{"system":"http://loinc.org","code":"1-8"},{"code":"local"}]},
        "subject":{"reference":"Patient/p/_history/3"},"encounter":{"reference":"#e"},
        "performer":[{"reference":"https://a.org/Practitioner/1"}],
        "effectivePeriod":{"start":"1970-01-01T00:00:10Z"},"valueCodeableConcept":{"text":"Pos."}}"##;
    assert_eq!(
        found(observation),
        [
            "code=http://loinc.org|1-8",
            "code=|local",
            "date=10000..9223372036854775807",
            "encounter=*",
            "performer=https://a.org/Practitioner/1",
            "status=http://hl7.org/fhir/observation-status|final",
            "subject=Patient/p",
            "value-concept=*",
            "value-string=pos",
        ]
    );
}

#[test]
fn only_patients_are_found_as_patient() {
    let group = r#"{"resourceType":"Observation","subject":{"reference":"Group/g"}}"#;
    assert_eq!(found(group), ["subject=Group/g"]);
}

#[test]
fn what_cannot_be_read_is_only_present() {
    let odd = r#"{"resourceType":"Patient","birthDate":"1990-02-30","gender":{"x":1},
        "name":"text","identifier":[5,null],"managingOrganization":{"reference":"nowhere"}}"#;
    assert_eq!(
        found(odd),
        ["deceased=|false", "gender=*", "identifier=|5", "name=text", "organization=*"]
    );
}

#[test]
fn every_path_leads_to_an_element() {
    use crate::table;
    let mut paths = 0;
    for of in table::types().filter(|t| table::is_resource_type(t.name)) {
        for parameter in
            parameters(of.name).iter().filter(|each| each.kind != ParameterKind::Composite)
        {
            for path in &parameter.paths {
                assert!(!path.steps.is_empty(), "{} {}", of.name, parameter.name);
                let found = path.steps.iter().all(|step| !step.members.is_empty());
                let (name, end) = (parameter.name, path.ends_in);
                assert!(found && !end.is_empty(), "{} {name}: {path:?}", of.name);
                paths += 1;
            }
        }
    }
    assert!(paths > 1_400, "{paths}");
}

#[test]
fn words_are_made_alike() {
    for (written, expected) in [
        ("ÉCOLE", "ecole"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("Nguyễn", "nguyen"),
        ("Łódź", "lodz"),
        ("Søren", "soren"),
        ("مُحَمَّد", "محمد"),
        ("أحمد", "احمد"),
        ("إبراهيم", "ابراهيم"),
        ("فاطمة", "فاطمه"),
        ("علی", "علي"),
        ("مصطفى", "مصطفي"),
        ("مـحـمـد", "محمد"),
        ("کریم", "كريم"),
        ("می‌رود", "ميرود"),
        ("۱۲۳٤", "1234"),
        ("Її", "іі"),
        ("Йосип", "иосип"),
        ("हिन्दी", "हिन्दी"),
        ("ガ", "ガ"),
        ("한글", "한글"),
        ("ﷲ", "الله"),
        ("O'Brien", "obrien"),
    ] {
        assert_eq!(normalise_word(written), expected, "{written}");
    }
    assert_eq!(words("Al-Ḥasan, 12/3 हिन्दी"), ["al", "hasan", "12", "3", "हिन्दी"]);
    assert!(words(" --- ").is_empty());
}

proptest::proptest! {
    #[test]
    fn normalising_twice_changes_nothing(text in "\\PC{0,24}") {
        let once = normalise_text(&text);
        proptest::prop_assert_eq!(normalise_text(&once), once);
    }
}

#[test]
fn quantities_are_indexed_in_base_units() {
    let of = |value: &str| {
        let json =
            format!(r#"{{"resourceType":"Observation","status":"final","code":{{}},{value}}}"#);
        let shown = found(&json).into_iter().find(|entry| entry.starts_with("value-quantity="));
        shown.unwrap_or_default()
    };
    let ucum = r#""system":"http://unitsofmeasure.org""#;
    assert_eq!(
        of(&format!(r#""valueQuantity":{{"value":5.0,"unit":"mg",{ucum},"code":"mg"}}"#)),
        "value-quantity=5|http://unitsofmeasure.org|mg|mg = 0.005 g"
    );
    assert_eq!(
        of(r#""valueQuantity":{"value":5,"comparator":"<","unit":"drops"}"#),
        "value-quantity=-inf..5|||drops"
    );
    // From the least to the greatest point: 2 + 0.5 * (-1), 2 + 0.5 * 6.
    assert_eq!(
        of(r#""valueSampledData":{"origin":{"value":2,"unit":"mV"},"period":1,"factor":0.5,
            "dimensions":1,"data":"0 -1 E 6"}"#),
        "value-quantity=1.5..5|||mV"
    );
}

#[test]
fn compartments_are_reached_by_parameters() {
    let mut ways = 0;
    for name in ["Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"] {
        for (of, by) in compartment(name).unwrap() {
            for parameter_name in by {
                let by = parameter(of, parameter_name)
                    .unwrap_or_else(|| panic!("{of} {parameter_name}"));
                let is_owner = by.name == "_id" && of == name;
                assert!(is_owner || by.kind == ParameterKind::Reference, "{of} {parameter_name}");
                ways += 1;
            }
        }
    }
    assert_eq!(compartment_parameters("Patient", "Practitioner"), [""; 0]);
    assert!(ways > 300, "{ways}");
}

proptest::proptest! {
    #[test]
    fn indexing_never_panics(
        of in proptest::sample::select(vec!["Patient", "Observation", "Bundle", "Group"]),
        name in proptest::sample::select(vec![
            "name", "identifier", "value", "valueQuantity", "effectivePeriod", "effectiveTiming",
            "entry", "subject", "code", "birthDate", "meta", "valueSampledData", "managingEntity",
        ]),
        inner in proptest::sample::select(vec![
            "value", "start", "end", "event", "coding", "reference", "profile", "origin", "data",
        ]),
        text in "\\PC{0,12}|-?[0-9]{1,30}(\\.[0-9]{1,30})?",
        form in 0..4_usize,
    ) {
        let text = match form {
            0 => text.parse::<f64>().map_or(serde_json::json!(text), |number| serde_json::json!(number)),
            1 => serde_json::json!([text, null, 1e300]),
            _ => serde_json::json!(text),
        };
        let json = serde_json::json!({
            "resourceType": of, name: [{ inner: text.clone(), "low": { "value": text } }, text],
        });
        if let Ok(resource) = Resource::from_value(json) {
            let once = index(&resource);
            proptest::prop_assert_eq!(&once, &index(&resource));
        }
    }
}

#[test]
fn text_words_are_names_and_identifiers() {
    let patient = r#"{"resourceType":"Patient","name":[{"text":"Amina Ali","family":"Ali","given":["Amina"]}],
        "identifier":[{"value":"UN-17/4"}]}"#;
    let expected = ["amina", "ali", "un", "17", "4"];
    assert_eq!(text_words(&Resource::parse(patient).unwrap()), expected);
    let clinic = r#"{"resourceType":"Organization","name":"City Clinic","alias":["CC"]}"#;
    assert_eq!(text_words(&Resource::parse(clinic).unwrap()), ["city", "clinic", "cc"]);
}
