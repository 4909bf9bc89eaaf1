//! Facts from the record: what a person's FHIR resources say, in the words of the vocabulary.
//!
//! A fact without a `bind` is read from the `Observation` coded `urn:manzil:fact|<id>`. Its value
//! stands there as
//!
//! | type | in the `Observation` |
//! |---|---|
//! | `boolean` | `valueBoolean` |
//! | `code` | `valueCodeableConcept`, system `urn:manzil:value:<id>` |
//! | `codes` | one `component` for each chosen value, with that system; `valueCodeableConcept` with the code `none` for the empty set |
//! | `count` | `valueInteger` |
//! | `quantity` | `valueQuantity` in UCUM |
//!
//! A `dataAbsentReason` says nothing: the fact stays unknown, and an earlier value stays known.
//! What was entered in error does not count. A fact that is bound to another resource type can
//! still be told by such an `Observation`, which then goes before the binding: who asked the
//! person knows better than the paper.
//!
//! Of several `Observation`s the one dated last counts. Look-back reaches from the exam date
//! backwards; what is found after the exam (a culture takes weeks) counts as well.

mod reading;
#[cfg(test)]
mod tests;

use std::fmt;

use jiff::civil::Date;
use manzil_fhir::Resource;
use manzil_fhir::date::PartialDate;
use manzil_fhir::fhirpath::{Context, Expression};
use serde_json::Value as Json;

use crate::model::{As, Binding, Pick};
use crate::{Diagnostic, Evidence, Fact, Facts, Known, Library, Name, Protocol, Value, codes};
use reading::Reading;

/// The code system of `Observation`s that hold a fact.
pub const FACT_SYSTEM: &str = "urn:manzil:fact";
/// The code that stands for the empty set of a `codes` fact.
pub const NONE_CODE: &str = "none";

/// One resource about the person, in the version that was read.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub resource: &'a Resource,
    pub version: u64,
}

/// Something in the record that could not be used. The fact stays unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindProblem {
    pub fact: Name,
    /// `Observation/<id>`.
    pub reference: String,
    pub reason: String,
}

impl fmt::Display for BindProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}: {} in {} cannot be used: {}; correct that record",
            codes::RECORD,
            self.fact,
            self.reference,
            self.reason
        )
    }
}

/// A binding with its expressions compiled.
#[derive(Debug)]
pub(crate) struct Bound {
    resource: Name,
    filter: Option<Expression>,
    value: Option<Expression>,
}

/// Compiles the expressions of one fact's binding.
///
/// # Errors
///
/// An expression that is not FHIRPath, at its place in the file.
pub(crate) fn compile(library: &Library, binding: &Binding) -> Result<Bound, Diagnostic> {
    let expression = |written: &Option<(String, crate::Span)>| {
        let Some((source, span)) = written else { return Ok(None) };
        Expression::compile(source).map(Some).map_err(|error| {
            library
                .diagnostic(codes::BINDING, *span, error.to_string())
                .with_hint("write FHIRPath over the resource named in `resource`")
        })
    };
    Ok(Bound {
        resource: binding.resource.clone(),
        filter: expression(&binding.filter)?,
        value: expression(&binding.value)?,
    })
}

/// The facts that a protocol uses, as far as the records know them.
///
/// Total: whatever stands in a record, the answer is a value, unknown, or unknown with a problem.
pub fn facts_from_record(
    library: &Library,
    protocol: &Protocol,
    records: &[Record<'_>],
    exam: Date,
) -> (Facts, Vec<BindProblem>) {
    let mut facts = Facts::new();
    let mut problems = Vec::new();
    for id in &protocol.facts {
        let Some(fact) = library.fact(id) else { continue };
        let finder = Finder { library, fact, records, exam };
        if let Some(known) = finder.find(&mut problems) {
            facts.insert(id.clone(), known);
        }
    }
    (facts, problems)
}

/// Looks for one fact.
struct Finder<'a> {
    library: &'a Library,
    fact: &'a Fact,
    records: &'a [Record<'a>],
    exam: Date,
}

/// A value with the record it was read from.
struct Found<'a> {
    value: Value,
    record: &'a Record<'a>,
    date: Option<Date>,
}

