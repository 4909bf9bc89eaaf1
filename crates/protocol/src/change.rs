//! *What would change it*: the smallest changes of facts with which a table says something else.
//!
//! Start with [`what_would_change`]. Every fact that the table leans on is tried in every other
//! cell into which the conditions cut it. What changes the outcome is grouped by the new outcome;
//! neighbouring cells with the same outcome become one. Where no single fact changes anything,
//! pairs are tried, up to [`CHANGE_TRIALS_MAX`](crate::limits::CHANGE_TRIALS_MAX).

mod reach;
mod solve;
#[cfg(test)]
mod tests;
mod trial;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Changes, Decimal, Facts, Library, Name, Protocol};
use trial::Trials;

/// Changes after which a table has other outcomes than now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutcomeChange {
    /// What the table would say.
    pub outcomes: BTreeSet<Name>,
    /// Ways to get there, each enough by itself; the most likely to happen first: facts that a
    /// new finding can change, then those that time changes, then those that nothing changes.
    pub ways: Vec<Way>,
}

/// Facts that have to change together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Way {
    /// One, or the fewest that are enough.
    pub changes: Vec<FactChange>,
}

/// One fact and what it would have to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FactChange {
    pub fact: Name,
    /// Whether it is known now; otherwise it would have to *turn out* so.
    pub known: bool,
    pub to: Target,
}

/// What a fact would have to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// Yes or no.
    Boolean(bool),
    /// One of these codes.
    Code(BTreeSet<Name>),
    /// This code added to the set that is known.
    With(Name),
    /// This code taken out of the set that is known.
    Without(Name),
    /// Exactly this set.
    Codes(BTreeSet<Name>),
    /// A number between these bounds, in the fact's unit.
    Number { from: Option<Bound>, to: Option<Bound> },
}

/// One end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    pub number: Decimal,
    /// Whether the number itself belongs to the range.
    pub included: bool,
}

/// What would give a table another outcome, from the facts that are known.
///
/// While the outcome is unknown, everything that would settle it is a change. Combinations that
/// cannot be are left out. Empty when there is no such table.
pub fn what_would_change(
    library: &Library,
    protocol: &Protocol,
    facts: &Facts,
    table: &str,
) -> Vec<OutcomeChange> {
    let Some(at) = protocol.tables.iter().position(|other| other.id == *table) else {
        return Vec::new();
    };
    let plan = library.plan(protocol);
    let (Some(table), Some(slot)) = (protocol.tables.get(at), plan.tables.get(at)) else {
        return Vec::new();
    };
    let reached = reach::facts_of(library, protocol, table);
    let mut order: Vec<&Name> =
        protocol.facts.iter().filter(|fact| reached.contains(*fact)).collect();
    order.sort_by_key(|fact| library.fact(fact).map_or(Changes::Never, |fact| fact.changes));
    Trials::new(library, protocol, facts, &plan, slot).changes(&order)
}
