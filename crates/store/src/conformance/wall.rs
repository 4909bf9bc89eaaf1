//! The access policy: the whole matrix of role, purpose and compartment; and the wall.

use manzil_journey::access::Compartment::{Assessment, Care, Directory, Identity};
use manzil_journey::access::{Access, Action, Compartment, Purpose, Role};

use super::given::{
    change, empty, every_access, id_in, ids, key, last_line, observation, one_in_each, patient,
    put, query, resource, rows, system, write,
};
use super::{Engine, Failure, Outcome, ensure, ensure_eq};
use crate::names::{COMPARTMENTS, ROLES};
use crate::{DateTerm, HistoryRequest, Query, Store, StoreError, Version};

/// Holds when the outcome is a refusal exactly if it is not `allowed`, and the refusal audited.
async fn agrees<T>(
    store: &dyn Store,
    access: &Access,
    call: &str,
    allowed: bool,
    outcome: Result<T, StoreError>,
) -> Outcome {
    let who = format!("{call} as {:?} for {:?}", access.role, access.purpose);
    match outcome {
        Ok(_) => ensure!(allowed, "{who} was not refused"),
        Err(StoreError::Refused { role, purpose, .. }) => {
            ensure!(!allowed, "{who} was refused");
            ensure_eq!((role, purpose), (access.role, access.purpose), "who was refused");
            let line = last_line(store).await?;
            ensure_eq!(line.what, "refused", "the audit line of {who}");
            ensure_eq!(line.actor, access.actor, "the actor of {who}");
        }
        Err(error) => return Err(Failure(format!("{who} failed: {error}"))),
    }
    Ok(())
}

pub(super) async fn reading_follows_the_policy(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    one_in_each(&*store).await?;
    for access in every_access() {
        for compartment in COMPARTMENTS {
            let allowed = access.permits(Action::Read, compartment);
            let key = key("Observation", &id_in(compartment));
            let read = store.read(&access, &key).await;
            agrees(&*store, &access, "read", allowed, read).await?;
            let version = store.read_version(&access, &key, 1).await;
            agrees(&*store, &access, "read_version", allowed, version).await?;
            let history = store.history(&access, &HistoryRequest::of(key.clone(), rows(9))).await;
            agrees(&*store, &access, "history", allowed, history).await?;
        }
    }
    Ok(())
}

pub(super) async fn writing_follows_the_policy(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for (number, access) in every_access().enumerate() {
        for compartment in COMPARTMENTS {
            let allowed = access.permits(Action::Write, compartment);
            let id = format!("w{number}-{}", id_in(compartment));
            let new = change(vec![write(observation(&id, "1-1")?, Some("p1"), compartment)]);
            let outcome = store.commit(&access, new).await;
            agrees(&*store, &access, "commit", allowed, outcome).await?;
            let there = store.read(&system(), &key("Observation", &id)).await?.is_some();
            ensure_eq!(there, allowed, "whether the record of {id} is there");
        }
    }
    Ok(())
}

/// A write over a record needs the right to its old and to its new compartment.
pub(super) async fn a_write_cannot_carry_a_record_through_the_wall(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for (number, access) in every_access().enumerate() {
        for (from, to) in COMPARTMENTS.into_iter().zip(COMPARTMENTS.into_iter().cycle().skip(1)) {
            let id = format!("m{number}-{}", id_in(from));
            put(&*store, observation(&id, "1-1")?, Some("p1"), from).await?;
            let moved = change(vec![write(observation(&id, "2-2")?, Some("p1"), to)]);
            let outcome = store.commit(&access, moved).await;
            let allowed = access.permits(Action::Write, from) && access.permits(Action::Write, to);
            agrees(&*store, &access, "moving commit", allowed, outcome).await?;
        }
    }
    Ok(())
}

