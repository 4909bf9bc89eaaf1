//! `$validate`. Source: <https://hl7.org/fhir/R4/resource-operation-validate.html>.

use manzil_fhir::Resource;
use manzil_fhir::validate::validate;

use super::Called;
use crate::api::answer::Answer;
use crate::api::ask::Call;
use crate::api::fault::Fault;
use crate::api::outcome::{Issue, Refusal, outcome};
use crate::api::read;
use crate::smart::Interaction;

/// Judges a resource that is sent, or the stored one, and answers 200 whatever is found.
pub(super) async fn answer(call: &Call, called: Called) -> Result<Answer, Refusal> {
    let mode = called.text("mode");
    let profile = called.text("profile");
    let resource = match resource(&called)? {
        Some(resource) => Some(resource),
        None => stored(call, &called).await?,
    };
    let mut issues = Vec::new();
    match (mode.as_deref(), &called.id) {
        (None | Some("create" | "profile"), _) | (Some("update" | "delete"), Some(_)) => {}
        (Some("update"), None) => issues.extend(resource.as_ref().and_then(no_id)),
        (Some("delete"), None) => {
            let text = "the mode delete is asked of one resource; put its id into the address";
            return Err(Fault::Argument(text.to_owned()).into());
        }
        (Some(_), _) => {
            let text = "there is no such mode; write create, update, delete or profile";
            return Err(Fault::Argument(text.to_owned()).into());
        }
    }
    if mode.as_deref() == Some("delete") {
        call.door.require(called.of_type(), Interaction::Delete)?;
        issues.push(Issue::note("it may be deleted; its history stays"));
    } else {
        let resource = resource.ok_or(Fault::NoBody)?;
        issues.extend(judge(&called, &resource, profile.as_deref()));
    }
    if issues.is_empty() {
        issues.push(Issue::note("nothing is wrong"));
    }
    Ok(Answer::json(outcome(&issues).to_string()))
}

/// The resource that was sent, by itself or as a parameter.
fn resource(called: &Called) -> Result<Option<Resource>, Refusal> {
    let Some(body) = &called.body else { return Ok(None) };
    if body.resource_type() != "Parameters" || called.of_type() == "Parameters" {
        return Ok(Some(body.clone()));
    }
    let sent = called.parameter("resource").and_then(|it| it.get("resource"));
    Ok(sent.cloned().map(Resource::from_value).transpose()?)
}

async fn stored(call: &Call, called: &Called) -> Result<Option<Resource>, Refusal> {
    if called.id.is_none() {
        return Ok(None);
    }
    Ok(Some(read::permitted(call, &called.key()).await?.resource()?))
}

fn no_id(resource: &Resource) -> Option<Issue> {
    let lacks = resource.id().is_none();
    lacks.then(|| Issue::error("required", "an update needs an id; add it").at("Resource.id"))
}

fn judge(called: &Called, resource: &Resource, profile: Option<&str>) -> Vec<Issue> {
    let of = resource.resource_type();
    let mut issues: Vec<Issue> =
        validate(resource).iter().map(|issue| Issue::of_validation(issue, "")).collect();
    if of != called.of_type() {
        let text =
            format!("{of} was sent to the address of {}; send it to its own", called.of_type());
        issues.push(Issue::error("invalid", text).at(of));
    }
    if let Some((Some(id), own)) = called.id.as_deref().map(|id| (resource.id(), id))
        && id != own
    {
        let text = format!("the address says {own}, the resource {id}; write the same");
        issues.push(Issue::error("invalid", text).at(format!("{of}.id")));
    }
    let base = format!("http://hl7.org/fhir/StructureDefinition/{of}");
    if let Some(profile) = profile.filter(|profile| *profile != base) {
        let shown: String = profile.chars().take(200).collect();
        let text = format!(
            "the profile {shown} is not known here, so the resource was held against R4 alone; \
             validate it where the profile is installed"
        );
        issues.push(Issue::warning("not-supported", text));
    }
    issues
}
