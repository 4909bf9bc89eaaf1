//! What the index alone can decide.

use super::query::{Condition, Named, ReferenceTest, SystemTest, Test, TextTest, TokenTest};
use super::{normalise_text, parameter};

impl Test {
    /// Whether the values of the index decide the test; otherwise the resource must be read.
    pub fn is_indexed(&self) -> bool {
        match self {
            Self::TokenText(_)
            | Self::OfType { .. }
            | Self::ReferenceIdentifier(_)
            | Self::Composite(_)
            | Self::Text(TextTest::Exact(_) | TextTest::Ends(_)) => false,
            Self::Token(_)
            | Self::Text(TextTest::Begins(_) | TextTest::Contains(_) | TextTest::Is(_))
            | Self::Reference(
                ReferenceTest::Local { .. } | ReferenceTest::Url(_) | ReferenceTest::UrlBelow(_),
            )
            | Self::Date(_)
            | Self::Number(_)
            | Self::Quantity { .. }
            | Self::Uri(_) => true,
        }
    }
}

impl Condition {
    /// Whether the index alone decides it.
    pub fn is_indexed(&self) -> bool {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().all(Self::is_indexed),
            Self::Not(inner) => inner.is_indexed(),
            Self::Chain { that, .. } | Self::Has { that, .. } => that.is_indexed(),
            Self::Value { test, .. } => test.is_indexed(),
            Self::Content { .. } => false,
            Self::Type(_)
            | Self::Id(_)
            | Self::Updated(_)
            | Self::Person(_)
            | Self::Words(_)
            | Self::Present(_) => true,
        }
    }

    /// A condition that the index decides and that holds whenever this one does, as narrow as
    /// the index allows: an exact text becomes its beginning, a composite becomes its parts
    /// without their meeting in one element. What matches must then be tested with
    /// [`matches`](super::matches).
    #[must_use]
    pub fn relaxed(&self) -> Self {
        if self.is_indexed() {
            return self.clone();
        }
        self.changed(Side::Wider)
    }

    fn changed(&self, side: Side) -> Self {
        let boxed = |inner: &Self, side| Box::new(inner.changed(side));
        match self {
            Self::All(all) => Self::All(all.iter().map(|each| each.changed(side)).collect()),
            Self::Any(all) => Self::Any(all.iter().map(|each| each.changed(side)).collect()),
            Self::Not(inner) => Self::Not(boxed(inner, side.other())),
            Self::Chain { of, target, that } => {
                Self::Chain { of: *of, target, that: boxed(that, side) }
            }
            Self::Has { source, of, that } => {
                Self::Has { source, of: *of, that: boxed(that, side) }
            }
            _ if self.is_indexed() => self.clone(),
            Self::Value { of, test } if side == Side::Wider => wider(*of, test),
            _ if side == Side::Wider => Self::All(Vec::new()),
            _ => Self::Any(Vec::new()),
        }
    }
}

/// Whether more may match than should, or less: under a `Not` it is the other way round.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Wider,
    Narrower,
}

impl Side {
    fn other(self) -> Self {
        match self {
            Self::Wider => Self::Narrower,
            Self::Narrower => Self::Wider,
        }
    }
}

/// What the index can say of a test that it cannot decide.
fn wider(of: Named, test: &Test) -> Condition {
    let passes = |test| Condition::Value { of, test };
    match test {
        Test::Text(TextTest::Exact(text)) => match normalise_text(text) {
            // Texts without a letter or digit are not in the index.
            folded if folded.is_empty() => Condition::All(Vec::new()),
            folded => passes(Test::Text(TextTest::Begins(folded))),
        },
        Test::Text(TextTest::Ends(text)) => passes(Test::Text(TextTest::Contains(text.clone()))),
        Test::OfType { value, .. } => {
            let code = Some(value.clone());
            passes(Test::Token(TokenTest { system: SystemTest::Any, code }))
        }
        Test::TokenText(_) => Condition::Present(of),
        Test::ReferenceIdentifier(_) => Condition::Present(stored(of)),
        Test::Composite(tests) => composite(of, tests),
        _ => passes(test.clone()),
    }
}

/// The parameter that holds also what a restricted one leaves out: a reference without a type.
fn stored(of: Named) -> Named {
    let (name, _) = of.parameter.stored();
    parameter(of.resource_type, name).map_or(of, |parameter| Named { parameter, ..of })
}

/// Each part somewhere in the resource, by the parameters whose values the parts have.
fn composite(of: Named, tests: &[Test]) -> Condition {
    let components = of.parameter.components.iter().zip(tests);
    let parts = components.filter_map(|(component, test)| {
        let whole = parameter(of.resource_type, component.name)?;
        let names: Vec<&str> = match whole.parts.as_slice() {
            [] => vec![whole.name],
            parts => parts.to_vec(),
        };
        let by = names.into_iter().filter_map(|name| parameter(of.resource_type, name));
        let each = by.map(|parameter| {
            let of = Named { parameter, ..of };
            Condition::Value { of, test: test.clone() }.relaxed()
        });
        Some(Condition::Any(each.collect()))
    });
    Condition::All(parts.collect())
}
