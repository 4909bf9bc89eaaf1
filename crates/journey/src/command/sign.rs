//! Signing: a named physician turns an evaluation into a decision and a certificate.

use std::collections::BTreeMap;

use jiff::civil::Date;
use manzil_protocol::Protocol;
use manzil_protocol::evaluate::{Evaluation, TableResult};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Context;
use crate::access::{Compartment, Role};
use crate::assessment::{Assessment, Status};
use crate::certificate::{Certificate, State};
use crate::change::{Changes, Draft, Refusal};
use crate::coding::{extension, reference};
use crate::decision::{Decision, Signatory};
use crate::file::{Examined, Held, PersonFile};
use crate::person::Person;
use crate::statement;

/// Who signs which assessment; the decision itself is worked out here, never passed in.
#[derive(Clone, Debug)]
pub struct Sign {
    pub assessment: String,
    pub signatory: Signatory,
    /// Why an earlier decision is amended. Needed when there is one, and only then.
    pub reason: Option<String>,
    /// The decision that the physician saw on the page, as [`fingerprint`] gives it. When the
    /// record has changed since, signing is refused.
    pub seen: String,
}

/// What signing brought about.
#[derive(Clone, Debug)]
pub struct Signed {
    pub decisions: Vec<Decision>,
    pub certificates: Vec<Certificate>,
    pub changes: Changes,
}

