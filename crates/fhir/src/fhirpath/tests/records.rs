//! Paths over records: types, choices, extensions, references.

use super::*;

#[test]
fn paths_find_elements() {
    let patient = patient();
    check(&patient, "Patient.name.given.where($this.hasValue())", "Rana, Lina, Rano");
    check(&patient, "name.given.count()", "4");
    check(&patient, "DomainResource.id", "p1");
    check(&patient, "Encounter.id", "");
    check(&patient, "nothing.at.all", "");
    check(&patient, "name[1].given[0].extension('http://a.example/u').value", "asked");
    check(&patient, "name[1].given.first().hasValue()", "false");
    check(&patient, "name[1].given.first().getValue()", "");
    check(&patient, "name[1].given.first() & 'x'", "x");
    check(&patient, "birthDate.id", "b");
    check(&patient, "children().where($this is HumanName).count()", "2");
    check(&patient, "children().count()", "9");
    check(&patient, "descendants().where($this is code)", "official, usual, stated, asked");
}

#[test]
fn primitives_have_their_types() {
    let patient = patient();
    check(&patient, "birthDate < @1980-05-02", "");
    check(&patient, "birthDate < @1980-06-01", "true");
    check(&patient, "birthDate + 1 month", "1980-06");
    check(&patient, "id.type().name", "id");
    check(&patient, "id is string", "true");
    check(&patient, "id.ofType(string)", "");
    check(&patient, "name.use.first() = 'official'", "true");
    check(&patient, "multipleBirth + 1", "3");
    let broken = json!({"resourceType": "Patient", "birthDate": "soon"});
    check(&broken, "birthDate", "date");
    check(&broken, "birthDate > @2000", "MZ-0125");
}

#[test]
fn choices_are_named_without_their_type() {
    let patient = patient();
    check(&patient, "deceased", "false");
    check(&patient, "deceased is boolean", "true");
    check(&patient, "deceased.ofType(dateTime)", "");
    check(&patient, "deceasedBoolean", "MZ-0129");
    check(&observation("72.50"), "value.value", "72.50");
    check(&observation("72.50"), "value > 70000 'g'", "true");
    check(&observation("72.50"), "(value as Quantity).unit", "kg");
    check(&observation("72.50"), "value.value.precision()", "2");
    check(&observation("1e2"), "value.value = 100", "true");
    check(&observation("123456789012345678901234567890"), "value.value > 1", "MZ-0125");
}

#[test]
fn a_quantity_that_is_not_exact_is_not_compared() {
    let with = |member: &str, value: &str| {
        let mut observation = observation("72");
        observation["valueQuantity"][member] = value.into();
        observation
    };
    check(&with("comparator", "<"), "value < 80 'kg'", "MZ-0125");
    check(&with("system", "http://a.example"), "value < 80 'kg'", "MZ-0125");
    check(&with("comparator", "<"), "value = value", "true");
}

#[test]
fn contained_resources_are_resolved() {
    let patient = patient();
    check(&patient, "managingOrganization.resolve().name", "Clinic");
    check(&patient, "contained[0] is Organization", "true");
    check(&patient, "generalPractitioner.resolve()", "refused resolve()");
}

#[test]
fn references_are_resolved_by_the_context() {
    let patient = patient();
    let practitioner = json!({"resourceType": "Practitioner", "id": "7", "active": true});
    let expression = Expression::compile("generalPractitioner.resolve().active").unwrap();
    let context = Context::new().resolver(|reference| match reference {
        "Practitioner/7" => Resolved::Resource(&practitioner),
        _ => Resolved::Absent,
    });
    assert_eq!(expression.evaluate_bool(&context, &patient), Ok(Some(true)));
    let types = Context::new().reference_types();
    let error = expression.evaluate_bool(&types, &patient).unwrap_err();
    assert_eq!(error.code(), "MZ-0129");
    let of_type = "generalPractitioner.where(resolve() is Practitioner).exists()";
    let of_type = Expression::compile(of_type).unwrap();
    assert_eq!(of_type.evaluate_bool(&types, &patient), Ok(Some(true)));
}

#[test]
fn value_sets_are_asked_of_the_context() {
    let patient = patient();
    check(&patient, "name.use.first().memberOf('http://a.example/vs')", "refused memberOf()");
    let expression = Expression::compile("name[0].use.memberOf('http://a.example/vs')").unwrap();
    let context = Context::new().membership(|item, url| {
        let code = item.system().ok()??.to_string();
        (url == "http://a.example/vs").then_some(code == "official")
    });
    assert_eq!(expression.evaluate_bool(&context, &patient), Ok(Some(true)));
}

#[test]
fn an_element_may_be_the_root() {
    let patient = patient();
    let name = &patient["name"][0];
    let expression = Expression::compile("%resource.id & given.first() & family").unwrap();
    let context = Context::new().resource(&patient, &patient);
    let root = Item::typed(Some(name), None, "HumanName", "HumanName");
    assert_eq!(shown(&expression.evaluate(&context, root).unwrap()), "p1RanaHaddad");
}

#[test]
fn items_are_borrowed_from_the_record() {
    let patient = patient();
    let expression = Expression::compile("name[0]").unwrap();
    let found = expression.evaluate(&Context::new(), &patient).unwrap();
    let name: *const Value = found[0].json().unwrap();
    assert_eq!(name, &raw const patient["name"][0]);
}

#[test]
fn traces_are_reported() {
    let seen = std::cell::RefCell::new(Vec::new());
    let patient = patient();
    let expression = Expression::compile("name.trace('n', family).count()").unwrap();
    let context = Context::new()
        .trace(|name, items| seen.borrow_mut().push(format!("{name}: {}", shown(items))));
    assert_eq!(shown(&expression.evaluate(&context, &patient).unwrap()), "2");
    drop(context);
    assert_eq!(*seen.borrow(), ["n: Haddad"]);
}

#[test]
fn content_that_the_table_does_not_know_is_still_read() {
    let custom = json!({"resourceType": "Custom", "n": 1, "d": 1.5, "list": [{"t": "x"}]});
    check(&custom, "Custom.n + d", "2.5");
    check(&custom, "list.t & id", "x");
    check(&custom, "n.type().name", "integer");
    check(&custom, "descendants().count()", "4");
}

#[test]
fn resources_conform_to_types_of_r4_and_profiles_are_refused() {
    let patient = json!({"resourceType": "Patient", "gender": "female"});
    let url = "http://hl7.org/fhir/StructureDefinition";
    check(&patient, &format!("conformsTo('{url}/Patient')"), "true");
    check(&patient, &format!("Patient.conformsTo('{url}/DomainResource|4.0.1')"), "true");
    check(&patient, &format!("conformsTo('{url}/Person')"), "false");
    check(&patient, &format!("contact.conformsTo('{url}/Patient')"), "");
    check(&patient, &format!("conformsTo('{url}/bp')"), "refused conformsTo()");
    check(&patient, &format!("conformsTo('{url}/Patient|5.0.0')"), "refused conformsTo()");
    check(&patient, &format!("gender.conformsTo('{url}/code')"), "refused conformsTo()");
    let wrong = json!({"resourceType": "Patient", "gender": "femal"});
    check(&wrong, &format!("conformsTo('{url}/Patient')"), "false");
}
