//! Evaluation written as plainly as possible: recursive, by name, over the conditions as they were
//! read. Tests hold the compiled evaluation against it.

pub(crate) mod missing;
pub(crate) mod reason;

use std::collections::BTreeMap;

use super::{TableResult, Truth};
use crate::cells::Cuts;
use crate::{Facts, Library, Name, Never, Protocol};
use missing::Asker;
use reason::Reasoner;

/// What matters of an evaluation: tables and rules, and steps with what is missing.
#[derive(Debug, PartialEq)]
pub(crate) struct Answers {
    pub(crate) tables: BTreeMap<Name, (TableResult, Vec<Truth>)>,
    pub(crate) steps: BTreeMap<Name, (Truth, Vec<Name>)>,
    pub(crate) contradictions: usize,
}

pub(crate) fn answers(library: &Library, protocol: &Protocol, facts: &Facts) -> Answers {
    let cuts = Cuts::of(library, Some(protocol));
    let mut reasoner = Reasoner::new(library, Some(protocol), facts);
    let asker = Asker { library, protocol, facts, cuts: &cuts };
    let mut tables = BTreeMap::new();
    for table in &protocol.tables {
        let decided = reasoner.table(table);
        let own = |names: &std::collections::BTreeSet<&Name>| {
            names.iter().map(|name| (*name).clone()).collect()
        };
        let result = match &decided.known {
            Some(known) => TableResult::Known(own(known)),
            None => TableResult::Unknown {
                certain: own(&decided.certain),
                possible: own(&decided.possible),
                missing: asker.for_table(table, &mut reasoner),
            },
        };
        tables.insert(table.id.clone(), (result, decided.rules));
    }
    let mut steps = BTreeMap::new();
    for step in &protocol.steps {
        let required = reasoner.truth(&step.when);
        let missing = match required {
            Truth::Unknown => asker.for_condition(&step.when, &mut reasoner),
            _ => Vec::new(),
        };
        steps.insert(step.id.clone(), (required, missing));
    }
    assert!(!reasoner.exhausted());
    let mut reasoner = Reasoner::new(library, None, facts);
    let told = library.nevers().iter().map(|never| reasoner.truth(&never.when));
    let contradictions = told.filter(|truth| *truth == Truth::True).count();
    Answers { tables, steps, contradictions }
}

/// The first combination of known facts that cannot be.
pub(crate) fn contradiction<'a>(library: &'a Library, facts: &Facts) -> Option<&'a Never> {
    let mut reasoner = Reasoner::new(library, None, facts);
    library.nevers().iter().find(|never| reasoner.truth(&never.when) == Truth::True)
}
