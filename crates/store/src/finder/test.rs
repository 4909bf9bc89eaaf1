//! Whether a condition holds of a row, by its card, or by its body where the card cannot tell.

use std::cell::OnceCell;

use manzil_fhir::Resource;
use manzil_fhir::search::query::Condition;
use manzil_fhir::search::{NoWorld, is_below, matches};

use super::lower::{CardTest, Lowered, PhraseTest};
use super::{Range, Row, Shelf, Walk};
use crate::card::Card;
use crate::change::Body;
use crate::error::StoreError;
use crate::policy::Reach;
use crate::terms::may_be_short;

/// Sources that are looked through to answer one `_has` of one resource.
const SOURCES_MAX: usize = 10_000;

/// A row with what has been read of it.
pub(super) struct Candidate {
    pub(super) row: Row,
    pub(super) card: Card,
    /// The body as it was at the moment that is asked for; else the current one is read.
    pub(super) body: Option<Body>,
    resource: OnceCell<Resource>,
}

impl Candidate {
    pub(super) fn new(row: Row, body: Option<Body>) -> Result<Self, StoreError> {
        let card = Card::read(&row.card)
            .ok_or_else(|| StoreError::Damaged(format!("the index card of {}", row.key)))?;
        Ok(Self { row, card, body, resource: OnceCell::new() })
    }
}

/// Tests rows at one moment, within reach.
pub(super) struct Tester<'a> {
    pub(super) shelf: &'a dyn Shelf,
    reach: &'a Reach,
    /// The only person within reach, if there is one; -1 for nobody.
    own: Option<i64>,
}

impl<'a> Tester<'a> {
    pub(super) fn new(shelf: &'a dyn Shelf, reach: &'a Reach) -> Result<Self, StoreError> {
        let own = match reach.only_person() {
            Some(id) => {
                let key = crate::change::Key::new("Patient", id);
                Some(shelf.number_of(&key)?.unwrap_or(-1))
            }
            None => None,
        };
        Ok(Self { shelf, reach, own })
    }

    /// Whether the row may be read at all.
    pub(super) fn admits(&self, row: &Row) -> bool {
        let directory = row.compartment == manzil_journey::access::Compartment::Directory;
        let own = self.own.is_none_or(|own| directory || row.person == Some(own));
        own && self.reach.compartments().any(|each| each == row.compartment)
    }

    pub(super) fn holds(
        &self,
        condition: &Lowered,
        candidate: &Candidate,
    ) -> Result<bool, StoreError> {
        Ok(match condition {
            Lowered::All(all) => {
                for each in all {
                    if !self.holds(each, candidate)? {
                        return Ok(false);
                    }
                }
                true
            }
            Lowered::Any(all) => {
                for each in all {
                    if self.holds(each, candidate)? {
                        return Ok(true);
                    }
                }
                false
            }
            Lowered::Not(inner) => !self.holds(inner, candidate)?,
            Lowered::Type(of) => candidate.row.of_type == *of,
            Lowered::Number(numbers) => numbers.contains(&candidate.row.number),
            Lowered::Updated(test) => test.holds(candidate.row.at, candidate.row.at + 1),
            Lowered::Person(person) => candidate.row.person == Some(*person),
            Lowered::Card { test, whole } => match self.card(test, candidate)? {
                Some(answer) => answer,
                None => self.body(whole, candidate)?,
            },
            Lowered::Body { whole, hint } => {
                self.holds(hint, candidate)? && self.body(whole, candidate)?
            }
            Lowered::Words { whole, .. } => self.body(whole, candidate)?,
            Lowered::Chain { parameters, target, that } => {
                self.leads(parameters, *target, that, candidate)?
            }
            Lowered::Has { source, parameters, here, that } => {
                here.is_none_or(|here| here == candidate.row.of_type)
                    && self.has(*source, parameters, that, candidate.row.number)?
            }
        })
    }

