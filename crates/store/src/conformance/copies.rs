//! Local documents, snapshots, statistics and closing.

use manzil_journey::access::Compartment::{Assessment, Care, Identity};

use super::given::{empty, key, observation, patient, put, query, rows, system};
use super::{Engine, Outcome, ensure, ensure_eq};
use crate::{HistoryRequest, Query, StoreError};

pub(super) async fn local_documents_come_and_go(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    ensure_eq!(store.local_get("account", "a").await?, None, "before");
    store.local_put("account", "b", r#"{"n":1.50}"#).await?;
    store.local_put("account", "a", "{}").await?;
    store.local_put("session", "a", "other").await?;
    store.local_put("account", "a", r#"{"changed":true}"#).await?;
    let listed = store.local_list("account").await?;
    let expected = vec![
        ("a".to_owned(), r#"{"changed":true}"#.to_owned()),
        ("b".to_owned(), r#"{"n":1.50}"#.to_owned()),
    ];
    ensure_eq!(listed, expected, "the accounts");
    store.local_delete("account", "a").await?;
    store.local_delete("account", "absent").await?;
    ensure_eq!(store.local_get("account", "a").await?, None, "after deleting");
    ensure_eq!(store.local_get("session", "a").await?.as_deref(), Some("other"), "another kind");
    ensure_eq!(store.statistics().await?.change_sets, 0, "documents are not in the change log");
    Ok(())
}

pub(super) async fn a_snapshot_is_a_whole_store(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for number in 0..30 {
        let id = format!("p{number}");
        put(&*store, patient(&id, "Sow", "Awa")?, None, Identity).await?;
        put(&*store, observation(&id, "1-1")?, Some(&id), Care).await?;
        put(&*store, observation(&id, "2-2")?, Some(&id), Care).await?;
    }
    store.local_put("account", "a", "{}").await?;
    let path = engine.copy_path();
    store.snapshot(&path).await?;
    // What comes after the copy is not in it.
    put(&*store, observation("late", "1-1")?, None, Assessment).await?;
    let copy = engine.open_copy(&path).await?;
    let report = copy.verify().await?;
    ensure!(report.is_whole(), "the copy: {report:?}");
    ensure_eq!(copy.statistics().await?.change_sets, 90, "the change sets of the copy");
    ensure_eq!(copy.local_get("account", "a").await?.as_deref(), Some("{}"), "local documents");
    for number in 0..30 {
        let key = key("Observation", &format!("p{number}"));
        let of = |store: std::sync::Arc<dyn crate::Store>| {
            let key = key.clone();
            async move { store.history(&system(), &HistoryRequest::of(key.clone(), rows(9))).await }
        };
        let (here, there) = (of(store.clone()).await?, of(copy.clone()).await?);
        for (here, there) in here.rows.iter().zip(&there.rows) {
            ensure_eq!(here.meta, there.meta, "a version in the copy");
            ensure_eq!(here.body, there.body, "its text");
        }
        ensure_eq!((here.total, there.total), (2, 2), "the versions");
    }
    let text = Query { text: Some("sow".into()), ..query("Patient") };
    ensure_eq!(copy.find(&system(), &text).await?.total, 30, "the search index of the copy");
    // The copy is a store of its own and goes on.
    let done = put(&*copy, observation("new", "1-1")?, None, Assessment).await?;
    ensure_eq!(done.seq, 91, "the log of the copy goes on");
    Ok(())
}

pub(super) async fn a_snapshot_does_not_overwrite(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let path = engine.copy_path();
    store.snapshot(&path).await?;
    let outcome = store.snapshot(&path).await;
    ensure!(matches!(outcome, Err(StoreError::Disk(_))), "the second gave {outcome:?}");
    Ok(())
}

pub(super) async fn statistics_count(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let at_first = store.statistics().await?;
    ensure!(at_first.schema > 0 && at_first.bytes > 0, "{at_first:?}");
    for code in ["1-1", "2-2"] {
        put(&*store, observation("o", code)?, None, Assessment).await?;
    }
    put(&*store, observation("x", "1-1")?, None, Assessment).await?;
    let counted = store.statistics().await?;
    ensure_eq!(
        (counted.change_sets, counted.resources, counted.versions, counted.audit_entries),
        (3, 2, 3, 3),
        "the counts"
    );
    Ok(())
}

pub(super) async fn a_closed_store_says_so(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, observation("o", "1-1")?, None, Assessment).await?;
    store.close().await?;
    store.close().await?;
    let closed = [
        store.read(&system(), &key("Observation", "o")).await.err(),
        put_again(&*store).await,
        store.local_get("a", "b").await.err(),
        store.verify().await.err(),
    ];
    for error in closed {
        ensure!(matches!(error, Some(StoreError::Closed)), "a closed store gave {error:?}");
    }
    Ok(())
}

async fn put_again(store: &dyn crate::Store) -> Option<StoreError> {
    let resource = observation("o", "1-1").ok()?;
    let write = super::given::write(resource, None, Assessment);
    store.commit(&system(), super::given::change(vec![write])).await.err()
}