pub(super) async fn lists_leave_out_what_may_not_be_read(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    one_in_each(&*store).await?;
    for access in every_access() {
        let mut readable: Vec<String> = COMPARTMENTS
            .into_iter()
            .filter(|&each| access.permits(Action::Read, each))
            .map(id_in)
            .collect();
        if readable.is_empty() {
            continue;
        }
        readable.sort();
        let page = store.find(&access, &query("Observation")).await?;
        let mut found = ids(&page.rows);
        found.sort_unstable();
        ensure_eq!(found, readable, "what find gives {access:?}");
        ensure_eq!(page.total, readable.len() as u64, "what find counts for {access:?}");
        let mut changed: Vec<String> =
            store.changes(&access, 0, 100).await?.into_iter().map(|meta| meta.key.id).collect();
        changed.sort();
        ensure_eq!(changed, readable, "what changes gives {access:?}");
        readable.retain(|id| *id != id_in(Directory));
        let about = store.person(&access, "p1").await?;
        ensure_eq!(ids(&about), readable, "what person gives {access:?}");
    }
    Ok(())
}

/// The mark that only the care record has.
const MARK: &str = "care-only-mark";

pub(super) async fn nothing_of_care_is_returned_for_an_assessment(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, patient("p1", "Sow", "Awa")?, None, Identity).await?;
    let care = format!(
        r#"{{"resourceType":"Patient","id":"secret","name":[{{"family":"Sow"}}],"birthDate":"1990-01-01","gender":"female","x":"{MARK}"}}"#
    );
    for version in [Care, Care] {
        put(&*store, resource(&care)?, Some("p1"), version).await?;
    }
    let secret = key("Patient", "secret");
    for role in ROLES {
        let access = Access::new("Patient/p1", role, Purpose::Assessment);
        let mut seen: Vec<Version> = Vec::new();
        let mut found = Vec::new();
        seen.extend(store.read(&access, &secret).await.ok().flatten());
        seen.extend(
            store
                .read_many(&access, std::slice::from_ref(&secret))
                .await
                .into_iter()
                .flatten()
                .flatten(),
        );
        for version in 1..=2 {
            seen.extend(store.read_version(&access, &secret, version).await.ok().flatten());
        }
        if let Ok(page) = store.history(&access, &HistoryRequest::of(secret.clone(), rows(9))).await
        {
            seen.extend(page.rows);
        }
        seen.extend(store.person(&access, "p1").await.unwrap_or_default());
        for query in searches_for_the_mark() {
            if let Ok(page) = store.find(&access, &query).await {
                let shown = page.rows.len() as u64;
                ensure_eq!(page.total, shown, "a total that betrays a care record to {role:?}");
                found.extend(page.rows);
            }
        }
        let seen = seen.into_iter().map(|each| (each.meta.compartment, each.body));
        let found = found.into_iter().map(|each| (each.compartment, each.body));
        let leak = seen
            .chain(found)
            .find(|(compartment, body)| *compartment == Care || body.json().contains(MARK));
        ensure!(leak.is_none(), "{role:?} was given {leak:?}");
        let metas = store.changes(&access, 0, 100).await.unwrap_or_default();
        ensure!(metas.iter().all(|meta| meta.compartment != Care), "the log gave care to {role:?}");
        if let Ok(lines) = store.audit(&access, Some("p1"), rows(1_000)).await {
            let leak = lines.rows.iter().find(|line| line.purpose == Purpose::Care);
            ensure!(leak.is_none(), "the trail gave {role:?} {leak:?}");
        }
    }
    Ok(())
}

fn searches_for_the_mark() -> Vec<Query> {
    let all = query("Patient");
    let birth =
        DateTerm { parameter: "birthdate".into(), from: i64::MIN, until: i64::MAX, within: false };
    vec![
        Query { person: Some("p1".into()), ..all.clone() },
        Query { text: Some("sow".into()), ..all.clone() },
        Query { tokens: vec![("gender".into(), "female".into())], ..all.clone() },
        Query { tokens: vec![("_id".into(), "secret".into())], ..all.clone() },
        Query { beginnings: vec![("family".into(), "so".into())], ..all.clone() },
        Query { dates: vec![birth], ..all.clone() },
        all,
    ]
}

