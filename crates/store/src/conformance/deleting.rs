//! Deleting, histories of more than one resource, and conditions on a change set.

use manzil_journey::access::Compartment::{Assessment, Care};

use super::given::{
    change, clerk, empty, found, key, observation, put, query, rows, search, system, write,
};
use super::{Engine, Outcome, ensure, ensure_eq};
use crate::{
    ChangeSet, Content, Expect, Guard, HistoryRequest, PageRequest, Period, Scope, Store,
    StoreError, Write,
};

fn deletion(id: &str) -> Write {
    Write {
        content: Content::Delete(key("Observation", id)),
        person: Some("p1".into()),
        compartment: Assessment,
        expect: Expect::Any,
    }
}

async fn delete(store: &dyn Store, id: &str) -> Outcome {
    store.commit(&system(), change(vec![deletion(id)])).await?;
    Ok(())
}

pub(super) async fn what_is_deleted_is_gone_and_its_past_is_kept(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, observation("o", "1-1")?, Some("p1"), Assessment).await?;
    delete(&*store, "o").await?;
    let o = key("Observation", "o");
    ensure!(store.read(&system(), &o).await?.is_none(), "it can be read");
    ensure_eq!(found(&*store, query("Observation")).await?, Vec::<String>::new(), "found");
    ensure!(store.person(&system(), "p1").await?.is_empty(), "it is in the person's record");
    let past = store.history(&system(), &HistoryRequest::of(o.clone(), rows(9))).await?;
    let told: Vec<(u64, bool, bool)> = past
        .rows
        .iter()
        .map(|row| (row.meta.version, row.meta.deleted, row.body.json().is_empty()))
        .collect();
    ensure_eq!(told, vec![(2, true, true), (1, false, false)], "its past");
    let first = store.read_version(&system(), &o, 1).await?;
    ensure!(first.is_some_and(|first| first.body.json().contains("1-1")), "its first version");
    ensure!(store.verify().await?.is_whole(), "the chains");
    Ok(())
}

pub(super) async fn a_deleted_resource_may_come_back(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, observation("o", "1-1")?, None, Assessment).await?;
    delete(&*store, "o").await?;
    let mut back = write(observation("o", "2-2")?, None, Assessment);
    back.expect = Expect::Absent;
    let done = store.commit(&system(), change(vec![back])).await?;
    ensure_eq!(done.versions.first().map(|meta| meta.version), Some(3), "its version");
    ensure_eq!(found(&*store, query("Observation")).await?, vec!["o"], "found");
    Ok(())
}

pub(super) async fn only_what_is_there_is_deleted(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let never = store.commit(&system(), change(vec![deletion("o")])).await;
    ensure!(matches!(never, Err(StoreError::Conflict { .. })), "never there gave {never:?}");
    put(&*store, observation("o", "1-1")?, None, Assessment).await?;
    let old = Write { expect: Expect::Version(7), ..deletion("o") };
    let outcome = store.commit(&system(), change(vec![old])).await;
    ensure!(matches!(outcome, Err(StoreError::Conflict { .. })), "another version {outcome:?}");
    delete(&*store, "o").await?;
    let again = store.commit(&system(), change(vec![deletion("o")])).await;
    ensure!(matches!(again, Err(StoreError::Conflict { .. })), "deleted before gave {again:?}");
    ensure_eq!(store.statistics().await?.versions, 2, "the versions");
    Ok(())
}

pub(super) async fn a_deletion_follows_the_policy(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, observation("o", "1-1")?, Some("p1"), Care).await?;
    let outcome = store.commit(&clerk(), change(vec![deletion("o")])).await;
    ensure!(matches!(outcome, Err(StoreError::Refused { .. })), "a clerk gave {outcome:?}");
    ensure!(store.read(&system(), &key("Observation", "o")).await?.is_some(), "it is gone");
    Ok(())
}

pub(super) async fn many_are_read_at_once(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for id in ["a", "b", "c"] {
        put(&*store, observation(id, "1-1")?, None, Assessment).await?;
    }
    delete(&*store, "b").await?;
    let keys = ["c", "b", "absent", "a", "c"].map(|id| key("Observation", id));
    let read = store.read_many(&system(), &keys).await?;
    let ids: Vec<Option<String>> =
        read.into_iter().map(|each| each.map(|version| version.meta.key.id)).collect();
    let expected = [Some("c"), None, None, Some("a"), Some("c")];
    ensure_eq!(ids, expected.map(|id| id.map(str::to_owned)).to_vec(), "in the order asked");
    Ok(())
}

