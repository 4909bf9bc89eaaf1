//! Why the domain refused, in the reader's language, and at which field of a form it is said.

use manzil_journey::change::Refusal;

use crate::messages::{Translator, key};

/// What to tell the person: the reason and the cure. A refusal without words of its own is told
/// in English, as the domain wrote it.
pub(super) fn words(t: &Translator, refusal: &Refusal) -> String {
    match message(refusal.code) {
        Some(message) => t.get(message),
        None => format!("{}. {}.", refusal.reason, refusal.cure),
    }
}

/// The name of the field that a refusal is about, of those that every form of the assessment
/// has; none when it is about a fact or about the whole.
pub(super) fn field(refusal: &Refusal) -> Option<&'static str> {
    match refusal.code {
        "MZ-0409" => Some("on"),
        "MZ-0412" | "MZ-0413" | "MZ-0425" => Some("reason"),
        _ => None,
    }
}

fn message(code: &str) -> Option<&'static str> {
    Some(match code {
        "MZ-0402" => key("refused-role"),
        "MZ-0405" => key("refused-no-protocol"),
        "MZ-0408" => key("refused-step"),
        "MZ-0409" => key("refused-day"),
        "MZ-0410" => key("refused-empty"),
        "MZ-0411" => key("refused-fact"),
        "MZ-0412" => key("refused-correction"),
        "MZ-0413" => key("refused-amendment"),
        "MZ-0420" => key("refused-signatory"),
        "MZ-0421" => key("refused-not-open"),
        "MZ-0422" => key("refused-unknown"),
        "MZ-0423" => key("refused-steps"),
        "MZ-0424" => key("refused-stale"),
        "MZ-0425" => key("refused-reason"),
        _ => return None,
    })
}
