//! Operations.

use super::answer::Answer;
use super::ask::{Call, Pairs};
use super::fault::Fault;
use super::outcome::Refusal;
use super::write::intent::Sent;

/// Does the operation of this name on everything, a type or a resource.
pub(crate) async fn answer(
    call: &Call,
    of: Option<&'static str>,
    id: Option<String>,
    name: &str,
    pairs: Pairs,
    sent: Sent,
) -> Result<Answer, Refusal> {
    let _ = (call, of, id, pairs, sent);
    Err(Fault::NoOperation(name.to_owned()).into())
}

/// The operations of a type, or of everything, as the CapabilityStatement lists them.
pub(crate) fn listed(of: Option<&str>) -> Vec<serde_json::Value> {
    let _ = of;
    Vec::new()
}
