//! *What would change it*, in words: findings with which a table would say something else.

use manzil_journey::file::Examined;
use manzil_protocol::Library;
use manzil_protocol::aloud::Reader;
use manzil_protocol::change::{Way, what_would_change};

use crate::messages::{Translator, key};

/// Ways to one outcome that are shown at once.
const WAYS_SHOWN: usize = 3;

/// For one table: each other outcome and the ways to it.
pub(super) struct TableChanges {
    pub(super) title: String,
    pub(super) outcomes: Vec<OtherOutcome>,
}

/// What would come out otherwise.
pub(super) struct OtherOutcome {
    pub(super) label: String,
    /// Each is enough by itself.
    pub(super) ways: Vec<String>,
    /// More of them, shown when asked for.
    pub(super) more: Vec<String>,
}

/// What would change the tables that the certificate states.
pub(super) fn changes(
    t: &Translator,
    library: &Library,
    examined: &Examined<'_>,
) -> Vec<TableChanges> {
    let protocol = examined.protocol;
    let Some(certificate) = &protocol.certificate else { return Vec::new() };
    let reader = Reader::new(library, protocol, t.tag());
    let tables = [&certificate.class, &certificate.clearance];
    let tables = tables.into_iter().filter_map(|id| protocol.table(id));
    let told = tables.map(|table| {
        let found = what_would_change(library, protocol, &examined.facts, &table.id);
        let outcomes = found.iter().map(|other| {
            let if_so = |way: &Way| {
                let change = reader.all(way.changes.iter().map(|change| reader.change(change)));
                t.with(key("changes-if"), &[("change", &change)])
            };
            let mut ways: Vec<String> = other.ways.iter().map(if_so).collect();
            let more = ways.split_off(ways.len().min(WAYS_SHOWN));
            let label = reader.all(other.outcomes.iter().map(|id| reader.outcome(table, id)));
            OtherOutcome { label, ways, more }
        });
        TableChanges { title: table.title.get(t.tag()).to_owned(), outcomes: outcomes.collect() }
    });
    told.filter(|table| !table.outcomes.is_empty()).collect()
}
