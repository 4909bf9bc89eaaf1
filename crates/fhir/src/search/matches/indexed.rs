//! Tests of values as the index holds them. An engine that stores index values must answer the
//! same.

use super::super::IndexValue;
use super::super::query::{
    NumberTest, ReferenceTest, SystemTest, Test, TextTest, TokenTest, UnitTest, UriTest,
};

/// Whether an indexed value passes a test; false for tests that need more than the index.
pub(super) fn passes(test: &Test, value: &IndexValue) -> bool {
    match (test, value) {
        (Test::Token(test), IndexValue::Token { system, code }) => {
            token(test, system.as_deref(), code)
        }
        (Test::Text(test), IndexValue::Text(text)) => match test {
            TextTest::Begins(start) => text.starts_with(start.as_str()),
            TextTest::Contains(part) => text.contains(part.as_str()),
            TextTest::Is(whole) => text == whole,
            TextTest::Ends(end) => text.ends_with(end.as_str()),
            TextTest::Exact(_) => false,
        },
        (Test::Reference(test), IndexValue::Reference(text)) => match test {
            ReferenceTest::Local { resource_type, id } => {
                text.split_once('/') == Some((resource_type.as_str(), id.as_str()))
            }
            ReferenceTest::Url(url) => text == url,
            ReferenceTest::UrlBelow(url) => is_below(text, url),
        },
        (Test::Uri(test), IndexValue::Uri(text)) => match test {
            UriTest::Is(uri) => text == uri,
            UriTest::Below(uri) => is_below(text, uri),
            UriTest::Above(uri) => is_below(uri, text),
        },
        (Test::Date(test), IndexValue::Date { from, to }) => test.holds(*from, *to),
        (Test::Number(test), IndexValue::Number { low, high }) => test.holds(*low, *high),
        (Test::Quantity { number, unit }, IndexValue::Quantity { .. }) => {
            quantity(number, unit, value)
        }
        _ => false,
    }
}

pub(super) fn token(test: &TokenTest, system: Option<&str>, code: &str) -> bool {
    let fits = match &test.system {
        SystemTest::Any => true,
        SystemTest::None => system.is_none(),
        SystemTest::Is(wanted) => system == Some(wanted),
    };
    fits && test.code.as_deref().is_none_or(|wanted| wanted == code)
}

/// Whether a URI is another one, or continues it after a `/`, or is a version of it.
///
/// ```
/// use manzil_fhir::search::is_below;
///
/// assert!(is_below("http://acme.example/fhir/1", "http://acme.example/fhir"));
/// assert!(!is_below("http://acme.example/fhirs", "http://acme.example/fhir"));
/// ```
pub fn is_below(text: &str, above: &str) -> bool {
    text.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || above.ends_with('/') || rest.starts_with(['/', '|']))
}

fn quantity(test: &NumberTest, asked: &UnitTest, value: &IndexValue) -> bool {
    let IndexValue::Quantity { low, high, system, code, unit, canonical } = value else {
        return false;
    };
    match asked {
        UnitTest::Any => test.holds(*low, *high),
        UnitTest::Code(wanted) => {
            let fits = [code, unit].into_iter().any(|text| text.as_ref() == Some(wanted));
            fits && test.holds(*low, *high)
        }
        UnitTest::System(of) => system.as_ref() == Some(of) && test.holds(*low, *high),
        UnitTest::Is { system: of, code: wanted } => {
            let fits = system.as_ref() == Some(of) && code.as_ref() == Some(wanted);
            fits && test.holds(*low, *high)
        }
        UnitTest::Canonical(wanted) => canonical
            .as_ref()
            .is_some_and(|base| base.code == *wanted && test.holds(base.low, base.high)),
    }
}
