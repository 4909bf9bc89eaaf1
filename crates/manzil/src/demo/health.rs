//! What is found of fictional people, so that a demonstration has something of everything.
//!
//! A person gets a [`Health`]; [`answer`] then says what a station would enter for a fact. The
//! values are plausible, not typical: they are chosen so that every class occurs.

use manzil_protocol::{Fact, FactKind};

use super::random::Random;

/// The hidden truth about one fictional person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    Well,
    LatentInfection,
    Contact,
    /// An old scar on the film, nothing grows.
    OldScar,
    PulmonaryTuberculosis,
}

impl Health {
    pub fn draw(random: &mut Random) -> Self {
        match random.below(100) {
            0..66 => Self::Well,
            66..80 => Self::LatentInfection,
            80..86 => Self::Contact,
            86..95 => Self::OldScar,
            _ => Self::PulmonaryTuberculosis,
        }
    }

    fn is_infected(self) -> bool {
        matches!(self, Self::LatentInfection | Self::PulmonaryTuberculosis)
    }
}

/// What a station enters for a fact of somebody; none when the demonstration leaves it open.
pub fn answer(fact: &Fact, health: Health) -> Option<String> {
    let known = known_answer(fact.id.as_str(), health).map(str::to_owned);
    known.or_else(|| match &fact.kind {
        FactKind::Boolean => Some("no".to_owned()),
        FactKind::Codes { .. } => Some(String::new()),
        _ => None,
    })
}

fn known_answer(fact: &str, health: Health) -> Option<&'static str> {
    let sick = health == Health::PulmonaryTuberculosis;
    let pick = |yes: bool, then: &'static str, otherwise: &'static str| {
        Some(if yes { then } else { otherwise })
    };
    match fact {
        "tb_symptoms" => pick(sick, "yes", "no"),
        "recent_tb_contact" | "tb_contact" => pick(health == Health::Contact, "yes", "no"),
        "igra_test" => Some("qft_plus"),
        "immune_test" => Some("igra"),
        "qft_nil" => Some("0.05"),
        "qft_tb1" => pick(health.is_infected(), "1.42", "0.07"),
        "qft_tb2" => pick(health.is_infected(), "1.61", "0.06"),
        "qft_mitogen" => Some("8.90"),
        "cxr_findings" => Some(match health {
            Health::PulmonaryTuberculosis => "infiltrate, cavity",
            Health::OldScar => "reticular",
            _ => "",
        }),
        "smear_1" | "culture_1" | "culture_2" => pick(sick, "positive", "negative"),
        "smear_2" | "smear_3" | "culture_3" | "hiv_result" | "syphilis_result" => Some("negative"),
        "dst" => Some("susceptible"),
        "tb_diagnosis" => pick(sick, "pulmonary", "none"),
        "tb_treatment" => Some("not_started"),
        _ => None,
    }
}
