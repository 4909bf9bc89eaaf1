use super::super::ParameterKind;
use super::super::query::{
    Comparison, DateTest, Named, NumberTest, ReferenceTest, SystemTest, Test, TextTest, UnitTest,
    UriTest,
};
use super::*;

/// Knows one value set, and that `a.1` and `a.2` are below `a`.
struct Few;

impl Codes for Few {
    fn members(&self, url: &str) -> Option<Vec<Code>> {
        (url == "urn:set").then(|| vec![(Some("s".into()), "x".into()), (None, "y".into())])
    }

    fn descendants(&self, system: &str, code: &str) -> Option<Vec<Code>> {
        let code = |end: &str| (Some(system.to_owned()), format!("{code}{end}"));
        (system == "s").then(|| vec![code(""), code(".1")])
    }

    fn ancestors(&self, _: &str, _: &str) -> Option<Vec<Code>> {
        None
    }
}

/// 2020-01-11.
const NOW: i64 = 1_578_700_800_000;

pub(in crate::search) fn read(
    types: &[&'static str],
    query: &str,
    handling: Handling,
) -> Result<Search, SearchError> {
    let setting = Setting { base: "https://here.example/fhir", now: NOW, codes: &Few };
    let pair = |text: &str| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (name.to_owned(), value.to_owned())
    };
    let pairs: Vec<(String, String)> = query.split('&').map(pair).collect();
    parse(types, &pairs, handling, &setting)
}

fn list(conditions: &[Condition], between: &str) -> String {
    let shown: Vec<String> = conditions.iter().map(show).collect();
    format!("({})", shown.join(between))
}

fn name(of: &Named) -> String {
    format!("{}.{}", of.resource_type, of.parameter.name)
}

fn show(condition: &Condition) -> String {
    match condition {
        Condition::All(all) => list(all, " & "),
        Condition::Any(all) => list(all, " | "),
        Condition::Not(inner) => format!("!{}", show(inner)),
        Condition::Value { of, test } => format!("{}{}", name(of), show_test(test)),
        Condition::Present(of) => format!("{}?", name(of)),
        Condition::Chain { of, target, that } => format!("{}>{target}:{}", name(of), show(that)),
        Condition::Has { source, of, that } => {
            format!("{source}<{}:{}", of.parameter.name, show(that))
        }
        Condition::Id(id) => format!("#{id}"),
        Condition::Updated(test) => format!("updated{}", show_date(test)),
        other => format!("{other:?}"),
    }
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::NotEqual => "!=",
        Comparison::Greater => ">",
        Comparison::Less => "<",
        Comparison::GreaterOrEqual => ">=",
        Comparison::LessOrEqual => "<=",
        Comparison::StartsAfter => ">>",
        Comparison::EndsBefore => "<<",
        Comparison::Approximately => "~",
    }
}

fn show_date(DateTest { comparison, from, until }: &DateTest) -> String {
    format!("{}{from}..{until}", sign(*comparison))
}

fn show_number(NumberTest { comparison, value, from, until }: &NumberTest) -> String {
    format!("{}{value}[{from},{until})", sign(*comparison))
}

fn show_test(test: &Test) -> String {
    match test {
        Test::Token(token) => {
            let code = token.code.as_deref().unwrap_or("*");
            match &token.system {
                SystemTest::Any => format!("={code}"),
                SystemTest::None => format!("=|{code}"),
                SystemTest::Is(system) => format!("={system}|{code}"),
            }
        }
        Test::Text(TextTest::Begins(text)) => format!("^{text}"),
        Test::Text(TextTest::Contains(text)) => format!("*{text}"),
        Test::Text(TextTest::Exact(text)) => format!("=={text}"),
        Test::Reference(ReferenceTest::Local { resource_type, id }) => {
            format!("={resource_type}/{id}")
        }
        Test::Reference(ReferenceTest::Url(url)) => format!("={url}"),
        Test::Date(date) => show_date(date),
        Test::Number(number) => show_number(number),
        Test::Quantity { number, unit } => {
            let unit = match unit {
                UnitTest::Any => "any".to_owned(),
                UnitTest::Code(code) => format!("|{code}"),
                UnitTest::Is { system, code } => format!("{system}|{code}"),
                UnitTest::Canonical(code) => code.clone(),
                UnitTest::System(_) => format!("{unit:?}"),
            };
            format!("{} {unit}", show_number(number))
        }
        Test::Uri(UriTest::Is(uri)) => format!("={uri}"),
        Test::Uri(UriTest::Below(uri)) => format!("={uri}/..."),
        Test::Composite(tests) => {
            let tests: Vec<String> = tests.iter().map(show_test).collect();
            format!("({})", tests.join(" "))
        }
        other => format!(" {other:?}"),
    }
}

