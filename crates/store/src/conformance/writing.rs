//! Writing: whole or not at all, byte-faithful, once.

use manzil_journey::access::Compartment::{self, Assessment, Care, Identity};

use super::given::{
    change, clerk, empty, key, last_line, nurse, observation, patient, put, resource, system, write,
};
use super::{Engine, Failure, Outcome, ensure, ensure_eq};

use crate::{Expect, Store, StoreError, Write};

/// Member order, decimals, unknown members, every script, odd but legal JSON.
const FAITHFUL: &[&str] = &[
    r#"{"resourceType":"Observation","id":"a","valueQuantity":{"value":0.350,"unit":"mg"}}"#,
    r#"{"resourceType":"Observation","id":"b","z":1,"a":2,"m":{"y":[],"x":{}}}"#,
    r#"{"id":"c","resourceType":"Observation","unknownMember":{"deep":[[[null,true,-0.0,1e-9]]]}}"#,
    r#"{"resourceType":"Observation","id":"d","n":[100.00,12345678901234567890.123456789,0.10]}"#,
    r#"{"resourceType":"Observation","id":"e","t":"ليلى 王小明 Ἀθηνᾶ አበበ 👩🏽‍⚕️ \" \\ \u0007 \n"}"#,
    r#"{"resourceType":"Observation","id":"f","_status":{"extension":[{"url":"u","valueCode":"x"}]}}"#,
    r#"{"resourceType":"Observation","id":"g","meta":{"profile":["p"],"tag":[{"code":"t"}]},"":0}"#,
];

async fn stored(store: &dyn Store, id: &str) -> Result<crate::Version, Failure> {
    let found = store.read(&system(), &key("Observation", id)).await?;
    found.ok_or_else(|| Failure(format!("Observation/{id} is not there")))
}

pub(super) async fn what_is_read_is_what_was_written(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for json in FAITHFUL {
        let written = resource(json)?;
        let id = written.id().unwrap_or_default().to_owned();
        put(&*store, written.clone(), None, Assessment).await?;
        let read = stored(&*store, &id).await?.resource()?;
        // Setting the same version and time on what was written must give the same text.
        let at = read.last_updated().ok_or_else(|| Failure("no meta.lastUpdated".into()))?;
        let mut expected = written;
        expected.set_version("1", at);
        ensure_eq!(read.to_json(), expected.to_json(), "the text came back changed");
    }
    Ok(())
}

pub(super) async fn the_store_sets_version_and_time(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let json = r#"{"resourceType":"Observation","id":"o","meta":{"lastUpdated":"1999-01-01T00:00:00Z","versionId":"77","source":"s"}}"#;
    put(&*store, resource(json)?, None, Assessment).await?;
    put(&*store, resource(json)?, None, Assessment).await?;
    let version = stored(&*store, "o").await?;
    ensure_eq!(version.meta.version, 2, "the version counts from 1");
    let resource = version.resource()?;
    ensure_eq!(resource.version_id(), Some("2"), "meta.versionId");
    ensure_eq!(resource.last_updated(), Some(version.meta.at), "meta.lastUpdated");
    let text = version.body.json();
    ensure!(text.contains(r#""source":"s""#), "meta lost a member: {text}");
    Ok(())
}

pub(super) async fn the_hash_is_that_of_the_text(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for json in FAITHFUL {
        let done = put(&*store, resource(json)?, None, Assessment).await?;
        let Some(meta) = done.versions.first() else { return Err(Failure("no version".into())) };
        let version = stored(&*store, &meta.key.id).await?;
        ensure_eq!(version.meta, *meta, "what commit said and what read says");
        ensure_eq!(crate::body::hash_of(version.body.json())?, meta.hash, "the hash");
    }
    Ok(())
}

fn expecting(mut write: Write, expect: Expect) -> Write {
    write.expect = expect;
    write
}

pub(super) async fn a_conflict_changes_nothing(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, observation("o", "1-1")?, None, Assessment).await?;
    let before = store.statistics().await?;
    for (id, expect, found) in [
        ("o", Expect::Absent, Some(1)),
        ("o", Expect::Version(2), Some(1)),
        ("o", Expect::Version(0), Some(1)),
        ("absent", Expect::Version(1), None),
    ] {
        let write = write(observation(id, "2-2")?, None, Assessment);
        let outcome = store.commit(&system(), change(vec![expecting(write, expect)])).await;
        match outcome {
            Err(StoreError::Conflict { key, found: version, .. }) => {
                ensure_eq!((key.id.as_str(), version), (id, found), "the conflict says what is");
            }
            other => return Err(Failure(format!("{expect:?} of {id} gave {other:?}"))),
        }
    }
    let after = store.statistics().await?;
    ensure_eq!(
        (after.change_sets, after.versions, after.resources),
        (before.change_sets, before.versions, before.resources),
        "a conflict left something"
    );
    ensure_eq!(stored(&*store, "o").await?.meta.version, 1, "the version after conflicts");
    Ok(())
}

pub(super) async fn an_expected_version_is_replaced(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for expect in [Expect::Absent, Expect::Version(1), Expect::Any, Expect::Version(3)] {
        let write = expecting(write(observation("o", "1-1")?, None, Assessment), expect);
        store.commit(&system(), change(vec![write])).await?;
    }
    ensure_eq!(stored(&*store, "o").await?.meta.version, 4, "the version after four writes");
    Ok(())
}

pub(super) async fn a_change_set_is_whole_or_not_there(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, observation("there", "1-1")?, None, Assessment).await?;
    let writes = vec![
        write(observation("first", "1-1")?, Some("p9"), Assessment),
        write(observation("there", "2-2")?, None, Assessment),
        expecting(write(observation("there", "3-3")?, None, Assessment), Expect::Absent),
    ];
    let outcome = store.commit(&system(), change(writes)).await;
    ensure!(matches!(outcome, Err(StoreError::Conflict { .. })), "expected a conflict");
    let first = store.read(&system(), &key("Observation", "first")).await?;
    ensure!(first.is_none(), "the first write of a failed change set is there");
    ensure_eq!(stored(&*store, "there").await?.meta.version, 1, "the second write");
    let whole = vec![
        write(observation("first", "1-1")?, Some("p9"), Assessment),
        write(observation("second", "1-1")?, None, Care),
    ];
    let done = store.commit(&system(), change(whole)).await?;
    ensure_eq!(done.seq, 2, "the failed change set took a number");
    ensure!(done.versions.iter().all(|meta| meta.seq == 2), "versions of another change set");
    Ok(())
}

