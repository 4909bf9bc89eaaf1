//! *What would change it*, in words: findings with which a table would say something else.

use manzil_journey::file::Examined;
use manzil_protocol::Library;
use manzil_protocol::aloud::Reader;
use manzil_protocol::change::what_would_change;

use crate::messages::Translator;

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
}

/// What would change the tables that the certificate states.
pub(super) fn changes(t: &Translator, library: &Library, examined: &Examined<'_>) -> Vec<TableChanges> {
    let protocol = examined.protocol;
    let Some(certificate) = &protocol.certificate else { return Vec::new() };
    let reader = Reader::new(library, protocol, t.tag());
    let tables = [&certificate.class, &certificate.clearance];
    let tables = tables.into_iter().filter_map(|id| protocol.table(id));
    let told = tables.map(|table| {
        let found = what_would_change(library, protocol, &examined.facts, &table.id);
        let outcomes = found.iter().map(|other| OtherOutcome {
            label: reader.all(other.outcomes.iter().map(|id| reader.outcome(table, id))),
            ways: other
                .ways
                .iter()
                .map(|way| reader.all(way.changes.iter().map(|change| reader.change(change))))
                .collect(),
        });
        TableChanges { title: table.title.get(t.tag()).to_owned(), outcomes: outcomes.collect() }
    });
    told.filter(|table| !table.outcomes.is_empty()).collect()
}