    /// None when the card cannot tell.
    fn card(&self, test: &CardTest, candidate: &Candidate) -> Result<Option<bool>, StoreError> {
        let card = &candidate.card;
        Ok(match test {
            CardTest::Token { parameter, code, system } => Some(
                card.tokens_of(*parameter, *code)
                    .any(|token| system.is_none_or(|system| system == token.system)),
            ),
            CardTest::System { parameter, system } => Some(
                card.tokens
                    .iter()
                    .any(|token| token.parameter == *parameter && token.system == *system),
            ),
            CardTest::Link { parameter, target } => {
                Some(card.targets(*parameter).any(|each| each == *target))
            }
            CardTest::Phrase { parameter, test } => phrase(card, *parameter, test),
            CardTest::Period { parameter, test } => {
                Some(card.periods_of(*parameter).any(|each| test.holds(each.from, each.until)))
            }
            CardTest::Amount { parameter, units, test } => Some(
                card.amounts_of(*parameter)
                    .any(|each| units.contains(&each.unit) && test.holds(each.low, each.high)),
            ),
            CardTest::Present { parameter, target: None } => Some(card.has(*parameter)),
            CardTest::Present { parameter, target: Some(of) } => {
                let targets: Vec<i64> = card.targets(*parameter).collect();
                let rows = self.shelf.rows(&targets)?;
                let found = rows.iter().any(|row| row.of_type == *of);
                // One that points to what is not here, or elsewhere, is known by its text only.
                if found || (rows.len() == targets.len() && !card.has_token(*parameter)) {
                    Some(found)
                } else {
                    None
                }
            }
        })
    }

    fn body(&self, whole: &Condition, candidate: &Candidate) -> Result<bool, StoreError> {
        let resource = if let Some(resource) = candidate.resource.get() {
            resource
        } else {
            let resource = match &candidate.body {
                Some(body) => body.resource()?,
                None => self.shelf.body(&candidate.row)?.resource()?,
            };
            candidate.resource.get_or_init(|| resource)
        };
        Ok(matches(whole, resource, None, &NoWorld))
    }

    fn leads(
        &self,
        parameters: &[u32],
        target: u32,
        that: &Lowered,
        candidate: &Candidate,
    ) -> Result<bool, StoreError> {
        let targets: Vec<i64> =
            parameters.iter().flat_map(|each| candidate.card.targets(*each)).collect();
        for row in self.shelf.rows(&targets)? {
            if row.of_type == target && self.admits(&row) {
                let there = Candidate::new(row, None)?;
                if self.holds(that, &there)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn has(
        &self,
        source: u32,
        parameters: &[u32],
        that: &Lowered,
        target: i64,
    ) -> Result<bool, StoreError> {
        for &parameter in parameters {
            let range = Range::Link { parameter, target };
            let walk =
                Walk { range: &range, after: None, descending: false, rows_max: SOURCES_MAX + 1 };
            let numbers: Vec<i64> =
                self.shelf.walk(&walk)?.into_iter().map(|mark| mark.number).collect();
            if numbers.len() > SOURCES_MAX {
                return Err(StoreError::Costly(format!(
                    "more than {SOURCES_MAX} resources point to one; ask for those instead"
                )));
            }
            for row in self.shelf.rows(&numbers)? {
                if row.of_type == source && self.admits(&row) {
                    let there = Candidate::new(row, None)?;
                    if self.holds(that, &there)? {
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }
}

/// None when a text that may go on beyond what is kept decides.
fn phrase(card: &Card, parameter: u32, test: &PhraseTest) -> Option<bool> {
    let mut unsure = false;
    for text in card.phrases_of(parameter) {
        let holds = match test {
            PhraseTest::Begins(start) => text.starts_with(start.as_str()),
            PhraseTest::Contains(part) => text.contains(part.as_str()),
            PhraseTest::Is(whole) => text == whole,
            PhraseTest::Below(above) => is_below(text, above),
            PhraseTest::Above(below) => is_below(below, text),
        };
        let short = may_be_short(text) && !matches!(test, PhraseTest::Begins(_));
        if holds && !short {
            return Some(true);
        }
        unsure |= short;
    }
    (!unsure).then_some(false)
}
