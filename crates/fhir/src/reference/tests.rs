use super::*;

fn read(text: &str) -> String {
    match Reference::parse(text) {
        None => "none".into(),
        Some(Reference::Relative(t)) => {
            format!("here {} {} {:?}", t.resource_type, t.id, t.version)
        }
        Some(Reference::Absolute { base, target: t }) => {
            format!("{base} {} {} {:?}", t.resource_type, t.id, t.version)
        }
        Some(Reference::Urn(urn)) => format!("urn {urn}"),
        Some(Reference::Contained(id)) => format!("contained {id}"),
        Some(Reference::Url(url)) => format!("url {url}"),
    }
}

#[test]
fn texts_are_read() {
    for (text, expected) in [
        ("Patient/123", "here Patient 123 None"),
        ("Patient/123/_history/4", "here Patient 123 Some(\"4\")"),
        ("https://a.org/fhir/Patient/1", "https://a.org/fhir Patient 1 None"),
        ("https://a.org/Patient/1/_history/2", "https://a.org Patient 1 Some(\"2\")"),
        ("https://a.org/some/page", "url https://a.org/some/page"),
        ("https://Patient/1", "url https://Patient/1"),
        (
            "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
            "urn urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
        ),
        ("urn:", "none"),
        ("resource:0", "url resource:0"),
        ("12:30", "none"),
        ("#med1", "contained med1"),
        ("#", "contained "),
        ("#a b", "none"),
        ("Pateint/123", "none"),
        ("Patient/", "none"),
        ("Patient/1 2", "none"),
        ("Patient/1/2", "none"),
        ("/Patient/1", "none"),
        ("a/Patient/1", "none"),
        ("Patient/1/_history/", "none"),
        ("Patient/1/_history/2/_history/3", "none"),
        ("DomainResource/1", "none"),
        ("", "none"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn ids_have_one_to_64_plain_characters() {
    assert!(is_id("a") && is_id("A-9.z") && is_id(&"a".repeat(64)));
    assert!(!is_id("") && !is_id("a_b") && !is_id("é") && !is_id(&"a".repeat(65)));
}

#[test]
fn all_references_are_found_with_their_place() {
    let group = Resource::parse(
        r##"{"resourceType":"Group","contained":[{"resourceType":"Patient","id":"p",
        "managingOrganization":{"reference":"Organization/o"}}],
        "member":[{"entity":{"reference":"#p","type":"Patient"}},{"entity":{"display":"x"}}]}"##,
    )
    .unwrap();
    let found: Vec<String> = references(&group)
        .into_iter()
        .map(|f| format!("{} {} {:?}", f.path, f.text, f.stated_type))
        .collect();
    assert_eq!(
        found,
        [
            "Group.contained[0].managingOrganization Organization/o None",
            "Group.member[0].entity #p Some(\"Patient\")",
        ]
    );
}