pub(super) async fn a_resource_may_be_written_twice_in_a_change_set(
    engine: &dyn Engine,
) -> Outcome {
    let store = empty(engine).await?;
    let writes = vec![
        expecting(write(observation("o", "1-1")?, None, Assessment), Expect::Absent),
        expecting(write(observation("o", "2-2")?, None, Assessment), Expect::Version(1)),
    ];
    let done = store.commit(&system(), change(writes)).await?;
    let versions: Vec<u64> = done.versions.iter().map(|meta| meta.version).collect();
    ensure_eq!(versions, vec![1, 2], "versions");
    ensure!(stored(&*store, "o").await?.body.json().contains("2-2"), "the last one counts");
    Ok(())
}

pub(super) async fn change_sets_are_numbered_without_a_gap(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for expected in 1..=20 {
        // A refusal and a conflict between must take no number.
        let care = change(vec![write(observation("c", "1-1")?, Some("p1"), Care)]);
        ensure!(store.commit(&clerk(), care).await.is_err(), "a clerk wrote into care");
        let id = format!("o{expected}");
        let first =
            expecting(write(observation(&id, "1-1")?, None, Assessment), Expect::Version(9));
        ensure!(store.commit(&system(), change(vec![first])).await.is_err(), "no conflict");
        let done = put(&*store, observation(&id, "1-1")?, None, Assessment).await?;
        ensure_eq!(done.seq, expected, "seq");
    }
    Ok(())
}

pub(super) async fn an_idempotency_key_is_committed_once(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let mut once = change(vec![write(observation("o", "1-1")?, Some("p1"), Assessment)]);
    once.idempotency_key = Some("key 1".into());
    let first = store.commit(&system(), once.clone()).await?;
    put(&*store, observation("o", "2-2")?, Some("p1"), Assessment).await?;
    let again = store.commit(&system(), once.clone()).await?;
    ensure!(!first.replayed && again.replayed, "replayed is wrong");
    ensure_eq!((again.seq, &again.versions), (first.seq, &first.versions), "the first commit");
    ensure_eq!(stored(&*store, "o").await?.meta.version, 2, "the replay wrote something");
    once.idempotency_key = Some("key 2".into());
    ensure!(!store.commit(&system(), once).await?.replayed, "another key is another commit");
    // A change set that failed under a key has not used it up.
    let conflict = expecting(write(observation("o", "1")?, None, Assessment), Expect::Absent);
    let mut failing = change(vec![conflict]);
    failing.idempotency_key = Some("key 3".into());
    ensure!(store.commit(&system(), failing.clone()).await.is_err(), "no conflict");
    failing.writes = vec![write(observation("o", "1")?, None, Assessment)];
    ensure!(!store.commit(&system(), failing).await?.replayed, "a failed key was used up");
    Ok(())
}

pub(super) async fn a_replay_is_not_told_to_those_who_may_not_write_it(
    engine: &dyn Engine,
) -> Outcome {
    let store = empty(engine).await?;
    let mut care = change(vec![write(observation("o", "1-1")?, Some("p1"), Care)]);
    care.idempotency_key = Some("key".into());
    store.commit(&nurse(), care).await?;
    let mut other = change(vec![write(observation("x", "1-1")?, Some("p1"), Assessment)]);
    other.idempotency_key = Some("key".into());
    let outcome = store.commit(&clerk(), other).await;
    ensure!(matches!(outcome, Err(StoreError::Refused { .. })), "told of care: {outcome:?}");
    ensure_eq!(last_line(&*store).await?.what, "refused", "the audit line");
    Ok(())
}

pub(super) async fn a_patient_is_about_itself(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let done = put(&*store, patient("p1", "Sow", "Awa")?, None, Identity).await?;
    let person = done.versions.first().and_then(|meta| meta.person.clone());
    ensure_eq!(person.as_deref(), Some("p1"), "whom a Patient is about");
    Ok(())
}

/// Many change sets at once: all there, numbered without a gap, each once.
pub(super) async fn many_writers_lose_nothing(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let mut running: Vec<super::Running<'_>> = Vec::new();
    for number in 0..200 {
        let body = observation(&format!("o{number}"), "1-1")?;
        let store = &store;
        let compartment = if number % 2 == 0 { Assessment } else { Compartment::Identity };
        let run = async move {
            put(&**store, body, Some("p1"), compartment).await?;
            Ok(())
        };
        running.push(Box::pin(run));
    }
    super::together(running).await?;
    let metas = store.changes(&system(), 0, 1_000).await?;
    let seqs: Vec<u64> = metas.iter().map(|meta| meta.seq).collect();
    ensure_eq!(seqs, (1..=200).collect::<Vec<u64>>(), "the numbers of 200 change sets");
    ensure!(store.verify().await?.is_whole(), "the chains are broken");
    Ok(())
}