pub(super) async fn a_record_moved_into_care_takes_its_past_along(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for compartment in [Assessment, Care] {
        put(&*store, observation("moved", "1-1")?, Some("p1"), compartment).await?;
    }
    for compartment in [Care, Assessment] {
        put(&*store, observation("shown", "1-1")?, Some("p1"), compartment).await?;
    }
    let access = Access::new("clerk", Role::Clerk, Purpose::Assessment);
    let moved = key("Observation", "moved");
    for version in [1, 2] {
        let outcome = store.read_version(&access, &moved, version).await;
        agrees(&*store, &access, "read_version of a moved record", false, outcome).await?;
    }
    let history = store.history(&access, &HistoryRequest::of(moved.clone(), rows(9))).await;
    agrees(&*store, &access, "history of a moved record", false, history).await?;
    let shown = key("Observation", "shown");
    let outcome = store.read_version(&access, &shown, 1).await;
    agrees(&*store, &access, "read_version of the time in care", false, outcome).await?;
    let history = store.history(&access, &HistoryRequest::of(shown.clone(), rows(9))).await?;
    let versions: Vec<u64> = history.rows.iter().map(|row| row.meta.version).collect();
    ensure_eq!((versions, history.total), (vec![2], 1), "the history outside care");
    let changed = store.changes(&access, 0, 100).await?;
    let changed: Vec<(&str, u64)> =
        changed.iter().map(|meta| (meta.key.id.as_str(), meta.version)).collect();
    ensure_eq!(changed, vec![("shown", 2)], "the log outside care");
    Ok(())
}

pub(super) async fn an_access_that_reaches_nothing_is_refused_everywhere(
    engine: &dyn Engine,
) -> Outcome {
    let store = empty(engine).await?;
    one_in_each(&*store).await?;
    for access in every_access() {
        let reaches = |each: Compartment| access.permits(Action::Read, each);
        if COMPARTMENTS.into_iter().any(reaches) {
            continue;
        }
        let outcome = store.find(&access, &query("Observation")).await;
        agrees(&*store, &access, "find", false, outcome).await?;
        let outcome = store.person(&access, "p1").await;
        agrees(&*store, &access, "person", false, outcome).await?;
        let outcome = store.changes(&access, 0, 10).await;
        agrees(&*store, &access, "changes", false, outcome).await?;
        let outcome = store.read(&access, &key("Observation", "absent")).await;
        agrees(&*store, &access, "read of what is not there", false, outcome).await?;
    }
    Ok(())
}

pub(super) async fn a_person_reads_their_own_record_only(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for person in ["p1", "p2"] {
        put(&*store, patient(person, "Sow", "Awa")?, None, Identity).await?;
        let id = format!("o-{person}");
        put(&*store, observation(&id, "1-1")?, Some(person), Care).await?;
    }
    put(&*store, observation("o-nobody", "1-1")?, None, Care).await?;
    put(&*store, observation("o-directory", "1-1")?, None, Directory).await?;
    let access = Access::new("Patient/p1", Role::Person, Purpose::Person);
    for (id, allowed) in
        [("o-p1", true), ("o-p2", false), ("o-nobody", false), ("o-directory", true)]
    {
        let key = key("Observation", id);
        let read = store.read(&access, &key).await;
        agrees(&*store, &access, id, allowed, read).await?;
        let history = store.history(&access, &HistoryRequest::of(key.clone(), rows(9))).await;
        agrees(&*store, &access, id, allowed, history).await?;
    }
    let found = store.find(&access, &query("Observation")).await?;
    let mut found = ids(&found.rows);
    found.sort_unstable();
    ensure_eq!(found, vec!["o-directory", "o-p1"], "what the person finds");
    ensure_eq!(ids(&store.person(&access, "p1").await?), vec!["o-p1", "p1"], "their own record");
    let other = store.person(&access, "p2").await;
    agrees(&*store, &access, "person", false, other).await?;
    let log = store.changes(&access, 0, 100).await?;
    let strange = log
        .iter()
        .find(|meta| meta.compartment != Directory && meta.person.as_deref() != Some("p1"));
    ensure!(strange.is_none(), "the log shows {strange:?}");
    let nobody = Access::new("amina", Role::Person, Purpose::Person);
    let outcome = store.read(&nobody, &key("Observation", "o-nobody")).await;
    agrees(&*store, &nobody, "an account without a person", false, outcome).await
}
