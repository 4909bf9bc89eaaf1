//! Reading: versions stay, history pages, absence is no error.

use manzil_journey::access::Compartment::Assessment;

use super::given::{empty, key, observation, put, rows, system};
use super::{Engine, Failure, Outcome, ensure, ensure_eq};
use crate::{HistoryRequest, PageRequest, StoreError};

pub(super) async fn versions_do_not_change(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for code in ["1-1", "2-2", "3-3"] {
        put(&*store, observation("o", code)?, Some("p1"), Assessment).await?;
    }
    for (version, code) in [(1, "1-1"), (2, "2-2"), (3, "3-3")] {
        let found = store.read_version(&system(), &key("Observation", "o"), version).await?;
        let found = found.ok_or_else(|| Failure(format!("version {version} is not there")))?;
        ensure!(found.resource()?.to_json().contains(code), "version {version} changed");
        ensure_eq!(found.meta.version, version, "the number");
        ensure_eq!(found.meta.seq, version, "the place in the log");
    }
    Ok(())
}

pub(super) async fn history_is_newest_first_and_pages(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for _ in 0..7 {
        put(&*store, observation("o", "1-1")?, None, Assessment).await?;
        put(&*store, observation("other", "1-1")?, None, Assessment).await?;
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let request = PageRequest { rows_max: 3, after };
        let page =
            store.history(&system(), &HistoryRequest::of(key("Observation", "o"), request)).await?;
        ensure_eq!(page.total, 7, "the total");
        ensure!(page.rows.len() <= 3, "a page of {} rows", page.rows.len());
        seen.extend(page.rows.iter().map(|row| row.meta.version));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    ensure_eq!(seen, vec![7, 6, 5, 4, 3, 2, 1], "the order");
    let wrong = PageRequest { rows_max: 3, after: Some("not a mark".into()) };
    let outcome =
        store.history(&system(), &HistoryRequest::of(key("Observation", "o"), wrong)).await;
    ensure!(matches!(outcome, Err(StoreError::Malformed(_))), "a wrong mark gave {outcome:?}");
    Ok(())
}

pub(super) async fn what_is_not_there_is_none(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let absent = key("Observation", "absent");
    ensure!(store.read(&system(), &absent).await?.is_none(), "read");
    ensure!(store.read_version(&system(), &absent, 1).await?.is_none(), "read_version");
    ensure_eq!(
        store.history(&system(), &HistoryRequest::of(absent.clone(), rows(5))).await?.total,
        0,
        "history"
    );
    put(&*store, observation("o", "1-1")?, None, Assessment).await?;
    for version in [0, 2, u64::MAX] {
        let found = store.read_version(&system(), &key("Observation", "o"), version).await?;
        ensure!(found.is_none(), "version {version} is there");
    }
    // The same id under another type is another resource.
    ensure!(store.read(&system(), &key("Patient", "o")).await?.is_none(), "another type");
    Ok(())
}
