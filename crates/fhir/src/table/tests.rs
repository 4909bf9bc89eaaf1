use super::*;

fn child_is(inside: &str, name: &str, expected: &str) {
    let found =
        child(inside, name).map(|c| format!("{} {} {}", c.element.path, c.type_name, c.inside));
    assert_eq!(found.as_deref().unwrap_or("none"), expected, "{inside}.{name}");
}

#[test]
fn every_type_of_r4_is_there() {
    // 4.0.1 has 146 concrete resource types and 2 abstract ones.
    assert_eq!(types().filter(|t| t.kind == Kind::Resource && !t.is_abstract).count(), 146);
    assert_eq!(types().filter(|t| t.kind == Kind::Primitive).count(), 20);
    assert_eq!(types().filter(|t| t.kind == Kind::Complex).count(), 41);
    assert!(types().all(|t| t.kind == Kind::Primitive || !children(t.name).is_empty()));
}

#[test]
fn every_place_that_is_named_exists() {
    for (place, member) in
        table().places.iter().flat_map(|(n, p)| p.members.keys().map(move |m| (n, m)))
    {
        let child = child(place, member).unwrap();
        assert!(table().places.contains_key(child.inside), "{place}.{member} -> {}", child.inside);
        for target in child.targets {
            assert!(is_resource_type(target), "{place}.{member} -> {target}");
        }
    }
}

#[test]
fn members_are_resolved() {
    child_is("Patient", "id", "Patient.id id id");
    child_is("Patient", "name", "Patient.name HumanName HumanName");
    child_is("Patient", "contact", "Patient.contact BackboneElement Patient.contact");
    child_is(
        "Patient.contact",
        "modifierExtension",
        "Patient.contact.modifierExtension Extension Extension",
    );
    child_is("Patient", "deceasedBoolean", "Patient.deceased[x] boolean boolean");
    child_is("Patient", "deceasedString", "none");
    child_is("Patient", "deceased[x]", "none");
    child_is(
        "Observation.component",
        "referenceRange",
        "Observation.component.referenceRange BackboneElement Observation.referenceRange",
    );
    child_is(
        "Observation.referenceRange",
        "low",
        "Observation.referenceRange.low Quantity Quantity",
    );
    child_is("Extension", "valueHumanName", "Extension.value[x] HumanName HumanName");
    child_is("Age", "value", "Age.value decimal decimal");
    child_is("Timing.repeat", "boundsPeriod", "Timing.repeat.bounds[x] Period Period");
    child_is("Timing.repeat", "id", "Timing.repeat.id string string");
    child_is("Bundle.entry", "resource", "Bundle.entry.resource Resource Resource");
    child_is("string", "extension", "string.extension Extension Extension");
}

#[test]
fn cardinality_targets_and_codes_are_there() {
    let status = element("Observation.status").unwrap();
    assert_eq!((status.min, status.max, status.modifier, status.summary), (1, Some(1), true, true));
    assert!(code_set(status.required_codes.unwrap()).unwrap().contains("final"));
    assert!(!code_set("observation-status").unwrap().contains("finl"));
    let subject = child("Observation", "subject").unwrap();
    assert_eq!(subject.targets, ["Patient", "Group", "Device", "Location"]);
    assert_eq!(element("Patient.name").unwrap().max, None);
    assert_eq!(element("Observation.component.id").unwrap().path, "Observation.component.id");
}

#[test]
fn supertypes_are_nearest_first() {
    assert_eq!(supertypes("Age").collect::<Vec<_>>(), ["Quantity", "Element"]);
    assert_eq!(supertypes("Patient").collect::<Vec<_>>(), ["DomainResource", "Resource"]);
    assert!(is_subtype("id", "string") && !is_subtype("string", "id"));
    assert!(!is_resource_type("DomainResource") && !is_resource_type("HumanName"));
}

#[test]
fn a_misspelt_type_has_a_nearest_one() {
    for (written, nearest) in
        [("patient", Some("Patient")), ("Pateint", Some("Patient")), ("Obs", None), ("", None)]
    {
        assert_eq!(nearest_resource_type(written), nearest, "{written}");
    }
}

#[test]
fn invariants_are_listed_where_they_arise() {
    let keys: Vec<_> = invariants("Observation").iter().map(|i| i.key).collect();
    assert_eq!(keys, ["obs-6", "obs-7"]);
    assert!(invariants("DomainResource").iter().any(|i| i.key == "dom-6" && !i.is_error));
}