pub(super) async fn the_past_of_a_type_and_of_everything(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let mut times = Vec::new();
    for (id, code) in [("a", "1-1"), ("b", "1-1"), ("a", "2-2")] {
        let done = put(&*store, observation(id, code)?, None, Assessment).await?;
        times.extend(done.versions.first().map(|meta| meta.at));
    }
    put(&*store, super::given::patient("p", "Sow", "Awa")?, None, Assessment).await?;
    let done = put(&*store, observation("a", "3-3")?, None, Assessment).await?;
    times.extend(done.versions.first().map(|meta| meta.at));
    let time = |place: usize| times.get(place).copied();
    let ask = |scope: &Scope, since: Option<usize>, at: Option<(usize, usize)>| HistoryRequest {
        scope: scope.clone(),
        since: since.and_then(time),
        at: at.and_then(|(first, last)| Some(Period { first: time(first)?, last: time(last)? })),
        page: PageRequest { rows_max: 2, after: None },
    };
    let observations = &Scope::Type("Observation".into());
    let one = &Scope::Resource(key("Observation", "a"));
    for (request, expected) in [
        (ask(observations, None, None), vec!["a 3", "a 2", "b 1", "a 1"]),
        (ask(observations, Some(1), None), vec!["a 3", "a 2", "b 1"]),
        (ask(observations, None, Some((1, 1))), vec!["b 1", "a 1"]),
        (ask(observations, None, Some((2, 2))), vec!["a 2", "b 1"]),
        (ask(observations, None, Some((1, 2))), vec!["a 2", "b 1", "a 1"]),
        (ask(observations, None, Some((3, 3))), vec!["a 3", "b 1"]),
        (ask(observations, Some(2), Some((3, 3))), vec!["a 3"]),
        (ask(&Scope::Everything, None, None), vec!["a 3", "p 1", "a 2", "b 1", "a 1"]),
        (ask(&Scope::Everything, None, Some((3, 3))), vec!["a 3", "p 1", "b 1"]),
        (ask(one, None, None), vec!["a 3", "a 2", "a 1"]),
        (ask(one, None, Some((2, 2))), vec!["a 2"]),
        (ask(one, None, Some((0, 3))), vec!["a 3", "a 2", "a 1"]),
        (ask(one, Some(2), Some((2, 3))), vec!["a 3", "a 2"]),
        (ask(&Scope::Type("Encounter".into()), None, None), vec![]),
    ] {
        let shown = format!("{request:?}");
        let (mut seen, mut request) = (Vec::new(), request);
        loop {
            let page = store.history(&system(), &request).await?;
            ensure_eq!(page.total, expected.len() as u64, "the total of {shown}");
            seen.extend(
                page.rows.iter().map(|row| format!("{} {}", row.meta.key.id, row.meta.version)),
            );
            request.page.after = page.next;
            if request.page.after.is_none() {
                break;
            }
        }
        ensure_eq!(seen, expected, "{shown}");
    }
    Ok(())
}

pub(super) async fn a_guard_holds_at_the_commit(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, observation("a", "1-1")?, None, Assessment).await?;
    let guarded = |id: &str, finds: &[&str]| -> Result<ChangeSet, super::Failure> {
        let guard = Guard {
            search: search("Observation?code=1-1")?,
            finds: finds.iter().map(|id| key("Observation", id)).collect(),
        };
        let writes = vec![write(observation(id, "1-1")?, None, Assessment)];
        Ok(ChangeSet { guards: vec![guard], ..change(writes) })
    };
    for wrong in [&[][..], &["b"], &["a", "b"]] {
        let outcome = store.commit(&system(), guarded("b", wrong)?).await;
        ensure!(matches!(outcome, Err(StoreError::Moved(_))), "{wrong:?} gave {outcome:?}");
    }
    store.commit(&system(), guarded("b", &["a"])?).await?;
    let again = store.commit(&system(), guarded("c", &["a"])?).await;
    ensure!(matches!(again, Err(StoreError::Moved(_))), "a second time gave {again:?}");
    ensure_eq!(found(&*store, query("Observation")).await?, vec!["a", "b"], "what is there");
    Ok(())
}
