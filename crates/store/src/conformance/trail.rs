//! The audit trail: one line for each call, chained, read by those whom it concerns.

use manzil_journey::access::Compartment::{Assessment, Care, Identity};
use manzil_journey::access::{Access, Purpose, Role, Via};

use super::given::{
    change, clerk, empty, key, last_line, nurse, observation, patient, put, query, rows, system,
    write,
};
use super::{Engine, Outcome, ensure, ensure_eq};
use crate::chain::{START, audit_link, hex};
use crate::{HistoryRequest, PageRequest, StoreError};

async fn lines(store: &dyn crate::Store) -> Result<u64, super::Failure> {
    Ok(store.statistics().await?.audit_entries)
}

pub(super) async fn every_call_leaves_one_line(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, observation("o", "1-1")?, Some("p1"), Care).await?;
    let (o, absent) = (key("Observation", "o"), key("Observation", "absent"));
    let mut expected = lines(&*store).await?;
    let access = nurse();
    macro_rules! leaves_one {
        ($call:expr) => {{
            let _ = $call.await;
            expected += 1;
            ensure_eq!(lines(&*store).await?, expected, "lines after {}", stringify!($call));
        }};
    }
    leaves_one!(store.read(&access, &o));
    leaves_one!(store.read(&access, &absent));
    leaves_one!(store.read(&clerk(), &o));
    leaves_one!(store.read_version(&access, &o, 1));
    leaves_one!(store.history(&access, &HistoryRequest::of(o.clone(), rows(5))));
    leaves_one!(store.find(&access, &query("Observation")));
    leaves_one!(store.person(&access, "p1"));
    leaves_one!(store.changes(&access, 0, 5));
    leaves_one!(store.audit(&access, Some("p1"), rows(5)));
    leaves_one!(store.note(&access, "print", "summary", Some("p1")));
    let write =
        |id: &str| Ok::<_, super::Failure>(write(observation(id, "1-1")?, Some("p1"), Care));
    let (mut first, second) = (change(vec![write("a")?, write("b")?]), change(vec![write("a")?]));
    first.idempotency_key = Some("k".into());
    leaves_one!(store.commit(&access, first.clone()));
    leaves_one!(store.commit(&access, first));
    leaves_one!(store.commit(&clerk(), second));
    store.verify().await?;
    store.local_put("kind", "key", "value").await?;
    ensure_eq!(lines(&*store).await?, expected, "lines after what is nobody's access");
    Ok(())
}

pub(super) async fn lines_say_who_what_and_why(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, observation("o", "1-1")?, Some("p1"), Care).await?;
    store.read(&nurse(), &key("Observation", "o")).await?;
    let line = last_line(&*store).await?;
    ensure_eq!(
        (line.actor.as_str(), line.role, line.purpose, line.what.as_str(), line.object.as_str()),
        ("nurse", Role::Nurse, Purpose::Care, "read", "Observation/o"),
        "the line of a read"
    );
    ensure_eq!(line.person.as_deref(), Some("p1"), "whom it concerns");
    let outcome = store.read(&clerk(), &key("Observation", "o")).await;
    ensure!(matches!(outcome, Err(StoreError::Refused { .. })), "not refused");
    let line = last_line(&*store).await?;
    ensure_eq!(
        (line.actor.as_str(), line.what.as_str(), line.object.as_str(), line.person.as_deref()),
        ("clerk", "refused", "read Observation/o", Some("p1")),
        "the line of a refusal"
    );
    // A search for a name must not put the name into the trail.
    let mut search = query("Patient");
    search.text = Some("Abubakar".into());
    search.tokens = vec![("family".into(), "Abubakar".into())];
    store.find(&nurse(), &search).await?;
    let line = last_line(&*store).await?;
    ensure!(!line.object.to_lowercase().contains("abubakar"), "a name in {:?}", line.object);
    ensure_eq!(line.what, "search", "the line of a search");
    Ok(())
}

pub(super) async fn lines_say_on_which_way(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let via = Via { network: "192.0.2.7".into(), software: Some("registry".into()) };
    let through = Access { via: Some(via.clone()), ..nurse() };
    let at_hand = Via { network: "2001:db8::1".into(), software: None };
    let by_hand = Access { via: Some(at_hand.clone()), ..nurse() };
    for (access, code) in [(&through, "1-1"), (&by_hand, "1-2")] {
        store.commit(access, change(vec![write(observation("o", code)?, None, Care)])).await?;
    }
    store.read(&nurse(), &key("Observation", "o")).await?;
    let page = store.audit(&system(), None, rows(10)).await?;
    let lines = page.rows.iter().map(|line| (line.what.as_str(), &*line.object, line.via.clone()));
    let lines = lines.collect::<Vec<_>>();
    let expected = [
        ("read", "Observation/o", None),
        ("update", "Observation/o, version 2, change 2", Some(at_hand)),
        ("create", "Observation/o, version 1, change 1", Some(via)),
    ];
    ensure_eq!(lines.as_slice(), expected.as_slice(), "the lines, newest first");
    ensure_eq!(store.verify().await?.broken_at, None, "the chain");
    Ok(())
}

