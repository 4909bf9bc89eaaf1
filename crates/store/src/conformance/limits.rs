//! Limits: what is too much is refused in words, and nothing of it is kept.

use manzil_fhir::Resource;
use manzil_journey::access::Access;
use manzil_journey::access::Compartment::{Assessment, Directory};

use super::given::{change, empty, key, observation, query, rows, system, write};
use super::{Engine, Outcome, ensure, ensure_eq};
use crate::limits::{
    BODY_BYTES_MAX, LABEL_BYTES_MAX, LOCAL_BYTES_MAX, PAGE_ROWS_MAX, QUERY_TERMS_MAX,
    QUERY_WORDS_MAX, WRITES_MAX,
};
use crate::{ChangeSet, Query, StoreError};

pub(super) async fn too_much_is_refused(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let one = || Ok::<_, super::Failure>(write(observation("o", "1-1")?, None, Assessment));
    let long = "x".repeat(LABEL_BYTES_MAX + 1);
    let mut large = observation("o", "1-1")?;
    if let Some(members) = large.value_mut().as_object_mut() {
        members.insert("x".into(), "x".repeat(BODY_BYTES_MAX).into());
    }
    let large = write(large, None, Assessment);
    let many = std::iter::repeat_n(one()?, WRITES_MAX + 1).collect();
    for (case, changes) in [
        ("a large body", change(vec![large])),
        ("many writes", change(many)),
        ("a long description", ChangeSet { what: long.clone(), ..change(vec![one()?]) }),
        ("a long key", ChangeSet { idempotency_key: Some(long.clone()), ..change(vec![one()?]) }),
    ] {
        let outcome = store.commit(&system(), changes).await;
        ensure!(matches!(outcome, Err(StoreError::Limit(_))), "{case} gave {outcome:?}");
    }
    let access = Access { actor: long.clone(), ..system() };
    let outcome = store.read(&access, &key("Observation", "o")).await;
    ensure!(matches!(outcome, Err(StoreError::Limit(_))), "a long actor gave {outcome:?}");
    let outcome = store.note(&system(), "note", &long, None).await;
    ensure!(matches!(outcome, Err(StoreError::Limit(_))), "a long note gave {outcome:?}");
    let outcome = store.local_put("k", "k", &"x".repeat(LOCAL_BYTES_MAX + 1)).await;
    ensure!(matches!(outcome, Err(StoreError::Limit(_))), "a long document gave {outcome:?}");
    let condition = ("code".to_owned(), "x".to_owned());
    let tokens = vec![condition; QUERY_TERMS_MAX + 1];
    let outcome = store.find(&system(), &Query { tokens, ..query("Observation") }).await;
    ensure!(matches!(outcome, Err(StoreError::Limit(_))), "many conditions gave {outcome:?}");
    let words: Vec<String> = (0..=QUERY_WORDS_MAX).map(|number| format!("w{number}")).collect();
    let text = Query { text: Some(words.join(" ")), ..query("Patient") };
    let outcome = store.find(&system(), &text).await;
    ensure!(matches!(outcome, Err(StoreError::Limit(_))), "many words gave {outcome:?}");
    ensure_eq!(store.statistics().await?.change_sets, 0, "something was kept");
    Ok(())
}

pub(super) async fn a_page_has_at_most_its_limit(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let mut writes = Vec::new();
    for number in 0..PAGE_ROWS_MAX + 10 {
        writes.push(write(observation(&format!("o{number}"), "1-1")?, None, Directory));
    }
    store.commit(&system(), change(writes)).await?;
    let all = Query { page: rows(usize::MAX), ..query("Observation") };
    let page = store.find(&system(), &all).await?;
    ensure_eq!(page.rows.len(), PAGE_ROWS_MAX, "rows of a page");
    ensure_eq!(page.total, PAGE_ROWS_MAX as u64 + 10, "the total");
    ensure!(page.next.is_some(), "there is more");
    Ok(())
}

pub(super) async fn unusable_ids_are_refused(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let mut none = observation("o", "1-1")?;
    if let Some(members) = none.value_mut().as_object_mut() {
        members.shift_remove("id");
    }
    let outcome = store.commit(&system(), change(vec![write(none, None, Assessment)])).await;
    ensure!(matches!(outcome, Err(StoreError::BadId(_))), "no id gave {outcome:?}");
    for id in ["", "a b", "ä", "../x", &"x".repeat(65)] {
        let mut bad = observation("o", "1-1")?;
        if let Some(member) = bad.value_mut().get_mut("id") {
            *member = id.into();
        }
        let outcome = store.commit(&system(), change(vec![write(bad, None, Assessment)])).await;
        ensure!(matches!(outcome, Err(StoreError::BadId(_))), "the id {id:?} gave {outcome:?}");
        let about = write(observation("o", "1-1")?, Some(id), Assessment);
        let outcome = store.commit(&system(), change(vec![about])).await;
        ensure!(matches!(outcome, Err(StoreError::BadId(_))), "a person {id:?} gave {outcome:?}");
    }
    let mut wrong: Resource = observation("o", "1-1")?;
    if let Some(members) = wrong.value_mut().as_object_mut() {
        members.insert("meta".into(), "text".into());
    }
    let outcome = store.commit(&system(), change(vec![write(wrong, None, Assessment)])).await;
    ensure!(matches!(outcome, Err(StoreError::Malformed(_))), "a wrong meta gave {outcome:?}");
    let outcome = store.commit(&system(), change(Vec::new())).await;
    ensure!(matches!(outcome, Err(StoreError::Malformed(_))), "nothing to write gave {outcome:?}");
    Ok(())
}