fn check(of: &'static str, query: &str, expected: &str) {
    let search = read(&[of], query, Handling::Strict);
    let search = search.unwrap_or_else(|error| panic!("{query}: {error}"));
    let shown: Vec<String> = search.filter.iter().map(show).collect();
    assert_eq!(shown.join(" & "), expected, "{of}?{query}");
}

#[test]
fn texts_and_tokens_are_read() {
    check("Patient", "family=Al-Ḥasan", "Patient.family^al hasan");
    check("Patient", "family=Ali,Sow", "(Patient.family^ali | Patient.family^sow)");
    check("Patient", r"family=Ali\,Sow", "Patient.family^ali sow");
    check("Patient", "family:exact=Ali", "Patient.family==Ali");
    check("Patient", "family:contains=li", "Patient.family*li");
    check("Patient", "name=A&name=B", "Patient.name^a & Patient.name^b");
    check(
        "Patient",
        "name=Amina Ali",
        "(Patient.name^amina ali | (Patient.name^amina & Patient.name^ali))",
    );
    check("Patient", "gender=|male", "Patient.gender=male");
    check("Patient", "identifier=|7", "Patient.identifier=|7");
    check("Patient", "identifier=urn:a|", "Patient.identifier=urn:a|*");
    check("Patient", r"identifier=urn:a|1\|2\\", r"Patient.identifier=urn:a|1|2\");
    check("Patient", "gender:not=male,female", "!(Patient.gender=male | Patient.gender=female)");
    check("Patient", "active:missing=true", "!Patient.active?");
    check("Patient", "deceased=true", "Patient.deceased=true");
    check("Observation", "code:in=urn:set", "(Observation.code=s|x | Observation.code=y)");
    check("Observation", "code:below=s|a", "(Observation.code=s|a | Observation.code=s|a.1)");
    check("Patient", "_id=a,b", "(#a | #b)");
    check("Patient", "_profile:below=http://a", "Patient._profile=http://a/...");
}

#[test]
fn numbers_have_the_precision_they_are_written_with() {
    for (asked, expected) in [
        ("100", "=100[99.5,100.5)"),
        ("100.00", "=100[99.995,100.005)"),
        ("1e2", "=100[95,105)"),
        ("1.0e2", "=100[95,105)"),
        ("gt100", ">100[99.5,100.5)"),
        ("ap100", "~100[90,110)"),
        ("-1", "=-1[-1.5,-0.5)"),
        ("ne0.5", "!=0.5[0.45,0.55)"),
    ] {
        let expected = format!("RiskAssessment.probability{expected}");
        check("RiskAssessment", &format!("probability={asked}"), &expected);
    }
    let quantity = |asked: &str, expected: &str| {
        let expected = format!("Observation.value-quantity{expected}");
        check("Observation", &format!("value-quantity={asked}"), &expected);
    };
    quantity("5.4", "=5.4[5.35,5.45) any");
    quantity("5.4|s", "=5.4[5.35,5.45) System(\"s\")");
    quantity("5.4||mg", "=5.4[5.35,5.45) |mg");
    quantity("5|http://unitsofmeasure.org|mg", "=0.005[0.0045,0.0055) g");
    quantity("5|http://unitsofmeasure.org|foo", "=5[4.5,5.5) http://unitsofmeasure.org|foo");
}

#[test]
fn dates_are_ranges() {
    for (asked, expected) in [
        ("1970", "=0..31536000000"),
        ("ge1970-01-02", ">=86400000..172800000"),
        ("1970-01-01T00:01Z", "=60000..120000"),
        ("1970-01-01T00:00:01.500Z", "=1500..1501"),
        ("1970-01-01T01:00:00 01:00", "=0..1000"),
        ("ap2020-01-01", "~1577754720000..1578005280000"),
    ] {
        check("Patient", &format!("birthdate={asked}"), &format!("Patient.birthdate{expected}"));
    }
    check("Patient", "_lastUpdated=lt1970-01-01", "updated<0..86400000");
}

#[test]
fn references_know_their_type() {
    let subject = "Observation.subject";
    check("Observation", "patient=1", "Observation.patient=Patient/1");
    check("Observation", "subject:Group=1", &format!("{subject}=Group/1"));
    check(
        "Observation",
        "subject=https://here.example/fhir/Patient/1",
        "Observation.subject=Patient/1",
    );
    check(
        "Observation",
        "subject=https://a.org/Patient/1",
        "Observation.subject=https://a.org/Patient/1",
    );
    check("Observation", "subject=Patient/1/_history/2", "Observation.subject=Patient/1");
    check("Observation", "subject=urn:uuid:1", "Observation.subject=urn:uuid:1");
    check(
        "Observation",
        "subject=1",
        &["Device", "Group", "Location", "Patient"]
            .map(|of| format!("{subject}={of}/1"))
            .join(" | ")
            .replace("Observation.subject=Device", "(Observation.subject=Device")
            .replace("Patient/1", "Patient/1)"),
    );
    check("Observation", "subject=patient/1", "Observation.subject=patient/1");
    check(
        "QuestionnaireResponse",
        "questionnaire=http://a|1",
        "QuestionnaireResponse.questionnaire=http://a|1",
    );
}

#[test]
fn chains_find_their_targets() {
    check(
        "Observation",
        "subject:Patient.general-practitioner:Practitioner.name=x",
        "Observation.subject>Patient:Patient.general-practitioner>Practitioner:Practitioner.name^x",
    );
    // Of the four types of a subject only a patient has a birth date.
    check(
        "Observation",
        "subject.birthdate=1970",
        "Observation.subject>Patient:Patient.birthdate=0..31536000000",
    );
    check("Patient", "_has:Observation:patient:code=1", "Observation<patient:Observation.code=1");
    check(
        "Patient",
        "_has:Observation:patient:_has:AuditEvent:entity:action=C",
        "Observation<patient:AuditEvent<entity:AuditEvent.action=C",
    );
    check(
        "Encounter",
        "patient._has:Group:member:_id=g",
        "Encounter.patient>Patient:Group<member:#g",
    );
}

#[test]
fn composites_and_unions_are_resolved() {
    check(
        "Observation",
        "code-value-quantity=http://loinc.org|1-8$gt5",
        "Observation.code-value-quantity(=http://loinc.org|1-8 >5[4.5,5.5) any)",
    );
    check("Observation", "combo-code=1", "(Observation.code=1 | Observation.component-code=1)");
    check(
        "DocumentReference",
        "relationship=DocumentReference/a$replaces",
        "DocumentReference.relationship(=DocumentReference/a =replaces)",
    );
}

#[test]
fn filters_are_read() {
    check("Patient", r#"_filter=name co "pet""#, "Patient.name*pet");
    check(
        "Patient",
        r#"_filter=given sw "a" and (birthdate ge 1970-01-02 or not (gender eq male))"#,
        "(Patient.given^a & (Patient.birthdate>=86400000..172800000 | !Patient.gender=male))",
    );
    check(
        "Observation",
        "_filter=patient.gender eq male",
        "Observation.patient>Patient:Patient.gender=male",
    );
    check("Observation", "_filter=subject re Patient/1", "Observation.subject=Patient/1");
    check("Patient", "_filter=active pr false", "!Patient.active?");
    check("Observation", "_filter=code in urn:set", "(Observation.code=s|x | Observation.code=y)");
}

#[test]
fn many_types_are_searched_together() {
    let shown = |types: &[&'static str], query: &str| {
        let search = read(types, query, Handling::Strict).unwrap();
        search.filter.iter().map(show).collect::<Vec<_>>().join(" & ")
    };
    assert_eq!(
        shown(&["Patient", "Group"], "identifier=1"),
        "(Patient.identifier=1 | Group.identifier=1)"
    );
    assert_eq!(shown(&[], "_tag=a"), "Resource._tag=a");
    assert_eq!(
        shown(&[], "_type=Patient,Group&identifier=1"),
        "(Patient.identifier=1 | Group.identifier=1)"
    );
}

#[test]
fn unknown_types_are_left_out_or_refused() {
    let refused = read(&[], "_type=foo", Handling::Strict).unwrap_err();
    assert_eq!(refused.code, "MZ-0172");
    let nothing = read(&[], "_type=foo", Handling::Lenient).unwrap();
    assert_eq!(nothing.filter, [Condition::Any(Vec::new())]);
    assert_eq!((nothing.result.ignored.len(), nothing.result.used.len()), (1, 0));
    let some = read(&[], "_type=foo,Patient", Handling::Lenient).unwrap();
    assert_eq!((some.types, some.result.used), (vec!["Patient"], vec![0]));
}

#[test]
fn the_answer_is_described() {
    let query = "_sort=-birthdate,_id&_count=5&_total=accurate&_summary=text&_elements=id,name\
        &_include=Patient:organization:Organization&_revinclude:iterate=Observation:*&_include=*";
    let search = read(&["Patient"], query, Handling::Strict).unwrap();
    assert_eq!((search.sort.len(), search.includes.len()), (2, 3));
    assert!(search.sort.first().unwrap().descending);
    assert_eq!(search.result.count, Some(5));
    assert_eq!(search.result.elements, ["id", "name"]);
    assert_eq!(search.result.used.len(), 8);
}

#[test]
fn what_is_wrong_is_said() {
    for (of, query, code) in [
        ("Patient", "colour=red", "MZ-0170"),
        ("Observation", "subject.colour=red", "MZ-0170"),
        ("Patient", "birthdate:exact=1970", "MZ-0171"),
        ("Patient", "gender:contains=m", "MZ-0171"),
        ("Observation", "subject:Medication=1", "MZ-0171"),
        ("Patient", "birthdate=1970-13-45", "MZ-0172"),
        ("Patient", "active:missing=maybe", "MZ-0172"),
        ("Observation", "code-value-quantity=1", "MZ-0172"),
        ("Patient", "_count=-1", "MZ-0172"),
        ("Patient", "_filter=name co", "MZ-0172"),
        ("Patient", "_filter=name co a and name co b or name co c", "MZ-0172"),
        ("Patient", "birthdate=xx1970", "MZ-0173"),
        ("Patient", "birthdate.name=a", "MZ-0174"),
        ("Patient", "_has:Observation:code:status=final", "MZ-0174"),
        ("Provenance", "target._id=1", "MZ-0174"),
        ("Patient", "link.link.link.link.link.link.link.link.link.link.name=a", "MZ-0175"),
        ("Patient", "_include=Patient:name", "MZ-0176"),
        ("Patient", "_include=Patient:organization:Nothing", "MZ-0176"),
        ("Patient", "_list=1", "MZ-0177"),
        ("Patient", "_contained=true", "MZ-0177"),
        ("Location", "near=1|2", "MZ-0177"),
        ("Patient", "_sort=colour", "MZ-0178"),
        ("Observation", "_sort=code-value-string", "MZ-0178"),
        ("Observation", "code:in=urn:other", "MZ-0179"),
    ] {
        let error = read(&[of], query, Handling::Strict).err();
        assert_eq!(error.map(|error| error.code), Some(code), "{query}");
    }
}

/// A value that suits a parameter.
fn sample(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::Token => "s|c",
        ParameterKind::Truth => "true",
        ParameterKind::Text => "a",
        ParameterKind::Reference => "1",
        ParameterKind::Date => "ge2020-02",
        ParameterKind::Number => "lt1",
        ParameterKind::Quantity => "5|http://unitsofmeasure.org|mg",
        ParameterKind::Uri => "urn:a",
        ParameterKind::Composite | ParameterKind::Special => "",
    }
}

#[test]
fn every_parameter_of_every_type_is_read() {
    use super::super::{parameter, parameters};
    let mut asked = 0;
    for of in crate::table::types().filter(|of| crate::table::is_resource_type(of.name)) {
        for known in parameters(of.name) {
            let kinds = known.components.iter().map(|component| sample(component.kind));
            let value = match known.kind {
                ParameterKind::Special => continue,
                ParameterKind::Composite => kinds.collect::<Vec<_>>().join("$"),
                kind => sample(kind).to_owned(),
            };
            let query = format!("{}={value}", known.name);
            let search = read(&[of.name], &query, Handling::Strict);
            let condition = search.unwrap_or_else(|e| panic!("{} {query}: {e}", of.name));
            assert_eq!(condition.filter.len(), 1, "{} {query}", of.name);
            assert!(parameter(of.name, known.stored().0).is_some_and(|stored| {
                stored.is_indexed() || stored.parts.len() > 1 || !stored.components.is_empty()
            }));
            asked += 1;
        }
    }
    assert!(asked > 1_650, "{asked}");
}

#[test]
fn lenient_handling_leaves_out_what_is_unknown() {
    let search = read(&["Patient"], "colour=red&gender=male&name=", Handling::Lenient).unwrap();
    let ignored: Vec<&str> = search.result.ignored.iter().map(|i| i.parameter.as_str()).collect();
    assert_eq!((ignored, search.result.used), (vec!["colour", "name"], vec![1]));
    assert!(read(&["Patient"], "gender:exact=male", Handling::Lenient).is_err());
}

proptest::proptest! {
    #[test]
    fn nothing_panics(name in "(_has:|subject[.:])?[a-zA-Z_:.-]{0,24}", value in "\\PC{0,32}") {
        for of in ["Patient", "Observation"] {
            let _ = read(&[of], &format!("{name}={value}"), Handling::Lenient);
            let _ = read(&[of], &format!("_filter={value}"), Handling::Lenient);
            for known in ["value-quantity", "code-value-quantity", "birthdate", "probability", "name"] {
                let _ = read(&[of], &format!("{known}={value}"), Handling::Strict);
            }
        }
    }
}