impl Finder<'_> {
    fn find(&self, problems: &mut Vec<BindProblem>) -> Option<Known> {
        let Some(binding) = &self.fact.bind else { return self.told(None, problems) };
        let bound = self.library.bound(&self.fact.id)?;
        if bound.filter.is_none() && bound.value.is_none() {
            return self.told(Some(binding), problems);
        }
        if binding.resource == *"Observation" {
            return self.bound(binding, bound, problems);
        }
        self.told(Some(binding), problems).or_else(|| self.bound(binding, bound, problems))
    }

    /// From `Observation`s of the fact itself.
    fn told(&self, binding: Option<&Binding>, problems: &mut Vec<BindProblem>) -> Option<Known> {
        let own = |record: &&Record<'_>| {
            record.resource.resource_type() == "Observation"
                && has_coding(record.resource.value().get("code"), FACT_SYSTEM, &self.fact.id)
        };
        let reading =
            Reading { library: self.library, fact: self.fact, how: &As::Plain, exam: self.exam };
        let found = self
            .records
            .iter()
            .filter(own)
            .filter(|record| counts(record.resource.value()))
            .filter_map(|record| self.dated(record, binding, problems).map(|date| (record, date)))
            .collect::<Vec<_>>();
        let read = found
            .into_iter()
            .filter_map(|(record, date)| {
                let read = reading.observation(record.resource);
                let value = self.note(record, read, problems).flatten()?;
                Some(Found { value, record, date })
            })
            .collect();
        latest(read)
    }

    /// From whatever the binding names.
    fn bound(
        &self,
        binding: &Binding,
        bound: &Bound,
        problems: &mut Vec<BindProblem>,
    ) -> Option<Known> {
        let context = Context::new().reference_types();
        let reading = Reading {
            library: self.library,
            fact: self.fact,
            how: &binding.reading,
            exam: self.exam,
        };
        let mut found = Vec::new();
        for record in self.records {
            let json = record.resource.value();
            if bound.resource != *record.resource.resource_type() || !counts(json) {
                continue;
            }
            if let Some(filter) = &bound.filter {
                let holds = filter.evaluate_bool(&context, json).map_err(|error| error.to_string());
                if self.note(record, holds, problems).flatten() != Some(true) {
                    continue;
                }
            }
            let Some(date) = self.dated(record, Some(binding), problems) else { continue };
            let value = match &bound.value {
                None => reading.observation(record.resource),
                Some(value) => value
                    .evaluate(&context, json)
                    .map_err(|error| error.to_string())
                    .and_then(|items| reading.items(&items)),
            };
            if let Some(value) = self.note(record, value, problems).flatten() {
                found.push(Found { value, record, date });
            }
        }
        pick(binding.pick, found)
    }

    /// Whether a record lies within the look-back: then its date, if it has one.
    #[expect(clippy::option_option, reason = "out of reach, in reach undated, in reach dated")]
    fn dated(
        &self,
        record: &Record<'_>,
        binding: Option<&Binding>,
        problems: &mut Vec<BindProblem>,
    ) -> Option<Option<Date>> {
        let date = date_of(record.resource.value());
        let Some(look_back) = binding.and_then(|binding| binding.look_back) else {
            return Some(date);
        };
        let Some(date) = date else {
            let reason = "it has no date, and only recent ones count".to_owned();
            self.note::<()>(record, Err(reason), problems);
            return None;
        };
        let from = look_back.before(self.exam)?;
        (date >= from).then_some(Some(date))
    }

    /// The value, or none with the problem written down.
    fn note<T>(
        &self,
        record: &Record<'_>,
        read: Result<T, String>,
        problems: &mut Vec<BindProblem>,
    ) -> Option<T> {
        read.map_err(|reason| {
            problems.push(BindProblem {
                fact: self.fact.id.clone(),
                reference: reference(record),
                reason,
            });
        })
        .ok()
    }
}

fn pick(pick: Pick, found: Vec<Found<'_>>) -> Option<Known> {
    match pick {
        Pick::Latest => latest(found),
        Pick::Any => {
            let place = found.iter().position(|each| each.value == Value::Boolean(true));
            known(found.into_iter().nth(place.unwrap_or(0))?)
        }
        Pick::AllCodes => {
            let union = found.iter().fold(std::collections::BTreeSet::new(), |mut union, each| {
                if let Value::Codes(codes) = &each.value {
                    union.extend(codes.iter().cloned());
                }
                union
            });
            let mut known = latest(found)?;
            known.value = Value::Codes(union);
            Some(known)
        }
    }
}

/// The one dated last; of one day, the one with the greatest id, as ids grow with time.
fn latest(found: Vec<Found<'_>>) -> Option<Known> {
    let last = found
        .into_iter()
        .max_by(|a, b| (a.date, a.record.resource.id()).cmp(&(b.date, b.record.resource.id())))?;
    known(last)
}

#[expect(clippy::unnecessary_wraps, reason = "reads better at the end of an option chain")]
fn known(found: Found<'_>) -> Option<Known> {
    let evidence = Evidence {
        reference: reference(found.record),
        version: found.record.version,
        date: found.date,
    };
    Some(Known { value: found.value, evidence: Some(evidence) })
}

fn reference(record: &Record<'_>) -> String {
    format!("{}/{}", record.resource.resource_type(), record.resource.id().unwrap_or_default())
}

/// Whether a resource stands: not entered in error, not cancelled, and of an `Observation` only
/// what is final; a preliminary result decides nothing.
fn counts(json: &Json) -> bool {
    let status = json.get("status").and_then(Json::as_str);
    if json.get("resourceType").and_then(Json::as_str) == Some("Observation") {
        return matches!(status, Some("final" | "amended" | "corrected"));
    }
    !matches!(status, Some("entered-in-error" | "cancelled" | "not-done"))
}

pub(crate) fn has_coding(concept: Option<&Json>, system: &str, code: &str) -> bool {
    let codings = concept.and_then(|concept| concept.get("coding")?.as_array());
    codings.into_iter().flatten().any(|coding| {
        coding.get("system").and_then(Json::as_str) == Some(system)
            && coding.get("code").and_then(Json::as_str) == Some(code)
    })
}

/// The members in which R4 resources say when something was true or done, the most telling first.
const DATES: &[&str] = &[
    "effectiveDateTime",
    "effectiveInstant",
    "occurrenceDateTime",
    "performedDateTime",
    "onsetDateTime",
    "recordedDate",
    "issued",
    "date",
    "authoredOn",
];

/// The day of a resource; the first possible day where only a month or a year is known, so that
/// a vague date never goes before a result that is known to be later.
fn date_of(json: &Json) -> Option<Date> {
    let written = DATES.iter().find_map(|member| json.get(*member)?.as_str());
    let written = written.or_else(|| json.get("effectivePeriod")?.get("start")?.as_str())?;
    let day = written.split('T').next().unwrap_or(written);
    day.parse::<PartialDate>().ok().map(PartialDate::first_day)
}
