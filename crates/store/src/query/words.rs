//! Plain queries as FHIR searches, and searches in words.

use std::collections::BTreeSet;

use manzil_fhir::search::query::{
    Comparison, Condition, DateTest, Named, ReferenceTest, Search, SystemTest, Test, TextTest,
    TokenTest, Total, UriTest,
};
use manzil_fhir::search::{ParameterKind, normalise_text, parameter, words};
use manzil_fhir::table::type_definition;

use super::{DateTerm, Query};
use crate::error::StoreError;
use crate::limits::{QUERY_TERMS_MAX, QUERY_WORDS_MAX};
use crate::terms::local;

impl Query {
    /// The same as a FHIR search.
    ///
    /// # Errors
    ///
    /// [`StoreError::Malformed`] for a type or parameter that R4 does not have, or one of another
    /// kind than is asked for; [`StoreError::Limit`] for too many conditions.
    pub fn to_search(&self) -> Result<Search, StoreError> {
        self.check()?;
        let Some(definition) = type_definition(&self.resource_type) else {
            return Err(StoreError::Malformed(format!("R4 has no type {}", self.resource_type)));
        };
        let mut search = Search { types: vec![definition.name], ..Search::default() };
        for (name, value) in &self.tokens {
            search.filter.push(exact(definition.name, name, value)?);
        }
        for (name, value) in &self.beginnings {
            let of = named(definition.name, name, |kind| kind == ParameterKind::Text)?;
            let test = Test::Text(TextTest::Begins(normalise_text(value)));
            search.filter.push(Condition::Value { of, test });
        }
        for term in &self.dates {
            search.filter.push(date(definition.name, term)?);
        }
        search.filter.extend(self.person.clone().map(Condition::Person));
        let words = self.text.as_deref().map(words).unwrap_or_default();
        if !words.is_empty() {
            search.filter.push(Condition::Words(words));
        }
        search.result.total = Total::Estimate;
        Ok(search)
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.tokens.len() + self.beginnings.len() + self.dates.len() > QUERY_TERMS_MAX {
            return Err(StoreError::Limit(format!(
                "a query has more than {QUERY_TERMS_MAX} conditions; leave some out"
            )));
        }
        if self.text.as_deref().map_or(0, |text| words(text).len()) > QUERY_WORDS_MAX {
            return Err(StoreError::Limit(format!(
                "a text query has more than {QUERY_WORDS_MAX} words; leave some out"
            )));
        }
        Ok(())
    }
}

fn exact(of: &'static str, name: &str, value: &str) -> Result<Condition, StoreError> {
    if name == "_id" {
        return Ok(Condition::Id(value.to_owned()));
    }
    let of = named(of, name, |kind| {
        use ParameterKind::{Reference, Text, Token, Truth, Uri};
        matches!(kind, Token | Truth | Text | Reference | Uri)
    })?;
    let test = match of.parameter.kind {
        ParameterKind::Text => Test::Text(TextTest::Is(normalise_text(value))),
        ParameterKind::Uri => Test::Uri(UriTest::Is(value.to_owned())),
        ParameterKind::Reference => Test::Reference(match local(value) {
            Some(key) => ReferenceTest::Local { resource_type: key.resource_type, id: key.id },
            None => ReferenceTest::Url(value.to_owned()),
        }),
        _ => {
            let (system, code) = match value.split_once('|') {
                Some(("", code)) => (SystemTest::None, code),
                Some((system, code)) => (SystemTest::Is(system.to_owned()), code),
                None => (SystemTest::Any, value),
            };
            Test::Token(TokenTest { system, code: Some(code.to_owned()) })
        }
    };
    Ok(Condition::Value { of, test })
}

fn date(of: &'static str, term: &DateTerm) -> Result<Condition, StoreError> {
    let test = DateTest {
        comparison: if term.within { Comparison::Equal } else { Comparison::Approximately },
        from: term.from.saturating_mul(1000),
        until: term.until.saturating_mul(1000),
    };
    if term.parameter == "_lastUpdated" {
        return Ok(Condition::Updated(test));
    }
    let of = named(of, &term.parameter, |kind| kind == ParameterKind::Date)?;
    Ok(Condition::Value { of, test: Test::Date(test) })
}

fn named(
    resource_type: &'static str,
    name: &str,
    fits: impl Fn(ParameterKind) -> bool,
) -> Result<Named, StoreError> {
    match parameter(resource_type, name) {
        Some(parameter) if fits(parameter.kind) && parameter.parts.is_empty() => {
            Ok(Named { resource_type, parameter })
        }
        Some(parameter) => Err(StoreError::Malformed(format!(
            "{resource_type} cannot be searched in this way by {name}, which is of kind {:?}",
            parameter.kind
        ))),
        None => Err(StoreError::Malformed(format!("{resource_type} cannot be searched by {name}"))),
    }
}

/// What was searched, for the audit trail: the types and the parameters without their values,
/// because a value may be a name.
pub fn search_in_words(search: &Search) -> String {
    let mut names = BTreeSet::new();
    for condition in &search.filter {
        gather(condition, &mut names);
    }
    let mut words = match search.types.as_slice() {
        [] => "everything".to_owned(),
        types => types.join(", "),
    };
    if !names.is_empty() {
        let names: Vec<&str> = names.into_iter().collect();
        words = format!("{words} by {}", names.join(", "));
    }
    words.chars().take(120).collect()
}

fn gather(condition: &Condition, names: &mut BTreeSet<&'static str>) {
    match condition {
        Condition::All(all) | Condition::Any(all) => {
            for each in all {
                gather(each, names);
            }
        }
        Condition::Not(inner) => gather(inner, names),
        Condition::Type(_) => {}
        Condition::Id(_) => drop(names.insert("_id")),
        Condition::Updated(_) => drop(names.insert("_lastUpdated")),
        Condition::Person(_) => drop(names.insert("person")),
        Condition::Words(_) | Condition::Content { .. } => drop(names.insert("text")),
        Condition::Value { of, .. } | Condition::Present(of) => {
            names.insert(of.parameter.name);
        }
        Condition::Chain { of, that, .. } | Condition::Has { of, that, .. } => {
            names.insert(of.parameter.name);
            gather(that, names);
        }
    }
}
