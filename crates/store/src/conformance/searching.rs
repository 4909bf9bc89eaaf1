//! FHIR searches: every kind of parameter, chains, includes, sorting, totals, and pages that show
//! one moment.

use std::collections::{BTreeMap, BTreeSet};

use manzil_journey::access::Compartment::{Assessment, Care, Directory, Identity};
use manzil_journey::access::{Access, Purpose, Role};

use super::given::{
    change, empty, ids, key, nurse, observation, patient, put, resource, search, system, write,
};
use super::{Engine, Failure, Outcome, ensure, ensure_eq};
use crate::{Content, Expect, PageRequest, SearchPage, SearchRequest, Store, StoreError, Write};

/// People, an organisation and results that point to each other.
const WORLD: &[&str] = &[
    r#"{"resourceType":"Organization","id":"clinic","name":"City Clinic"}"#,
    r#"{"resourceType":"Patient","id":"awa","gender":"female","birthDate":"1990-05","name":[{"family":"Sow","given":["Awa"]}],"identifier":[{"system":"urn:n","value":"17"}],"managingOrganization":{"reference":"Organization/clinic"}}"#,
    r#"{"resourceType":"Patient","id":"ali","gender":"male","birthDate":"1984","name":[{"family":"Ba","given":["Ali"]}],"active":true}"#,
    r#"{"resourceType":"Observation","id":"weight","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"subject":{"reference":"Patient/awa"},"effectiveDateTime":"2024-03-01","valueQuantity":{"value":61.5,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}"#,
    r#"{"resourceType":"Observation","id":"light","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"subject":{"reference":"Patient/ali"},"effectivePeriod":{"start":"2024-01-10","end":"2024-01-12"},"valueQuantity":{"value":900,"unit":"g","system":"http://unitsofmeasure.org","code":"g"}}"#,
    r#"{"resourceType":"Observation","id":"undated","status":"preliminary","code":{"text":"free","coding":[{"code":"local"}]},"subject":{"reference":"Patient/awa"}}"#,
    r#"{"resourceType":"Encounter","id":"visit","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/awa"},"period":{"start":"2024-02-28"}}"#,
    r#"{"resourceType":"RiskAssessment","id":"risk","status":"final","subject":{"reference":"Patient/ali"},"prediction":[{"probabilityDecimal":0.25}]}"#,
];

async fn world(engine: &dyn Engine) -> Result<std::sync::Arc<dyn Store>, Failure> {
    let store = empty(engine).await?;
    for json in WORLD {
        put(&*store, resource(json)?, None, Assessment).await?;
    }
    Ok(store)
}

async fn page(
    store: &dyn Store,
    access: &Access,
    url: &str,
    rows_max: usize,
    after: Option<String>,
) -> Result<SearchPage, Failure> {
    let request = SearchRequest { search: search(url)?, page: PageRequest { rows_max, after } };
    Ok(store.search(access, &request).await?)
}

/// The ids of all pages of two rows, in their order.
async fn all(store: &dyn Store, url: &str) -> Result<Vec<String>, Failure> {
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = page(store, &system(), url, 2, after).await?;
        seen.extend(page.matches.into_iter().map(|each| each.key.id));
        after = page.next;
        if after.is_none() {
            return Ok(seen);
        }
    }
}