pub(super) async fn a_search_concerns_everybody_it_showed(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for (id, family) in [("p1", "Sow"), ("p2", "Sowande"), ("p3", "Diallo")] {
        put(&*store, patient(id, family, "Awa")?, None, Identity).await?;
    }
    let mut search = query("Patient");
    search.text = Some("sow".into());
    store.find(&nurse(), &search).await?;
    for (person, shown) in [("p1", true), ("p2", true), ("p3", false)] {
        let page = store.audit(&system(), Some(person), rows(100)).await?;
        let found = page.rows.iter().any(|line| line.what == "search");
        ensure_eq!(found, shown, "the search among the lines of {person}");
    }
    Ok(())
}

pub(super) async fn the_trail_pages_newest_first(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for number in 0..10 {
        let person = if number % 2 == 0 { "p1" } else { "p2" };
        store.note(&nurse(), "note", &number.to_string(), Some(person)).await?;
    }
    for (person, expected) in [
        (None, vec!["9", "8", "7", "6", "5", "4", "3", "2", "1", "0"]),
        (Some("p1"), vec!["8", "6", "4", "2", "0"]),
    ] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = store.audit(&system(), person, PageRequest { rows_max: 3, after }).await?;
            ensure!(page.total >= expected.len() as u64, "a total of {}", page.total);
            let notes = page.rows.into_iter().filter(|line| line.what == "note");
            seen.extend(notes.map(|line| line.object));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        ensure_eq!(seen, expected, "the trail of {person:?}");
    }
    Ok(())
}

pub(super) async fn the_trail_is_read_by_those_whom_it_concerns(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, observation("o", "1-1")?, Some("p1"), Care).await?;
    store.read(&nurse(), &key("Observation", "o")).await?;
    let person = Access::new("Patient/p1", Role::Person, Purpose::Person);
    let page = store.audit(&person, Some("p1"), rows(10)).await?;
    ensure!(page.rows.iter().any(|line| line.actor == "nurse"), "who read my record");
    let administrator = Access::new("admin", Role::Administrator, Purpose::Administration);
    store.audit(&administrator, None, rows(10)).await?;
    let authority = Access::new("visa", Role::Authority, Purpose::Assessment);
    for (access, of) in [
        (&person, Some("p2")),
        (&person, None),
        (&authority, Some("p1")),
        (&nurse(), None),
        (&clerk(), None),
    ] {
        let outcome = store.audit(access, of, rows(10)).await;
        ensure!(
            matches!(outcome, Err(StoreError::Refused { .. })),
            "{access:?} read the trail of {of:?}"
        );
        ensure_eq!(last_line(&*store).await?.what, "refused", "the audit line");
    }
    let page = store.audit(&clerk(), Some("p1"), rows(10)).await?;
    ensure!(page.rows.iter().all(|line| line.purpose == Purpose::Assessment), "lines of care");
    Ok(())
}

pub(super) async fn notes_are_kept(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    store.note(&clerk(), "sign-in-failed", "account x", None).await?;
    let line = last_line(&*store).await?;
    ensure_eq!(
        (line.what.as_str(), line.object.as_str(), line.person),
        ("sign-in-failed", "account x", None),
        "the note"
    );
    Ok(())
}

pub(super) async fn the_chain_is_whole(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    let report = store.verify().await?;
    ensure!(report.is_whole() && report.entries == 0, "an empty store: {report:?}");
    for id in ["p1", "p2", "p3"] {
        put(&*store, patient(id, "Sow", "Awa")?, None, Identity).await?;
    }
    let both = vec![
        write(observation("o", "1-1")?, Some("p1"), Assessment),
        write(patient("p2", "Sow", "Aminata")?, None, Identity),
    ];
    store.commit(&system(), change(both)).await?;
    store.find(&nurse(), &query("Patient")).await?;
    let _ = store.read(&clerk(), &key("Observation", "o")).await;
    let report = store.verify().await?;
    ensure!(report.is_whole(), "{report:?}");
    ensure_eq!((report.entries, report.change_sets), (6, 4), "what was walked");
    // The chain can be checked by somebody who has nothing but the lines.
    let mut page = store.audit(&system(), None, rows(100)).await?;
    page.rows.reverse();
    let mut head = START;
    for (place, line) in (1..).zip(&page.rows) {
        head = audit_link(&head, line);
        ensure_eq!(hex(&head), line.hash, "the hash of line {place}");
        ensure_eq!(line.seq, place, "the number of line {place}");
    }
    ensure_eq!(hex(&head), report.head, "the head");
    Ok(())
}
