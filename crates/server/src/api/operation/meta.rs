//! `$meta`, `$meta-add` and `$meta-delete` of one resource. Source:
//! <https://hl7.org/fhir/R4/resource-operation-meta.html>.

use serde_json::{Map, Value, json};

use super::Called;
use crate::api::answer::Answer;
use crate::api::ask::{Call, Conditions, Prefer, Wanted};
use crate::api::fault::Fault;
use crate::api::outcome::Refusal;
use crate::api::{read, write};

/// What is done to the profiles, tags and labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Add,
    Remove,
}

/// The lists of `Meta`; everything else in it is ours.
const LISTS: [&str; 3] = ["profile", "security", "tag"];

/// The `meta` of a resource.
pub(super) async fn show(call: &Call, called: Called) -> Result<Answer, Refusal> {
    let version = read::permitted(call, &called.key()).await?;
    Ok(parameters(version.resource()?.value().get("meta")))
}

/// Adds to the lists of `meta` or removes from them, as a new version.
pub(super) async fn change(call: &Call, called: Called, change: Change) -> Result<Answer, Refusal> {
    let version = read::permitted(call, &called.key()).await?;
    let asked = called.parameter("meta").and_then(|it| it.get("valueMeta")?.as_object());
    let lacking = || Fault::Argument("the parameter meta is missing; send it as valueMeta".into());
    let asked = asked.ok_or_else(lacking)?;
    let mut resource = version.resource()?;
    if let Some(members) = resource.value_mut().as_object_mut()
        && let Some(meta) = members.entry("meta").or_insert_with(|| json!({})).as_object_mut()
    {
        for list in LISTS {
            alter(meta, asked, list, change);
        }
    }
    let target = write::Target::Id(called.of_type(), version.meta.key.id.clone());
    let if_match = Some(version.meta.version.to_string());
    let conditions = Conditions { if_match, ..Conditions::default() };
    let intent = write::Intent::alone(write::What::Put(resource), target, conditions);
    let mut first = Some(intent);
    let mut again = || first.take().map(|it| vec![it]).ok_or_else(|| Fault::Contended.into());
    let prefer = Prefer { content: Some(Wanted::Resource), ..call.prefer };
    let whole = Call { prefer, ..call.clone() };
    let answers = write::carry_out(&whole, "fhir meta", &mut again).await?;
    let body = answers.into_iter().next().and_then(|answer| answer.body).unwrap_or_default();
    let written: Value = serde_json::from_str(&body).unwrap_or_default();
    Ok(parameters(written.get("meta")))
}

fn alter(meta: &mut Map<String, Value>, asked: &Map<String, Value>, list: &str, change: Change) {
    let Some(asked) = asked.get(list).and_then(Value::as_array) else { return };
    let Value::Array(own) = meta.entry(list).or_insert_with(|| json!([])) else { return };
    match change {
        Change::Add => {
            for item in asked {
                if !own.iter().any(|it| is_same(it, item)) {
                    own.push(item.clone());
                }
            }
        }
        Change::Remove => own.retain(|it| !asked.iter().any(|item| is_same(it, item))),
    }
    if own.is_empty() {
        meta.shift_remove(list);
    }
}

/// A tag is known by its system and code, a profile by its address.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(_), Value::Object(_)) => {
            a.get("system") == b.get("system") && a.get("code") == b.get("code")
        }
        _ => a == b,
    }
}

fn parameters(meta: Option<&Value>) -> Answer {
    let meta = meta.cloned().unwrap_or_else(|| json!({}));
    let parameter = json!([{"name": "return", "valueMeta": meta}]);
    Answer::json(json!({"resourceType": "Parameters", "parameter": parameter}).to_string())
}
