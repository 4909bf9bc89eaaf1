//! A sum in words and signs: `the greatest of (“TB antigen 1”; “TB antigen 2”) − “nil”`.

use manzil_protocol::aloud::Reader;
use manzil_protocol::number::plain;
use manzil_protocol::{Decimal, Sum, Unit};

use crate::messages::{Translator, key};
use crate::web::wording;

/// The sum with its unit.
pub(super) fn words(t: &Translator, reader: &Reader<'_>, sum: &Sum, unit: &Unit) -> String {
    let told = part(t, reader, sum, false);
    let unit = wording::unit_words(t, unit);
    if unit.is_empty() { told } else { format!("{told} ({unit})") }
}

/// `inner`: it stands inside another sum, where one of its own needs brackets.
fn part(t: &Translator, reader: &Reader<'_>, sum: &Sum, inner: bool) -> String {
    let told = match sum {
        Sum::Number(number) => return plain(*number),
        Sum::Of { subject, factor } if *factor == Decimal::ONE => return reader.label(subject),
        Sum::Of { subject, factor } => format!("{} × {}", plain(*factor), reader.label(subject)),
        Sum::Add(left, right) => two(t, reader, left, "+", right),
        Sum::Subtract(left, right) => two(t, reader, left, "−", right),
        Sum::Times(factor, of) => format!("{} × {}", plain(*factor), part(t, reader, of, true)),
        Sum::Least(of) => return several(t, reader, key("sum-least"), of),
        Sum::Greatest(of) => return several(t, reader, key("sum-greatest"), of),
    };
    if inner { format!("({told})") } else { told }
}

fn two(t: &Translator, reader: &Reader<'_>, left: &Sum, sign: &str, right: &Sum) -> String {
    format!("{} {sign} {}", part(t, reader, left, true), part(t, reader, right, true))
}

fn several(t: &Translator, reader: &Reader<'_>, message: &'static str, of: &[Sum]) -> String {
    let parts: Vec<String> = of.iter().map(|each| part(t, reader, each, false)).collect();
    t.with(message, &[("parts", &parts.join(&t.get(key("list-semicolon"))))])
}
