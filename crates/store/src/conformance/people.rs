//! Everything about one person.

use manzil_journey::access::Compartment::{Assessment, Care, Directory, Identity};

use super::given::{empty, ids, nurse, observation, patient, put, resource, system};
use super::{Engine, Outcome, ensure, ensure_eq};

pub(super) async fn everything_about_a_person_in_order(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    for id in ["z", "a", "m"] {
        put(&*store, observation(id, "1-1")?, Some("p1"), Assessment).await?;
    }
    put(&*store, patient("p1", "Sow", "Awa")?, None, Identity).await?;
    let condition = r#"{"resourceType":"Condition","id":"x"}"#;
    put(&*store, resource(condition)?, Some("p1"), Care).await?;
    put(&*store, observation("a", "2-2")?, Some("p1"), Assessment).await?;
    let about = store.person(&system(), "p1").await?;
    let keys: Vec<String> = about.iter().map(|each| each.meta.key.to_string()).collect();
    let expected = ["Condition/x", "Observation/a", "Observation/m", "Observation/z", "Patient/p1"];
    ensure_eq!(keys, expected, "types and ids in order");
    let changed = about.iter().find(|each| each.meta.key.id == "a");
    ensure!(changed.is_some_and(|each| each.meta.version == 2), "the current version");
    ensure!(store.person(&system(), "nobody").await?.is_empty(), "nobody has records");
    Ok(())
}

pub(super) async fn others_are_left_out(engine: &dyn Engine) -> Outcome {
    let store = empty(engine).await?;
    put(&*store, observation("mine", "1-1")?, Some("p1"), Care).await?;
    put(&*store, observation("theirs", "1-1")?, Some("p2"), Care).await?;
    put(&*store, observation("nobodys", "1-1")?, None, Directory).await?;
    // A record that was filed under the wrong person and corrected.
    put(&*store, observation("moved", "1-1")?, Some("p1"), Care).await?;
    put(&*store, observation("moved", "1-1")?, Some("p2"), Care).await?;
    ensure_eq!(ids(&store.person(&nurse(), "p1").await?), vec!["mine"], "p1");
    ensure_eq!(ids(&store.person(&nurse(), "p2").await?), vec!["moved", "theirs"], "p2");
    Ok(())
}
