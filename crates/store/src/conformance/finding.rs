//! Finding: every condition, text while typing, and pages.

use manzil_journey::access::Compartment::{Assessment, Identity};

use super::given::{
    change, empty, found, observation, patient, put, query, resource, system, write,
};
use super::{Engine, Failure, Outcome, ensure, ensure_eq};
use crate::{DateTerm, PageRequest, Query, Store, StoreError};

fn tokens(resource_type: &str, tokens: &[(&str, &str)]) -> Query {
    let tokens = tokens.iter().map(|each| (each.0.into(), each.1.into())).collect();
    Query { tokens, ..query(resource_type) }
}

fn text(words: &str) -> Query {
    Query { text: Some(words.into()), ..query("Patient") }
}

async fn three_observations(store: &dyn Store) -> Outcome {
    for (id, person, code) in [("a", "p1", "1-1"), ("b", "p1", "2-2"), ("c", "p2", "1-1")] {
        let json = format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"{code}"}}]}},"subject":{{"reference":"Patient/{person}"}}}}"#
        );
        put(store, resource(&json)?, Some(person), Assessment).await?;
    }
    put(store, patient("p1", "Sow", "Awa")?, None, Identity).await?;
    Ok(())
}

pub(super) async fn by_type_person_and_token(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    three_observations(&*store).await?;
    let about = |person: &str| Query { person: Some(person.into()), ..query("Observation") };
    let of = "Observation";
    for (question, expected) in [
        (query(of), vec!["a", "b", "c"]),
        (query("Patient"), vec!["p1"]),
        (query("Encounter"), vec![]),
        (about("p1"), vec!["a", "b"]),
        (about("nobody"), vec![]),
        (tokens(of, &[("code", "1-1")]), vec!["a", "c"]),
        (tokens(of, &[("code", "http://loinc.org|1-1")]), vec!["a", "c"]),
        (tokens(of, &[("code", "http://other.example|1-1")]), vec![]),
        (tokens(of, &[("code", "1-")]), vec![]),
        (tokens(of, &[("status", "final")]), vec!["a", "b", "c"]),
        (tokens(of, &[("subject", "Patient/p1")]), vec!["a", "b"]),
        (tokens(of, &[("_id", "b")]), vec!["b"]),
        (tokens(of, &[("_id", "absent")]), vec![]),
    ] {
        let shown = format!("{question:?}");
        ensure_eq!(found(&*store, question).await?, expected, "{shown}");
    }
    Ok(())
}

pub(super) async fn all_conditions_must_hold(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    three_observations(&*store).await?;
    let of = "Observation";
    let both = tokens(of, &[("code", "1-1"), ("subject", "Patient/p1"), ("status", "final")]);
    ensure_eq!(found(&*store, both.clone()).await?, vec!["a"], "three tokens");
    let with_person = Query { person: Some("p2".into()), ..both };
    ensure_eq!(found(&*store, with_person).await?, Vec::<String>::new(), "and a person");
    let contradiction = tokens(of, &[("code", "1-1"), ("code", "2-2")]);
    ensure_eq!(found(&*store, contradiction).await?, Vec::<String>::new(), "two codes");
    let id = tokens(of, &[("_id", "a"), ("code", "2-2")]);
    ensure_eq!(found(&*store, id).await?, Vec::<String>::new(), "an id and a code");
    Ok(())
}

