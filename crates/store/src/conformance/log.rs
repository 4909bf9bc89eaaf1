//! The change log.

use manzil_journey::access::Compartment::Assessment;

use super::given::{change, empty, observation, put, system, write};
use super::{Engine, Outcome, ensure, ensure_eq};

pub(super) async fn the_log_goes_on_where_it_stopped(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for number in 0..25 {
        put(&*store, observation(&format!("o{}", number % 10), "1-1")?, None, Assessment).await?;
    }
    let (mut seen, mut after) = (Vec::new(), 0);
    loop {
        let metas = store.changes(&system(), after, 4).await?;
        let Some(last) = metas.last() else { break };
        ensure!(metas.len() <= 4, "{} rows", metas.len());
        after = last.seq;
        seen.extend(metas.into_iter().map(|meta| meta.seq));
    }
    ensure_eq!(seen, (1..=25).collect::<Vec<u64>>(), "the numbers");
    ensure!(store.changes(&system(), u64::MAX, 4).await?.is_empty(), "after the end");
    Ok(())
}

pub(super) async fn a_change_set_is_never_cut(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for set in 0..3 {
        let mut writes = Vec::new();
        for number in 0..5 {
            writes.push(write(observation(&format!("o{set}-{number}"), "1-1")?, None, Assessment));
        }
        store.commit(&system(), change(writes)).await?;
    }
    for rows_max in [1, 4, 5] {
        let metas = store.changes(&system(), 0, rows_max).await?;
        ensure_eq!(metas.len(), 5, "rows when {rows_max} are asked for");
        ensure!(metas.iter().all(|meta| meta.seq == 1), "the first change set alone");
    }
    let metas = store.changes(&system(), 0, 6).await?;
    ensure_eq!(metas.len(), 10, "rows when 6 are asked for");
    let ids: Vec<&str> = metas.iter().take(5).map(|meta| meta.key.id.as_str()).collect();
    ensure_eq!(ids, ["o0-0", "o0-1", "o0-2", "o0-3", "o0-4"], "the order within a change set");
    Ok(())
}
