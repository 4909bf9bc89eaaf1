//! One edition, told in words.

use manzil_protocol::aloud::Reader;
use manzil_protocol::{Effect, Library, Protocol, Status, Step, Table};

use super::sum;
use crate::messages::{Translator, key};
use crate::web::wording;

/// Everything that an edition says.
pub(super) struct Told {
    pub(super) sources: Vec<SourceRow>,
    pub(super) uses: Vec<(String, String)>,
    pub(super) steps: Vec<StepTold>,
    /// What the certificate states first, then the tables on the way to it.
    pub(super) tables: Vec<TableTold>,
    pub(super) names: Vec<NameTold>,
    pub(super) sums: Vec<NameTold>,
    /// Who is told, and the findings of which they are told.
    pub(super) disclosure: Option<(String, String)>,
}

pub(super) struct SourceRow {
    pub(super) citation: String,
    pub(super) url: String,
}

pub(super) struct StepTold {
    pub(super) label: String,
    pub(super) station: String,
    /// For whom it is required, and what it waits for.
    pub(super) sentence: String,
    /// What it finds out.
    pub(super) asks: String,
    pub(super) because: String,
    pub(super) citation: String,
    pub(super) unverified: bool,
}

pub(super) struct TableTold {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) kind: String,
    /// The library that wrote it; empty for the edition itself.
    pub(super) home: String,
    pub(super) outcomes: Vec<OutcomeTold>,
    pub(super) rules: Vec<RuleTold>,
}

pub(super) struct OutcomeTold {
    pub(super) label: String,
    pub(super) effect: String,
}

pub(super) struct RuleTold {
    pub(super) outcome: String,
    pub(super) when: String,
    pub(super) because: String,
    pub(super) citation: String,
    pub(super) unverified: bool,
}

/// A name that conditions use, and what it stands for.
pub(super) struct NameTold {
    pub(super) label: String,
    pub(super) meaning: String,
}

/// Tells an edition in the reader's language.
pub(super) fn tell(t: &Translator, library: &Library, protocol: &Protocol) -> Told {
    let reader = Reader::new(library, protocol, t.tag());
    let certificate = protocol.certificate.as_ref();
    let stated = |table: &&Table| {
        certificate.is_some_and(|it| it.class == table.id || it.clearance == table.id)
    };
    let first = protocol.tables.iter().filter(stated);
    let others = protocol.tables.iter().filter(|table| !stated(table));
    let defines = protocol.defines.iter().map(|define| NameTold {
        label: define.label.get(t.tag()).to_owned(),
        meaning: reader.condition(&define.when),
    });
    let sums = protocol.computes.iter().map(|compute| NameTold {
        label: compute.label.get(t.tag()).to_owned(),
        meaning: sum::words(t, &reader, &compute.value, &compute.unit),
    });
    Told {
        sources: sources(t, protocol),
        uses: protocol
            .uses
            .iter()
            .map(|used| (format!("/rules/{}/{}", used.id, used.edition), used.to_string()))
            .collect(),
        steps: protocol.steps.iter().map(|each| step(t, library, &reader, each)).collect(),
        tables: first.chain(others).map(|each| table(t, protocol, &reader, each)).collect(),
        names: defines.collect(),
        sums: sums.collect(),
        disclosure: disclosure(t, library, protocol),
    }
}

fn sources(t: &Translator, protocol: &Protocol) -> Vec<SourceRow> {
    let row = |source: &std::sync::Arc<manzil_protocol::Source>| SourceRow {
        citation: wording::citation(t, source, None),
        url: source.url.clone().unwrap_or_default(),
    };
    protocol.sources.iter().map(row).collect()
}

fn step(t: &Translator, library: &Library, reader: &Reader<'_>, step: &Step) -> StepTold {
    StepTold {
        label: step.label.get(t.tag()).to_owned(),
        station: wording::station(t, step.station),
        sentence: reader.step(step),
        asks: labels(t, library, &step.asks),
        because: step.because.get(t.tag()).to_owned(),
        citation: wording::citation(t, &step.citation.source, step.citation.place.as_deref()),
        unverified: step.status == Status::Unverified,
    }
}

fn labels(t: &Translator, library: &Library, facts: &[manzil_protocol::Name]) -> String {
    crate::web::assessment::steps::labels(t, library, facts)
}

fn table(t: &Translator, protocol: &Protocol, reader: &Reader<'_>, table: &Table) -> TableTold {
    let outcomes = table.outcomes.iter().map(|outcome| OutcomeTold {
        label: outcome.label.get(t.tag()).to_owned(),
        effect: effect(t, outcome.effect, outcome.valid_for),
    });
    let rules = table.rules.iter().map(|rule| RuleTold {
        outcome: reader.outcome(table, &rule.then),
        when: reader.condition(&rule.when),
        because: rule.because.get(t.tag()).to_owned(),
        citation: wording::citation(t, &rule.citation.source, rule.citation.place.as_deref()),
        unverified: rule.status == Status::Unverified,
    });
    let own = table.home == protocol.reference();
    TableTold {
        id: table.id.to_string(),
        title: table.title.get(t.tag()).to_owned(),
        kind: reader.table(table).kind,
        home: if own { String::new() } else { table.home.to_string() },
        outcomes: outcomes.collect(),
        rules: rules.collect(),
    }
}

/// What an outcome does to travel and how long it is valid; empty for nothing.
fn effect(t: &Translator, effect: Effect, valid_for: Option<manzil_protocol::Period>) -> String {
    let effect = match effect {
        Effect::BlocksTravel => Some(t.get(key("effect-blocks"))),
        Effect::FollowUp => Some(t.get(key("effect-follow-up"))),
        Effect::None => None,
    };
    let valid = valid_for
        .map(|period| t.with(key("rules-valid-for"), &[("period", &wording::period(t, period))]));
    [effect, valid].into_iter().flatten().collect::<Vec<_>>().join(&t.get(key("list-comma")))
}

fn disclosure(t: &Translator, library: &Library, protocol: &Protocol) -> Option<(String, String)> {
    let disclosure = protocol.disclosure.as_ref()?;
    Some((disclosure.authority.clone(), labels(t, library, &disclosure.facts)))
}
