//! The decisions that were signed on an assessment, each with what became of it.

use manzil_journey::certificate::State;
use manzil_journey::decision::Decision;
use manzil_protocol::{Library, Protocol};

use super::ruling::label;
use crate::messages::{Translator, key};
use crate::web::case::Case;
use crate::web::components::Link;
use crate::web::wording;

/// A signed decision in the list of them.
pub(super) struct SignedRow {
    pub(super) path: String,
    pub(super) when: String,
    pub(super) by: String,
    pub(super) outcomes: Vec<String>,
    pub(super) stamp: String,
    /// Why it amended the one before; empty for the first.
    pub(super) reason: String,
    /// A later decision stands in its place.
    pub(super) replaced: bool,
    pub(super) certificate: Option<Link>,
    pub(super) certificate_state: String,
}

/// The edition that made a decision, if it is still installed and unchanged.
pub(super) fn edition<'a>(library: &'a Library, stamp: &str) -> Option<&'a Protocol> {
    let (reference, _) = stamp.split_once('#')?;
    let (id, edition) = reference.split_once('@')?;
    library.protocol(id, edition)
}

/// All signed decisions of an assessment, the newest first.
pub(super) fn rows(t: &Translator, library: &Library, case: &Case) -> Vec<SignedRow> {
    let decisions = case.file.decisions(&case.assessment.id);
    let amended: Vec<&str> =
        decisions.iter().filter_map(|held| Some(held.item.amends.as_ref()?.0.as_str())).collect();
    decisions.iter().map(|held| row(t, library, case, &held.item, &amended)).collect()
}

fn row(
    t: &Translator,
    library: &Library,
    case: &Case,
    decision: &Decision,
    amended: &[&str],
) -> SignedRow {
    let protocol = edition(library, &decision.protocol);
    let certificates = case.file.certificates(&case.assessment.id);
    let certificate = certificates.iter().find(|held| held.item.decision == decision.id);
    SignedRow {
        path: format!("{}/decisions/{}", case.path(), decision.id),
        when: t.time(decision.signed_at),
        by: wording::signatory(t, &decision.signatory),
        outcomes: outcomes(t, protocol, decision),
        stamp: decision.protocol.clone(),
        reason: decision.amends.as_ref().map_or_else(String::new, |(_, reason)| reason.clone()),
        replaced: amended.contains(&decision.id.as_str()),
        certificate: certificate.map(|held| {
            Link::new(format!("/certificates/{}", held.item.id), held.item.check_code())
        }),
        certificate_state: certificate.map_or_else(String::new, |held| {
            t.get(match held.item.state {
                State::Current => key("certificate-current"),
                State::UnderReview => key("certificate-under-review"),
                State::Replaced => key("certificate-replaced"),
            })
        }),
    }
}

/// What the certificate states of a decision, else everything that was decided.
fn outcomes(t: &Translator, protocol: Option<&Protocol>, decision: &Decision) -> Vec<String> {
    let certificate = decision.evaluation.certificate.as_ref();
    let stated =
        |table: &str| certificate.is_none_or(|it| it.class == *table || it.clearance == *table);
    let chosen = decision.outcomes.iter().filter(|(table, _)| stated(table));
    chosen
        .flat_map(|(table, outcomes)| outcomes.iter().map(|it| label(t, protocol, table, it)))
        .collect()
}