pub(super) async fn by_the_beginning_of_a_text(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, patient("p1", "Müller-Şahin", "Ayşe")?, None, Identity).await?;
    put(&*store, patient("p2", "Muller", "Ali")?, None, Identity).await?;
    put(&*store, patient("p3", "Smith", "Ali")?, None, Identity).await?;
    let beginning = |name: &str, text: &str| Query {
        beginnings: vec![(name.into(), text.into())],
        ..query("Patient")
    };
    for (question, expected) in [
        (beginning("family", "mul"), vec!["p1", "p2"]),
        (beginning("family", "MÜLLER"), vec!["p1", "p2"]),
        (beginning("family", "muller-s"), vec!["p1"]),
        (beginning("family", "ali"), vec![]),
        (beginning("given", "al"), vec!["p2", "p3"]),
        (beginning("name", "s"), vec!["p3"]),
        (tokens("Patient", &[("family", "muller")]), vec!["p2"]),
        (tokens("Patient", &[("family", "MÜLLER")]), vec!["p2"]),
    ] {
        let shown = format!("{question:?}");
        ensure_eq!(found(&*store, question).await?, expected, "{shown}");
    }
    Ok(())
}

/// Seconds of 2024-05-01 and of 2024-06-01, both UTC.
const MAY: i64 = 1_714_521_600;
const JUNE: i64 = 1_717_200_000;

pub(super) async fn by_date(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for (id, date) in
        [("year", "2024"), ("may", "2024-05"), ("day", "2024-05-31"), ("next", "2024-06-01")]
    {
        let json = format!(r#"{{"resourceType":"Patient","id":"{id}","birthDate":"{date}"}}"#);
        put(&*store, resource(&json)?, None, Identity).await?;
    }
    put(&*store, patient("none", "Sow", "Awa")?, None, Identity).await?;
    let birth = |from, until, within| Query {
        dates: vec![DateTerm { parameter: "birthdate".into(), from, until, within }],
        ..query("Patient")
    };
    for (question, expected) in [
        (birth(MAY, JUNE, false), vec!["day", "may", "year"]),
        (birth(MAY, JUNE, true), vec!["day", "may"]),
        (birth(JUNE, i64::MAX, false), vec!["next", "year"]),
        (birth(JUNE, i64::MAX, true), vec!["next"]),
        (birth(i64::MIN, MAY, false), vec!["year"]),
        (birth(i64::MIN, i64::MAX, true), vec!["day", "may", "next", "year"]),
    ] {
        let shown = format!("{question:?}");
        ensure_eq!(found(&*store, question).await?, expected, "{shown}");
    }
    Ok(())
}

pub(super) async fn by_the_time_of_the_last_change(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let done = put(&*store, patient("p1", "Sow", "Awa")?, None, Identity).await?;
    let at = done.versions.first().map_or(0, |meta| meta.at.as_second());
    let changed = |from, until| Query {
        dates: vec![DateTerm { parameter: "_lastUpdated".into(), from, until, within: true }],
        ..query("Patient")
    };
    ensure_eq!(found(&*store, changed(at, at + 1)).await?, vec!["p1"], "within the second");
    ensure_eq!(found(&*store, changed(at + 1, i64::MAX)).await?, Vec::<String>::new(), "later");
    ensure_eq!(found(&*store, changed(i64::MIN, at)).await?, Vec::<String>::new(), "before");
    Ok(())
}

pub(super) async fn words_are_found_while_typing(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, patient("p1", "García Márquez", "José Arcadio")?, None, Identity).await?;
    put(&*store, patient("p2", "Garland", "Judy")?, None, Identity).await?;
    let identified = r#"{"resourceType":"Patient","id":"p3","identifier":[{"value":"AB-12345"}]}"#;
    put(&*store, resource(identified)?, None, Identity).await?;
    for (typed, expected) in [
        ("g", vec!["p1", "p2"]),
        ("gar", vec!["p1", "p2"]),
        ("GARC", vec!["p1"]),
        ("garcia marquez", vec!["p1"]),
        ("mar jos", vec!["p1"]),
        ("josé  garc", vec!["p1"]),
        ("gar judy", vec!["p2"]),
        ("gar smith", vec![]),
        ("arquez", vec![]),
        ("12345", vec!["p3"]),
        ("", vec!["p1", "p2", "p3"]),
    ] {
        ensure_eq!(found(&*store, text(typed)).await?, expected, "typed {typed:?}");
    }
    let practitioners = Query { text: Some("gar".into()), ..query("Practitioner") };
    ensure_eq!(found(&*store, practitioners).await?, Vec::<String>::new(), "another type");
    Ok(())
}

