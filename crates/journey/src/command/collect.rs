//! Noting that a sample was taken or a film made whose result is not back yet.

use jiff::civil::Date;
use serde_json::json;

use super::Context;
use super::record::{step_of, work_on};
use crate::access::Compartment;
use crate::change::{Changes, Draft, Refusal};
use crate::coding::{STEP_SYSTEM, concept, extension, reference};
use crate::file::PersonFile;

/// Which step, and when its sample was taken.
#[derive(Clone, Debug)]
pub struct Collection {
    pub assessment: String,
    pub protocol: String,
    pub step: String,
    pub on: Date,
}

/// Records a collection as a FHIR `ServiceRequest`, from which the waiting time counts.
pub fn collect(
    file: &PersonFile,
    command: Collection,
    context: &mut Context<'_>,
) -> Result<Changes, Refusal> {
    let held = file.assessment(&command.assessment)?;
    let (_, step) = step_of(context, &held.item, &command.protocol, &command.step)?;
    super::record::require_station(context, step.station)?;
    super::record::check_day(file, command.on, context.today)?;
    let code = format!("{}/{}", command.protocol, command.step);
    let request = json!({
        "resourceType": "ServiceRequest",
        "id": context.new_id(),
        "extension": [extension("assessment", "valueString", command.assessment.as_str())],
        "status": "active",
        "intent": "order",
        "code": concept(STEP_SYSTEM, &code),
        "subject": reference("Patient", &file.person.id),
        "occurrenceDateTime": command.on.to_string(),
        "authoredOn": context.now.to_string(),
    });
    let mut changes = Changes::new("record collection");
    changes.push(Draft {
        resource: crate::change::resource(request),
        person: Some(file.person.id.clone()),
        compartment: Compartment::Assessment,
        replaces: None,
    });
    changes.push(work_on(&held));
    Ok(changes)
}
