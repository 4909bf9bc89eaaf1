//! A search in the words of FHIR becomes one in the numbers of an engine.

use manzil_fhir::search::ParameterKind;
use manzil_fhir::search::query::{
    Condition, DateTest, Named, NumberTest, ReferenceTest, SystemTest, Test, TextTest, UnitTest,
    UriTest,
};

use super::Shelf;
use crate::change::Key;
use crate::error::StoreError;
use crate::terms::{Unit, code_number, shortened};

/// A condition in numbers.
#[derive(Clone, Debug)]
pub(super) enum Lowered {
    All(Vec<Lowered>),
    Any(Vec<Lowered>),
    Not(Box<Lowered>),
    Type(u32),
    /// It is this resource; none when there is no such resource.
    Number(Vec<i64>),
    Updated(DateTest),
    Person(i64),
    /// A test of the card; `whole` decides where the card cannot.
    Card {
        test: CardTest,
        whole: Condition,
    },
    /// Only the body tells; `hint` holds whenever it does.
    Body {
        whole: Condition,
        hint: Box<Lowered>,
    },
    Words {
        beginnings: Vec<String>,
        whole: Condition,
    },
    Chain {
        parameters: Vec<u32>,
        target: u32,
        that: Box<Lowered>,
    },
    Has {
        source: u32,
        parameters: Vec<u32>,
        here: Option<u32>,
        that: Box<Lowered>,
    },
}

/// What can be read from a card.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum CardTest {
    /// In this system (0: none); in any when none is named.
    Token {
        parameter: u32,
        code: i64,
        system: Option<u32>,
    },
    /// Any code in this system.
    System {
        parameter: u32,
        system: u32,
    },
    Link {
        parameter: u32,
        target: i64,
    },
    Phrase {
        parameter: u32,
        test: PhraseTest,
    },
    Period {
        parameter: u32,
        test: DateTest,
    },
    /// In one of these units.
    Amount {
        parameter: u32,
        units: Vec<u32>,
        test: NumberTest,
    },
    /// Any value; of a reference, one to this type.
    Present {
        parameter: u32,
        target: Option<u32>,
    },
}

/// A test of a kept text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum PhraseTest {
    Begins(String),
    Contains(String),
    Is(String),
    /// A URI that is this one or continues it.
    Below(String),
    /// A URI that this one continues.
    Above(String),
}

impl Lowered {
    pub(super) fn always() -> Self {
        Self::All(Vec::new())
    }

    pub(super) fn never() -> Self {
        Self::Any(Vec::new())
    }

    pub(super) fn is_never(&self) -> bool {
        matches!(self, Self::Any(all) if all.is_empty())
    }
}

/// Turns conditions into numbers.
pub(super) struct Lowering<'a> {
    pub(super) shelf: &'a dyn Shelf,
    units: std::cell::OnceCell<Vec<(u32, Unit)>>,
}

impl<'a> Lowering<'a> {
    pub(super) fn new(shelf: &'a dyn Shelf) -> Self {
        Self { shelf, units: std::cell::OnceCell::new() }
    }

    pub(super) fn condition(&self, condition: &Condition) -> Result<Lowered, StoreError> {
        Ok(match condition {
            Condition::All(all) => Lowered::All(self.all(all)?),
            Condition::Any(all) => {
                let any = self.all(all)?;
                Lowered::Any(any.into_iter().filter(|each| !each.is_never()).collect())
            }
            Condition::Not(inner) => Lowered::Not(Box::new(self.condition(inner)?)),
            Condition::Type(name) => {
                self.shelf.type_number(name)?.map_or_else(Lowered::never, Lowered::Type)
            }
            Condition::Id(id) => Lowered::Number(self.of_id(id)?),
            Condition::Updated(test) => Lowered::Updated(*test),
            Condition::Person(id) => match self.shelf.number_of(&Key::new("Patient", id))? {
                Some(person) => Lowered::Person(person),
                None => Lowered::never(),
            },
            Condition::Words(beginnings) => {
                Lowered::Words { beginnings: beginnings.clone(), whole: condition.clone() }
            }
            Condition::Content { .. } => {
                let hint = Box::new(Lowered::always());
                Lowered::Body { whole: condition.clone(), hint }
            }
            Condition::Value { of, test } => self.value(condition, of, test)?,
            Condition::Present(of) => self.present(condition, of)?,
            Condition::Chain { of, target, that } => self.chain(of, target, that)?,
            Condition::Has { source, of, that } => self.has(source, of, that)?,
        })
    }