pub(super) async fn words_are_found_in_every_script(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for (id, family, given) in [
        ("arabic", "الحسيني", "لَيْلَى"),
        ("cyrillic", "Шевченко", "Тарас"),
        ("greek", "Παπαδόπουλος", "Γιώργος"),
        ("ethiopic", "አበበ", "ቢቂላ"),
        ("han", "王", "小明"),
        ("devanagari", "शर्मा", "अनिता"),
        ("burmese", "အောင်", "ဆန်း"),
    ] {
        put(&*store, patient(id, family, given)?, None, Identity).await?;
    }
    for (typed, expected) in [
        ("الحس", "arabic"),
        ("ليلى", "arabic"),
        ("шев", "cyrillic"),
        ("ШЕВЧЕНКО тар", "cyrillic"),
        ("παπαδοπ", "greek"),
        ("አበ", "ethiopic"),
        ("王", "han"),
        ("小", "han"),
        ("शर्मा", "devanagari"),
        ("အောင်", "burmese"),
    ] {
        ensure_eq!(found(&*store, text(typed)).await?, vec![expected], "typed {typed:?}");
    }
    Ok(())
}

pub(super) async fn what_changed_is_found_by_its_new_values_only(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let version = |family: &str, gender: &str, birth: &str| {
        resource(&format!(
            r#"{{"resourceType":"Patient","id":"p1","name":[{{"family":"{family}"}}],"gender":"{gender}","birthDate":"{birth}"}}"#
        ))
    };
    put(&*store, version("Before", "male", "1980")?, None, Identity).await?;
    put(&*store, version("After", "female", "1990")?, None, Identity).await?;
    let none = Vec::<String>::new();
    ensure_eq!(found(&*store, text("bef")).await?, none, "the old word");
    ensure_eq!(found(&*store, text("aft")).await?, vec!["p1"], "the new word");
    let gender = |code: &str| tokens("Patient", &[("gender", code)]);
    ensure_eq!(found(&*store, gender("male")).await?, none, "the old token");
    ensure_eq!(found(&*store, gender("female")).await?, vec!["p1"], "the new token");
    let born_before = |seconds| Query {
        dates: vec![DateTerm {
            parameter: "birthdate".into(),
            from: i64::MIN,
            until: seconds,
            within: true,
        }],
        ..query("Patient")
    };
    ensure_eq!(found(&*store, born_before(500_000_000)).await?, none, "the old date");
    put(&*store, resource(r#"{"resourceType":"Patient","id":"p1"}"#)?, None, Identity).await?;
    ensure_eq!(found(&*store, text("aft")).await?, none, "a word that was taken away");
    ensure_eq!(found(&*store, gender("female")).await?, none, "a token that was taken away");
    ensure_eq!(found(&*store, query("Patient")).await?, vec!["p1"], "the record itself");
    Ok(())
}

async fn all_pages(
    store: &dyn Store,
    mut query: Query,
    rows_max: usize,
) -> Result<Vec<String>, Failure> {
    let mut ids = Vec::new();
    query.page = PageRequest { rows_max, after: None };
    loop {
        let page = store.find(&system(), &query).await?;
        ensure!(page.rows.len() <= rows_max, "a page of {} rows", page.rows.len());
        ids.extend(page.rows.into_iter().map(|row| row.key.id));
        query.page.after = page.next;
        if query.page.after.is_none() {
            return Ok(ids);
        }
    }
}

pub(super) async fn pages_neither_skip_nor_repeat(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let mut writes = Vec::new();
    for number in 0..97 {
        let id = format!("p{:02}", (number * 37) % 97);
        writes.push(write(patient(&id, "Same", "Name")?, None, Identity));
        writes.push(write(observation(&id, "1-1")?, Some("p1"), Assessment));
    }
    store.commit(&system(), change(writes)).await?;
    let mut expected: Vec<String> = (0..97).map(|number| format!("p{number:02}")).collect();
    expected.sort();
    let about = Query { person: Some("p1".into()), ..query("Observation") };
    for question in
        [query("Patient"), text("sam nam"), tokens("Observation", &[("code", "1-1")]), about]
    {
        for rows_max in [1, 10, 97, 98] {
            let mut ids = all_pages(&*store, question.clone(), rows_max).await?;
            ids.sort();
            ensure_eq!(ids, expected, "{question:?} by {rows_max}");
        }
        let counted = Query { page: PageRequest { rows_max: 0, after: None }, ..question.clone() };
        let page = store.find(&system(), &counted).await?;
        ensure_eq!((page.total, page.rows.len()), (97, 0), "the count alone of {question:?}");
    }
    Ok(())
}

/// Writing over what was seen and what was not, and adding more, between two pages.
pub(super) async fn pages_stay_true_while_others_write(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for number in 0..20 {
        put(&*store, patient(&format!("p{number:02}"), "Same", "Name")?, None, Identity).await?;
    }
    let mut query = text("same");
    query.page = PageRequest { rows_max: 5, after: None };
    let mut seen = Vec::new();
    for round in 0.. {
        let page = store.find(&system(), &query).await?;
        seen.extend(page.rows.into_iter().map(|row| row.key.id));
        for number in [0, 7, 13, 19] {
            let again = patient(&format!("p{number:02}"), "Same", "Again")?;
            put(&*store, again, None, Identity).await?;
        }
        if round < 2 {
            put(&*store, patient(&format!("a{round}"), "Same", "New")?, None, Identity).await?;
        }
        query.page.after = page.next;
        if query.page.after.is_none() {
            break;
        }
    }
    let mut first: Vec<String> = seen.into_iter().filter(|id| id.starts_with('p')).collect();
    first.sort();
    let expected: Vec<String> = (0..20).map(|number| format!("p{number:02}")).collect();
    ensure_eq!(first, expected, "what was there from the beginning");
    Ok(())
}

pub(super) async fn a_wrong_question_is_refused(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let check = |question: Query| {
        let store = &store;
        async move {
            let outcome = store.find(&system(), &question).await;
            ensure!(
                matches!(outcome, Err(StoreError::Malformed(_))),
                "{question:?} gave {outcome:?}"
            );
            Ok(())
        }
    };
    // Once before there is such a type, once after.
    for _ in 0..2 {
        check(tokens("Patient", &[("no-such-parameter", "x")])).await?;
        check(tokens("Patient", &[("birthdate", "2024")])).await?;
        let beginning = vec![("gender".to_owned(), "f".to_owned())];
        check(Query { beginnings: beginning, ..query("Patient") }).await?;
        let after = Some("no mark".to_owned());
        check(Query { page: PageRequest { rows_max: 5, after }, ..query("Patient") }).await?;
        put(&*store, patient("p1", "Sow", "Awa")?, None, Identity).await?;
    }
    Ok(())
}

pub(super) async fn signs_of_the_query_language_do_no_harm(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, patient("p1", "O'Brien-Smith", "Jo AND Co")?, None, Identity).await?;
    let signs = [
        "'", "\"", "*", "a*", "(", "NEAR(", "AND", "OR OR", "-", "^o", "{}", ":", "%", "\\", "\0",
        "words:x",
    ];
    for typed in signs {
        store.find(&system(), &text(typed)).await?;
        store.find(&system(), &tokens("Patient", &[("family", typed)])).await?;
        let beginnings = vec![("family".to_owned(), typed.to_owned())];
        store.find(&system(), &Query { beginnings, ..query("Patient") }).await?;
    }
    ensure_eq!(found(&*store, text("o'brien")).await?, vec!["p1"], "an apostrophe");
    ensure_eq!(found(&*store, text("and jo")).await?, vec!["p1"], "a word of the query language");
    Ok(())
}