pub(super) async fn every_kind_of_parameter(engine: &dyn Engine) -> Outcome {
    let store = world(engine).await?;
    for (url, expected) in [
        ("Patient?gender=female", vec!["awa"]),
        ("Patient?gender:not=female", vec!["ali"]),
        ("Patient?identifier=urn:n|17", vec!["awa"]),
        ("Patient?identifier=urn:n|", vec!["awa"]),
        ("Patient?identifier=|17", vec![]),
        ("Patient?active:missing=true", vec!["awa"]),
        ("Patient?name=so", vec!["awa"]),
        ("Patient?name:exact=sow", vec![]),
        ("Patient?name:exact=Sow", vec!["awa"]),
        ("Patient?name:contains=w", vec!["awa"]),
        ("Patient?name=so,ba", vec!["awa", "ali"]),
        ("Patient?birthdate=1990", vec!["awa"]),
        ("Patient?birthdate=lt1990", vec!["ali"]),
        ("Patient?birthdate=ge1984", vec!["awa", "ali"]),
        ("Patient?_id=ali,awa", vec!["awa", "ali"]),
        ("Observation?date=2024-01", vec!["light"]),
        ("Observation?date=gt2024-01-11", vec!["weight", "light"]),
        ("Observation?date=sa2024-01-11", vec!["weight"]),
        ("Observation?code=29463-7&status=final", vec!["weight", "light"]),
        ("Observation?code:text=free", vec!["undated"]),
        ("Observation?value-quantity=gt1|http://unitsofmeasure.org|kg", vec!["weight"]),
        ("Observation?value-quantity=0.9|http://unitsofmeasure.org|kg", vec!["light"]),
        ("Observation?value-quantity=900", vec!["light"]),
        ("Observation?code-value-quantity=29463-7$lt1|http://unitsofmeasure.org|kg", vec!["light"]),
        ("Observation?patient=awa", vec!["weight", "undated"]),
        ("Observation?subject=Patient/ali", vec!["light"]),
        ("RiskAssessment?probability=gt0.2", vec!["risk"]),
        ("RiskAssessment?probability=0.4", vec![]),
    ] {
        let mut found = all(&*store, url).await?;
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        found.sort();
        expected.sort();
        ensure_eq!(found, expected, "{url}");
    }
    Ok(())
}

pub(super) async fn chains_and_what_points_here(engine: &dyn Engine) -> Outcome {
    let store = world(engine).await?;
    for (url, expected) in [
        ("Observation?subject:Patient.name=sow", vec!["weight", "undated"]),
        ("Observation?patient.organization.name=city", vec!["weight", "undated"]),
        ("Observation?patient.name=sow&status=final", vec!["weight"]),
        ("Observation?patient.name=nobody", vec![]),
        ("Patient?_has:Observation:patient:status=preliminary", vec!["awa"]),
        ("Patient?_has:Encounter:patient:date=ge2024-02", vec!["awa"]),
        ("Organization?_has:Patient:organization:gender=female", vec!["clinic"]),
        ("Organization?_has:Patient:organization:gender=male", vec![]),
    ] {
        let mut found = all(&*store, url).await?;
        let mut expected = expected;
        found.sort();
        expected.sort_unstable();
        ensure_eq!(found, expected, "{url}");
    }
    Ok(())
}

pub(super) async fn sorted_as_asked(engine: &dyn Engine) -> Outcome {
    let store = world(engine).await?;
    for (url, expected) in [
        ("Observation?_sort=date", vec!["light", "weight", "undated"]),
        ("Observation?_sort=-date", vec!["weight", "light", "undated"]),
        ("Observation?_sort=status,-date", vec!["weight", "light", "undated"]),
        ("Patient?_sort=family", vec!["ali", "awa"]),
        ("Patient?_sort=-_id", vec!["awa", "ali"]),
        ("Patient?_sort=-_lastUpdated", vec!["ali", "awa"]),
        ("Observation?_sort=value-quantity", vec!["weight", "light", "undated"]),
    ] {
        ensure_eq!(all(&*store, url).await?, expected, "{url}");
    }
    Ok(())
}