/// A short digest of what is about to be signed, the decision and whom it is about, to notice
/// that it has changed meanwhile.
pub fn fingerprint(person: &Person, examined: &[Examined<'_>]) -> String {
    let mut digest = Sha256::new();
    digest.update(person.write_to(None).to_json());
    for each in examined {
        digest.update(crate::decision::as_json(&each.evaluation));
    }
    crate::coding::hex(digest.finalize().get(..8).unwrap_or_default())
}

/// Signs an assessment under every protocol in force.
///
/// # Errors
///
/// Refused when a result is missing, a required step is not done, the record has changed since
/// the page was drawn, or an amendment has no reason.
pub fn sign(
    file: &PersonFile,
    command: Sign,
    context: &mut Context<'_>,
) -> Result<Signed, Refusal> {
    context.require_role(&[Role::Physician, Role::System], "signing a decision")?;
    check_signatory(&command.signatory)?;
    let held = file.assessment(&command.assessment)?;
    let examined = file.examine(context.library, &held.item, context.today);
    check_ready(file, &held.item, &examined, &command, context.today)?;
    let amends = amended(file, &command)?;
    let mut signed = Signed {
        decisions: Vec::new(),
        certificates: Vec::new(),
        changes: Changes::new(if amends.is_empty() { "sign" } else { "amend and sign" }),
    };
    for each in &examined {
        sign_one(file, &held.item, each, &command, &amends, context, &mut signed)?;
    }
    for old in file.certificates(&held.item.id) {
        if old.item.state != State::Replaced {
            let replaced = Certificate { state: State::Replaced, ..old.item.clone() };
            signed.changes.push(replaced.draft(Some(old.recorded)));
        }
    }
    let finished = Assessment { status: Status::Signed, ..held.item.clone() };
    signed.changes.push(finished.draft(Some(held.recorded)));
    Ok(signed)
}

fn sign_one(
    file: &PersonFile,
    assessment: &Assessment,
    examined: &Examined<'_>,
    command: &Sign,
    amends: &BTreeMap<String, String>,
    context: &mut Context<'_>,
    signed: &mut Signed,
) -> Result<(), Refusal> {
    let protocol = examined.protocol;
    let previous = amends.get(protocol.id.as_str()).cloned();
    let decision = Decision {
        id: context.new_id(),
        assessment: assessment.id.clone(),
        person: file.person.id.clone(),
        protocol: protocol.stamp(),
        exam: assessment.exam,
        signed_at: context.now,
        signatory: command.signatory.clone(),
        outcomes: decided(&examined.evaluation),
        evaluation: examined.evaluation.clone(),
        amends: previous.map(|id| (id, command.reason.clone().unwrap_or_default())),
    };
    let draft = decision.draft();
    let mut targets = vec![reference("ClinicalImpression", &decision.id)];
    let hash = content_hash(&draft);
    signed.changes.push(draft);
    if protocol.certificate.is_some() {
        let certificate = certify(file, assessment, examined, &decision, context)?;
        targets.push(reference("Composition", &certificate.id));
        signed.changes.push(certificate.draft(None));
        signed.certificates.push(certificate);
    }
    signed.changes.push(signature(file, &decision, &hash, targets, context));
    signed.decisions.push(decision);
    Ok(())
}

fn check_signatory(signatory: &Signatory) -> Result<(), Refusal> {
    if signatory.name.trim().is_empty() || signatory.registration.trim().is_empty() {
        return Err(Refusal::new(
            "MZ-0420",
            "physician",
            "a decision is signed with a name and a registration number",
            "have the administrator add both to your account",
        ));
    }
    Ok(())
}

fn check_ready(
    file: &PersonFile,
    assessment: &Assessment,
    examined: &[Examined<'_>],
    command: &Sign,
    today: Date,
) -> Result<(), Refusal> {
    if matches!(assessment.status, Status::Signed | Status::Cancelled) {
        return Err(Refusal::new(
            "MZ-0421",
            "assessment",
            "it is not open",
            "an amendment begins with a changed or a new result, and its reason",
        ));
    }
    if examined.is_empty() {
        return Err(Refusal::new(
            "MZ-0405",
            "assessment",
            "no protocol is in force for its destination, population and exam date",
            "check the three on the assessment",
        ));
    }
    if assessment.exam > today {
        return Err(Refusal::new(
            "MZ-0427",
            "exam date",
            format!("the exam on {} lies in the future", assessment.exam),
            "sign on the exam date or later; a certificate's clock starts there",
        ));
    }
    for each in examined {
        ready(each)?;
    }
    if fingerprint(&file.person, examined) != command.seen {
        return Err(Refusal::new(
            "MZ-0424",
            "decision",
            "the record has changed since you opened this page",
            "look at the decision again, then sign",
        ));
    }
    Ok(())
}

/// A decision needs every certified table known and, to let somebody travel, every required
/// step done. That somebody must not travel can be said as soon as it is known.
pub fn ready(examined: &Examined<'_>) -> Result<(), Refusal> {
    if let Some(impossible) = examined.evaluation.contradictions.first() {
        let because = impossible.because.as_ref().map(|because| because.get("en").to_owned());
        return Err(Refusal::new(
            "MZ-0414",
            "findings",
            because.unwrap_or_else(|| "two findings cannot both be true".into()),
            "correct the finding that is wrong; the decision cannot be relied on before",
        ));
    }
    let Some(certificate) = &examined.protocol.certificate else { return Ok(()) };
    for table in
        [Some(&certificate.class), Some(&certificate.clearance), certificate.validity.as_ref()]
            .into_iter()
            .flatten()
    {
        if let Some(TableResult::Unknown { missing, .. }) =
            examined.evaluation.table(table).map(|evaluated| &evaluated.result)
        {
            let names = missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            return Err(Refusal::new(
                "MZ-0422",
                table.as_str(),
                "not everything is known that decides it",
                format!("find out first: {names}"),
            ));
        }
    }
    let open: Vec<String> =
        examined.evaluation.steps_open().map(|step| step.step.to_string()).collect();
    if open.is_empty() || statement::blocks_travel(examined, certificate) {
        return Ok(());
    }
    Err(Refusal::new(
        "MZ-0423",
        "steps",
        format!("required steps are not done: {}", open.join(", ")),
        "finish them; a result that cannot be had is recorded as such",
    ))
}

/// The decisions that this one amends, by protocol id.
fn amended(file: &PersonFile, command: &Sign) -> Result<BTreeMap<String, String>, Refusal> {
    let mut latest: BTreeMap<String, String> = BTreeMap::new();
    for decision in file.decisions(&command.assessment) {
        let protocol = decision.item.protocol.split('@').next().unwrap_or_default().to_owned();
        latest.entry(protocol).or_insert(decision.item.id);
    }
    let has_reason = command.reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
    if !latest.is_empty() && !has_reason {
        return Err(Refusal::new(
            "MZ-0425",
            "reason",
            "this amends a signed decision",
            "write why; the earlier decision and certificate stay readable",
        ));
    }
    Ok(latest)
}

fn decided(evaluation: &Evaluation) -> BTreeMap<String, Vec<String>> {
    let known = evaluation.tables.iter().filter_map(|table| match &table.result {
        TableResult::Known(outcomes) => {
            Some((table.id.to_string(), outcomes.iter().map(ToString::to_string).collect()))
        }
        TableResult::Unknown { .. } => None,
    });
    known.collect()
}

fn certify(
    file: &PersonFile,
    assessment: &Assessment,
    examined: &Examined<'_>,
    decision: &Decision,
    context: &mut Context<'_>,
) -> Result<Certificate, Refusal> {
    let replaced = file
        .certificates(&assessment.id)
        .into_iter()
        .find(|held| same_protocol(&held.item, examined.protocol))
        .map(|held: Held<'_, Certificate>| held.item.id);
    Ok(Certificate {
        id: context.new_id(),
        assessment: assessment.id.clone(),
        person: file.person.id.clone(),
        decision: decision.id.clone(),
        issued_at: context.now,
        state: State::Current,
        statement: statement::state(file, assessment, examined, decision, context)?,
        replaces: replaced,
    })
}

fn same_protocol(certificate: &Certificate, protocol: &Protocol) -> bool {
    certificate.statement.protocol.split('@').next() == Some(protocol.id.as_str())
}

fn content_hash(draft: &Draft) -> String {
    crate::coding::hex(&Sha256::digest(draft.resource.to_json()))
}

/// The signature as a FHIR `Provenance`: who, when, and the hash of what was signed.
fn signature(
    file: &PersonFile,
    decision: &Decision,
    hash: &str,
    targets: Vec<serde_json::Value>,
    context: &mut Context<'_>,
) -> Draft {
    let who = decision.signatory.reference();
    let at = context.now.to_string();
    let kind = json!({ "system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1" });
    let provenance = json!({
        "resourceType": "Provenance",
        "id": context.new_id(),
        "extension": [extension("content-sha256", "valueString", hash)],
        "target": targets,
        "recorded": at,
        "agent": [{ "who": who }],
        "signature": [{ "type": [kind], "when": at, "who": who }],
    });
    Draft {
        resource: crate::change::resource(provenance),
        person: Some(file.person.id.clone()),
        compartment: Compartment::Assessment,
        replaces: None,
    }
}