    fn all(&self, all: &[Condition]) -> Result<Vec<Lowered>, StoreError> {
        all.iter().map(|each| self.condition(each)).collect()
    }

    /// The resources of any type with an id.
    fn of_id(&self, id: &str) -> Result<Vec<i64>, StoreError> {
        let mut numbers = Vec::new();
        for (_, name) in self.shelf.types()? {
            numbers.extend(self.shelf.number_of(&Key::new(name, id))?);
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The numbers of a parameter: one, or one for each type when every type is meant.
    fn parameters(&self, of: &Named) -> Result<Vec<u32>, StoreError> {
        let (stored, _) = of.parameter.stored();
        let types: Vec<u32> = match of.resource_type {
            "Resource" => self.shelf.types()?.into_iter().map(|each| each.0).collect(),
            name => self.shelf.type_number(name)?.into_iter().collect(),
        };
        let mut numbers = Vec::new();
        for of_type in types {
            numbers.extend(self.shelf.parameter_number(of_type, stored)?);
        }
        Ok(numbers)
    }

    /// The type to which a parameter restricts the references that it shares with another.
    fn restricted(&self, of: &Named) -> Result<Option<u32>, StoreError> {
        match of.parameter.stored().1 {
            // A type of which there are no resources is pointed to by none.
            Some(name) => Ok(Some(self.shelf.type_number(name)?.unwrap_or(u32::MAX))),
            None => Ok(None),
        }
    }

    fn each(
        &self,
        of: &Named,
        whole: &Condition,
        test: impl Fn(u32) -> Result<Option<CardTest>, StoreError>,
    ) -> Result<Lowered, StoreError> {
        let mut any = Vec::new();
        for parameter in self.parameters(of)? {
            if let Some(test) = test(parameter)? {
                any.push(Lowered::Card { test, whole: whole.clone() });
            }
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Lowered::Any(any) })
    }

    fn value(&self, whole: &Condition, of: &Named, test: &Test) -> Result<Lowered, StoreError> {
        let card = |test: &dyn Fn(u32) -> Option<CardTest>| {
            self.each(of, whole, |parameter| Ok(test(parameter)))
        };
        match test {
            Test::Token(token) => self.each(of, whole, |parameter| {
                self.token(parameter, &token.system, token.code.as_deref())
            }),
            Test::Text(text) => match phrase(text) {
                Some(test) => {
                    card(&|parameter| Some(CardTest::Phrase { parameter, test: test.clone() }))
                }
                None => self.body(whole),
            },
            Test::Reference(ReferenceTest::Local { resource_type, id }) => {
                let key = Key::new(resource_type, id);
                let Some(target) = self.shelf.number_of(&key)? else {
                    return Ok(Lowered::never());
                };
                card(&|parameter| Some(CardTest::Link { parameter, target }))
            }
            Test::Reference(ReferenceTest::Url(url)) => self.each(of, whole, |parameter| {
                if of.parameter.kind == ParameterKind::Uri {
                    let test = PhraseTest::Is(url.clone());
                    return Ok(Some(CardTest::Phrase { parameter, test }));
                }
                self.token(parameter, &SystemTest::None, Some(url))
            }),
            Test::Uri(test) => {
                let test = match test {
                    UriTest::Is(uri) => PhraseTest::Is(uri.clone()),
                    UriTest::Below(uri) => PhraseTest::Below(uri.clone()),
                    UriTest::Above(uri) => PhraseTest::Above(uri.clone()),
                };
                card(&|parameter| Some(CardTest::Phrase { parameter, test: test.clone() }))
            }
            Test::Date(test) => {
                card(&|parameter| Some(CardTest::Period { parameter, test: *test }))
            }
            Test::Number(test) => {
                card(&|parameter| Some(CardTest::Amount { parameter, units: vec![0], test: *test }))
            }
            Test::Quantity { number, unit } => {
                let units = self.units_of(unit)?;
                card(&|parameter| {
                    Some(CardTest::Amount { parameter, units: units.clone(), test: *number })
                })
            }
            _ => self.body(whole),
        }
    }

    fn body(&self, whole: &Condition) -> Result<Lowered, StoreError> {
        let relaxed = whole.relaxed();
        let hint = if relaxed.is_indexed() && relaxed != *whole {
            self.condition(&relaxed)?
        } else {
            Lowered::always()
        };
        if hint.is_never() {
            return Ok(Lowered::never());
        }
        Ok(Lowered::Body { whole: whole.clone(), hint: Box::new(hint) })
    }

    fn token(
        &self,
        parameter: u32,
        system: &SystemTest,
        code: Option<&str>,
    ) -> Result<Option<CardTest>, StoreError> {
        let system = match system {
            SystemTest::Any => None,
            SystemTest::None => Some(0),
            SystemTest::Is(uri) => match self.shelf.system_number(uri)? {
                Some(number) => Some(number),
                None => return Ok(None),
            },
        };
        Ok(Some(match (code, system) {
            (Some(code), system) => CardTest::Token { parameter, code: code_number(code), system },
            (None, Some(system)) => CardTest::System { parameter, system },
            (None, None) => CardTest::Present { parameter, target: None },
        }))
    }

    fn units_of(&self, asked: &UnitTest) -> Result<Vec<u32>, StoreError> {
        let all = if let Some(all) = self.units.get() {
            all
        } else {
            let all = self.shelf.units()?;
            self.units.get_or_init(|| all)
        };
        let fits = |unit: &Unit| match asked {
            UnitTest::Any => !unit.canonical,
            UnitTest::Code(code) => {
                !unit.canonical
                    && [&unit.code, &unit.printed].iter().any(|it| it.as_ref() == Some(code))
            }
            UnitTest::System(system) => unit.system.as_ref() == Some(system),
            UnitTest::Is { system, code } => {
                unit.system.as_ref() == Some(system) && unit.code.as_ref() == Some(code)
            }
            UnitTest::Canonical(code) => unit.canonical && unit.code.as_ref() == Some(code),
        };
        Ok(all.iter().filter(|(_, unit)| fits(unit)).map(|(number, _)| *number).collect())
    }

    fn present(&self, whole: &Condition, of: &Named) -> Result<Lowered, StoreError> {
        let target = self.restricted(of)?;
        self.each(of, whole, |parameter| Ok(Some(CardTest::Present { parameter, target })))
    }

    fn chain(&self, of: &Named, target: &str, that: &Condition) -> Result<Lowered, StoreError> {
        let Some(target) = self.shelf.type_number(target)? else { return Ok(Lowered::never()) };
        let (parameters, that) = (self.parameters(of)?, self.condition(that)?);
        if parameters.is_empty() || that.is_never() {
            return Ok(Lowered::never());
        }
        Ok(Lowered::Chain { parameters, target, that: Box::new(that) })
    }

    fn has(&self, source: &str, of: &Named, that: &Condition) -> Result<Lowered, StoreError> {
        let Some(source) = self.shelf.type_number(source)? else { return Ok(Lowered::never()) };
        let (parameters, that) = (self.parameters(of)?, self.condition(that)?);
        if parameters.is_empty() || that.is_never() {
            return Ok(Lowered::never());
        }
        let here = self.restricted(of)?;
        Ok(Lowered::Has { source, parameters, here, that: Box::new(that) })
    }

    /// The parameters of an include and the type to which each is restricted.
    pub(super) fn included(&self, of: &Named) -> Result<(Vec<u32>, Option<u32>), StoreError> {
        Ok((self.parameters(of)?, self.restricted(of)?))
    }

    /// The numbers of a parameter that is sorted by.
    pub(super) fn sorted(&self, of: &Named) -> Result<Vec<u32>, StoreError> {
        self.parameters(of)
    }
}

/// A text test that kept texts may decide.
fn phrase(test: &TextTest) -> Option<PhraseTest> {
    match test {
        TextTest::Begins(text) if shortened(text) == *text => {
            Some(PhraseTest::Begins(text.clone()))
        }
        TextTest::Contains(text) => Some(PhraseTest::Contains(text.clone())),
        TextTest::Is(text) if shortened(text) == *text => Some(PhraseTest::Is(text.clone())),
        _ => None,
    }
}