/// More than are looked at before any is shown, in the order of the index.
pub(super) async fn many_are_sorted_along_the_index(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let mut dates = BTreeMap::new();
    let mut writes = Vec::new();
    for number in 0..2_400 {
        // Every day several times, and some without.
        let (month, day) = (number % 12 + 1, number % 28 + 1);
        let date = format!("2024-{month:02}-{day:02}");
        let dated = number % 50 != 0;
        let effective =
            if dated { format!(r#","effectiveDateTime":"{date}""#) } else { String::new() };
        let json = format!(
            r#"{{"resourceType":"Observation","id":"o{number}","status":"final","code":{{"text":"x"}}{effective}}}"#
        );
        writes.push(write(resource(&json)?, None, Assessment));
        // Those without a date come last.
        dates.insert(format!("o{number}"), (!dated, date));
    }
    store.commit(&system(), change(writes)).await?;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = page(&*store, &system(), "Observation?_sort=date", 500, after).await?;
        seen.extend(page.matches.into_iter().map(|each| each.key.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let each_once: BTreeSet<&String> = seen.iter().collect();
    ensure_eq!((seen.len(), each_once.len()), (dates.len(), dates.len()), "each once");
    let key = |id| dates.get(id).map(|(undated, date)| (undated, (!undated).then_some(date)));
    ensure!(seen.iter().is_sorted_by_key(key), "the order: {seen:?}");
    let url = "Observation?date=ge2024-02&_total=accurate";
    let wide = page(&*store, &system(), url, 1_000, None).await?;
    let late = dates.len() as u64 - 48 - 196;
    ensure!(
        wide.total.is_some_and(|total| total.abs_diff(late) < 10),
        "the total {:?}",
        wide.total
    );
    Ok(())
}

/// Stays of a day, of weeks, of months and of years, more than are looked at before any is shown.
pub(super) async fn periods_of_every_length_are_met(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let mut writes = Vec::new();
    let mut expected = BTreeSet::new();
    for number in 0..2_000 {
        let (year, month) = (2010 + number % 10, number % 12 + 1);
        let end = match number % 4 {
            0 => format!("{year}-{month:02}-02"),
            1 => format!("{year}-{month:02}-28"),
            2 => format!("{}-{month:02}-01", year + 1),
            _ => format!("{}-{month:02}-01", year + 3),
        };
        let id = format!("e{number}");
        let class = if number % 7 == 0 { "IMP" } else { "AMB" };
        let json = format!(
            r#"{{"resourceType":"Encounter","id":"{id}","status":"finished","class":{{"code":"{class}"}},
            "period":{{"start":"{year}-{month:02}-01","end":"{end}"}}}}"#
        );
        writes.push(write(resource(&json)?, None, Assessment));
        if class == "IMP" && end.as_str() >= "2016-05-01" {
            expected.insert(id);
        }
    }
    store.commit(&system(), change(writes)).await?;
    for sort in ["", "&_sort=date", "&_sort=-date"] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let url = format!("Encounter?date=ge2016-05-01&class=IMP{sort}");
            let page = page(&*store, &system(), &url, 37, after).await?;
            seen.extend(page.matches.into_iter().map(|each| each.key.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        ensure_eq!(seen.len(), expected.len(), "{sort}");
        ensure_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected, "{sort}");
    }
    Ok(())
}

pub(super) async fn includes_are_added_once(engine: &dyn Engine) -> Outcome {
    let store = world(engine).await?;
    for (url, expected) in [
        ("Observation?_include=Observation:subject", vec!["awa", "ali"]),
        ("Observation?status=final&_include=Observation:patient", vec!["awa", "ali"]),
        (
            "Observation?_id=weight&_include=Observation:subject&_include:iterate=Patient:organization",
            vec!["awa", "clinic"],
        ),
        ("Observation?_id=weight&_include=Observation:encounter", vec![]),
        ("Patient?_id=awa&_revinclude=Observation:patient", vec!["weight", "undated"]),
        (
            "Patient?_id=awa&_revinclude=Observation:patient&_revinclude=Encounter:patient",
            vec!["weight", "undated", "visit"],
        ),
        ("Patient?_id=awa&_include=*", vec!["clinic"]),
    ] {
        let page = page(&*store, &system(), url, 50, None).await?;
        let mut included = ids(&page.included);
        let mut expected = expected;
        included.sort_unstable();
        expected.sort_unstable();
        ensure_eq!(included, expected, "{url}");
    }
    Ok(())
}

pub(super) async fn totals_are_counted_when_asked(engine: &dyn Engine) -> Outcome {
    let store = world(engine).await?;
    for (url, rows_max, expected) in [
        ("Observation?_total=accurate", 1, Some(3)),
        ("Observation?status=final&_total=accurate", 1, Some(2)),
        ("Observation?_summary=count", 0, Some(3)),
        ("Observation?status=absent&_total=accurate", 0, Some(0)),
        ("Observation", 1, None),
        ("Observation", 3, Some(3)),
        ("Immunization", 3, Some(0)),
    ] {
        let page = page(&*store, &system(), url, rows_max, None).await?;
        ensure_eq!(page.total, expected, "{url} with {rows_max} rows");
    }
    Ok(())
}

pub(super) async fn pages_show_the_moment_of_the_first(engine: &dyn Engine) -> Outcome {
    for url in [
        "Observation?code=1-1",
        "Observation?code=1-1&_sort=-_id",
        "Observation?status=final&_sort=code",
    ] {
        let store = empty(engine).await?;
        for number in 0..8 {
            put(&*store, observation(&format!("o{number}"), "1-1")?, None, Assessment).await?;
        }
        let before = all(&*store, url).await?;
        let first = page(&*store, &system(), url, 3, None).await?;
        let mut seen: Vec<String> = first.matches.into_iter().map(|each| each.key.id).collect();
        // What comes is changed, deleted, deleted and put again; something new appears.
        for (id, code) in [("o4", "2-2"), ("o1", "2-2"), ("new", "1-1"), ("o6", "3-3")] {
            put(&*store, observation(id, code)?, None, Assessment).await?;
        }
        for id in ["o3", "o7", "o0"] {
            let gone = Write {
                content: Content::Delete(key("Observation", id)),
                person: None,
                compartment: Assessment,
                expect: Expect::Any,
            };
            store.commit(&system(), change(vec![gone])).await?;
        }
        put(&*store, observation("o7", "1-1")?, None, Assessment).await?;
        let mut after = first.next;
        while after.is_some() {
            let next = page(&*store, &system(), url, 2, after).await?;
            for each in &next.matches {
                ensure!(each.body.json().contains("1-1"), "{url}: {} is not as it was", each.key);
                ensure_eq!(each.version, 1, "the version of {}", each.key);
            }
            seen.extend(next.matches.into_iter().map(|each| each.key.id));
            after = next.next;
        }
        ensure_eq!(seen, before, "{url}");
    }
    let store = world(engine).await?;
    let wrong = page(&*store, &system(), "Patient?gender=male", 2, Some("nonsense".into())).await;
    ensure!(wrong.is_err_and(|error| error.0.contains("MZ-0311")), "a wrong mark");
    Ok(())
}

/// Neither a chain, nor what points here, nor an include tells what may not be read.
pub(super) async fn nothing_is_told_through_the_wall(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, patient("p1", "Sow", "Awa")?, None, Identity).await?;
    let hidden = r#"{"resourceType":"Encounter","id":"hidden","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/p1"}}"#;
    put(&*store, resource(hidden)?, Some("p1"), Care).await?;
    let open = r#"{"resourceType":"Observation","id":"open","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/hidden"}}"#;
    put(&*store, resource(open)?, Some("p1"), Assessment).await?;
    let clinic = r#"{"resourceType":"Organization","id":"o","name":"Clinic"}"#;
    put(&*store, resource(clinic)?, None, Directory).await?;
    let clerk = Access::new("clerk", Role::Clerk, Purpose::Assessment);
    let cases: [(&str, usize, usize); 5] = [
        ("Encounter", 0, 1),
        ("Observation?encounter.status=finished", 0, 1),
        ("Patient?_has:Encounter:patient:status=finished", 0, 1),
        ("Observation?_include=Observation:encounter", 1, 2),
        ("Patient?_revinclude=Encounter:patient", 1, 2),
    ];
    for (url, to_clerk, to_nurse) in cases {
        for (access, expected) in [(&clerk, to_clerk), (&nurse(), to_nurse)] {
            let page = page(&*store, access, url, 50, None).await?;
            let told = page.matches.len() + page.included.len();
            ensure_eq!(told, expected, "{url} to {:?}", access.role);
        }
    }
    let authority = Access::new("v", Role::Authority, Purpose::Care);
    let request = SearchRequest { search: search("Patient")?, ..SearchRequest::default() };
    let outcome = store.search(&authority, &request).await;
    ensure!(matches!(outcome, Err(StoreError::Refused { .. })), "the authority {outcome:?}");
    Ok(())
}
