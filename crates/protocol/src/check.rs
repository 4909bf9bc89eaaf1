//! Proves a library's tables and steps, over all combinations of facts.
//!
//! [`check`] takes a library whose names, types and units are already resolved and settles:
//!
//! - each table is **complete**: no possible combination is without an outcome;
//! - each table of one outcome is **unambiguous**: no combination has two;
//! - each `excludes` pair of a set is **exclusive**: no combination has both;
//! - each rule can fire and each step can be required;
//! - the vocabulary's limits (`[[never]]`, `only_when`) leave somebody.
//!
//! A table is proved once, in the protocol or library that wrote it. What fails is told as a
//! [`Diagnostic`] with the smallest combination of facts that shows it.
//!
//! Facts are taken as known: what a table says of facts that are still unknown follows from what
//! it says of every way in which they could become known. Sums are numbers of their own whose
//! ranges are held against those of their facts by exact linear arithmetic over real numbers;
//! that a sum of whole numbers skips values between them is not used. So a proof that is given is
//! right, and one could be refused only for a combination of fractions of whole numbers.
//!
//! `check/ground.rs` translates conditions to formulas, `check/possible.rs` finds examples that
//! can be, `check/table.rs` states the claims, `check/words.rs` and
//! `check/written.rs` put combinations into words and into the protocol's own language.

use std::collections::BTreeMap;

use self::ground::{Ground, Vocabulary};
use self::possible::Possible;
use self::tell::Tell;
use crate::diagnostic::Diagnostic;
use crate::{Fact, Library, Name, Protocol, ProtocolRef, TableKind};

mod ground;
mod piece;
mod possible;
mod scale;
mod step;
mod sums;
mod table;
mod tell;
#[cfg(test)]
mod tests;
mod words;
mod written;

/// What was proved of a library, and what was not.
#[derive(Clone, Debug, Default)]
pub struct CheckReport {
    /// Protocols and libraries looked at.
    pub protocols: usize,
    /// One entry for each table.
    pub tables: Vec<TableProof>,
    /// Steps looked at.
    pub steps: usize,
    /// Everything that could not be proved, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// What was proved of one table.
#[derive(Clone, Debug)]
pub struct TableProof {
    /// The protocol or library that wrote it.
    pub protocol: ProtocolRef,
    /// The table's id.
    pub table: Name,
    /// Whether it has one outcome or a set.
    pub kind: TableKind,
    /// How many rules it has.
    pub rules: usize,
    /// Whether no combination is without an outcome.
    pub complete: bool,
    /// Whether no combination has two outcomes (one), or both of an excluded pair (set).
    pub unambiguous: bool,
    /// How many excluded pairs were proved never to come together.
    pub exclusive_pairs: usize,
    /// How many facts, members of sets, sums and results of other tables its rules ask.
    pub axes: usize,
    /// How many combinations of their ranges and values there are.
    pub combinations: f64,
}

impl CheckReport {
    /// Whether everything was proved.
    pub fn is_proved(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// Tables without a gap.
    pub fn tables_complete(&self) -> usize {
        self.tables.iter().filter(|table| table.complete).count()
    }

    /// Tables of one outcome in which no combination has two.
    pub fn tables_unambiguous(&self) -> usize {
        let one = self.tables.iter().filter(|table| table.kind == TableKind::One);
        one.filter(|table| table.unambiguous).count()
    }

    /// Excluded pairs that never come together.
    pub fn exclusive_pairs(&self) -> usize {
        self.tables.iter().map(|table| table.exclusive_pairs).sum()
    }

    /// Rules of all tables.
    pub fn rules(&self) -> usize {
        self.tables.iter().map(|table| table.rules).sum()
    }

    /// Combinations over which the tables were proved, added up.
    pub fn combinations(&self) -> f64 {
        self.tables.iter().map(|table| table.combinations).sum()
    }
}

/// Prove every table and step of the library.
pub fn check(library: &Library) -> CheckReport {
    let facts: BTreeMap<Name, &Fact> =
        library.facts().iter().map(|fact| (fact.id.clone(), fact.as_ref())).collect();
    let vocabulary = Vocabulary { facts: &facts, nevers: library.nevers() };
    let tell = Tell { sources: library.sources() };
    let mut report = CheckReport::default();
    if check_vocabulary(vocabulary, &tell, &mut report) {
        for protocol in library.protocols() {
            check_protocol(vocabulary, protocol, &tell, &mut report);
        }
    }
    report.diagnostics.sort_by(|a, b| (a.span, a.code).cmp(&(b.span, b.code)));
    report
}

/// Whether the limits leave somebody; where they do not, every other proof would be empty.
fn check_vocabulary(vocabulary: Vocabulary<'_>, tell: &Tell<'_>, report: &mut CheckReport) -> bool {
    let told = report.diagnostics.len();
    match Ground::new(vocabulary, None) {
        Ok(ground) => {
            let mut possible = Possible::new(ground);
            match possible.contradiction() {
                Ok(None) => {}
                Ok(Some(reasons)) => report.diagnostics.extend(tell.contradiction(&reasons)),
                Err(error) => {
                    report.diagnostics.push(tell.vocabulary_too_large(vocabulary, &error));
                }
            }
        }
        Err(error) => report.diagnostics.push(tell.vocabulary_too_large(vocabulary, &error)),
    }
    report.diagnostics.len() == told
}

fn check_protocol(
    vocabulary: Vocabulary<'_>,
    protocol: &Protocol,
    tell: &Tell<'_>,
    report: &mut CheckReport,
) {
    report.protocols += 1;
    let ground = match Ground::new(vocabulary, Some(protocol)) {
        Ok(ground) => ground,
        Err(error) => {
            let what = format!("protocol \"{}\"", protocol.id);
            report.diagnostics.push(tell.too_large(protocol.span, &what, &error));
            return;
        }
    };
    let mut possible = Possible::new(ground);
    let home = protocol.reference();
    for table in protocol.tables.iter().filter(|table| table.home == home) {
        let proof = table::check(&mut possible, table, tell, &mut report.diagnostics);
        report.tables.push(proof);
    }
    for step in protocol.steps.iter().filter(|step| step.home == home) {
        report.steps += 1;
        report.diagnostics.extend(step::check(&mut possible, step, tell));
    }
}
